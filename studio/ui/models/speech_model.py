"""The voice-over as a table of cues: how long each is said, what overruns, how it is handled. Window's thread."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from studio.core.transcript import Segment

from .cue_rows import CueRows
from .transcript_model import Index
from .voiceover import NOTICED, State, VoiceOver
from .wording import time_code


class Column(IntEnum):
    NUMBER, START, WHO, TEXT, LENGTH, OVER, HANDLED = range(7)


_TITLES = ("#", "Start", "Who, voice", "Text", "Speech", "Overrun", "Handled")
_TIPS = (
    "Number of the cue",
    "When it is said",
    "Who speaks, and in which voice",
    "What is said",
    "How many seconds it is said",
    "How long it goes on after its cue",
    "What was decided for it",
)
_NO_SPEECH = {
    State.SILENT: "Nothing to say",
    State.WAITING: "Not made yet",
    State.MISSED: "Not spoken",
}


class SpeechModel(CueRows):
    """`DisplayRole` gives what a cell shows; `AccessibleTextRole` of every cell the whole cue, as rows are read."""

    titles, tips, right = _TITLES, _TIPS, (Column.LENGTH,)
    changing = (Column.TEXT, Column.HANDLED)

    def __init__(self, voiceover: VoiceOver, voice_name: Callable[[str], str], parent: QObject | None = None) -> None:
        super().__init__(voiceover.model, parent)
        self.voiceover, self._voice_name = voiceover, voice_name
        voiceover.changed.connect(self._tell_all)

    def _tell_all(self) -> None:
        if self.rowCount():
            last = self.index(self.rowCount() - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        segment, column = self.transcript.segment(index.row()), Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._cell(index.row(), segment, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(index.row(), segment)
            case Qt.ItemDataRole.ToolTipRole:
                return self.reason(segment) or self._tip(segment, column)
        return None

    # What a cue is told with

    def voice(self, segment: Segment) -> str:
        return self._voice_name(self.voiceover.parts.manner(segment).voice)

    def reason(self, segment: Segment) -> str:
        """Why a cue could not be spoken, in a sentence; "" where it could."""
        missed = self.voiceover.missed.get(segment.id)
        return missed.sentence if missed and self.voiceover.state(segment) is State.MISSED else ""

    def over(self, segment: Segment) -> str:
        """ "+0.42 s over", or where it is worse "+0.42 s into 17"; "" where it fits."""
        over, placed = self.voiceover.over(segment.id), self.voiceover.placed.get(segment.id)
        if not over or placed is None:
            return ""
        return f"+{over / 1000:.2f} s " + ("into next" if placed.into >= NOTICED else "over")

    def handled(self, segment: Segment) -> str:
        state, placed = self.voiceover.state(segment), self.voiceover.placed.get(segment.id)
        if state in _NO_SPEECH:
            return _NO_SPEECH[state]
        if state is State.OUTDATED:
            return "Changed since"
        casting = self.voiceover.parts.casting
        if placed is not None and placed.hurry > 1:
            limit = self.voiceover.over(segment.id)
            return f"At the limit, {placed.hurry:.2f}×" if limit else f"Sped up {placed.hurry:.2f}×"
        if self.voiceover.over(segment.id):
            hurried, left = segment.id in casting.hurried, segment.id in casting.left
            return "At the voice's limit" if hurried else "Left as it is" if left else "To decide"
        return "Fits"

    def is_undecided(self, segment: Segment) -> bool:
        """Whether it overruns, and nobody has said what shall be done."""
        return bool(self.voiceover.over(segment.id)) and segment.id not in self.voiceover.parts.casting.decided

    def _cell(self, row: int, segment: Segment, column: Column) -> str:
        placed = self.voiceover.placed.get(segment.id)
        match column:
            case Column.NUMBER:
                return str(row + 1)
            case Column.START:
                return time_code(segment.start)
            case Column.WHO:
                return self.transcript.speaker_name(segment.speaker)
            case Column.TEXT:
                return segment.text
            case Column.LENGTH:
                return f"{placed.length / 1000:.2f} s" if placed else ""
            case Column.OVER:
                return self.over(segment)
            case Column.HANDLED:
                return self.handled(segment)

    def _tip(self, segment: Segment, column: Column) -> str | None:
        if column is Column.WHO:
            return " · ".join(filter(None, [self.transcript.speaker_name(segment.speaker), self.voice(segment)]))
        placed = self.voiceover.placed.get(segment.id)
        if column is Column.OVER and placed and self.voiceover.over(segment.id):
            into = f", {placed.into / 1000:.2f} s of it while the next one speaks" if placed.into >= NOTICED else ""
            return f"It goes on for {placed.over / 1000:.2f} s after its cue{into}."
        return None

    def _spoken(self, row: int, segment: Segment) -> str:
        placed = self.voiceover.placed.get(segment.id)
        seconds = f"said in {placed.length / 1000:.2f} s" if placed else ""
        name = self.transcript.speaker_name(segment.speaker)
        text = segment.text.replace("\n", " ") or "no text"
        told = self.over(segment), self.handled(segment), self.reason(segment)
        return ", ".join(filter(None, [str(row + 1), time_code(segment.start), name, text, seconds, *told]))
