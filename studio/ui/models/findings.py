"""What is wrong with the open transcript under the rules, kept up to date with every change. Window's thread.

A change of a few rows is looked at with the rows near it, a moment later or when someone asks: a key does not wait for
it. All rows together, after another transcript or other rules, take longer than a frame: they are looked at in slices,
between which keys and mouse have their turn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal

from studio.core.checks import KINDS, Finding, Kind, check_row
from studio.core.pairs import REACH, has_marks
from studio.core.profiles import DEFAULT, CueRules

from .transcript_model import TranscriptModel

_SLICE = 100  # rows that are looked at in one piece; about 2 ms
_MANY = 300  # rows; where more have changed, all are looked at again
AFTER = 50  # milliseconds from a key until what it has changed is looked at, and shown beside
# Where text is not cut into subtitles yet, only this is wrong with it.
OF_TEXT: frozenset[Kind] = frozenset({"overlap", "empty", "odd characters", "unpaired"})
OF_CUES: frozenset[Kind] = frozenset(KINDS)

_SHORT: dict[Kind, str] = {
    "too fast": "Fast",
    "too long": "Long",
    "too short": "Short",
    "overlap": "Overlap",
    "gap": "Gap",
    "line length": "Wide",
    "too many lines": "Lines",
    "empty": "Empty",
    "odd characters": "Odd",
    "unpaired": "Unpaired",
}
_TITLES: dict[Kind, str] = {
    "too fast": "{0} reads too fast",
    "too long": "{0} stays too long",
    "too short": "{0} is too short",
    "overlap": "{1} overlaps {0}",
    "gap": "{1} is close to {0}",
    "line length": "{0} has a long line",
    "too many lines": "{0} has too many lines",
    "empty": "{0} is empty",
    "odd characters": "{0} has odd characters",
    "unpaired": "{0} has an unpaired mark",
}
Severity = Literal["err", "warn"]


def short_name(kind: Kind) -> str:
    return _SHORT[kind]


def title(finding: Finding, row: int) -> str:
    """ "184 reads too fast", "180 overlaps 181": cues are counted from 1."""
    return _TITLES[finding.kind].format(row + 1, row)


def sentence(finding: Finding, rules: CueRules) -> str:
    match finding.kind:
        case "overlap":
            return f"Both cues show for {finding.excess / 1000:.2f} s."
        case "gap":
            gap = rules.min_gap - finding.excess
            return f"{gap / 1000:.2f} s between them, at least {rules.min_gap / 1000:.2f}."
    return f"{finding.text[:1].upper()}{finding.text[1:]}."


def severity(finding: Finding, rules: CueRules) -> Severity:
    """Whether viewers will miss something, or only notice."""
    much = finding.kind == "too fast" and finding.excess > rules.max_cps / 4
    return "err" if much or finding.kind in ("overlap", "empty") else "warn"


class Findings(QObject):
    """Findings of each segment, and all of them in order."""

    changed = Signal()
    swept = Signal()  # a slice of all rows has been looked at; it was the last one if now `complete`

    def __init__(self, model: TranscriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.rules = DEFAULT
        self._found: dict[int, list[Finding]] = {}  # by segment id
        self._sorted: list[Finding] = []
        self._counts: Counter[Kind] = Counter()
        self._changed: set[int] = set()  # segments by id, to be looked at again
        self._soon = QTimer(self, singleShot=True, interval=AFTER)
        self._soon.timeout.connect(self._catch_up)
        self._next = 0  # the first row of the next slice
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._check_slice)
        model.modelReset.connect(self.check_all)
        model.dataChanged.connect(self._on_changed)
        model.rowsInserted.connect(lambda _, first, last: self._on_moved(range(first, last + 1)))
        model.rowsAboutToBeRemoved.connect(self._forget_rows)
        model.rowsRemoved.connect(lambda _, first, __: self._on_moved(range(first, first + 1)))

    @property
    def complete(self) -> bool:
        """Whether every row has been looked at."""
        return not self._slices.isActive()

    @property
    def counts(self) -> Counter[Kind]:
        self._catch_up()
        return self._counts

    @property
    def by_segment(self) -> Mapping[int, list[Finding]]:
        """By segment id, of those that have any."""
        self._catch_up()
        return self._found

    def of(self, segment: int) -> list[Finding]:
        return self.by_segment.get(segment, [])

    def all(self, kinds: Collection[Kind] = OF_CUES) -> list[Finding]:
        """Those of these kinds, in order."""
        if not self.count(kinds):
            return []
        if kinds is OF_CUES:
            return list(self._sorted)
        return [f for f in self._sorted if f.kind in kinds]

    def count(self, kinds: Collection[Kind] = OF_CUES) -> int:
        return sum(self.counts[kind] for kind in kinds)

    def set_rules(self, rules: CueRules) -> None:
        if rules != self.rules:
            self.rules = rules
            self.check_all()

    def check_all(self) -> None:
        """From the start: the first slice at once, so that what is seen first is right."""
        self._found, self._sorted, self._counts, self._next = {}, [], Counter(), 0
        self._changed.clear()
        self._slices.start()
        self._check_slice()

    def _check_slice(self) -> None:
        first, self._next = self._next, min(self._next + _SLICE, self._model.rowCount())
        for row in range(first, self._next):
            self._check(row)
        if self._next >= self._model.rowCount():
            self._slices.stop()
        self.changed.emit()
        self.swept.emit()

    def _check(self, row: int) -> None:
        segments = self._model.segments()
        self._put(segments[row].id, check_row(segments, row, self.rules))

    def _put(self, id: int, found: list[Finding]) -> None:
        """A segment that is in the model has these findings now."""
        before = self._found.get(id, [])
        if before == found:
            return
        row_of = self._model.row_of
        row, place = row_of(id), len(self._sorted)
        if place and row_of(self._sorted[-1].segment) >= row:  # not behind all others, as when all rows are looked at
            place = bisect_left(self._sorted, row, key=lambda f: row_of(f.segment))
        self._sorted[place : place + len(before)] = found
        for finding in before:
            self._counts[finding.kind] -= 1
        for finding in found:
            self._counts[finding.kind] += 1
        if found:
            self._found[id] = found
        else:
            del self._found[id]

    def _on_changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        if roles and Qt.ItemDataRole.DisplayRole not in roles:
            return
        if last.row() - first.row() > _MANY:
            self.check_all()
            return
        self._changed.update(self._model.segment(row).id for row in range(first.row(), last.row() + 1))
        if not self._soon.isActive():
            self._soon.start()

    def _on_moved(self, rows: range) -> None:
        if self._slices.isActive() or len(rows) > _MANY:
            self.check_all()  # the rows that are still to come have other numbers now
        else:
            self._look_at(rows)

    def _catch_up(self) -> None:
        """Look at what was changed a moment ago."""
        if self._changed:
            rows = [row for row in map(self._model.row_of, self._changed) if row >= 0]
            self._changed.clear()
            self._look_at(rows)

    def _look_at(self, rows: Collection[int]) -> None:
        """These, their neighbours, and the ones within reach that may have lost or found the partner of a mark."""
        count = self._model.rowCount()
        near = {row for at in rows for row in range(max(at - REACH, 0), min(at + REACH + 1, count))}
        if len(near) > _MANY:
            self.check_all()
            return
        segments, beside = self._model.segments(), {row for at in rows for row in (at - 1, at, at + 1)}
        for row in sorted(near):
            if row in beside or has_marks(segments[row].text):
                self._check(row)
        self.changed.emit()

    def _forget_rows(self, _parent: Any, first: int, last: int) -> None:
        for row in range(first, last + 1):
            self._put(self._model.segment(row).id, [])

    def onward(self, row: int, after: Finding | None, step: int, kinds: Collection[Kind]) -> tuple[int, Finding] | None:
        """The next (1) or previous (-1) finding from a row, round the end; `after` is the one just looked at there."""
        rows = self._model.rowCount()
        here = list(self._of_row(row, kinds)) if 0 <= row < rows else []
        if after in here:
            place = here.index(after) + step
            if 0 <= place < len(here):
                return row, here[place]
        elif here and step > 0:
            return row, here[0]
        for away in range(1, rows + 1):
            at = (row + step * away) % rows
            found = list(self._of_row(at, kinds))
            if found:
                return at, found[0 if step > 0 else -1]
        return None

    def _of_row(self, row: int, kinds: Collection[Kind]) -> Iterator[Finding]:
        return (f for f in self.of(self._model.segment(row).id) if f.kind in kinds)
