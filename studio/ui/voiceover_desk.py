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
from studio.core.errors import Problem
from studio.core.jobs import Job, StopToken
from studio.core.speaking import Casting
from studio.core.steps import result
from studio.core.transcript import Segment
from studio.core.voiceover import Placed
from studio.services import speaking, voiceover
from studio.services.speaking import Told, Utterance
from studio.services.studio import Studio
from studio.services.voiceover import Missed, Parts, Spoke

from .casting_desk import CastingDesk
from .commands import Commands
from .file_page import FilePage
from .models.voiceover import State, VoiceOver
from .playback_desk import PlaybackDesk
from .speaking_desk import SpeakingDesk
from .speech_export_desk import SpeechExportDesk
from .transcript_desk import TranscriptDesk
from .voiceover import Heard, Preview, VoiceoverPage
from .waveform import speech_of
from .workers import Steps

_AGAIN = 800  # milliseconds without a change until what is out of date is made again
_BEFORE = 200  # milliseconds that are played before a cue: sound takes a moment to begin
_REMEMBERED = 200  # voice-overs that are made again, from what is kept, when their recording is opened
_NOTHING = "There is nothing to speak here: no cue has letters or digits."
_PER_CUE = ("hurryAction", "leaveAction")
_MADE = "voiceovers"  # the setting

Permit = Callable[[Sequence[Utterance], Callable[[], object]], object]


class VoiceoverDesk(QObject):
    """Owns the page. `permit` is asked before anything is spoken; it calls back once it may be."""

    notice = Signal(str, str)  # kind, sentence

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        playback: PlaybackDesk,
        speaking_desk: SpeakingDesk,
        casting: CastingDesk,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._file, self._playback = studio, desk, page, playback
        self._speaking, self._commands = speaking_desk, commands
        self._casting = Casting()
        self._names: dict[str, str] = {}
        self._steps: Steps | None = None
        self._whole = False  # all was made once: what is new is made by itself
        self.permit: Permit = lambda utterances, then: then()
        self.voiceover = VoiceOver(desk.model, Parts(Casting(), speaking.usual(studio, None)), self)
        self.page = VoiceoverPage(self.voiceover, self._voice_name, commands)
        self.preview = Preview(playback.player, self._source, self)
        self.export = SpeechExportDesk(studio, desk, self.voiceover, window)
        self.export.notice.connect(self.notice)
        self._again = QTimer(self, singleShot=True, interval=_AGAIN)
        self._again.timeout.connect(self._make_again)
        page.add_mode("voiceover", self.page)
        self._connect_page()
        self._connect_commands()
        desk.opened.connect(self._on_opened)
        desk.model.modelReset.connect(self._recast)  # the language may be known by now
        desk.selection.changed.connect(self._on_selection)
        casting.changed.connect(self._recast)
        page.mode_changed.connect(lambda _: self._on_mode())
        self.voiceover.changed.connect(self._on_changed)
        self.preview.failed.connect(lambda sentence: self.notice.emit("warn", sentence))
        self._on_opened(desk.job)

    def _connect_page(self) -> None:
        page, table, playback = self.page, self.page.table, self._playback
        page.making.stop_requested.connect(self.stop)
        page.making.heard_chosen.connect(self.set_heard)
        page.cues.limit_changed.connect(lambda limit: self._decide(limit=limit))
        page.cues.ducked_changed.connect(lambda ducked: self._decide(ducked=ducked))
        table.rows_selected.connect(self._desk.selection.set)
        table.hear_requested.connect(self.hear)
        table.play_requested.connect(self._commands["playAction"].trigger)
        table.stop_requested.connect(playback.stop)
        table.seek_requested.connect(playback.seek)
        table.following_changed.connect(self._file.transcript.set_following)
        self._file.transcript.following_changed.connect(table.set_following)
        playback.player.position_changed.connect(self._on_position)
        heard = self._studio.library.settings.get("voiceover_heard", Heard.BOTH)
        self.set_heard(Heard(heard) if heard in list(Heard) else Heard.BOTH)

    def _connect_commands(self) -> None:
        for name, do in {
            "makeVoiceoverAction": self.make,
            "hearCueAction": self.hear,
            "hurryAction": lambda: self.hurry(self._desk.selection.ids),
            "leaveAction": lambda: self.leave(self._desk.selection.ids),
            "hurryAllAction": self.hurry_all,
            "reflowCueAction": self.reflow,
            "exportSpeechAction": self.export.open,
        }.items():
            self._commands.connect(name, do)

    # Making

    def make(self) -> None:
        """Speak the cues that are not spoken yet, or otherwise by now; those that could not be are tried again."""
        cues = self.voiceover.to_make(again=True)
        if cues:
            self._start(cues)
        elif not self.voiceover.begun:
            self.notice.emit("info", _NOTHING)

    def stop(self) -> None:
        """What is spoken stays."""
        self._again.stop()
        if self._steps is not None:
            steps, self._steps = self._steps, None
            steps.blockSignals(True)
            steps.pause()
            self._whole = False
            self._end()

    @property
    def making(self) -> bool:
        return self._steps is not None

    def _start(self, cues: Sequence[Segment]) -> None:
        if self._steps is None:
            parts = self.voiceover.parts
            said = [Utterance(cue.text, parts.manner(cue), parts.language, cue.id) for cue in cues]
            self.permit(said, lambda: self._speak(cues, parts))

    def _speak(self, cues: Sequence[Segment], parts: Parts) -> None:
        self._whole = len(cues) == len(self.voiceover.to_make(again=True))
        steps = Steps(lambda stop: voiceover.speak_cues(self._studio, cues, parts, stop), self)
        known = {cue.id: cue for cue in cues}
        steps.told.connect(lambda event: self._on_told(event, known, parts))
        steps.done.connect(lambda _: self._on_done())
        steps.failed.connect(self._on_failed)
        self._steps = steps
        self.page.set_making(True)
        self.page.making.show_making("Getting ready to speak …", 0.0)
        self._offer()
        steps.start()

    def _on_told(self, event: object, cues: dict[int, Segment], parts: Parts) -> None:
        if isinstance(event, Told):
            self.page.making.show_making(event.says, event.fraction)
        elif isinstance(event, Spoke | Missed):
            cue = cues[event.cue]
            self.voiceover.take(cue, parts.manner(cue), event)

    def _on_done(self) -> None:
        self._steps = None
        if self._desk.job:
            settings, id = self._studio.library.settings, self._desk.job.id
            made = [known for known in settings.get(_MADE, []) if known != id]
            settings.set(_MADE, [*made, id][-_REMEMBERED:])
        self._end()

    def _on_failed(self, problem: Problem) -> None:
        self._steps, self._whole = None, False
        self.notice.emit("warn", problem.sentence)
        self._end()

    def _end(self) -> None:
        self.voiceover.settle()
        self.page.set_making(False)
        self._offer()

    def _make_again(self) -> None:
        """What was changed since, as far as it costs nothing."""
        fresh = {State.OUTDATED, *([State.WAITING] if self._whole else [])}
        cues = [c for c in self.voiceover.to_make() if self.voiceover.state(c) in fresh]
        here = [c for c in cues if not speaking.is_remote(self.voiceover.parts.manner(c).voice)]
        if here and self._steps is None:
            self._start(here)

    # Decisions

    def hurry(self, ids: Collection[int]) -> None:
        """Have these cues said so much faster that they fit, within the limit."""
        self._decide(hurried=self._casting.hurried | set(ids))

    def leave(self, ids: Collection[int]) -> None:
        """Have them said as their voice says them."""
        self._decide(hurried=self._casting.hurried - set(ids))

    def hurry_all(self) -> None:
        before = len(self.voiceover.overruns())
        self.hurry([placed.id for placed in self.voiceover.overruns()])
        left = len(self.voiceover.overruns())
        still = f"; {left} would have to be faster than the limit" if left else ""
        self.notice.emit("info", f"{before - left} of {before} cues fit now{still}.")

    def reflow(self) -> None:
        """Let the user cut the selected cues anew, together with those before and after them."""
        model, ids = self._desk.model, self._desk.selection.ids
        rows = [row for row in map(model.row_of, ids) if row >= 0]
        if rows:
            around = model.segments()[max(min(rows) - 1, 0) : max(rows) + 2]
            self._desk.selection.set([cue.id for cue in around], self._desk.selection.current)
            self._commands["reflowAction"].trigger()

    def _decide(
        self, hurried: frozenset[int] | None = None, limit: float | None = None, ducked: float | None = None
    ) -> None:
        job = self._desk.job
        if job is None:
            return
        now = self._studio.library.casting.get(job.id)
        there = frozenset(cue.id for cue in self._desk.model.segments())
        made = replace(
            now,
            hurried=(now.hurried if hurried is None else hurried) & there,
            limit=now.limit if limit is None else limit,
            ducked=now.ducked if ducked is None else ducked,
        )
        self._studio.library.casting.put(job.id, made)
        self._recast()

    # Hearing

    def set_heard(self, heard: Heard) -> None:
        self._studio.library.settings.set("voiceover_heard", heard.value)
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

    def _on_mode(self) -> None:
        here = self._file.mode == "voiceover"
        self.preview.set_on(here)
        if here:
            self.page.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
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
        self._show_lane()
        if made.begun and self._steps is None:
            self._again.start()
        self._offer()

    def _show_lane(self) -> None:
        """The speech below the waveform of the recording."""
        made, model = self.voiceover, self._desk.model
        placed = made.placed.values()
        if not placed:
            self._file.waveform.set_speech(None)
            return
        cues = {id: model.segment(model.row_of(id)) for id in made.placed}
        rows = [
            (p.start, p.end, cues[p.id].end, model.speaker_color(cues[p.id].speaker), made.is_outdated(cues[p.id]))
            for p in placed
        ]
        peaks = media.joined(((p.start, p.end, made.spoke[p.id].peaks) for p in placed), made.end)
        self._file.waveform.set_speech(speech_of(rows, peaks))

    def _offer(self) -> None:
        commands, chosen = self._commands, self._desk.selection.ids
        spoken = [id for id in chosen if id in self.voiceover.placed]
        commands["makeVoiceoverAction"].setEnabled(self._desk.model.rowCount() > 0 and not self.making)
        commands["hearCueAction"].setEnabled(bool(chosen))
        commands["reflowCueAction"].setEnabled(bool(chosen))
        for name in _PER_CUE:
            commands[name].setEnabled(bool(spoken))
        commands["exportSpeechAction"].setEnabled(bool(self.voiceover.placed))
        commands["hurryAllAction"].setEnabled(bool(self.voiceover.overruns()))
        self._run_alone()

    def _run_alone(self) -> None:
        """Where there is no recording, the clock of the voice-over runs."""
        job, player = self._desk.job, self._playback.player
        alone = job is not None and not Path(job.path).is_file() and self.preview.speaks
        player.set_alone(max(self.voiceover.end, self._desk.model.duration) if alone else None)

    def shut_down(self) -> None:
        """Be silent; returns when nothing runs in the background any more."""
        self.stop()
        self.preview.shut_down()
        self.export.shut_down()
        for steps in self.findChildren(Steps):
            steps.shut_down()
