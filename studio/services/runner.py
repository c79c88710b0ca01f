"""Runs jobs, one after the other, as a generator of events.

The worker thread of the window and the command line drive the same generator. What goes wrong with a job is stored with
the job and told; the next job follows.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from studio.core.errors import MAY_GO_ON, Problem, StorageError, StudioError
from studio.core.jobs import Job, JobEvent, JobState, Progress, Stopped, StopReason

from .queue import Running, drop_sound
from .studio import Studio
from .transcribe import transcribe

_STORE_EVERY = 1.0  # seconds between stored progress readings
_AFTER: dict[StopReason, JobState | None] = {
    StopReason.CANCEL: JobState.CANCELLED,
    StopReason.PAUSE: JobState.PAUSED,
    StopReason.QUIT: JobState.WAITING,
    StopReason.REMOVE: None,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job has another state now."""

    job: Job


RunnerEvent = JobChanged | JobEvent


def run_next(
    studio: Studio, running: Running, resources: Collection[str], only: Collection[int] | None = None
) -> Iterator[tuple[int, RunnerEvent]]:
    """Do the next waiting job of these resources, if there is one; yields (job id, event).

    `only`: leave other jobs alone. Yields nothing when no job waits.
    """
    claimed = running.claim(studio, resources, only)
    if claimed is None:
        return
    job, token = claimed
    started = stored = time.monotonic()
    state: JobState | None = JobState.DONE
    problem: Problem | None = None
    try:
        yield job.id, JobChanged(job)
        for event in transcribe(studio, job, token):
            if isinstance(event, Progress) and time.monotonic() - stored >= _STORE_EVERY:
                stored = time.monotonic()
                studio.library.jobs.set_progress(job.id, event.stage, event.fraction)
            yield job.id, event
    except Exception as e:
        reason = e.reason if isinstance(e, Stopped) else token.reason
        if reason:  # whatever fails after a stop fails because of it: signals reach the engine's process too
            state = _AFTER[reason]
        elif isinstance(e, StudioError):
            state, problem = JobState.PAUSED if isinstance(e, MAY_GO_ON) else JobState.FAILED, e.problem
        else:
            log.exception("job %s", job.id)
            state, problem = JobState.FAILED, _unexpected(job, e)
    except BaseException:  # nobody listens any more, or the program is being ended
        state = JobState.WAITING
        raise
    finally:
        try:
            ended = _settle(studio, job, state, problem, time.monotonic() - started)
        finally:
            running.end(job.id)
    if ended:
        yield job.id, JobChanged(ended)


def _settle(studio: Studio, job: Job, state: JobState | None, problem: Problem | None, took: float) -> Job | None:
    """Store how the job ended; None if it was removed. A full disk must not hide what happened to it."""
    if state in (None, JobState.DONE, JobState.CANCELLED):
        drop_sound(studio, job)
    try:
        if state is None:
            studio.library.jobs.remove(job.id)
            return None
        return studio.library.jobs.set_state(job.id, state, problem=problem, took=took)
    except StorageError:
        log.exception("job %s could not be settled", job.id)
        return replace(job, state=state or JobState.CANCELLED, problem=problem)


def _unexpected(job: Job, error: Exception) -> Problem:
    return Problem(
        f"“{job.name}” could not be finished: the program met an error of its own ({type(error).__name__}).",
        "What was written is kept. Retry goes on from there; if it happens again, please report it.",
        traceback.format_exc(),
    )
