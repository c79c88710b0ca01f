"""Recognising the selection again: between the dialog, the service and the open transcript.

Runs on the window's thread; the work is done in a worker thread.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.models import catalogue
from studio.services.hearing import HearOptions
from studio.services.opinion import Decisions
from studio.services.rerun import Reheard, chosen, rerun
from studio.services.studio import Studio

from .commands import Commands
from .compare_desk import engine_title
from .dialogs.rerun_dialog import RerunDialog
from .models.wording import counted, time_code
from .transcript_desk import TranscriptDesk
from .workers import Steps


class RerunDesk(QObject):
    notice = Signal(str, str)  # kind, sentence

    def __init__(self, studio: Studio, desk: TranscriptDesk, commands: Commands, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._desk, self._window = studio, desk, window
        self._action = commands["rerunAction"]
        self._result: Reheard | None = None
        commands.connect("rerunAction", self.ask)
        desk.selection.changed.connect(self._offer)
        desk.opened.connect(lambda _: self._offer())
        self._offer()

    def shut_down(self) -> None:
        """Stop what is being heard; returns when it has ended."""
        for steps in self.findChildren(Steps):
            steps.shut_down()

    def _offer(self) -> None:
        self._action.setEnabled(self._desk.job is not None and bool(self._desk.selection.ids))

    def ask(self) -> RerunDialog | None:
        """Show the dialog for what is selected; None where nothing is."""
        job, segments = self._desk.job, self._desk.selected()
        if job is None or not segments:
            return None
        start, end = segments[0].start, max(s.end for s in segments)
        count = len(chosen(self._desk.transcript, start, end))  # with those in between
        title = f"{counted(count, 'passage', 'passages')}, {time_code(start)} to {time_code(end)}"
        ready = frozenset(id for id in catalogue() if self._studio.models.is_ready(id))
        dialog = RerunDialog(title, job.options, ready, self._window)
        dialog.run_requested.connect(lambda options: self._run(dialog, start, end, options))
        dialog.cancel_requested.connect(self._cancel)
        dialog.replace_requested.connect(lambda: self._replace(dialog))
        dialog.open()
        return dialog

    def _run(self, dialog: RerunDialog, start: int, end: int, options: HearOptions) -> None:
        job, transcript = self._desk.job, self._desk.transcript
        if job is None:
            return
        dialog.show_running(options)
        steps = Steps(lambda stop: rerun(self._studio, job, transcript, start, end, options, stop), self)
        dialog.follow(steps)
        steps.done.connect(lambda result: self._on_result(dialog, result))
        steps.start()

    def _cancel(self) -> None:
        for steps in self.findChildren(Steps):
            steps.cancel()

    def _on_result(self, dialog: RerunDialog, result: Reheard) -> None:
        self._result, comparison = result, result.comparison
        dialog.show_result(Decisions(comparison.left, comparison.right), engine_title(self._desk.transcript.engine))

    def _replace(self, dialog: RerunDialog) -> None:
        dialog.accept()
        result, self._result = self._result, None
        if result is None:
            return
        if tuple(self._desk.segments(s.id for s in result.edit.before)) != result.edit.before:
            self.notice.emit("warn", "These passages were changed meanwhile. Nothing was replaced; choose them again.")
            return
        self._desk.do(result.edit)
        self.notice.emit("info", "Recognised again. Ctrl+Z brings the old text back.")
