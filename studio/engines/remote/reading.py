"""Values out of vendors' replies: tolerant, because a paid result must not be lost for a missing field. Pure.

What is missing is None, never an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from studio.core.align import Cutter
from studio.core.fitting import fitted
from studio.core.languages import LANGUAGES
from studio.core.transcript import Segment, Word, join_words

WHOLE = 0.9  # stretches of speech with less of the text than this are not all of it

Object = dict[str, Any]
Spoken = tuple[str | None, Word]  # the vendor's id of who says the word

_SPARE = 500  # milliseconds that speech may go on after the end of the sound
_NAMES = {name.lower(): code for code, name in LANGUAGES.items()}
_OTHER_NAMES = {"bahasa indonesia": "id", "javanese": "jw", "jv": "jw", "sundanese": "su", "mandarin": "zh"}


def seconds(value: object) -> int | None:
    """Milliseconds of a time in seconds, be it a number or a text."""
    number = real(value)
    return None if number is None else round(number * 1000)


def real(value: object) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def object_(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Object]:
    """The objects of a list; a single object counts as a list of it."""
    if isinstance(value, dict):
        return [value]
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def name(value: object) -> str | None:
    """A vendor's id of something as text, be it a number or a text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value) or None


def share(value: object) -> float | None:
    """A confidence, 0..1."""
    number = real(value)
    return None if number is None else min(max(number, 0.0), 1.0)


def language(value: object) -> str | None:
    """ISO 639-1 for "en_us", "en-GB", "english" and "Bahasa Indonesia"; None for what is none of them."""
    name = text(value).lower()
    code = re.split("[-_]", name)[0]
    known = _NAMES.get(name) or _OTHER_NAMES.get(name) or _OTHER_NAMES.get(code)
    return known or (code if code in LANGUAGES else None)


def word(said: str, start: int | None, end: int | None, confidence: float | None = None) -> Word | None:
    """A word with times that can be; None where it has none or is empty."""
    if not said or start is None or start < 0:
        return None
    return Word(said, start, max(start, end if end is not None else start), confidence)


def segment(
    start: int | None, end: int | None, said: str, words: Sequence[Word], speaker: str | None, confidence: float | None
) -> Segment:
    """A segment whose words are those of its text, or left out where they are not."""
    fits = tuple(words) if join_words(words) == said else fitted(tuple(words), said)
    first = start if start is not None else (fits[0].start if fits else 0)
    last = end if end is not None else (fits[-1].end if fits else first)
    shown = join_words(fits) if fits else said
    return Segment(max(0, first), max(0, first, last), shown, fits, speaker, confidence)


def cut(spoken: Iterable[Spoken]) -> list[Segment]:
    """Sentences of each speaker's words, where the vendor gives only words."""
    found: list[Segment] = []
    for speaker, run in groupby(spoken, lambda pair: pair[0]):
        cutter = Cutter()
        found += [s._replace(speaker=speaker) for s in [*cutter.feed(w for _, w in run), *cutter.flush()]]
    return found


def spelled(spoken: Sequence[Spoken], said: str) -> list[Spoken]:
    """The words as they stand in the text; none where they are only some of what was said."""
    fits = fitted(tuple(w for _, w in spoken), said)
    if len(fits) == len(spoken):
        return [(speaker, w) for (speaker, _), w in zip(spoken, fits, strict=True)]
    return list(spoken) if letters(w.text for _, w in spoken) >= letters([said]) else []


def spread(words: Sequence[Word], stretches: Iterable[tuple[int | None, str]]) -> list[tuple[Word, ...]]:
    """Words over stretches of speech (end, text) in a row: those that make up the text, else those before the end."""
    counts = [letters([w.text]) for w in words]
    found, at = [], 0
    for end, said in stretches:
        left, last = letters([said]), at
        while last < len(words) and left > 0:
            left -= counts[last]
            last += 1
        if not fitted(tuple(words[at:last]), said):
            last = at
            while last < len(words) and end is not None and words[last].start + words[last].end < 2 * end:
                last += 1
        found.append(tuple(words[at:last]))
        at = last
    return found


def letters(parts: Iterable[str | Segment]) -> int:
    return sum(c.isalnum() for p in parts for c in (p if isinstance(p, str) else p.text))


def unmeasured(segments: Sequence[Segment], timed: bool) -> frozenset[str]:
    """The marks of Result that say what is missing."""
    marks = {
        "no_times": not timed,
        "no_word_times": not all(s.words for s in segments),
        "no_confidence": all(s.confidence is None for s in segments),
    }
    return frozenset(mark for mark, holds in marks.items() if holds and segments)


def ordered(segments: Iterable[Segment], duration: int) -> tuple[Segment, ...]:
    """By start, nothing empty, nothing later than half a second after the end of the sound (milliseconds)."""
    latest = duration + _SPARE
    kept = [_within(s, latest) for s in segments if s.text]
    return tuple(sorted(kept, key=lambda s: (s.start, s.end)))


def _within(segment: Segment, latest: int) -> Segment:
    if segment.end <= latest and all(w.end <= latest for w in segment.words):
        return segment
    words = tuple(w._replace(start=min(w.start, latest), end=min(w.end, latest)) for w in segment.words)
    return segment._replace(start=min(segment.start, latest), end=min(segment.end, latest), words=words)
