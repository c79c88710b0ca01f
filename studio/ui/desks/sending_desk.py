"""What stands between the user's wish and an account: nothing is sent before the user knows where it goes and its cost.

Jobs for this computer pass at once. Runs on the window's thread; lengths are found out in a worker thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.core.errors import Problem, StudioError
from studio.core.jobs import Job, JobOptions, JobState, StopToken
from studio.services import accounts, sending
from studio.services.studio import Studio

from ..accounts.send_dialogs import NoticeDialog, SendDialog
from ..lane import Lane
from ..models.wording import costs_again, may_be_charged
from .queue_desk import QueueDesk

_SHORT = 6 * 3600.0  # seconds; a vendor that keeps results for less may have dropped them by the next start


@dataclass(frozen=True, slots=True)
class _Wish:
    """Something that may cause an order at an account."""

    account: str
    lengths: Callable[[StopToken], list[int]]  # of what would be sent, in milliseconds; off the window's thread
    then: Callable[[], object]  # what puts it into the queue
    fail: Callable[[Problem], None]
    over: QWidget  # what questions belong to


class SendingDesk(QObject):
    """Everything that may cause an order goes through here to the queue."""

    notice = Signal(str, str)  # kind, sentence
    agreed = Signal(str)  # account

    def __init__(self, studio: Studio, queue: QueueDesk, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._queue, self._window = studio, queue, window
        self._lane = Lane(self)

    def shut_down(self) -> None:
        self._lane.shut_down()

    def hear(
        self,
        job: Job,
        wanted: JobOptions,
        then: Callable[[], object],
        fail: Callable[[Problem], None],
        over: QWidget,
    ) -> None:
        """A recording that is there, or passages of it, with other options; `then` queues it."""
        lengths = partial(self._length, job, wanted)
        self._pass(_Wish(wanted.account, lengths, then, fail, over))

    def _length(self, job: Job, wanted: JobOptions, stop: StopToken) -> list[int]:
        return sending.length(self._studio, job, wanted)

    def add(self, paths: Sequence[Path], options: JobOptions) -> None:
        """Queue files and folders."""
        self._pass(
            self._wish(
                options.account,
                lambda stop: sending.lengths(self._studio, paths, options, stop),
                lambda: self._queue.add(paths, options),
            )
        )

    def sound(self, job: Job, account: str, then: Callable[[], object]) -> None:
        """`then`, once the sound of a recording may be sent to be worked on, outside of the queue."""
        self._pass(self._wish(account, lambda stop: [job.duration], then))

    def redo(self, jobs: Sequence[Job]) -> None:
        self._again(jobs, lambda: self._queue.redo([job.id for job in jobs]))

    def use_track(self, job: Job, track: int) -> None:
        self._again([job], lambda: self._queue.use_track(job.id, track))

    def retry(self, id: int) -> None:
        """Go on with a job. What would be another order is asked about first."""
        job = self._studio.library.jobs.get(id)
        if job and costs_again(job):
            self._again([job], lambda: self._queue.retry(id))
        else:
            self._queue.retry(id)

    def _again(self, jobs: Sequence[Job], then: Callable[[], object]) -> None:
        """All of them have the same options."""
        account = jobs[0].options.account if jobs else ""
        self._pass(self._wish(account, lambda stop: [job.duration for job in jobs], then))

    def _wish(self, account: str, lengths: Callable[[StopToken], list[int]], then: Callable[[], object]) -> _Wish:
        return _Wish(account, lengths, then, self._tell, self._window)

    # Asking

    def _pass(self, wish: _Wish) -> None:
        if not wish.account:
            wish.then()
            return
        try:
            account = self._studio.accounts.get(wish.account)
        except StudioError as e:
            wish.fail(e.problem)
            return
        if account.agreed or not account.enabled:
            self._estimate(wish)
            return
        dialog = NoticeDialog(account, wish.over)
        dialog.accepted.connect(lambda: self._agree(wish))
        dialog.rejected.connect(self._nothing)
        dialog.open()

    def _agree(self, wish: _Wish) -> None:
        self._studio.accounts.agree(wish.account)
        self._queue.go_on(wish.account, ("AccountError",))
        self.agreed.emit(wish.account)
        self._estimate(wish)

    def _estimate(self, wish: _Wish) -> None:
        self._lane.run(partial(self._plan, wish), lambda plan: self._ask(plan, wish), wish.fail)

    def _plan(self, wish: _Wish, stop: StopToken) -> sending.Plan:
        """Off the window's thread."""
        account = self._studio.accounts.usable(wish.account)
        return sending.plan(self._studio, account, wish.lengths(stop))

    def _ask(self, plan: sending.Plan, wish: _Wish) -> None:
        if not shiboken6.isValid(wish.over):  # the dialog of whoever wished for it was closed meanwhile
            self._nothing()
            return
        if not plan.ask:
            wish.then()
            return
        dialog = SendDialog(plan, wish.over)
        dialog.accepted.connect(wish.then)
        dialog.rejected.connect(self._nothing)
        dialog.open()

    def _nothing(self) -> None:
        self.notice.emit("info", "Nothing was sent, and nothing was queued.")

    def _tell(self, problem: Problem) -> None:
        self.notice.emit("error", problem.sentence)

    # Closing

    def closes(self) -> bool:
        """Ask whether to close although results may be gone before the next start."""
        lost = {}
        for job in self._studio.library.jobs.all():
            at_work = job.state in (JobState.RUNNING, JobState.WAITING, JobState.PAUSED)
            if job.options.account and at_work and not may_be_charged(job) and (kept := self._kept(job)) is not None:
                lost[job.name] = kept
        if not lost:
            return True
        names = ", ".join(f"“{name}”" for name in list(lost)[:3]) + (" and others" if len(lost) > 3 else "")
        hours = round(min(lost.values()) / 3600)
        kept_for = "one hour" if hours <= 1 else f"{hours} hours"
        question = (
            f"{names} is ordered already, and the vendor keeps a result for {kept_for} only. "
            "If you come back later, it has to be ordered and paid again.\n\nClose all the same?"
        )
        return QMessageBox.question(self._window, "Close", question) == QMessageBox.StandardButton.Yes

    def _kept(self, job: Job) -> float | None:
        """How many seconds the vendor keeps what it was ordered; None where that is no worry."""
        try:
            keeps = accounts.kind(self._studio.accounts.get(job.options.account).kind).keeps
        except StudioError:
            return None  # without its account nothing was ordered that could be fetched
        if keeps is None or keeps > _SHORT:
            return None
        ordered = self._studio.library.submissions.of_job(job.id)
        return keeps if any(s.stage == "submitted" and s.ended is None for s in ordered) else None
