"""Recognising the selection again: between the dialog, the services and the open transcript.

Runs on the window's thread. On this computer the work is done at once in a worker thread; at a vendor it is a job of
the queue, which the dialog follows: it may be left there, and what comes of it is offered when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.core.errors import Problem, StudioError
from studio.core.jobs import Job, JobState, Progress
from studio.models import catalogue
from studio.services import queue, rerun
from studio.services.hearing import HearOptions
from studio.services.opinion import Decisions
from studio.services.rerun import Reheard, chosen
from studio.services.runner import JobChanged
from studio.services.studio import Studio

from ..commands import Commands
from ..dialogs.rerun_dialog import RerunDialog
from ..dialogs.rerun_options import engine_words
from ..models.wording import counted, job_sentence, time_code
from ..workers import Steps, Task
from .queue_desk import QueueDesk
from .sending_desk import SendingDesk
from .transcript_desk import TranscriptDesk


class RerunDesk(QObject):
    """`open_id` opens a job."""

    notice = Signal(str, str)  # kind, sentence
    offered = Signal(str, str, object)  # the same, and a button: its words and what it does

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        jobs: QueueDesk,
        sending: SendingDesk,
        open_id: Callable[[int], None],
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._jobs, self._sending = studio, desk, jobs, sending
        self._open_id, self._window = open_id, window
        self._commands, self._action = commands, commands["rerunAction"]
        self._result: Reheard | None = None
        self._small: Job | None = None  # at a vendor, followed or shown by the dialog
        self._dialog: RerunDialog | None = None  # while it is open; it is freed then
        commands.connect("rerunAction", self.ask)
        desk.selection.changed.connect(self._offer)
        desk.opened.connect(lambda _: self._offer())
        jobs.job_event.connect(self._on_job_event)
        self._offer()

    def shut_down(self) -> None:
        """Stop what is being heard here; returns when it has ended."""
        for steps in self.findChildren(Steps):
            steps.shut_down()

    def _offer(self) -> None:
        self._action.setEnabled(self._desk.job is not None and bool(self._desk.selection.ids))

    def ask(self) -> RerunDialog | None:
        """Show the dialog for what is selected; None where nothing is."""
        job, segments = self._desk.job, self._desk.selected()
        if job is None or not segments:
            return None
        return self._show(job, segments[0].start, max(s.end for s in segments))

    def _show(self, job: Job, start: int, end: int) -> RerunDialog:
        count = len(chosen(self._desk.transcript, start, end))  # with those in between
        title = f"{counted(count, 'passage', 'passages')}, {time_code(start)} to {time_code(end)}"
        ready = frozenset(id for id in catalogue() if self._studio.models.is_ready(id))
        offers, spoken = self._studio.accounts.offers(), self._desk.transcript.language or ""
        dialog = RerunDialog(title, job.options, ready, offers, spoken, self._window)
        dialog.run_requested.connect(lambda options: self._run(dialog, start, end, options))
        dialog.cancel_requested.connect(self._cancel)
        dialog.replace_requested.connect(lambda: self._replace(dialog))
        dialog.finished.connect(self._on_closed)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog, self._small = dialog, None
        dialog.open()
        return dialog

    def _on_closed(self) -> None:
        self._dialog = self._small = None

    def _refuse(self, dialog: RerunDialog, problem: Problem) -> None:
        """Said in the dialog; where it was closed meanwhile, in the window."""
        if dialog is self._dialog:
            dialog.show_problem(problem.sentence)
        else:
            self.notice.emit("error", problem.sentence)

    def _run(self, dialog: RerunDialog, start: int, end: int, options: HearOptions) -> None:
        job, transcript = self._desk.job, self._desk.transcript
        if job is None:
            return
        if options.account:
            self._order(dialog, job, start, end, options)
            return
        dialog.show_running(options)
        steps = Steps(lambda stop: rerun.rerun(self._studio, job, transcript, start, end, options, stop), self)
        dialog.follow(steps)
        steps.done.connect(lambda result: self._on_result(dialog, result))
        steps.start()

    def _cancel(self) -> None:
        for steps in self.findChildren(Steps):
            steps.cancel()
        if self._small:
            self._jobs.cancel(self._small.id)
            self._follow(self._studio.library.jobs.get(self._small.id))

    def _on_result(self, dialog: RerunDialog, result: Reheard) -> None:
        if dialog is not self._dialog:
            return
        self._result, comparison = result, result.comparison
        decisions = Decisions(comparison.left, comparison.right, ignore_marks=False)
        decisions.choices.clear()  # Replace takes all that was heard, also in the place of what was typed by hand
        engine = self._desk.transcript.engine
        dialog.show_result(decisions, engine_words(engine.account, engine.model) or engine.name or "This text")

    def _replace(self, dialog: RerunDialog) -> None:
        small = self._small
        dialog.accept()
        result, self._result = self._result, None
        if result is None:
            return
        if tuple(self._desk.segments(s.id for s in result.edit.before)) != result.edit.before:
            self.notice.emit("warn", "These passages were changed meanwhile. Nothing was replaced; choose them again.")
            return
        self._desk.do(result.edit)
        if small:
            self._jobs.remove([small.id])  # its text is in its place now
        self.notice.emit("info", f"Recognised again. {self._commands.way_to('undoAction')} brings the old text back.")

    # At a vendor

    def _order(self, dialog: RerunDialog, job: Job, start: int, end: int, options: HearOptions) -> None:
        """Nothing is queued before the user knows where the sound goes and what it costs."""
        try:
            wanted = rerun.order(job, self._desk.transcript, start, end, options)
        except StudioError as e:
            self._refuse(dialog, e.problem)
            return
        fail = partial(self._refuse, dialog)

        def queue_it() -> None:
            dialog.show_running(options)
            task = Task(lambda: queue.again(self._studio, job, wanted), self)
            task.done.connect(lambda small: self._on_queued(dialog, small))
            task.failed.connect(fail)
            task.start()

        self._sending.hear(job, wanted, queue_it, fail, dialog)

    def _on_queued(self, dialog: RerunDialog, small: Job) -> None:
        self._jobs.on_queued(small)
        if dialog is self._dialog:
            self._small = small
            self._follow(small)

    def _on_job_event(self, id: int, event: object) -> None:
        if self._small and self._dialog and id == self._small.id:
            if isinstance(event, Progress):
                self._dialog.show_progress(event)
            elif isinstance(event, JobChanged):
                self._follow(event.job)
        elif isinstance(event, JobChanged) and event.job.options.again and event.job.state is JobState.DONE:
            small = event.job
            self.offered.emit("info", f"“{small.name}” is recognised again.", ("Look at it", lambda: self.look(small)))

    def _follow(self, small: Job | None) -> None:
        """Show in the dialog how the job stands."""
        dialog = self._dialog
        if dialog is None or small is None:
            return
        match small.state:
            case JobState.DONE:
                self._show_ready(dialog, small)
            case JobState.CANCELLED:
                self._small = None
                dialog.show_stopped()
            case JobState.FAILED:
                self._small = None
                dialog.show_problem(job_sentence(small))
            case _:
                dialog.show_waiting(small)

    def _show_ready(self, dialog: RerunDialog, small: Job) -> None:
        try:
            result = rerun.result(self._studio, small, self._desk.transcript)
        except StudioError as e:
            dialog.show_problem(e.problem.sentence)
            return
        self._on_result(dialog, result)

    def look(self, small: Job) -> bool:
        """Open the transcript that a finished job of this kind is about, and show what it would change there.

        False where there is none any more.
        """
        again = small.options.again
        job = self._studio.library.jobs.get(again.job) if again else None
        if again is None or job is None or small.state is not JobState.DONE:
            return False
        if self._desk.job is None or self._desk.job.id != job.id:
            self._open_id(job.id)
        dialog = self._show(job, again.start, again.end)
        dialog.show_running(HearOptions(small.options.model, account=small.options.account))
        self._small = small
        self._show_ready(dialog, small)
        return True
