"""One-key repairs of what `checks` finds, as edits.

Pure functions for the window's thread. Each kind of finding has a few ways out; the first that mends it is taken, else
the one that leaves least of it, and none that makes anything else worse (only, where a subtitle that is too fast must
be split, one part may be faster than the whole was). Words keep their texts and times, but for characters that do not
belong there, and quotation marks and brackets that are missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .breaks import reading_columns
from .checks import INVISIBLE, Finding, Kind, check_row, mixed_words, one_alphabet
from .edits import Edit, fresh_ids, order
from .pairs import REACH, paired, unpaired
from .profiles import CueRules
from .reflow import cut_block, with_notes, wrapped
from .spacing import Spoken, reading_time, space_out
from .transcript import Segment, Transcript, Word, join_words

_NAMES: dict[Kind, str] = {
    "too fast": "show longer",
    "too long": "show shorter",
    "too short": "show longer",
    "overlap": "remove overlap",
    "gap": "make a gap",
    "line length": "break lines",
    "too many lines": "break lines",
    "empty": "remove empty subtitle",
    "odd characters": "clean up characters",
    "unpaired": "close quotes and brackets",
}
# What is mended first makes room for, or changes the measure of, what comes after it.
_ORDER: tuple[Kind, ...] = (
    "empty",
    "odd characters",
    "unpaired",
    "line length",
    "too many lines",
    "too long",
    "overlap",
    "gap",
    "too short",
    "too fast",
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a repair is made: segments[row], among all of them."""

    segments: list[Segment]
    row: int
    rules: CueRules
    end: int | None  # of the recording, None where it is not known
    fresh: Iterator[int]

    @property
    def segment(self) -> Segment:
        return self.segments[self.row]

    def room(self, first: int, last: int) -> tuple[int, int | None]:
        """Between which times segments[first] to segments[last] may be shown; never less than they are."""
        gap, shown = self.rules.min_gap, self.segments[first : last + 1]
        low = self.segments[first - 1].end + gap if first else 0
        high = self.segments[last + 1].start - gap if last + 1 < len(self.segments) else self.end
        if high is not None:
            high = max(high, *(s.end for s in shown), 0)
        return max(0, min(low, shown[0].start)), high


# What stands in place of segments[first:last]
_Way = tuple[int, int, list[Segment]]


def repair(transcript: Transcript, segment_id: int, kind: Kind, rules: CueRules) -> Edit | None:
    """Mend one finding, or at least make it smaller; None where that is not possible."""
    return _repaired(transcript, [(segment_id, kind)], rules, _NAMES[kind])


def repair_all(
    transcript: Transcript, findings: Iterable[Finding], rules: CueRules, ids: Collection[int] | None = None
) -> Edit | None:
    """Mend these findings, or those of segments with these ids, in one step; None where nothing can be done."""
    wanted = [(f.segment, f.kind) for f in findings if ids is None or f.segment in ids]
    return _repaired(transcript, wanted, rules, "repair subtitles")


def _repaired(transcript: Transcript, wanted: Sequence[tuple[int, Kind]], rules: CueRules, name: str) -> Edit | None:
    segments, fresh = list(transcript.segments), fresh_ids(transcript.segments)
    end = max(transcript.duration, max((s.end for s in segments), default=0)) if transcript.duration else None
    for kind in _ORDER:
        ids = {id for id, other in wanted if other == kind}
        if not ids:
            continue
        for row in range(len(segments) - 1, -1, -1):  # from the end, so that rows still to come keep their numbers
            if segments[row].id in ids:
                way = _best_way(_Place(segments, row, rules, end, fresh), kind)
                if way:
                    segments[way[0] : way[1]] = way[2]
    old, new = {s.id: s for s in transcript.segments}, {s.id: s for s in segments}
    before = tuple(s for s in transcript.segments if new.get(s.id) is not s)
    after = tuple(s for s in segments if old.get(s.id) is not s)
    return Edit(name, before, after) if before else None


def _best_way(place: _Place, kind: Kind) -> _Way | None:
    best: tuple[float, _Way] | None = None
    before = _excesses(place.segments, place.row, place.row + 1, place.rules)
    least = before.get((place.segment.id, kind), 0.0)
    for way in _WAYS[kind](place):
        if least <= 0:
            break
        left = _left(place, way, kind)
        if left is not None and left < least:
            best, least = (left, way), left
    return best[1] if best else None


def _left(place: _Place, way: _Way, kind: Kind) -> float | None:
    """How much of the finding a way leaves; None if it is no way: it makes something else worse."""
    first, last, new = way
    low, high = max(0, first - 1), min(len(place.segments), last + 1)
    window = [*place.segments[low:first], *new, *place.segments[last:high]]
    if any(s.start < 0 or s.end <= s.start for s in new) or window != sorted(window, key=order):
        return None
    # more rows on either side, for what the rows of the window are compared with
    begin, stop = max(0, low - REACH), min(len(place.segments), high + REACH)
    before = _excesses(place.segments, low, high, place.rules)
    around = [*place.segments[begin:low], *window, *place.segments[high:stop]]
    after = _excesses(around, low - begin, low - begin + len(window), place.rules)
    known = {s.id for s in place.segments[low:high]}
    split = any(s.id not in known for s in new)
    left = 0.0
    for (id, other), excess in after.items():
        source = id if id in known else place.segment.id  # a part of a split is no worse than the whole was
        if source == place.segment.id and other == kind:
            left = max(left, excess)
        elif split and source == place.segment.id and other == "too fast" and (source, other) in before:
            continue  # the gap between two parts takes time off, and no speech is equally fast all the way
        elif excess > before.get((source, other), 0.0) + 1e-9:
            return None
    return left


def _excesses(segments: Sequence[Segment], low: int, high: int, rules: CueRules) -> dict[tuple[int, Kind], float]:
    return {(f.segment, f.kind): f.excess for row in range(low, high) for f in check_row(segments, row, rules)}


# The ways out of each kind of finding, best first


def _removal(place: _Place) -> Iterator[_Way]:
    """A comment or flag goes to the segment before it, of the first one to that behind it."""
    segment, row, segments = place.segment, place.row, place.segments
    if not (segment.comment or segment.flagged):
        yield row, row + 1, []
    elif row:
        yield row - 1, row + 1, [with_notes(segments[row - 1], [segment])]
    elif row + 1 < len(segments):
        yield row, row + 2, [with_notes(segments[row + 1], [segment])]


def _cleaning(place: _Place) -> Iterator[_Way]:
    cleaned = clean(place.segment)
    if cleaned.text:
        yield place.row, place.row + 1, [cleaned]
    else:
        yield from _removal(place)


def _pairing(place: _Place) -> Iterator[_Way]:
    """The partners that are missing; where the line would be too long with them, it is broken anew."""
    written = "".join(s.text for s in place.segments)
    closed = paired(place.segment, unpaired(place.segments, place.row), written)
    for way in (closed, wrapped(closed, place.rules)):
        yield place.row, place.row + 1, [way]


def _breaking(place: _Place) -> Iterator[_Way]:
    yield place.row, place.row + 1, [wrapped(place.segment, place.rules)]
    yield _split(place)


def _split(place: _Place) -> _Way:
    row, (low, high) = place.row, place.room(place.row, place.row)
    return row, row + 1, list(cut_block([place.segment], place.rules, low, high, place.fresh))


def _shortening(place: _Place) -> Iterator[_Way]:
    """Trim what is not speech, else split; without word times, what can be read in the time need not be split."""
    segment, rules = place.segment, place.rules
    if segment.words:
        start = max(segment.start, min(segment.words[0].start, segment.words[-1].end - rules.max_duration))
        if segment.words[-1].end <= start + rules.max_duration:
            yield place.row, place.row + 1, [segment._replace(start=start, end=start + rules.max_duration)]
    else:
        yield place.row, place.row + 1, [segment._replace(end=segment.start + rules.max_duration)]
    yield _split(place)


def _parting(place: _Place) -> Iterator[_Way]:
    """Move the edge that cuts no word, else either, else both as little as possible."""
    if not place.row:
        return
    first, second, gap = place.segments[place.row - 1], place.segment, place.rules.min_gap
    ended = first._replace(end=second.start - gap)
    begun = second._replace(start=first.end + gap)
    ways = [[ended, second], [first, begun]]
    if first.words and first.words[-1].end > ended.end and (not second.words or second.words[0].start >= begun.start):
        ways.reverse()
    for way in ways:
        yield place.row - 1, place.row + 1, way
    yield _spaced(place, place.row - 1, place.row)


def _lengthening(place: _Place) -> Iterator[_Way]:
    """Into the pause after it, then into the one before it; at last, neighbours give way."""
    segment, row = place.segment, place.row
    low, high = place.room(row, row)
    needed = reading_time(reading_columns(segment.text), place.rules)
    end = segment.start + needed if high is None else min(segment.start + needed, high)
    end = max(segment.end, end)
    yield row, row + 1, [segment._replace(start=min(segment.start, max(low, end - needed)), end=end)]
    yield _spaced(place, max(0, row - 1), min(row + 1, len(place.segments) - 1))


def _spaced(place: _Place, first: int, last: int) -> _Way:
    """Neighbours shown where each can be read, moved as little as possible."""
    shown = place.segments[first : last + 1]
    spoken = [Spoken(s.start, s.end, reading_columns(s.text)) for s in shown]
    times = space_out(spoken, place.rules, *place.room(first, last))
    moved = [
        s if (s.start, s.end) == (start, end) else s._replace(start=start, end=end)
        for s, (start, end) in zip(shown, times, strict=True)
    ]
    return first, last + 1, moved


_WAYS: dict[Kind, Callable[[_Place], Iterator[_Way]]] = {
    "too fast": _lengthening,
    "too long": _shortening,
    "too short": _lengthening,
    "overlap": _parting,
    "gap": _parting,
    "line length": _breaking,
    "too many lines": _breaking,
    "empty": _removal,
    "odd characters": _cleaning,
    "unpaired": _pairing,
}


# Characters

_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")


def clean(segment: Segment) -> Segment:
    """Without invisible characters and needless spaces, each word in one alphabet; words keep their times."""
    if not segment.words:
        return segment._replace(text=_clean(segment.text))
    words: list[Word] = []
    line = False
    for word in segment.words:
        text = _clean(word.text).replace("\n", " ")
        line = line or word.line
        if text:
            words.append(word._replace(text=text, line=line and bool(words)))
            line = False
    return segment._replace(words=tuple(words), text=join_words(words))


def _clean(text: str) -> str:
    text = INVISIBLE.sub(lambda match: " " if match[0].isspace() else "", text)
    for word in mixed_words(text):
        text = re.sub(rf"\b{word}\b", one_alphabet(word), text)
    return _BREAKS.sub("\n", _BLANKS.sub(lambda match: match[0] if len(match[0]) == 1 else " ", text)).strip()
