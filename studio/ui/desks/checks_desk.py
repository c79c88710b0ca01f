"""Rules and problems: what is found in the open transcript, going from one to the next, and repairs.

Runs on the window's thread; repairing everything at once is worked out in a worker thread.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from studio.core.checks import Finding, Kind, check
from studio.core.edits import Edit, apply
from studio.core.errors import Problem
from studio.core.profiles import OWN, PROFILES, CueRules, rules_from_dict, rules_in_use, rules_to_dict
from studio.core.repairs import repair, repair_all
from studio.core.transcript import Transcript
from studio.services.studio import Studio

from ..commands import Commands
from ..dialogs.repair_dialog import RepairDialog
from ..inspector.checks_panel import ChecksPanel
from ..inspector.inspector import Inspector
from ..measured import why_none_unsure
from ..models.findings import OF_CUES, OF_TEXT, Findings, severity, title
from ..models.wording import counted
from ..subtitles.rules_choice import RulesDialog
from ..window.file_page import FilePage
from ..window.problems_left import ProblemsLeft
from ..workers import Task
from .transcript_desk import TranscriptDesk

_SOON = 150  # milliseconds after a change until list, counts and markers follow it
_REST = 600  # milliseconds without a change until markers and unsure words do
_SLICE = 200  # rows that markers are found and unsure words counted in at a time; 4 ms where words are not read yet
_WAYS_OUT: dict[Kind, str] = {
    "too fast": "Shorten its text, or give it more time.",
    "too long": "Split it, or move its end.",
    "too short": "Merge it with a neighbour, or give it more time.",
    "overlap": "Move one of the two.",
    "gap": "Move one of the two.",
    "line length": "Break its lines, or split it.",
    "too many lines": "Split it.",
    "empty": "Type its text, or delete it.",
    "odd characters": "Look at its text.",
    "unpaired": "Type the mark that is missing, or delete the other one.",
}


@dataclass(frozen=True, slots=True)
class _Repaired:
    before: Transcript
    edit: Edit | None
    wanted: int
    left: int


class ChecksDesk(QObject):
    """Owns the findings; others ask for `rules`."""

    rules_changed = Signal(object)  # CueRules
    notice = Signal(str, str)  # kind, sentence
    seek_requested = Signal(int)  # milliseconds: where the problem is that one went to

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        inspector: Inspector,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._settings = studio.library.settings
        self._desk, self._page, self._inspector, self._commands = desk, page, inspector, commands
        self._window = window
        self.findings = Findings(desk.model, self)
        self.panel = ChecksPanel(desk.model, self.findings)
        self.left = ProblemsLeft(commands)
        self._current: Finding | None = None
        self._unsure = 0
        self._repairing = False
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._refresh)
        self._slices = QTimer(self, interval=0)  # runs while markers are being found and unsure words counted
        self._slices.timeout.connect(self._look_at_slice)
        self._looked = self._so_far = 0  # rows, and unsure words in them
        self._problems: list[tuple[int, str]] = []  # markers of the rows so far
        self._flags: list[tuple[int, str]] = []
        self._marks: list[tuple[int, str]] = []  # as they are shown
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._look_around)
        inspector.add("checks", "Checks", self.panel)
        page.edit_bar.set_problems_left(self.left)
        self._connect()
        self._take(rules_in_use(self._settings.get("cue_rules")))
        self._on_mode()

    def _connect(self) -> None:
        self.findings.changed.connect(self._on_findings)
        self.findings.swept.connect(lambda: self._refresh() if self.findings.complete else None)
        self._desk.changed.connect(self._put_off)
        self._desk.selection.changed.connect(self._on_selection)
        self._page.mode_changed.connect(self._on_mode)
        panel = self.panel
        panel.shown.connect(self._refresh)
        panel.chosen.connect(self.go_to)
        panel.list.typing_wanted.connect(self._focus_text)
        panel.repair_requested.connect(self.repair)
        panel.repair_all_requested.connect(self.repair_all)
        panel.next_unsure_requested.connect(self._commands["nextProblemAction"].trigger)
        panel.rules.chosen.connect(self.choose_profile)
        for name, do in {
            "nextProblemAction": lambda: self.step(1),
            "previousProblemAction": lambda: self.step(-1),
            "repairAction": self._repair_current,
            "repairAllAction": self.repair_all,
            "rulesAction": self.edit_rules,
        }.items():
            self._commands.connect(name, do)

    # Rules

    @property
    def rules(self) -> CueRules:
        return self.findings.rules

    @property
    def profile(self) -> str:
        """Which set the rules are, or "own"."""
        return next((p.id for p in PROFILES.values() if p.rules == self.rules), OWN)

    def use_rules(self, rules: CueRules) -> None:
        """From now on checks, repairs, re-flow and export go by these."""
        changed = rules != self.rules
        self._take(rules)
        if self.profile == OWN:
            self._settings.set("own_rules", rules_to_dict(rules))
        self._settings.set("cue_rules", rules_to_dict(rules))
        if changed:
            self.rules_changed.emit(rules)

    def _take(self, rules: CueRules) -> None:
        self.findings.set_rules(rules)
        self._page.waveform.detail.gap = rules.min_gap
        self.panel.show_rules(self.profile, rules)

    def choose_profile(self, id: str) -> None:
        """A set by its name; one's own rules are asked for where there are none yet."""
        own = self._settings.get("own_rules")
        if id != OWN:
            self.use_rules(PROFILES[id].rules)
        elif own:
            self.use_rules(rules_from_dict(own))
        else:
            self.edit_rules()
        self.panel.show_rules(self.profile, self.rules)

    def edit_rules(self) -> RulesDialog:
        dialog = RulesDialog(self.rules, self._window)
        dialog.rules_chosen.connect(self.use_rules)
        dialog.finished.connect(lambda _: self.rules_changed.emit(self.rules))  # choosers show what counts
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    # Going from one to the next

    @property
    def kinds(self) -> Collection[Kind]:
        """What matters in the way that the text is looked at now."""
        return OF_CUES if self._page.mode == "subtitles" else OF_TEXT

    def step(self, by: int) -> None:
        """To the next (1) or previous (-1) problem; elsewhere these keys go to unsure words, or to differences."""
        if self._page.mode == "subtitles":
            self._go_on(self._row(), self._current, by)

    def _row(self) -> int:
        current = self._desk.selection.current
        return self._desk.model.row_of(current) if current is not None else -1

    def _go_on(self, row: int, after: Finding | None, by: int) -> None:
        """Where no row is chosen yet, before the first or behind the last one."""
        start = row if row >= 0 or by > 0 else 0
        found = self.findings.onward(start, after, by, self.kinds)
        if found:
            self.go_to(found[1])
        elif self.findings.complete:
            self.notice.emit("info", "Nothing more to check here.")

    def go_to(self, finding: Finding) -> None:
        row = self._desk.model.row_of(finding.segment)
        if row >= 0:
            self._current = finding
            self._desk.selection.set([finding.segment])
            self.panel.show_current(finding)
            self.seek_requested.emit(self._desk.model.segment(row).start)

    def _on_selection(self) -> None:
        """Another cue was chosen: the keys go on from there."""
        if self._current is not None and self._current.segment != self._desk.selection.current:
            self._current = None
            self.panel.show_current(None)

    def _focus_text(self) -> None:
        self._commands[f"{self._page.mode}ModeAction"].trigger()

    # Repairs

    def _repair_current(self) -> None:
        """What is being looked at, else the first problem of the chosen cue, else the next one."""
        row = self._row()
        finding = self._current
        if finding is None or finding not in self.findings.of(finding.segment):
            found = self.findings.onward(max(row, 0), None, 1, self.kinds)
            if found is None:
                return
            finding = found[1]
            if found[0] != row:  # not here: look at it first
                self.go_to(finding)
                return
        self.repair(finding)

    def repair(self, finding: Finding) -> None:
        """Mend it and go to the next one."""
        desk, row = self._desk, self._desk.model.row_of(finding.segment)
        if row < 0:
            return
        edit = repair(desk.transcript, finding.segment, finding.kind, self.rules)
        if edit is None:
            words = f"{title(finding, row)}, and no repair would do without harm elsewhere."
            self.notice.emit("warn", f"{words} {_WAYS_OUT[finding.kind]}")
            self.go_to(finding)
            return
        desk.do(edit)
        row = desk.model.row_of(finding.segment) if desk.model.row_of(finding.segment) >= 0 else row
        rest = next((f for f in self.findings.of(finding.segment) if f.kind == finding.kind), None)
        if rest:
            self.notice.emit("info", f"{title(rest, row)}, but less than before. {_WAYS_OUT[rest.kind]}")
        self._current = None
        self._refresh()
        if self.findings.count(self.kinds):
            self._go_on(min(row, desk.model.rowCount() - 1), rest, 1)

    def repair_all(self) -> None:
        """All problems that the list shows, as one step, which is looked at before."""
        found = self.findings.all(self.panel.kinds)
        if not found or self._repairing:
            return
        self._repairing = True
        self._offer()
        transcript, rules = self._desk.transcript, self.rules
        task = Task(lambda: _repaired(transcript, found, rules), self)
        task.done.connect(self._take_repairs)
        task.failed.connect(self._on_failed)
        task.start()

    def _take_repairs(self, repaired: _Repaired) -> None:
        """Show what would become of it, where anything can be repaired."""
        self._repairing = False
        self._refresh()
        if repaired.edit is None:
            few = counted(repaired.wanted, "This problem", "problems")
            self.notice.emit("warn", f"{few} cannot be repaired without harm elsewhere. Look at them one by one.")
        elif self._is_known(repaired):
            dialog = RepairDialog(
                repaired.edit, repaired.wanted, repaired.left, self._desk.transcript.speakers, self._window
            )
            dialog.accepted.connect(lambda: self._make_repairs(repaired))
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _is_known(self, repaired: _Repaired) -> bool:
        """Whether the text is still what was looked at; else that is said."""
        known = self._desk.transcript.segments == repaired.before.segments
        if not known:
            words = "The text was changed meanwhile, so nothing was repaired. Press it once more."
            self.notice.emit("info", words)
        return known

    def _make_repairs(self, repaired: _Repaired) -> None:
        if repaired.edit is None or not self._is_known(repaired):
            return
        done = repaired.wanted - repaired.left
        words = f"{done} of {counted(repaired.wanted, 'problem', 'problems')} repaired, undo takes it back."
        self._desk.do(replace(repaired.edit, name=f"repair {counted(done, 'problem', 'problems')}"))
        self._refresh()
        self.notice.emit("info", f"{words} {repaired.left} left to look at." if repaired.left else words)

    def _on_failed(self, problem: Problem) -> None:
        self._repairing = False
        self._refresh()
        self.notice.emit("error", problem.sentence)

    # What is shown

    def count_again(self) -> None:
        """Other words are marked as unsure now."""
        self._rest.start()

    def _on_mode(self) -> None:
        self.panel.show_kinds(self.kinds)
        self._current = None
        self._refresh()
        self._rest.start()

    def _on_findings(self) -> None:
        self._put_off()
        if not self._soon.isActive():
            self._soon.start()

    def _refresh(self) -> None:
        """List and counts; they follow a moment after a change, so that typing never waits for them."""
        self._soon.stop()
        if self.panel.isVisible() or not self.panel.model.rows:
            self.panel.refresh()
            self.panel.show_current(self._current)
        self._offer()

    def _put_off(self) -> None:
        """Something is changed: what was found so far is out of date."""
        self._slices.stop()
        self._rest.start()

    def _look_around(self) -> None:
        """What takes longer, once nothing is changed for a moment: markers in the overview, unsure words."""
        self._looked = self._so_far = 0
        self._problems, self._flags = [], []
        self._slices.start()

    def _look_at_slice(self) -> None:
        rows = range(self._looked, min(self._looked + _SLICE, self._desk.model.rowCount()))
        found, kinds, rules = self.findings.by_segment, self.kinds, self.rules
        for segment in self._desk.model.segments()[rows.start : rows.stop]:
            if segment.id in found:
                self._problems += [(segment.start, severity(f, rules)) for f in found[segment.id] if f.kind in kinds]
            if segment.flagged or segment.comment:
                self._flags.append((segment.start, "flag"))
        self._so_far += self._page.transcript.unsure_count(rows)
        self._looked = rows.stop
        if self._looked >= self._desk.model.rowCount():
            self._slices.stop()
            self._unsure = self._so_far
            self._show_marks([*self._problems, *self._flags])
            self._offer()

    def _show_marks(self, marks: list[tuple[int, str]]) -> None:
        if marks != self._marks:
            self._marks = marks
            self._page.waveform.set_markers(marks)

    def explain(self) -> None:
        """Why there are no unsure words to go to, where the engine marks none."""
        why = why_none_unsure(self._desk.model.engine) if self._page.mode == "transcript" else ""
        for name in ("nextProblemAction", "previousProblemAction"):
            self._commands.set_why_not(name, why)

    def _offer(self) -> None:
        """What is available, and how much is left."""
        mode, count = self._page.mode, self.findings.count(self.kinds)
        unsure = self._unsure if mode == "transcript" else 0
        self._inspector.set_count("checks", count + unsure)
        self.panel.show_unsure(unsure)
        self.left.show_left(mode, unsure if mode == "transcript" else count)
        self.explain()
        for name in ("nextProblemAction", "previousProblemAction"):
            self._commands[name].setEnabled({"transcript": unsure, "subtitles": count}.get(mode, 1) > 0)
        self._commands["repairAction"].setEnabled(count > 0)
        able = count > 0 and not self._repairing and self.findings.complete
        self._commands["repairAllAction"].setEnabled(able)
        self.panel.show_repairing(self._repairing)


def _repaired(transcript: Transcript, found: Sequence[Finding], rules: CueRules) -> _Repaired:
    """Worked out off the window's thread."""
    edit = repair_all(transcript, found, rules)
    if edit is None:
        return _Repaired(transcript, None, len(found), len(found))
    kinds = {f.kind for f in found}
    left = sum(f.kind in kinds for f in check(apply(transcript, edit).segments, rules))
    return _Repaired(transcript, edit, len(found), min(left, len(found)))
