"""A long recording cut into parts at its quietest places, and the transcripts of the parts joined again. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .silence import BIN_MS, quiet_level
from .transcript import Segment, Word, join_words, mean_confidence

_SEARCH = 0.15  # of the length of a part: how far from its place a cut may be, to both sides
_PAUSE = 300  # milliseconds that a cut wants to be quiet around it
_OVERLAP = 500  # milliseconds that both parts have where the cut is in mid-speech
_SHORTEST = 1_000  # milliseconds; no vendor that takes less is worth a part
_SAME = 300  # milliseconds that two hearings of one word may differ


@dataclass(frozen=True, slots=True)
class Part:
    """Milliseconds of the recording. `start` and `end` are what is sent; what is said from `first` on and before `last`
    belongs to this part."""

    start: int
    end: int
    first: int
    last: int

    def has(self, start: int, end: int) -> bool:
        """Whether what is said there belongs to it: its middle does, or no neighbour has heard it."""
        middle = (start + end) // 2
        return (self.start == self.first or middle >= self.first) and (self.end == self.last or middle < self.last)


def between(start: int, end: int) -> str:
    """ "0:12:17 to 0:12:54": a stretch for reading."""
    return f"{_clock(start)} to {_clock(end)}"


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def plan(duration: int, longest: int | None, peaks: npt.NDArray[np.int16]) -> list[Part]:
    """Parts of at most `longest` milliseconds, all about as long, cut where it is quiet.

    peaks: shape (bins, 2), lowest and highest sample of every 10 ms. Where no pause is found, neighbours overlap.
    """
    if longest is None or duration <= longest:
        return [Part(0, duration, 0, duration)]
    count = math.ceil(duration / max(_SHORTEST, (longest - _OVERLAP) / (1 + 2 * _SEARCH)))
    length = duration / count
    cuts = [_cut(round(length * n), int(length * _SEARCH), peaks) for n in range(1, count)]
    edges = [(0, True), *cuts, (duration, True)]
    half = _OVERLAP // 2
    return [
        Part(a if quiet_a else a - half, b if quiet_b else b + half, a, b)
        for (a, quiet_a), (b, quiet_b) in pairwise(edges)
    ]


def _cut(wanted: int, reach: int, peaks: npt.NDArray[np.int16]) -> tuple[int, bool]:
    """The middle of the quietest 300 ms within reach of a place (milliseconds), and whether that is a pause."""
    width = _PAUSE // BIN_MS
    first = max(0, (wanted - reach) // BIN_MS)
    near = peaks[first : (wanted + reach) // BIN_MS].astype(np.int32)
    if len(near) < width:
        return wanted, False
    loud = np.maximum(-near[:, 0], near[:, 1])
    loudest = np.lib.stride_tricks.sliding_window_view(loud, width).max(axis=1)
    places = (first + np.arange(len(loudest)) + width // 2) * BIN_MS
    best = int(np.lexsort((np.abs(places - wanted), loudest))[0])
    return int(places[best]), int(loudest[best]) <= quiet_level(peaks)


def placed(segments: Iterable[Segment], part: Part) -> list[Segment]:
    """The segments of a part with the times of the recording; what belongs to a neighbour is left to it."""
    found = []
    for segment in segments:
        moved = _moved(segment, part)
        words = tuple(w for w in moved.words if part.has(w.start, w.end))
        if len(words) < len(moved.words) and words:
            found.append(_of_words(moved, words))
        elif words or (not moved.words and part.has(moved.start, moved.end)):
            found.append(moved)
    return found


def without_repeats(before: Segment | None, segments: Sequence[Segment]) -> list[Segment]:
    """The segments of the next part, without the word that both sides of a cut have heard."""
    if before is None or not before.words or not segments or not segments[0].words:
        return list(segments)
    last, first = before.words[-1], segments[0].words[0]
    if abs(first.start - last.start) > _SAME or _bare(first) != _bare(last):
        return list(segments)
    rest = segments[0].words[1:]
    return [*([_of_words(segments[0], rest)] if rest else []), *segments[1:]]


def _bare(word: Word) -> str:
    return "".join(c for c in word.text.casefold() if c.isalnum())


def _moved(segment: Segment, part: Part) -> Segment:
    """With the times of the recording, none of them outside of what was sent."""

    def place(at: int) -> int:
        return min(max(at, 0) + part.start, part.end)

    words = tuple(w._replace(start=place(w.start), end=place(w.end)) for w in segment.words)
    return segment._replace(start=place(segment.start), end=place(segment.end), words=words)


def _of_words(segment: Segment, words: Sequence[Word]) -> Segment:
    return segment._replace(
        start=words[0].start,
        end=max(words[-1].end, words[0].start),
        text=join_words(words),
        words=words,
        confidence=mean_confidence(words) if segment.confidence is not None else None,
    )
