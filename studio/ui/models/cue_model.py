"""The transcript as a table of cues, over the TranscriptModel whose rows it has. Runs on the window's thread."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from studio.core.breaks import text_width
from studio.core.checks import Finding, Kind, reading_speed
from studio.core.transcript import Segment

from .cue_rows import CueRows
from .findings import Findings, sentence, title
from .transcript_model import Index, TranscriptModel
from .wording import time_code


class Column(IntEnum):
    NUMBER, START, END, SECONDS, WHO, TEXT, SPEED, WIDTH = range(8)


_TITLES = ("#", "Start", "End", "Secs", "Who", "Text", "CPS", "CPL")
_TIPS = (
    "Number of the cue",
    "When it comes",
    "When it goes",
    "How many seconds it stays",
    "Who speaks",
    "What is read",
    "Characters a second",
    "Characters of the longest line",
)
# In which cell a problem is marked
COLUMN_OF: dict[Kind, Column] = {
    "overlap": Column.START,
    "gap": Column.START,
    "too short": Column.SECONDS,
    "too long": Column.SECONDS,
    "too fast": Column.SPEED,
    "line length": Column.WIDTH,
    "too many lines": Column.TEXT,
    "empty": Column.TEXT,
    "odd characters": Column.TEXT,
    "unpaired": Column.TEXT,
}


class CueModel(CueRows):
    """`DisplayRole` gives what a cell shows; `AccessibleTextRole` of every cell the whole cue, as rows are read."""

    titles, tips = _TITLES, _TIPS
    right = (Column.START, Column.END, Column.SECONDS, Column.SPEED, Column.WIDTH)
    changing = (Column.TEXT, Column.SPEED, Column.WIDTH)

    def __init__(self, transcript: TranscriptModel, findings: Findings, parent: QObject | None = None) -> None:
        super().__init__(transcript, parent)
        self.findings = findings

    def problem(self, row: int, column: Column) -> Finding | None:
        """What is wrong in this cell, the first of it."""
        found = self.findings.of(self.transcript.segment(row).id)
        return next((f for f in found if COLUMN_OF[f.kind] is column), None)

    # Qt's questions

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        row, column = index.row(), Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._cell(row, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row)
            case Qt.ItemDataRole.ToolTipRole:
                segment = self.transcript.segment(row)
                found = [f for f in self.findings.of(segment.id) if COLUMN_OF[f.kind] is column]
                lines = [f"{title(f, row)}. {sentence(f, self.findings.rules)}" for f in found]
                if column is Column.NUMBER and segment.comment:
                    lines.append(segment.comment)
                return "\n".join(lines) or None
        return None

    def _cell(self, row: int, column: Column) -> str:
        segment = self.transcript.segment(row)
        match column:
            case Column.NUMBER:
                return str(row + 1)
            case Column.START:
                return time_code(segment.start)
            case Column.END:
                return time_code(segment.end)
            case Column.SECONDS:
                return seconds(segment)
            case Column.WHO:
                return self.transcript.speaker_name(segment.speaker)
            case Column.TEXT:
                return segment.text
            case Column.SPEED:
                return f"{reading_speed(segment):.1f}"
            case Column.WIDTH:
                return str(longest_line(segment))

    def _spoken(self, row: int) -> str:
        segment = self.transcript.segment(row)
        name = self.transcript.speaker_name(segment.speaker)
        problems = [f"{f.kind}: {f.text}" for f in self.findings.of(segment.id)]
        marks = [*(["flagged"] if segment.flagged else []), *problems]
        parts = [str(row + 1), time_code(segment.start), name, segment.text.replace("\n", " ") or "no text", *marks]
        return ", ".join(part for part in parts if part)


def seconds(segment: Segment) -> str:
    return f"{(segment.end - segment.start) / 1000:.2f}"


def longest_line(segment: Segment) -> int:
    return max(map(text_width, segment.text.split("\n")))
