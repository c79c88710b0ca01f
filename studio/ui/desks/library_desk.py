"""All transcripts at once: finding words in them, and replacing. Runs on the window's thread; Tasks look."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.core.errors import Problem, StudioError
from studio.core.jobs import Job
from studio.core.replace import Query, replace_all
from studio.library import Hit
from studio.services.library_replace import Replacement, replace_in_library, replacements
from studio.services.studio import Studio

from ..commands import Commands
from ..dialogs.library_replace_dialog import LibraryReplaceDialog
from ..dialogs.library_search_dialog import LIMIT, LibrarySearchDialog
from ..lane import Lane
from ..models.wording import counted
from ..notices import NoticeBar
from ..window.file_page import FilePage
from ..workers import Steps
from .playback_desk import PlaybackDesk
from .transcript_desk import TranscriptDesk


class LibraryDesk(QObject):
    """`open_job` opens the job with this id, whatever is shown."""

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        playback: PlaybackDesk,
        open_job: Callable[[int], object],
        notices: NoticeBar,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._page, self._playback = studio, desk, page, playback
        self._open_job, self._notices, self._window = open_job, notices, window
        self._searching = Lane(self)
        self.dialog = LibrarySearchDialog(window)
        self.dialog.search_requested.connect(self._search)
        self.dialog.open_requested.connect(self.show_hit)
        self.dialog.replace_requested.connect(self.replace)
        commands.connect("findLibraryAction", self.find)

    def shut_down(self) -> None:
        """Returns when nothing is searched or replaced any more."""
        self._searching.shut_down()
        for steps in self.findChildren(Steps):
            steps.shut_down()

    # Finding

    def find(self) -> None:
        """Show the dialog; what is selected in one passage is looked for."""
        selected = self._page.transcript.textCursor().selectedText() if self._page.isVisible() else ""
        fits = 0 < len(selected) < 100 and not set(selected) & {"\u2028", "\u2029"}
        self.dialog.ask(selected if fits else "")

    def found(self, text: str, limit: int, each: int) -> list[Hit]:
        """For the palette: a few places in other transcripts than the open one."""
        if len(text.strip()) < 2:
            return []
        try:
            hits = self._studio.library.search.search(text, limit + each, each)
        except StudioError:
            return []  # the library says so elsewhere
        open_id = self._desk.job.id if self._desk.job else None
        return [hit for hit in hits if hit.job_id != open_id][:limit]

    def _search(self, text: str) -> None:
        search = self._studio.library.search
        self._searching.stop()
        self._searching.run(
            lambda stop: search.search(text, LIMIT), lambda hits: self.dialog.show_hits(text, hits), self._tell
        )

    def show_hit(self, hit: Hit) -> None:
        """Open the recording at this place."""
        job = self._studio.library.jobs.get(hit.job_id)
        if job is None:
            self._notices.show_notice("warn", f"“{hit.recording}” is not in the library any more.")
            return
        if self._desk.job is None or self._desk.job.id != job.id or not self._page.isVisible():
            self._open_job(job.id)
        self._window.activateWindow()
        if not self._desk.segments([hit.segment_id]):
            self._notices.show_notice("info", "That passage was changed meanwhile; this is where it stood.")
        else:
            self._desk.selection.set((hit.segment_id,), hit.segment_id)
        self._playback.seek(hit.start)
        self._page.transcript.setFocus()

    # Replacing

    def replace(self, words: str = "") -> LibraryReplaceDialog:
        dialog = LibraryReplaceDialog(words.strip().strip('"'), self._window)
        self.dialog.hide()
        dialog.look_requested.connect(lambda query, text: self._look(dialog, query, text))
        dialog.look_given_up.connect(self._stop_looking)
        dialog.replace_requested.connect(self._replace)
        dialog.finished.connect(lambda _: self._stop_looking())
        dialog.open()
        return dialog

    def _look(self, dialog: LibraryReplaceDialog, query: Query, replacement: str) -> None:
        self._stop_looking()
        self._desk.flush()
        steps = Steps(lambda stop: replacements(self._studio, query, replacement, stop), self)
        steps.setObjectName("looking")

        def fresh(do: Callable[[], None]) -> None:
            """Not what a search that was given up still tells."""
            if steps.objectName() == "looking":
                do()

        def add(found: Replacement) -> None:
            fresh(lambda: dialog.add_found(found))

        steps.told.connect(add)
        steps.done.connect(lambda _: fresh(dialog.show_all_found))
        steps.failed.connect(lambda problem: fresh(lambda: dialog.show_problem(problem.sentence)))
        steps.start()

    def _stop_looking(self) -> None:
        for steps in self.findChildren(Steps, "looking"):
            steps.setObjectName("given up")
            steps.cancel()

    def _replace(self, jobs: list[Job], query: Query, replacement: str) -> None:
        """The open transcript is changed here and now, the others in the background."""
        open_id = self._desk.job.id if self._desk.job else None
        others = [job for job in jobs if job.id != open_id]
        here = len(jobs) - len(others)
        if here:
            self._desk.attempt(lambda: replace_all(self._desk.transcript, query, replacement))
        steps = Steps(lambda stop: replace_in_library(self._studio, others, query, replacement, stop), self)
        count = here

        def reach(done: int) -> None:
            nonlocal count
            count = here + done

        steps.told.connect(reach)
        steps.done.connect(lambda _: self._notices.show_notice("info", _replaced_in(count)))
        steps.failed.connect(lambda problem: self._on_stuck(problem, count))
        steps.start()

    def _on_stuck(self, problem: Problem, count: int) -> None:
        """It stopped at one of the recordings; those before it are changed."""
        self._notices.show_notice("error", f"{problem.sentence} {_replaced_in(count)}" if count else problem.sentence)

    def _tell(self, problem: Problem) -> None:
        self._notices.show_notice("error", problem.sentence)


def _replaced_in(count: int) -> str:
    return f"Replaced in {counted(count, 'recording', 'recordings')}. Undo takes it back in each of them."
