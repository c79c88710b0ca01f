"""kill -9 while a vendor works for us: the next start ends with the same text, and nothing is ordered twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from remote_jobs import BY_KIND, SHORT, SHORT_VENDORS, Bench, hasty, talk

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
def bench(kind: str, home: Home, at_once: int = 2, **config: object) -> Iterator[Bench]:
    case = (BY_KIND | SHORT)[kind]
    if kind.endswith("prosa"):
        config["work_s"] = 60.0  # else it answers at once
    with case.stub(**(case.settings | {"transcript": SAID} | config)) as stub:
        studio = hasty(home)
        b = Bench(studio, stub, case)
        b.account(price=1.0, at_once=at_once)
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
    if stage:
        with child(b, stage) as process:
            come_to(process, stage)
    else:
        wanted = "job" if path == "fetch" else path
        kill_when(b, lambda: b.stub.wait_for(2 if path == "job" else 1, method, PATHS[b.case.kind][wanted], timeout=60))


@contextmanager
def child(b: Bench, *hold: str) -> Iterator[subprocess.Popen[str]]:
    """A process that does the job, killed at the end of the block."""
    command = [sys.executable, str(HERE / "remote_child.py"), str(b.studio.home.root), *hold]
    paths = os.pathsep.join(map(str, [HERE.parent.parent, HERE, SHORT_VENDORS, *sys.path]))
    environment = {**os.environ, "PYTHONPATH": paths}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as process:
        try:
            yield process
        finally:
            process.kill()


def come_to(process: subprocess.Popen[str], stage: str) -> None:
    assert process.stdout
    assert next((line for line in process.stdout if stage in line), ""), "it came to that stage"


def kill_when(b: Bench, wait: Callable[[], object]) -> None:
    with child(b) as process:
        assert process.stdout
        heard = threading.Thread(target=process.stdout.read)  # so that it can go on telling
        heard.start()
        try:
            wait()
        finally:
            process.kill()
            heard.join()


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


# Several parts of one recording


@pytest.fixture
def short_vendors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SHORT_VENDORS))


def by_part(b: Bench, job: Job) -> list[str]:
    """The stages of a job's orders."""
    return [order.ended or order.stage for order in b.studio.library.submissions.of_job(job.id)]


@pytest.mark.usefixtures("short_vendors")
@pytest.mark.parametrize("kind", ["short-prosa", "short-assemblyai"])
def test_killed_with_several_parts_in_flight(kind: str, tmp_path: Path) -> None:
    recording = talk(tmp_path / "long.wav", 24)
    expected = undisturbed(kind, Home(tmp_path / "other").prepared(), recording)
    with bench(kind, Home(tmp_path / "home").prepared(), at_once=3, polls_until_done=None) as b:
        job = b.add(recording)
        orders = ("POST", b.case.orders)
        kill_when(b, lambda: [b.stub.wait_for(3, *orders, timeout=60), polled(b, 3)])
        parts = len(by_part(b, job))
        assert parts > 3
        assert sorted(by_part(b, job)) == ["new"] * (parts - 3) + ["submitted"] * 3
        b.stub.configure(polls_until_done=1)
        assert _lines(b, b.work()) == expected
        assert len(b.stub.requests(*orders)) == len(by_part(b, job)) == parts
        assert set(by_part(b, job)) == {"done"}
        assert money.spent(b.studio, b.studio.accounts.get("a")).minutes == pytest.approx(0.4)
        assert list(b.studio.home.audio.iterdir()) == []


def polled(b: Bench, count: int) -> None:
    """Until so many jobs were asked after."""
    path = f"{b.case.orders}/{{id}}"
    asked = count
    while len({seen.path for seen in b.stub.wait_for(asked, "GET", path, timeout=60)}) < count:
        asked = len(b.stub.requests("GET", path)) + 1


@pytest.mark.usefixtures("short_vendors")
def test_killed_while_several_orders_are_on_their_way(tmp_path: Path) -> None:
    """Nobody can tell whether these were taken; the parts that were not sent yet are none of them."""
    with bench("short-deepgram", Home(tmp_path / "home").prepared(), at_once=2) as b:
        job = b.add(talk(tmp_path / "long.wav", 24))
        b.stub.script("POST", b.case.orders, times=2, delay_s=PATIENT)
        kill_when(b, lambda: b.stub.wait_for(2, "POST", b.case.orders, timeout=60))
        parts = len(by_part(b, job))
        assert parts > 2
        assert sorted(by_part(b, job)) == ["new"] * (parts - 2) + ["submitting"] * 2
        ended = b.work()
        assert (ended.state, ended.problem and ended.problem.kind) == (JobState.FAILED, "Ambiguous")
        assert len(b.stub.requests("POST", b.case.orders)) == parts, "those that were not sent, and no other"
        assert b.again(ended).state == JobState.FAILED
        assert len(b.stub.requests("POST", b.case.orders)) == parts
        queue.send_again(b.studio, ended)
        assert _lines(b, b.work())
        assert len(b.stub.requests("POST", b.case.orders)) == parts + 2
        assert set(by_part(b, job)) == {"done"}
        spent = money.spent(b.studio, b.studio.accounts.get("a"))
        assert spent.minutes > 0.4, "what may have been charged counts"


# A full disk


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is set from outside, which only Linux can")
@pytest.mark.usefixtures("short_vendors")
@pytest.mark.parametrize("kind", ["deepgram", "short-deepgram"])
def test_a_disk_that_is_full_when_the_text_is_stored_costs_nothing_more(kind: str, tmp_path: Path) -> None:
    import resource  # not on Windows

    recording = talk(tmp_path / "talk.wav", 6.0 if kind == "deepgram" else 14.0)
    expected = undisturbed(kind, Home(tmp_path / "other").prepared(), recording)
    with bench(kind, Home(tmp_path / "home").prepared(), at_once=1) as b:
        job = b.add(recording)
        with child(b, RECEIVED[2]) as process:
            come_to(process, RECEIVED[2])
            (received,) = [s for s in b.studio.library.submissions.of_job(job.id) if s.stage == "received"]
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1000, 1000))
            process.communicate(timeout=60)  # it goes on, into the full disk, and ends
        found = b.studio.library.submissions.get(received.uid)
        assert found
        assert (found.stage, found.ended) == ("received", None), "paid for, and kept"
        assert b.job(job.id).state == JobState.RUNNING, "that it failed could not be stored either"
        assert _lines(b, b.work()) == expected
        assert len(b.stub.requests("POST", b.case.orders)) == len(by_part(b, job))
