"""Recordings that come and jobs that go: choosing, pasting and dropping files, questions about them, removing.

Runs on the window's thread. The queue itself is QueueDesk's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from studio.core.jobs import UNFINISHED, Job, JobOptions
from studio.resources import resource
from studio.services.opening import is_transcript
from studio.services.studio import Studio

from ..commands import Commands
from ..models.wording import answers
from ..notices import NoticeBar
from ..queue.mime import paths_from_mime
from .queue_desk import QueueDesk, named
from .sending_desk import SendingDesk
from .transcript_desk import TranscriptDesk


class IntakeDesk(QObject):
    """`options` gives those of the next job; `selected` the jobs that commands act on."""

    open_requested = Signal(object)  # Job or None
    texts_added = Signal(object)  # list[Path]: subtitles and transcripts, to be opened

    def __init__(
        self,
        studio: Studio,
        queue: QueueDesk,
        sending: SendingDesk,
        desk: TranscriptDesk,
        notices: NoticeBar,
        options: Callable[[], JobOptions],
        selected: Callable[[], list[int]],
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._queue, self._sending = studio, queue, sending
        self._desk, self._notices = desk, notices
        self._options, self._selected, self._commands, self._window = options, selected, commands, window
        queue.added.connect(self._on_added)
        queue.done_already.connect(self._offer_again)
        queue.tracks_found.connect(self._offer_tracks)
        queue.job_done.connect(self._on_done)
        for name, do in {
            "addFilesAction": self.choose_files,
            "addFolderAction": self.choose_folder,
            "pasteAction": self.paste,
            "trySampleAction": self.try_sample,
            "startQueueAction": lambda: queue.set_paused(False),
            "pauseQueueAction": lambda: queue.set_paused(True),
            "cancelJobAction": lambda: self._with_jobs(queue.cancel),
            "pauseJobAction": lambda: self._with_jobs(queue.pause),
            "retryJobAction": lambda: self._with_jobs(sending.retry),
            "removeJobAction": lambda: self.remove(self._selected()),
        }.items():
            commands.connect(name, do)
        desk.opened.connect(lambda _: self.offer())

    def offer(self, *_: object) -> None:
        """Commands that act on jobs are available where there are some."""
        for name in ("cancelJobAction", "pauseJobAction", "retryJobAction", "removeJobAction"):
            self._commands[name].setEnabled(bool(self._selected()))

    # What comes

    def add(self, paths: list[Path]) -> None:
        """Queue files and folders with the options chosen in the tool bar; subtitles are opened instead."""
        texts = [path for path in paths if is_transcript(path) and not path.is_dir()]
        recordings = [path for path in paths if path not in texts]
        if texts:
            self.texts_added.emit(texts)
        if recordings:
            self._sending.add(recordings, self._options())

    def choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self._window, "Add recordings", self._folder())
        self._take([Path(f) for f in files])

    def choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, "Add all recordings of a folder", self._folder())
        self._take([Path(folder)] if folder else [])

    def paste(self) -> None:
        paths = paths_from_mime(QGuiApplication.clipboard().mimeData())
        if paths:
            self.add(paths)
        else:
            self._notices.show_notice("info", "Nothing to paste here: copy recordings in the file manager first.")

    def try_sample(self) -> None:
        self.add([resource("sample.ogg")])

    def _folder(self) -> str:
        return str(self._studio.library.settings.get("last_folder", str(Path.home())))

    def _take(self, paths: list[Path]) -> None:
        if paths:
            self._studio.library.settings.set("last_folder", str(paths[0].parent))
            self.add(paths)

    # What is told and asked

    def _on_added(self, jobs: list[Job]) -> None:
        self.offer()
        if jobs and (self._desk.job is None or self._desk.job.state not in UNFINISHED):
            self.open_requested.emit(jobs[0])

    def _offer_again(self, jobs: list[Job]) -> None:
        again = ("Do it again", lambda: self._sending.redo(jobs))
        self._notices.show_notice("info", f"{named(jobs)}: done already with these options.", again)

    def _offer_tracks(self, job: Job, tracks: tuple[object, ...]) -> None:
        text = f"“{job.name}” has {len(tracks)} audio tracks; track {job.options.track} is taken."
        self._notices.show_notice("info", text, ("Choose", lambda: self._choose_track(job, tracks)))

    def _choose_track(self, job: Job, tracks: tuple[object, ...]) -> None:
        names = [str(t) for t in tracks]
        name, chosen = QInputDialog.getItem(self._window, "Audio track", f"Track of “{job.name}”:", names, 0, False)
        if chosen:
            self._sending.use_track(job, names.index(name))

    def _on_done(self, job: Job) -> None:
        if job.problem:
            answer = answers(job)[0]
            again = self._queue.send_again if answer.action == "send_again" else self._sending.retry
            self._notices.show_notice("error", job.problem.sentence, (answer.words, lambda: again(job.id)))
        elif self._desk.job is None or self._desk.job.id != job.id:
            text, get = f"“{job.name}” is ready.", self._studio.library.jobs.get
            self._notices.show_notice("info", text, ("Open", lambda: self.open_requested.emit(get(job.id))))

    # What goes

    def remove(self, ids: list[int]) -> None:
        jobs = [j for j in (self._studio.library.jobs.get(id) for id in ids) if j]
        written = [j for j in jobs if j.transcript_id]
        if written:
            names = f"“{written[0].name}”" if len(written) == 1 else f"{len(written)} recordings"
            question = f"Remove the transcript of {names} from the library? The recording itself stays where it is."
            if QMessageBox.question(self._window, "Remove", question) != QMessageBox.StandardButton.Yes:
                return
        self._queue.remove(ids)
        if self._desk.job and self._desk.job.id in ids:
            self.open_requested.emit(None)

    def _with_jobs(self, do: Callable[[int], None]) -> None:
        for id in self._selected():
            do(id)
