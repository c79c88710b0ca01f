"""What an Edit does to the text, line by line, with a tick each: model and drawing. Runs on the window's thread."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.edits import Edit
from studio.core.transcript import Segment
from studio.ui import theme
from studio.ui.models.wording import clock

Index = QModelIndex | QPersistentModelIndex

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_LEAD = 24  # characters shown before the first change of a long text
_PAD = 8
GONE = "The passage goes away"


class Column(IntEnum):
    TIME = 0
    BEFORE = 1
    AFTER = 2


class Piece(NamedTuple):
    """A stretch of a text around what changes in it."""

    text: str
    spans: tuple[tuple[int, int], ...]  # what changes, in characters


class ChangesModel(QAbstractTableModel):
    """One row for each segment that changes. Texts come as `Piece` by SHOWN."""

    SHOWN = Qt.ItemDataRole.UserRole + 1
    ticks_changed = Signal()

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Segment, Segment | None]] = []
        self._unticked: set[int] = set()
        self._pieces: dict[int, tuple[Piece, Piece]] = {}

    def set_edit(self, edit: Edit | None) -> None:
        """Another edit; ticks that were taken off stay off."""
        self.beginResetModel()
        after = {s.id: s for s in edit.after} if edit else {}
        self._rows = [(s, after.get(s.id)) for s in edit.before] if edit else []
        self._pieces = {}
        self.endResetModel()
        self.ticks_changed.emit()

    def ticked(self) -> set[int]:
        """Ids of the segments whose change is wanted."""
        return {s.id for s, _ in self._rows} - self._unticked

    def tick(self, rows: list[int], on: bool) -> None:
        ids = {self._rows[row][0].id for row in rows}
        self._unticked = self._unticked - ids if on else self._unticked | ids
        if rows:
            self.dataChanged.emit(
                self.index(min(rows), 0), self.index(max(rows), 0), [Qt.ItemDataRole.CheckStateRole.value]
            )
        self.ticks_changed.emit()

    def is_ticked(self, row: int) -> bool:
        return self._rows[row][0].id not in self._unticked

    def pieces(self, row: int) -> tuple[Piece, Piece]:
        if row not in self._pieces:
            before, after = self._rows[row]
            self._pieces[row] = differences(before.text, after.text if after else "")
        return self._pieces[row]

    # Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return ("Time", "Before", "After")[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == Column.TIME else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        before, after = self._rows[row]
        texts = (clock(before.start), before.text, after.text if after else GONE)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return texts[column]
        if role == Qt.ItemDataRole.CheckStateRole and column == Column.TIME:
            return Qt.CheckState.Checked if self.is_ticked(row) else Qt.CheckState.Unchecked
        if role == self.SHOWN and column != Column.TIME:
            piece = self.pieces(row)[column - 1]
            return Piece(GONE, ()) if after is None and column == Column.AFTER else piece
        if role == Qt.ItemDataRole.ToolTipRole and column != Column.TIME:
            return texts[column]
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.tick([index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


def differences(before: str, after: str) -> tuple[Piece, Piece]:
    """Both texts from a little before the first change on, and the words that change in them."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    spans: tuple[list[tuple[int, int]], list[tuple[int, int]]] = [], []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            for tokens, first, last, found in ((old, a, b, spans[0]), (new, c, d, spans[1])):
                start = sum(map(len, tokens[:first]))
                if last > first:
                    found.append((start, start + sum(map(len, tokens[first:last]))))
    first = min((start for found in spans for start, _ in found[:1]), default=0)
    cut = first - _LEAD if first > 2 * _LEAD else 0
    return _piece(before, spans[0], cut), _piece(after, spans[1], cut)


def _piece(text: str, spans: list[tuple[int, int]], cut: int) -> Piece:
    if cut:
        text, spans = "…" + text[cut:], [(a - cut + 1, b - cut + 1) for a, b in spans]
    return Piece(text.replace("\n", " "), tuple(spans))


class ChangeDelegate(QStyledItemDelegate):
    """Draws a Piece: what goes struck through, each on a ground of its own."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        piece = index.data(ChangesModel.SHOWN)
        if piece is None:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        rect = QRectF(option.rect).adjusted(_PAD, 0, -_PAD, 0)
        layout = _layout(piece, index.column() == Column.AFTER, rect.width(), option)
        painter.save()
        painter.setClipRect(rect)
        painter.setPen(_ink(index))
        layout.draw(painter, QPointF(rect.left(), rect.center().y() - layout.boundingRect().height() / 2))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), theme.CONTROL)


def _ink(index: Index) -> QColor:
    gone = index.data(Qt.ItemDataRole.DisplayRole) == GONE
    return theme.current().color("text3" if gone else "text")


def _layout(piece: Piece, comes: bool, width: float, option: QStyleOptionViewItem) -> QTextLayout:
    text = option.fontMetrics.elidedText(piece.text, Qt.TextElideMode.ElideRight, int(width))
    marks = QTextCharFormat()
    marks.setForeground(theme.current().color("ok" if comes else "err"))
    marks.setBackground(theme.current().color("ok_fill" if comes else "err_fill"))
    marks.setFontStrikeOut(not comes)
    layout = QTextLayout(text, option.font)
    formats = []
    for start, end in piece.spans:
        part = QTextLayout.FormatRange()
        part.start, part.length = start, min(end, len(text)) - start
        part.format = marks
        if part.length > 0:
            formats.append(part)
    layout.setFormats(formats)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(1e6)
    layout.endLayout()
    return layout
