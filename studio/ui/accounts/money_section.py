"""What an account may cost, how much may go on at once, and what was sent last. Runs on the window's thread."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QSpinBox, QWidget

from studio.library import SPEECH, Ordered, Submission
from studio.services.standing import Standing
from studio.ui.models.wording import clock, counted
from studio.ui.widgets.spin import pad

from .parts import AccountSection, Section, sent_words, set_role, when

_WIDE = 96
_ENDS = {
    "done": ("Done", "ok"),
    "failed": ("Failed", "err"),
    "lost": ("Lost", "err"),
    "cancelled": ("Cancelled", "note"),
}
_STAGES = {"submitting": ("Not answered", "warn"), "submitted": ("At work", "note"), "received": ("Received", "note")}


class LimitsSection(AccountSection):
    def __init__(self) -> None:
        super().__init__("Limits")
        self._at_once = QSpinBox()
        self._at_once.setObjectName("accountAtOnce")
        self._at_once.setRange(1, 50)
        self._at_once.setKeyboardTracking(False)
        self._at_once.setFixedWidth(_WIDE)
        pad(self._at_once)
        self.row("At the same time", self._at_once, "jobs. If the vendor says slow down, they wait.")
        self._at_once.valueChanged.connect(lambda value: self._change(at_once=value))

    def show_standing(self, standing: Standing, anew: bool) -> None:
        self._account = standing.account
        if anew:
            _set(self._at_once, standing.account.at_once)


class MoneySection(AccountSection):
    def __init__(self) -> None:
        super().__init__("Cost guard")
        self._price = self._money("accountPrice", "not set", 4)
        self._speech = self._money("accountSpeechPrice", "not set", 4)
        self._ask = self._money("accountAskAbove", "never", 2)
        self._cap = self._money("accountCap", "no stop", 2)
        enter = "in your currency. You enter it: vendors change prices."
        self._price_row = self.row("Price you pay", self._price, f"per minute, {enter}")
        self._speech_row = self.row("Price of speech", self._speech, f"per 1,000 characters, {enter}")
        self.row("Ask me above", self._ask, "for one file, or one text to be spoken")
        self.row("Stop every month at", self._cap, "then jobs wait for you")
        self._bar = QProgressBar()
        self._bar.setObjectName("accountSpentBar")
        self._bar.setAccessibleName("Spent of this month's stop")
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._spent = QLabel()
        self._spent.setObjectName("accountSpent")
        line = QHBoxLayout()
        line.setSpacing(12)
        line.setContentsMargins(0, 8, 0, 0)
        line.addWidget(self._bar, 1)
        line.addWidget(self._spent)
        self.body.addLayout(line)
        self._price.valueChanged.connect(lambda value: self._change(price=value or None))
        self._speech.valueChanged.connect(lambda value: self._change(speech_price=value or None))
        self._ask.valueChanged.connect(lambda value: self._change(ask_above=value or None))
        self._cap.valueChanged.connect(lambda value: self._change(monthly_cap=value or None))

    @staticmethod
    def _money(name: str, nothing: str, decimals: int) -> QDoubleSpinBox:
        """0 stands for nothing."""
        box = QDoubleSpinBox()
        box.setObjectName(name)
        box.setDecimals(decimals)
        box.setRange(0, 100_000)
        box.setSingleStep(10.0 ** (1 - decimals) if decimals > 2 else 0.5)
        box.setSpecialValueText(nothing)
        box.setKeyboardTracking(False)
        box.setFixedWidth(_WIDE)
        pad(box)
        return box

    def show_standing(self, standing: Standing, anew: bool) -> None:
        account, spent = standing.account, standing.spent
        self._account = account
        if info := standing.info:
            self._price_row.setVisible(info.hears)
            self._speech_row.setVisible(info.speaks)
        if anew:
            for box, value in (
                (self._price, account.price),
                (self._speech, account.speech_price),
                (self._ask, account.ask_above),
                (self._cap, account.monthly_cap),
            ):
                _set(box, value or 0.0)
        month, sent = f"{datetime.now(UTC):%B}", sent_words(spent, standing.info is None or standing.info.hears)
        cap = account.monthly_cap
        self._bar.setVisible(cap is not None)
        self._bar.setValue(round(1000 * min(1.0, spent.cost / cap)) if cap else 0)
        if account.price is None and account.speech_price is None and not spent.cost:
            self._spent.setText(f"{sent} sent in {month}")
        else:
            of = f" of {cap:.2f}" if cap is not None else ""
            self._spent.setText(f"<b>{spent.cost:.2f}</b>{of} used in {month}, {sent}")


class LastSection(Section):
    """The latest orders."""

    def __init__(self) -> None:
        super().__init__("Last sent")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, 110)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self._labels: list[QLabel] = []
        self._shown: tuple[Submission | Ordered, ...] | None = None

    def show_standing(self, standing: Standing) -> None:
        if standing.last == self._shown:
            return
        self._shown = standing.last
        for label in self._labels:
            label.deleteLater()
        self._labels = []
        if not standing.last:
            self._put(QLabel("Nothing yet"), "muted", 0, 0)
        for row, sent in enumerate(standing.last):
            state, role = _ENDS.get(sent.ended or "") or _STAGES.get(sent.stage, ("Sending", "note"))
            name = f"“{sent.name}”" if _is_text(sent) else sent.name or "A recording that was removed"
            self._put(QLabel(when(sent.ordered or "")), "muted", row, 0)
            self._put(_fitting(f"{name}, {_amount(sent)}"), "", row, 1)
            self._put(QLabel("" if sent.cost is None else f"est. {sent.cost:.2f}"), "muted", row, 2)
            self._put(QLabel(state), role, row, 3)

    def _put(self, label: QLabel, role: str, row: int, column: int) -> None:
        label.setMinimumWidth(1)
        if role:
            set_role(label, role)
        self._labels.append(label)
        self._grid.addWidget(label, row, column)


def _set(box: QWidget, value: float) -> None:
    """Show a value that nobody chose just now."""
    box.blockSignals(True)
    if isinstance(box, QSpinBox):
        box.setValue(round(value))
    elif isinstance(box, QDoubleSpinBox):
        box.setValue(value)
    box.blockSignals(False)


def _is_text(sent: Submission | Ordered) -> bool:
    return isinstance(sent, Ordered) and sent.work == SPEECH


def _amount(sent: Submission | Ordered) -> str:
    if isinstance(sent, Submission):
        return clock(sent.span.end - sent.span.start)
    return counted(sent.amount, "character", "characters") if sent.work == SPEECH else clock(sent.amount)


def _fitting(words: str) -> QLabel:
    """May be wrapped: the beginning of a text is longer than a name."""
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
