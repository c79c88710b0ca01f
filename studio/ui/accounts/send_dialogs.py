"""What is asked before sound or text leaves this computer. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.core.accounts import Account
from studio.library import Spent
from studio.services import accounts, speech_orders
from studio.services.sending import Plan
from studio.ui.dialogs.buttons import button
from studio.ui.models.wording import counted
from studio.ui.widgets.sign import Sign


class _Question(QDialog):
    """A sentence, what belongs to it, and two buttons of which the safe one has the focus."""

    def __init__(self, name: str, title: str, sign: str, yes: str, no: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        heading = QLabel(title)
        heading.setProperty("role", "subtitle")
        heading.setWordWrap(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.body.addWidget(heading)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(Sign(sign, "accent", 20, 8), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(self.body, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        cancel = button(f"{name}No", no, self.reject)
        row.addWidget(cancel)
        row.addWidget(button(f"{name}Yes", yes, self.accept, kind="primary"))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 14)
        column.setSpacing(18)
        column.addLayout(top)
        column.addLayout(row)
        cancel.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """As high as its sentences are once they have got their fonts."""
        super().showEvent(event)
        if layout := self.layout():
            layout.activate()
            self.setMinimumHeight(layout.totalHeightForWidth(self.width()))

    def say(self, text: str, role: str = "plain") -> None:
        label = QLabel(text)
        label.setProperty("role", role)
        label.setWordWrap(True)
        self.body.addWidget(label)

    def list_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (title, value) in enumerate(facts):
            name, text = QLabel(title), QLabel(value)
            name.setProperty("role", "muted")
            text.setObjectName(f"send{title.replace(' ', '')}")
            grid.addWidget(name, row, 0)
            grid.addWidget(text, row, 1)
        self.body.addLayout(grid)


class NoticeDialog(_Question):
    """Before the first recording, or the first text, goes to an account: who gets it and how long it stays there."""

    def __init__(self, account: Account, parent: QWidget, what: str = "sound") -> None:
        """`what`: is about to be sent, "sound" or "text"."""
        host = accounts.host_of(account)
        super().__init__("agreeDialog", f"Send {what} to {host}?", "cloud", "Agree", "Cancel", parent)
        self.say(accounts.notice(account))
        once = "This is asked once for each account."
        self.say(f"Only sound is sent, never video. {once}" if what == "sound" else once, "note")


class SendDialog(_Question):
    """Before a batch: how long it is and what it may cost. One answer covers all of it."""

    def __init__(self, plan: Plan, parent: QWidget) -> None:
        account, cost = plan.account, plan.estimate
        what = "this recording" if plan.count == 1 else f"these {plan.count} recordings"
        super().__init__("sendDialog", f"Send {what} to {account.name}?", "upload", "Send", "Do not send", parent)
        sent = f"{counted(round(plan.spent.minutes), 'min', 'min')} sent"
        self.list_facts(
            (
                ("Recordings", str(plan.count)),
                ("Length", f"{cost.minutes:.1f} min"),
                ("Cost", _cost(cost.cost)),
                ("This month", _month(account, account.price, plan.spent, sent)),
            )
        )
        if plan.dear and cost.dearest is not None and account.ask_above is not None:
            self.say(f"One recording costs about {cost.dearest:.2f}, more than {account.ask_above:.2f}.", "warn")
        if plan.over and account.monthly_cap is not None:
            self.say(f"That would pass your stop of {account.monthly_cap:.2f} a month: the rest waits there.", "warn")


class SpeechDialog(_Question):
    """Before texts are spoken by an account: how long they are and what that may cost."""

    def __init__(self, plan: speech_orders.Plan, parent: QWidget) -> None:
        account, cost = plan.account, plan.cost
        title = f"Have this text spoken by {account.name}?"
        super().__init__("speechDialog", title, "upload", "Send", "Do not send", parent)
        length = counted(plan.characters, "character", "characters")
        sent = f"{counted(plan.spent.characters, 'character', 'characters')} sent"
        self.list_facts(
            (
                ("Text", length if plan.count == 1 else f"{length}, in {plan.count} pieces"),
                ("Cost", _cost(cost)),
                ("This month", _month(account, account.speech_price, plan.spent, sent)),
            )
        )
        self.say("What was spoken once is kept: hearing it again costs nothing.", "note")
        if plan.dear and cost is not None and account.ask_above is not None:
            self.say(f"It costs about {cost:.2f}, more than {account.ask_above:.2f}.", "warn")
        if plan.over and account.monthly_cap is not None:
            self.say(f"That would pass your stop of {account.monthly_cap:.2f} a month: it ends there.", "warn")


def _cost(cost: float | None) -> str:
    return "Not known: no price is entered for this account" if cost is None else f"about {cost:.2f}"


def _month(account: Account, price: float | None, spent: Spent, sent: str) -> str:
    if account.monthly_cap is not None:
        return f"{spent.cost:.2f} of {account.monthly_cap:.2f}, {sent}"
    return sent if price is None else f"{spent.cost:.2f}, {sent}"
