"""Cutting the text into readable cues: what of it, by which rules, and how it would look. Runs on the window's thread.

The dialog works nothing out: it asks for a plan by `plan_wanted` and is given it by `show_plan`.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from studio.core.profiles import CueRules
from studio.core.transcript import Speaker
from studio.ui.models.wording import counted

from .before_after import BeforeAfterList
from .buttons import button
from .export_rules import RulesForm, section
from .reflow_plan import ReflowPlan

_SOON = 300  # milliseconds after the last change of a rule until the plan is made anew
_SAFE = "Nothing changes until you press Re-flow; Undo takes it back. No word is lost or moves to another speaker."


class ReflowDialog(QDialog):
    plan_wanted = Signal(object, bool)  # CueRules, whether only the selection
    accepted_plan = Signal(object)  # ReflowPlan

    def __init__(
        self, rules: CueRules, count: int, selected: int, speakers: tuple[Speaker, ...], parent: QWidget | None = None
    ) -> None:
        """`count`: passages in the file; `selected`: of them, 0 for none."""
        super().__init__(parent)
        self.setObjectName("reflowDialog")
        self.setWindowTitle("Re-flow into subtitles")
        self.setAccessibleName("Re-flow into subtitles")
        self._speakers = speakers
        self._plan: ReflowPlan | None = None
        self._whole = _radio("reflowWholeBox", f"Whole file, {counted(count, 'passage', 'passages')}")
        some = counted(selected, "passage", "passages") if selected else "nothing is selected"
        self._part = _radio("reflowSelectionBox", f"Selection, {some}")
        self._part.setEnabled(selected > 0)
        (self._part if selected > 1 else self._whole).setChecked(True)
        self._rules = RulesForm(rules, with_rate=True)
        self._outcome = QLabel()
        self._outcome.setObjectName("reflowOutcome")
        self._outcome.setProperty("role", "heading")
        self._outcome.setWordWrap(True)
        self.preview = BeforeAfterList("reflowPreview", "As it is", "Re-flowed")
        self.preview.setProperty("role", "card")
        self._apply = button("reflowApplyButton", "Re-flow", self._accept, kind="primary")
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._ask)
        self._rules.changed.connect(self._wait)
        self._whole.toggled.connect(self._wait)
        self._arrange()
        room = parent.size() - QSize(40, 40) if parent else QSize(1180, 640)
        self.resize(room.boundedTo(QSize(1180, 640)))
        self._wait()
        self._soon.start(0)

    def rules(self) -> CueRules:
        return self._rules.rules()

    def show_plan(self, plan: ReflowPlan) -> None:
        """What would become of it."""
        self._plan = plan
        self.preview.set_changes(plan.changes, self._speakers, plan.notes)
        changes = bool(plan.changes)
        self._tell(plan.outcome if changes else f"Nothing to change: {plan.outcome}", "heading")
        self._apply.setEnabled(changes)

    def show_problem(self, sentence: str) -> None:
        """It cannot be done so."""
        self._plan = None
        self.preview.set_changes(())
        self._tell(sentence, "err")

    def _wait(self) -> None:
        """The plan that is shown is of other rules."""
        self._plan = None
        self._apply.setEnabled(False)
        self._tell("Working it out …", "muted")
        self._soon.start()

    def _ask(self) -> None:
        self.plan_wanted.emit(self.rules(), self._part.isChecked())

    def _accept(self) -> None:
        assert self._plan is not None  # else the button is disabled
        self.accepted_plan.emit(self._plan)
        self.accept()

    def _tell(self, sentence: str, role: str) -> None:
        self._outcome.setText(sentence)
        self._outcome.setProperty("role", role)
        self._outcome.style().polish(self._outcome)

    def _arrange(self) -> None:
        left = QFrame()
        left.setProperty("role", "panel")
        left.setFixedWidth(396)
        options = QVBoxLayout(left)
        options.setContentsMargins(18, 14, 18, 14)
        options.setSpacing(6)
        options.addWidget(section("What to cut", left))
        options.addWidget(self._whole)
        options.addWidget(self._part)
        options.addSpacing(10)
        options.addWidget(self._rules)
        options.addStretch()
        note = QLabel(_SAFE)
        note.setProperty("role", "note")
        note.setWordWrap(True)
        options.addWidget(note)
        cancel = button("reflowCancelButton", "Cancel", self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self._apply)
        right = QVBoxLayout()
        right.setContentsMargins(14, 14, 18, 14)
        right.setSpacing(12)
        right.addWidget(self._outcome)
        right.addWidget(self.preview, 1)
        right.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addLayout(right, 1)
        self._apply.setDefault(True)
        chain = [self._whole, self._part, *self._rules.fields(), self.preview.list, cancel, self._apply]
        for before, after in pairwise(chain):
            self.setTabOrder(before, after)
        self._rules.fields()[0].setFocus(Qt.FocusReason.OtherFocusReason)


def _radio(name: str, text: str) -> QRadioButton:
    box = QRadioButton(text)
    box.setObjectName(name)
    box.setAccessibleName(text)
    return box
