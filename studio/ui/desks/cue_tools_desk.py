"""Re-flow, and moving the times of many cues: between the dialogs and the open transcript.

Runs on the window's thread; a re-flow is worked out in a worker thread.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from studio.core.edits import Edit
from studio.core.errors import Problem
from studio.core.profiles import CueRules

from ..commands import Commands
from ..dialogs.reflow_dialog import ReflowDialog
from ..dialogs.reflow_plan import ReflowPlan, plan_reflow
from ..dialogs.timing_dialog import TimingDialog
from ..dialogs.timing_pages import Playhead
from ..models.wording import counted
from ..workers import Task
from .checks_desk import ChecksDesk
from .transcript_desk import TranscriptDesk

_SOON = 200  # milliseconds after a change of the text until the open dialog follows
_ACTIONS = ("reflowAction", "timingAction")


class CueToolsDesk(QObject):
    notice = Signal(str, str)  # kind, sentence

    def __init__(
        self, desk: TranscriptDesk, checks: ChecksDesk, playhead: Playhead, commands: Commands, window: QWidget
    ) -> None:
        super().__init__(window)
        self._desk, self._checks, self._playhead, self._window = desk, checks, playhead, window
        self._commands = commands
        self._dialog: ReflowDialog | None = None
        self._task: Task | None = None  # the plan that is being made
        self._wanted: tuple[CueRules, bool] | None = None  # the one to make after it
        commands.connect("reflowAction", self.reflow)
        commands.connect("timingAction", self.timing)
        for changed in (desk.model.modelReset, desk.model.rowsInserted, desk.model.rowsRemoved):
            changed.connect(self._offer)
        self._offer()

    def _offer(self) -> None:
        there = self._desk.model.rowCount() > 0
        for name in _ACTIONS:
            self._commands[name].setEnabled(there)

    # Re-flow

    def reflow(self) -> ReflowDialog:
        transcript, selected = self._desk.transcript, self._desk.selection.ids
        dialog = ReflowDialog(
            self._checks.rules, len(transcript.segments), len(selected), transcript.speakers, self._window
        )
        dialog.plan_wanted.connect(self._plan)
        dialog.accepted_plan.connect(lambda plan: self._take(dialog, plan))
        dialog.finished.connect(self._close)
        self._dialog = dialog
        dialog.open()
        return dialog

    def _close(self) -> None:
        """What is still worked out for the dialog is of no interest any more."""
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = self._wanted = None

    def _plan(self, rules: CueRules, part: bool) -> None:
        """One plan at a time; of those wished for meanwhile, the last."""
        if self._task is not None:
            self._wanted = rules, part
            return
        transcript, ids = self._desk.transcript, self._desk.selection.ids if part else None
        self._task = task = Task(lambda: plan_reflow(transcript, rules, ids), self)
        task.done.connect(lambda plan: self._on_plan(plan))
        task.failed.connect(lambda problem: self._on_plan(problem))
        task.start()

    def _on_plan(self, made: ReflowPlan | Problem) -> None:
        self._task = None
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._plan(*wanted)
        elif self._dialog is not None and isinstance(made, Problem):
            self._dialog.show_problem(made.sentence)
        elif self._dialog is not None and isinstance(made, ReflowPlan):
            self._dialog.show_plan(made)

    def _take(self, dialog: ReflowDialog, plan: ReflowPlan) -> None:
        self._checks.use_rules(dialog.rules())
        if self._do(plan.edit):
            cues = counted(len(plan.edit.after), "cue", "cues")
            undo = self._commands.way_to("undoAction")
            self.notice.emit("info", f"Re-flowed: {cues} are new. {undo} brings the old passages back.")

    # Times

    def timing(self) -> TimingDialog:
        desk = self._desk
        dialog = TimingDialog(desk.transcript, desk.selection.ids, self._playhead, self._window)
        soon = QTimer(dialog, singleShot=True, interval=_SOON)
        soon.timeout.connect(lambda: dialog.show_transcript(desk.transcript))
        for changed in (desk.changed, desk.model.modelReset, desk.model.rowsInserted):
            changed.connect(soon.start)
        desk.opened.connect(dialog.reject)
        dialog.accepted_edit.connect(self._move)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        dialog.activateWindow()  # not modal, so some window managers leave the keys with the window behind it
        return dialog

    def _move(self, edit: Edit) -> None:
        if self._do(edit):
            moved = counted(len(edit.after), "cue", "cues")
            self.notice.emit("info", f"{moved} moved. {self._commands.way_to('undoAction')} moves them back.")

    def _do(self, edit: Edit) -> bool:
        """Make the change, unless its passages are others by now."""
        if tuple(self._desk.segments(s.id for s in edit.before)) != edit.before:
            self.notice.emit("warn", "These passages were changed meanwhile. Nothing was done; try it again.")
            return False
        self._desk.do(edit)
        return True
