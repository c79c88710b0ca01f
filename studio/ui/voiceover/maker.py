"""Has the cues of a voice-over spoken in a worker thread, and gives them to it. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from studio.core.errors import Problem
from studio.core.transcript import Segment
from studio.services.speaking import Told, Utterance
from studio.services.studio import Studio
from studio.services.voiceover import Missed, Parts, Spoke, speak_cues
from studio.ui.desks.speech_gate import SpeechGate, accounts_of
from studio.ui.models.voiceover import VoiceOver
from studio.ui.way_out import helps
from studio.ui.workers import Steps


class Maker(QObject):
    """Nothing is spoken that `gate` does not let; what could not be is told by it, with the way out."""

    began = Signal()
    told = Signal(str, object)  # what it does, how much of it is done (0..1 or None)
    done = Signal()  # all that was wanted
    failed = Signal()  # something keeps the rest from being spoken
    ended = Signal()  # for whatever reason

    def __init__(self, studio: Studio, voiceover: VoiceOver, gate: SpeechGate, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._voiceover, self._gate = studio, voiceover, gate
        self._steps: Steps | None = None
        self._turn = 0  # of the wishes that are not forgotten
        self._left: dict[int, Segment] = {}  # what was wanted and is not spoken
        self._missed: dict[int, Problem] = {}  # of it, what could not be; the last one last
        self._notices: list[str] = []  # see SpeechGate.tell

    @property
    def making(self) -> bool:
        return self._steps is not None

    def start(self, cues: Sequence[Segment], again: bool = False) -> None:
        """Have these spoken, unless others are. `again`: also what a vendor may have got, or could not do."""
        if self._steps is None:
            parts, turn = self._voiceover.parts, self._turn
            self._gate.let(_said(cues, parts), lambda: self._speak(cues, parts, turn, again))

    def stop(self) -> None:
        """What is spoken stays; what is asked about is not spoken."""
        self._turn += 1
        self._take_back()
        if self._steps is not None:
            self._steps.blockSignals(True)
            self._steps.pause()
            self._end()

    def shut_down(self) -> None:
        """Returns when nothing runs in the background any more."""
        self.stop()
        for steps in self.findChildren(Steps):
            steps.shut_down()

    def _speak(self, cues: Sequence[Segment], parts: Parts, turn: int, again: bool) -> None:
        if turn != self._turn or self._steps is not None:
            return
        self._take_back()
        self._left, self._missed = {cue.id: cue for cue in cues}, {}
        steps = Steps(lambda stop: speak_cues(self._studio, cues, parts, stop, again=again), self)
        steps.told.connect(lambda event: self._on_told(event, parts))
        steps.done.connect(lambda _: self._on_done(parts))
        steps.failed.connect(lambda problem: self._on_failed(problem, parts))
        self._steps = steps
        self.began.emit()
        steps.start()

    def _on_told(self, event: object, parts: Parts) -> None:
        if isinstance(event, Told):
            self.told.emit(event.says, event.fraction)
        elif isinstance(event, Spoke | Missed):
            cue = self._left[event.cue]
            self._voiceover.take(cue, parts.manner(cue), event)
            if isinstance(event, Missed):
                self._missed[cue.id] = event.problem
            else:
                del self._left[cue.id]

    def _on_done(self, parts: Parts) -> None:
        self._end()
        self.done.emit()
        for problem, cues in _groups([(self._left[id], problem) for id, problem in self._missed.items()], parts):
            count = f"{len(cues)} cues could not be spoken. " if len(cues) > 1 else ""
            self._tell(replace(problem, what=f"{count}{problem.what}"), cues, parts)

    def _on_failed(self, problem: Problem, parts: Parts) -> None:
        """The one at which it ended first: its voice is the one that is told about."""
        self._end()
        self.failed.emit()
        at = next(reversed(self._missed), None)
        self._tell(problem, sorted(self._left.values(), key=lambda cue: cue.id != at), parts)

    def _tell(self, problem: Problem, cues: Sequence[Segment], parts: Parts) -> None:
        ids = [cue.id for cue in cues]
        self._notices.append(self._gate.tell(problem, _said(cues, parts), lambda again: self._retry(ids, again)))

    def _retry(self, ids: Collection[int], again: bool) -> None:
        """As the cues are by now."""
        self.start([cue for cue in self._voiceover.model.segments() if cue.id in ids], again)

    def _take_back(self) -> None:
        for key in self._notices:
            self._gate.take_back(key)
        self._notices.clear()

    def _end(self) -> None:
        self._steps = None
        self._voiceover.settle()
        self.ended.emit()


def _said(cues: Sequence[Segment], parts: Parts) -> list[Utterance]:
    return [Utterance(cue.text, parts.manner(cue), parts.language, cue.id) for cue in cues]


def _groups(missed: Sequence[tuple[Segment, Problem]], parts: Parts) -> list[tuple[Problem, list[Segment]]]:
    """For each account the problem that most can be done about, and the cues that met one of its kind."""
    by_account: dict[tuple[str, ...], list[tuple[Segment, Problem]]] = {}
    for cue, problem in missed:
        by_account.setdefault(tuple(accounts_of(_said([cue], parts))), []).append((cue, problem))
    groups = []
    for of_account in by_account.values():
        _, worst = max(of_account, key=lambda each: helps(each[1]))
        groups.append((worst, [cue for cue, problem in of_account if problem.kind == worst.kind]))
    return groups
