"""The child process an engine lives in, so that its crash or hunger for memory costs one attempt of one job.

Parent side: `Child`, used from one worker thread at a time; `close()` from any thread. Child side: `_serve`, on the
main thread of the child, which makes the session and runs one request after the other.

A session is any class whose methods are generators::

    class Session:                                  # studio/engines/local/example_child.py; heavy imports only here
        def __init__(self, model: str) -> None: ...
        def work(self, audio: Path) -> Iterator[Item]: ...

    child = Child("studio.engines.local.example_child:Session", {"model": "x"}, subject="The recognition")
    for item in child.call("work", stop, audio=path):
        ...

What goes in and out is pickled. The module of the session must be importable by name and must not import Qt.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, BinaryIO

from studio.core.errors import EngineError, Problem, StudioError, as_error
from studio.core.jobs import Stopped, StopReason, StopToken

LOOK_SECONDS = 0.05  # how often a waiting call looks at its stop token
REAP_SECONDS = 0.2  # how long a killed process may take to leave before we go on without it
LOG_BYTES = 1_000_000  # the child's terminal output is cut when it grows beyond this
TAIL_BYTES = 4_000  # how much of it goes into the detail of an error

# No library calls home or looks for weights on the network.
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "PYANNOTE_METRICS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
    "OTEL_SDK_DISABLED": "true",
}

_GO_ON = "The rest of the queue goes on; Retry goes on from the last stored segment."
_LESS_MEMORY = "Close other programs or use a smaller model."
_CRASH = ("crashed.", "")
_DEATHS = {  # exit code: end of the sentence, hint if not how to go on
    -9: ("was ended by the system, most likely because memory ran out.", _LESS_MEMORY),
    -11: _CRASH,
    -10: _CRASH,  # SIGBUS on macOS, -7 on Linux
    -7: _CRASH,
    -6: _CRASH,
    -4: ("needs an instruction that this processor does not have.", "Use another computer or a service online."),
    -15: ("was ended by another program.", ""),
}


class Child:
    """A process started at the first call and kept until `close`, a stop or its death; the next call starts a new one.

    `factory` is "package.module:Class", called in the child as `Class(**setup)` before the first request. `subject`
    begins the sentences about its end ("The recognition crashed."). `death` is the class of the error raised then,
    `go_on` its hint where nothing more is known. With `rest` the process ends by itself after so many seconds without
    a call.
    """

    def __init__(
        self,
        factory: str,
        setup: dict[str, Any] | None = None,
        subject: str = "The recognition",
        death: type[EngineError] = EngineError,
        go_on: str = _GO_ON,
        rest: float | None = None,
    ) -> None:
        self._factory = factory
        self._setup = setup or {}
        self._subject = subject
        self._death = death
        self._go_on = go_on
        self._rest = rest
        self._lock = threading.Lock()  # guards _running against close() from another thread
        self._running: _Running | None = None

    @property
    def pid(self) -> int | None:
        """The process id while there is a process."""
        running = self._running
        return running.process.pid if running and running.alive else None

    def call(self, method: str, stop: StopToken, **kwargs: Any) -> Iterator[Any]:
        """Yields what the generator `method` of the session yields, until it ends.

        A stop request or leaving this iterator early kills the process. Raises Stopped; the StudioError the session
        raised, as the same class; EngineError for any other exception, its traceback in `detail`; `death` when the
        process died.
        """
        stop.check()
        running = self._start()
        heard = ended = False
        try:
            running.connection.send((method, kwargs))
            while True:
                while not running.connection.poll(LOOK_SECONDS):
                    stop.check()
                stop.check()
                sign, item = running.connection.recv()
                heard = True
                if sign == "item":
                    yield item
                    continue
                ended = True
                if sign == "failed":
                    raise as_error(replace(item, hint=self._go_on))
                if sign == "problem":
                    raise as_error(item)
                running.used = True
                return
        except (EOFError, OSError):
            if heard or not running.used or running.closed:
                raise self._why_gone(running, stop) from None
        finally:
            if not ended:
                self._end(running)
        yield from self.call(method, stop, **kwargs)  # it had died between two requests

    def close(self) -> None:
        """Kill the process, if any. A call under way in another thread raises Stopped."""
        running = self._running
        if running is not None:
            running.closed = True
            self._end(running)

    def _start(self) -> _Running:
        with self._lock:
            if self._running is not None and self._running.alive:
                return self._running
            if self._running is not None:
                self._running.kill()
            try:
                self._running = _Running(self._factory, self._setup, self._rest)
            except OSError as error:
                hint = "Close other programs, make room on the disk, then retry."
                raise EngineError(f"The engine could not be started: {error.strerror}.", hint, repr(error)) from error
            return self._running

    def _end(self, running: _Running) -> None:
        with self._lock:
            if self._running is running:
                self._running = None
            running.kill()

    def _why_gone(self, running: _Running, stop: StopToken) -> Exception:
        with self._lock:
            if running.closed:
                return Stopped(stop.reason or StopReason.QUIT)
            running.process.join(REAP_SECONDS)
            code = running.process.exitcode
            what, hint = _DEATHS.get(code or 0, (f"ended unexpectedly (exit code {code}).", ""))
            return self._death(
                f"{self._subject} {what}", hint or self._go_on, f"exit code {code}\n{running.tail()}".strip()
            )


class _Running:
    """One process, its pipe and the file that takes its terminal output."""

    def __init__(self, factory: str, setup: dict[str, Any], rest: float | None) -> None:
        descriptor, name = tempfile.mkstemp(prefix="studio-engine-", suffix=".log")
        self.log: BinaryIO = os.fdopen(descriptor, "rb")
        self.log_path = Path(name)
        self.closed = False
        self.used = False  # has answered a request
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        arguments = (theirs, factory, setup, rest, name)
        # daemon: ended with the program even if nobody called close
        self.process: BaseProcess = context.Process(target=_serve, args=arguments, daemon=True, name="studio-engine")
        self.process.start()
        theirs.close()  # or the end of the child would not be the end of the pipe

    @property
    def alive(self) -> bool:
        return not wait([self.process.sentinel], 0)  # true even where someone else took the exit code

    def kill(self) -> None:
        self.process.kill()
        self.process.join(REAP_SECONDS)
        self.log.close()
        self.log_path.unlink(missing_ok=True)

    def tail(self) -> str:
        size = self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, size - TAIL_BYTES))
        return self.log.read().decode(errors="replace").strip()


# What follows runs in the child.


def _serve(connection: Connection, factory: str, setup: dict[str, Any], rest: float | None, log: str) -> None:
    _settle(log)
    session: Any = None
    while connection.poll(rest):
        try:
            method, kwargs = connection.recv()
        except EOFError:
            return
        try:
            if session is None:
                session = _load(factory)(**setup)
            for item in getattr(session, method)(**kwargs):
                connection.send(("item", item))
            item = kwargs = None  # keep nothing of a finished job
            connection.send(("end", None))
        except StudioError as error:
            connection.send(("problem", error.problem))
        except MemoryError:
            what = "The memory of this computer is not enough for this."
            connection.send(("problem", Problem(what, _LESS_MEMORY, traceback.format_exc(), "EngineError")))
        except Exception as error:
            what = f"The engine failed: {error or type(error).__name__}"
            connection.send(("failed", Problem(what, "", traceback.format_exc(), "EngineError")))


def _load(factory: str) -> Any:
    """The class of the session.

    Some libraries make half a million objects as they are imported. Python's collector would go through all of them
    again and again, for a tenth of the time that it takes.
    """
    module, _, name = factory.partition(":")
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        return getattr(importlib.import_module(module), name)
    finally:
        gc.set_threshold(*usual)


def _settle(log: str) -> None:
    """Be a quiet, polite process that outlives nobody."""
    os.environ.update(ENVIRONMENT)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # sent to the whole group; the parent judges, and ends us by SIGKILL
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    output = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    with contextlib.suppress(OSError):  # Windows keeps open files; the parent removes it there
        os.unlink(log)
    faulthandler.enable(2)
    if hasattr(os, "nice"):
        os.nice(10)
    if sys.platform == "linux":
        # when memory runs out the system shall take this process, not the window
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    threading.Thread(target=_watch, name="studio-watchdog", daemon=True).start()


def _watch() -> None:
    """Leave when the parent is gone, even by kill -9; keep the log short meanwhile.

    PR_SET_PDEATHSIG would be simpler but fires when the parent's *thread* that started us ends.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    while not wait([parent.sentinel], timeout=1.0):
        if os.fstat(2).st_size > LOG_BYTES:
            os.ftruncate(2, 0)
    os._exit(0)
