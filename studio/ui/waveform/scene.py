"""What the waveform shows: sound, segments and the visible stretch, free of widgets. Runs on the window's thread.

Times of segments are integer milliseconds; the visible stretch is a float, so that close zooms do not jump.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from studio.core.transcript import Segment, Speaker
from studio.ui.models.wording import time_code
from studio.ui.waveform.block import Block

MIN_SPAN = 50  # the closest zoom
START_SPAN = 24_000  # what a freshly opened recording shows

Rows = npt.NDArray[np.int64]


class PeakSource(Protocol):
    """The lowest and the highest sample of any stretch of a recording."""

    @property
    def duration(self) -> int: ...  # milliseconds

    def slice(self, start: int, end: int, columns: int) -> npt.NDArray[np.float32]: ...  # (columns, 2), -1..1


class Scene:
    """The data that overview and detail draw, and the stretch that detail shows."""

    def __init__(self) -> None:
        self.peaks: PeakSource | None = None
        self.block: Block | None = None  # samples around the visible stretch, for close zooms
        self.gain = 1.0  # quiet recordings are drawn as tall as loud ones
        self.segments: list[Segment] = []
        self.ids = self.voices = self.starts = self.ends = np.zeros(0, np.int64)  # voices: place of colour, -1 for none
        self.true_starts = self.true_ends = self.starts  # without the trial
        self.trial: Mapping[int, tuple[int, int]] = {}  # times by Segment.id, of a drag that is not over
        self.names: dict[str | None, str] = {}
        self.selected_ids = np.zeros(0, np.int64)
        self.current: int | None = None  # the one of them that has handles
        self.range: tuple[int, int] | None = None  # a stretch marked by the user
        self.loop: tuple[int, int] | None = None  # what is played round and round
        self.draft: tuple[int, int] | None = None  # a cue being drawn
        self.markers: list[tuple[int, str]] = []
        self.duration = 0
        self.position = 0
        self.start = 0.0  # of the visible stretch
        self.span = float(START_SPAN)
        self._index: dict[str | None, int] = {}

    @property
    def end(self) -> float:
        return self.start + self.span

    @property
    def blank(self) -> bool:
        """There is nothing to draw yet."""
        return not self.duration or (self.peaks is None and not len(self.segments))

    # Sound

    def set_peaks(self, peaks: PeakSource | None) -> None:
        self.peaks = peaks
        self.gain = 1.0
        if peaks is not None and peaks.duration:
            loudest = float(np.abs(peaks.slice(0, peaks.duration, 2048)).max())
            self.gain = min(0.92 / max(loudest, 0.001), 20.0)

    def wave(self, columns: int) -> npt.NDArray[np.float32] | None:
        """Lowest and highest of the visible stretch, (columns, 2); from samples where they are there and needed."""
        if self.close(columns) and self.block is not None and self.block.covers(self.start, self.end):
            return self.block.slice(self.start, self.end, columns) * self.gain
        if self.peaks is None:
            return None
        start, end = round(self.start), round(self.end)
        return self.peaks.slice(start, end, columns) * self.gain

    def close(self, columns: int) -> bool:
        """The peaks are too coarse for this many columns."""
        return self.span < 10 * columns

    # Segments

    def set_segments(self, segments: Sequence[Segment], speakers: Sequence[Speaker]) -> bool:
        """False if nothing but texts and names have changed."""
        self._index = {s.id: i if s.color is None else s.color for i, s in enumerate(speakers)}
        self.names = {speaker.id: speaker.name for speaker in speakers}
        self.segments = list(segments)
        before, voice = (self.true_starts, self.true_ends, self.voices), self._index.get
        self.ids = np.array([s.id for s in segments], np.int64)
        self.true_starts = np.array([s.start for s in segments], np.int64)
        self.true_ends = np.array([s.end for s in segments], np.int64)
        self.voices = np.array([voice(s.speaker, -1) for s in segments], np.int64)
        self.try_times(self.trial)
        return not all(map(np.array_equal, before, (self.true_starts, self.true_ends, self.voices)))

    def update_segment(self, row: int, segment: Segment) -> bool:
        """Another value for one row. False if nothing but its text has changed."""
        voice = self._index.get(segment.speaker, -1)
        before = int(self.true_starts[row]), int(self.true_ends[row]), int(self.voices[row]), int(self.ids[row])
        self.segments[row] = segment
        if before == (segment.start, segment.end, voice, segment.id):
            return False
        self.ids[row], self.voices[row] = segment.id, voice
        self.true_starts[row], self.true_ends[row] = segment.start, segment.end
        self.try_times(self.trial)
        return True

    def try_times(self, trial: Mapping[int, tuple[int, int]]) -> None:
        """Show some segments with other times, until it is called with none."""
        self.trial = trial
        self.starts, self.ends = self.true_starts, self.true_ends
        if trial:
            self.starts, self.ends = self.starts.copy(), self.ends.copy()
        for id, (start, end) in trial.items():
            row = self.row_of(id)
            if row >= 0:
                self.starts[row], self.ends[row] = start, end

    def row_of(self, id: int | None) -> int:
        """-1 for an unknown id."""
        if id is None:
            return -1
        rows = np.flatnonzero(self.ids == id)
        return int(rows[0]) if len(rows) else -1

    def segment_at(self, ms: float) -> int:
        """The row spoken at this time, the latest begun one if several are; -1 in a pause."""
        rows = np.flatnonzero((self.starts <= ms) & (ms < self.ends))
        return int(rows[-1]) if len(rows) else -1

    def spoken(self) -> str:
        """Where the playhead stands, for those who hear it: time, cue and speaker."""
        row = self.segment_at(self.position)
        cue = [f"cue {row + 1}", self.names.get(self.segments[row].speaker, "")] if row >= 0 else []
        return ", ".join(part for part in (time_code(self.position), *cue) if part)

    def rows_between(self, start: float, end: float, least: float = 0) -> Rows:
        """Rows of the segments that touch a stretch and last at least `least` milliseconds."""
        return np.flatnonzero((self.ends > start) & (self.starts < end) & (self.ends - self.starts >= least))

    def rows_of_columns(self, start: float, end: float, columns: int) -> Rows:
        """The segment under each of `columns` equal stretches of start..end; -1 in pauses. Shape (columns,)."""
        return rows_of_columns(self.starts, self.ends, start, end, columns)

    # The visible stretch

    def look_at(self, start: float, span: float) -> bool:
        """Show this stretch, kept inside the recording. False if it is shown already."""
        span = float(min(max(span, MIN_SPAN), max(self.duration, MIN_SPAN)))
        start = float(min(max(start, 0), max(self.duration - span, 0)))
        same = (start, span) == (self.start, self.span)
        self.start, self.span = start, span
        return not same


def rows_of_columns(starts: Rows, ends: Rows, start: float, end: float, columns: int) -> Rows:
    """Which of these stretches of time is under each of `columns` equal parts of start..end; -1 for none."""
    out = np.full(columns, -1, np.int64)
    rows = np.flatnonzero((ends > start) & (starts < end))
    scale = columns / max(end - start, 1)
    first = ((starts[rows] - start) * scale).round().clip(0, columns - 1).astype(int)
    last = ((ends[rows] - start) * scale).round().clip(0, columns).astype(int)
    wide = last > first + 1
    for row, a, b in zip(rows[wide].tolist(), first[wide].tolist(), last[wide].tolist(), strict=True):
        out[a:b] = row
    out[first[~wide]] = rows[~wide]  # even the shortest is seen
    return out
