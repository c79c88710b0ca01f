"""Two transcripts of the same recording side by side: where their words differ, and how much they agree.

Pure functions. The left transcript is the one that is kept; see `decisions` for taking the one or the other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise
from statistics import median
from typing import NamedTuple

from .align import ends_sentence
from .edits import fresh_ids
from .matching import Pair, key, matched
from .retext import reckoned_words
from .transcript import Segment, Transcript, Word, join_words

_NEVER = 2**40  # milliseconds; the end of what has none


class Kind(StrEnum):
    """Kinds of differences, those to check first at the top."""

    NUMBERS = "numbers"
    NAMES = "names"
    WORDS = "words"
    MISSING = "missing"


class Keep(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Difference:
    """Words `first` to `last` (exclusive) of a segment of the left, and what the right has in their place."""

    index: int  # place in Comparison.differences
    segment: int  # Segment.id in the left, or the id of the segment that would be made (see Passage)
    first: int
    last: int
    right_first: int  # in Comparison.right_words
    right_last: int
    left: tuple[Word, ...]
    right: tuple[Word, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment of the left with the words that the right has for it."""

    segment: Segment | None  # None: the left has nothing there; taking the right makes a segment
    words: tuple[Word, ...]  # of the segment; with reckoned times where it has none
    right_first: int  # in Comparison.right_words
    right_last: int
    differences: tuple[Difference, ...]
    bounds: tuple[int, int]  # the time (milliseconds) that may be taken without touching the neighbours
    speaker: str | None  # of the segment that would be made, if the right's is known in the left


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two transcripts agree, which says nothing about which one is right."""

    words: float  # share of all words that both have, 0..1
    speakers: float | None  # share of the common words that the same person says; None: not known in both
    apart: int | None  # median distance (milliseconds) of the starts of common words; None: no word times in both


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Transcript
    right: Transcript
    right_words: tuple[Word, ...]
    passages: tuple[Passage, ...]  # every segment of the left is one
    differences: tuple[Difference, ...]
    likeness: Likeness


class Cut(NamedTuple):
    """What the right does before one of its words otherwise than the left."""

    parts: bool | None  # True: a segment begins where the left has none; False: the reverse; None: as in the left
    speaker: str | None  # who speaks from here on, where the left has somebody else


Choices = Mapping[int, Keep]  # by Difference.index


class _Side:
    """A transcript as one row of words."""

    def __init__(self, transcript: Transcript) -> None:
        self.segments = transcript.segments
        self.by_segment = [reckoned_words(s) for s in self.segments]
        self.words = [w for words in self.by_segment for w in words]
        self.owner = [n for n, words in enumerate(self.by_segment) for _ in words]  # segment number of each word
        self.first = [0]  # word number of each segment's first word, and the total
        for words in self.by_segment:
            self.first.append(self.first[-1] + len(words))

    def begins(self, word: int) -> bool:
        """Whether a segment begins with this word, or the transcript ends before it."""
        return word in (0, len(self.words)) or self.owner[word] != self.owner[word - 1]


_Run = tuple[int, int, int, int]  # left words i1 to i2 stand against right words j1 to j2


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run that touches one segment of the left, or none of them."""

    segment: int | None  # number in the left
    run: _Run
    same: bool


def compare(left: Transcript, right: Transcript, ignore_marks: bool = True) -> Comparison:
    """Align two transcripts of one recording. `ignore_marks`: capitals and punctuation make no difference."""
    a, b = _Side(left), _Side(right)
    pairs = matched(a.words, b.words)
    pieces = [p for run, same in _runs(a, b, pairs, ignore_marks) for p in _pieces(a, b, run, same)]
    speakers = _same_speakers(a, b, pairs)
    passages = tuple(_passages(a, b, pieces, speakers))
    differences = tuple(d for p in passages for d in p.differences)
    return Comparison(left, right, tuple(b.words), passages, differences, _likeness(a, b, pairs, speakers))


def _runs(a: _Side, b: _Side, pairs: Sequence[Pair], ignore_marks: bool) -> Iterator[tuple[_Run, bool]]:
    """All words of both in order, in runs that are the same or not."""
    kept = pairs if ignore_marks else [(i, j) for i, j in pairs if a.words[i].text == b.words[j].text]
    i = j = 0
    for p, q in [*kept, (len(a.words), len(b.words))]:
        if p > i or q > j:
            same = ignore_marks and _plain(a.words[i:p]) == _plain(b.words[j:q])
            yield (i, p, j, q), same
        if p < len(a.words) and q < len(b.words):
            yield (p, p + 1, q, q + 1), True
        i, j = p + 1, q + 1


def _plain(words: Iterable[Word]) -> str:
    """Words as they read without capitals and punctuation; how Chinese is cut into words makes no difference."""
    return join_words(w._replace(text=key(w.text), line=False) for w in words if key(w.text))


def _pieces(a: _Side, b: _Side, run: _Run, same: bool) -> Iterator[_Piece]:
    """A run cut at the segments of the left; what is only in the right also at those of the right."""
    i1, i2, j1, j2 = run
    if i1 == i2:
        for segment, start, end in _homes(a, b, i1, j1, j2):
            yield _Piece(segment, (i1, i1, start, end), same)
        return
    if a.begins(i1):  # whole passages of the right before these words, or after them, stay by themselves
        start = max((j for j in range(j1 + 1, j2) if b.begins(j) and _ends(b, j) <= a.words[i1].start), default=j1)
        if start > j1:
            yield from _pieces(a, b, (i1, i1, j1, start), same)
            j1 = start
    end = j2
    if a.begins(i2):
        last = a.words[i2 - 1].end
        end = next((j for j in range(j1 + 1, j2) if b.begins(j) and b.words[j].start >= last), j2)
    cuts = [i for i in range(i1 + 1, i2) if a.begins(i)]
    j = j1
    for p, q in pairwise([i1, *cuts, i2]):
        border = (a.words[q - 1].end + a.words[q].start) // 2 if q < i2 else 0
        to = bisect_left(b.words, border, j, end, key=lambda w: (w.start + w.end) // 2) if q < i2 else end
        yield _Piece(a.owner[p], (p, q, j, to), same)
        j = to
    if end < j2:
        yield from _pieces(a, b, (i2, i2, end, j2), same)


def _ends(side: _Side, word: int) -> int:
    return side.words[word - 1].end


def _homes(a: _Side, b: _Side, i: int, j1: int, j2: int) -> Iterator[tuple[int | None, int, int]]:
    """Where words go that only the right has: (segment number of the left or None, from, to)."""
    if not a.begins(i):
        yield a.owner[i], j1, j2
        return
    before = a.owner[i - 1] if i else None
    after = a.owner[i] if i < len(a.words) else None
    head = tail = None  # the passage of the right goes on from what came before, or into what comes
    if before is not None and not b.begins(j1):
        head = next((j for j in range(j1, j2) if b.begins(j)), j2)
    if after is not None and not b.begins(j2):
        tail = next((j for j in range(j2, j1, -1) if b.begins(j)), j1)
    if head == j2 and tail == j1:  # both: it goes to the nearer one
        gap_before = b.words[j1].start - a.words[i - 1].end
        gap_after = a.words[i].start - b.words[j2 - 1].end
        yield (before if gap_before <= gap_after else after), j1, j2
        return
    start, end = head if head is not None else j1, tail if tail is not None else j2
    if start > j1:
        yield before, j1, start
    cuts = [j for j in range(start + 1, end) if b.begins(j)]
    yield from ((None, p, q) for p, q in pairwise([start, *cuts, end]) if q > p)
    if j2 > end:
        yield after, end, j2


def _passages(a: _Side, b: _Side, pieces: Sequence[_Piece], speakers: Mapping[str, str]) -> Iterator[Passage]:
    """Segments of the left in order, with what the right has beside them, and what only the right has in between."""
    by_segment: defaultdict[int, list[_Piece]] = defaultdict(list)
    alone: defaultdict[int, list[_Piece]] = defaultdict(list)  # by the segment they come before
    for piece in pieces:
        if piece.segment is not None:
            by_segment[piece.segment].append(piece)
        else:
            alone[bisect_left(a.first, piece.run[0])].append(piece)
    # Ascending, so that of segments at the same place the first stays the first.
    ids = iter(sorted(islice(fresh_ids(a.segments), sum(map(len, alone.values())))))
    count = 0  # of differences so far
    for number in range(len(a.segments) + 1):
        for piece in alone[number]:
            owner = b.segments[b.owner[piece.run[2]]]
            alone_found = () if piece.same else (_difference(a, b, count, next(ids), piece.run[0], piece.run),)
            count += len(alone_found)
            speaker = speakers.get(owner.speaker or "")
            yield Passage(None, (), *piece.run[2:], alone_found, _between(a, number), speaker)
        if number == len(a.segments):
            return
        segment, parts = a.segments[number], by_segment[number]
        runs = [p.run for p in parts if not p.same]
        found = tuple(_difference(a, b, n, segment.id, a.first[number], run) for n, run in enumerate(runs, count))
        count += len(found)
        span = (parts[0].run[2], parts[-1].run[3]) if parts else (0, 0)
        low, high = _between(a, number, number + 1)
        bounds = (min(low, segment.start), max(high, segment.end))  # overlaps that are there stay
        yield Passage(segment, tuple(a.by_segment[number]), *span, found, bounds, segment.speaker)


def _between(a: _Side, after: int, before: int | None = None) -> tuple[int, int]:
    """The time that is free before segment number `after`, or between the neighbours of after to before."""
    before = after if before is None else before
    low = a.segments[after - 1].end if after else 0
    high = a.segments[before].start if before < len(a.segments) else _NEVER
    return low, max(low, high)


def _difference(a: _Side, b: _Side, index: int, id: int, first: int, run: _Run) -> Difference:
    i1, i2, j1, j2 = run
    left, right = tuple(a.words[i1:i2]), tuple(b.words[j1:j2])
    kind = _kind(left, right, _fresh_sentence(a, i1), _fresh_sentence(b, j1))
    return Difference(index, id, i1 - first, i2 - first, j1, j2, left, right, kind)


def cuts(comparison: Comparison) -> dict[int, Cut]:
    """Where the right is cut into other segments than the left, or has other speakers: number of its word -> Cut.

    For two transcripts that know the same speakers by the same ids.
    """
    side = _Side(comparison.right)
    found: dict[int, Cut] = {}
    for passage in comparison.passages:
        speaker = passage.segment.speaker if passage.segment else passage.speaker
        for word in range(passage.right_first, passage.right_last):
            first = word == passage.right_first
            parts = side.begins(word) if side.begins(word) != first else None
            now = side.segments[side.owner[word]].speaker
            if parts is not None or (first and now != speaker):
                found[word] = Cut(parts, now if now != speaker else None)
            speaker = now
    return found


# Kinds

_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half "
    "first second third january february march april may june july august september october november december "
    "null eins ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig sechzig "
    "siebzig achtzig neunzig hundert tausend million millionen milliarden halb januar februar märz mai juni juli "
    "oktober dezember satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas puluh ratus ribu juta"
)
_NUMBERS = frozenset(_NUMBER_WORDS.split()) - {"may", "second", "march"}
_NO_NAMES = re.compile(r"I('\w+)?$")


def _kind(left: Sequence[Word], right: Sequence[Word], left_begins: bool, right_begins: bool) -> Kind:
    both = (*left, *right)
    if any(any(c.isdigit() for c in w.text) or key(w.text) in _NUMBERS for w in both):
        return Kind.NUMBERS
    if not left or not right:
        return Kind.MISSING
    if _has_name(left, left_begins) or _has_name(right, right_begins):
        return Kind.NAMES
    return Kind.WORDS


def _fresh_sentence(side: _Side, word: int) -> bool:
    """Whether a sentence begins with this word, so that its capital says nothing."""
    return word == 0 or (word <= len(side.words) and ends_sentence(side.words[word - 1]))


def _has_name(words: Sequence[Word], begins: bool) -> bool:
    """A capital in mid-sentence. German writes all its nouns so; there this says less."""
    for word in words:
        bare = word.text.strip("\"'“”„‘’«»‹›()[]¿¡.,;:!?…")
        if bare[:1].isupper() and not begins and not _NO_NAMES.match(bare):
            return True
        begins = ends_sentence(word)
    return False


# Figures


def _same_speakers(a: _Side, b: _Side, pairs: Sequence[Pair]) -> dict[str, str]:
    """Who of the right is who of the left: whoever says most of the same words."""
    shared: Counter[tuple[str, str]] = Counter()
    for i, j in pairs:
        mine, theirs = a.segments[a.owner[i]].speaker, b.segments[b.owner[j]].speaker
        if mine and theirs:
            shared[theirs, mine] += 1
    same: dict[str, str] = {}
    for (theirs, mine), _ in shared.most_common():
        if theirs not in same and mine not in same.values():
            same[theirs] = mine
    return same


def _likeness(a: _Side, b: _Side, pairs: Sequence[Pair], speakers: Mapping[str, str]) -> Likeness:
    total = len(a.words) + len(b.words)
    known = agreed = 0
    apart = []
    for i, j in pairs:
        mine, theirs = a.segments[a.owner[i]], b.segments[b.owner[j]]
        if mine.speaker and theirs.speaker:
            known += 1
            agreed += speakers.get(theirs.speaker) == mine.speaker
        if mine.words and theirs.words:
            apart.append(abs(a.words[i].start - b.words[j].start))
    return Likeness(
        words=2 * len(pairs) / total if total else 1.0,
        speakers=agreed / known if known else None,
        apart=round(median(apart)) if apart else None,
    )
