"""Speaking the selection: between the text that is chosen, the service that speaks it, and the loudspeaker.

Runs on the window's thread; speech is made in a worker thread and heard while it is made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from threading import Event

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.core.errors import Problem
from studio.core.sentences import speakable
from studio.services import speaking
from studio.services.speaking import Sounding, Told, Utterance
from studio.services.studio import Studio

from ..commands import Commands
from ..player import Player
from ..speaking import SpeechBar, SpeechOutput
from ..window.file_page import FilePage
from ..workers import Steps
from .speech_gate import SpeechGate, accounts_of
from .transcript_desk import TranscriptDesk

_NOTHING = "There is nothing to speak here: select some words, or a cue with words in it."


class SpeakingDesk(QObject):
    """Owns the loudspeaker's stream and its bar. What is asked for while something is heard waits for its turn."""

    notice = Signal(str, str)  # kind, sentence
    word_changed = Signal(object, int, int)  # segment id or None, first and last character of the word that is heard

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        page: FilePage,
        player: Player,
        gate: SpeechGate,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._page, self._player, self._gate = studio, desk, page, player, gate
        self.output = SpeechOutput(self)
        self.bar = SpeechBar(commands)
        self._waiting: list[Utterance] = []  # asked for, not begun
        self._asked: list[Utterance] = []  # what was asked for last
        self._sounding: list[tuple[int, Sounding]] = []  # from which millisecond of the stream on
        self._steps: Steps | None = None
        self._at_work: list[Utterance] = []  # what `_steps` makes
        self._again = False  # also what a vendor may have got already
        self._lost = ""  # why nothing is heard
        self._leave = Event()  # set: `_steps` ends after the piece that is being made
        self._connect(commands)

    def _connect(self, commands: Commands) -> None:
        commands.connect("speakAction", self.toggle)
        commands.connect("stopSpeakingAction", self.stop)
        commands["stopSpeakingAction"].setEnabled(False)
        self._stop_action = commands["stopSpeakingAction"]
        self._desk.opened.connect(lambda _: self.stop())
        self._player.playing_changed.connect(lambda on: self.output.pause() if on else None)
        self.output.playing_changed.connect(self._on_playing)
        self.output.position_changed.connect(self._on_position)
        self.output.ended.connect(self._on_ended)
        self.output.failed.connect(self._on_silent)
        self.bar.toggle_requested.connect(self._go_on)
        self.bar.stop_requested.connect(self.stop)
        self.word_changed.connect(self._page.transcript.set_spoken)

    # Wishes

    def toggle(self) -> None:
        """Speak what is selected. What is heard already is paused, or goes on; another selection comes after it."""
        chosen = self.chosen()
        if self.active and (not chosen or chosen == self._asked):
            self._go_on()
        elif chosen:
            self.speak(chosen)
        else:
            self.notice.emit("info", _NOTHING)

    def speak(self, utterances: Sequence[Utterance]) -> None:
        """Say this, after what is being said; once the user knows where the text goes, if it goes anywhere."""
        self._gate.let(utterances, lambda: self._speak(utterances))

    def _speak(self, utterances: Sequence[Utterance]) -> None:
        self._asked = list(utterances)
        if not self.active:
            self.output.begin(speaking.RATE)
            self._stop_action.setEnabled(True)
        self._waiting += utterances
        self.bar.show_waiting(len(self._waiting) if self._steps else 0)
        if self._steps is None:
            self._begin()

    def stop(self) -> None:
        """Be silent, and forget what was still to be said."""
        self._waiting.clear()
        self._asked = []
        if self._steps is not None:
            steps, self._steps = self._steps, None
            steps.blockSignals(True)
            self._leave.set()
            if not accounts_of(self._at_work):  # else what is ordered comes in, so that it is not paid for in vain
                steps.cancel()
        self.output.stop()
        self._sounding.clear()
        self._stop_action.setEnabled(False)
        self.bar.hide()
        self.word_changed.emit(None, 0, 0)

    @property
    def active(self) -> bool:
        """Whether something is being said, or was paused."""
        return self._stop_action.isEnabled()

    def chosen(self) -> list[Utterance]:
        """What is selected: words of the text, else the passages; each in the voice of its speaker."""
        view = self._page.transcript
        spans = view.selected_text() if view.isVisible() else []
        spans = spans or [(segment.id, 0, len(segment.text)) for segment in self._desk.selected()]
        return [u for id, first, last in spans if speakable((u := self._utterance(id, first, last)).text)]

    def _utterance(self, id: int, first: int, last: int) -> Utterance:
        (segment,) = self._desk.segments([id])
        language = self._desk.transcript.language
        casting = self._studio.library.casting.get(self._desk.job.id if self._desk.job else 0)
        manner = casting.manner(segment.speaker, speaking.usual(self._studio, language))
        return Utterance(segment.text[first:last], manner, language, id, first)

    def shut_down(self) -> None:
        """Be silent; returns when nothing runs in the background any more."""
        self.stop()
        for steps in self.findChildren(Steps):
            steps.shut_down()

    # Speaking

    def _begin(self) -> None:
        """Have made what waits."""
        utterances, self._waiting = self._waiting, []
        self._at_work, again, self._again = utterances, self._again, False
        self.bar.show_waiting(0)
        self.bar.show_told("Getting ready to speak …")
        self.bar.show()
        self._leave = leave = Event()
        steps = Steps(
            lambda stop: _until(leave, speaking.read_out(self._studio, utterances, self._ahead, stop, again=again)),
            self,
        )
        steps.told.connect(self._on_told)
        steps.done.connect(lambda _: self._on_made())
        steps.failed.connect(self._on_failed)
        self._steps = steps
        steps.start()

    def _ahead(self) -> int:
        """Milliseconds that are made and not heard yet; asked from the worker's thread, which reads two numbers."""
        return self.output.length - self.output.heard

    def _on_told(self, event: object) -> None:
        if isinstance(event, Told):
            self.bar.show_told(event.says)
        elif isinstance(event, Sounding):
            first = not self._sounding
            self._sounding.append((self.output.length, event))
            self.output.add(event.samples)
            if first:
                self._go_on()

    def _on_made(self) -> None:
        self._steps = None
        if self._waiting:
            self._begin()
        else:
            self.output.finish()

    def _on_failed(self, problem: Problem) -> None:
        """What was made is heard to its end; the rest may be tried again."""
        self._steps = None
        begun = self._sounding[-1][1].utterance if self._sounding else None
        first = next((n for n, u in enumerate(self._at_work) if u is begun), 0)
        left = self._at_work[first:] + self._waiting
        self._waiting.clear()
        self._gate.tell(problem, left, lambda again: self._retry(left, again))
        if self._sounding:
            self.output.finish()
        else:
            self.stop()

    def _retry(self, utterances: Sequence[Utterance], again: bool) -> None:
        """From the passage that was not said to its end; what was made of it is not made anew."""
        self.stop()
        self._again = again
        self._speak(utterances)

    # Hearing

    def _go_on(self) -> None:
        if self.output.playing:
            self.output.pause()
        elif self.active and self._sounding:
            self._player.stop()
            self.output.play()

    def _on_playing(self, playing: bool) -> None:
        self.bar.show_playing(playing)
        if playing and self._lost:
            self._gate.take_back(self._lost)
            self._lost = ""

    def _on_silent(self, sentence: str) -> None:
        """It cannot be heard; once it can be again, it goes on with the sentence that was cut."""
        at = self._sounding_at(self.output.heard)
        if at is not None:
            self.output.go_back(at[0])
            self._on_position(at[0])
        self._lost = sentence
        self.notice.emit("warn", sentence)

    def _on_ended(self) -> None:
        if self._steps is None and not self._waiting:
            self.stop()

    def _on_position(self, ms: int) -> None:
        """Show which word is heard."""
        heard = self._sounding_at(ms)
        if heard is None:
            return
        since, sounding = heard
        self.bar.show_text(sounding.utterance)
        word = bisect_right(sounding.words, ms - since, key=lambda w: w.start) - 1
        if word >= 0:
            self.word_changed.emit(sounding.utterance.segment, *sounding.words[word][:2])

    def _sounding_at(self, ms: int) -> tuple[int, Sounding] | None:
        """The piece that is heard there, and where it begins."""
        at = bisect_right(self._sounding, ms, key=lambda entry: entry[0]) - 1
        return self._sounding[at] if at >= 0 else None


def _until(leave: Event, events: Iterator[Told | Sounding]) -> Iterator[Told | Sounding]:
    """Up to the piece that is being made when `leave` is set. In the worker's thread."""
    for event in events:
        yield event
        if leave.is_set() and isinstance(event, Sounding):
            return
