"""What vendors heard in the parts of a recording, put into the stored transcript in order. Worker threads.

Knows what an earlier run has put there: a part is stored together with the word that it is, so none comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from studio.core import parts
from studio.core.edits import Edit, fresh_ids
from studio.core.errors import StudioError
from studio.core.jobs import JobEvent, LanguageFound, SegmentsStored, SpeakersApplied
from studio.core.marks import marks_of, marks_text
from studio.core.transcript import EngineInfo, Segment, Speaker, Transcript
from studio.engines.remote.base import Result
from studio.library import Submission

from .editing import settle
from .run import Run

_GAP = "Not transcribed: "


class Placing:
    """Puts the results of parts into the stored transcript, in order; knows what an earlier run has put there."""

    def __init__(self, run: Run, orders: Sequence[Submission], title: str) -> None:
        self._run, self._orders, self._title = run, orders, title
        self._store = run.studio.library.transcripts
        self._ready: dict[int, tuple[Submission, Result | StudioError]] = {}
        self._heard = max(self._store.heard(run.transcript_id), run.offset)

    def put(self, order: Submission, result: Result) -> Iterator[JobEvent]:
        if result.language:
            self._store.describe(self._run.transcript_id, language=result.language)
            yield LanguageFound(result.language, 1.0)
        yield from self._arrived(order, result)

    def leave_gap(self, order: Submission, error: StudioError) -> Iterator[JobEvent]:
        """A part that failed for good: the text of those after it need not wait for the user."""
        yield from self._arrived(order, error)

    def finish(self) -> Iterator[JobEvent]:
        """All parts are there: what an earlier run had to leave out is not missing any more."""
        known = self._store.get(self._run.transcript_id) or Transcript()
        if "partial" in (marks := marks_of(known.engine)):
            whole = replace(known.engine, marks=marks_text(marks - {"partial"}))
            self._store.describe(self._run.transcript_id, engine=whole)
            yield SpeakersApplied(self._run.transcript_id)

    def _arrived(self, order: Submission, result: Result | StudioError) -> Iterator[JobEvent]:
        if order.span.last <= self._heard > self._run.offset:
            yield from self._fill(order, result)
            return
        self._ready[order.part] = (order, result)
        for n in sorted(self._ready):
            waiting, ready = self._ready[n]
            if waiting.span.first > self._heard:
                break
            del self._ready[n]
            yield from self._append(waiting, ready)

    def _append(self, order: Submission, result: Result | StudioError) -> Iterator[JobEvent]:
        """The next part, and that it is there, in one transaction."""
        run = self._run
        settle(run.transcript_id)
        known = self._store.get(run.transcript_id) or Transcript()
        segments, fresh = (
            ([_gap(order, result)], ()) if isinstance(result, StudioError) else _segments(order, result, known)
        )
        engine = self._engine(known, order, result, fresh)
        done = None if isinstance(result, StudioError) else order.uid
        stored = self._store.append(
            run.transcript_id, segments, order.span.last, speakers=fresh, engine=engine, submission=done
        )
        self._heard = order.span.last
        yield SegmentsStored(stored)
        if fresh:
            yield SpeakersApplied(run.transcript_id)

    def _fill(self, order: Submission, result: Result | StudioError) -> Iterator[JobEvent]:
        """A part that had left a gap in an earlier run; the user may have removed the gap or written into it."""
        if isinstance(result, StudioError):
            return
        settle(self._run.transcript_id)
        known = self._store.get(self._run.transcript_id) or Transcript()

        def change(now: Transcript) -> Edit:
            gap = tuple(s for s in now.segments if _is_gap(s, order))
            segments, fresh = _segments(order, result, now)
            ids = fresh_ids(now.segments)
            after = tuple(s._replace(id=next(ids)) for s in segments)
            return Edit("fill the gap", gap, after, now.speakers, now.speakers + fresh)

        fresh = _segments(order, result, known)[1]
        self._store.relabel(self._run.transcript_id, change, self._engine(known, order, result, fresh), order.uid)
        yield SpeakersApplied(self._run.transcript_id)

    def _engine(
        self, known: Transcript, order: Submission, result: Result | StudioError, fresh: tuple[Speaker, ...]
    ) -> EngineInfo:
        """What is known of it with another part, whose speakers are `fresh`."""
        marks = marks_of(known.engine) | ({"partial"} if isinstance(result, StudioError) else result.marks)
        if len(self._orders) > 1:
            marks.add("stitched")
        speakers = self._title if fresh else known.engine.speakers
        orders = known.engine.orders
        if isinstance(result, Result):
            orders += ({"order": order.uid, **result.facts},)
        return replace(known.engine, marks=marks_text(marks), speakers=speakers, orders=orders)


def _segments(order: Submission, result: Result, known: Transcript) -> tuple[list[Segment], tuple[Speaker, ...]]:
    """The segments of a part in the recording's time, and the speakers that come new with them.

    Voices of different parts are never the same: nobody has compared them.
    """
    placed = parts.placed(result.segments, order.span)
    before = max((s for s in known.segments if s.end <= order.span.first + 1000), key=lambda s: s.end, default=None)
    placed = parts.without_repeats(before, placed)
    given = {s.id for s in known.speakers} | {s.speaker for s in known.segments}
    free = (f"S{n}" for n in count(1) if f"S{n}" not in given)
    heard = dict.fromkeys(s.speaker for s in placed if s.speaker is not None)
    ids = dict(zip(heard, free, strict=False))
    fresh = tuple(Speaker(id, f"Speaker {n}") for n, id in enumerate(ids.values(), len(known.speakers) + 1))
    return [s._replace(speaker=ids.get(s.speaker or "")) for s in placed], fresh


def _gap(order: Submission, error: StudioError) -> Segment:
    span = order.span
    return Segment(span.first, span.last, "", comment=f"{_GAP}{error.problem.what}", flagged=True)


def _is_gap(segment: Segment, order: Submission) -> bool:
    span = order.span
    inside = span.first <= segment.start and segment.end <= span.last
    return inside and not segment.text and segment.comment.startswith(_GAP)
