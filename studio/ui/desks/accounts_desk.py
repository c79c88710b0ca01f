"""Engines and accounts: between the window that shows them, the services and the queue.

Runs on the window's thread; keyrings and vendors are asked in worker threads, since either may take its time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from studio.core.accounts import Account
from studio.core.errors import Problem, StudioError
from studio.core.jobs import Job, JobState
from studio.models import catalogue
from studio.services import accounts, sending, standing
from studio.services.accounts import Tested
from studio.services.runner import JobChanged
from studio.services.standing import Overview
from studio.services.studio import Studio

from ..accounts.add_dialog import AddDialog, NewAccount
from ..accounts.key_form import GivenKey
from ..accounts.window import AccountsWindow
from ..commands import Commands
from ..lane import Lane
from ..models.wording import answers
from ..notices import NoticeBar
from ..workers import Steps
from .queue_desk import QueueDesk

_SETTLE = 300  # milliseconds in which further news of the accounts are shown together


class AccountsDesk(QObject):
    """`default` gives the account of the next job."""

    changed = Signal()  # there are other accounts, or others of their models

    def __init__(
        self,
        studio: Studio,
        queue: QueueDesk,
        default: Callable[[], str],
        notices: NoticeBar,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._queue, self._default = studio, queue, default
        self._notices, self._parent = notices, window
        self._shown: AccountsWindow | None = None
        self._tests: dict[str, Steps] = {}  # by account
        self._results: dict[str, tuple[str, str]] = {}  # sentence and look of the last test of this run
        self._lane = Lane(self)
        self._soon = QTimer(self, singleShot=True, interval=_SETTLE)
        self._soon.timeout.connect(self._look)
        commands.connect("accountsAction", self.open)
        queue.job_event.connect(self._on_job_event)
        queue.job_waits.connect(self._on_waiting)

    def shut_down(self) -> None:
        """Returns when no keyring and no vendor is asked any more."""
        self._soon.stop()
        self._lane.shut_down()
        for steps in self.findChildren(Steps):
            steps.shut_down()

    # The window

    def open(self, name: str | None = None) -> None:
        """Show the window; `name`: at this account, None: where it was or at the next job's."""
        if self._shown is not None:
            if name is not None:
                self._shown.begin_at(name)
            self._shown.raise_()
            self._shown.activateWindow()
            return
        at = self._default() if name is None else name
        show = partial(self._show, at, name is not None)
        self._lane.run(lambda stop: standing.overview(self._studio), show, self._tell)

    def _show(self, name: str, asked: bool, overview: Overview) -> None:
        if self._shown is not None:
            self._shown.choose(name)
            return
        ready = [id for id, m in catalogue().items() if m.kind == "speech" and self._studio.models.is_ready(id)]
        window = AccountsWindow(overview, ready, sending.asks_always(self._studio), self._parent)
        self._shown = window
        window.finished.connect(self._on_closed)
        window.add_wanted.connect(lambda: self._ask_for_new(overview.has_keyring))
        window.ask_changed.connect(lambda on: self._studio.library.settings.set(sending.ASK, on))
        window.list.chosen.connect(lambda _: self._show_test())
        page = window.page
        page.changed.connect(self._change)
        page.agreed.connect(self.agree)
        page.removed.connect(lambda name: self._off(lambda: self._studio.accounts.remove(name), name))
        page.key.given.connect(lambda given: self._give_key(page.account, given))
        page.key.removed.connect(lambda: self._remove_key(page.account.name))
        page.key.test_wanted.connect(lambda: self.test(page.account.name))
        page.key.stop_wanted.connect(lambda: self._stop_test(page.account.name))
        window.show_overview(overview, self._default())
        window.choose(name)
        window.show()
        if asked:
            window.begin_at(name)

    def _on_closed(self) -> None:
        self._shown = None

    def refresh(self) -> None:
        """The accounts or what they have cost may have changed; said often, it is looked at once."""
        if self._shown is not None and not self._soon.isActive():
            self._soon.start()

    def _look(self, anew: str = "", then: Callable[[], object] = lambda: None) -> None:
        """`anew`: the account whose fields are to be filled again; `then`: once it is shown."""

        def done(overview: Overview) -> None:
            if self._shown is not None:
                self._shown.show_overview(overview, self._default(), anew)
            then()

        self._lane.run(lambda stop: standing.overview(self._studio), done, self._tell)

    # Changes

    def _change(self, name: str, fields: dict[str, Any]) -> None:
        """Store what was chosen; what cannot work is said and not stored."""
        if self._shown is None:
            return
        try:
            before = self._studio.accounts.get(name)
            stored = self._studio.accounts.put(replace(before, **fields))
        except StudioError as e:
            self._shown.page.show_problem(e.problem.sentence)
            return
        self._shown.page.show_problem("")
        if (before.url, before.insecure, before.certificates) != (stored.url, stored.insecure, stored.certificates):
            standing.forget(self._studio, name)
            self._queue.go_on(name, ("Unavailable",))
        if stored.enabled and not before.enabled:
            self._queue.go_on(name, ("AccountError",))
        if _raised(before.monthly_cap, stored.monthly_cap):
            self._queue.go_on(name, ("QuotaError",))
        self._look()
        self.changed.emit()

    def agree(self, name: str) -> None:
        """The user was told where the sound goes, and said yes."""
        self._studio.accounts.agree(name)
        self._queue.go_on(name, ("AccountError",))
        self._look()

    def _give_key(self, account: Account, given: GivenKey) -> None:
        options = {option: value for option, value in account.options.items() if option != "key_env"}
        if given.variable:
            options["key_env"] = given.variable
        changed = replace(account, options=options)
        self._off(lambda: self._put_key(changed, given), account.name, lambda: self._on_new_key(account.name))

    def _put_key(self, account: Account, given: GivenKey) -> None:
        """Off the window's thread."""
        self._studio.accounts.put(account, given.key or None, given.place)
        standing.forget(self._studio, account.name)

    def _on_new_key(self, name: str) -> None:
        self._results.pop(name, None)
        self._queue.go_on(name, ("AuthError",))
        self.test(name)

    def _remove_key(self, name: str) -> None:
        self._results.pop(name, None)
        self._off(lambda: self._studio.accounts.remove_key(name), name)

    def _off(self, do: Callable[[], object], name: str, then: Callable[[], object] = lambda: None) -> None:
        """Do something that may ask the keyring, then show how the account stands."""

        def done(_: object) -> None:
            then()
            self._look(name)
            self.changed.emit()

        self._lane.run(lambda stop: do(), done, self._on_problem)

    def _on_problem(self, problem: Problem) -> None:
        if self._shown is not None:
            self._shown.page.show_problem(problem.sentence)
        else:
            self._tell(problem)

    # Another account

    def _ask_for_new(self, has_keyring: bool) -> None:
        taken = {account.name for account in self._studio.accounts.all()}
        dialog = AddDialog(accounts.kinds(), taken, has_keyring, self._shown or self._parent)
        dialog.wanted.connect(lambda new: self._add(dialog, new))
        dialog.open()

    def _add(self, dialog: AddDialog, new: NewAccount) -> None:
        key = new.key or GivenKey()
        self._lane.run(
            lambda stop: self._studio.accounts.put(new.account, key.key or None, key.place),
            lambda account: self._on_new(dialog, account.name),
            lambda problem: dialog.show_problem(problem.sentence),
        )

    def _on_new(self, dialog: AddDialog, name: str) -> None:
        dialog.accept()
        self._queue.go_on(name, ("AccountError",))
        self.changed.emit()
        self._look(then=lambda: self._on_listed(name))

    def _on_listed(self, name: str) -> None:
        if self._shown is not None:
            self._shown.choose(name)
        self.test(name)

    # Testing

    def test(self, name: str) -> None:
        """Try an account without sending sound; its models are known anew then."""
        if name in self._tests:
            return
        steps = Steps(lambda stop: iter((self._studio.accounts.test(name, stop),)), self)
        self._tests[name] = steps
        steps.done.connect(lambda tested: self._on_tested(name, tested))
        steps.failed.connect(lambda problem: self._on_failed(name, problem))
        steps.stopped.connect(lambda: self._on_result(name, "", ""))
        self._show_test()
        steps.start()

    def _stop_test(self, name: str) -> None:
        if name in self._tests:
            self._tests[name].cancel()

    def _on_tested(self, name: str, tested: Tested) -> None:
        standing.remember(self._studio, name, None)
        words = f"{tested.sentence} Answered in {tested.took} ms, just now. No sound was sent."
        self._on_result(name, words, "ok")
        self._queue.go_on(name, ("Unavailable", "RateLimited"))
        self.changed.emit()

    def _on_failed(self, name: str, problem: Problem) -> None:
        standing.remember(self._studio, name, problem)
        self._on_result(name, problem.sentence, "err")

    def _on_result(self, name: str, words: str, look: str) -> None:
        self._tests.pop(name, None)
        self._results[name] = (words, look)
        self._show_test()
        self._look()

    def _show_test(self) -> None:
        """Of the account that is shown."""
        if self._shown is not None:
            name = self._shown.list.current()
            key = self._shown.page.key
            key.show_testing(name in self._tests)
            if name not in self._tests:
                key.show_result(*self._results.get(name, ("", "")))

    # What jobs tell

    def _on_job_event(self, id: int, event: object) -> None:
        if not isinstance(event, JobChanged) or not event.job.options.account:
            return
        job = event.job
        if job.state is JobState.DONE:
            standing.remember(self._studio, job.options.account, None)
        elif job.state is JobState.PAUSED and job.problem and job.problem.kind != "AccountError":
            standing.remember(self._studio, job.options.account, job.problem)
        self.refresh()

    def _on_waiting(self, job: Job) -> None:
        """One notice for all jobs of an account that wait for the same reason."""
        if job.problem is None:
            return
        account, answer = job.options.account, answers(job)[0]
        do = partial(self.open, account) if answer.action == "account" else partial(self._queue.retry, job.id)
        self._notices.show_notice("warn", job.problem.sentence, (answer.words, do), key=f"{account} {job.problem.kind}")

    def _tell(self, problem: Problem) -> None:
        self._notices.show_notice("error", problem.sentence)


def _raised(before: float | None, after: float | None) -> bool:
    return before is not None and (after is None or after > before)
