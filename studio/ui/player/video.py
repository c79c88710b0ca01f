"""The pictures of a recording, beside its waveform or in a window of their own. Runs on the window's thread.

Painted here from the frames of a QVideoSink: Qt's own video widget is a window of the system, over which nothing else
can be drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.player.player import Player

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoSink

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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("videoPicture")
        self.setAccessibleName("Picture")
        self.setToolTip("Double-click to enlarge, again to put it back")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._sink: QVideoSink | None = None
        self._fresh = False  # a frame has come that is not painted yet
        self.image = QImage()  # the frame as it was last painted

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
        self.image = QImage()
        self.update()

    @Slot()
    def _on_frame(self) -> None:
        self._fresh = True
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._convert()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
            if not self.image.isNull():
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
                place = QRectF(0, 0, size.width(), size.height())
                place.moveCenter(QRectF(self.rect()).center())
                painter.drawImage(place, self.image)

    def _convert(self) -> None:
        """Only what is painted is converted: hidden, or too slow, we leave frames out."""
        if self._fresh and self._sink is not None:
            self._fresh = False
            frame = self._sink.videoFrame()
            if frame.isValid():
                self.image = frame.toImage()

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
