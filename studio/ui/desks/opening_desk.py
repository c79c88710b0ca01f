"""Subtitles that are opened, and timed by the speech: between the files, the queue and the open transcript.

Runs on the window's thread; reading and listening are done in worker threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.core.edits import Edit
from studio.core.errors import Problem, StudioError
from studio.core.jobs import JobOptions, StopToken
from studio.models import catalogue
from studio.services import opening
from studio.services.hearing import HearOptions
from studio.services.opening import Opened
from studio.services.retime import Retimed, retime
from studio.services.studio import Studio

from ..commands import Commands
from ..dialogs.retime_dialog import RetimeDialog
from ..dialogs.warnings_dialog import WarningsDialog
from ..lane import Lane
from ..models.wording import counted
from ..notices import NoticeBar
from ..workers import Steps
from .transcript_desk import TranscriptDesk


class OpeningDesk(QObject):
    """`options` gives those of the next job: the model to listen with."""

    opened = Signal(object)  # Job, to be shown

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        options: Callable[[], JobOptions],
        notices: NoticeBar,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._options = studio, desk, options
        self._notices, self._window, self._commands = notices, window, commands
        self._reading = Lane(self)
        commands.connect("openSubtitlesAction", self.choose)
        commands.connect("alignAction", self.align)
        for changed in (desk.model.modelReset, desk.model.rowsInserted, desk.model.rowsRemoved):
            changed.connect(self._offer)
        self._offer()

    def shut_down(self) -> None:
        """Returns when nothing is read or listened to any more."""
        self._reading.shut_down()
        for steps in self.findChildren(Steps):
            steps.shut_down()

    # Opening

    def choose(self) -> None:
        settings = self._studio.library.settings
        kinds = " ".join(f"*{suffix}" for suffix in opening.SUFFIXES)
        files, _ = QFileDialog.getOpenFileNames(
            self._window,
            "Open subtitles",
            str(settings.get("last_folder", str(Path.home()))),
            f"Subtitles and transcripts ({kinds});;All files (*)",
        )
        if files:
            settings.set("last_folder", str(Path(files[0]).parent))
            self.open_files([Path(f) for f in files])

    def open_files(self, paths: Sequence[Path], again: bool = False) -> None:
        """Put these in the library, and show the last one; `again`: even if they are there."""
        for path in paths:
            self._reading.run(partial(self._read, path, again), partial(self._on_opened, path), self._tell)

    def _read(self, path: Path, again: bool, stop: StopToken) -> Opened:
        """Off the window's thread."""
        stop.check()
        return opening.open_file(self._studio, path, again)

    def _on_opened(self, path: Path, opened: Opened) -> None:
        self.opened.emit(opened.job)
        name = opened.job.name
        if opened.known:
            self._tell_known(path, opened)
            return
        if opened.warnings:
            count = counted(len(opened.warnings), "thing", "things")
            self._notices.show_notice(
                "warn",
                f"{count} in “{name}” could not be taken over as the file has it.",
                ("Show", lambda: WarningsDialog(name, opened.warnings, self._window).open()),
            )
        if not opened.has_recording:
            self._notices.show_notice(
                "info",
                f"No recording lies beside “{name}”. You can edit all the same, without sound.",
                ("Find it", self._commands["findMediaAction"].trigger),
            )
        else:
            says = "Its times" if opened.has_times else "It has no times; they"
            self._notices.show_notice(
                "info", f"“{name}” is open. {says} can be found in the speech.", ("Re-time to the speech", self.align)
            )

    def _tell_known(self, path: Path, opened: Opened) -> None:
        said, offer = "It is shown as you left it.", "Open it anew"
        if opened.changed:
            said, offer = "The file was changed since; what is shown is what you had opened.", "Open the changed file"
        self._notices.show_notice(
            "warn" if opened.changed else "info",
            f"“{path.name}” was opened before. {said}",
            (offer, lambda: self.open_files([path], again=True)),
            key=f"known {path}",
        )

    # Timing

    def align(self) -> RetimeDialog | None:
        """Show the dialog; None, and the reason is said, where there is nothing to listen to."""
        job, desk = self._desk.job, self._desk
        try:
            path = desk.recording()
        except StudioError as e:
            self._tell(e.problem)
            return None
        if job is None:
            return None
        known = catalogue()
        wishes = (job.options.model, self._options().model, JobOptions().model)  # the first two may be a vendor's
        model = next(id for id in wishes if id in known)
        language = desk.transcript.language
        options = HearOptions(model, language or "auto", device=job.options.device)
        ready = frozenset(id for id in known if self._studio.models.is_ready(id))
        dialog = RetimeDialog(path.name, options, ready, self._window)
        dialog.start_requested.connect(lambda chosen: self._listen(dialog, path, job.options.track, chosen))
        dialog.cancel_requested.connect(self._cancel)
        dialog.accepted_edit.connect(self._apply)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _listen(self, dialog: RetimeDialog, path: Path, track: int, options: HearOptions) -> None:
        transcript = self._desk.transcript
        steps = Steps(lambda stop: retime(self._studio, path, track, transcript, options, stop), self)
        dialog.follow(steps)
        steps.told.connect(lambda event: dialog.show_result(event) if isinstance(event, Retimed) else None)
        steps.start()

    def _cancel(self) -> None:
        for steps in self.findChildren(Steps):
            steps.cancel()

    def _apply(self, edit: Edit) -> None:
        if tuple(self._desk.segments(s.id for s in edit.before)) != edit.before:
            self._notices.show_notice("warn", "The text was changed meanwhile. Nothing was timed anew; do it again.")
            return
        self._desk.do(edit)
        undo = self._commands.way_to("undoAction")
        self._notices.show_notice("info", f"Timed by the speech. {undo} brings the old times back.")

    def _offer(self) -> None:
        self._commands["alignAction"].setEnabled(self._desk.model.rowCount() > 0)

    def _tell(self, problem: Problem) -> None:
        self._notices.show_notice("error", problem.sentence)
