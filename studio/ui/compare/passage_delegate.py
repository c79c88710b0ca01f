"""How a row of the comparison looks: time and speaker, the left words, what to keep, the right words.

Runs on the window's thread. The header above the list stands by the same `Columns`.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.compare import Keep, Passage
from studio.ui import icons, theme
from studio.ui.models.wording import time_code

from . import flow
from .passages import Index, PassagesModel, Row, fold_text

GUTTER, KEEP, PAD, TOP = 110, 84, 14, 8
NO_KEEP = 1  # where there is nothing to choose, a line stands between the sides
FOLD = 30
BUTTON_WIDTH, BUTTON_HEIGHT = 32, 26
_LEAST = 2 * flow.LINE + 2 * TOP + 4  # room for time and chip


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in a row of this width."""

    width: int
    between: int = KEEP  # width of the column between the sides

    @property
    def text(self) -> int:
        """Width of each side's words."""
        return max(80, (self.width - GUTTER - self.between - 3 * PAD) // 2)

    @property
    def keep(self) -> int:
        """Left edge of the column between the sides."""
        return GUTTER + self.text + PAD

    @property
    def right(self) -> int:
        return self.keep + self.between + PAD


class PassageDelegate(QStyledItemDelegate):
    def __init__(self, model: PassagesModel, decides: bool, parent: QListView) -> None:
        super().__init__(parent)
        self._model, self._view, self._decides = model, parent, decides
        self._between = KEEP if decides else NO_KEEP
        self._setter = flow.Setter()
        self._heights: dict[int, int] = {}
        self._measured = 0  # the width that these are for
        self.mouse: QPoint | None = None

    def forget(self) -> None:
        """Measure every row again."""
        self._heights.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        row = self._model.row(index.row())
        if row.same:
            return QSize(width, FOLD)
        if width != self._measured:
            self._heights.clear()
            self._measured = width
        height = self._heights.get(row.first)
        if height is None:
            passage = self._model.passages[row.first]
            text = Columns(width, self._between).text
            lines = (self._setter.flow(side, text).lines for side in self._sides(passage))
            height = self._heights[row.first] = max(_LEAST, max(lines) * flow.LINE + 2 * TOP)
        return QSize(width, height)

    def _sides(self, passage: Passage) -> tuple[list[flow.Piece], list[flow.Piece]]:
        return self._model.left(passage), self._model.right(passage)

    # What is where

    def button(self, place: QRect, side: Keep) -> QRect:
        """The button that keeps a side, in a row at `place`."""
        left = Columns(place.width()).keep + 8 + (BUTTON_WIDTH + 4 if side is Keep.RIGHT else 0)
        return QRect(place.left() + left, place.top() + TOP, BUTTON_WIDTH, BUTTON_HEIGHT)

    def hit(self, place: QRect, row: Row, point: QPoint) -> tuple[Keep | None, int]:
        """(side, difference) under a point: a button has side and -1, a word both, anything else neither."""
        passage = self._model.passages[row.first]
        if row.same or not passage.differences or not self._decides:
            return None, -1
        for keep in Keep:
            if self.button(place, keep).contains(point):
                return keep, -1
        columns = Columns(place.width(), self._between)
        for keep, pieces, x in zip(Keep, self._sides(passage), (GUTTER, columns.right), strict=True):
            set_out = self._setter.flow(pieces, columns.text)
            origin = QPointF(place.left() + x, place.top() + TOP)
            found = flow.difference_at(set_out, pieces, origin, QPointF(point))
            if found >= 0:
                return keep, found
        return None, -1

    # Painting

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = self._model.row(index.row())
        if row.same:
            self._paint_fold(painter, option, row)
        else:
            self._paint_passage(painter, option, self._model.passages[row.first])
        painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), _border())
        painter.restore()

    def _paint_fold(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        look, place = theme.current(), option.rect
        hovered = option.state & QStyle.StateFlag.State_MouseOver
        painter.fillRect(place, look.color("hover" if hovered else "raised"))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRect(place.left(), place.top(), 3, place.height()), look.color("accent"))
        sign = "chevron-down" if row.unfolded else "chevron-right"
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(place.left() + GUTTER, place.center().y() - 6, icons.pixmap(sign, "text3", 14, ratio))
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(look.color("text2"))
        painter.drawText(place.adjusted(GUTTER + 24, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, fold_text(row.same))

    def _paint_passage(self, painter: QPainter, option: QStyleOptionViewItem, passage: Passage) -> None:
        look, place = theme.current(), option.rect
        columns = Columns(place.width(), self._between)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, theme.mix(look.color("surface"), look.color("sel"), 0.5))
            painter.fillRect(QRect(place.left(), place.top(), 3, place.height()), look.color("accent"))
        between = QRect(place.left() + columns.keep, place.top(), self._between, place.height())
        painter.fillRect(between, look.color("win"))
        for x in (between.left(), between.right()):
            painter.fillRect(QRect(x, place.top(), 1, place.height()), _border())
        self._paint_gutter(painter, place, passage)
        for pieces, x in zip(self._sides(passage), (GUTTER, columns.right), strict=True):
            set_out = self._setter.flow(pieces, columns.text)
            flow.paint(painter, pieces, set_out, QPointF(place.left() + x, place.top() + TOP))
        if passage.differences and self._decides:
            chosen = self._model.chosen(passage)
            for keep in Keep:
                self._paint_button(painter, self.button(place, keep), keep, chosen is keep)

    def _paint_gutter(self, painter: QPainter, place: QRect, passage: Passage) -> None:
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(theme.current().color("text3"))
        line = QRect(place.left() + 14, place.top() + TOP, GUTTER - 14, flow.LINE)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, time_code(self._model.start(passage)))
        who = self._model.speaker(passage)
        if who:
            chip = QRectF(line.left(), line.bottom() + 2, 18, 18)
            theme.paint_chip(painter, chip, theme.chip_letter(who[0].name), who[1])

    def _paint_button(self, painter: QPainter, place: QRect, keep: Keep, chosen: bool) -> None:
        look = theme.current()
        hovered = self.mouse is not None and place.contains(self.mouse)
        painter.setPen(QPen(look.color("accent" if chosen else "border"), 1))
        painter.setBrush(look.color("accent" if chosen else "hover" if hovered else "surface"))
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        sign = "check" if chosen else "arrow-left" if keep is Keep.LEFT else "arrow-right"
        ratio = painter.device().devicePixelRatioF()
        picture = icons.pixmap(sign, "on_accent" if chosen else "text2", 14, ratio)
        painter.drawPixmap(place.center().x() - 6, place.center().y() - 6, picture)


def _border() -> QColor:
    return theme.current().color("border")
