"""Frames of a film as pictures, as large as they are shown. Any thread.

Qt's own way waits for the graphics card, and for a tenth of a second where the processor plays one; Python stands
still meanwhile. So the usual frames are turned here, by FFmpeg.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QTransform
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

from studio.media import picture

_PIXELS = {
    QVideoFrameFormat.PixelFormat.Format_YUV420P: "yuv420p",
    QVideoFrameFormat.PixelFormat.Format_YUV422P: "yuv422p",
    QVideoFrameFormat.PixelFormat.Format_NV12: "nv12",
    QVideoFrameFormat.PixelFormat.Format_YUV420P10: "yuv420p10le",
    QVideoFrameFormat.PixelFormat.Format_P010: "p010le",
}
_HDR = QVideoFrameFormat.ColorSpace.ColorSpace_BT2020


def image_of(frame: QVideoFrame, room: QSize) -> QImage:
    """As large as fits into `room`; null for a frame that holds nothing."""
    form = frame.surfaceFormat()
    pixels = _PIXELS.get(frame.pixelFormat())
    plain = pixels is not None and form.colorSpace() != _HDR and not (form.isMirrored() or frame.mirrored())
    if plain and frame.map(QVideoFrame.MapMode.ReadOnly):
        try:
            return _turned(frame, pixels or "", room)
        finally:
            frame.unmap()
    return _fitted(frame.toImage(), room)


def _turned(frame: QVideoFrame, pixels: str, room: QSize) -> QImage:
    form = frame.surfaceFormat()
    turn = form.rotation().value + frame.rotation().value  # degrees
    shown = (
        frame.size()
        .scaled(room if turn % 180 == 0 else room.transposed(), Qt.AspectRatioMode.KeepAspectRatio)
        .expandedTo(QSize(1, 1))
    )
    planes = [(frame.bits(n), frame.bytesPerLine(n)) for n in range(frame.planeCount())]
    full = form.colorRange() == QVideoFrameFormat.ColorRange.ColorRange_Full
    rgb = picture.to_rgb(planes, pixels, frame.size().toTuple(), shown.toTuple(), full)
    image = QImage(rgb.data, shown.width(), shown.height(), shown.width() * 4, QImage.Format.Format_RGB32)
    return image.transformed(QTransform().rotate(turn)) if turn % 360 else image.copy()  # outlives the array


def _fitted(image: QImage, room: QSize) -> QImage:
    if image.isNull():
        return image
    return image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
