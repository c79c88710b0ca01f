"""The part of the right panel that says what is wrong with the subtitles. Runs on the window's thread.

It shows the Findings and tells what the user wishes; the desk makes the edits.
"""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.core.checks import KINDS, Finding, Kind
from studio.core.profiles import CueRules
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.models.findings import OF_CUES, Findings, short_name
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.subtitles.rules_choice import RulesChoice

from .checks_list import ProblemList, ProblemsModel

_LOOKING = "Looking …"
_ALL_RIGHT = "Nothing to repair: all cues keep the rules."
_NO_FLAWS = "No empty or overlapping passages, no odd characters. Subtitles are checked by more rules."


class ChecksPanel(QFrame):
    shown = Signal()  # it was hidden, and may be out of date
    chosen = Signal(object)  # Finding to go to
    repair_requested = Signal(object)  # Finding
    repair_all_requested = Signal()
    next_unsure_requested = Signal()

    def __init__(self, transcript: TranscriptModel, findings: Findings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checksPanel")
        self.setAccessibleName("Checks")
        self.setProperty("role", "panel")
        self.setMinimumWidth(theme.RIGHT_MIN)
        self._findings = findings
        self._of: Collection[Kind] = OF_CUES
        self.rules = RulesChoice("panelRulesChoice")
        self.chips = Chips(self)
        self.model = ProblemsModel(transcript, findings, self)
        self.list = ProblemList(self.model)
        self.repair_all = QPushButton(icon("repair"), "Repair all …")
        self.repair_all.setObjectName("repairAllButton")
        self.repair_all.setToolTip("See what would become of all that is shown here, and repair it in one step")
        self._unsure, self._nothing = QLabel(), QLabel()
        self._unsure.setObjectName("unsureCount")
        self._nothing.setObjectName("noProblems")
        self._nothing.setProperty("role", "muted")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(16, 24, 16, 16)
        self._next = QPushButton(icon("chevron-right"), "Next")
        self._next.setObjectName("nextUnsureButton")
        self._next.setAccessibleName("Next unsure word")
        self._next.setProperty("small", True)
        self._arrange()
        self.list.chosen.connect(self.chosen)
        self.list.repair_wanted.connect(self.repair_requested)
        self.repair_all.clicked.connect(self.repair_all_requested)
        self._next.clicked.connect(self.next_unsure_requested)
        self.chips.chosen.connect(self.refresh)

    def _arrange(self) -> None:
        self.unsure = QWidget()
        row = QHBoxLayout(self.unsure)
        row.setContentsMargins(12, 8, 12, 0)
        row.addWidget(self._unsure, 1)
        row.addWidget(self._next)
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 10)
        top.addWidget(self.rules)
        top.addStretch()
        top.addWidget(self.repair_all)
        line = QFrame()
        line.setProperty("role", "line")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.unsure)
        column.addWidget(self.chips)
        column.addLayout(top)
        column.addWidget(line)
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing, 1)

    def show_rules(self, profile: str, rules: CueRules) -> None:
        self.rules.show_rules(profile, rules)

    def show_kinds(self, kinds: Collection[Kind]) -> None:
        """Only these kinds matter now."""
        self._of = kinds
        self.rules.setVisible(len(kinds) == len(KINDS))
        self.refresh()

    def show_unsure(self, count: int | None) -> None:
        """How many words to listen to; None where they are not looked for."""
        self.unsure.setVisible(bool(count))
        self._unsure.setText(f"{count} unsure {'word' if count == 1 else 'words'} left")

    @property
    def kinds(self) -> Collection[Kind]:
        """What the list shows, and “Repair all” repairs."""
        return {self.chips.kind} if self.chips.kind else self._of

    def refresh(self) -> None:
        """Something was found, or is no more."""
        counts = {kind: self._findings.counts[kind] for kind in KINDS if kind in self._of}
        self.chips.show_counts(counts)
        rows = self._findings.all(self.kinds)
        self.model.set_rows(rows)
        self.list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        done = self._findings.complete
        self._nothing.setText(_LOOKING if not done else _ALL_RIGHT if len(self._of) == len(KINDS) else _NO_FLAWS)
        self.repair_all.setVisible(bool(rows))
        self.show_repairing(False)

    def show_repairing(self, repairing: bool) -> None:
        """Whether repairs of everything are being worked out; nor can all be repaired before all is found."""
        done = self._findings.complete
        self.repair_all.setText("Repairing …" if repairing else "Repair all …" if done else _LOOKING)
        self.repair_all.setAccessibleName(self.repair_all.text().removesuffix(" …"))
        self.repair_all.setEnabled(bool(self.model.rows) and done and not repairing)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def show_current(self, finding: Finding | None) -> None:
        self.list.show_current(finding)


class Chips(QWidget):
    """Kinds with how many there are of each; one is chosen. They go on in the next line where there is no room."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkKinds")
        self.setAccessibleName("Kinds of problems")
        self.kind: Kind | None = None
        self._group = QButtonGroup(self)
        self._buttons: dict[Kind | None, QToolButton] = {}
        for kind in (None, *KINDS):
            button = QToolButton(self)
            button.setObjectName(f"{short_name(kind).lower() if kind else 'all'}Chip")
            button.setCheckable(True)
            button.setProperty("small", True)
            button.setToolTip(kind.capitalize() if kind else "All problems")
            button.clicked.connect(lambda _, kind=kind: self._choose(kind))
            self._group.addButton(button)
            self._buttons[kind] = button
        self._buttons[None].setChecked(True)

    def show_counts(self, counts: dict[Kind, int]) -> None:
        if self.kind is not None and not counts.get(self.kind):
            self.kind = None
            self._buttons[None].setChecked(True)
        for kind, button in self._buttons.items():
            count = counts.get(kind, 0) if kind else sum(counts.values())
            button.setText(f"{short_name(kind) if kind else 'All'} {count}")
            button.setAccessibleName(f"{kind.capitalize() if kind else 'All problems'}, {count}")
            button.setVisible(count > 0)
        self._place()

    def _choose(self, kind: Kind | None) -> None:
        self.kind = kind
        self.chosen.emit()

    def _place(self) -> None:
        x, y, bottom = 12, 12, 0
        for button in self._buttons.values():
            if button.isHidden():
                continue
            size = button.sizeHint()
            if x > 12 and x + size.width() > self.width() - 12:
                x, y = 12, y + theme.CONTROL_SMALL + 6
            button.setGeometry(QRect(x, y, size.width(), theme.CONTROL_SMALL))
            x, bottom = x + size.width() + 6, y + theme.CONTROL_SMALL
        self.setFixedHeight(bottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(theme.RIGHT_MIN, self.height())
