"""Words set into lines, with marks: laid out once, painted and hit-tested often. Runs on the window's thread.

QTextLayout would do it too, at fifty times the cost: thousands of passages are measured when the window's width
changes. The width of each word is asked for once; words go from right to left where the text begins so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from studio.ui import theme

LINE = 24  # pixels from line to line
_OVER = 2  # pixels that a mark reaches beyond its words
_GAP = "nothing"  # stands where a side has no words


class Mark(Enum):
    """How the words of a difference look."""

    NONE = ""
    LEFT = "left"  # open, as the left has it
    RIGHT = "right"  # open, as the right has it
    KEPT = "kept"
    GONE = "gone"


class Piece(NamedTuple):
    """One word; words of the same difference that follow each other are marked as one."""

    text: str
    space: bool = True
    line: bool = False
    mark: Mark = Mark.NONE
    difference: int = -1
    sign: bool = False  # not a word, but what is said about words: that there are none, or where a passage begins


def gap(mark: Mark, difference: int) -> Piece:
    return Piece(_GAP, mark=mark, difference=difference, sign=True)


@dataclass(frozen=True, slots=True)
class Flow:
    """Pieces with their places: x, line number, width."""

    places: tuple[tuple[float, int, float], ...]
    lines: int

    @property
    def height(self) -> int:
        return self.lines * LINE


class Setter:
    """Sets pieces into lines in one font; remembers the widths of words."""

    def __init__(self) -> None:
        self._words = QFontMetricsF(theme.font(theme.TRANSCRIPT))
        self._signs = QFontMetricsF(theme.font(theme.BODY))
        self._space = self._words.horizontalAdvance(" ")
        self._widths: dict[str, float] = {}

    def flow(self, pieces: Sequence[Piece], width: float) -> Flow:
        """`width`: pixels; a word that is wider has a line of its own."""
        places: list[tuple[float, int, float]] = []
        x, line = 0.0, 0
        for piece in pieces:
            if piece.sign:
                wide = self._signs.horizontalAdvance(piece.text)
            elif (known := self._widths.get(piece.text)) is not None:
                wide = known
            else:
                wide = self._widths[piece.text] = self._words.horizontalAdvance(piece.text)
            at = x + (self._space if piece.space and x else 0.0)
            if x and (piece.line or at + wide > width):
                at, line = 0.0, line + 1
            places.append((at, line, wide))
            x = at + wide
        if _goes_left(pieces):
            places = [(width - x - wide, line, wide) for x, line, wide in places]
        return Flow(tuple(places), line + 1)


def _goes_left(pieces: Iterable[Piece]) -> bool:
    """Whether the first letter is of a script written from right to left."""
    for piece in pieces:
        if piece.text.isascii():
            if any(map(str.isalpha, piece.text)) and not piece.sign:
                return False
            continue
        for char in piece.text:
            direction = unicodedata.bidirectional(char)
            if direction in ("L", "R", "AL"):
                return direction != "L"
    return False


def rect(flow: Flow, number: int, origin: QPointF) -> QRectF:
    """Where a piece stands."""
    x, line, wide = flow.places[number]
    return QRectF(origin.x() + x, origin.y() + line * LINE, wide, LINE)


def difference_at(flow: Flow, pieces: Sequence[Piece], origin: QPointF, point: QPointF) -> int:
    """The difference whose words are under a point, or -1."""
    for number, piece in enumerate(pieces):
        if piece.difference >= 0 and rect(flow, number, origin).adjusted(-3, 0, 3, 0).contains(point):
            return piece.difference
    return -1


def paint(painter: QPainter, pieces: Sequence[Piece], flow: Flow, origin: QPointF) -> None:
    for mark, difference, place in _stretches(pieces, flow, origin):
        _paint_ground(painter, mark, difference, place)
    look = theme.current()
    words, small = theme.font(theme.TRANSCRIPT), theme.font(theme.BODY)
    struck = theme.font(theme.TRANSCRIPT)
    struck.setStrikeOut(True)
    for first, last, text in _runs(pieces, flow):
        piece = pieces[first]
        painter.setFont(small if piece.sign else struck if piece.mark is Mark.GONE else words)
        painter.setPen(look.color("text3" if piece.sign or piece.mark is Mark.GONE else "text"))
        # Not measured again: the place is as wide as the words, give or take their kerning.
        place = rect(flow, first, origin).united(rect(flow, last, origin)).adjusted(0, 0, 4, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)


def _runs(pieces: Sequence[Piece], flow: Flow) -> Iterator[tuple[int, int, str]]:
    """Words that can be drawn at once: alike, on one line, from left to right. First, last, and their text."""
    first, text = 0, ""
    for number, piece in enumerate(pieces):
        if number and text:
            before = pieces[number - 1]
            (x, line, _), (old_x, old_line, _) = flow.places[number], flow.places[number - 1]
            alike = (piece.sign, piece.mark is Mark.GONE) == (before.sign, before.mark is Mark.GONE)
            if alike and line == old_line and x > old_x:
                text += f" {piece.text}" if piece.space else piece.text
                continue
            yield first, number - 1, text
        first, text = number, piece.text
    if text:
        yield first, len(pieces) - 1, text


def _stretches(pieces: Sequence[Piece], flow: Flow, origin: QPointF) -> Iterator[tuple[Mark, bool, QRectF]]:
    """Marked words side by side on a line, as one place; whether they are real words."""
    numbers = [n for n, piece in enumerate(pieces) if piece.mark is not Mark.NONE]
    for (_, _, sign), run in groupby(numbers, key=lambda n: (pieces[n].difference, flow.places[n][1], pieces[n].sign)):
        places = [(pieces[n].mark, rect(flow, n, origin)) for n in run]
        whole = places[0][1]
        for _, place in places[1:]:
            whole = whole.united(place)
        yield places[0][0], not sign, whole


def _paint_ground(painter: QPainter, mark: Mark, words: bool, place: QRectF) -> None:
    look = theme.current()
    fill = {Mark.LEFT: "warn_fill", Mark.RIGHT: "info_fill", Mark.KEPT: "ok_fill"}.get(mark)
    if fill and words:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(fill))
        painter.drawRoundedRect(place.adjusted(-_OVER, 2, _OVER, -1), 3, 3)
    if mark in (Mark.LEFT, Mark.RIGHT):
        dash = Qt.PenStyle.SolidLine if mark is Mark.LEFT else Qt.PenStyle.DashLine
        if not words:
            dash = Qt.PenStyle.DotLine
        pen = QPen(look.color("unsure" if mark is Mark.LEFT else "info"), 2 if words else 1, dash)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        y = place.bottom() - 2
        painter.drawLine(
            QPointF(place.left() - (_OVER if words else 0), y), QPointF(place.right() + (_OVER if words else 0), y)
        )
