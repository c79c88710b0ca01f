"""Adding, pausing, cancelling, retrying and removing, without recognising anything."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core.errors import MediaError, UsageError
from studio.core.jobs import JobOptions, JobState, StopReason
from studio.core.transcript import EngineInfo, Source
from studio.library import Home
from studio.services import queue
from studio.services.queue import Running
from studio.services.runner import JobChanged, run_next
from studio.services.studio import Studio

Tone = Callable[[str], Path]


def test_files_and_folders_are_queued_in_order(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    tone("Ordner/2 zwei.wav"), tone("Ordner/10 zehn.wav")
    added = queue.add(studio, [tone("日本 🎙.wav"), tmp_path / "Ordner"], JobOptions())
    assert [j.name for j in added.jobs] == ["日本 🎙.wav", "2 zwei.wav", "10 zehn.wav"]
    assert added.problems == ()
    assert all(j.duration == 500 for j in added.jobs)


def test_a_bad_file_is_named_and_the_rest_is_queued(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    (tmp_path / "leer.mp3").touch()
    added = queue.add(studio, [tmp_path / "leer.mp3", tmp_path / "weg.wav", tone("gut.wav")], JobOptions())
    assert [j.name for j in added.jobs] == ["gut.wav"]
    assert ["leer.mp3" in added.problems[0].what, "weg.wav" in added.problems[1].what] == [True, True]


def test_a_recording_dropped_twice_is_queued_once(studio: Studio, tone: Tone) -> None:
    first = queue.add(studio, [tone("a.wav")], JobOptions())
    again = queue.add(studio, [tone("a.wav")], JobOptions())
    assert again.jobs == ()
    assert again.known == first.jobs
    other = queue.add(studio, [tone("a.wav")], JobOptions(language="de"))
    assert len(other.jobs) == 1, "other options are another job"


def test_what_is_done_already_is_done_again_only_when_asked(studio: Studio, tone: Tone) -> None:
    (job,) = queue.add(studio, [tone("a.wav")], JobOptions()).jobs
    studio.library.jobs.set_state(job.id, JobState.DONE)
    again = queue.add(studio, [tone("a.wav")], JobOptions())
    assert (again.jobs, [j.id for j in again.known]) == ((), [job.id])
    done = studio.library.jobs.get(job.id)
    assert done
    assert done.state == JobState.DONE
    other = queue.redo(studio, done)
    assert other.id != job.id
    assert other.state == JobState.WAITING


def test_a_moved_recording_is_found_again(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    old = tone("alt.wav")
    queue.add(studio, [old], JobOptions())
    new = old.rename(tmp_path / "neu.wav")
    known = queue.add(studio, [new], JobOptions()).known
    assert known[0].path == str(new)


def test_options_that_can_never_work_are_refused_with_the_way_out(studio: Studio) -> None:
    for options in (
        JobOptions(model="whisper-huge"),
        JobOptions(speakers="many"),
        JobOptions(model="whisper-tiny.en", language="de"),
        JobOptions(model="segmentation-3.0"),
        JobOptions(language="german"),
        JobOptions(language="xx"),
        JobOptions(speakers="0"),
        JobOptions(speakers="²"),
        JobOptions(track=-1),
    ):
        with pytest.raises(UsageError) as e:
            queue.check_options(studio, options)
        assert e.value.problem.hint


def test_pause_resume_cancel_remove(studio: Studio, tone: Tone) -> None:
    running = Running()
    (job,) = queue.add(studio, [tone("a.wav")], JobOptions()).jobs

    def state() -> JobState | None:
        found = studio.library.jobs.get(job.id)
        return found.state if found else None

    queue.pause(studio, running, job)
    assert state() == JobState.PAUSED
    paused = studio.library.jobs.get(job.id)
    assert paused
    queue.retry(studio, paused)
    assert state() == JobState.WAITING
    queue.cancel(studio, running, job)
    assert state() == JobState.CANCELLED
    queue.remove(studio, running, [job])
    assert state() is None
    assert Path(job.path).exists(), "the recording itself is never touched"


def test_a_job_that_another_process_runs_is_left_alone(studio: Studio, home: Home, tone: Tone) -> None:
    (job,) = queue.add(studio, [tone("a.wav")], JobOptions()).jobs
    other = Studio.open(home)
    claimed = other.library.jobs.claim(queue.LOCAL)
    assert claimed
    with pytest.raises(UsageError, match="another window or command"):
        queue.cancel(studio, Running(), claimed)
    other.close()
    queue.cancel(studio, Running(), claimed)
    now = studio.library.jobs.get(job.id)
    assert now
    assert now.state == JobState.CANCELLED, "its process has ended, so it can be cancelled"


def test_what_vanishes_or_changes_in_the_queue_fails_with_a_sentence_and_the_next_goes_on(
    studio: Studio, tone: Tone
) -> None:
    gone, changed = tone("weg.wav"), tone("anders.wav")
    queue.add(studio, [gone, changed], JobOptions())
    gone.unlink()
    changed.write_bytes(changed.read_bytes()[:-100] + os.urandom(100))
    running = Running()
    ends = [e.job for _ in range(2) for _, e in run_next(studio, running, queue.LOCAL) if isinstance(e, JobChanged)]
    failed = [j for j in ends if j.state == JobState.FAILED]
    assert [j.name for j in failed] == ["weg.wav", "anders.wav"]
    assert all(j.problem and f"“{j.name}”" in j.problem.what and j.problem.hint for j in failed)
    assert list(run_next(studio, running, queue.LOCAL)) == []


def test_a_recording_replaced_by_another_is_found_where_it_was_copied_to(studio: Studio, tone: Tone) -> None:
    old, copy = tone("alt.wav"), tone("kopie.wav")
    shutil.copy(old, copy)
    queue.add(studio, [old], JobOptions())
    shutil.copy(tone("anders.wav"), old)
    (known,) = queue.add(studio, [copy], JobOptions()).known
    assert (known.path, known.name) == (str(copy), "kopie.wav")


def test_a_track_that_is_not_there_is_told_at_once(studio: Studio, tone: Tone) -> None:
    added = queue.add(studio, [tone("a.wav")], JobOptions(track=7))
    assert added.jobs == ()
    assert "“a.wav” has no audio track 7." in added.problems[0].what


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_a_name_that_is_no_text_is_refused_and_the_rest_is_queued(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.wav"))
    tone("a.wav").rename(odd)
    added = queue.add(studio, [odd, tone("c.wav")], JobOptions())
    assert [j.name for j in added.jobs] == ["c.wav"]
    assert added.problems[0].hint == "Rename the file or folder."


def test_a_job_that_ended_meanwhile_stays_as_it_ended(studio: Studio, tone: Tone) -> None:
    queue.add(studio, [tone("a.wav")], JobOptions())
    shown = studio.library.jobs.claim(queue.LOCAL)
    assert shown
    studio.library.jobs.set_state(shown.id, JobState.DONE)
    queue.cancel(studio, Running(), shown)
    queue.pause(studio, Running(), shown)
    now = studio.library.jobs.get(shown.id)
    assert now
    assert now.state == JobState.DONE


def test_ctrl_c_in_the_middle_never_counts_as_done(studio: Studio, tone: Tone) -> None:
    (job,) = queue.add(studio, [tone("a.wav")], JobOptions(speakers="off")).jobs
    events = run_next(studio, Running(), queue.LOCAL)
    next(events)
    with pytest.raises(KeyboardInterrupt):
        events.throw(KeyboardInterrupt())  # type: ignore[attr-defined]
    now = studio.library.jobs.get(job.id)
    assert now
    assert now.state == JobState.WAITING


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="needs a signal")
def test_a_signal_handler_may_stop_the_jobs_at_any_moment() -> None:
    running, called = Running(), []
    previous = signal.signal(signal.SIGUSR1, lambda *_: called.append(running.stop_all(StopReason.QUIT)))
    try:
        with running.guard:
            signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, previous)
    assert called


def test_another_track_keeps_the_job_where_the_recording_is_gone(studio: Studio, tone: Tone) -> None:
    (job,) = queue.add(studio, [tone("a.wav")], JobOptions()).jobs
    Path(job.path).unlink()
    with pytest.raises(MediaError):
        queue.use_track(studio, Running(), job, 1)
    assert studio.library.jobs.get(job.id) == job


def test_removing_a_running_job_forgets_it(studio: Studio, tone: Tone) -> None:
    (job,) = queue.add(studio, [tone("a.wav")], JobOptions(speakers="off")).jobs
    transcript = studio.library.transcripts.create(Source(), EngineInfo(), job.id)
    running = Running()
    events = run_next(studio, running, queue.LOCAL)
    next(events)
    queue.remove(studio, running, [job])
    list(events)
    assert studio.library.jobs.get(job.id) is None
    assert studio.library.transcripts.get(transcript) is None


def test_closing_the_program_puts_the_running_job_back(studio: Studio, tone: Tone) -> None:
    (job,) = queue.add(studio, [tone("a.wav")], JobOptions(speakers="off")).jobs
    running = Running()
    events = run_next(studio, running, queue.LOCAL)
    next(events)
    running.stop_all(StopReason.QUIT)
    list(events)
    found = studio.library.jobs.get(job.id)
    assert found
    assert found.state == JobState.WAITING
