"""What a tool would change, side by side: cues as they are, and as they would be. Runs on the window's thread.

Re-flow, alignment and versions show it. Only rows on the screen are painted and compared word for word; of the others
the height is measured, once for a width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.core.edits import Edit
from studio.core.reflow import Change
from studio.core.reflow import changes as changes_of
from studio.core.retext import reckoned_words
from studio.core.transcript import Segment, Speaker
from studio.ui import theme
from studio.ui.compare import flow
from studio.ui.compare.flow import Mark, Piece
from studio.ui.models.wording import time_code
from studio.ui.widgets.tag import HEIGHT as TAG
from studio.ui.widgets.tag import paint_tag

Index = QModelIndex | QPersistentModelIndex
Cues = Sequence[Segment]

_PAD, _TOP, _HEAD, _GAP = 14, 8, 22, 6  # of a side, of a row, of a cue's times, between cues
_KNOWN = 300  # rows whose words are kept ready to paint


class BeforeAfterModel(QAbstractListModel):
    """One row for each Change. `notes` say what is wrong with cues, by segment id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changes: Sequence[Change] = ()
        self.notes: Mapping[int, str] = {}
        self._chips: dict[str, tuple[str, int]] = {}
        self._pieces: dict[int, tuple[list[list[Piece]], list[list[Piece]]]] = {}

    def set_changes(self, changes: Sequence[Change], speakers: Sequence[Speaker], notes: Mapping[int, str]) -> None:
        self.beginResetModel()
        self.changes, self.notes = changes, notes
        self._chips = {
            s.id: (theme.chip_letter(s.name), n if s.color is None else s.color) for n, s in enumerate(speakers)
        }
        self._pieces.clear()
        self.endResetModel()

    def chip(self, speaker: str | None) -> tuple[str, int] | None:
        """Letter and colour of a speaker."""
        return self._chips.get(speaker or "")

    def pieces(self, row: int) -> tuple[list[list[Piece]], list[list[Piece]]]:
        """The words of each cue before and after, with marks on those that only one side has."""
        if row not in self._pieces:
            if len(self._pieces) >= _KNOWN:
                self._pieces.clear()
            self._pieces[row] = marked(self.changes[row])
        return self._pieces[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.changes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        change = self.changes[index.row()]
        return f"Before: {self._spoken(change.before)}; after: {self._spoken(change.after)}"

    def _spoken(self, cues: Cues) -> str:
        parts = (
            ", ".join(filter(None, (f"{time_code(c.start)} to {time_code(c.end)}", c.text, self.notes.get(c.id))))
            for c in cues
        )
        return "; ".join(parts) or "nothing"


def plain_pieces(cue: Segment) -> list[Piece]:
    return [Piece(w.text, w.space, w.line) for w in reckoned_words(cue)]


def marked(change: Change) -> tuple[list[list[Piece]], list[list[Piece]]]:
    """The words of each cue; those that go or come are marked as such."""
    sides = tuple([plain_pieces(cue) for cue in cues] for cues in (change.before, change.after))
    old, new = ([piece.text for pieces in side for piece in pieces] for side in sides)
    if old != new:
        matched = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        for number, (kind, a, b, c, d) in enumerate(matched):
            if kind != "equal":
                _mark(sides[0], range(a, b), Mark.GONE, number)
                _mark(sides[1], range(c, d), Mark.KEPT, number)
    return sides[0], sides[1]


def _mark(cues: list[list[Piece]], words: range, mark: Mark, difference: int) -> None:
    at = 0
    for pieces in cues:
        for n in range(max(words.start - at, 0), min(words.stop - at, len(pieces))):
            pieces[n] = pieces[n]._replace(mark=mark, difference=difference)
        at += len(pieces)


class _Delegate(QStyledItemDelegate):
    def __init__(self, model: BeforeAfterModel, view: QListView) -> None:
        super().__init__(view)
        self._model, self._view = model, view
        self._setter = flow.Setter()
        self._heights: dict[int, int] = {}
        self._measured = 0  # the width that these are for
        model.modelReset.connect(self._heights.clear)

    @staticmethod
    def _text_width(width: int) -> int:
        return width // 2 - 2 * _PAD

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        if width != self._measured:
            self._heights.clear()
            self._measured = width
        height = self._heights.get(index.row())
        if height is None:
            change = self._model.changes[index.row()]
            height = max(self._side_height(cues, self._text_width(width)) for cues in (change.before, change.after))
            height = self._heights[index.row()] = height + 2 * _TOP
        return QSize(width, height)

    def _side_height(self, cues: Cues, width: int) -> int:
        if not cues:
            return flow.LINE
        lines = sum(self._setter.flow(plain_pieces(cue), width).lines for cue in cues)
        return lines * flow.LINE + len(cues) * (_HEAD + _GAP) - _GAP

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, place = theme.current(), option.rect
        change = self._model.changes[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, theme.mix(look.color("surface"), look.color("sel"), 0.5))
            painter.fillRect(QRect(place.left(), place.top(), 3, place.height()), look.color("accent"))
        middle = place.left() + place.width() // 2
        sides = ((change.before, change.after, place.left()), (change.after, change.before, middle))
        for (cues, others, left), pieces in zip(sides, self._model.pieces(index.row()), strict=True):
            self._paint_side(painter, QPointF(left + _PAD, place.top() + _TOP), cues, others, pieces)
        painter.fillRect(QRect(middle, place.top(), 1, place.height()), look.color("border"))
        painter.fillRect(QRect(place.left(), place.bottom(), place.width(), 1), look.color("border"))
        painter.restore()

    def _paint_side(
        self, painter: QPainter, at: QPointF, cues: Cues, others: Cues, pieces: Sequence[Sequence[Piece]]
    ) -> None:
        width = self._text_width(self._view.viewport().width())
        known = {ms for cue in others for ms in (cue.start, cue.end)}
        if not cues:
            painter.setFont(theme.font(theme.BODY))
            painter.setPen(theme.current().color("text3"))
            painter.drawText(QRectF(at.x(), at.y(), width, flow.LINE), Qt.AlignmentFlag.AlignVCenter, "nothing")
        for cue, words in zip(cues, pieces, strict=True):
            self._paint_times(painter, QRectF(at.x(), at.y(), width, _HEAD), cue, known)
            set_out = self._setter.flow(words, width)
            origin = QPointF(at.x(), at.y() + _HEAD)
            flow.paint(painter, words, set_out, origin)
            at = QPointF(at.x(), origin.y() + set_out.height + _GAP)

    def _paint_times(self, painter: QPainter, place: QRectF, cue: Segment, known: set[int]) -> None:
        """Speaker, start and end; a time that the other side does not have is bold."""
        x, chip = place.left(), self._model.chip(cue.speaker)
        if chip:
            theme.paint_chip(painter, QRectF(x, place.center().y() - 8, 16, 16), *chip)
            x += 22
        look = theme.current()
        for text, fresh in (
            (time_code(cue.start), cue.start not in known),
            (" – ", False),
            (time_code(cue.end), cue.end not in known),
        ):
            font = theme.font(theme.NOTE, theme.SEMIBOLD if fresh else theme.REGULAR)
            painter.setFont(font)
            painter.setPen(look.color("text2" if fresh else "text3"))
            wide = QFontMetrics(font).horizontalAdvance(text)
            painter.drawText(QRectF(x, place.top(), wide + 4, place.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += wide
        note = self._model.notes.get(cue.id)
        if note:
            paint_tag(painter, x + 10, place.center().y() - TAG / 2, note, "warn", "warning")


class BeforeAfterList(QFrame):
    """The rows under two headings. `set_changes` or `set_edit` fills it; any number of rows."""

    def __init__(self, name: str, before: str = "Before", after: str = "After", parent: QWidget | None = None) -> None:
        """`name`: the list's objectName."""
        super().__init__(parent)
        self.model = BeforeAfterModel(self)
        self.list = QListView()
        self.list.setObjectName(name)
        self.setFocusProxy(self.list)
        self.list.setAccessibleName(f"{before} and {after.lower()}")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.model, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # else showing it changes every height
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.verticalScrollBar().setSingleStep(flow.LINE)
        theme.current().changed.connect(self.list.viewport().update)
        heads = QHBoxLayout()
        heads.setContentsMargins(_PAD, 8, 0, 8)
        heads.setSpacing(0)
        for words in (before, after):
            label = QLabel(words)
            label.setProperty("role", "section")
            heads.addWidget(label, 1)
        line = QFrame()
        line.setProperty("role", "line")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(heads)
        column.addWidget(line)
        column.addWidget(self.list, 1)

    def set_changes(
        self, changes: Sequence[Change], speakers: Sequence[Speaker] = (), notes: Mapping[int, str] | None = None
    ) -> None:
        """`notes`: what is wrong with single cues, by segment id: “too fast”."""
        self.model.set_changes(changes, speakers, notes or {})
        if changes:
            self.list.setCurrentIndex(self.model.index(0))

    def set_edit(self, edit: Edit | None, speakers: Sequence[Speaker] = ()) -> None:
        """What a step changes; None for nothing."""
        self.set_changes(changes_of(edit) if edit else (), speakers)
