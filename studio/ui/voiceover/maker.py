"""Has the cues of a voice-over spoken in a worker thread, and gives them to it. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from studio.core.errors import Problem
from studio.core.transcript import Segment
from studio.services.speaking import Told, Utterance
from studio.services.studio import Studio
from studio.services.voiceover import Missed, Parts, Spoke, speak_cues
from studio.ui.models.voiceover import VoiceOver
from studio.ui.speech_gate import SpeechGate
from studio.ui.workers import Steps


class Maker(QObject):
    """Nothing is spoken that `gate` does not let."""

    began = Signal()
    told = Signal(str, object)  # what it does, how much of it is done (0..1 or None)
    done = Signal()  # all that was wanted
    failed = Signal(object)  # Problem that keeps the rest from being spoken
    ended = Signal()  # for whatever reason

    def __init__(self, studio: Studio, voiceover: VoiceOver, gate: SpeechGate, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._voiceover, self._gate = studio, voiceover, gate
        self._steps: Steps | None = None
        self._turn = 0  # of the wishes that are not forgotten

    @property
    def making(self) -> bool:
        return self._steps is not None

    def start(self, cues: Sequence[Segment]) -> None:
        """Have these spoken, unless others are."""
        if self._steps is None:
            parts, turn = self._voiceover.parts, self._turn
            said = [Utterance(cue.text, parts.manner(cue), parts.language, cue.id) for cue in cues]
            self._gate.let(said, lambda: self._speak(cues, parts, turn))

    def stop(self) -> None:
        """What is spoken stays; what is asked about is not spoken."""
        self._turn += 1
        if self._steps is not None:
            self._steps.blockSignals(True)
            self._steps.pause()
            self._end()

    def shut_down(self) -> None:
        """Returns when nothing runs in the background any more."""
        self.stop()
        for steps in self.findChildren(Steps):
            steps.shut_down()

    def _speak(self, cues: Sequence[Segment], parts: Parts, turn: int) -> None:
        if turn != self._turn or self._steps is not None:
            return
        steps = Steps(lambda stop: speak_cues(self._studio, cues, parts, stop), self)
        known = {cue.id: cue for cue in cues}
        steps.told.connect(lambda event: self._on_told(event, known, parts))
        steps.done.connect(lambda _: self._on_done())
        steps.failed.connect(self._on_failed)
        self._steps = steps
        self.began.emit()
        steps.start()

    def _on_told(self, event: object, cues: Mapping[int, Segment], parts: Parts) -> None:
        if isinstance(event, Told):
            self.told.emit(event.says, event.fraction)
        elif isinstance(event, Spoke | Missed):
            cue = cues[event.cue]
            self._voiceover.take(cue, parts.manner(cue), event)

    def _on_done(self) -> None:
        self._end()
        self.done.emit()

    def _on_failed(self, problem: Problem) -> None:
        self._end()
        self.failed.emit(problem)

    def _end(self) -> None:
        self._steps = None
        self._voiceover.settle()
        self.ended.emit()
