"""What is painted below the transcript's words: the current row and word, search hits, unsure words.

Runs on the window's thread, inside the view's paint event.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QTextBlock, QTextCursor

from studio.ui import theme

from .spans import Span


def span_rects(block: QTextBlock, origin: QPointF, span: Span) -> list[QRectF]:
    """The places of a span on the screen, one for every line it touches. `origin`: where the block begins."""
    layout = block.layout()
    rects = []
    for i in range(layout.lineCount()):
        line = layout.lineAt(i)
        start, end = max(span[0], line.textStart()), min(span[1], line.textStart() + line.textLength())
        if start < end:
            left, right = line_x(line, start), line_x(line, end)
            rect = QRectF(min(left, right), line.y(), abs(right - left), line.height())
            rects.append(rect.translated(origin))
    return rects


def in_selection(cursor: QTextCursor, block: QTextBlock, span: Span) -> bool:
    """Whether a part of the span is selected."""
    first, last = (block.position() + offset for offset in span)
    return cursor.selectionStart() < last and first < cursor.selectionEnd()


def line_x(line: object, offset: int) -> float:
    """Distance of a text offset from the left; PySide gives a pair, of which the second half is the offset again."""
    x = line.cursorToX(offset)  # type: ignore[attr-defined]
    return float(x[0] if isinstance(x, tuple) else x)


def paint_word(painter: QPainter, rects: list[QRectF]) -> None:
    """The word being spoken: a soft rounded box around it."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().color("word"))
    for rect in rects:
        painter.drawRoundedRect(_boxed(rect), 4, 4)


def paint_selected_word(painter: QPainter, block: QTextBlock, origin: QPointF, span: Span) -> None:
    """The same over a selection that is painted already, so the word is written once more."""
    rects = span_rects(block, origin, span)
    paint_word(painter, rects)
    painter.setPen(theme.current().color("text"))
    for rect in rects:
        painter.setClipRect(_boxed(rect))
        block.layout().draw(painter, origin)
    painter.setClipping(False)


def _boxed(rect: QRectF) -> QRectF:
    return rect.adjusted(-2, -1, 2, 2)


def paint_hits(painter: QPainter, rects: list[QRectF]) -> None:
    """Places of the searched text."""
    look = theme.current()
    fill = QColor(look.color("accent"))
    fill.setAlphaF(0.22)
    painter.setPen(QPen(look.color("accent"), 1))
    painter.setBrush(fill)
    for rect in rects:
        painter.drawRoundedRect(rect.adjusted(-0.5, 0.5, 0.5, -0.5), 3, 3)


def paint_unsure(painter: QPainter, rects: list[QRectF]) -> None:
    """The dotted line below words the engine was not sure of."""
    pen = QPen(QBrush(theme.current().color("unsure")), 2, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([1, 1])
    painter.setPen(pen)
    for rect in rects:
        y = round(rect.bottom()) + 1
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
