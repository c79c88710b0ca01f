"""The one transcript that waveform, text and speaker list share. Runs on the window's thread.

Rows are segments in order of time. Times are integer milliseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, compress, count, groupby
from operator import attrgetter, le, ne
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from studio.core.edits import Edit, order
from studio.core.transcript import EngineInfo, Segment, Speaker, Transcript

from .wording import time_code

Index = QModelIndex | QPersistentModelIndex

_MANY = 200  # segments; a change of more is told as a whole


# What a change of text alone is told with; times and speakers are as they were.
_TEXT_ROLES = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole]
_SPEAKER_ROLES = [Qt.ItemDataRole.AccessibleTextRole]


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each unbroken run of ascending numbers."""
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        numbers = [row for _, row in run]
        yield numbers[0], numbers[-1]


# Of a segment, in C, because a change may be of all of them: its times, and what is shown beside the text
_TIMES = attrgetter("start", "end")
_BESIDE = attrgetter("start", "end", "speaker", "flagged", "comment")


@dataclass(frozen=True, slots=True)
class SpeakerShare:
    speaker: Speaker
    index: int
    talk: int  # milliseconds
    turns: int  # unbroken runs of segments
    share: float  # of all talk, 0..1


class TranscriptModel(QAbstractListModel):
    """Holds a Transcript; changes of single segments keep every other row as it was."""

    speakers_changed = Signal()

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._transcript = Transcript()
        self._segments: list[Segment] = []
        self._starts: list[int] = []
        self._reach: list[int] = []  # the latest end among a segment and all before it
        self._row_of: dict[int, int] = {}
        self._speaker_index: dict[str, int] = {}
        self._shares: list[SpeakerShare] | None = None  # once they were asked for

    # What others ask

    @property
    def transcript(self) -> Transcript:
        return replace(self._transcript, segments=tuple(self._segments))

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        return self._transcript.speakers

    @property
    def language(self) -> str | None:
        return self._transcript.language

    @property
    def engine(self) -> EngineInfo:
        return self._transcript.engine

    @property
    def duration(self) -> int:
        return max(self._transcript.duration, self._reach[-1] if self._reach else 0)

    def segment(self, row: int) -> Segment:
        return self._segments[row]

    def segments(self) -> Sequence[Segment]:
        """All segments, in order; to be read, not changed."""
        return self._segments

    def segment_at(self, ms: int) -> int:
        """The row that is spoken at this time (the latest begun one if several are), or -1 in a pause."""
        row = bisect_right(self._starts, ms) - 1
        while row >= 0 and self._reach[row] > ms:
            if self._segments[row].end > ms:
                return row
            row -= 1
        return -1

    def last_begun(self, ms: int) -> int:
        """The last row that has begun by this time, or -1."""
        return bisect_right(self._starts, ms) - 1

    def word_at(self, row: int, ms: int) -> int:
        """Number of the last word that has begun, or -1 before the first and where word times are unknown."""
        return bisect_right(self._segments[row].words, ms, key=lambda word: word.start) - 1

    def row_of(self, segment_id: int) -> int:
        """-1 for an unknown id."""
        return self._row_of.get(segment_id, -1)

    def has(self, segments: Sequence[Segment]) -> bool:
        """Whether these are there, just as they are."""
        rows = [self._row_of.get(s.id, -1) for s in segments]
        return -1 not in rows and [self._segments[row] for row in rows] == list(segments)

    def speaker_index(self, speaker: str | None) -> int:
        """Place in the speaker list, counted from 0; -1 for none."""
        return -1 if speaker is None else self._speaker_index.get(speaker, -1)

    def speaker_color(self, speaker: str | None) -> int:
        """Which colour of the palette, counted from 0: the chosen one, or that of the place; -1 for none."""
        index = self.speaker_index(speaker)
        if index < 0:
            return -1
        chosen = self.speakers[index].color
        return index if chosen is None else chosen

    def speaker_name(self, speaker: str | None) -> str:
        index = self.speaker_index(speaker)
        return self.speakers[index].name if index >= 0 else speaker or ""

    def speaker_shares(self) -> list[SpeakerShare]:
        """Talk and turns of every speaker, in the order of the speaker list; reckoned when times or speakers change."""
        if self._shares is None:
            self._shares = self._reckon_shares()
        return self._shares

    def _reckon_shares(self) -> list[SpeakerShare]:
        talk: dict[str | None, int] = {}
        turns: dict[str | None, int] = {}
        last: str | None = None
        for segment in self._segments:
            talk[segment.speaker] = talk.get(segment.speaker, 0) + segment.end - segment.start
            if segment.speaker != last or not turns:
                turns[segment.speaker] = turns.get(segment.speaker, 0) + 1
                last = segment.speaker
        total = sum(talk.get(s.id, 0) for s in self.speakers) or 1
        return [
            SpeakerShare(s, i, talk.get(s.id, 0), turns.get(s.id, 0), talk.get(s.id, 0) / total)
            for i, s in enumerate(self.speakers)
        ]

    # What others tell

    def set_transcript(self, transcript: Transcript) -> None:
        """Show this one. Of the same recording and segments, only rows that differ change; else it is a reset."""
        segments = list(transcript.segments)
        same = transcript.source == self._transcript.source
        same = same and [s.id for s in segments] == [s.id for s in self._segments]
        speakers_differ = transcript.speakers != self.speakers
        if not same or not segments or 0 in self._row_of:
            self.beginResetModel()
            self._store(replace(transcript, segments=()), segments)
            self.endResetModel()
            if speakers_differ:
                self.speakers_changed.emit()
        else:
            changed = [i for i, (a, b) in enumerate(zip(self._segments, segments, strict=True)) if a != b]
            self._store(replace(transcript, segments=()), segments)
            for row in changed:
                self._touch(row, row)
            if speakers_differ:
                self._tell_speakers()

    def append_segments(self, segments: Iterable[Segment]) -> None:
        """Segments that arrive while the text is written; a known id replaces its row, an earlier time is sorted in."""
        fresh: list[Segment] = []
        for segment in sorted(segments, key=lambda s: s.start):
            row = self.row_of(segment.id) if segment.id else -1
            if row >= 0:
                self._segments[row] = segment
                self._index(row)
                self._touch(row, row)
            elif self._starts and segment.start < self._starts[-1]:
                self._insert(bisect_right(self._starts, segment.start), [segment])
            else:
                fresh.append(segment)
        if fresh:
            self._insert(len(self._segments), fresh)

    def apply(self, edit: Edit) -> None:
        """Show a change: rows that only look different are told as such, others come and go."""
        before, after = {s.id for s in edit.before}, {s.id: s for s in edit.after}
        rows = sorted(row for row in map(self._row_of.get, before) if row is not None)
        if edit.retexted and len(rows) == len(after):
            self._change(rows, after, moved=[], beside=[])
        elif before == after.keys() and self._stay_in_order(moved := self._differing(_TIMES, rows, after), after):
            self._change(rows, after, moved)
        elif len(before) + len(after) > _MANY:
            self.beginResetModel()
            rest = [s for s in self._segments if s.id not in before]
            self._store(self._transcript, sorted([*rest, *edit.after], key=order))
            self.endResetModel()
        else:
            self._exchange(rows, after)
        if edit.changes_speakers:
            self.set_speakers(edit.speakers_after)

    def _differing(self, what: Callable[[Segment], object], rows: list[int], after: dict[int, Segment]) -> list[int]:
        """Those of the rows where this will be another."""
        old = [self._segments[row] for row in rows]
        new = [after[s.id] for s in old]
        return list(compress(rows, map(ne, map(what, old), map(what, new))))

    def _stay_in_order(self, moved: list[int], after: dict[int, Segment]) -> bool:
        """Whether the rows that have other times now are still between their neighbours."""
        if not moved:
            return True
        around = self._segments[max(0, moved[0] - 1) : moved[-1] + 2]
        keys = [order(after.get(segment.id, segment)) for segment in around]
        return all(map(le, keys, keys[1:]))

    def _change(
        self, rows: list[int], after: dict[int, Segment], moved: list[int], beside: list[int] | None = None
    ) -> None:
        """`moved`: those of the rows that have other times; `beside`: of which more than the text is another."""
        if beside is None:
            beside = rows if moved == rows else self._differing(_BESIDE, rows, after)
        for row in rows:
            self._segments[row] = after[self._segments[row].id]
        if moved:
            self._index(moved[0])
        if beside:
            self._shares = None
        for first, last in _runs(rows) if len(rows) <= _MANY else [(rows[0], rows[-1])]:
            self._touch(first, last, () if beside else _TEXT_ROLES)

    def _exchange(self, rows: list[int], after: dict[int, Segment]) -> None:
        """Rows of segments that are in both stay where they can; others are taken out and put in."""
        kept = [row for row in rows if self._segments[row].id in after]
        moved = self._differing(_TIMES, kept, after)
        if not self._stay_in_order(moved, after):
            kept, moved = [], []
        stay = {self._segments[row].id: after[self._segments[row].id] for row in kept}
        self._change(kept, stay, moved)
        gone = [row for row in rows if row not in set(kept)]
        for first, last in reversed(list(_runs(gone))):
            self.beginRemoveRows(QModelIndex(), first, last)
            for segment in self._segments[first : last + 1]:
                del self._row_of[segment.id]
            del self._segments[first : last + 1]
            self._index(first)
            self.endRemoveRows()
        for segment in sorted((s for s in after.values() if s.id not in stay), key=order):
            self._insert(bisect_right(self._segments, order(segment), key=order), [segment])

    def set_speakers(self, speakers: Iterable[Speaker]) -> None:
        """New names or more speakers; every row may look different, none moves."""
        speakers = tuple(speakers)
        if speakers == self.speakers:
            return
        self._store(replace(self._transcript, speakers=speakers), self._segments)
        self._tell_speakers()

    def clear(self) -> None:
        self.set_transcript(Transcript())

    # Inside

    def _store(self, transcript: Transcript, segments: list[Segment]) -> None:
        self._transcript = transcript
        self._speaker_index = {s.id: i for i, s in enumerate(transcript.speakers)}
        self._segments = segments
        self._index(0)

    def _index(self, first: int) -> None:
        """Bring the look-up lists up to date from a row on."""
        self._shares = None
        tail = self._segments[first:]
        if not first:
            self._row_of = {}
        self._starts[first:] = [s.start for s in tail]
        reached = self._reach[first - 1] if first else 0
        self._reach[first:] = list(accumulate([s.end for s in tail], max, initial=reached))[1:]
        self._row_of.update(zip([s.id for s in tail], count(first), strict=False))

    def _insert(self, row: int, segments: list[Segment]) -> None:
        self.beginInsertRows(QModelIndex(), row, row + len(segments) - 1)
        self._segments[row:row] = segments
        self._index(row)
        self.endInsertRows()

    def _tell_speakers(self) -> None:
        if self._segments:
            self.dataChanged.emit(self.index(0), self.index(len(self._segments) - 1), _SPEAKER_ROLES)
        self.speakers_changed.emit()

    def _touch(self, first: int, last: int, roles: Sequence[int] = ()) -> None:
        """`roles`: what differs; none for all."""
        self.dataChanged.emit(self.index(first), self.index(last), list(roles))

    # Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._segments)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """The text; for screen readers time, speaker and text."""
        if not index.isValid() or index.row() >= len(self._segments):
            return None
        segment = self._segments[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return segment.text
            case Qt.ItemDataRole.AccessibleTextRole:
                name = self.speaker_name(segment.speaker)
                return ", ".join(part for part in (time_code(segment.start), name, segment.text) if part)
        return None
