"""Where the sound goes, as three boxes with arrows between them. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.services.accounts import Way
from studio.ui import icons, theme

_HEIGHT, _ICON, _PAD, _GAP, _LEAST_ARROW = 36, 16, 13, 8, 28
_Stop = tuple[str, str, str]  # words, icon, colour
_HERE: _Stop = ("This computer", "laptop", "text")
_WAYS: dict[Way, _Stop] = {
    "encrypted": ("Encrypted (HTTPS)", "lock", "text"),
    "open": ("Not encrypted (HTTP)", "warning", "err"),
    "here": ("Stays on this computer", "check", "text"),
}


class Route(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._stops = [_HERE]
        self.setObjectName("accountRoute")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.update)

    def show_way(self, way: Way, target: str) -> None:
        self._stops = [_HERE, _WAYS[way], (target, "cloud", "text")]
        words = ", then ".join(words for words, _, _ in self._stops)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + 2 * _LEAST_ARROW, _HEIGHT)

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(theme.font(weight=theme.MEDIUM))
        return [metrics.horizontalAdvance(words) + 2 * _PAD + _ICON + _GAP for words, _, _ in self._stops]

    def paintEvent(self, event: QPaintEvent) -> None:
        widths = self._widths()
        widths[-1] = min(widths[-1], max(80, self.width() - sum(widths[:-1]) - 2 * _LEAST_ARROW))
        arrow = max(_LEAST_ARROW, (self.width() - sum(widths)) // 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            x = 0
            for number, (stop, width) in enumerate(zip(self._stops, widths, strict=True)):
                if number:
                    self._paint_arrow(painter, x + _GAP, x + arrow - _GAP)
                    x += arrow
                self._paint_stop(painter, QRectF(x, 0, width, _HEIGHT), *stop)
                x += width

    def _paint_stop(self, painter: QPainter, box: QRectF, words: str, sign: str, role: str) -> None:
        look = theme.current()
        painter.setPen(QPen(look.color("err" if role == "err" else "border"), 1))
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        picture = icons.pixmap(sign, role, _ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(box.left() + _PAD, (_HEIGHT - _ICON) / 2), picture)
        painter.setPen(look.color(role))
        painter.setFont(theme.font(weight=theme.MEDIUM))
        room = box.adjusted(_PAD + _ICON + _GAP, 0, -_PAD + 1, 0)
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, round(room.width()) + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_arrow(self, painter: QPainter, start: float, end: float) -> None:
        color, y = theme.current().color("text3"), _HEIGHT / 2
        painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(start, y, end - 6, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([QPointF(end - 7, y - 4), QPointF(end, y), QPointF(end - 7, y + 4)]))
