"""What the waveform shows: sound, segments and the visible stretch, free of widgets. Runs on the window's thread.

Times are integer milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from studio.core.transcript import Segment, Speaker

MIN_SPAN = 1_000  # the closest zoom
START_SPAN = 24_000  # what a freshly opened recording shows


class PeakSource(Protocol):
    """The lowest and the highest sample of any stretch of a recording."""

    @property
    def duration(self) -> int: ...  # milliseconds

    def slice(self, start: int, end: int, columns: int) -> npt.NDArray[np.float32]: ...  # (columns, 2), -1..1


class Scene:
    """The data that overview and detail draw, and the stretch that detail shows."""

    def __init__(self) -> None:
        self.peaks: PeakSource | None = None
        self.gain = 1.0  # quiet recordings are drawn as tall as loud ones
        self.segments: Sequence[Segment] = ()
        self.ids = self.starts = self.ends = self.voices = np.zeros(0, np.int64)  # voices: speaker index, -1 for none
        self.names: dict[str | None, str] = {}
        self.selected: int | None = None  # a Segment.id
        self.duration = 0
        self.position = 0
        self.start = 0  # of the visible stretch
        self.span = START_SPAN

    @property
    def end(self) -> int:
        return self.start + self.span

    @property
    def blank(self) -> bool:
        """There is nothing to draw yet."""
        return not self.duration or (self.peaks is None and not len(self.segments))

    def set_peaks(self, peaks: PeakSource | None) -> None:
        self.peaks = peaks
        self.gain = 1.0
        if peaks is not None and peaks.duration:
            loudest = float(np.abs(peaks.slice(0, peaks.duration, 2048)).max())
            self.gain = min(0.92 / max(loudest, 0.001), 20.0)

    def set_segments(self, segments: Sequence[Segment], speakers: Sequence[Speaker]) -> None:
        index = {speaker.id: i for i, speaker in enumerate(speakers)}
        self.names = {speaker.id: speaker.name for speaker in speakers}
        self.segments = segments
        self.ids = np.array([s.id for s in segments], np.int64)
        self.starts = np.array([s.start for s in segments], np.int64)
        self.ends = np.array([s.end for s in segments], np.int64)
        self.voices = np.array([index.get(s.speaker or "", -1) for s in segments], np.int64)

    def segment_at(self, ms: int) -> int:
        """The row spoken at this time, the latest begun one if several are; -1 in a pause."""
        rows = np.flatnonzero((self.starts <= ms) & (ms < self.ends))
        return int(rows[-1]) if len(rows) else -1

    def selected_row(self) -> int:
        """-1 for none."""
        if self.selected is None:
            return -1
        rows = np.flatnonzero(self.ids == self.selected)
        return int(rows[0]) if len(rows) else -1

    def rows_between(self, start: int, end: int, least: float = 0) -> npt.NDArray[np.int64]:
        """Rows of the segments that touch a stretch and last at least `least` milliseconds."""
        return np.flatnonzero((self.ends > start) & (self.starts < end) & (self.ends - self.starts >= least))

    def rows_of_columns(self, start: int, end: int, columns: int) -> npt.NDArray[np.int64]:
        """The segment under each of `columns` equal stretches of start..end; -1 in pauses. Shape (columns,)."""
        out = np.full(columns, -1, np.int64)
        rows = self.rows_between(start, end)
        scale = columns / max(end - start, 1)
        first = ((self.starts[rows] - start) * scale).round().clip(0, columns - 1).astype(int)
        last = ((self.ends[rows] - start) * scale).round().clip(0, columns).astype(int)
        for row, a, b in zip(rows.tolist(), first.tolist(), last.tolist(), strict=True):
            out[a : max(b, a + 1)] = row  # even the shortest cue is seen
        return out

    def look_at(self, start: float, span: float) -> bool:
        """Show this stretch, kept inside the recording. False if it is shown already."""
        span = round(min(max(span, MIN_SPAN), max(self.duration, MIN_SPAN)))
        start = round(min(max(start, 0), max(self.duration - span, 0)))
        same = (start, span) == (self.start, self.span)
        self.start, self.span = start, span
        return not same
