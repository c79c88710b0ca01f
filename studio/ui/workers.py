"""The bridge between services and the window: threads that run generators and turn their events into signals.

With account_workers.py the only room of the window that knows threads. Signals are delivered on the window's thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from studio.core.errors import ConflictError, Problem, StudioError, UsageError
from studio.core.jobs import Progress, Stopped, StopReason, StopToken
from studio.library import Pending, leave_thread
from studio.services.editing import EditSession
from studio.services.queue import GPU, Running, share
from studio.services.runner import run_next
from studio.services.studio import Studio

LOOK_EVERY = 2.0  # seconds; jobs may also be added by another process
_GATHER = 0.1  # seconds that a key waits at most for more to be stored with it
_AFTER_YOU = 0.02  # seconds that the window has to show a change, before threads that use it take turns with it
_LOOK_AT_OPEN = 0.7  # seconds; another process may have changed what is open
_QUIET = 0.3  # seconds without a change until parts of large ones come into the rows
_BREATH = 0.03  # seconds that the window gets between two of these parts, each of which takes about as long
_TELL_EVERY = 0.1  # seconds between two readings of a job's progress
_REST_AFTER = 30  # looks without work before the engines give their memory back

log = logging.getLogger(__name__)


def after_you() -> None:
    """For a thread that has time: first the window shows what it has changed."""
    time.sleep(_AFTER_YOU)


class Sparing:
    """Leaves out progress that nobody could see: of one job in one stage ten readings a second are enough."""

    def __init__(self) -> None:
        self._last: tuple[int, str, float] = (0, "", 0.0)

    def worth_telling(self, id: int, event: object) -> bool:
        if not isinstance(event, Progress):
            return True
        job, stage, at = self._last
        now = time.monotonic()
        if (job, stage) == (id, event.stage) and now - at < _TELL_EVERY:
            return False
        self._last = (id, event.stage, now)
        return True


class Worker(QThread):
    """A thread that gives its connection to the library back at its end."""

    def run(self) -> None:
        try:
            self.work()
        finally:
            leave_thread()

    def work(self) -> None:
        raise NotImplementedError


class JobsWorker(Worker):
    """Looks for jobs for as long as the window is open."""

    told = Signal(int, object)  # job id, RunnerEvent
    turned = Signal()  # a job began or ended: the queue is worth reading again
    failed = Signal(object)  # Problem: the queue itself cannot go on

    def __init__(self, studio: Studio, running: Running, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._studio, self._running = studio, running
        self._wake = threading.Event()
        self._quit = False
        self._held = False

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def hold(self, held: bool) -> None:
        """Do not begin another job while held."""
        self._held = held
        self._wake.set()

    def shut_down(self) -> None:
        """Begin nothing more and end the thread; the caller stops the running jobs. Returns when it has ended."""
        self._quit = True
        self._wake.set()
        self.wait()


class QueueWorker(JobsWorker):
    """Does the jobs of the CPU or the GPU."""

    def __init__(self, studio: Studio, running: Running, runner: str, parent: QObject | None = None) -> None:
        super().__init__(studio, running, f"queueWorker-{runner}", parent)
        self._runner = runner

    def work(self) -> None:
        resources = share(self._studio, self._runner)
        idle = 0
        while resources and not self._quit:
            self._wake.clear()
            if not self._held and self._do_next(resources):
                idle = 0
                continue
            idle += 1
            if idle == _REST_AFTER:
                self._studio.engines.rest("cuda" if self._runner == GPU else "cpu")
            self._wake.wait(LOOK_EVERY)

    def _do_next(self, resources: tuple[str, ...]) -> bool:
        worked, sparing = False, Sparing()
        try:
            for id, event in run_next(self._studio, self._running, resources):
                if not worked:
                    self.turned.emit()
                worked = True
                if sparing.worth_telling(id, event):
                    self.told.emit(id, event)
        except StudioError as e:
            self.failed.emit(e.problem)
            self._wake.wait(LOOK_EVERY)
        if worked:
            self.turned.emit()
        return worked


class Saver(Worker):
    """Stores what edit sessions wait with, a moment after it was made: keys that follow at once are stored with it.

    In its spare time it reads what could be undone next, and looks whether someone else has changed what is open.
    """

    saved = Signal()
    failed = Signal(object)  # Problem; it is tried again until it works
    conflict = Signal(object)  # EditSession whose transcript someone else has changed
    arrived = Signal(object, object)  # EditSession, segments that were recognised; they may be shown already

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("saver")
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._asked = 0.0  # when something came last
        self._sessions: list[EditSession] = []
        self._watched: EditSession | None = None
        self._guard = threading.Lock()

    def soon(self, session: EditSession) -> None:
        """This session has something to store, or has been opened."""
        with self._guard:
            if session not in self._sessions:
                self._sessions.append(session)
        self._asked = time.monotonic()
        self._wake.set()

    def watch(self, session: EditSession | None) -> None:
        """Tell by `conflict` when someone else has changed its transcript, by `arrived` what is recognised."""
        self._watched = session

    def waiting(self) -> list[EditSession]:
        """Sessions that have something to store."""
        with self._guard:
            return list(self._sessions)

    def shut_down(self) -> None:
        """Store the rest and end the thread. Returns when it has ended."""
        self._stop.set()
        self._wake.set()
        self.wait()

    def work(self) -> None:
        while not self._stop.is_set():
            if not self._wake.wait(_LOOK_AT_OPEN):
                self._look()
                continue
            self._wake.clear()
            self._gather()
            sessions = self.waiting()
            if not self._save_all():
                self._stop.wait(LOOK_EVERY)
                self._wake.set()
            for session in sessions:
                self._read_ahead(session)
        self._save_all()

    def _gather(self) -> None:
        """Until nothing has come for a moment, which the window has to show what came; keys in a row come together."""
        begun = time.monotonic()
        while not self._stop.wait(_AFTER_YOU):
            now = time.monotonic()
            if now - self._asked > _AFTER_YOU or now - begun > _GATHER:
                break
        self._wake.clear()

    def _save_all(self) -> bool:
        """Whether everything is stored."""
        failed = stored = False
        for session in self.waiting():
            unsaved = session.unsaved
            try:
                session.save()
                stored = stored or unsaved
            except ConflictError:
                self.conflict.emit(session)
            except StudioError as e:
                failed = True
                self.failed.emit(e.problem)
        with self._guard:
            self._sessions = [s for s in self._sessions if s.unsaved]
        if stored and not failed:
            self.saved.emit()
        return not failed

    def _look(self) -> None:
        session = self._watched
        if session is None:
            return
        try:
            arrived = session.look()
        except (ConflictError, UsageError):  # it was changed, or removed: who makes its changes again will be told
            self.conflict.emit(session)
        except StudioError as e:  # what cannot be read now may be read the next time
            log.warning("looking for changes: %s", e.problem.sentence)
        else:
            if arrived:
                self.arrived.emit(session, arrived)

    def _read_ahead(self, session: EditSession) -> None:
        try:
            session.read_ahead()
        except StudioError as e:  # undo tries again, and says so
            log.warning("reading ahead: %s", e.problem.sentence)


class Tidier(Worker):
    """Brings large changes, which are stored as one value, into the rows of the library, part by part.

    It does so while nothing is changed: neither a key nor the storing of it waits for this.
    """

    failed = Signal(object)  # Problem; it is tried again until it works

    def __init__(self, pending: Pending, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tidier")
        self._pending = pending
        self._changed = threading.Event()
        self._stop = threading.Event()
        self._stuck = False  # the last part could not be brought in

    def put_off(self) -> None:
        """Something was changed: there may be something to do, once nothing is changed any more."""
        self._changed.set()

    def shut_down(self) -> None:
        """End the thread; what is left is done the next time. Returns when it has ended."""
        self._stop.set()
        self._changed.set()
        self.wait()

    def work(self) -> None:
        more = True  # a process that was killed may have left something
        while not self._stop.is_set():
            if self._changed.wait(_BREATH if more else LOOK_EVERY if self._stuck else None):
                self._changed.clear()
                self._stop.wait(_QUIET)
                more = True
            else:
                more = self._work_off()

    def _work_off(self) -> bool:
        """Whether the next part may follow at once."""
        try:
            more, self._stuck = self._pending.work_off(), False
            return more
        except StudioError as e:  # nothing is lost, and it is tried again: one sentence is enough
            if not self._stuck:
                self.failed.emit(e.problem)
            self._stuck = True
            return False


class Task(Worker):
    """One function off the window's thread; its result or its Problem comes back as a signal."""

    done = Signal(object)
    failed = Signal(object)  # Problem

    def __init__(self, function: Callable[[], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._function = function
        self.finished.connect(self.deleteLater)

    def shut_down(self) -> None:
        """Wait for the end; what comes of it is of no interest any more."""
        self.blockSignals(True)
        self.wait()

    def work(self) -> None:
        try:
            self.done.emit(self._function())
        except StudioError as e:
            self.failed.emit(e.problem)
        except Exception as e:
            log.exception("task")
            self.failed.emit(Problem(f"That did not work: the program met an error of its own ({e}).", "", repr(e)))


class Steps(Worker):
    """One generator off the window's thread: each event is told, the last one is also the result."""

    told = Signal(object)
    done = Signal(object)  # the last event, None where there was none
    failed = Signal(object)  # Problem
    stopped = Signal()  # as asked by `cancel`

    def __init__(self, generator: Callable[[StopToken], Iterable[object]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generator, self._stop = generator, StopToken()
        self.finished.connect(self.deleteLater)

    def cancel(self) -> None:
        """Ask for the end; `stopped`, or `done` where it was too late, comes a moment later."""
        self._stop.request(StopReason.CANCEL)

    def pause(self) -> None:
        """The same, but what is under way at a vendor is taken up the next time."""
        self._stop.request(StopReason.PAUSE)

    def shut_down(self) -> None:
        """Stop and wait for the end; what comes of it is of no interest any more."""
        self.blockSignals(True)
        self._stop.request(StopReason.QUIT)
        self.wait()

    def work(self) -> None:
        event = None
        try:
            for event in self._generator(self._stop):
                self.told.emit(event)
            self.done.emit(event)
        except Stopped:
            self.stopped.emit()
        except StudioError as e:
            self.failed.emit(e.problem)
        except Exception as e:
            log.exception("steps")
            self.failed.emit(Problem(f"That did not work: the program met an error of its own ({e}).", "", repr(e)))
