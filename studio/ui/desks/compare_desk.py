"""The second opinion: between the compare page, the open transcript and the library. Runs on the window's thread.

The comparison itself is made in a worker thread, decisions are made here, at once, as edits of the open transcript.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from studio.core.compare import Keep
from studio.core.decisions import doubtful, other_words
from studio.core.errors import Problem, StudioError
from studio.core.jobs import UNFINISHED, Job, JobState, Progress
from studio.core.transcript import EngineInfo, Transcript
from studio.models import catalogue
from studio.services import opinion
from studio.services.hearing import HearOptions
from studio.services.opinion import Decisions
from studio.services.runner import JobChanged
from studio.services.studio import Studio

from ..commands import Commands
from ..compare import ComparePage, DifferencesPanel
from ..dialogs.opinion_dialog import OpinionDialog
from ..dialogs.rerun_options import engine_words
from ..models.wording import job_sentence
from ..workers import Task
from .sending_desk import SendingDesk
from .transcript_desk import TranscriptDesk

_SOON = 200  # milliseconds after a change of the text until the comparison follows it
_HERE = "This computer"


class CompareDesk(QObject):
    notice = Signal(str, str)  # kind, sentence
    ready = Signal()  # a comparison is there to look at
    queued = Signal(object)  # Job that was put into the queue
    doubtful_changed = Signal(object)  # dict of segment id -> numbers of its doubtful words; for the editor
    play_requested = Signal(int, int)  # milliseconds

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        sending: SendingDesk,
        page: ComparePage,
        panel: DifferencesPanel,
        commands: Commands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sending = sending
        self._studio, self._desk, self.page, self._panel, self._commands = studio, desk, page, panel, commands
        self.decisions: Decisions | None = None
        self._awaited: int | None = None  # the job whose text is wanted when it is done
        self._asking: OpinionDialog | None = None  # while it is open; it is freed then
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._follow)
        self._reopening = QTimer(self, singleShot=True, interval=0)  # when its text is there
        self._reopening.timeout.connect(self._reopen)
        desk.opened.connect(self._close)
        desk.changed.connect(lambda _: self._soon.start())
        desk.model.modelReset.connect(self._soon.start)
        desk.selection.changed.connect(lambda: page.go_to_segment(desk.selection.current))
        page.keep_requested.connect(self.decide)
        panel.keep_requested.connect(self.decide)
        panel.kind_chosen.connect(page.go_to_kind)
        page.text_requested.connect(self._write)
        page.marks_toggled.connect(self._set_marks)
        page.opinion_requested.connect(self.ask)
        page.play_requested.connect(self.play_requested)
        page.current_changed.connect(self._select)
        commands.connect("secondOpinionAction", self.ask)
        commands.connect("keepLeftAction", lambda: page.keep(Keep.LEFT))
        commands.connect("keepRightAction", lambda: page.keep(Keep.RIGHT))
        commands["nextProblemAction"].triggered.connect(lambda: self._step(1))
        commands["previousProblemAction"].triggered.connect(lambda: self._step(-1))
        self._close(desk.job)

    # Where the second opinion comes from

    def ask(self) -> OpinionDialog | None:
        """Let the user say which; None while nothing is open."""
        job = self._desk.job
        if job is None:
            return None
        found = opinion.candidates(self._studio, job)
        ready = frozenset(id for id in catalogue() if self._studio.models.is_ready(id))
        offers, spoken = self._studio.accounts.offers(), self._desk.transcript.language or ""
        dialog = OpinionDialog(found, job.options, ready, offers, spoken, self.page.window())
        dialog.job_chosen.connect(lambda other: self._take(dialog, other))
        dialog.file_wanted.connect(lambda: self._ask_for_file(dialog))
        dialog.make_requested.connect(lambda options: self._make(dialog, options))
        dialog.finished.connect(self._on_asked)
        dialog.finished.connect(dialog.deleteLater)
        self._asking = dialog
        dialog.open()
        return dialog

    def _on_asked(self) -> None:
        self._asking = None

    def _accept(self, dialog: OpinionDialog) -> None:
        if dialog is self._asking:
            dialog.accept()

    def _refuse(self, dialog: OpinionDialog, problem: Problem) -> None:
        """Said in the dialog; where it was closed meanwhile, in the window."""
        if dialog is self._asking:
            dialog.show_problem(problem.sentence)
        else:
            self._tell(problem)

    def compare_with_file(self, path: Path) -> None:
        self._start(path, self._tell)

    def on_job_event(self, id: int, event: object) -> None:
        """Something happened to a job; the one that was asked for its opinion is taken up when it is done."""
        if id != self._awaited:
            return
        if isinstance(event, Progress):
            self._show_awaited(event)
        elif isinstance(event, JobChanged):
            job = event.job
            if job.state in UNFINISHED:
                self._show_awaited()
                return
            self._await(None)
            if job.state is JobState.DONE:
                self._start(job, self._tell)
            else:
                self.notice.emit("warn", "The second opinion was not written. The queue says why.")

    def _await(self, job: Job | None) -> None:
        """Its text is wanted when it is done; until then the page says how far it is."""
        self._awaited = job.id if job else None
        self._show_awaited()

    def _show_awaited(self, progress: Progress | None = None) -> None:
        job = self._studio.library.jobs.get(self._awaited) if self._awaited is not None else None
        if job is None:
            self.page.awaited.hide()
            return
        fraction = progress.fraction if progress else job.progress
        self.page.awaited.show_progress(f"{_by(job)}: {job_sentence(job, progress)}", fraction)

    def _load(self, source: Job | Path) -> tuple[Transcript, str, str]:
        if isinstance(source, Path):
            return opinion.from_file(source), source.name, "File"
        transcript = opinion.load(self._studio, source)
        return transcript, engine_title(transcript.engine), transcript.engine.account or _HERE

    def _ask_for_file(self, dialog: OpinionDialog) -> None:
        job = self._desk.job
        folder = str(Path(job.path).parent) if job else ""
        name, _ = QFileDialog.getOpenFileName(dialog, "Take a transcript or subtitle file", folder)
        if name:
            self._take(dialog, Path(name))

    def _take(self, dialog: OpinionDialog, source: Job | Path) -> None:
        self._start(source, partial(self._refuse, dialog), partial(self._accept, dialog))

    def _make(self, dialog: OpinionDialog, options: HearOptions) -> None:
        """Queue the recording once more; the queue works in its own threads."""
        job = self._desk.job
        if job is None:
            return
        if options.account:
            self._order(dialog, job, options)
        else:
            self._queue(dialog, job, options)

    def _order(self, dialog: OpinionDialog, job: Job, options: HearOptions) -> None:
        """Nothing is queued before the user knows where the sound goes and what it costs."""
        try:
            wanted = opinion.order(job, options)
        except StudioError as e:
            self._refuse(dialog, e.problem)
            return
        fail = partial(self._refuse, dialog)
        self._sending.hear(job, wanted, lambda: self._queue(dialog, job, options), fail, dialog)

    def _queue(self, dialog: OpinionDialog, job: Job, options: HearOptions) -> None:
        task = Task(lambda: opinion.ask_for(self._studio, job, options), self)
        task.done.connect(lambda other: self._on_made(dialog, other))
        task.failed.connect(partial(self._refuse, dialog))
        task.start()

    def _on_made(self, dialog: OpinionDialog, job: Job) -> None:
        self._accept(dialog)
        if job.state is JobState.DONE:
            self._start(job, self._tell)
            return
        self._await(job)
        self.queued.emit(job)
        self.notice.emit("info", f"{_by(job)} is in the queue. The comparison opens when its text is ready.")

    # Comparing

    def _reopen(self) -> None:
        """Compare as when the program was closed, or another recording opened; nobody has asked to see it now."""
        job = self._desk.job
        if job is None or job.transcript_id is None or self.decisions:
            return
        try:
            source = opinion.remembered(self._studio, job.transcript_id)
        except StudioError as e:
            self._tell(e.problem)
            return
        if isinstance(source, Job) and source.state in UNFINISHED:
            self._await(source)
        elif source is not None:
            self._start(source, lambda problem: self.notice.emit("info", problem.sentence), asked=False)

    def _start(
        self,
        source: Job | Path,
        fail: Callable[[Problem], None],
        done: Callable[[], object] = lambda: None,
        asked: bool = True,
    ) -> None:
        left, job = self._desk.transcript, self._desk.job
        marks = self.page.bar.ignore.isChecked()

        def work() -> tuple[Decisions, str, str]:
            right, name, place = self._load(source)
            if asked and job is not None and job.transcript_id is not None:
                opinion.remember(self._studio, job.transcript_id, source)
            return Decisions(left, right, marks), name, place

        def show(result: tuple[Decisions, str, str]) -> None:
            done()
            if self._desk.job is None or job is None or self._desk.job.id != job.id:
                return
            if asked:
                self._show(*result)
                self.ready.emit()
            elif self.decisions is None:
                self._show(*result)

        task = Task(work, self)
        task.done.connect(show)
        task.failed.connect(fail)
        task.start()

    def _show(self, decisions: Decisions, name: str, place: str) -> None:
        self.decisions = decisions
        decisions.follow(self._desk.transcript)  # it may have been edited meanwhile
        engine = self._desk.transcript.engine
        self.page.heads.show_names(engine_title(engine), engine.account or _HERE, name, place)
        self.page.show_decisions(decisions)
        self._refresh()

    def _close(self, job: Job | None) -> None:
        """Another recording is open."""
        self.decisions = None
        self._await(None)
        self._soon.stop()
        self.page.show_decisions(None)
        self._commands["secondOpinionAction"].setEnabled(job is not None)
        self._refresh()
        self._reopening.start()

    def _set_marks(self, ignore: bool) -> None:
        if self.decisions:
            self.decisions.compare_anew(self._desk.transcript, ignore)
            self.page.show_decisions(self.decisions)
            self._refresh()

    def _follow(self) -> None:
        """The text was changed, by a decision, undo, or in another view."""
        if self.decisions is None:
            return
        if self.decisions.follow(self._desk.transcript):
            current = self.page.current
            self.page.show_decisions(self.decisions)
            self.page.go_to_segment(current.segment.id if current and current.segment else None)
        self._refresh()

    # Deciding

    def decide(self, choices: dict[int, Keep]) -> None:
        """Each decision is an edit that undo takes back."""
        if self.decisions and self._up_to_date():
            self._desk.do(self.decisions.decide(self._desk.transcript, choices))
            self._refresh()

    def other_word(self, segment: int, word: int) -> str | None:
        """What the second opinion has in place of a word that it does not agree about."""
        decisions = self.decisions
        return other_words(decisions.comparison, decisions.choices, segment, word) if decisions else None

    def _write(self, segment: int, text: str) -> None:
        found = self._desk.segments([segment])
        if self.decisions and found and self._up_to_date():
            self._desk.do(self.decisions.write(found[0], text))
            self._refresh()

    def _up_to_date(self) -> bool:
        """False where the text has just been changed elsewhere, so that the differences are others now."""
        if self._soon.isActive() and self.decisions is not None:
            self._soon.stop()
            if self.decisions.follow(self._desk.transcript):
                self.page.show_decisions(self.decisions)
                self._refresh()
                return False
        return True

    def _refresh(self) -> None:
        decisions = self.decisions
        self.page.refresh()
        vocabulary = self._desk.job.options.vocabulary if self._desk.job else ""
        self._panel.show_decisions(decisions, tuple(t.strip() for t in vocabulary.split(",") if t.strip()))
        for name in ("keepLeftAction", "keepRightAction"):
            self._commands[name].setEnabled(decisions is not None)
        self.doubtful_changed.emit(doubtful(decisions.comparison, decisions.choices) if decisions else {})

    def _step(self, by: int) -> None:
        if self.page.isVisible():  # elsewhere these keys go to other problems
            self.page.step(by)

    def _select(self, segment: int | None) -> None:
        """The page moves, too, where the text it compares is typed in another view: there the caret stays."""
        if segment is not None and self.page.isVisible():
            self._desk.selection.set((segment,))

    def _tell(self, problem: Problem) -> None:
        self.notice.emit("error", problem.sentence)


def _by(job: Job) -> str:
    return engine_words(job.options.account, job.options.model)


def engine_title(engine: EngineInfo) -> str:
    """ "faster-whisper base"; a text that came from a file has no engine."""
    return f"{engine.name} {engine.model.removeprefix('whisper-')}".strip() or "This text"
