"""Ready-made subtitles timed anew by what recognition heard: their text is found in the words of the recording.

Pure computation, called by the retime service. Recognition errs, subtitles leave out and reword, and hold what nobody
says (music, names, dashes); so single words are evidence, not truth. Where the subtitles were cut to some version of
this recording, the words around each one say by which line its times have moved, and the line is used; where a
subtitle disagrees with its neighbours, its own words are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from .breaks import HAS_CJK, text_width
from .matching import key, matched
from .spacing import apart
from .transcript import Segment, Word, join_words, mean_confidence

_AROUND = 8  # subtitles that say how times have moved, the nearest ones
_STEADY = 300  # milliseconds that these may be off the line, in the middle, for it to be believed
_OFF = 500  # a subtitle this far off the line has moved otherwise ...
_FAR_OFF = 1500  # ... or this far, where its first word was not heard
_SLOPES = (0.8, 1.25)  # how much faster or slower a version may run
_PER_COLUMN = 70  # milliseconds of speech, where subtitles have no times of their own
_TAIL = 1000  # milliseconds that a subtitle without times is shown after its last word, if there is room
_UNIT = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Realigned:
    """The segments with new times, and words with times where most were heard.

    `share`: how much of the text was heard in the same order, 0..1. Another text of the language stays below 0.1.
    """

    segments: tuple[Segment, ...]
    share: float


def align_text(segments: Sequence[Segment], heard: Sequence[Word]) -> Realigned:
    """Give segments, in the order they are spoken, the times at which their text was heard. Their times may be wrong
    or all 0; texts, ids and all else stay. With nothing in common, the segments come back as they are."""
    timed = _with_some_times(segments)
    rows = [_row(segment) for segment in timed]
    words = [piece for word in heard for piece in _divided(word)]
    places = _places(rows, words)
    total = sum(len(row.spoken) for row in rows)
    share = sum(map(len, places)) / total if total else 0.0
    starts = _starts(timed, rows, places, words)
    if starts is None:
        return Realigned(tuple(segments), 0.0)
    shown = apart(starts, 1, 0, None)
    result: list[Segment] = []
    for n, segment in enumerate(timed):
        following = shown[n + 1] if n + 1 < len(shown) else None
        result.append(_placed(segments[n], segment, rows[n], places[n], words, shown[n], following))
    return Realigned(tuple(result), share)


def _with_some_times(segments: Sequence[Segment]) -> list[Segment]:
    """The segments; where none has times, with those of an even speech."""
    if any(s.end > s.start for s in segments):
        return list(segments)
    clock, timed = 0, list[Segment]()
    for segment in segments:
        end = clock + _PER_COLUMN * max(1, text_width(segment.text))
        timed.append(segment._replace(start=clock, end=end))
        clock = end
    return timed


@dataclass(frozen=True, slots=True)
class _Row:
    """The words of a segment, as even in time as they are wide where their times are not known."""

    words: list[Word]
    spoken: list[int]  # positions of those that are said: not a dash, a note, a name, a sound in brackets


def _row(segment: Segment) -> _Row:
    words = list(segment.words) or _units(segment.text)
    spoken = _spoken(words)
    if not segment.words:
        words = _spread(words, segment.start, segment.end, spoken)
    return _Row(words, spoken)


def _units(text: str) -> list[Word]:
    """Words without times."""
    words: list[Word] = []
    for number, line in enumerate(text.split("\n")):
        for place, unit in enumerate(_UNIT.findall(line)):
            words += (
                Word(part, 0, 0, None, place > 0 and nth == 0, number > 0 and place == 0 and nth == 0)
                for nth, part in enumerate(_characters(unit))
            )
    return [words[0]._replace(space=True, line=False), *words[1:]] if words else []


def _spoken(words: Sequence[Word]) -> list[int]:
    found: list[int] = []
    inside = False
    for n, word in enumerate(words):
        inside = inside or word.text.startswith(("[", "("))
        label = word.text.endswith(":") and word.text.isupper()
        if not inside and not label and key(word.text):
            found.append(n)
        inside = inside and not word.text.rstrip(".,:").endswith(("]", ")"))
    return found


def _characters(text: str) -> list[str]:
    """A word; of Chinese or Japanese its characters, punctuation with the one before it."""
    if not HAS_CJK.search(text):
        return [text]
    parts: list[str] = []
    for char in text:
        if parts and not (char.isalnum() and (HAS_CJK.match(char) or HAS_CJK.match(parts[-1]))):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def _divided(word: Word) -> list[Word]:
    return _spread([word._replace(text=part) for part in _characters(word.text)], word.start, word.end)


def _spread(words: list[Word], start: int, end: int, spoken: Collection[int] | None = None) -> list[Word]:
    """The words one after the other from start to end, each as long as it is wide; what is not spoken takes no time."""
    widths = [text_width(w.text) if spoken is None or n in spoken else 0 for n, w in enumerate(words)]
    total, done, result = sum(widths) or 1, 0, []
    for word, width in zip(words, widths, strict=True):
        begin = start + (end - start) * done // total
        done += width
        result.append(word._replace(start=begin, end=start + (end - start) * done // total))
    return result


def _places(rows: Sequence[_Row], words: Sequence[Word]) -> list[dict[int, int]]:
    """For each segment: which of its words is which of those heard. Pairs that stand alone may be chance: left out."""
    flat = [(number, n) for number, row in enumerate(rows) for n in row.spoken]
    pairs = matched([rows[number].words[n] for number, n in flat], words)
    known = set(pairs)
    places: list[dict[int, int]] = [{} for _ in rows]
    for a, b in pairs:
        if (a - 1, b - 1) in known or (a + 1, b + 1) in known:
            number, n = flat[a]
            places[number][n] = b
    return places


def _starts(
    timed: Sequence[Segment], rows: Sequence[_Row], places: Sequence[dict[int, int]], words: Sequence[Word]
) -> list[int] | None:
    """When each segment begins; None where not one was heard."""
    evidence: dict[int, int] = {}  # number of a segment: when its speech begins, going by its first word that was heard
    for number, found in enumerate(places):
        if found:
            first = min(found)
            evidence[number] = words[found[first]].start - (rows[number].words[first].start - timed[number].start)
    if not evidence:
        return None
    sure = [n for n in evidence if rows[n].spoken[0] in places[n]] or list(evidence)
    certain = set(sure)
    return [round(_start(n, timed, evidence, sure, _OFF if n in certain else _FAR_OFF)) for n in range(len(timed))]


def _start(number: int, timed: Sequence[Segment], evidence: dict[int, int], sure: Sequence[int], off: int) -> float:
    low = max(0, bisect_left(sure, number) - _AROUND)
    near = sorted(sure[low : low + 2 * _AROUND], key=lambda n: abs(n - number))[:_AROUND]
    points = [(timed[n].start, evidence[n]) for n in near]
    slope, base = _fit(points)
    expected = base + slope * timed[number].start
    steady = len(points) > 2 and median(abs(new - base - slope * old) for old, new in points) <= _STEADY
    own = evidence.get(number)
    if own is not None and (not steady or abs(own - expected) > off):
        return own
    return expected


def _fit(points: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """(slope, base) of the line through most of the points (Theil and Sen)."""
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x2 != x1]
    slope = median(slopes) if len(slopes) > 2 else 1.0
    slope = slope if _SLOPES[0] <= slope <= _SLOPES[1] else 1.0
    return slope, median(y - slope * x for x, y in points)


def _placed(
    original: Segment,
    timed: Segment,
    row: _Row,
    found: dict[int, int],
    words: Sequence[Word],
    start: int,
    following: int | None,
) -> Segment:
    """The segment from its new start, as long as it was or its speech lasts."""
    spoken = words[found[max(found)]].end if row.spoken and row.spoken[-1] in found else start
    lasts = original.end - original.start
    end = max(start + lasts, spoken) if lasts > 0 else max(start + timed.end - timed.start, spoken + _TAIL)
    if following is not None:
        end = min(end, following)
    end = max(end, start)
    if not found or 2 * len(found) < len(row.spoken):
        return original._replace(start=start, end=end, words=())
    told = _told(row.words, found, words, start, end)
    if join_words(told) != original.text:  # unusual spaces
        told = ()
    return original._replace(start=start, end=end, words=told, confidence=mean_confidence(told))


def _told(
    tokens: Sequence[Word], found: dict[int, int], words: Sequence[Word], start: int, end: int
) -> tuple[Word, ...]:
    """Words with the times of those heard; the ones between share the time that is left."""
    result: list[Word] = []
    clock = start
    n = 0
    while n < len(tokens):
        if n in found:
            heard = words[found[n]]
            result.append(tokens[n]._replace(start=heard.start, end=heard.end, confidence=heard.confidence))
            n += 1
        else:
            stop = next((m for m in range(n, len(tokens)) if m in found), len(tokens))
            until = words[found[stop]].start if stop < len(tokens) else end
            result += _spread(list(tokens[n:stop]), min(clock, until), until)
            n = stop
        clock = max(clock, result[-1].end)
    return tuple(result)
