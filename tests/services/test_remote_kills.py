"""kill -9 while a vendor works for us: the next start ends with the same text, and nothing is ordered twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from remote_jobs import BY_KIND, Bench, hasty, talk

from studio.core.jobs import Job, JobState, Progress, StopReason
from studio.library import Home
from studio.services import money, queue

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
SAID = "Guten Morgen.\nWer kommt aus Köln?"
PATIENT = 30  # seconds that a stub keeps somebody waiting who is killed meanwhile

# Where the process is killed: what the stub does, the request that is waited for, the stage that is.
READING = ("", "", "Reading the recording")
UPLOADING = ("POST", "upload", "")
SUBMITTING = ("POST", "order", "")
POLLING = ("GET", "job", "")
FETCHING = ("GET", "fetch", "")
RECEIVED = ("", "", "has written the text")

PATHS = {
    "prosa": {"order": "/v2/speech/stt", "job": "/v2/speech/stt/{id}"},
    "slashml": {
        "upload": "/speech-to-text/v1/upload/",
        "order": "/speech-to-text/v1/jobs/",
        "job": "/speech-to-text/v1/jobs/{id}/",
    },
    "assemblyai": {"upload": "/v2/upload", "order": "/v2/transcript", "job": "/v2/transcript/{id}"},
    "deepgram": {"order": "/v1/listen"},
}


@contextmanager
def bench(kind: str, home: Home, **config: object) -> Iterator[Bench]:
    case = BY_KIND[kind]
    if kind == "prosa":
        config["work_s"] = 60.0  # else it answers at once
    with case.stub(**(case.settings | {"transcript": SAID} | config)) as stub:
        studio = hasty(home)
        b = Bench(studio, stub, case)
        b.account(price=1.0)
        yield b
        studio.close()


def kill_at(b: Bench, method: str, path: str, stage: str) -> None:
    """Let a process do the job, and kill it when the stub has that request, or when it is at that stage."""
    if path == "fetch":
        b.stub.script(method, PATHS[b.case.kind]["job"], delay_s=PATIENT)
    elif path == "job":
        b.stub.configure(polls_until_done=None)
    elif path:
        b.stub.script(method, PATHS[b.case.kind][path], delay_s=PATIENT)
    command = [sys.executable, str(HERE / "remote_child.py"), str(b.studio.home.root), *([stage] if stage else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent.parent), str(HERE)])}
    child = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert child.stdout
    try:
        if stage:
            told = next((line for line in child.stdout if stage in line), "")
            assert told, "it came to that stage"
        else:
            heard = threading.Thread(target=child.stdout.read)  # so that it can go on telling
            heard.start()
            wanted = "job" if path == "fetch" else path
            b.stub.wait_for(2 if path == "job" else 1, method, PATHS[b.case.kind][wanted], timeout=60)
    finally:
        child.kill()
        child.wait()
    if not stage:
        heard.join()
    child.stdout.close()
    if child.stdin:
        child.stdin.close()


def undisturbed(kind: str, home: Home, recording: Path) -> list[tuple[int, int, str]]:
    with bench(kind, home) as b:
        b.add(recording)
        return _lines(b, b.work())


def _lines(b: Bench, job: Job) -> list[tuple[int, int, str]]:
    assert job.state == JobState.DONE, job.problem
    return [(s.start, s.end, s.text) for s in b.transcript(job).segments]


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("prosa", READING),
        ("prosa", SUBMITTING),  # it lists its jobs, so the order is found again
        ("prosa", POLLING),
        ("prosa", FETCHING),
        ("prosa", RECEIVED),
        ("assemblyai", UPLOADING),
        ("assemblyai", POLLING),
        ("assemblyai", FETCHING),
        ("assemblyai", RECEIVED),
        ("slashml", POLLING),
        ("deepgram", RECEIVED),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(filter(None, value)),
)
def test_killed_and_started_again(kind: str, place: tuple[str, str, str], tmp_path: Path) -> None:
    recording = talk(tmp_path / "talk.wav")
    expected = undisturbed(kind, Home(tmp_path / "other").prepared(), recording)
    with bench(kind, Home(tmp_path / "home").prepared()) as b:
        b.add(recording)
        kill_at(b, *place)
        b.stub.configure(polls_until_done=1)
        assert _lines(b, b.work()) == expected
        assert len(b.stub.requests("POST", b.case.orders)) == 1
        assert money.spent(b.studio, b.studio.accounts.get("a")).minutes == pytest.approx(0.1)
        assert list(b.studio.home.audio.iterdir()) == []


@pytest.mark.parametrize("kind", ["slashml", "assemblyai", "deepgram"])
def test_killed_while_nobody_can_tell_whether_the_order_arrived(kind: str, tmp_path: Path) -> None:
    with bench(kind, Home(tmp_path / "home").prepared()) as b:
        b.add(talk(tmp_path / "talk.wav"))
        kill_at(b, *SUBMITTING)
        job = b.work()
        assert (job.state, job.problem and job.problem.kind) == (JobState.FAILED, "Ambiguous")
        assert len(b.stub.requests("POST", b.case.orders)) == 1
        job = b.again(job)
        assert job.state == JobState.FAILED
        assert len(b.stub.requests("POST", b.case.orders)) == 1
        queue.send_again(b.studio, job)
        assert _lines(b, b.work())
        assert len(b.stub.requests("POST", b.case.orders)) == 2
        spent = money.spent(b.studio, b.studio.accounts.get("a"))
        assert spent.minutes == pytest.approx(0.2), "what may have been charged counts"


def test_killed_just_before_the_order_was_sent(tmp_path: Path) -> None:
    """A vendor that lists its jobs has no such order: it is ordered now, and counted once."""
    with bench("prosa", Home(tmp_path / "home").prepared()) as b:
        b.add(talk(tmp_path / "talk.wav"))
        job = b.work(lambda e: StopReason.PAUSE if isinstance(e, Progress) and "Preparing" in e.stage else None)
        (order,) = b.studio.library.submissions.of_job(job.id)
        b.studio.library.submissions.mark(order.uid, "submitting", {}, ordered=True)
        assert _lines(b, b.again(job))
        assert len(b.stub.requests("POST", b.case.orders)) == 1
        assert money.spent(b.studio, b.studio.accounts.get("a")).minutes == pytest.approx(0.1)
