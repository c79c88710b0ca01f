"""The recording of the open transcript, where it was moved, replaced or cut short: says so, and finds it again.

Runs on the window's thread; files are looked at in the background.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from studio.core.errors import Problem, StudioError
from studio.core.jobs import UNFINISHED, Job, StopToken
from studio.services import finding
from studio.services.finding import Matter, State
from studio.services.studio import Studio

from ..commands import Commands
from ..lane import Lane
from ..models.wording import clock
from ..notices import NoticeBar
from .transcript_desk import TranscriptDesk

_KEY = "recording"  # one notice at a time tells of it


class FindingDesk(QObject):
    used = Signal(object)  # Job whose recording is another file now, to be shown afresh

    def __init__(
        self, studio: Studio, desk: TranscriptDesk, notices: NoticeBar, commands: Commands, window: QWidget
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._notices, self._window = studio, desk, notices, window
        self._looking, self._action = Lane(self), commands["findMediaAction"]
        commands.connect("findMediaAction", self.choose)
        desk.opened.connect(self._on_opened)
        self._action.setEnabled(desk.job is not None)

    def shut_down(self) -> None:
        """Returns when nothing is looked at any more."""
        self._looking.shut_down()

    def _on_opened(self, job: Job | None) -> None:
        self._looking.stop()
        self._notices.dismiss(_KEY)
        self._action.setEnabled(job is not None)
        if job is not None and job.transcript_id and job.state not in UNFINISHED:
            self._looking.run(lambda stop: self._look(job, stop), lambda result: self._show(job, *result))

    def _look(self, job: Job, stop: StopToken) -> tuple[State, Path | None]:
        """Off the window's thread. A file that is gone, or another one, is looked for nearby."""
        state = finding.examine(self._studio, job)
        gone = state.matter in (Matter.MISSING, Matter.OTHER)
        return state, finding.look_around(self._studio, job, stop) if gone else None

    def _show(self, job: Job, state: State, found: Path | None) -> None:
        name, path = f"“{job.name}”", Path(job.path)
        if found:
            self._notices.show_notice(
                "warn",
                f"{name} is not where it was. It lies in {found.parent}{_as(found, path)}.",
                ("Use it", lambda: self._use(job, found)),
                _KEY,
            )
        elif state.matter is Matter.MISSING:
            text = f"{name} is not where it was: {path.parent}. You can edit all the same, without sound."
            self._notices.show_notice("warn", text, ("Find it", self.choose), _KEY)
        elif state.matter is Matter.OTHER:
            text = f"{name} is another recording than the one that was transcribed. The text is as it was."
            self._notices.show_notice("warn", text, ("Use it anyway", lambda: self._use(job, path)), _KEY)
        elif state.matter is Matter.SHORTER:
            self._notices.show_notice(
                "warn",
                f"{name} is {clock(state.duration)} long, but its text goes on to {clock(state.written)}. "
                "Nothing of the text is lost; its end cannot be played.",
                key=_KEY,
            )

    # Finding by hand

    def choose(self) -> None:
        """Ask for the file, or for a folder to look in."""
        menu = QMenu(self._window)
        menu.setObjectName("findMediaMenu")
        menu.addAction("Choose the file …", self.choose_file)
        menu.addAction("Look in a folder …", self.choose_folder)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._window.mapToGlobal(self._window.rect().center()))

    def choose_file(self) -> None:
        job = self._desk.job
        name, _ = QFileDialog.getOpenFileName(self._window, "Find the recording", self._folder())
        if job and name:
            self.take(job, Path(name))

    def choose_folder(self) -> None:
        job = self._desk.job
        folder = QFileDialog.getExistingDirectory(self._window, "Look for the recording in", self._folder())
        if job and folder:
            self.look_in(job, Path(folder))

    def take(self, job: Job, path: Path) -> None:
        """Use this file if it has the content of the recording; if not, ask."""
        if not job.content_id or finding.is_same(job, path):
            self._use(job, path)
            return
        text = f"“{path.name}” is another recording than the one that was transcribed."
        self._notices.show_notice("warn", text, ("Use it anyway", lambda: self._use(job, path)), _KEY)

    def look_in(self, job: Job, folder: Path) -> None:
        if not job.content_id:
            self._notices.show_notice("info", f"“{job.name}” never had a recording: choose its file.", key=_KEY)
            return
        self._looking.stop()
        self._notices.show_notice("info", f"Looking for “{job.name}” in {folder} …", key=_KEY)
        self._looking.run(
            lambda stop: finding.look_in(job, folder, stop), lambda path: self._on_found(job, folder, path), self._tell
        )

    def _on_found(self, job: Job, folder: Path, path: Path | None) -> None:
        if path:
            self._use(job, path)
        else:
            text = f"“{job.name}” is not in {folder}: no file there has its content."
            self._notices.show_notice("warn", text, ("Find it", self.choose), _KEY)

    def _use(self, job: Job, path: Path) -> None:
        self._notices.dismiss(_KEY)
        try:
            now = finding.use(self._studio, job, path)
        except StudioError as e:
            self._tell(e.problem)
            return
        self.used.emit(now)
        other = job.content_id and now.content_id != job.content_id
        noted = " It is noted that the text was made from another recording." if other else ""
        self._notices.show_notice("info", f"“{path.name}” is used from {path.parent}.{noted}", key=_KEY)

    def _folder(self) -> str:
        folder = Path(self._desk.job.path).parent if self._desk.job else Path.home()
        return str(folder if folder.is_dir() else Path.home())

    def _tell(self, problem: Problem) -> None:
        self._notices.show_notice("error", problem.sentence, key=_KEY)


def _as(found: Path, path: Path) -> str:
    return "" if found.name == path.name else f", as “{found.name}”"
