"""When each word of a spoken text is heard, for voices that do not tell: an estimate from text and sound.

Pure functions, any thread. The stretches between audible pauses are given to the words between marks of punctuation;
inside a stretch each word gets its share by how much of it there is to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from .speaking import SpokenWord

PAUSE = 0.09  # seconds of silence that separate two stretches; the closures of "p" and "t" are shorter
_FRAME = 0.01  # seconds
_QUIET = 0.03  # of the loudest frame: less is silence
_UNMARKED = 0.6  # seconds: what a pause costs where the text has no mark
_MOST_STRETCHES = 60

# Runs of letters, digits and what joins them; scripts without spaces give one word for each character.
_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}][\p{M}ー々]*"
    r"|(?:(?![\p{Han}\p{Hiragana}\p{Katakana}])[\p{L}\p{N}\p{M}])+(?:['’.,:\-](?=[\p{L}\p{N}])"
    r"(?:(?![\p{Han}\p{Hiragana}\p{Katakana}])[\p{L}\p{N}\p{M}])+)*"
)
_MARK = regex.compile(r"[\p{P}\n]")
Samples = NDArray[np.float32]


class Stretch(NamedTuple):
    """Speech without a pause in it, seconds."""

    start: float
    end: float


def words(text: str) -> list[tuple[int, int]]:
    """First and last character (not included) of each word."""
    return [m.span() for m in _WORD.finditer(text)]


def letters(word: str) -> float:
    """How much there is to say, where nobody knows the sounds: digits are long words."""
    return sum(4.0 if c.isdecimal() else 3.0 if regex.match(r"\p{Han}", c) else 1.0 for c in word) or 1.0


def estimate(text: str, samples: Samples, rate: int, weigh: Callable[[str], float] = letters) -> tuple[SpokenWord, ...]:
    """The words of `text` in order with their times in `samples` (mono, -1..1)."""
    spans = words(text)
    found = stretches(samples, rate)
    if not spans or not found:
        return ()
    weights = np.array([max(weigh(text[a:b]), 0.5) for a, b in spans])
    marked = [_MARK.search(text, b, a) is not None for (_, b), (a, _) in pairwise(spans)]
    found = _fewer(found, min(len(spans), _MOST_STRETCHES))
    said: list[SpokenWord] = []
    cuts = [0, *_cuts(found, weights, marked), len(spans)]
    for stretch, first, last in zip(found, cuts, cuts[1:], strict=False):
        share = np.concatenate([[0.0], np.cumsum(weights[first:last])])
        times = np.rint((stretch.start + share / share[-1] * (stretch.end - stretch.start)) * 1000).astype(int).tolist()
        said += [SpokenWord(*spans[first + n], times[n], times[n + 1]) for n in range(last - first)]
    return tuple(said)


def stretches(samples: Samples, rate: int) -> list[Stretch]:
    """Where something is heard, in order."""
    size = max(1, round(rate * _FRAME))
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    if not len(frames):
        return []
    power = np.sqrt(np.mean(frames.astype(np.float64) ** 2, axis=1))
    loud = np.flatnonzero(power > max(float(power.max()) * _QUIET, 1e-4))
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) > PAUSE / _FRAME)
    starts, ends = loud[np.concatenate([[0], breaks + 1])], loud[np.concatenate([breaks, [len(loud) - 1]])]
    return [Stretch(float(a) * _FRAME, float(b + 1) * _FRAME) for a, b in zip(starts, ends, strict=True)]


def _fewer(found: list[Stretch], most: int) -> list[Stretch]:
    """Joins over the shortest pauses until there are no more than `most`."""
    found = list(found)
    while len(found) > most:
        n = min(range(1, len(found)), key=lambda n: found[n].start - found[n - 1].end)
        found[n - 1 : n + 1] = [Stretch(found[n - 1].start, found[n].end)]
    return found


def _cuts(found: Sequence[Stretch], weights: NDArray[np.float64], marked: Sequence[bool]) -> list[int]:
    """Which words begin the second stretch, the third and so on: the cheapest way by how even the pace then is.

    Words 0..j in stretches 0..k cost what the best smaller cut costs and how far stretch k is from its expected length.
    """
    total = np.concatenate([[0.0], np.cumsum(weights)])
    pace = sum(s.end - s.start for s in found) / total[-1]
    count = len(weights)
    unmarked = np.array([0.0, *(0.0 if m else _UNMARKED for m in marked), 0.0])
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    came: list[NDArray[np.intp]] = []
    for stretch in found:
        off = np.abs((total[None, :] - total[:, None]) * pace - (stretch.end - stretch.start))  # [first, last]
        cost = best[:, None] + off + unmarked[None, :]
        cost[np.tril_indices(count + 1)] = np.inf  # a stretch has a word at least
        came.append(cost.argmin(axis=0))
        best = cost.min(axis=0)
    cuts = [count]
    for step in reversed(came):
        cuts.append(int(step[cuts[-1]]))
    return cuts[-2:0:-1]
