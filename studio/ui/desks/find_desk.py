"""Finding and replacing, and the tools that go over the whole text: glossary, filler words, case and punctuation.

Runs on the window's thread. Everything that changes the text is one Edit, given to the TranscriptDesk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.core import glossary
from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.fillers import fillers_of, remove_fillers
from studio.core.glossary import Entry, apply_glossary
from studio.core.jobs import Job, JobState
from studio.core.replace import replace_all, replace_one
from studio.core.tidy import Rules, tidy
from studio.core.wording import part
from studio.services.studio import Studio

from ..commands import Commands
from ..editor.search import Searched
from ..find.controls import FillerControls, TidyControls
from ..find.find_bar import FindBar
from ..find.glossary_dialog import GlossaryDialog
from ..find.preview_dialog import PreviewDialog
from ..models.wording import counted
from ..notices import Action
from ..subtitles.page import SubtitlesPage
from ..window.file_page import FilePage
from .transcript_desk import TranscriptDesk

_OF_A_TRANSCRIPT = ("replaceAction", "findNextAction", "findPreviousAction", "fillersAction", "tidyTextAction")


class FindDesk(QObject):
    """Owns the find bar, which it puts above the text."""

    notice = Signal(str, str, object)  # kind, sentence, Action or None

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        subtitles: SubtitlesPage,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._page, self._commands = studio, desk, page, commands
        self._view, self._subtitles, self._window = page.transcript, subtitles, window
        self._scope: frozenset[int] | None = None  # the passages that are looked at, None for all
        self._finished: set[int] = set()  # jobs whose names were not compared with the glossary yet
        self.bar = FindBar(commands)
        page.above_text.insertWidget(1, self.bar)
        self._connect_bar()
        for name, do in {
            "replaceAction": lambda: self.open(True),
            "findNextAction": lambda: self.go(1),
            "findPreviousAction": lambda: self.go(-1),
            "glossaryAction": self.show_glossary,
            "fillersAction": self.remove_fillers,
            "tidyTextAction": self.tidy,
        }.items():
            commands.connect(name, do)
        for changed in (desk.model.modelReset, desk.model.rowsInserted, desk.model.rowsRemoved):
            changed.connect(self._offer)
        desk.opened.connect(self._on_opened)
        desk.job_changed.connect(lambda _: self._compare_names())
        self._offer()

    def _connect_bar(self) -> None:
        bar, view = self.bar, self._view
        bar.changed.connect(self._search)
        bar.in_selection.toggled.connect(self._set_scope)
        bar.next_requested.connect(lambda: self.go(1))
        bar.previous_requested.connect(lambda: self.go(-1))
        bar.replace_requested.connect(self.replace)
        bar.replace_all_requested.connect(self.replace_all)
        bar.closed.connect(self.close)
        view.search_changed.connect(lambda _: self._show_count())
        for text in (view, self._subtitles.editor.text):
            text.selectionChanged.connect(self._show_count)
        self._page.mode_changed.connect(lambda _: self._show_count())

    @property
    def _editor(self) -> Searched:
        """Whose caret the search goes on from; it shows the places."""
        return self._subtitles if self._page.mode == "subtitles" else self._view

    def _settle(self) -> None:
        """Typing is over: editors show what the model has, which is what is searched."""
        self._view.leave_row()
        self._subtitles.leave_cue()

    # Find

    def open(self, replace: bool = False) -> None:
        """Show the bar; what is selected in one passage is what will be looked for."""
        text = self._subtitles.editor.text if self._page.mode == "subtitles" else self._view
        selected = text.textCursor().selectedText()
        fits = 0 < len(selected) < 100 and not set(selected) & {"\u2028", "\u2029"}
        again = self.bar.isVisible()
        self.bar.open(replace, selected if fits and not again else "")
        self._search()

    def close(self) -> None:
        """Hide the bar and its marks; the text has the focus, with the last place selected."""
        self.bar.hide()
        self._view.set_search(None)
        self._commands[f"{self._page.mode}ModeAction"].trigger()

    def go(self, step: int) -> None:
        """Select the next place, or the previous one; without words to look for, ask for them."""
        if self.bar.query() is None:
            self.open()
            return
        self._settle()
        if self._search() and self._view.match_count:
            self._view.leave_playback()
            (self._editor.next_match if step > 0 else self._editor.previous_match)()

    def _search(self) -> bool:
        """Look for what the bar says. False if it cannot be looked for, which the bar then says."""
        try:
            self._view.set_search(self.bar.query(), self._scope)
        except UsageError as e:
            self.bar.show_problem(e.problem.what)
            return False
        return True

    def _set_scope(self, on: bool) -> None:
        """The passages selected now are the ones to look at, wherever the caret goes afterwards."""
        self._scope = frozenset(self._desk.selection.ids) if on else None
        self._search()

    def _show_count(self) -> None:
        if self.bar.isVisible():
            at = self._editor.match_at_caret()
            self.bar.show_count(self._view.match_count, at[0] if at else None)

    # Replace

    def replace(self) -> None:
        """Replace the selected place and go to the next one; where none is selected, go there first."""
        self._settle()
        query = self.bar.query()
        if query is None or not self._search():
            return
        at = self._editor.match_at_caret()
        if at is not None:
            _, match = at
            row = self._desk.model.row_of(match.segment)
            segment = self._desk.model.segment(row)
            self._desk.attempt(lambda: replace_one(segment, match, query, self.bar.replacement.text()))
            text = self._desk.model.segment(row).text
            self._editor.go_to(match.segment, max(len(text) - len(segment.text) + match.end, 0))
        self.go(1)

    def replace_all(self) -> None:
        """All places at once, as one step."""
        query = self.bar.query()
        self._settle()
        if query is not None and self._search():
            text = self.bar.replacement.text()
            found, before = self._view.match_count, self._desk.transcript
            self._desk.attempt(lambda: replace_all(before, query, text, self._scope))
            if self._desk.transcript != before:
                self.notice.emit("info", f"{counted(found, 'place', 'places')} replaced, undo takes it back.", None)
            self._search()

    # Tools with a preview

    def remove_fillers(self) -> None:
        """Filler words of the transcript's language, or those that the user put in their place."""
        settings, language = self._studio.library.settings, self._desk.transcript.language or "en"
        own = settings.get(f"fillers_{language}")
        controls = FillerControls(tuple(own) if isinstance(own, list) else fillers_of(language))
        self._preview(
            "Remove filler words",
            "Sounds without meaning go, with the commas around them. The times of all other words stay.",
            lambda ids: remove_fillers(self._desk.transcript, controls.fillers(), ids),
            controls,
        ).accepted_edit.connect(lambda _: settings.set(f"fillers_{language}", list(controls.fillers())))

    def tidy(self) -> None:
        settings = self._studio.library.settings
        kept = settings.get("tidy", {})
        kept = kept if isinstance(kept, dict) else {}
        rules = {name: bool(kept.get(name, standard)) for name, standard in asdict(Rules()).items()}
        controls = TidyControls(Rules(**rules))
        self._preview(
            "Repair case and punctuation",
            "Only text in capitals alone is ever written small, so nouns and names stay as they are.",
            lambda ids: tidy(self._desk.transcript, controls.rules(), ids),
            controls,
        ).accepted_edit.connect(lambda _: settings.set("tidy", asdict(controls.rules())))

    def apply_glossary(self) -> None:
        self._preview(
            "Apply the glossary",
            "Names are written as your glossary has them.",
            lambda ids: apply_glossary(self._desk.transcript, self._entries(), ids),
            None,
        )

    def _preview(
        self,
        title: str,
        note: str,
        make: Callable[[tuple[int, ...] | None], Edit | None],
        controls: FillerControls | TidyControls | None,
    ) -> PreviewDialog:
        ids = self._desk.selection.ids
        self._settle()
        dialog = PreviewDialog(
            title, note, lambda selected: make(ids if selected else None), len(ids), controls, self._window
        )
        if controls:
            controls.changed.connect(dialog.refresh)
        dialog.accepted_edit.connect(self._do)
        dialog.open()
        return dialog

    def _do(self, edit: Edit) -> None:
        """What was ticked, but for passages that have become others while the preview was open."""
        now = {s.id: s for s in self._desk.segments(s.id for s in edit.before)}
        self._desk.do(part(edit, {s.id for s in edit.before if now.get(s.id) == s}))

    # Glossary

    def _entries(self) -> tuple[Entry, ...]:
        return glossary.from_setting(self._studio.library.settings.get("glossary"))

    def show_glossary(self) -> None:
        dialog = GlossaryDialog(self._entries(), bool(self._desk.model.rowCount()), self._window)
        dialog.saved.connect(lambda e: self._studio.library.settings.set("glossary", glossary.as_text(e)))
        dialog.apply_requested.connect(self.apply_glossary)
        dialog.import_requested.connect(lambda: self._import(dialog))
        dialog.export_requested.connect(lambda: self._export(dialog))
        dialog.open()

    def _import(self, dialog: GlossaryDialog) -> None:
        name, _ = QFileDialog.getOpenFileName(dialog, "Import names", "", "Text (*.txt);;All files (*)")
        if not name:
            return
        try:
            dialog.add_entries(glossary.parse(Path(name).read_text("utf-8-sig")))
        except (OSError, UnicodeDecodeError) as e:
            self._tell_file(name, "read", e)

    def _export(self, dialog: GlossaryDialog) -> None:
        name, _ = QFileDialog.getSaveFileName(dialog, "Export names", "glossary.txt", "Text (*.txt)")
        if not name:
            return
        try:
            Path(name).write_text(glossary.as_text(dialog.entries()), "utf-8")
        except OSError as e:
            self._tell_file(name, "written", e)

    def _tell_file(self, name: str, done: str, error: Exception) -> None:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no UTF-8 text"
        self.notice.emit("error", f"“{Path(name).name}” could not be {done}: {why}. Choose another file.", None)

    def on_done(self, job: Job) -> None:
        """A job has ended: once its transcript is open, its names are compared with the glossary."""
        if job.state == JobState.DONE:
            self._finished.add(job.id)
            self._compare_names()

    def _on_opened(self, job: Job | None) -> None:
        self.bar.in_selection.setChecked(False)
        self._compare_names()

    def _compare_names(self) -> None:
        job, entries = self._desk.job, self._entries()
        if job is None or job.id not in self._finished or not self._desk.model.rowCount():
            return
        self._finished.discard(job.id)
        edit = apply_glossary(self._desk.transcript, entries)
        if edit:
            look: Action = ("Look", self.apply_glossary)
            passages = counted(len(edit.before), "passage", "passages")
            self.notice.emit("info", f"Names in {passages} are not written as in your glossary.", look)

    def _offer(self) -> None:
        there = self._desk.model.rowCount() > 0
        for name in _OF_A_TRANSCRIPT:
            self._commands[name].setEnabled(there)
