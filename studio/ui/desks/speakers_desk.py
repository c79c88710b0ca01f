"""Speakers: fulfils the wishes of the speakers panel, and has voices learnt, suggested and checked in the background.

Runs on the window's thread; what listens to recordings runs in Tasks. Changes of the transcript go through the
TranscriptDesk, so that they are steps of the one undo history.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.core import speakers
from studio.core.errors import Problem
from studio.core.jobs import UNFINISHED, Job
from studio.core.speakers import is_unnamed
from studio.core.transcript import Transcript
from studio.services import voices
from studio.services.studio import Studio
from studio.services.voices import Doubt, Suggestion

from ..commands import Commands
from ..inspector.doubts_dialog import DoubtsDialog
from ..inspector.merge_dialog import MergeDialog
from ..inspector.same_name_dialog import SameNameDialog
from ..inspector.speakers_panel import SpeakersPanel
from ..inspector.voices_dialog import VoicesDialog
from ..lane import Lane
from .transcript_desk import TranscriptDesk

log = logging.getLogger(__name__)

_WAIT = 1000  # milliseconds without another change before names are learnt from and voices are compared


class SpeakersDesk(QObject):
    """`set_position` wants to know where the playhead is."""

    notice = Signal(str, str)  # kind, sentence
    play_requested = Signal(int, int)  # play from here to there (milliseconds)
    find_again_requested = Signal()  # tell the speakers of the open recording apart again
    panel_wanted = Signal()  # something is to be typed there

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        panel: SpeakersPanel,
        commands: Commands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio, self._desk, self._panel = studio, desk, panel
        self._position = 0
        self._names: dict[str, str] = {}  # the speakers of the open transcript as they were last seen
        self._to_learn: set[str] = set()
        self._compared: set[str] = set()  # nameless speakers that known voices were compared with
        self._suggestions: list[Suggestion] = []
        self._doubts: Sequence[Doubt] = ()
        self._learning, self._comparing, self._checking = (Lane(self) for _ in range(3))
        self._soon = QTimer(self, singleShot=True, interval=_WAIT)
        self._soon.timeout.connect(self._learn_and_compare)
        self._connect_panel()
        desk.opened.connect(self._on_opened)
        desk.job_changed.connect(lambda _: self._soon.start())
        desk.selection.changed.connect(lambda: panel.set_selected(len(desk.selection.ids)))
        desk.model.speakers_changed.connect(self._on_speakers)
        desk.model.modelReset.connect(self._on_reset)
        commands.connect("mergeSpeakersAction", self.merge_two)
        commands.connect("voicesAction", self.show_voices)
        commands.connect("newSpeakerAction", self._add)
        commands.connect("findSpeakersAction", self.find_again_requested.emit)
        self._commands = commands
        for changed in (desk.model.modelReset, desk.model.rowsInserted, desk.model.rowsRemoved):
            changed.connect(self._offer)
        self._offer()
        self._show_consent()

    def _connect_panel(self) -> None:
        panel, do = self._panel, self._do
        panel.rename_requested.connect(self.rename)
        panel.add_requested.connect(lambda name: do(speakers.add_speaker, name))
        panel.recolor_requested.connect(lambda id, color: do(speakers.recolor, id, color))
        panel.merge_requested.connect(self._merge)
        panel.swap_requested.connect(lambda id, other: do(speakers.swap, id, other))
        panel.merge_two_requested.connect(self.merge_two)
        panel.reassign_requested.connect(lambda id: do(speakers.reassign, self._desk.selection.ids, id))
        panel.split_off_requested.connect(lambda name: do(speakers.split_off, self._desk.selection.ids, name))
        panel.remove_requested.connect(lambda id: do(speakers.remove_unused, [id]))
        panel.play_requested.connect(self._play_next)
        panel.find_again_requested.connect(self.find_again_requested)
        panel.consent_given.connect(self._on_consent)
        panel.suggestion_taken.connect(lambda s: self._desk.rename_speaker(s.speaker_id, s.name))
        panel.suggestion_refused.connect(self._refuse)
        panel.check_requested.connect(self._check)
        panel.check_stopped.connect(self._stop_check)
        panel.doubts_requested.connect(self._show_doubts)
        panel.known_voices_requested.connect(self.show_voices)

    @property
    def _transcript(self) -> Transcript:
        return self._desk.transcript

    def set_position(self, ms: int) -> None:
        self._position = ms

    def _offer(self) -> None:
        for name in ("newSpeakerAction", "findSpeakersAction"):
            self._commands[name].setEnabled(self._desk.model.rowCount() > 0)

    def shut_down(self) -> None:
        """Stop listening; returns when the threads have ended."""
        for lane in (self._learning, self._comparing, self._checking):
            lane.shut_down()

    # Changes

    def _do(self, make: Callable[..., Any], *arguments: Any) -> None:
        self._desk.attempt(lambda: make(self._transcript, *arguments))

    def rename(self, id: str, name: str) -> None:
        """Give a speaker another name; where somebody has it already, ask whether the two are one person."""
        other = speakers.namesake(self._transcript, id, name)
        shares = {share.speaker.id: share for share in self._desk.model.speaker_shares()}
        if other is None or id not in shares:
            self._desk.rename_speaker(id, name)
            return
        dialog = SameNameDialog(shares[id], shares[other.id], self._panel.window())
        dialog.merge_requested.connect(lambda: self._merge(id, other.id))
        dialog.keep_requested.connect(lambda: self._desk.rename_speaker(id, name))
        dialog.open()

    def _merge(self, id: str, into: str) -> None:
        self._do(speakers.merge_speakers, [id], into)

    def merge_two(self) -> None:
        """Ask which two are one person."""
        shares = self._desk.model.speaker_shares()
        if len(shares) < 2:
            self.notice.emit("info", "There are no two speakers to merge in this recording.")
            return
        dialog = MergeDialog(shares, self._panel)
        dialog.chosen.connect(self._merge)
        dialog.open()

    def _add(self) -> None:
        self.panel_wanted.emit()
        self._panel.add()

    def ask_name(self, id: str) -> None:
        """Have another name typed in the panel."""
        self.panel_wanted.emit()
        self._panel.rename(id)

    def _play_next(self, speaker: str) -> None:
        """The speaker's next passage behind the playhead; behind the last comes the first."""
        own = [s for s in self._desk.model.segments() if s.speaker == speaker]
        if own:
            found = next((s for s in own if s.start > self._position), own[0])
            self._position = found.start
            self.play_requested.emit(found.start, found.end)

    # Voices

    def _on_opened(self, job: Job | None) -> None:
        for lane in (self._comparing, self._checking):
            lane.stop()
        for dialog in self._panel.findChildren(DoubtsDialog):
            dialog.reject()  # about passages of the recording before
        self._learn()
        self._on_doubts(None)

    def _on_reset(self) -> None:
        """Another transcript, or speakers told apart anew: nobody in it was named just now."""
        self._names, self._to_learn, self._compared = {}, set(), set()
        self._suggestions = []
        self._on_speakers()

    def _on_speakers(self) -> None:
        """Who was given a name, or lost it, is learnt from."""
        names = {s.id: s.name for s in self._desk.model.speakers}
        if self._names:
            self._to_learn |= {id for id in {*names, *self._names} if names.get(id) != self._names.get(id)}
        self._names = names
        self._compared &= self._nameless()
        self._show_suggestions(self._suggestions)
        self._show_consent()
        self._soon.start()

    def _nameless(self) -> set[str]:
        return {s.id for s in self._desk.model.speakers if is_unnamed(s)}

    def _show_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Those that still make sense."""
        nameless, taken = self._nameless(), set(self._names.values())
        self._suggestions = [s for s in suggestions if s.speaker_id in nameless and s.name not in taken]
        self._panel.show_suggestions(self._suggestions)

    def _show_consent(self) -> None:
        """Ask once a speaker has been named: then it is plain what it is good for."""
        asked = voices.asked(self._studio)
        named = any(not is_unnamed(s) for s in self._desk.model.speakers)
        self._panel.show_voices(ask=named and not asked, asked=asked)

    def _on_consent(self, yes: bool) -> None:
        voices.allow(self._studio, yes)
        self._to_learn = set(self._names) if yes else set()
        self._compared = set()
        self._show_suggestions([])
        self._show_consent()
        self._soon.start()

    def _learn_and_compare(self) -> None:
        job, studio, transcript = self._desk.job, self._studio, self._transcript
        if job is None or job.state in UNFINISHED or not voices.allowed(studio):
            return
        self._learn()
        nameless = self._nameless()
        if nameless - self._compared:
            self._compared = nameless
            self._comparing.stop()
            self._comparing.run(lambda stop: voices.suggest(studio, transcript, stop), self._show_suggestions, _log)

    def _learn(self) -> None:
        studio, transcript, ids = self._studio, self._transcript, self._to_learn
        self._to_learn = set()
        if ids and voices.allowed(studio):
            self._learning.run(lambda stop: voices.learn(studio, transcript, ids, stop), failed=self._tell)

    def _refuse(self, suggestion: Suggestion) -> None:
        voices.refuse(self._studio, self._transcript, suggestion)
        self._show_suggestions([s for s in self._suggestions if s != suggestion])

    def _check(self) -> None:
        studio, transcript = self._studio, self._transcript
        self._panel.show_checking()
        self._checking.run(lambda stop: voices.doubts(studio, transcript, stop), self._on_doubts, self._on_check_failed)

    def _on_doubts(self, doubts: Sequence[Doubt] | None) -> None:
        """None: not looked for yet."""
        self._doubts = doubts or ()
        if doubts is None:
            self._panel.show_unchecked()
        else:
            self._panel.show_doubts(len(doubts))

    def _on_check_failed(self, problem: Problem) -> None:
        self._on_doubts(None)
        self._tell(problem)

    def _stop_check(self) -> None:
        self._checking.stop()
        self._on_doubts(None)

    def _show_doubts(self) -> None:
        dialog = DoubtsDialog(self._desk.model, self._doubts, self._panel)
        dialog.chosen.connect(self._settle)
        dialog.play_requested.connect(self._play_segment)
        dialog.show()
        dialog.activateWindow()  # not modal, so some window managers leave the keys with the window behind it

    def _settle(self, segment: int, speaker: str) -> None:
        """The user has listened and knows."""
        self._do(speakers.reassign, [segment], speaker)
        self._on_doubts([d for d in self._doubts if d.segment_id != segment])

    def _play_segment(self, id: int) -> None:
        segment = self._desk.model.segment(self._desk.model.row_of(id))
        self.play_requested.emit(segment.start, segment.end)

    def show_voices(self) -> None:
        """The dialog of known voices."""
        studio = self._studio
        dialog = VoicesDialog(voices.known(studio), voices.allowed(studio), self._panel)

        def after(change: Callable[..., None]) -> Callable[..., None]:
            def act(*arguments: Any) -> None:
                change(studio, *arguments)
                dialog.show_voices(voices.known(studio))
                self._show_suggestions([])
                self._compared = set()
                self._soon.start()

            return act

        dialog.allowed_changed.connect(self._on_consent)
        # queued: the list must not be filled anew while its field is being closed
        dialog.renamed.connect(after(voices.rename), Qt.ConnectionType.QueuedConnection)
        dialog.forgotten.connect(after(voices.forget))
        dialog.all_forgotten.connect(after(voices.forget_all))
        dialog.open()

    def _tell(self, problem: Problem) -> None:
        self.notice.emit("warn", problem.sentence)


def _log(problem: Problem) -> None:
    """Suggestions come unasked, so their failure needs no notice."""
    log.warning("no suggestions: %s %s", problem.sentence, problem.detail)
