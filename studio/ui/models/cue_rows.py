"""What tables of cues have in common: the rows of the TranscriptModel. Runs on the window's thread."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer

from .findings import AFTER
from .transcript_model import Index, TranscriptModel


class CueRows(QAbstractTableModel):
    titles: tuple[str, ...]  # of the columns
    tips: tuple[str, ...]  # what they mean
    right: tuple[int, ...]  # columns of numbers
    changing: tuple[int, ...]  # columns in which a key that is typed in the text is seen

    def __init__(self, transcript: TranscriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.transcript = transcript
        transcript.modelAboutToBeReset.connect(self.beginResetModel)
        transcript.modelReset.connect(self.endResetModel)
        transcript.rowsAboutToBeInserted.connect(lambda _, a, b: self.beginInsertRows(QModelIndex(), a, b))
        transcript.rowsInserted.connect(lambda *_: self.endInsertRows())
        transcript.rowsAboutToBeRemoved.connect(lambda _, a, b: self.beginRemoveRows(QModelIndex(), a, b))
        transcript.rowsRemoved.connect(lambda *_: self.endRemoveRows())
        transcript.dataChanged.connect(self._on_changed)

        self._typed: set[int] = set()  # segments by id that have another text
        self._soon = QTimer(self, singleShot=True, interval=AFTER)
        self._soon.timeout.connect(self._tell_typed)

    def _on_changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        """Where more than text is new, the rows beside have another gap, perhaps, and so another mark.

        A single text is new where it is typed, and seen there: the row follows with what is found in it.
        """
        more = 0 if roles else 1
        top, bottom = max(first.row() - more, 0), min(last.row() + more, self.rowCount() - 1)
        if top == bottom and Qt.ItemDataRole.DisplayRole in roles:
            self._typed.add(self.transcript.segment(top).id)
            if not self._soon.isActive():
                self._soon.start()
        else:
            self.dataChanged.emit(self.index(top, 0), self.index(bottom, len(self.titles) - 1))

    def _tell_typed(self) -> None:
        rows = [row for row in map(self.transcript.row_of, self._typed) if row >= 0]
        self._typed.clear()
        for row in rows:
            for column in self.changing:  # of a range Qt paints the row below it, too
                cell = self.index(row, column)
                self.dataChanged.emit(cell, cell)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self.transcript.rowCount()

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.titles[section]
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.tips[section]
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if section in self.right else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None
