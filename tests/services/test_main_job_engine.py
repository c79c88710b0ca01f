"""The main job and its engine, a real model in a process of its own: when that dies, is ended, or the disk fills up."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from main_jobs import TINY, TRUTH, word_errors

from studio.core.jobs import Finished, JobOptions, JobState, SegmentsStored, StopReason
from studio.library import Home
from studio.services import queue
from studio.services.runner import JobChanged, run_next
from studio.services.studio import Studio

pytestmark = pytest.mark.slow


@pytest.fixture
def ready(tiny: Home) -> Iterator[Studio]:
    studio = Studio.open(tiny)
    yield studio
    studio.close()


def engine_process() -> BaseProcess:
    """The child in which the engine lives."""
    (engine,) = multiprocessing.active_children()
    return engine


@pytest.mark.parametrize(("fatal", "said"), [(signal.SIGSEGV, "crashed"), (signal.SIGKILL, "memory")])
def test_an_engine_that_dies_costs_one_attempt_of_one_job(
    ready: Studio, sample: Path, beginning: Path, fatal: signal.Signals, said: str
) -> None:
    options = JobOptions(TINY, speakers="off")
    _, second = queue.add(ready, [sample, beginning], options).jobs
    running, kept, ended = queue.Running(), [], []
    for _, event in run_next(ready, running, queue.LOCAL):
        if isinstance(event, SegmentsStored) and event.segments and not kept:
            kept = list(event.segments)
            os.kill(engine_process().pid or 0, fatal)
        if isinstance(event, JobChanged):
            ended.append(event.job)
    failed = ended[-1]
    assert failed.state == JobState.FAILED
    assert failed.problem
    assert re.search(said, failed.problem.sentence)

    assert [type(e) for _, e in run_next(ready, running, queue.LOCAL)][-2:] == [Finished, JobChanged], (
        "the queue goes on"
    )
    done = ready.library.jobs.get(second.id)
    assert done
    assert done.state == JobState.DONE

    queue.retry(ready, failed)
    assert [type(e) for _, e in run_next(ready, running, queue.LOCAL)][-2:] == [Finished, JobChanged]
    transcript = ready.library.transcripts.get(failed.transcript_id or 0)
    assert transcript
    assert list(transcript.segments[: len(kept)]) == kept, "the retry goes on from the last stored segment"


def test_cancel_and_pause_end_the_engine_and_keep_what_is_written(ready: Studio, long_talk: Path) -> None:
    (job,) = queue.add(ready, [long_talk], JobOptions(TINY, speakers="off")).jobs
    running = queue.Running()
    for reason, state in ((StopReason.PAUSE, JobState.PAUSED), (StopReason.CANCEL, JobState.CANCELLED)):
        engine: BaseProcess | None = None
        for _, event in run_next(ready, running, queue.LOCAL):
            if isinstance(event, SegmentsStored) and event.segments and engine is None:
                engine = engine_process()
                running.stop(job.id, reason)
        assert engine
        engine.join(10)  # where there is much to do it takes a while to leave
        assert not engine.is_alive()
        now = ready.library.jobs.get(job.id)
        assert now
        assert now.state == state
        kept = ready.library.transcripts.get(now.transcript_id or 0)
        assert kept
        assert kept.segments
        queue.retry(ready, now)


def test_a_disk_that_fills_up_fails_the_job_and_loses_nothing(tiny: Home, sample: Path) -> None:
    studio, running = Studio.open(tiny), queue.Running()
    queue.add(studio, [sample], JobOptions(TINY, speakers="off"))
    kept, ended = [], []
    for _, event in run_next(studio, running, queue.LOCAL):
        if isinstance(event, SegmentsStored) and event.segments:
            if not kept:
                with studio.library.database.read() as db:
                    db.execute(f"PRAGMA max_page_count={db.execute('PRAGMA page_count').fetchone()[0]}")
            kept += event.segments
        if isinstance(event, JobChanged):
            ended.append(event.job)
    assert ended[-1].state == JobState.FAILED
    assert ended[-1].problem
    assert "the disk is full" in ended[-1].problem.what
    studio.close()

    studio = Studio.open(tiny)  # with room again
    (job,) = studio.library.jobs.all()
    queue.retry(studio, job)
    assert [type(e) for _, e in run_next(studio, running, queue.LOCAL)][-2:] == [Finished, JobChanged]
    transcript = studio.library.transcripts.get(job.transcript_id or 0)
    studio.close()
    assert transcript
    assert list(transcript.segments[: len(kept)]) == kept
    assert word_errors(TRUTH["text"], transcript.text) < 0.15
