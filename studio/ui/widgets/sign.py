"""An icon that stands by itself and follows the theme; not a control. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.ui import icons, theme


class Sign(QWidget):
    """`size` logical pixels of icon; with `pad`, on a soft ground that reaches so much further on every side."""

    def __init__(self, name: str, role: str, size: int, pad: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._role, self._size, self._pad = name, role, size, pad
        self.setFixedSize(size + 2 * pad, size + 2 * pad)
        self.setAccessibleName(name)
        theme.current().changed.connect(self.update)

    def set_sign(self, name: str, role: str) -> None:
        self._name, self._role = name, role
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._pad:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.current().color("sel"))
                painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
            picture = icons.pixmap(self._name, self._role, self._size, self.devicePixelRatioF())
            painter.drawPixmap(self._pad, self._pad, picture)
