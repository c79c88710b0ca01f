"""The voice-over of the open transcript: made in a worker thread, decided on cue by cue, heard while it plays.

Runs on the window's thread. Decisions are stored with who speaks for whom (library/casting.py): they change no text, so
they are no steps that could be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from studio import media
from studio.core.jobs import Job, StopToken
from studio.core.speaking import Casting
from studio.core.steps import result
from studio.core.transcript import Segment
from studio.core.voiceover import Placed
from studio.services import speaking, voiceover
from studio.services.studio import Studio
from studio.services.voiceover import Parts, at_no_cost

from ..commands import Commands
from ..lane import Lane
from ..models.voiceover import State, VoiceOver
from ..models.wording import counted
from ..voiceover import Drawn, Heard, Maker, Preview, VoiceoverPage
from ..window.file_page import FilePage
from .casting_desk import CastingDesk
from .playback_desk import PlaybackDesk
from .speaking_desk import SpeakingDesk
from .speech_export_desk import SpeechExportDesk
from .speech_gate import SpeechGate
from .transcript_desk import TranscriptDesk

_AGAIN = 800  # milliseconds without a change until what is out of date is made again
_BEFORE = 200  # milliseconds that are played before a cue: sound takes a moment to begin
_REMEMBERED = 200  # voice-overs that are made again, from what is kept, when their recording is opened
_NOTHING = "There is nothing to speak here: no cue has letters or digits."
_PER_CUE = ("hurryAction", "leaveAction")
_MADE = "voiceovers"  # the setting


class VoiceoverDesk(QObject):
    """Owns the page, who makes the speech (`maker`), and what is heard of it (`preview`)."""

    notice = Signal(str, str)  # kind, sentence

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        playback: PlaybackDesk,
        speaking_desk: SpeakingDesk,
        casting: CastingDesk,
        gate: SpeechGate,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._file, self._playback = studio, desk, page, playback
        self._speaking, self._commands = speaking_desk, commands
        self._casting = Casting()
        self._names: dict[str, str] = {}
        self._whole = False  # all was made once: what is new is made by itself
        self.voiceover = VoiceOver(desk.model, Parts(Casting(), speaking.usual(studio, None)), self)
        self.maker = Maker(studio, self.voiceover, gate, self)
        self.page = VoiceoverPage(self.voiceover, self._voice_name, commands)
        self.preview = Preview(playback.player, self._source, self)
        self.drawn = Drawn(self.voiceover, page.waveform, self)
        self.export = SpeechExportDesk(studio, desk, self.voiceover, window)
        self.export.notice.connect(self.notice)
        self._free = Lane(self)  # finds out what can be made at no cost
        self._again = QTimer(self, singleShot=True, interval=_AGAIN)
        self._again.timeout.connect(self._make_again)
        page.add_mode("voiceover", self.page)
        self._connect_page()
        self._connect_commands()
        desk.opened.connect(self._on_opened)
        desk.model.modelReset.connect(self._on_read)
        desk.selection.changed.connect(self._on_selection)
        casting.changed.connect(self._recast)
        page.mode_changed.connect(self._on_mode_changed)
        self.voiceover.changed.connect(self._on_changed)
        self.preview.failed.connect(lambda sentence: self.notice.emit("warn", sentence))
        self._on_opened(desk.job)

    def _connect_page(self) -> None:
        page, table, playback, maker = self.page, self.page.table, self._playback, self.maker
        maker.began.connect(self._on_begun)
        maker.told.connect(page.making.show_making)
        maker.ended.connect(self._on_ended)
        maker.done.connect(self._on_done)
        maker.failed.connect(self._on_failed)
        page.making.stop_requested.connect(self.stop)
        page.making.heard_chosen.connect(self.set_heard)
        page.cues.limit_changed.connect(lambda limit: self._decide(lambda casting: replace(casting, limit=limit)))
        page.cues.ducked_changed.connect(lambda ducked: self._decide(lambda casting: replace(casting, ducked=ducked)))
        table.rows_selected.connect(self._desk.selection.set)
        table.hear_requested.connect(self.hear)
        table.play_requested.connect(self._commands["playAction"].trigger)
        table.stop_requested.connect(playback.stop)
        table.seek_requested.connect(playback.seek)
        table.following_changed.connect(self._file.transcript.set_following)
        self._file.transcript.following_changed.connect(table.set_following)
        playback.player.position_changed.connect(self._on_position)
        heard = self._studio.library.settings.get("voiceover_heard", Heard.BOTH)
        self._take_heard(Heard(heard) if heard in list(Heard) else Heard.BOTH)

    def _connect_commands(self) -> None:
        for name, do in {
            "makeVoiceoverAction": self.make,
            "hearCueAction": self.hear,
            "hurryAction": lambda: self.hurry(self._desk.selection.ids),
            "leaveAction": lambda: self.leave(self._desk.selection.ids),
            "hurryAllAction": self.hurry_all,
            "reflowCueAction": self.reflow,
            "nextProblemAction": lambda: self.step(1),
            "previousProblemAction": lambda: self.step(-1),
            "exportSpeechAction": self.export.open,
        }.items():
            self._commands.connect(name, do)

    # Making

    def make(self) -> None:
        """Speak the cues that are not spoken yet, or otherwise by now; those that could not be are tried again."""
        cues = self.voiceover.to_make(again=True)
        if cues:
            self._whole = True
            self.maker.start(cues)
        elif not self.voiceover.begun:
            self.notice.emit("info", _NOTHING)

    def stop(self) -> None:
        """What is spoken stays."""
        self._again.stop()
        self._free.stop()
        self._whole = False
        self.maker.stop()

    @property
    def making(self) -> bool:
        return self.maker.making

    def _on_begun(self) -> None:
        self.page.set_making(True)
        self.page.making.show_making("Getting ready to speak …", 0.0)
        self._offer()

    def _on_ended(self) -> None:
        self.page.set_making(False)
        self._offer()

    def _on_done(self) -> None:
        """What is made is made again when the recording is opened the next time."""
        if self._desk.job:
            settings, id = self._studio.library.settings, self._desk.job.id
            made = [known for known in settings.get(_MADE, []) if known != id]
            settings.set(_MADE, [*made, id][-_REMEMBERED:])

    def _on_failed(self) -> None:
        self._whole = False

    def _make_again(self) -> None:
        """What was changed since, as far as it costs nothing."""
        fresh = {State.OUTDATED, *([State.WAITING] if self._whole else [])}
        cues = [c for c in self.voiceover.to_make() if self.voiceover.state(c) in fresh]
        self._free.stop()
        if any(speaking.is_remote(self.voiceover.parts.manner(c).voice) for c in cues):
            parts = self.voiceover.parts
            self._free.run(lambda stop: at_no_cost(self._studio, cues, parts, stop), self._start_free)
        elif cues:
            self.maker.start(cues)

    def _start_free(self, cues: Sequence[Segment]) -> None:
        wanted = [cue for cue in self.voiceover.to_make() if cue in cues]  # others were changed meanwhile
        if wanted:
            self.maker.start(wanted)

    # Decisions

    def hurry(self, ids: Collection[int]) -> None:
        """Have these cues said so much faster that they fit, within the limit."""
        self._decide(lambda casting: casting.hurry(ids))

    def leave(self, ids: Collection[int]) -> None:
        """Have them said as their voice says them, also where they overrun."""
        self._decide(lambda casting: casting.leave(ids))

    def hurry_all(self) -> None:
        """All that nothing is decided for."""
        open = self.voiceover.undecided()
        before = len(open)
        self.hurry(open)
        left = sum(self.voiceover.over(id) > 0 for id in open)
        still = f"; {left} would have to be faster than the limit" if left else ""
        self.notice.emit("info", f"{before - left} of {counted(before, 'cue', 'cues')} fit now{still}.")

    def reflow(self) -> None:
        """Let the user cut the selected cues anew, together with those before and after them."""
        model, ids = self._desk.model, self._desk.selection.ids
        rows = [row for row in map(model.row_of, ids) if row >= 0]
        if rows:
            around = model.segments()[max(min(rows) - 1, 0) : max(rows) + 2]
            self._desk.selection.set([cue.id for cue in around], self._desk.selection.current)
            self._commands["reflowAction"].trigger()

    def step(self, by: int) -> None:
        """To the next (1) or previous (-1) cue that wants a decision; elsewhere these keys go to other problems."""
        if self._file.mode != "voiceover":
            return
        model, current = self._desk.model, self._desk.selection.current
        rows = sorted(model.row_of(id) for id in self.voiceover.undecided())
        if not rows:
            self.notice.emit("info", "No cue is left to decide on.")
            return
        here = model.row_of(current) if current is not None else -1
        beyond = [row for row in rows if (row - here) * by > 0]
        row = (beyond or rows)[0 if by > 0 else -1]
        cue = model.segment(row)
        self._desk.selection.set([cue.id])
        self._playback.seek(cue.start)

    def _decide(self, change: Callable[[Casting], Casting]) -> None:
        job = self._desk.job
        if job is None:
            return
        store, there = self._studio.library.casting, {cue.id for cue in self._desk.model.segments()}
        store.put(job.id, change(store.get(job.id)).only(there))
        self._recast()

    # Hearing

    def set_heard(self, heard: Heard) -> None:
        """The user's choice."""
        self._studio.library.settings.set("voiceover_heard", heard.value)
        self._take_heard(heard)

    def _take_heard(self, heard: Heard) -> None:
        self.page.making.show_heard(heard)
        self.preview.set_heard(heard)
        self._offer()

    def hear(self) -> None:
        """Play the selected cues, to the end of their speech; where there is none, have them spoken."""
        chosen = self._desk.selected()
        ends = [placed.end for cue in chosen if (placed := self.voiceover.placed.get(cue.id))]
        if chosen and ends and self.preview.speaks:
            self._speaking.stop()
            end = max(*ends, *(cue.end for cue in chosen))
            self._playback.play_range(max(0, chosen[0].start - _BEFORE), end)
        else:
            self._speaking.stop()
            self._speaking.toggle()

    def _source(self, placed: Placed) -> tuple[Hashable, Callable[[], media.Samples]]:
        text, manner = self.voiceover.made_of[placed.id]
        studio, language = self._studio, self.voiceover.parts.language

        def read() -> media.Samples:
            said = result(voiceover.speech(studio, text, manner, StopToken(), language, placed.hurry))
            return media.Samples(said.samples, said.rate)

        return (placed.id, text, manner, placed.hurry), read

    # The open transcript

    def _on_opened(self, job: Job | None) -> None:
        self.stop()
        self._whole = False
        self._casting = self._studio.library.casting.get(job.id) if job else Casting()
        self.voiceover.clear(self._parts())

    def _on_read(self) -> None:
        """The text is there, and its language may be known by now."""
        self._recast()
        self._on_mode()

    def _recast(self) -> None:
        """Voices, decisions or the language are others."""
        self._names.clear()
        self._casting = self._studio.library.casting.get(self._desk.job.id) if self._desk.job else Casting()
        self.voiceover.refresh(self._parts())

    def _parts(self) -> Parts:
        language = self._desk.model.language
        return Parts(self._casting, speaking.usual(self._studio, language), language)

    def _voice_name(self, id: str) -> str:
        if not self._names:
            self._names = {voice.id: voice.title for voice in speaking.voices(self._studio)}
        return self._names.get(id, id)

    def _on_mode_changed(self, mode: str) -> None:
        self._on_mode()
        if mode == "voiceover":
            self.page.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_mode(self) -> None:
        here = self._file.mode == "voiceover"
        self.preview.set_on(here)
        if here:
            if self._desk.selection.current is None and self._desk.model.rowCount():
                self._desk.selection.set([self._desk.model.segment(0).id])
            self._on_selection()
            self._remember()
        self._offer()

    def _remember(self) -> None:
        """Take up what was made before the program was closed: it is kept, so it costs nothing."""
        job = self._desk.job
        known = self._studio.library.settings.get(_MADE, [])
        if job and job.id in known and not self.voiceover.begun:
            self._whole = True
            self._make_again()

    def _on_selection(self) -> None:
        if self._file.mode == "voiceover":
            self.page.show_selection(self._desk.selection.ids, self._desk.selection.current)
        self._offer()

    def _on_position(self, ms: int) -> None:
        if self._file.mode == "voiceover":
            self.page.set_position(ms)

    def _on_changed(self) -> None:
        made = self.voiceover
        self.page.cues.show_decisions(self._casting.limit, self._casting.ducked)
        self.preview.set_plan(tuple(made.placed.values()), self._casting.ducked)
        if made.begun and not self.making:
            self._again.start()
        self._offer()

    def _offer(self) -> None:
        commands, chosen = self._commands, self._desk.selection.ids
        spoken = [id for id in chosen if id in self.voiceover.placed]
        commands["makeVoiceoverAction"].setEnabled(self._desk.model.rowCount() > 0 and not self.making)
        commands["hearCueAction"].setEnabled(bool(chosen))
        commands["reflowCueAction"].setEnabled(bool(chosen))
        for name in _PER_CUE:
            commands[name].setEnabled(bool(spoken))
        commands["exportSpeechAction"].setEnabled(bool(self.voiceover.placed) and not self.making)
        commands["hurryAllAction"].setEnabled(bool(self.voiceover.undecided()))
        self._run_alone()

    def _run_alone(self) -> None:
        """Where there is no recording, the clock of the voice-over runs."""
        job, player = self._desk.job, self._playback.player
        alone = job is not None and not Path(job.path).is_file() and self.preview.speaks
        player.set_alone(max(self.voiceover.end, self._desk.model.duration) if alone else None)

    def shut_down(self) -> None:
        """Be silent; returns when nothing runs in the background any more."""
        self._again.stop()
        self._free.shut_down()
        self.preview.shut_down()
        self.export.shut_down()
        self.drawn.shut_down()
        self.maker.shut_down()
