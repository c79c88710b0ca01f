"""Telling the speakers of a finished transcript apart again. Runs in a worker thread.

Nothing is changed here: at the end stands an Edit, in which speakers that are the same people keep id and name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from studio import media
from studio.core.align import label
from studio.core.edits import Edit
from studio.core.errors import MediaError, UsageError
from studio.core.jobs import Job, Note, Progress, StopToken
from studio.core.transcript import Segment, Speaker, Transcript, Turn
from studio.engines.base import Fraction, Notice, Turns
from studio.models import catalogue

from .engine_pool import EnginePool
from .studio import Studio
from .transcribe import COMMUNITY, EMBEDDING, SEGMENTATION

_READING, _HEARING = "Reading the recording", "Telling the speakers apart"


@dataclass(frozen=True, slots=True)
class Found:
    """The change that gives every segment its speaker."""

    edit: Edit


def find_speakers(
    studio: Studio, job: Job, transcript: Transcript, wanted: int | None, stop: StopToken
) -> Iterator[Progress | Note | Found]:
    """Hear who speaks when; the last event is `Found`. `wanted`: how many speakers, None to find out.

    Raises StudioError when it cannot be done and Stopped when asked to stop.
    """
    path = Path(job.path)
    if not path.is_file():
        raise MediaError(f"“{job.name}” is not where it was: {path.parent}.", "Find the recording first.")
    if not transcript.segments:
        raise UsageError("There is no text yet whose speakers could be told apart.")
    for id in studio.models.missing([SEGMENTATION, EMBEDDING]):
        for step in studio.models.pull(id, stop):
            yield Progress(f"Getting the model {id}", 0.1 * step.done_bytes / max(step.total_bytes, 1))
    community = studio.models.path(COMMUNITY) if studio.models.is_ready(COMMUNITY) else None
    segmentation, embedding = (
        studio.models.path(id) / catalogue()[id].files[0].name for id in (SEGMENTATION, EMBEDDING)
    )
    engines = EnginePool()  # its own: the queue may be using those of the studio
    try:
        with tempfile.TemporaryDirectory(prefix="studio-") as folder:
            audio = Path(folder) / "whole.wav"
            for done in media.decode(path, audio, media.PeaksWriter(), track=job.options.track, stop=stop):
                yield Progress(_READING, 0.1 + 0.1 * done)
            device = engines.device(job.options.device)
            diarizer = engines.speakers(segmentation, embedding, community, device)
            for event in diarizer.diarize(audio, wanted, stop):
                match event:
                    case Fraction(done):
                        yield Progress(_HEARING, 0.2 + 0.8 * done)
                    case Notice(text):
                        yield Note(text)
                    case Turns(turns):
                        yield Found(relabelled(transcript, turns))
    finally:
        engines.close()


def relabelled(transcript: Transcript, turns: Sequence[Turn]) -> Edit:
    """The edit that gives every segment its speaker by these turns, cut again where the speaker changes."""
    known = _same_people(transcript, turns)
    free = (f"S{n}" for n in count(1) if all(f"S{n}" != s.id for s in transcript.speakers))
    names = dict(known)
    new_id = count(min(0, min(s.id for s in transcript.segments)) - 1, -1)
    after = []
    for segment in label(transcript.segments, turns):
        if segment.speaker and segment.speaker not in names:
            names[segment.speaker] = next(free)
        after.append(segment._replace(speaker=names.get(segment.speaker or ""), id=segment.id or next(new_id)))
    there = {s.id for s in transcript.speakers}
    added = [id for id in names.values() if id not in there]
    speakers = transcript.speakers + tuple(
        Speaker(id, f"Speaker {n}") for n, id in enumerate(added, len(transcript.speakers) + 1)
    )
    used = {s.speaker for s in after}
    kept = tuple(s for s in speakers if s.id in used)
    return Edit("find the speakers again", transcript.segments, tuple(after), transcript.speakers, kept)


def _same_people(transcript: Transcript, turns: Sequence[Turn]) -> dict[str, str]:
    """Speakers of the turns who talk most where a speaker of the transcript talks: turn's speaker -> that one."""
    shared: dict[tuple[str, str], int] = {}
    for turn in turns:
        for segment in _touching(transcript.segments, turn):
            pair = (turn.speaker, segment.speaker or "")
            shared[pair] = shared.get(pair, 0) + min(turn.end, segment.end) - max(turn.start, segment.start)
    people: dict[str, str] = {}
    for (heard, there), _ in sorted(shared.items(), key=lambda item: -item[1]):
        if there and heard not in people and there not in people.values():
            people[heard] = there
    return people


def _touching(segments: Sequence[Segment], turn: Turn) -> Iterator[Segment]:
    return (s for s in segments if s.start < turn.end and s.end > turn.start)
