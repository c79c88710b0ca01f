"""Transcript, subtitles or comparison: which is shown, and what subtitle mode wishes for. Window's thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from studio.core.jobs import Job
from studio.services.opening import is_subtitles
from studio.services.studio import Studio

from ..commands import Commands
from ..subtitles.page import SubtitlesPage
from ..window.file_page import FilePage
from .checks_desk import ChecksDesk
from .edit_desk import EditDesk
from .playback_desk import PlaybackDesk
from .transcript_desk import TranscriptDesk

_MODES = ("transcript", "subtitles", "compare", "voiceover")
_KEPT = ("transcript", "subtitles")  # the ones that a program begins with


class SubtitlesDesk(QObject):
    """Owns the page of subtitle mode."""

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        checks: ChecksDesk,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._settings = studio.library.settings
        self._desk, self._page, self._checks, self._commands = desk, page, checks, commands
        self._opened = 0  # the job that was opened last, by id
        self._lent = False  # subtitles are shown because such a file was opened: nobody chose that
        self.subtitles = SubtitlesPage(desk.model, checks.findings, page.transcript.search)
        self.subtitles.tab_plays = page.transcript.tab_plays
        page.add_mode("subtitles", self.subtitles)
        self._connect_rules()
        for mode in _MODES:
            commands.connect(f"{mode}ModeAction", partial(self.show, mode))
        desk.opened.connect(self._on_opened)
        for changed in (desk.selection.changed, desk.selection.rows_changed):
            changed.connect(self._show_selection)
        for changed in (desk.model.modelReset, desk.model.rowsInserted):
            changed.connect(lambda *_: self._choose_first())
        window.installEventFilter(self)
        self._on_opened(desk.job)
        stored = self._settings.get("mode", _KEPT[0])
        page.set_mode(stored if stored in _KEPT else _KEPT[0])
        self._show_mode()
        page.mode_changed.connect(self._on_mode)

    def _connect_rules(self) -> None:
        checks, bar = self._checks, self.subtitles.bar
        bar.choice.chosen.connect(checks.choose_profile)
        bar.choice.chosen.connect(lambda _: self._show_rules())
        bar.edit_requested.connect(checks.edit_rules)
        checks.rules_changed.connect(lambda _: self._show_rules())
        self._show_rules()

    def connect_editing(self, editing: EditDesk, playback: PlaybackDesk) -> None:
        """What is typed and pressed in subtitle mode becomes edits, and moves the player."""
        desk, subtitles, player = self._desk, self.subtitles, playback.player
        subtitles.text_edited.connect(desk.type_text)
        subtitles.text_edited.connect(lambda *_: playback.on_typed())
        subtitles.typing_ended.connect(desk.end_typing)
        subtitles.rows_selected.connect(desk.selection.set)
        subtitles.rows_selected.connect(lambda _, current: editing.show_in_waveform(current))
        desk.went_to.connect(subtitles.go_to)
        self._page.transcript.search_changed.connect(lambda _: subtitles.show_hits())
        subtitles.split_requested.connect(editing.split)
        subtitles.editor.retime_requested.connect(editing.retime)
        subtitles.editor.speaker_requested.connect(lambda _, speaker: desk.relabel(desk.selection.ids, speaker))
        table, text = subtitles.table, subtitles.editor.text
        for view in (table, text):
            view.play_requested.connect(self._commands["playAction"].trigger)
            view.stop_requested.connect(playback.stop)
        text.back_requested.connect(self._commands["backAction"].trigger)
        table.seek_requested.connect(playback.seek)
        self._checks.seek_requested.connect(lambda ms: None if player.playing else playback.seek(ms))
        player.position_changed.connect(subtitles.set_position)
        # The transcript yields to scrolling for both: the desk of the player listens to it.
        table.following_changed.connect(self._page.transcript.set_following)
        self._page.transcript.following_changed.connect(table.set_following)

    # Modes

    def show(self, mode: str) -> None:
        """Show the text this way, with the caret in it."""
        before = self._page.mode
        self._page.set_mode(mode)
        self.focus()
        if mode == "subtitles" != before:
            self.subtitles.table.keep_up()

    def focus(self) -> None:
        """Put the caret into the text that is shown."""
        shown = {"subtitles": self.subtitles.editor.text, "transcript": self._page.transcript}.get(self._page.mode)
        if shown is not None:
            shown.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc that closed nothing brings the caret back to the text; the desk of the player stops."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.KeyPress and self.subtitles.isVisible():
            self.subtitles.editor.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return False

    def _on_mode(self, mode: str) -> None:
        self._lent = self._lent and mode == "subtitles"
        if mode in _KEPT and not self._lent:
            self._settings.set("mode", mode)
        self._show_mode()

    def _show_mode(self) -> None:
        self._commands[f"{self._page.mode}ModeAction"].setChecked(True)
        self._choose_first()

    def _on_opened(self, job: Job | None) -> None:
        for mode in _MODES:
            self._commands[f"{mode}ModeAction"].setEnabled(job is not None)
        if job is not None and job.id != self._opened:
            self._opened = job.id
            self._fit_mode(is_subtitles(job.options.file))

    def _fit_mode(self, subtitles: bool) -> None:
        """A file of subtitles is shown as such; recordings in the way that was chosen for them."""
        text, focus = self._page.transcript, self._page.window().focusWidget()
        if subtitles and self._page.mode == "transcript":
            self._lent = True
            self._page.set_mode("subtitles")
            if focus is text:
                self.subtitles.setFocus()
        elif self._lent and not subtitles:
            self._page.set_mode("transcript")
            if focus is None or self.subtitles.isAncestorOf(focus):  # None: of a cue that is no more
                text.setFocus()

    # Subtitles

    def _show_rules(self) -> None:
        self.subtitles.set_rules(self._checks.profile, self._checks.rules)

    def _choose_first(self) -> None:
        """In subtitle mode there is a cue to work on: where none is chosen, the first."""
        selection, model = self._desk.selection, self._desk.model
        known = selection.current is not None and model.row_of(selection.current) >= 0
        if not known and self._page.mode == "subtitles" and model.rowCount():
            selection.set([model.segment(0).id])
        self._show_selection()

    def _show_selection(self) -> None:
        """The page follows while it is to be seen."""
        if self._page.mode != "subtitles":
            return
        selection = self._desk.selection
        self.subtitles.show_selection(selection.ids, selection.current)
