"""Values <-> what a column holds. JSON, compact, stable: stored data outlives the code."""

from __future__ import annotations

import dataclasses
import functools
import json
import operator
from collections.abc import Iterable, Sequence
from typing import Any

from studio.core.collector import resting
from studio.core.errors import Problem
from studio.core.jobs import JobOptions
from studio.core.transcript import EngineInfo, LaterWords, Segment, Source, Speaker, Word

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once
_decode = json.JSONDecoder().raw_decode


def dump(value: Any) -> str:
    return _encode(value)


def load(text: str) -> Any:
    return json.loads(text)


def known(cls: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    """The entries of `data` that `cls` has a field for: a newer or older version may have had others."""
    names = {f.name for f in dataclasses.fields(cls)}
    return {k: v for k, v in data.items() if k in names}


def options_to(options: JobOptions) -> str:
    return dump(options.as_dict())


@functools.lru_cache(maxsize=256)  # ten thousand jobs have a handful of different options
def options_from(text: str) -> JobOptions:
    return JobOptions.from_dict(json.loads(text))


def problem_to(problem: Problem | None) -> str | None:
    return dump(dataclasses.asdict(problem)) if problem else None


def problem_from(text: str | None) -> Problem | None:
    return Problem(**known(Problem, json.loads(text))) if text else None


def source_from(text: str) -> Source:
    return Source(**known(Source, json.loads(text)))


def engine_from(text: str) -> EngineInfo:
    values = known(EngineInfo, json.loads(text))
    return EngineInfo(**{**values, "orders": tuple(values.get("orders", ()))})


def words_to(words: Sequence[Word]) -> str:
    """A list for each word, with its fields in their order; libraries of the first version have none for `line`."""
    return words.column if isinstance(words, StoredWords) else dump(tuple(words))


_word = functools.partial(tuple.__new__, Word)  # a quarter of the time that Word(...) takes


class StoredWords(LaterWords):
    """Words as they stand in their column, which are read when somebody looks at them."""

    __slots__ = ("column",)

    def __init__(self, column: str) -> None:
        self._made = None
        self.column = column

    def make(self) -> tuple[Word, ...]:
        entries = _decode(self.column)[0]
        if entries and len(entries[0]) < len(Word._fields):
            return tuple([Word(t, s, e, c, bool(space)) for t, s, e, c, space in entries])
        return tuple(map(_word, entries))

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, StoredWords) and self.column == other.column) or super().__eq__(other)

    __hash__ = LaterWords.__hash__


def words_from(column: str) -> Sequence[Word]:
    return () if column == "[]" else StoredWords(column)


def speakers_to(speakers: tuple[Speaker, ...]) -> str:
    return dump([[s.id, s.name, s.color] for s in speakers])


def speakers_from(text: str) -> tuple[Speaker, ...]:
    return tuple(Speaker(*entry) for entry in json.loads(text))


SEGMENT = "id, start, end, speaker, text, confidence, words, comment, flagged"  # the columns, in this order
_TIME = operator.itemgetter(1, 2, 0)


def segment_to(segment: Segment) -> tuple[Any, ...]:
    """The columns of SEGMENT."""
    return (
        segment.id,
        segment.start,
        segment.end,
        segment.speaker,
        segment.text,
        segment.confidence,
        words_to(segment.words),
        segment.comment,
        int(segment.flagged),
    )


def segments_from(found: Iterable[Sequence[Any]]) -> tuple[Segment, ...]:
    """From rows of the columns of SEGMENT, in order of time: SQLite would carry all their words about to sort them."""
    found = list(found)
    with resting(len(found)):
        found.sort(key=_TIME)
        return tuple(
            [
                Segment(start, end, text, words_from(words), speaker, confidence, id, comment, bool(flagged))
                for id, start, end, speaker, text, confidence, words, comment, flagged in found
            ]
        )
