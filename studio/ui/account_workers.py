"""The threads of jobs at vendors. Like workers.py, part of the bridge between services and the window."""

from __future__ import annotations

import logging
import time

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.services.queue import Running, go_on, of_account, waiting_for
from studio.services.remote import forget_abandoned
from studio.services.runner import run_next
from studio.services.studio import Studio

from .workers import LOOK_EVERY, JobsWorker, Sparing, Worker

_TRY_AGAIN = 60.0  # seconds after which jobs that could not reach their vendor are tried again

log = logging.getLogger(__name__)


class AccountsWorker(JobsWorker):
    """Starts a thread for each job at a vendor, as many at a time as its account allows."""

    def __init__(self, studio: Studio, running: Running, parent: QObject | None = None) -> None:
        super().__init__(studio, running, "accountsWorker", parent)
        self._busy: dict[str, list[_AccountJob]] = {}  # by account
        self._forgetting: _Forgetting | None = None

    def work(self) -> None:
        tried_again = time.monotonic()
        while not self._quit:
            self._wake.clear()
            try:
                if time.monotonic() - tried_again > _TRY_AGAIN:
                    tried_again = time.monotonic()
                    self._try_again()
                if not self._held:
                    self._fill()
                self._forget()
            except StudioError as e:
                self.failed.emit(e.problem)
            self._wake.wait(LOOK_EVERY)
        for jobs in self._busy.values():
            for job in jobs:
                job.wait()
        if self._forgetting:
            self._forgetting.shut_down()

    def _forget(self) -> None:
        """Vendors need not go on with what was cancelled while it waited for them."""
        busy = self._forgetting and not self._forgetting.isFinished()
        if not busy and self._studio.library.submissions.abandoned():
            self._forgetting = _Forgetting(self._studio)
            self._forgetting.start()

    def _fill(self) -> None:
        for name, waiting in waiting_for(self._studio).items():
            account = self._studio.library.accounts.get(name)
            at_once = account.at_once if account else 1  # jobs of one that is gone are put off, with the reason
            busy = self._busy[name] = [j for j in self._busy.get(name, []) if not j.isFinished()]
            for _ in range(min(waiting, at_once - len(busy))):
                job = _AccountJob(self._studio, self._running, of_account(name))
                job.told.connect(self.told)
                job.turned.connect(self.turned)
                job.failed.connect(self.failed)
                job.finished.connect(self._wake.set)
                busy.append(job)
                job.start()

    def _try_again(self) -> None:
        """Jobs whose vendor could not be reached, or whose account could not be used: perhaps it can now."""
        for account in self._studio.accounts.all():
            kinds = ("Unavailable", "RateLimited", *(("AccountError",) if account.enabled and account.agreed else ()))
            go_on(self._studio, account.name, kinds)


class _AccountJob(Worker):
    """One job at a vendor."""

    told = Signal(int, object)
    turned = Signal()
    failed = Signal(object)

    def __init__(self, studio: Studio, running: Running, resource: str) -> None:
        super().__init__()
        self.setObjectName("accountJob")
        self._studio, self._running, self._resource = studio, running, resource

    def work(self) -> None:
        sparing = Sparing()
        try:
            for n, (id, event) in enumerate(run_next(self._studio, self._running, (self._resource,))):
                if not n:
                    self.turned.emit()
                if sparing.worth_telling(id, event):
                    self.told.emit(id, event)
        except StudioError as e:
            self.failed.emit(e.problem)
        self.turned.emit()


class _Forgetting(Worker):
    """Tells vendors what is not wanted any more."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.setObjectName("forgetting")
        self._studio, self._stop = studio, StopToken()

    def shut_down(self) -> None:
        """The rest is told at the next start."""
        self._stop.request(StopReason.QUIT)
        self.wait()

    def work(self) -> None:
        try:
            forget_abandoned(self._studio, self._stop)
        except Stopped:
            pass
        except StudioError:
            log.warning("a vendor was not told", exc_info=True)
