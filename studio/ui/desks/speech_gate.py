"""What stands between a text and the voices of accounts: nothing is sent before the user knows where, and its cost.

Speaking a selection, trying a voice and making a voice-over all pass here; voices of this computer pass at once. Runs
on the window's thread; what would be ordered is found out in a worker thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.core.errors import Problem, StudioError
from studio.core.jobs import StopToken
from studio.services import speaking, speech_orders
from studio.services.speaking import Utterance
from studio.services.speech_orders import Plan
from studio.services.studio import Studio

from ..accounts.send_dialogs import NoticeDialog, SpeechDialog
from ..lane import Lane
from ..notices import NoticeBar
from ..way_out import way_out


class SpeechGate(QObject):
    agreed = Signal(str)  # account
    account_wanted = Signal(str)  # its page shall be shown

    def __init__(self, studio: Studio, notices: NoticeBar, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._notices, self._window = studio, notices, window
        self._lane = Lane(self)
        self._asking: list[Utterance] = []  # what is being asked about

    def shut_down(self) -> None:
        self._lane.shut_down()

    def let(
        self,
        utterances: Sequence[Utterance],
        then: Callable[[], object],
        otherwise: Callable[[], object] = lambda: None,
    ) -> None:
        """Call `then` once all of it may be spoken, at once if nothing is sent; else `otherwise`.

        Who asks for the same while the question is shown asks once.
        """
        names = accounts_of(utterances)
        if not names:
            then()
        elif list(utterances) != self._asking:
            self._asking = list(utterances)
            self._pass(names, partial(self._end, then), partial(self._end, otherwise))

    def tell(self, problem: Problem, utterances: Sequence[Utterance], again: Callable[[bool], object]) -> str:
        """Why `utterances` are not spoken to their end, with the way out; returns what `take_back` wants.

        `again` has them spoken once more; True: also what the vendor may have got already, or could not do.
        """
        account = next(iter(accounts_of(utterances)), "")
        key = f"speech {account}" if account else problem.sentence
        action = way_out(problem, again, lambda: self.account_wanted.emit(account))
        self._notices.show_notice("warn", problem.sentence, action, key)
        return key

    def take_back(self, key: str) -> None:
        """What was told is over, or its way out leads nowhere any more."""
        self._notices.dismiss(key)

    # Asking

    def _end(self, then: Callable[[], object]) -> None:
        self._asking = []
        then()

    def _pass(self, names: list[str], then: Callable[[], object], no: Callable[[], object]) -> None:
        """One account after the other: whether it may get texts at all; then what they cost."""
        if not names:
            plans = partial(self._plans, list(self._asking))
            self._lane.run(plans, lambda found: self._ask(found, then, no), lambda problem: self._refuse(problem, no))
            return
        name, rest = names[0], names[1:]
        try:
            account = self._studio.accounts.get(name)
        except StudioError as e:
            self._refuse(e.problem, no)
            return
        if not account.enabled:
            self._tell_off(name, no)
            return
        if account.text_agreed:
            self._pass(rest, then, no)
            return
        dialog = NoticeDialog(account, self._window, "text")
        dialog.accepted.connect(lambda: self._agree(name, rest, then, no))
        dialog.rejected.connect(lambda: self._nothing(no))
        dialog.open()

    def _agree(self, name: str, rest: list[str], then: Callable[[], object], no: Callable[[], object]) -> None:
        self._studio.accounts.agree(name)
        self.agreed.emit(name)
        self._pass(rest, then, no)

    def _plans(self, utterances: list[Utterance], stop: StopToken) -> list[Plan]:
        """Off the window's thread."""
        return speaking.plans(self._studio, utterances)

    def _ask(self, plans: list[Plan], then: Callable[[], object], no: Callable[[], object]) -> None:
        plan = next((plan for plan in plans if plan.ask), None)
        if plan is None:
            then()
            return
        rest = plans[plans.index(plan) + 1 :]
        dialog = SpeechDialog(plan, self._window)
        dialog.accepted.connect(lambda: self._ask(rest, then, no))
        dialog.rejected.connect(lambda: self._nothing(no))
        dialog.open()

    def _nothing(self, no: Callable[[], object]) -> None:
        self._notices.show_notice("info", "Nothing was sent, and nothing is spoken.")
        no()

    def _tell_off(self, name: str, no: Callable[[], object]) -> None:
        sentence = f"The account “{name}” is switched off, so its voices do not speak."
        self._notices.show_notice(
            "warn", sentence, ("Open the account", lambda: self.account_wanted.emit(name)), key=f"speech {name}"
        )
        no()

    def _refuse(self, problem: Problem, no: Callable[[], object]) -> None:
        self._notices.show_notice("warn", problem.sentence)
        no()


def accounts_of(utterances: Sequence[Utterance]) -> list[str]:
    """Whose voices speak, in the order of the text."""
    voices = dict.fromkeys(u.manner.voice for u in utterances if speaking.is_remote(u.manner.voice))
    return list(dict.fromkeys(speech_orders.split(voice)[0] for voice in voices))
