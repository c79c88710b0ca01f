"""What is asked before sound leaves this computer. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.core.accounts import Account
from studio.services import accounts
from studio.services.sending import Plan
from studio.ui.dialogs.buttons import button
from studio.ui.models.wording import counted
from studio.ui.sign import Sign


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

    def say(self, text: str, role: str = "plain") -> None:
        label = QLabel(text)
        label.setProperty("role", role)
        label.setWordWrap(True)
        self.body.addWidget(label)


class NoticeDialog(_Question):
    """Before the first recording goes to an account: who gets it and how long it stays there."""

    def __init__(self, account: Account, parent: QWidget) -> None:
        host = accounts.host_of(account)
        super().__init__("agreeDialog", f"Send sound to {host}?", "cloud", "Agree", "Cancel", parent)
        self.say(accounts.notice(account))
        self.say("Only sound is sent, never video. This is asked once for each account.", "note")


class SendDialog(_Question):
    """Before a batch: how long it is and what it may cost. One answer covers all of it."""

    def __init__(self, plan: Plan, parent: QWidget) -> None:
        account, cost = plan.account, plan.estimate
        what = "this recording" if plan.count == 1 else f"these {plan.count} recordings"
        super().__init__("sendDialog", f"Send {what} to {account.name}?", "upload", "Send", "Do not send", parent)
        facts = [("Recordings", str(plan.count)), ("Length", f"{cost.minutes:.1f} min")]
        if cost.cost is None:
            facts.append(("Cost", "Not known: no price is entered for this account"))
        else:
            facts.append(("Cost", f"about {cost.cost:.2f}"))
        sent = f"{counted(round(plan.spent.minutes), 'min', 'min')} sent"
        if account.monthly_cap is not None:
            sent = f"{plan.spent.cost:.2f} of {account.monthly_cap:.2f}, {sent}"
        elif account.price is not None:
            sent = f"{plan.spent.cost:.2f}, {sent}"
        facts.append(("This month", sent))
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
        if plan.dear and cost.dearest is not None and account.ask_above is not None:
            self.say(f"One recording costs about {cost.dearest:.2f}, more than {account.ask_above:.2f}.", "warn")
        if plan.over and account.monthly_cap is not None:
            self.say(f"That would pass your stop of {account.monthly_cap:.2f} a month: the rest waits there.", "warn")
