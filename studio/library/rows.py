"""Values <-> what a column holds. JSON, compact, stable: stored data outlives the code."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any

from studio.core.edits import Edit
from studio.core.errors import Problem
from studio.core.jobs import JobOptions
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Word


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


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
    return EngineInfo(**known(EngineInfo, json.loads(text)))


def words_to(words: tuple[Word, ...]) -> list[list[Any]]:
    return [[w.text, w.start, w.end, w.confidence, int(w.space)] for w in words]


def words_from(data: list[list[Any]]) -> tuple[Word, ...]:
    return tuple(Word(t, s, e, c, bool(sp)) for t, s, e, c, sp in data)


def segment_to(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "start": segment.start,
        "end": segment.end,
        "speaker": segment.speaker,
        "text": segment.text,
        "confidence": segment.confidence,
        "words": words_to(segment.words),
    }


def segment_from(data: dict[str, Any]) -> Segment:
    return Segment(**{**data, "words": words_from(data["words"])})


def edit_to(edit: Edit) -> str:
    return dump(
        {
            "name": edit.name,
            "before": [segment_to(s) for s in edit.before],
            "after": [segment_to(s) for s in edit.after],
            "speakers_before": [[s.id, s.name] for s in edit.speakers_before],
            "speakers_after": [[s.id, s.name] for s in edit.speakers_after],
        }
    )


def edit_from(text: str) -> Edit:
    data = json.loads(text)
    return Edit(
        name=data["name"],
        before=tuple(segment_from(s) for s in data["before"]),
        after=tuple(segment_from(s) for s in data["after"]),
        speakers_before=tuple(Speaker(*s) for s in data["speakers_before"]),
        speakers_after=tuple(Speaker(*s) for s in data["speakers_after"]),
    )
