"""Samples of a stretch of the recording, with their spectrum: what close zooms draw. Pure functions; any thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE = 16  # samples a millisecond
WINDOW = 512  # samples that one spectrum is made of: 32 ms
BANDS = 128  # lines of the spectrogram, each 62.5 Hz, up to 8 kHz
_RANGE = 54.0  # decibels from silence to the loudest
_QUIETEST = 30.0  # decibels: a stretch of silence is not blown up beyond this
_AT_ONCE = 2048  # spectra, to keep memory small

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Block:
    """`samples` begin at `start` (milliseconds) and are 16 a millisecond, mono.

    `spectrum`: strength 0..255, (BANDS, columns), the highest pitch first, one column every `hop` samples; None where
    it was not asked for.
    """

    start: int
    samples: Samples
    spectrum: npt.NDArray[np.uint8] | None = None
    hop: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.samples) // RATE

    def covers(self, start: float, end: float) -> bool:
        return self.start <= start and end <= self.end

    def slice(self, start: float, end: float, columns: int) -> npt.NDArray[np.float32]:
        """Lowest and highest value of the curve in `columns` equal stretches of start..end; (columns, 2), -1..1.

        Between samples the curve is a straight line, so neighbouring columns always meet.
        """
        edges = (np.linspace(start, end, columns + 1) - self.start) * RATE
        if not len(self.samples):
            return np.zeros((columns, 2), np.float32)
        left, right = max(int(edges[0]) - 1, 0), int(edges[-1]) + 2
        near = self.samples[left:right].astype(np.float32) / np.float32(32768)
        at_edges = np.interp(edges - left, np.arange(len(near)), near).astype(np.float32)
        low, high = np.minimum(at_edges[:-1], at_edges[1:]), np.maximum(at_edges[:-1], at_edges[1:])
        bins = np.ceil(edges - left).astype(np.int64).clip(0, len(near))
        held = np.flatnonzero(bins[1:] > bins[:-1])  # columns with a sample in them
        if len(held):
            rows = np.append(near, near[-1:])
            bounds = np.stack((bins[:-1][held], bins[1:][held]), axis=1).ravel()
            low[held] = np.minimum(low[held], np.minimum.reduceat(rows, bounds)[::2])
            high[held] = np.maximum(high[held], np.maximum.reduceat(rows, bounds)[::2])
        return np.stack((low, high), axis=1)


def spectrum(samples: Samples, hop: int) -> npt.NDArray[np.uint8]:
    """Short-time spectrum in decibels as 0..255, (BANDS, columns); column n is centred on sample n * hop."""
    count = len(samples) // hop
    levels = np.zeros((count, BANDS), np.float32)
    padded = np.pad(samples, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::hop]
    taper = np.hanning(WINDOW).astype(np.float32)
    for first in range(0, count, _AT_ONCE):
        part = np.fft.rfft(frames[first : min(first + _AT_ONCE, count)] * taper, axis=1)
        power = (np.abs(part[:, : 2 * BANDS]) / WINDOW).reshape(-1, BANDS, 2).max(axis=2)
        levels[first : first + len(power)] = 20 * np.log10(power + 1e-3)
    loudest = max(float(np.quantile(levels[::8], 0.998)), _QUIETEST) if count >= 8 else _QUIETEST
    scaled = (levels - (loudest - _RANGE)) * (255 / _RANGE)
    return np.ascontiguousarray(scaled.clip(0, 255).astype(np.uint8).T[::-1])
