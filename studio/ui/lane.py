"""Work off the window's thread that is done one after the other and can be stopped. Runs on the window's thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from studio.core.errors import Problem
from studio.core.jobs import Stopped, StopReason, StopToken

from .workers import Task


class Lane(QObject):
    """At most one Task at a time; what is asked for meanwhile waits."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._stop = StopToken()
        self._waiting: deque[Callable[[], None]] = deque()

    def run(
        self,
        work: Callable[[StopToken], Any],
        done: Callable[[Any], None] = lambda _: None,
        failed: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        """`work` raises Stopped once its token is set; neither `done` nor `failed` is called then."""
        if self._task is not None:
            self._waiting.append(lambda: self.run(work, done, failed))
            return
        stop = self._stop = StopToken()
        self._task = task = Task(lambda: _unless_stopped(work, stop), self)
        task.done.connect(lambda result: None if stop.reason else done(result))
        task.failed.connect(lambda problem: None if stop.reason else failed(problem))
        task.finished.connect(self._on_finished)
        task.start()

    def stop(self) -> None:
        """What runs or waits is of no interest any more."""
        self._waiting.clear()
        self._stop.request(StopReason.CANCEL)

    def shut_down(self) -> None:
        """Returns when the thread has ended."""
        self.stop()
        if self._task is not None:
            self._task.shut_down()
            self._task = None

    def _on_finished(self) -> None:
        self._task = None
        if self._waiting:
            self._waiting.popleft()()


def _unless_stopped(work: Callable[[StopToken], Any], stop: StopToken) -> Any:
    try:
        return work(stop)
    except Stopped:
        return None
