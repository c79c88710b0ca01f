"""The passages of a comparison as rows: each one with a difference, and folded runs of those without.

Runs on the window's thread. Rows hold numbers only; words are fetched when they are painted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from studio.core.compare import Cut, Difference, Keep, Passage
from studio.core.transcript import Speaker, Word, join_words
from studio.services.opinion import Decisions
from studio.ui.models.wording import counted, time_code

from .flow import Mark, Piece, gap

Index = QModelIndex | QPersistentModelIndex


class Row(NamedTuple):
    first: int  # passage number
    same: int = 0  # of a fold: how many passages are the same; 0: this row is the passage itself
    unfolded: bool = False


class PassagesModel(QAbstractListModel):
    ROW = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.decisions: Decisions | None = None
        self._rows: list[Row] = []
        self._unfolded: set[int] = set()  # first passages of the runs that are shown
        self._hide_same = True
        self._cuts: Mapping[int, Cut] = {}
        self._speakers: dict[str, tuple[Speaker, int]] = {}

    def set_decisions(self, decisions: Decisions | None, cuts: Mapping[int, Cut] | None = None) -> None:
        """Show another comparison. `cuts`: where the right is cut otherwise, if that matters, by the word's number."""
        self.beginResetModel()
        self.decisions = decisions
        self._cuts = cuts or {}
        self._unfolded.clear()
        speakers = decisions.comparison.left.speakers if decisions else ()
        self._speakers = {s.id: (s, n if s.color is None else s.color) for n, s in enumerate(speakers)}
        self._rows = list(self._make_rows())
        self.endResetModel()

    def set_hide_same(self, hide: bool) -> None:
        self.beginResetModel()
        self._hide_same = hide
        self._rows = list(self._make_rows())
        self.endResetModel()

    def toggle_fold(self, row: int) -> None:
        first, count, unfolded = self._rows[row]
        self._unfolded ^= {first}
        self._rows[row] = Row(first, count, not unfolded)
        if unfolded:
            self.beginRemoveRows(QModelIndex(), row + 1, row + count)
            del self._rows[row + 1 : row + 1 + count]
            self.endRemoveRows()
        else:
            self.beginInsertRows(QModelIndex(), row + 1, row + count)
            self._rows[row + 1 : row + 1] = [Row(n) for n in range(first, first + count)]
            self.endInsertRows()
        self.dataChanged.emit(self.index(row), self.index(row))

    def _make_rows(self) -> Iterator[Row]:
        passages = self.passages
        numbers = range(len(passages))
        for same, run in groupby(numbers, key=lambda n: self._hide_same and self._is_same(passages[n])):
            run_numbers = list(run)
            first = run_numbers[0]
            if same:
                yield Row(first, len(run_numbers), first in self._unfolded)
            if not same or first in self._unfolded:
                yield from map(Row, run_numbers)

    def _is_same(self, passage: Passage) -> bool:
        return not passage.differences and not self.cuts(passage)

    def cuts(self, passage: Passage) -> list[Cut]:
        """Where the right is cut otherwise in this passage."""
        return [self._cuts[n] for n in range(passage.right_first, passage.right_last) if n in self._cuts]

    @property
    def passages(self) -> Sequence[Passage]:
        return self.decisions.comparison.passages if self.decisions else ()

    def row(self, number: int) -> Row:
        return self._rows[number]

    def row_of(self, passage: int) -> int:
        """The row that shows a passage, or the fold that hides it."""
        return max((n for n, row in enumerate(self._rows) if row.first <= passage), default=-1)

    def speaker(self, passage: Passage) -> tuple[Speaker, int] | None:
        """Who speaks, and the place of his colour."""
        return self._speakers.get(passage.speaker or "")

    def start(self, passage: Passage) -> int:
        """Milliseconds."""
        return passage.segment.start if passage.segment else self._right_words(passage)[0].start

    def end(self, passage: Passage) -> int:
        return passage.segment.end if passage.segment else self._right_words(passage)[-1].end

    def _right_words(self, passage: Passage) -> Sequence[Word]:
        assert self.decisions is not None
        return self.decisions.comparison.right_words[passage.right_first : passage.right_last]

    # Words

    def left(self, passage: Passage) -> list[Piece]:
        """What the left has, or what the user wrote in its place."""
        assert self.decisions is not None
        typed = self.decisions.typed.get(passage.segment.id) if passage.segment else None
        if typed and passage.differences:
            of = passage.differences[0].index
            return [Piece(t, mark=Mark.KEPT, difference=of) for t in typed.text.split()] or [gap(Mark.KEPT, of)]
        pieces: list[Piece] = []
        at = 0
        for d in passage.differences:
            pieces += _plain(passage.words[at : d.first])
            pieces += _marked(d.left, self._mark(d, Keep.LEFT), d.index)
            at = d.last
        return pieces + _plain(passage.words[at:])

    def right(self, passage: Passage) -> list[Piece]:
        assert self.decisions is not None
        words = self.decisions.comparison.right_words
        pieces: list[Piece] = []
        at = passage.right_first
        typed = passage.segment is not None and passage.segment.id in self.decisions.typed
        for d in passage.differences:
            pieces += _plain(words[at : d.right_first])
            pieces += _marked(d.right, Mark.GONE if typed else self._mark(d, Keep.RIGHT), d.index)
            at = d.right_last
        pieces += _plain(words[at : passage.right_last])
        return list(self._with_cuts(pieces, passage.right_first)) if self._cuts else pieces

    def _with_cuts(self, pieces: Sequence[Piece], number: int) -> Iterator[Piece]:
        """Words of the right from this number on, with signs where it is cut otherwise; a new part begins a line."""
        for piece in pieces:
            if not piece.sign:
                cut = self._cuts.get(number)
                if cut:
                    yield Piece(self._cut_text(cut), line=bool(cut.parts), mark=Mark.RIGHT, sign=True)
                number += 1
            yield piece

    def _cut_text(self, cut: Cut) -> str:
        parts = [] if cut.parts is None else ["new passage" if cut.parts else "joined to the one before"]
        who = self._speakers.get(cut.speaker or "")
        return ", ".join([*parts, who[0].name] if who else parts or ["nobody"])

    def saved(self, passage: Passage) -> list[Piece]:
        """What will stand in the transcript; what is open is as the left has it."""
        assert self.decisions is not None
        if passage.segment and passage.segment.id in self.decisions.typed:
            return self.left(passage)
        pieces: list[Piece] = []
        at = 0
        for d in passage.differences:
            pieces += _plain(passage.words[at : d.first])
            choice = self.decisions.choices.get(d.index)
            words = d.right if choice is Keep.RIGHT else d.left
            if words or choice is None:
                pieces += _marked(words, Mark.LEFT if choice is None else Mark.KEPT, d.index)
            at = d.last
        return pieces + _plain(passage.words[at:])

    def _mark(self, difference: Difference, side: Keep) -> Mark:
        assert self.decisions is not None
        choice = self.decisions.choices.get(difference.index)
        if choice is None:
            return Mark.LEFT if side is Keep.LEFT else Mark.RIGHT
        return Mark.KEPT if choice is side else Mark.GONE

    def chosen(self, passage: Passage) -> Keep | None:
        """The side that was kept in the whole passage, if one was."""
        assert self.decisions is not None
        made = {self.decisions.choices.get(d.index) for d in passage.differences}
        return made.pop() if len(made) == 1 else None

    def is_open(self, passage: Passage) -> bool:
        assert self.decisions is not None
        return any(d.index not in self.decisions.choices for d in passage.differences)

    # QAbstractItemModel

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.decisions is None:
            return None
        row = self._rows[index.row()]
        if role == self.ROW:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return fold_text(row.same) if row.same else join_words(self.passages[row.first].words)
        return None

    def _spoken(self, row: Row) -> str:
        """A row for those who hear the window."""
        if row.same:
            return fold_text(row.same)
        passage = self.passages[row.first]
        who = self.speaker(passage)
        parts = [time_code(self.start(passage)), *([who[0].name] if who else [])]
        left = open_ = 0
        for d in passage.differences:
            left += 1
            open_ += self.is_open(passage) and d.index not in (self.decisions.choices if self.decisions else {})
        if left:
            parts.append(f"{counted(open_, 'difference', 'differences')} of {left} open" if open_ else "decided")
        parts += [self._cut_text(cut) for cut in self.cuts(passage)]
        words = join_words(self._right_words(passage))
        return f"{', '.join(parts)}. Left: {join_words(passage.words) or 'nothing'}. Right: {words or 'nothing'}."


def fold_text(count: int) -> str:
    return f"{count} passage{' is' if count == 1 else 's are'} the same in both"


def _plain(words: Sequence[Word]) -> list[Piece]:
    return [Piece(w.text, w.space, w.line) for w in words]


def _marked(words: Sequence[Word], mark: Mark, difference: int) -> list[Piece]:
    return [Piece(w.text, w.space, w.line, mark, difference) for w in words] or [gap(mark, difference)]
