"""What the queue's buttons and drops do: between QueueView, QueueModel, the worker thread and the queue service.

Runs on the window's thread; looking at files happens in a Task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import Problem, StudioError
from studio.core.jobs import UNFINISHED, Job, JobOptions, JobState, Note, Progress, StopReason
from studio.services import queue
from studio.services.runner import JobChanged
from studio.services.studio import Studio

from ..account_workers import AccountsWorker
from ..models.queue_model import QueueModel
from ..models.wording import counted
from ..workers import JobsWorker, QueueWorker, Task

_PORTION = 25  # files added at a time
_GATHER = 100  # milliseconds in which jobs that begin and end are shown together
_LOOK_EVERY = 1000  # milliseconds; another process may have changed the library


class QueueDesk(QObject):
    """Owns the worker threads of this computer's jobs."""

    notice = Signal(str, str)  # kind, sentence
    added = Signal(object)  # list[Job], new or known
    done_already = Signal(object)  # list[Job]: added again, with the same options
    tracks_found = Signal(object, object)  # Job, its audio tracks: there are several to choose from
    job_event = Signal(int, object)  # job id, RunnerEvent
    looked = Signal()  # the library was changed, perhaps by another process, and the queue is read again
    job_done = Signal(object)  # Job
    job_waits = Signal(object)  # Job, which stands still because of its account
    paused_changed = Signal(bool)

    def __init__(self, studio: Studio, model: QueueModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.model = model
        self._running = queue.Running()
        self.paused = bool(studio.library.settings.get("queue_paused", False))
        self._workers: list[JobsWorker] = [
            *(QueueWorker(studio, self._running, runner, self) for runner in (queue.CPU, queue.GPU)),
            AccountsWorker(studio, self._running, self),
        ]
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        self._later = QTimer(self, singleShot=True, interval=_GATHER)
        self._later.timeout.connect(self.refresh)
        for worker in self._workers:
            worker.hold(self.paused)
            worker.told.connect(self._on_event)
            worker.turned.connect(self._refresh_later)
            worker.failed.connect(self._tell)
        self._version = studio.library.database.version()
        self._quit = False
        self._look = QTimer(self)
        self._look.timeout.connect(self._look_for_changes)
        model.move_requested.connect(self.move)
        self.refresh()

    def start(self) -> None:
        """Begin to work; called once the window is shown."""
        for worker in self._workers:
            worker.start()
        self._look.start(_LOOK_EVERY)

    def shut_down(self) -> None:
        """Stop the running jobs, keeping all they have, and wait for the threads."""
        self._quit = True
        self._look.stop()
        self._soon.stop()
        self._later.stop()
        self._running.stop_all(StopReason.QUIT)
        for worker in self._workers:
            worker.shut_down()

    def _refresh_later(self) -> None:
        """Hundreds of jobs may begin and end at once."""
        if not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        self.model.set_jobs(self._studio.library.jobs.all())

    def add(self, paths: Iterable[Path], options: JobOptions) -> None:
        """Queue files and folders; what cannot be taken is told, the rest goes on."""
        files = list(paths)
        self._start(lambda: self._add(files, options), self._on_added)

    def set_paused(self, paused: bool) -> None:
        """Hold the queue: the running job stops after what is written so far and keeps its place."""
        self.paused = paused
        self._studio.library.settings.set("queue_paused", paused)
        for worker in self._workers:
            worker.hold(paused)
        if paused:
            self._running.stop_all(StopReason.QUIT)
        self.paused_changed.emit(paused)

    def cancel(self, id: int) -> None:
        self._with(id, lambda job: queue.cancel(self._studio, self._running, job))

    def pause(self, id: int) -> None:
        self._with(id, lambda job: queue.pause(self._studio, self._running, job))

    def retry(self, id: int) -> None:
        self._with(id, lambda job: queue.retry(self._studio, job))

    def send_again(self, id: int) -> None:
        """The user agreed to order it once more, although the first order may be charged as well."""
        self._with(id, lambda job: queue.send_again(self._studio, job))

    def leave(self, id: int) -> None:
        self._with(id, lambda job: queue.leave(self._studio, job))

    def go_on(self, account: str, kinds: tuple[str, ...]) -> None:
        """What made jobs of this account wait is over."""
        queue.go_on(self._studio, account, kinds)
        self._changed()

    def redo(self, ids: list[int]) -> None:
        for id in ids:
            self._with(id, lambda job: queue.redo(self._studio, job))

    def remove(self, ids: list[int]) -> None:
        """Forget jobs; thousands take seconds, so the window does not wait for it."""
        self._start(lambda: self._remove(ids), lambda _: self._changed())

    def use_track(self, id: int, track: int) -> None:
        self._with(id, lambda job: queue.use_track(self._studio, self._running, job, track))

    def move(self, id: int, before: int | None) -> None:
        self._with(id, lambda job: self._studio.library.jobs.move(job.id, before))

    def on_queued(self, job: Job) -> None:
        """A job was put into the queue by someone else."""
        self._changed()

    def _add(self, paths: list[Path], options: JobOptions) -> queue.Added:
        """Off the window's thread, and in portions, so that the window can be closed meanwhile."""
        problems: list[Problem] = []
        files = queue.recordings(paths, problems)
        added = queue.Added(problems=tuple(problems))
        for first in range(0, len(files), _PORTION):
            if self._quit:
                break
            part = queue.add(self._studio, files[first : first + _PORTION], options)
            added = queue.Added(
                added.jobs + part.jobs,
                added.known + part.known,
                added.problems + part.problems,
                added.tracks | part.tracks,
            )
        return added

    def _remove(self, ids: list[int]) -> None:
        found = (self._studio.library.jobs.get(id) for id in ids)
        queue.remove(self._studio, self._running, [job for job in found if job])

    def _start(self, do: Callable[[], object], done: Callable[[Any], None]) -> None:
        task = Task(do, self)
        task.done.connect(done)
        task.failed.connect(self._tell)
        task.failed.connect(lambda _: self._changed())
        task.start()

    def _changed(self) -> None:
        """The queue is another one now; said a thousand times at once, it is read once."""
        self._soon.start()
        self._wake()

    def _wake(self) -> None:
        for worker in self._workers:
            worker.wake()

    def _with(self, id: int, do: Callable[[Job], object]) -> None:
        job = self._studio.library.jobs.get(id)
        if job is None:
            return
        try:
            do(job)
        except StudioError as e:
            self._tell(e.problem)
        self._changed()

    def _on_added(self, added: queue.Added) -> None:
        self.refresh()
        self._wake()
        waiting = [j for j in added.known if j.state in UNFINISHED]
        done = [j for j in added.known if j.state == JobState.DONE]
        if waiting:
            self.notice.emit("info", f"{named(waiting)}: in the queue already.")
        if done:
            self.done_already.emit(done)
        for problem in added.problems[:3]:
            self._tell(problem)
        if len(added.problems) > 3:
            left = len(added.problems) - 3
            self.notice.emit("warn", f"{counted(left, 'more file', 'more files')} could not be added.")
        for job in added.jobs:
            if job.id in added.tracks:
                self.tracks_found.emit(job, added.tracks[job.id])
        self.added.emit([*added.jobs, *added.known])

    def _on_event(self, id: int, event: object) -> None:
        match event:
            case Progress():
                self.model.set_progress(id, event)
            case JobChanged(job):
                self.model.update_job(job)
                if job.state in (JobState.DONE, JobState.FAILED):
                    self.job_done.emit(job)
                elif job.state == JobState.PAUSED and job.problem:
                    self.job_waits.emit(job)
            case Note(text):
                self.notice.emit("info", text)
        self.job_event.emit(id, event)

    def _look_for_changes(self) -> None:
        try:
            version = self._studio.library.database.version()
        except StudioError as e:
            self._tell(e.problem)
            return
        if version != self._version:
            self._version = version
            self.refresh()
            self.looked.emit()

    def _tell(self, problem: Problem) -> None:
        self.notice.emit("error", problem.sentence)


def named(jobs: list[Job]) -> str:
    """The first names of some jobs, and how many more there are."""
    names = ", ".join(f"“{j.name}”" for j in jobs[:3])
    return f"{names} and {len(jobs) - 3} more" if len(jobs) > 3 else names
