"""Peaks of a recording for the waveform, kept by content: of a job's decoding, or made here for an opened file."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio import media
from studio.core.errors import StorageError
from studio.core.jobs import Job, StopToken

from .studio import Studio

Samples = npt.NDArray[np.int16]  # 16 kHz mono


def load_peaks(studio: Studio, job: Job) -> media.Peaks | None:
    """The peaks of a job's recording, None while it has not been read yet (or the file is gone)."""
    return stored_peaks(studio, job.content_id, job.options.track)


def stored_peaks(studio: Studio, content_id: str, track: int) -> media.Peaks | None:
    """The peaks of a recording, None where there are none yet."""
    file = studio.home.peaks_file(content_id, track)
    if not file.exists():
        return None
    try:
        return media.Peaks.load(file)
    except StorageError:  # damaged: the next reading of the recording makes them anew
        return None


def make_peaks(
    studio: Studio, path: Path, content_id: str, track: int, stop: StopToken
) -> Generator[float, None, media.Peaks]:
    """Peaks of a recording that no job reads, stored and returned; yields how much is done, 0..1.

    Hours of WAV take a second, other formats are decoded. Raises MediaError, StorageError and Stopped.
    """
    peaks = stored_peaks(studio, content_id, track)
    if peaks is None:
        peaks = (yield from media.wav_peaks(path, stop)) if track == 0 else None
        peaks = peaks or (yield from media.read_peaks(path, track, stop))
        peaks.save(studio.home.peaks_file(content_id, track))
    yield 1.0
    return peaks


def stretch_reader(path: Path, track: int) -> Callable[[int, int, StopToken], Samples]:
    """Reads start..end (milliseconds) of a recording: see media.read_stretch."""
    return partial(media.read_stretch, path, track)
