"""What both strips of the waveform are: drawn once into a pixmap, with what moves painted over it. Window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui import theme
from studio.ui.waveform.scene import Scene


class Strip(QWidget):
    ground = "surface"  # the colour behind all

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = scene
        self._picture: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def draw(self, painter: QPainter, ratio: float) -> None:
        """What stays as it is until `redraw`; `ratio`: pixels of the screen for one of the painter's."""
        raise NotImplementedError

    def paint_moving(self, painter: QPainter) -> None:
        """What is painted anew each time; not called while there is nothing to show."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Sound, segments, colours or the visible stretch have changed."""
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._picture is None:
                self._picture = self._drawn()
            painter.drawPixmap(0, 0, self._picture)
            if not self._scene.blank:
                self.paint_moving(painter)

    def _drawn(self) -> QPixmap:
        look, ratio = theme.current(), self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(look.color(self.ground))
        with QPainter(picture) as painter:
            self.draw(painter, ratio)
            painter.fillRect(0, self.height() - 1, self.width(), 1, look.color("border"))
        return picture
