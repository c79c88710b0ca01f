"""How well the words someone types fit a title, and which letters of it they hit. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_WORD = re.compile(r"\w+")


class Match(NamedTuple):
    score: int  # more is better
    spans: tuple[tuple[int, int], ...]  # first and end letter of each stretch of the title that was hit, in order


def match(query: str, title: str, also: str = "") -> Match | None:
    """None where a word of the query is found neither in the title nor in `also`, which counts less.

    A word fits the beginning of a word best, then a stretch anywhere, then the first letter of a word and others of it
    in order ("mrg" for "merge"), then the first letters of several words ("sap" for "split at the playhead").
    """
    title, also = _lower(title), _lower(also)
    score, spans = 0, list[tuple[int, int]]()
    for wanted in _lower(query).split():
        found = _stretch(wanted, title) or _letters(wanted, title) or _initials(wanted, title)
        if found:
            score += found.score
            spans += found.spans
        elif _stretch(wanted, also):
            score += 1
        else:
            return None
    return Match(score, tuple(_joined(spans)))


def _stretch(wanted: str, title: str) -> Match | None:
    begins = next((m.start() for m in _WORD.finditer(title) if title.startswith(wanted, m.start())), -1)
    place = begins if begins >= 0 else title.find(wanted)
    if place < 0:
        return None
    score = 60 if begins == 0 else 50 if begins > 0 else 30
    return Match(score, ((place, place + len(wanted)),))


def _letters(wanted: str, title: str) -> Match | None:
    for word in _WORD.finditer(title):
        places: list[int] = []
        at = word.start()
        for letter in wanted:
            at = title.find(letter, at, word.end())
            if at < 0 or (not places and at != word.start()):
                break
            places.append(at)
            at += 1
        if len(places) == len(wanted) > 1:
            return Match(15, tuple((p, p + 1) for p in places))
    return None


def _initials(wanted: str, title: str) -> Match | None:
    first = [m.start() for m in _WORD.finditer(title)]
    places: list[int] = []
    for letter in wanted:
        place = next((p for p in first if title[p] == letter and p > (places[-1] if places else -1)), None)
        if place is None:
            return None
        places.append(place)
    return Match(20, tuple((p, p + 1) for p in places)) if len(places) > 1 else None


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    for first, end in sorted(spans):
        if made and first <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((first, end))
    return made


def _lower(text: str) -> str:
    """Letter by letter, so that places stay what they were: “İ” has two small letters."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
