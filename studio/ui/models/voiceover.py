"""The voice-over of the open transcript: which cues are spoken, where their speech stands, what is out of date.

Runs on the window's thread. It follows the TranscriptModel by itself; who makes speech is told what there is to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import Problem
from studio.core.sentences import speakable
from studio.core.speaking import Manner
from studio.core.transcript import Segment
from studio.core.voiceover import Placed
from studio.services import voiceover
from studio.services.voiceover import Missed, Parts, Spoke

from .transcript_model import TranscriptModel

NOTICED = 10  # milliseconds: what overruns by less is not told, nobody hears it
_QUIET = 250  # milliseconds in which changes of the text gather, so that typing is not held up
_SOON = 120  # milliseconds in which speech that is made gathers; longer where there is much of it


class State(Enum):
    SILENT = auto()  # nothing to say
    WAITING = auto()  # not made yet
    MADE = auto()
    OUTDATED = auto()  # text or voice are others since
    MISSED = auto()  # it could not be spoken


class VoiceOver(QObject):
    """`parts` says who speaks for whom; whoever changes that calls `refresh`."""

    changed = Signal()  # states or places, gathered

    def __init__(self, model: TranscriptModel, parts: Parts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model, self.parts = model, parts
        self.spoke: dict[int, Spoke] = {}
        self.missed: dict[int, Problem] = {}
        self.made_of: dict[int, tuple[str, Manner]] = {}  # what was said, and how
        self.placed: Mapping[int, Placed] = {}
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._place)
        for changed in (model.dataChanged, model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(lambda *_: self._soon.start(_QUIET))

    def clear(self, parts: Parts) -> None:
        """Another transcript, or another language: nothing is made."""
        self.spoke, self.missed, self.made_of, self.parts = {}, {}, {}, parts
        self._place()

    def refresh(self, parts: Parts) -> None:
        """Voices or decisions are others."""
        self.parts = parts
        self._place()

    def take(self, cue: Segment, manner: Manner, event: Spoke | Missed) -> None:
        """What came of making the speech of a cue as it was then."""
        self.made_of[cue.id] = cue.text, manner
        if isinstance(event, Spoke):
            self.spoke[cue.id] = event
            self.missed.pop(cue.id, None)
        else:
            self.missed[cue.id] = event.problem
            self.spoke.pop(cue.id, None)
        if not self._soon.isActive():
            self._soon.start(_SOON + len(self.spoke) // 3)

    def settle(self) -> None:
        """Work out now what is gathered."""
        if self._soon.isActive():
            self._soon.stop()
            self._place()

    # What is asked

    def state(self, cue: Segment) -> State:
        made_of = self.made_of.get(cue.id)
        if made_of is None:
            return State.WAITING if speakable(cue.text) else State.SILENT
        if made_of != (cue.text, self.parts.manner(cue)):
            return State.OUTDATED if speakable(cue.text) else State.SILENT
        return State.MISSED if cue.id in self.missed else State.MADE

    def is_outdated(self, cue: Segment) -> bool:
        return self.state(cue) is State.OUTDATED

    def to_make(self, again: bool = False) -> list[Segment]:
        """Cues without speech, or with another's; `again`: those that could not be spoken, too."""
        wanted = {State.WAITING, State.OUTDATED, *([State.MISSED] if again else [])}
        return [cue for cue in self.model.segments() if self.state(cue) in wanted]

    def over(self, id: int) -> int:
        """Milliseconds by which the speech of a cue overruns it, 0 where nobody would hear it."""
        placed = self.placed.get(id)
        return placed.over if placed and placed.over >= NOTICED else 0

    def overruns(self) -> list[Placed]:
        return [placed for placed in self.placed.values() if placed.over >= NOTICED]

    def undecided(self) -> list[int]:
        """Cues that overrun and of which the user has not said what shall be done; in order of time."""
        decided = self.parts.casting.decided
        return [placed.id for placed in self.overruns() if placed.id not in decided]

    @property
    def begun(self) -> bool:
        """Whether anything is made."""
        return bool(self.spoke or self.missed)

    @property
    def end(self) -> int:
        """Of the last speech."""
        return max((placed.end for placed in self.placed.values()), default=0)

    def _place(self) -> None:
        if not (self.made_of or self.placed):
            self.changed.emit()
            return
        cues = self.model.segments()
        there = {cue.id for cue in cues}
        for id in self.made_of.keys() - there:
            for known in (self.spoke, self.missed, self.made_of):
                known.pop(id, None)
        said = {cue.id: self.spoke[cue.id] for cue in cues if cue.id in self.spoke and speakable(cue.text)}
        self.placed = {placed.id: placed for placed in voiceover.place(cues, said, self.parts)}
        self.changed.emit()
