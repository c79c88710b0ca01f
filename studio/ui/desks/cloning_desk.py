"""Voices made from the recording: from a marked stretch to a voice with its consent. Runs on the window's thread.

Nothing is sent here; the stretch goes to the vendor with each text, through the speech gate.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.core.errors import StudioError
from studio.core.jobs import StopToken
from studio.core.speaking import Voice
from studio.services import cloning
from studio.services.studio import Studio

from ..commands import Commands
from ..lane import Lane
from ..notices import NoticeBar
from ..player import Player
from ..speaking import CloneDialog, MadeVoicesDialog
from ..window.file_page import FilePage
from .transcript_desk import TranscriptDesk

_NO_STRETCH = "Select a passage, or mark 3 to 10 seconds of one person in the waveform with Shift and the mouse."
_TWO = "More than one person speaks in this stretch: mark 3 to 10 seconds in which only one is heard."
_NO_ACCOUNT = "Voices are made for an account at STT.ai, and there is none: add one first."


class CloningDesk(QObject):
    changed = Signal()  # there are other voices
    account_wanted = Signal(str)

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        player: Player,
        notices: NoticeBar,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._page, self._player = studio, desk, page, player
        self._notices, self._window = notices, window
        self._show_voices = commands["speechVoicesAction"].trigger
        self._lane = Lane(self)
        commands.connect("makeVoiceAction", self.make)
        commands.connect("madeVoicesAction", self.manage)
        commands["makeVoiceAction"].setEnabled(False)
        desk.opened.connect(lambda job: commands["makeVoiceAction"].setEnabled(job is not None))

    def shut_down(self) -> None:
        self._lane.shut_down()

    def make(self) -> None:
        """Ask for a name and the consent; says why where no voice can be made of what is chosen."""
        span, speakers = self._stretch()
        accounts = cloning.accounts_for(self._studio)
        if span is None:
            self._notices.show_notice("info", _NO_STRETCH)
        elif len(speakers) > 1:
            self._notices.show_notice("warn", _TWO)
        elif not accounts:
            self._notices.show_notice("info", _NO_ACCOUNT, ("Add an account", lambda: self.account_wanted.emit("")))
        else:
            try:
                cloning.check(self._studio, accounts[0], *span)
            except StudioError as e:
                self._notices.show_notice("warn", e.problem.sentence)
                return
            self._ask(span, next(iter(speakers), None), accounts)

    def _stretch(self) -> tuple[tuple[int, int] | None, set[str | None]]:
        """What is marked in the waveform, else selected; and who speaks in it."""
        chosen = self._desk.selected()
        span = self._page.waveform.range
        if span is None and chosen:
            span = chosen[0].start, max(s.end for s in chosen)
        if span is None:
            return None, set()
        start, end = span
        return span, {s.speaker for s in self._desk.model.segments() if s.start < end and s.end > start}

    def _ask(self, span: tuple[int, int], speaker: str | None, accounts: list[str]) -> None:
        name = self._desk.model.speaker_name(speaker) if speaker else ""
        dialog = CloneDialog(span, name, accounts, partial(cloning.consent, self._studio), self._window)
        dialog.play_requested.connect(lambda: self._player.play_range(*span))
        dialog.finished.connect(lambda _: self._player.stop())
        dialog.wanted.connect(partial(self._make, dialog, span))
        dialog.open()

    def _make(
        self, dialog: CloneDialog, span: tuple[int, int], account: str, title: str, agrees: str, words: str
    ) -> None:
        job = self._desk.job
        if job is None:
            dialog.reject()
            return
        studio, track = self._studio, job.options.track

        def work(stop: StopToken) -> Voice:
            path = self._desk.recording()
            return cloning.make(studio, account, path, span, title, agrees, words, track=track, stop=stop)

        def done(voice: Voice) -> None:
            dialog.accept()
            sentence = f"“{voice.title}” can speak now: choose it where you choose who speaks for whom."
            self._notices.show_notice("info", sentence, ("Voices", self._show_voices))
            self.changed.emit()

        self._lane.run(work, done, lambda problem: dialog.show_problem(problem.sentence))

    def manage(self) -> None:
        """Show the voices that were made, and who agreed to them."""
        dialog = MadeVoicesDialog(cloning.all_of(self._studio), self._window)
        dialog.removed.connect(lambda id: self._remove(dialog, id))
        dialog.open()

    def _remove(self, dialog: MadeVoicesDialog, id: int) -> None:
        try:
            cloning.remove(self._studio, id)
        except StudioError as e:
            self._notices.show_notice("error", e.problem.sentence)
        dialog.show_voices(cloning.all_of(self._studio))
        self.changed.emit()
