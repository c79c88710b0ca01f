"""Peaks of a plain WAV file without decoding or resampling: hours in a second. Worker threads."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
import soundfile

from studio.core.jobs import StopToken

from .peaks import BIN_MS, Pairs, Peaks, pyramid
from .wav import Samples

_PLAIN = {"PCM_16", "PCM_24", "PCM_32", "PCM_U8"}
_BINS = 2048  # read at a time
_WHOLE = 0.98  # of the file's size that the header must account for


def wav_peaks(path: Path, stop: StopToken) -> Generator[float, None, Peaks | None]:
    """The peaks, or None where the file is not a whole and plain WAV file; yields how much is done, 0..1.

    Bins are of the file's own samples, so a peak may stand a little higher than after resampling to 16 kHz.
    Raises Stopped when asked to stop.
    """
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError):
        return None
    with file:
        if not _plain(file, path):
            return None
        rate, total = file.samplerate, file.frames
        count = -(-total * 1000 // (rate * BIN_MS))
        edges = np.arange(count + 1, dtype=np.int64) * rate * BIN_MS // 1000  # first sample of each bin
        pairs = np.zeros((count, 2), np.int16)
        room = np.zeros((int(edges[min(_BINS, count)]) + rate, file.channels), np.int16)
        for first in range(0, count, _BINS):
            stop.check()
            last = min(first + _BINS, count)
            length = int(min(edges[last], total) - edges[first])
            block = file.read(length, dtype="int16", always_2d=True, out=room[:length])
            if len(block) < length:
                return None
            pairs[first:last] = _min_max(_mixed(block), edges[first:last] - edges[first])
            yield last / count
    return Peaks(pyramid(pairs), total * 1000 // rate)


def _plain(file: soundfile.SoundFile, path: Path) -> bool:
    if file.format not in ("WAV", "WAVEX", "RF64") or file.subtype not in _PLAIN or not file.frames:
        return False
    width = {"PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4}[file.subtype]
    return bool(file.frames * file.channels * width >= path.stat().st_size * _WHOLE)


def _mixed(block: Samples) -> Samples:
    """(samples, channels) -> (samples,), every channel counting the same."""
    if block.shape[1] == 1:
        return block[:, 0]
    mixed = block[:, 0].astype(np.int32)
    for channel in range(1, block.shape[1]):
        mixed += block[:, channel]
    mixed //= block.shape[1]
    return mixed.astype(np.int16)


def _min_max(samples: Samples, starts: np.ndarray) -> Pairs:
    """Lowest and highest sample from each start to the next."""
    return np.stack((np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts)), axis=1)
