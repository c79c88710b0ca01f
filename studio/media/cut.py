"""A recording cut into files at the quality it has: to be sent, where 16 kHz would be too little. Worker threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from studio.core.errors import StorageError
from studio.core.jobs import StopToken

from .decode import Reader
from .source import recording
from .timeline import Form, Timeline

_HIGHEST = 48_000  # samples per second
_PER_SECOND = 1000


def cut(path: Path, track: int, targets: Mapping[Path, tuple[int, int]], stop: StopToken) -> Iterator[float]:
    """Write milliseconds (start, end) of a track to each target, a FLAC file, mono, at the recording's own rate.

    Yields how much is done, 0..1. Raises MediaError, UsageError for an unknown track, StorageError, Stopped.
    """
    with recording(path) as (container, file), ExitStack() as open_files:
        reader = Reader(path, container, file, track)
        rate = min(_HIGHEST, reader.stream.rate or _HIGHEST)
        try:
            sink = _Cutter(
                (
                    open_files.enter_context(soundfile.SoundFile(target, "w", rate, 1, "PCM_16", format="FLAC")),
                    start * rate // _PER_SECOND,
                    end * rate // _PER_SECOND,
                )
                for target, (start, end) in targets.items()
            )
            timeline = Timeline(sink, None, reader.info.duration / _PER_SECOND, stop, Form(rate))
            yield from reader.pour(timeline, stop)
        except soundfile.LibsndfileError as error:
            raise StorageError(
                f"Parts of “{path.name}” cannot be written.", "Make room on the disk, then try again.", str(error)
            ) from error
    yield 1.0


class _Cutter:
    """Gives to each file, which has the samples first..last, what belongs there."""

    def __init__(self, files: Iterator[tuple[soundfile.SoundFile, int, int]]) -> None:
        self.samples, self._files = 0, list(files)

    def write(self, samples: NDArray[np.float32]) -> None:
        mono = np.clip(samples[0], -1.0, 1.0)
        for file, first, last in self._files:
            left, right = max(first - self.samples, 0), min(last - self.samples, len(mono))
            if left < right:
                file.write(mono[left:right])
        self.samples += len(mono)
