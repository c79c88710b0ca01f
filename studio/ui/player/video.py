"""The pictures of a recording, beside its waveform or in a window of their own. Runs on the window's thread.

Painted here from the frames of a QVideoSink: Qt's own video widget is a window of the system, over which nothing else
can be drawn. Frames become pictures in a thread of their own, so that the playhead need not wait for them.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.player.player import Player

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame, QVideoSink

_log = logging.getLogger(__name__)
_WIDTH, _LEAST = 256, 120  # logical pixels
_ENLARGED = QSize(960, 540)


class VideoPane(QWidget):
    """Shown while it is `wanted` and the player's recording has pictures."""

    enlarged_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("videoPane")
        self.setAccessibleName("Video")
        self.setMinimumWidth(_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._player: Player | None = None
        self._wanted = False
        self.picture = Picture(self)
        self._away = QLabel("The picture is in its own window. Double-click to fetch it back.", self)
        self._away.setObjectName("videoAwayLabel")
        self._away.setProperty("role", "note")
        self._away.setWordWrap(True)
        self._away.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._away.setMargin(12)
        self._away.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._away)
        self._column.addWidget(self.picture)
        self.picture.double_clicked.connect(lambda: self.enlarge(not self.enlarged))
        self.picture.closed.connect(lambda: self.enlarge(False))
        self.hide()

    def set_player(self, player: Player) -> None:
        """Whose pictures are shown."""
        self._player = player
        player.video_changed.connect(lambda _: self._refresh())
        player.duration_changed.connect(lambda _: self._refresh())

    def set_wanted(self, wanted: bool) -> None:
        """Whether the user wants to see pictures; costs nothing when not."""
        self._wanted = wanted
        if self._player is not None:
            if wanted and self._player.available:
                self.picture.take(self._player)
                self._player.show_first()
            else:
                self._player.set_video_sink(None)
        self._refresh()

    @property
    def enlarged(self) -> bool:
        return self.picture.isWindow()

    def enlarge(self, on: bool) -> None:
        """Into a window of its own, and back; the window's keys work there, too."""
        if on == self.enlarged:
            return
        picture = self.picture
        if on:
            # A tool window: the commands' keys go on working while it is in front.
            picture.setParent(self.window(), Qt.WindowType.Tool)
            picture.setWindowTitle("Video")
            picture.resize(_ENLARGED)
        else:
            picture.setParent(self)
            self._column.addWidget(picture)
        self._away.setVisible(on)
        picture.show()
        self.enlarged_changed.emit(on)

    def shut_down(self) -> None:
        """No more pictures; returns when none is in work."""
        if self._player is not None:
            self._player.set_video_sink(None)
        self.picture.shut_down()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.enlarge(False)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, theme.WAVEFORM)

    def _refresh(self) -> None:
        shown = self._wanted and self._player is not None and self._player.has_video
        if not shown:
            self.enlarge(False)
            self.picture.clear()
        self.setVisible(shown)


class Picture(QWidget):
    """The present frame, as large as fits, in its own shape."""

    double_clicked = Signal()
    closed = Signal()
    _converted = Signal(QImage, int)  # from the thread: the picture, and whose

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("videoPicture")
        self.setAccessibleName("Picture")
        self.setToolTip("Double-click to enlarge, again to put it back")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._sink: QVideoSink | None = None
        self._fresh = self._busy = False  # a frame waits to be made a picture; one is being made
        self._turn = 0  # counts the recordings; what comes late from the one before is not shown
        self._thread = ThreadPoolExecutor(1, "pictures")
        self._converted.connect(self._on_converted, Qt.ConnectionType.QueuedConnection)
        self.image = QImage()  # the newest frame, as large as it is shown

    def take(self, player: Player) -> None:
        """Show this player's pictures."""
        from PySide6.QtMultimedia import QVideoSink

        if self._sink is None:
            self._sink = QVideoSink(self)
            # It tells from a thread of its own; a queued slot of ours runs on the window's.
            self._sink.videoFrameChanged.connect(self._on_frame, Qt.ConnectionType.QueuedConnection)
        player.set_video_sink(self._sink)

    def clear(self) -> None:
        self._fresh = False
        self._turn += 1
        self.image = QImage()
        self.update()

    def shut_down(self) -> None:
        """Returns when the thread has ended."""
        self._sink = None
        self._thread.shutdown()

    @Slot()
    def _on_frame(self) -> None:
        self._fresh = True
        self._next()

    def _next(self) -> None:
        """One at a time, and only what is seen: hidden, or too slow, we leave frames out."""
        if self._fresh and not self._busy and self.isVisible() and self._sink is not None:
            self._fresh, self._busy = False, True
            frame, size, turn = self._sink.videoFrame(), self.size() * self.devicePixelRatioF(), self._turn
            self._thread.submit(self._convert, frame, size, turn)

    def _convert(self, frame: QVideoFrame, size: QSize, turn: int) -> None:
        """Runs in the thread."""
        from .frames import image_of

        image = QImage()
        try:
            image = image_of(frame, size)
        except Exception:
            _log.exception("A frame of the video could not be turned into a picture.")
        self._converted.emit(image, turn)

    @Slot(QImage, int)
    def _on_converted(self, image: QImage, turn: int) -> None:
        self._busy = False
        if turn == self._turn and not image.isNull():
            self.image = image
            self.update()
        self._next()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._next()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fresh = self._fresh or not self.image.isNull()  # the same frame, as large as it is shown now
        self._next()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
            if not self.image.isNull():
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
                place = QRectF(0, 0, size.width(), size.height())
                place.moveCenter(QRectF(self.rect()).center())
                painter.drawImage(place, self.image)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isWindow():
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.closed.emit()
