"""A small coloured word with an icon, such as “No account needed”. Runs on the window's thread."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui import icons, theme

Kind = Literal["ok", "warn", "err", "info", "plain"]

HEIGHT, _PAD, _ICON, _GAP = 18, 6, 12, 4


def tag_width(text: str, icon: str = "") -> int:
    width = QFontMetrics(theme.font(theme.RULER, theme.MEDIUM)).horizontalAdvance(text) + 2 * _PAD
    return width + (_ICON + _GAP if icon else 0)


def paint_tag(painter: QPainter, x: float, y: float, text: str, kind: Kind = "plain", icon: str = "") -> int:
    """Draws a tag, 18 pixels high, with its upper left corner at x, y; returns its width."""
    look, width = theme.current(), tag_width(text, icon)
    role = "text2" if kind == "plain" else kind
    rect = QRectF(x, y, width, HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(look.color("border") if kind == "plain" else Qt.PenStyle.NoPen)
    painter.setBrush(look.color("surface") if kind == "plain" else look.color(f"{kind}_fill"))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    left = x + _PAD
    if icon:
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(round(left), round(y + (HEIGHT - _ICON) / 2), icons.pixmap(icon, role, _ICON, ratio))
        left += _ICON + _GAP
    painter.setFont(theme.font(theme.RULER, theme.MEDIUM))
    painter.setPen(look.color(role))
    painter.drawText(QRectF(left, y, width, HEIGHT), Qt.AlignmentFlag.AlignVCenter, text)
    painter.restore()
    return width


class Tag(QWidget):
    """`paint_tag` as a widget."""

    def __init__(self, text: str, kind: Kind = "plain", icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.update)
        self.set_tag(text, kind, icon)

    def set_tag(self, text: str, kind: Kind = "plain", icon: str = "") -> None:
        self._text, self._kind, self._icon = text, kind, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(tag_width(self._text, self._icon), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_tag(painter, 0, 0, self._text, self._kind, self._icon)
