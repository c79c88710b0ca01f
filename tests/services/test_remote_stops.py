"""Jobs at vendors that are stopped, cancelled, removed, or whose answer is lost: nothing is ordered twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from remote_jobs import Opened, at, talk

from studio.core import edits
from studio.core.jobs import Job, JobState, Progress, SegmentsStored, StopReason, StopToken
from studio.services import money, queue, remote
from studio.services.editing import EditSession
from studio.services.runner import RunnerEvent, run_next
from studio.services.studio import Studio

# Stops


@pytest.mark.parametrize("stage", ["Reading", "Preparing", "Sending"])
@pytest.mark.parametrize("reason", [StopReason.CANCEL, StopReason.PAUSE])
def test_a_stop_before_the_order_costs_nothing(stage: str, reason: StopReason, bench: Opened, recording: Path) -> None:
    b = bench("assemblyai")
    job = b.add(recording)
    assert b.work(at(stage, reason)).state == (JobState.CANCELLED if reason == StopReason.CANCEL else JobState.PAUSED)
    assert not b.orders()
    assert b.again(job).state == JobState.DONE
    assert len(b.orders()) == 1


@pytest.mark.parametrize("kind", ["prosa", "assemblyai"])
def test_a_cancelled_job_is_deleted_at_the_vendor(kind: str, bench: Opened, recording: Path) -> None:
    b = bench(kind, polls_until_done=None, **({"work_s": 60.0} if kind == "prosa" else {}))
    b.add(recording)
    job = b.work(at(f"{'AssemblyAI' if kind == 'assemblyai' else 'Prosa.ai'} is writing", StopReason.CANCEL))
    assert job.state == JobState.CANCELLED
    assert len(b.stub.requests("DELETE")) == 1
    (order,) = b.studio.library.submissions.of_job(job.id)
    assert (order.ended, order.problem) == ("cancelled", None)
    b.stub.configure(polls_until_done=1)
    assert b.again(job).state == JobState.DONE
    assert len(b.orders()) == 2, "the user has taken it up again"


def test_a_vendor_that_cannot_be_told_is_no_error(bench: Opened, recording: Path) -> None:
    b = bench("assemblyai", polls_until_done=None)
    b.stub.script("DELETE", "*", times=None, status=500)
    b.add(recording)
    job = b.work(at("AssemblyAI is writing", StopReason.CANCEL))
    assert (job.state, job.problem) == (JobState.CANCELLED, None)
    (order,) = b.studio.library.submissions.of_job(job.id)
    assert order.problem
    assert order.problem.kind == "Unavailable"


def test_a_removed_job_leaves_only_what_it_cost(bench: Opened, recording: Path) -> None:
    b = bench("assemblyai", polls_until_done=None, account={"price": 10.0})
    job = b.add(recording)
    for _ in run_next(b.studio, b.running, (queue.of_account("a"),)):
        if b.stub.requests("GET"):
            queue.remove(b.studio, b.running, [job])
    assert b.studio.library.jobs.get(job.id) is None
    assert len(b.stub.requests("DELETE")) == 1
    assert list(b.studio.home.audio.iterdir()) == []
    (order,) = b.studio.library.submissions.last("a")
    assert (order.name, order.data, order.ended) == ("", {}, "cancelled")
    assert money.spent(b.studio, b.studio.accounts.get("a")).cost == pytest.approx(1.0)


@pytest.mark.parametrize("end", [queue.cancel, lambda s, r, job: queue.remove(s, r, [job])], ids=["cancel", "remove"])
def test_what_is_given_up_while_it_waits_is_told_to_the_vendor(
    end: Callable[[Studio, queue.Running, Job], None], bench: Opened, recording: Path
) -> None:
    b = bench("assemblyai", polls_until_done=None)
    b.add(recording)
    job = b.work(at("AssemblyAI is writing", StopReason.PAUSE))
    remote.forget_abandoned(b.studio, StopToken())
    assert not b.stub.requests("DELETE"), "it may still go on"
    end(b.studio, b.running, job)
    for _ in range(2):
        remote.forget_abandoned(b.studio, StopToken())
    assert len(b.stub.requests("DELETE")) == 1
    (order,) = b.studio.library.submissions.last("a")
    assert (order.data, order.ended) == ({}, "cancelled")


@pytest.mark.parametrize("reason", [StopReason.PAUSE, StopReason.QUIT])
@pytest.mark.parametrize("kind", ["prosa", "slashml", "assemblyai"])
def test_a_stop_while_the_vendor_works_is_taken_up_without_another_order(
    kind: str, reason: StopReason, bench: Opened, recording: Path
) -> None:
    b = bench(kind, polls_until_done=None, **({"work_s": 60.0} if kind == "prosa" else {}))
    job = b.add(recording)
    b.work(lambda e: reason if isinstance(e, Progress) and "is writing" in e.stage else None)
    b.stub.configure(polls_until_done=0)
    assert b.again(job).state == JobState.DONE
    assert len(b.orders()) == 1
    assert not b.stub.requests("DELETE")


@pytest.mark.parametrize("reason", [StopReason.CANCEL, StopReason.PAUSE])
def test_a_stop_while_a_vendor_answers_leaves_a_question(reason: StopReason, bench: Opened, recording: Path) -> None:
    """It answers at once: the order is there, and nobody will ever hear of its result."""
    b = bench("deepgram")
    b.stub.script("POST", "/v1/listen", delay_s=20)
    job = b.add(recording)

    def stop() -> None:
        b.stub.wait_for(1, "POST")
        b.running.stop(job.id, reason)

    stopper = threading.Thread(target=stop)
    stopper.start()
    b.work()
    stopper.join()
    job = b.again(job)
    assert (job.state, job.problem and job.problem.kind) == (JobState.FAILED, "Ambiguous")
    assert job.problem
    assert job.problem.hint.startswith("It may have been charged already")
    assert b.again(job).state == JobState.FAILED, "trying again is not sending again"
    assert len(b.orders()) == 1
    queue.send_again(b.studio, b.job(job.id))
    assert b.work().state == JobState.DONE
    assert len(b.orders()) == 2


# Nobody can tell


@pytest.mark.parametrize(
    ("kind", "found"), [("prosa", True), ("assemblyai", False), ("deepgram", False), ("openai", False)]
)
def test_an_answer_that_is_lost_is_looked_for_and_never_ordered_anew(
    kind: str, found: bool, bench: Opened, recording: Path
) -> None:
    b = bench(kind)
    b.stub.script("POST", b.case.orders, drop="before_response")
    b.add(recording)
    job = b.work()
    assert len(b.orders()) == 1
    if found:
        assert job.state == JobState.DONE
        return
    assert (job.state, job.problem and job.problem.kind) == (JobState.FAILED, "Ambiguous")
    assert b.again(job).state == JobState.FAILED
    assert len(b.orders()) == 1
    spent = money.spent(b.studio, b.studio.accounts.get("a")).minutes
    queue.send_again(b.studio, b.job(job.id))
    assert b.work().state == JobState.DONE
    assert len(b.orders()) == 2
    assert money.spent(b.studio, b.studio.accounts.get("a")).minutes == pytest.approx(2 * spent)


def test_a_reply_that_cannot_be_read_is_kept_and_not_ordered_anew(bench: Opened, recording: Path) -> None:
    b = bench("deepgram")
    b.stub.script("POST", "/v1/listen", status=200, body={"nothing": 1})
    b.add(recording)
    job = b.work()
    assert (job.state, job.problem and job.problem.kind) == (JobState.FAILED, "BadResponse")
    (order,) = b.studio.library.submissions.of_job(job.id)
    assert b.studio.library.submissions.reply(order.uid) == b'{"nothing": 1}'
    assert b.again(job).state == JobState.FAILED
    assert len(b.orders()) == 1


def test_edits_while_the_job_runs_are_kept(short: Opened, tmp_path: Path) -> None:
    b = short("deepgram", account={"at_once": 1})
    b.add(talk(tmp_path / "long.wav", 14))
    sessions = list[EditSession]()

    def edit(event: RunnerEvent) -> None:
        if isinstance(event, SegmentsStored) and not sessions:
            (job,) = b.studio.library.jobs.all()
            sessions.append(EditSession(b.studio, job.transcript_id or 0))
            sessions[0].do(edits.set_text(sessions[0].read().segments[0], "Mine."))

    job = b.work(edit)
    assert job.state == JobState.DONE
    (session,) = sessions
    segments = session.read().segments
    assert segments[0].text == "Mine."
    assert segments[-1].end > 12_000
    assert [s.start for s in segments] == sorted(s.start for s in segments)
