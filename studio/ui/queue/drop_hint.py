"""The dashed box that says files can be dropped; lights up while some are held over it. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.ui import icons, theme

HEADLINE, REST = "Drop audio or video here", "or press Ctrl O. Folders work too."


class DropHint(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("queueDropHint")
        self.setAccessibleName(f"{HEADLINE} {REST}")
        self.setFixedHeight(58)
        self._hot = False
        theme.current().changed.connect(self.update)

    def set_hot(self, hot: bool) -> None:
        """Files are being held over the panel."""
        self._hot = hot
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(look.color("accent" if self._hot else "ctl"), 1.5 if self._hot else 1)
            pen.setDashPattern([3, 3])
            painter.setPen(pen)
            painter.setBrush(look.color("sel") if self._hot else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.RADIUS_CARD, theme.RADIUS_CARD)
            sign = icons.pixmap("upload", "text2", 18, self.devicePixelRatioF())
            painter.drawPixmap(12, (self.height() - 18) // 2, sign)
            room = self.rect().adjusted(40, 11, -8, -11)
            painter.setFont(theme.font(theme.BODY, theme.SEMIBOLD))
            painter.setPen(look.color("text2"))
            painter.drawText(room, Qt.AlignmentFlag.AlignTop, HEADLINE)
            painter.setFont(theme.font(theme.NOTE))
            painter.setPen(look.color("text3"))
            painter.drawText(room, Qt.AlignmentFlag.AlignBottom, REST)
