"""Peaks: the lowest and the highest sample of every stretch of sound, for drawing. Any thread.

Level 0 has one (min, max) pair for every 160 samples (10 ms); each further level joins 4 pairs of the one below.
A drawing then never reads more than a few pairs for a pixel: 4 hours are 1.44 million pairs (11 MB in all).
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from studio.core.errors import StorageError

BIN = 160  # samples at 16 kHz
BIN_MS = 10
FACTOR = 4
_BINS_PER_COLUMN = 4  # at least, before a coarser level is good enough

Pairs = npt.NDArray[np.int16]  # (bins, 2): min, max


@dataclass(frozen=True, slots=True)
class Peaks:
    """levels: finest first, each of shape (bins, 2). duration: milliseconds."""

    levels: tuple[Pairs, ...]
    duration: int

    def slice(self, start: int, end: int, columns: int) -> npt.NDArray[np.float32]:
        """Lowest and highest sample of `columns` equal stretches of start..end (milliseconds).

        Returns shape (columns, 2), -1..1; 0 where the recording is not. A stretch takes in every 10 ms bin that it
        touches (when stretches are long, every bin of up to a quarter of one), so no peak is missed.
        """
        out = np.zeros((columns, 2), np.float32)
        if end <= start or not columns or not len(self.levels[0]):
            return out
        level, width = 0, BIN_MS
        while level + 1 < len(self.levels) and width * FACTOR * _BINS_PER_COLUMN * columns <= end - start:
            level, width = level + 1, width * FACTOR
        pairs = self.levels[level]
        edges = start * columns + np.arange(columns + 1, dtype=np.int64) * (end - start)  # in 1/columns of a ms
        first, last = edges[:-1] // (width * columns), -(-edges[1:] // (width * columns))  # bins, last exclusive
        inside = np.flatnonzero((first < len(pairs)) & (last > 0))
        if not len(inside):
            return out
        first, last = first[inside].clip(0), last[inside].clip(None, len(pairs))
        # reduceat takes each index up to the next; every other result is first..last. One more row lets last be the end
        lowest = int(first[0])
        rows = np.concatenate((pairs[lowest : last[-1]], pairs[-1:]))
        bounds = np.stack((first, last), axis=1).ravel() - lowest
        out[inside, 0] = np.minimum.reduceat(rows[:, 0], bounds)[::2]
        out[inside, 1] = np.maximum.reduceat(rows[:, 1], bounds)[::2]
        return out / np.float32(32768)

    def save(self, path: Path) -> None:
        """Write level 0 and the duration as .npz, not compressed (4 hours: 6 MB), atomic. Raises StorageError."""
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                np.savez(file, pairs=self.levels[0], duration=np.int64(self.duration))
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StorageError(
                f"The waveform cannot be stored in “{path.parent}”: {os.strerror(error.errno or 0)}.",
                "Make room on the disk and check that you may write there.",
                repr(error),
            ) from error

    @staticmethod
    def load(path: Path) -> Peaks:
        """What `save` wrote. Raises StorageError where that is not there or not whole."""
        try:
            with np.load(path, allow_pickle=False) as data:
                return Peaks(pyramid(data["pairs"]), int(data["duration"]))
        except (OSError, EOFError, KeyError, TypeError, ValueError, BadZipFile, zlib.error) as error:
            raise StorageError(
                f"The waveform “{path.name}” cannot be read.", "Transcribe the recording again.", repr(error)
            ) from error


class PeaksWriter:
    """Fed with samples while a recording is decoded; keeps 4 bytes for every 10 ms."""

    def __init__(self) -> None:
        self._pairs = bytearray()
        self._rest = np.zeros(0, np.int16)  # samples of the bin begun
        self.samples = 0

    def write(self, samples: npt.NDArray[np.int16]) -> None:
        """samples: 16 kHz mono, any number."""
        self.samples += len(samples)
        samples = np.concatenate((self._rest, samples))
        whole = len(samples) // BIN * BIN
        self._pairs += _min_max(samples[:whole].reshape(-1, BIN)).tobytes()
        self._rest = samples[whole:].copy()

    def finish(self) -> Peaks:
        pairs = np.frombuffer(bytes(self._pairs), np.int16).reshape(-1, 2)
        if len(self._rest):
            pairs = np.concatenate((pairs, _min_max(self._rest[np.newaxis])))
        return Peaks(pyramid(pairs), self.samples * BIN_MS // BIN)


def bins(samples: npt.NDArray[np.float32], rate: int) -> Pairs:
    """Level 0 of mono sound at any rate, -1..1."""
    size = rate * BIN_MS // 1000
    short = np.round(np.clip(samples, -1, 1) * 32_767).astype(np.int16)
    return _min_max(np.pad(short, (0, -len(short) % size)).reshape(-1, size))


def joined(parts: Iterable[tuple[int, int, Pairs]], duration: int) -> Peaks:
    """Peaks of sounds that stand at milliseconds start..end each, in order of their starts; they may overlap."""
    level = np.zeros((-(-duration // BIN_MS), 2), np.int16)
    reached = 0
    for start, end, pairs in parts:
        first, last = start // BIN_MS, min(-(-end // BIN_MS), len(level))
        if first >= last or not len(pairs):
            continue
        if len(pairs) != last - first:  # said faster, it has fewer
            pairs = pairs[np.arange(last - first) * len(pairs) // (last - first)]
        there = level[first:last]
        if first >= reached:
            there[:] = pairs
        else:
            there[:, 0] = np.minimum(there[:, 0], pairs[:, 0])
            there[:, 1] = np.maximum(there[:, 1], pairs[:, 1])
        reached = max(reached, last)
    return Peaks(pyramid(level), duration)


def _min_max(rows: npt.NDArray[np.int16]) -> Pairs:
    """(bins, samples) -> (bins, 2)."""
    return np.stack((rows.min(axis=1), rows.max(axis=1)), axis=1) if len(rows) else np.zeros((0, 2), np.int16)


def pyramid(pairs: Pairs) -> tuple[Pairs, ...]:
    """All levels over the finest one."""
    levels = [pairs]
    while len(levels[-1]) > FACTOR:
        below = levels[-1]
        starts = np.arange(0, len(below), FACTOR)
        lows, highs = np.minimum.reduceat(below[:, 0], starts), np.maximum.reduceat(below[:, 1], starts)
        levels.append(np.stack((lows, highs), axis=1))
    return tuple(levels)
