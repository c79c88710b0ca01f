"""How tables draw cues: chip, number, the lines of the text. Window's thread."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPolygonF, QTextLayout
from PySide6.QtWidgets import QStyledItemDelegate, QTableView

from studio.ui import icons, theme
from studio.ui.models.transcript_model import TranscriptModel

PAD, CHIP, SIGN = 8, 18, 12
NAMED = 64  # pixels of the cell from which on a name stands beside the chip


def line_height(tight: bool = False) -> int:
    return round(QFontMetricsF(theme.font(theme.BODY)).height()) + (1 if tight else 2)


class RowDelegate(QStyledItemDelegate):
    """`playing` is the row that is heard, -1 for none; `lines` how many lines of text a row has room for."""

    def __init__(self, transcript: TranscriptModel, parent: QTableView) -> None:
        super().__init__(parent)
        self.transcript, self._table = transcript, parent
        self.playing = -1
        self.lines = 2
        self.height = line_height()  # of one of them

    def paint_ground(self, painter: QPainter, place: QRect, row: int, first: bool, chosen: bool) -> None:
        """`first`: of the columns; the current row has a bar at its edge."""
        look = theme.current()
        ground = look.color("sel") if chosen else look.color("surface")
        if row == self.playing and not chosen:
            ground = theme.mix(look.color("surface"), look.color("sel"), 0.4)
        painter.fillRect(place, ground)
        painter.fillRect(QRect(place.left(), place.bottom(), place.width(), 1), look.color("border"))
        if first and row == self._table.currentIndex().row() and chosen:
            painter.fillRect(QRect(place.left(), place.top(), 3, place.height()), look.color("accent"))

    def paint_sign(self, painter: QPainter, x: int, place: QRect, role: str) -> None:
        sign = "error" if role == "err" else "warning"
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(x, place.center().y() - SIGN // 2 + 1, icons.pixmap(sign, role, SIGN, ratio))

    def paint_marks(self, painter: QPainter, place: QRect, row: int) -> None:
        """The row that is heard has a playhead at its edge; flags and comments stand below the number."""
        look, segment = theme.current(), self.transcript.segment(row)
        x, ratio = place.right() - 13, painter.device().devicePixelRatioF()
        if row == self.playing:
            middle = place.center().y() + 1
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("playhead"))
            shape = ((0, -5), (7, 0), (0, 5))
            painter.drawPolygon(QPolygonF([QPointF(x + 3 + dx, middle + dy) for dx, dy in shape]))
        elif segment.flagged or segment.comment:
            sign = "flag" if segment.flagged else "comment"
            painter.drawPixmap(x, place.center().y() - 5, icons.pixmap(sign, "accent", SIGN, ratio))

    def paint_who(self, painter: QPainter, place: QRect, row: int, chosen: bool) -> None:
        transcript = self.transcript
        segment = transcript.segment(row)
        if segment.speaker is None:
            return
        name, index = transcript.speaker_name(segment.speaker), transcript.speaker_color(segment.speaker)
        chip = QRectF(place.left(), place.center().y() - CHIP / 2 + 1, CHIP, CHIP)
        theme.paint_chip(painter, chip, theme.chip_letter(name), max(index, 0))
        if place.width() >= NAMED:
            font = theme.font(theme.NOTE, theme.MEDIUM)
            room = place.adjusted(CHIP + 6, 0, 0, 0)
            painter.setFont(font)
            painter.setPen(theme.current().color("text" if chosen else "text2"))
            shown = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)

    def paint_text(self, painter: QPainter, place: QRect, row: int, role: str = "") -> None:
        """`role`: the colour of a sign behind it, and of the words where there is no text; "" for none."""
        segment, look = self.transcript.segment(row), theme.current()
        if role:
            self.paint_sign(painter, place.right() - SIGN + 4, place, role)
            place = place.adjusted(0, 0, -SIGN - 2, 0)
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(look.color("text"))
        lines: tuple[str, ...] = ("No text",)
        if segment.text:
            lines = set_out(segment.text, place.width(), self.lines)
        else:
            painter.setPen(look.color(role or "text3"))
        height = self.height
        top = place.center().y() + 1 - height * len(lines) / 2
        for number, line in enumerate(lines):
            room = QRectF(place.left(), top + number * height, place.width(), height)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)


@lru_cache(maxsize=1000)
def set_out(text: str, width: int, most: int) -> tuple[str, ...]:
    """The lines that fit: as they break, longer ones wrapped; what has no room ends with an ellipsis."""
    font = theme.font(theme.BODY)
    shown: list[str] = []
    for line in text.split("\n"):
        if len(shown) == most:
            break
        shown += _wrapped(line, font_width=width)
    if len(shown) > most or len(text.split("\n")) > most:
        kept = shown[:most]
        rest = " ".join([kept[-1], *shown[most:], "…"])
        kept[-1] = QFontMetricsF(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
        return tuple(kept)
    return tuple(shown)


def _wrapped(line: str, font_width: int) -> list[str]:
    font = theme.font(theme.BODY)
    if QFontMetricsF(font).horizontalAdvance(line) <= font_width:
        return [line]
    layout = QTextLayout(line, font)
    units = line.encode("utf-16-le")
    parts: list[str] = []
    layout.beginLayout()
    while (made := layout.createLine()).isValid() and len(parts) < 5:
        made.setLineWidth(font_width)
        first, last = made.textStart() * 2, (made.textStart() + made.textLength()) * 2
        parts.append(units[first:last].decode("utf-16-le", "replace").rstrip())
    layout.endLayout()
    return parts
