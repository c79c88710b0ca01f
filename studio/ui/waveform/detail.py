"""A stretch of the recording with ruler, cues and spectrogram: drawn here, dragged here. Window's thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.ui import theme
from studio.ui.waveform import cues, drawing
from studio.ui.waveform.block import RATE, Block
from studio.ui.waveform.ruler import ruler_label, ruler_step
from studio.ui.waveform.scene import Scene
from studio.ui.waveform.speech import Speech, lane
from studio.ui.waveform.strip import Strip

RULER = 20  # pixels
SPECTRUM_SPAN = 120_000  # milliseconds in view, at most, for a spectrogram
_SPECTRUM_SHARE = 0.36  # of the height below the ruler
_LANE, _LANE_LOW = 44, 26  # pixels of the voice-over's lane; the second where the view is low
_LOW = 130
_LABEL_GAP = 64  # least pixels from ruler label to ruler label
_EMPTY = "The waveform appears when the recording has been read."
_TOO_WIDE = "Zoom in to see the spectrogram."


class Detail(Strip):
    """Only the playhead is painted anew as it moves."""

    ground = "raised"

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(scene, parent)
        self._spectrum: tuple[Block, QImage | None] | None = None  # the block's picture, as long as it is that block's
        self.spectrogram = False
        self.speech: Speech | None = None  # the voice-over, if there is one
        self.setObjectName("waveformDetail")
        self.setAccessibleName("Zoomed waveform")
        self.setMinimumHeight(theme.WAVEFORM_MIN)
        self.setMaximumHeight(theme.WAVEFORM_MAX)

    def sizeHint(self) -> QSize:
        return QSize(theme.CENTRE_MIN, theme.WAVEFORM)

    def recolor(self) -> None:
        """The theme or the screen has changed."""
        self._spectrum = None
        self.redraw()

    def x_of(self, ms: float) -> float:
        return (ms - self._scene.start) / self._scene.span * self.width()

    def time_at(self, x: float) -> float:
        return self._scene.start + x / max(self.width(), 1) * self._scene.span

    @property
    def columns(self) -> int:
        """Pixels of the screen from left to right."""
        return max(round(self.width() * self.devicePixelRatioF()), 1)

    def cue_area(self) -> QRectF:
        """Where cues and waveform stand: below the ruler, above the voice-over and the spectrogram."""
        height = self.height() - RULER - 1 - self._lane_height()
        band = round(height * _SPECTRUM_SHARE) if self.spectrogram else 0
        return QRectF(0, RULER, self.width(), height - band)

    def _lane_height(self) -> int:
        return 0 if self.speech is None else _LANE if self.height() >= _LOW else _LANE_LOW

    def move_playhead(self, before: int, after: int) -> None:
        for ms in (before, after):
            self.update(QRect(int(self.x_of(ms)) - 8, 0, 17, self.height()))

    def paint_moving(self, painter: QPainter) -> None:
        x = round(self.x_of(self._scene.position))
        if not -8 <= x <= self.width() + 8:
            return
        color = theme.current().color("playhead")
        painter.fillRect(QRectF(x - 1, RULER - 4, 2, self.height() - RULER + 4), color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        head = [(-6, 4), (6, 4), (6, RULER - 7), (0, RULER - 1), (-6, RULER - 7)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y) for dx, y in head]))

    def draw(self, painter: QPainter, ratio: float) -> None:
        if self._scene.blank:
            painter.setFont(theme.font(theme.BODY))
            painter.setPen(theme.current().color("text3"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _EMPTY)
            return
        area = self.cue_area()
        step = ruler_step(self._scene.span, self.width(), _LABEL_GAP)
        ticks = range(int(self._scene.start) // step * step, int(self._scene.end) + 1, step)
        self._draw_wave(painter, area, ratio, ticks)
        if self.spectrogram:
            self._draw_spectrum(painter, area.bottom())
        if self.speech is not None:
            self._draw_speech(painter, self.speech, ratio)
        self._draw_ruler(painter, ticks)
        cues.CuePainter(painter, self._scene, area).draw()

    def _draw_wave(self, painter: QPainter, area: QRectF, ratio: float, ticks: range) -> None:
        width, height = round(area.width() * ratio), round(area.height() * ratio)
        if width > 0 and height > 0:
            top = round(cues.LABEL * ratio)
            columns = [x for x in (round(round(self.x_of(ms)) * ratio) for ms in ticks) if 0 <= x < width]
            painter.drawImage(area, drawing.stretch(self._scene, theme.current(), width, height, top, columns))

    def _draw_speech(self, painter: QPainter, speech: Speech, ratio: float) -> None:
        """At the lower edge."""
        height = self._lane_height()
        area = QRectF(0, self.height() - 1 - height, self.width(), height)
        width = max(round(area.width() * ratio), 1)
        scene = self._scene
        painter.drawImage(area, lane(speech, scene.start, scene.end, theme.current(), width, round(height * ratio)))

    def _draw_spectrum(self, painter: QPainter, top: float) -> None:
        look, block, scene = theme.current(), self._scene.block, self._scene
        band = QRectF(0, top, self.width(), self.height() - 1 - self._lane_height() - top)
        painter.fillRect(band, look.color("surface"))
        if scene.span > SPECTRUM_SPAN:
            painter.setFont(theme.font(theme.NOTE))
            painter.setPen(look.color("text3"))
            painter.drawText(band, Qt.AlignmentFlag.AlignCenter, _TOO_WIDE)
        elif block is not None:
            if self._spectrum is None or self._spectrum[0] is not block:
                self._spectrum = block, drawing.spectrogram(block, look)
            image = self._spectrum[1]
            if image is not None:
                per_ms = RATE / block.hop
                source = QRectF((scene.start - block.start) * per_ms, 0, scene.span * per_ms, image.height())
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(band, image, source)
        painter.fillRect(QRectF(0, top, self.width(), 1), look.color("border"))

    def _draw_ruler(self, painter: QPainter, ticks: range) -> None:
        look = theme.current()
        painter.fillRect(0, 0, self.width(), RULER, look.color("surface"))
        painter.fillRect(0, RULER - 1, self.width(), 1, look.color("border"))
        painter.setFont(theme.font(theme.RULER))
        painter.setPen(look.color("text3"))
        mark = look.color("ctl")
        for ms in ticks:
            x = round(self.x_of(ms))
            painter.fillRect(x, RULER - 6, 1, 5, mark)
            painter.drawText(QPointF(x + 5, RULER - 6), ruler_label(ms, ticks.step))
