"""The decoded recording as the child processes read it: mapped, not copied. Any thread."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.engines.base import SAMPLE_RATE

Samples = npt.NDArray[np.int16]


def map_wav(path: Path) -> Samples:
    """The samples (int16) of a 16 kHz mono 16-bit WAV file, mapped into memory."""
    with path.open("rb") as file, wave.open(file) as header:
        assert header.getparams()[:3] == (1, 2, SAMPLE_RATE), "not what media.decode writes"
        count, offset = header.getnframes(), file.tell()
    if not count:
        return np.zeros(0, np.int16)
    # copy on write, because torch wants a writable array
    return np.memmap(path, dtype="<i2", mode="c", offset=offset, shape=(count,))
