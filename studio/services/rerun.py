"""Recognising a stretch of a recording again, with another model, language or task. Runs in a worker thread.

Nothing is changed here: at the end stands an Edit to look at, which puts new segments in the place of the old ones.
On this computer `rerun` does it at once. At a vendor it is a job of the queue, made by `order` and read by `result`, so
that what is paid for is stored like every other order and outlives the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio import media
from studio.core.align import Cutter, label
from studio.core.compare import Comparison, compare
from studio.core.edits import Edit, fresh_ids
from studio.core.errors import MediaError, UsageError
from studio.core.jobs import Again, Job, JobOptions, LanguageFound, Note, Progress, StopToken
from studio.core.marks import marks_of
from studio.core.matching import matched
from studio.core.retext import reckoned_words
from studio.core.transcript import Segment, Transcript, Turn, Word

from . import queue
from .hearing import HearOptions, hear
from .studio import Studio

MARGIN = 5_000  # milliseconds heard before and after, so that the first and last words have their context


@dataclass(frozen=True, slots=True)
class Reheard:
    """What was heard this time. `edit` replaces exactly the chosen segments; `comparison` is of these and the new."""

    edit: Edit
    comparison: Comparison


RerunEvent = Progress | Note | LanguageFound | Reheard


def chosen(transcript: Transcript, start: int, end: int) -> tuple[Segment, ...]:
    """The whole segments that a stretch (milliseconds) touches."""
    return tuple(s for s in transcript.segments if s.start < end and s.end > start)


def rerun(
    studio: Studio, job: Job, transcript: Transcript, start: int, end: int, options: HearOptions, stop: StopToken
) -> Iterator[RerunEvent]:
    """Recognise start..end (milliseconds, widened to whole segments) again; the last event is `Reheard`.

    Raises StudioError when it cannot be done and Stopped when asked to stop; the transcript is as it was in any case.
    """
    again = _again(job, transcript, start, end)
    wanted = replace(job.options, account="", model=options.model, language=options.language, task=options.task)
    queue.check_options(studio, wanted)
    path, track, span = Path(job.path), job.options.track, (again.first, again.last)
    words = yield from hear(studio, lambda audio: media.cut_out(path, track, span, audio, stop), options, stop)
    heard = [w._replace(start=w.start + again.first, end=w.end + again.first) for w in words]
    yield reheard(transcript, chosen(transcript, start, end), heard)


def _again(job: Job, transcript: Transcript, start: int, end: int) -> Again:
    """What is to be heard. Raises UsageError, MediaError."""
    old = chosen(transcript, start, end)
    if not old:
        raise UsageError("No passage is chosen.", "Choose the passages to recognise again.")
    path = Path(job.path)
    if not path.is_file():
        raise MediaError(f"“{job.name}” is not where it was: {path.parent}.", "Find the recording first.")
    first = max(0, old[0].start - MARGIN)
    last = max(s.end for s in old) + MARGIN
    return Again(job.id, start, end, first, min(last, max(job.duration, transcript.duration, last - MARGIN)))


def order(job: Job, transcript: Transcript, start: int, end: int, options: HearOptions) -> JobOptions:
    """The options of a job that has a stretch recognised by a vendor. Raises UsageError, MediaError."""
    return replace(
        job.options,
        account=options.account,
        model=options.model,
        language=options.language,
        task=options.task,
        vocabulary=options.vocabulary,
        speakers="off",  # they are those of the passages that are there
        complete_words=False,
        again=_again(job, transcript, start, end),
    )


def result(studio: Studio, job: Job, transcript: Transcript) -> Reheard:
    """What a finished job of that kind has heard, to take the place of passages in `transcript`. Raises UsageError."""
    again = job.options.again
    heard = studio.library.transcripts.get(job.transcript_id) if job.transcript_id is not None else None
    old = chosen(transcript, again.start, again.end) if again else ()
    if heard is None or not old:
        raise UsageError(f"What “{job.name}” was to replace is not there any more.", "Choose the passages once more.")
    found = reheard(transcript, old, [w for s in heard.segments for w in reckoned_words(s)])
    if not marks_of(heard.engine) & {"no_times", "no_word_times"}:
        return found
    bare = tuple(s._replace(words=()) for s in found.edit.after)  # what is reckoned is not kept as measured
    return replace(found, edit=replace(found.edit, after=bare))


def reheard(transcript: Transcript, old: Sequence[Segment], heard: Sequence[Word]) -> Reheard:
    """What comes of words (with times in the recording) heard around the segments `old`: their speakers by overlap."""
    words = _inside(transcript, old, heard)
    cutter = Cutter()
    segments = cutter.feed(words) + cutter.flush()
    turns = [Turn(s.start, s.end, s.speaker) for s in old if s.speaker]
    if turns:
        segments = label(segments, turns)
    ids = fresh_ids(transcript.segments)
    new = _with_notes(old, [s._replace(id=next(ids)) for s in segments])
    comparison = compare(transcript.with_segments(old), transcript.with_segments(new))
    return Reheard(Edit("recognise again", tuple(old), tuple(new)), comparison)


def _inside(transcript: Transcript, old: Sequence[Segment], heard: Sequence[Word]) -> list[Word]:
    """The words of the stretch, without those that were heard of its neighbours.

    What a neighbour has already is known by its words; where that does not help, time decides. No word reaches into
    a neighbour, so that the order of the transcript stays.
    """
    ids = {s.id for s in old}
    start, end = old[0].start, max(s.end for s in old)
    before = [s for s in transcript.segments if s.id not in ids and s.start < start]
    after = [s for s in transcript.segments if s.id not in ids and s.start >= start]
    floor = max((s.end for s in before), default=0)
    ceiling = min((s.start for s in after), default=max(end, heard[-1].end if heard else 0))
    near = [s for s in transcript.segments if s.start < end + MARGIN and s.end > start - MARGIN]
    known = [(w, s.id in ids, s.start < start) for s in near for w in reckoned_words(s)]
    pairs = [(*known[i][1:], j) for i, j in matched([w for w, _, _ in known], heard)]
    first = 1 + max((j for ours, early, j in pairs if not ours and early), default=-1)
    last = min((j for ours, early, j in pairs if not ours and not early), default=len(heard))
    low, high = (min(floor, start) + start) / 2, (max(ceiling, end) + end) / 2
    kept = [w for w in heard[first:last] if low <= (w.start + w.end) / 2 <= high]
    low, high = min(floor, start), max(ceiling, end)
    return [w._replace(start=min(max(w.start, low), high), end=min(max(w.end, low), high)) for w in kept]


def _with_notes(old: Sequence[Segment], new: Sequence[Segment]) -> list[Segment]:
    """Comments and flags stay with the segment that covers most of the one they were made on."""
    noted = list(new)
    for segment in old:
        if noted and (segment.comment or segment.flagged):
            at = max(range(len(noted)), key=lambda n: _overlap(noted[n], segment))
            comment = "\n".join(filter(None, (noted[at].comment, segment.comment)))
            noted[at] = noted[at]._replace(comment=comment, flagged=noted[at].flagged or segment.flagged)
    return noted


def _overlap(one: Segment, other: Segment) -> int:
    return min(one.end, other.end) - max(one.start, other.start)
