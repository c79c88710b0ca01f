"""The child process: what it says comes through, and its death costs nobody anything but the call."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from studio.core.errors import DeviceError, EngineError, MediaError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.engines.local.child import LOG_BYTES, Child

END_SECONDS = 20  # a process that is not gone by then never goes


class Clumsy:
    """Lives in the child and does there everything an engine should not."""

    def __init__(self, greeting: str = "hello", broken: bool = False) -> None:
        if broken:
            raise MediaError("“a.wav” holds no sound.", "Copy it again.", "0 bytes")
        self.greeting = greeting

    def count(self, to: int) -> Iterator[int]:
        yield from range(to)

    def about(self) -> Iterator[dict[str, Any]]:
        yield {
            "pid": os.getpid(),
            "greeting": self.greeting,
            "nice": os.getpriority(os.PRIO_PROCESS, 0),
            "oom": Path("/proc/self/oom_score_adj").read_text() if sys.platform == "linux" else "500",
            "offline": os.environ["HF_HUB_OFFLINE"],
            "telemetry": os.environ["PYANNOTE_METRICS_ENABLED"],
            "qt": sorted(name for name in sys.modules if name.startswith("PySide6")),
            "interrupt": signal.getsignal(signal.SIGINT) == signal.SIG_IGN,
        }

    def segfault(self) -> Iterator[str]:
        yield "before"
        ctypes.string_at(0)

    def abort(self) -> Iterator[str]:
        yield from ()
        os.abort()

    def exit(self) -> Iterator[str]:
        yield from ()
        os._exit(3)

    def complain(self) -> Iterator[str]:
        print("to the terminal from python")
        os.write(2, b"to the terminal from a library\n")
        yield from ()
        raise ValueError("no such beam")

    def chatter_and_die(self) -> Iterator[int]:
        """Writes more than the log may hold, waits until the watchdog has cut it, and dies."""
        os.write(2, b"x" * (LOG_BYTES + 1))
        while (size := os.fstat(2).st_size) > LOG_BYTES:
            pass
        yield size
        os.write(2, b"last words\n")
        os.abort()

    def refuse(self) -> Iterator[str]:
        yield from ()
        raise DeviceError("The card is too small.", "Use the processor.", "cudaErrorMemoryAllocation")

    def unpicklable(self) -> Iterator[Any]:
        yield lambda: None

    def sleep_natively(self) -> Iterator[int]:
        yield os.getpid()
        ctypes.CDLL(None).sleep(1000)  # sees no token and no Python signal handler


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child(f"{__name__}:Clumsy", {"greeting": "good day"})
    yield child
    child.close()


def call(child: Child, method: str, **kwargs: Any) -> list[Any]:
    return list(child.call(method, StopToken(), **kwargs))


def gone(pid: int) -> bool:
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
    return False


def test_yields_what_the_session_yields(child: Child) -> None:
    assert call(child, "count", to=3) == [0, 1, 2]


def test_one_process_serves_many_calls(child: Child) -> None:
    first = call(child, "about")[0]
    call(child, "count", to=2)
    second = call(child, "about")[0]
    assert first["pid"] == second["pid"] == child.pid
    assert first["greeting"] == "good day"


def test_an_error_leaves_the_process_alive(child: Child) -> None:
    before = call(child, "about")[0]["pid"]
    with pytest.raises(EngineError):
        call(child, "complain")
    assert call(child, "about")[0]["pid"] == before


@pytest.mark.skipif(os.name != "posix", reason="nice and signals")
def test_is_a_polite_process(child: Child) -> None:
    about = call(child, "about")[0]
    assert about["nice"] == min(os.getpriority(os.PRIO_PROCESS, 0) + 10, 19)
    assert int(about["oom"]) == 500
    assert (about["offline"], about["telemetry"]) == ("1", "0")
    assert about["interrupt"]
    assert about["qt"] == []


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("segfault", "The recognition crashed."),
        ("abort", "The recognition crashed."),
        ("exit", "The recognition ended unexpectedly (exit code 3)."),
    ],
)
def test_death_is_one_sentence_and_the_next_call_works(child: Child, method: str, sentence: str) -> None:
    with pytest.raises(EngineError) as caught:
        call(child, method)
    assert caught.value.problem.what == sentence
    assert "Retry goes on" in caught.value.problem.hint
    assert call(child, "count", to=1) == [0]


def test_items_before_the_crash_arrive(child: Child) -> None:
    work = child.call("segfault", StopToken())
    assert next(work) == "before"
    with pytest.raises(EngineError) as caught:
        next(work)
    assert "Segmentation fault" in caught.value.problem.detail


def test_killed_from_outside_reads_as_out_of_memory(child: Child) -> None:
    work = child.call("sleep_natively", StopToken())
    os.kill(next(work), signal.SIGKILL)
    with pytest.raises(EngineError, match="most likely because memory ran out"):
        next(work)


def test_killed_while_idle_is_simply_started_anew(child: Child) -> None:
    first = call(child, "about")[0]["pid"]
    os.kill(first, signal.SIGKILL)
    assert gone(first)
    assert call(child, "about")[0]["pid"] != first


def test_a_process_that_has_rested_ends_and_is_started_anew() -> None:
    child = Child(f"{__name__}:Clumsy", rest=0.2)
    [first] = child.call("about", StopToken())
    psutil.Process(first["pid"]).wait(END_SECONDS)
    [second] = child.call("about", StopToken())
    assert second["pid"] != first["pid"]
    child.close()


def test_death_raises_the_class_asked_for() -> None:
    child = Child(f"{__name__}:Clumsy", subject="Telling the speakers apart", death=DeviceError)
    with pytest.raises(DeviceError, match=r"^Telling the speakers apart crashed\."):
        call(child, "abort")


def test_any_exception_becomes_an_engine_error_with_traceback(child: Child) -> None:
    with pytest.raises(EngineError, match="no such beam") as caught:
        call(child, "complain")
    assert 'raise ValueError("no such beam")' in caught.value.problem.detail
    with pytest.raises(EngineError):
        call(child, "unpicklable")
    with pytest.raises(EngineError):
        call(child, "no_such_method")


def test_a_studio_error_arrives_as_what_it_was(child: Child) -> None:
    with pytest.raises(DeviceError) as caught:
        call(child, "refuse")
    problem = caught.value.problem
    assert (problem.what, problem.hint) == ("The card is too small.", "Use the processor.")
    assert (problem.detail, problem.kind) == ("cudaErrorMemoryAllocation", "DeviceError")


def test_an_error_of_the_setup_arrives_and_is_tried_again() -> None:
    child = Child(f"{__name__}:Clumsy", {"broken": True})
    for _ in range(2):
        with pytest.raises(MediaError, match="holds no sound"):
            call(child, "count", to=1)
    child.close()


def test_terminal_output_stays_off_the_terminal_and_short(child: Child, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EngineError):
        call(child, "complain")
    work = child.call("chatter_and_die", StopToken())
    assert next(work) <= LOG_BYTES
    with pytest.raises(EngineError) as caught:
        next(work)
    assert "last words" in caught.value.problem.detail
    assert len(caught.value.problem.detail) < 6_000
    printed = capfd.readouterr()
    assert printed.out + printed.err == ""


def test_stop_kills_a_deaf_process_at_once(child: Child) -> None:
    stop = StopToken()
    work = child.call("sleep_natively", stop)
    pid = next(work)
    threading.Timer(0.1, stop.request, [StopReason.PAUSE]).start()
    with pytest.raises(Stopped) as caught:
        next(work)
    assert caught.value.reason is StopReason.PAUSE
    assert gone(pid)
    assert child.pid is None
    assert call(child, "count", to=1) == [0]


def test_stopped_before_it_began_starts_nothing(child: Child) -> None:
    stop = StopToken()
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        next(child.call("count", stop, to=1))
    assert child.pid is None


def test_leaving_early_ends_the_process(child: Child) -> None:
    work = child.call("sleep_natively", StopToken())
    pid = next(work)
    work.close()  # type: ignore[attr-defined]
    assert gone(pid)


def test_close_from_another_thread_stops_the_call(child: Child) -> None:
    work = child.call("sleep_natively", StopToken())
    pid = next(work)
    threading.Timer(0.1, child.close).start()
    with pytest.raises(Stopped) as caught:
        next(work)
    assert caught.value.reason is StopReason.QUIT
    assert gone(pid)
    child.close()
    child.close()


def test_works_from_a_qthread() -> None:
    core = pytest.importorskip("PySide6.QtCore")
    child = Child(f"{__name__}:Clumsy")
    heard: list[int] = []

    class Worker(core.QThread):
        def run(self) -> None:
            heard.extend(call(child, "count", to=3))
            heard.append(len(call(child, "about")[0]["qt"]))

    worker = Worker()
    worker.start()
    assert worker.wait(END_SECONDS * 1000)
    child.close()
    assert heard == [0, 1, 2, 0]


PARENT = """
import sys
from studio.core.jobs import StopToken
from studio.engines.local.child import Child

if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    for pid in Child("test_child:Clumsy").call("sleep_natively", StopToken()):
        print(pid, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_dies_with_its_parent_even_by_kill_9(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(script), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.kill()
    assert gone(pid)


@pytest.mark.parametrize("method", ["segfault", "exit", "complain"])
def test_each_kind_of_child_says_how_to_go_on(method: str) -> None:
    child = Child(f"{__name__}:Clumsy", {"greeting": "good day"}, go_on="Try again.")
    try:
        with pytest.raises(EngineError) as caught:
            call(child, method)
    finally:
        child.close()
    assert caught.value.problem.hint == "Try again."
