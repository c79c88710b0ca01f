"""What a drag with the mouse means: cues moved or drawn, ranges marked; limits and snapping. Pure functions.

Times are milliseconds. A drag never overlaps a neighbour: it stops at its edge, or, with push, takes the edge along
until the neighbour lasts one frame; `core.edits.set_times` does the same when the drag is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.core.edits import SHORTEST
from studio.ui.waveform.scene import PeakSource, Scene

Times = dict[int, tuple[int, int]]  # start and end by Segment.id
Part = Literal["start", "end", "body"]

_BIN = 10  # milliseconds: how exactly speech is found
_SPEECH, _PAUSE = 6, 15  # bins that speech and a pause last at least
_DEEP = 1.8  # powers of ten: speech is not told from pauses that are quieter than this below it
_LISTEN = 30_000  # milliseconds to each side that tell how loud the pauses are
_LONGEST = 600_000  # a stretch longer than this is seen from too far away


@dataclass(frozen=True, slots=True)
class Snap:
    """Times that attract others within `reach` milliseconds."""

    targets: npt.NDArray[np.float64]
    reach: float

    def __call__(self, *times: float) -> float:
        """How far to move these times, kept together, so that one of them meets a target; 0 where none is near."""
        if not len(self.targets) or not self.reach:
            return 0.0
        ways = self.targets[:, np.newaxis] - np.array(times)
        way = float(ways.flat[np.abs(ways).argmin()])
        return way if abs(way) <= self.reach else 0.0


NO_SNAP = Snap(np.zeros(0), 0.0)


@dataclass(frozen=True, slots=True)
class CueDrag:
    """One edge or the whole of a cue, taken at `grab`."""

    id: int
    part: Part
    grab: float

    def times(self, scene: Scene, ms: float, push: bool, snap: Snap) -> Times:
        """What the cue, and with `push` its neighbours, would be with the mouse at `ms`; {} if the cue is gone."""
        row = scene.row_of(self.id)
        if row < 0:
            return {}
        start, end = int(scene.true_starts[row]), int(scene.true_ends[row])
        low, high = room(scene, row, push)
        way = ms - self.grab
        if self.part == "start":
            start = _snapped(start + way, low, max(end - SHORTEST, low), snap)
        elif self.part == "end":
            end = _snapped(end + way, min(start + SHORTEST, high), high, snap)
        else:
            length = end - start
            start = _between(start + way, low, high - length)
            start = _between(start + snap(start, start + length), low, high - length)
            end = start + length
        return {self.id: (start, end)} | (_pushed(scene, row, start, end) if push else {})


def room(scene: Scene, row: int, push: bool) -> tuple[int, int]:
    """How far a cue may reach to the left and to the right; where it overlaps already, no further than it does."""
    starts, ends = scene.true_starts, scene.true_ends
    start, end = int(starts[row]), int(ends[row])
    low, high = 0, max(scene.duration, end)
    if row > 0:
        low = min(int(starts[row - 1]) + SHORTEST if push else int(ends[:row].max()), start)
    if row + 1 < len(starts):
        high = max(int(ends[row + 1]) - SHORTEST if push else int(starts[row + 1]), end)
    return low, high


def _pushed(scene: Scene, row: int, start: int, end: int) -> Times:
    """The neighbours whose edges give way."""
    out: Times = {}
    starts, ends, ids = scene.true_starts, scene.true_ends, scene.ids
    if row > 0 and start < min(ends[row - 1], starts[row]):
        out[int(ids[row - 1])] = int(starts[row - 1]), start
    if row + 1 < len(ids) and end > max(starts[row + 1], ends[row]):
        out[int(ids[row + 1])] = end, int(ends[row + 1])
    return out


def drawn(scene: Scene, anchor: float, ms: float, snap: Snap) -> tuple[int, int]:
    """The new cue between where the mouse went down, in a pause, and where it is: it stays inside the pause."""
    low, high = pause_around(scene, anchor)
    start, end = sorted(_snapped(t, low, high, snap) for t in (anchor, ms))
    return start, end


def pause_around(scene: Scene, ms: float) -> tuple[int, int]:
    """From the end of what was spoken before to the beginning of what comes next."""
    before, after = scene.true_ends[scene.true_starts <= ms], scene.true_starts[scene.true_starts > ms]
    low = int(before.max()) if len(before) else 0
    high = int(after.min()) if len(after) else scene.duration
    return low, max(low, high)


def marked(scene: Scene, anchor: float, ms: float, snap: Snap) -> tuple[int, int]:
    """The range between two places."""
    start, end = sorted(_between(t + snap(t), 0, scene.duration) for t in (anchor, ms))
    return start, end


def snapping(scene: Scene, reach: float, gap: int = 0, without: Iterable[int] = ()) -> Snap:
    """Everything in and near the visible stretch that attracts an edge; not the edges of the cues `without`.

    `gap`: how far cues stay apart. Edges attract only to there, but where that is seen to be another place.
    """
    rows = scene.rows_between(scene.start - reach, scene.end + reach)
    rows = rows[~np.isin(scene.ids[rows], np.fromiter(without, np.int64))]
    starts, ends = scene.true_starts[rows], scene.true_ends[rows]
    edges = [np.array([scene.position]), starts - gap, ends + gap]
    if gap > reach:
        edges += [starts, ends]
    heard = speech_edges(scene.peaks, round(scene.start), round(scene.end)) if scene.peaks else np.zeros(0, np.int64)
    return Snap(np.concatenate((*edges, heard)).astype(np.float64), reach)


def speech_edges(peaks: PeakSource, start: int, end: int) -> npt.NDArray[np.int64]:
    """Where speech begins or ends in a stretch, told by loudness alone, in milliseconds."""
    if end - start > _LONGEST:
        return np.zeros(0, np.int64)
    first, last = max(start - _LISTEN, 0) // _BIN * _BIN, min(end + _LISTEN, peaks.duration)
    count = (last - first) // _BIN
    if count < _PAUSE:
        return np.zeros(0, np.int64)
    pairs = peaks.slice(first, first + count * _BIN, count)
    loud = np.log10(np.maximum(pairs[:, 1] - pairs[:, 0], 1e-4))
    quiet, speech = np.quantile(loud, (0.1, 0.9))
    quiet = max(quiet, speech - _DEEP)  # beside digital silence even breath would be loud
    if speech - quiet < 0.5:  # 10 dB: all speech, or all noise
        return np.zeros(0, np.int64)
    on = _longer_than(loud > quiet + 0.4 * (speech - quiet), _SPEECH, _PAUSE)
    edges = first + _BIN * (np.flatnonzero(np.diff(on)) + 1)
    return edges[(edges >= start) & (edges <= end)]


def _longer_than(on: npt.NDArray[np.bool_], least_on: int, least_off: int) -> npt.NDArray[np.bool_]:
    """Without the short pauses, then without the short sounds."""
    for value, least in ((False, least_off), (True, least_on)):
        runs = np.flatnonzero(np.diff(np.concatenate(([False], on == value, [False])))).reshape(-1, 2)
        for a, b in runs[runs[:, 1] - runs[:, 0] < least].tolist():
            on[a:b] = not value
    return on


def _snapped(value: float, low: int, high: int, snap: Snap) -> int:
    """What is dragged over a limit is attracted as if it were there."""
    value = _between(value, low, high)
    return _between(value + snap(value), low, high)


def _between(value: float, low: int, high: int) -> int:
    return round(min(max(value, low), high))
