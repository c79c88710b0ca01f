"""A short stretch of a recording as samples, read by seeking: for close views and for hearing a range again.

Worker threads. The samples are those that `decode` would write for the same time, give or take 1 ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.error import FFmpegError

from studio.core.errors import UsageError
from studio.core.jobs import StopToken

from .decode import Reader
from .source import recording
from .timeline import Timeline
from .wav import SAMPLE_RATE, Samples, wav_writer

_PIECE = 300_000  # milliseconds read at once
_PER_MS = SAMPLE_RATE // 1000
# Seconds to begin earlier: codecs need frames before the first good one, and some indexes are coarse. At last: all.
_LEADS = (0.5, 10.0, float("inf"))


def read_stretch(path: Path, track: int, start_ms: int, end_ms: int, stop: StopToken | None = None) -> Samples:
    """start_ms..end_ms of an audio track, 16 kHz mono; silence where the recording has no sound.

    Returns shape ((end_ms - start_ms) * 16,). Raises MediaError when nothing can be decoded, UsageError for an unknown
    track or an end before the start, Stopped when asked to stop.
    """
    if start_ms < 0 or end_ms < start_ms:
        raise UsageError(f"{start_ms} to {end_ms} ms is no stretch of a recording.", "Give a start before the end.")
    stop = stop or StopToken()
    for lead in _LEADS:
        begin = max(start_ms / 1000 - lead, 0.0)
        with recording(path) as (container, file):
            reader = Reader(path, container, file, track)
            with reader.telling():
                samples = _read(reader, begin, start_ms, end_ms, stop)
        if samples is not None:
            return samples
    return np.zeros((end_ms - start_ms) * _PER_MS, np.int16)


def cut_out(path: Path, track: int, span: tuple[int, int], target: Path, stop: StopToken) -> Iterator[float]:
    """The same as a WAV file at `target`, which is there only when it is whole; yields how much is done, 0..1."""
    start, end = span
    with wav_writer(path, target) as wav:
        for at in range(start, end, _PIECE):
            wav.write(read_stretch(path, track, at, min(at + _PIECE, end), stop))
            yield min(1.0, (at + _PIECE - start) / (end - start))


def _read(reader: Reader, begin: float, start_ms: int, end_ms: int, stop: StopToken) -> Samples | None:
    """The samples, or None where seeking to `begin` (seconds) has led past the start, or nowhere."""
    if begin > 0:
        try:
            reader.seek(begin)
        except FFmpegError:
            return None
    window: _Window | None = None
    timeline: Timeline | None = None
    for frame, at in reader.frames(stop):
        if window is None or timeline is None:
            if begin > 0 and (at is None or at * 1000 > start_ms):
                return None
            window = _Window(round(max(at or 0.0, 0.0) * SAMPLE_RATE), start_ms * _PER_MS, end_ms * _PER_MS)
            timeline = Timeline(window, None, reader.info.duration / 1000, stop)
        timeline.add(frame, at)
        if window.full:
            break
    if window is None or timeline is None:
        return None
    timeline.flush()
    return window.kept


class _Window:
    """Keeps first..last of what is written from sample `at` on."""

    def __init__(self, at: int, first: int, last: int) -> None:
        self.samples, self._first = at, first
        self.kept = np.zeros(last - first, np.int16)

    @property
    def full(self) -> bool:
        return self.samples >= self._first + len(self.kept)

    def write(self, samples: Samples) -> None:
        at = self.samples - self._first
        left, right = max(at, 0), min(at + len(samples), len(self.kept))
        if left < right:
            self.kept[left:right] = samples[left - at : right - at]
        self.samples += len(samples)
