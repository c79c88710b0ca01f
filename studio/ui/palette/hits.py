"""What the palette finds beside commands: words of the transcripts, and recordings. Runs on the window's thread."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from studio.core.jobs import Job
from studio.core.replace import Query, first_places
from studio.core.transcript import Segment
from studio.library import Hit as Found

from ..models.transcript_model import TranscriptModel
from ..models.wording import clock, job_sentence
from .fuzzy import match
from .hit_list import Hit

_T = TypeVar("_T")
_MOST = 6  # hits of a group
_BEFORE, _AFTER = 24, 60  # letters around the words found


def in_transcript(model: TranscriptModel, go: Callable[[Segment], object]) -> Callable[[str], list[Hit]]:
    """The first places of the open transcript where these words stand; `go` shows one."""

    def find(query: str) -> list[Hit]:
        hits: list[Hit] = []
        for segment, place in islice(first_places(model.segments(), Query(query.strip())), _MOST):
            note = ", ".join(filter(None, (clock(segment.start), model.speaker_name(segment.speaker))))
            hits.append(Hit(_around(segment.text, place), "In this transcript", note, "transcript", _do(go, segment)))
        return hits

    return find


def in_library(find: Callable[[str], list[Found]], go: Callable[[Found], object]) -> Callable[[str], list[Hit]]:
    """Places in other transcripts, as `find` gives them; `go` shows one."""

    def hits(query: str) -> list[Hit]:
        return [
            Hit(f"“{f.snippet}”", "In all transcripts", f"{f.recording}, {clock(f.start)}", "library", _do(go, f))
            for f in find(query)
        ]

    return hits


def recordings(jobs: Callable[[], Iterable[Job]], open_job: Callable[[int], object]) -> Callable[[str], list[Hit]]:
    """The recordings of the queue and library with such a name, best first; `open_job` takes a job's id."""

    def find(query: str) -> list[Hit]:
        wanted = _composed(query)
        found = [(fits.score, job) for job in jobs() if (fits := match(wanted, _composed(job.name)))]
        found.sort(key=lambda entry: (-entry[0], -entry[1].id))
        return [
            Hit(job.name, "Recordings", job_sentence(job), "file-audio", _do(open_job, job.id))
            for _, job in found[:_MOST]
        ]

    return find


def _composed(text: str) -> str:
    """Letters with marks in the usual form: names from a Mac have another."""
    return unicodedata.normalize("NFC", text)


def _do(function: Callable[[_T], object], value: _T) -> Callable[[], object]:
    return lambda: function(value)


def _around(text: str, place: int) -> str:
    """A line of the text with what was found in it, in quotes."""
    first = max(0, place - _BEFORE)
    first = text.find(" ", first, place) + 1 or first if first else 0
    end = place + _AFTER
    last = end if end >= len(text) else max(text.rfind(" ", place, end), place) if " " in text[place:end] else end
    shown = " ".join(text[first:last].split())
    return f"“{'… ' if first else ''}{shown}{' …' if last < len(text) else ''}”"
