"""The WAV files engines read: 16 kHz, mono, 16 bit. Worker threads."""

from __future__ import annotations

import errno
import os
import shutil
import struct
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.core.errors import MediaError, StorageError

from .source import shown

SAMPLE_RATE = 16_000
BYTES_PER_MS = SAMPLE_RATE * 2 // 1000
LONGEST_MS = (2**32 - 4096) // BYTES_PER_MS  # what the 32-bit sizes of a WAV header can say: 37 hours
_STALE_SECONDS = 600

Samples = npt.NDArray[np.int16]


class WavWriter:
    """Takes samples; see `wav_writer`. Raises StorageError when they cannot be stored."""

    def __init__(self, source: Path, target: Path, file: BufferedWriter) -> None:
        self._source, self._target, self._file = source, target, file
        self.samples = 0
        self._put(_header(0))

    def write(self, samples: Samples) -> None:
        """samples: 1-dimensional."""
        if (self.samples + len(samples)) // (SAMPLE_RATE // 1000) > LONGEST_MS:
            raise too_long(self._source)
        self._put(samples.astype("<i2", copy=False).tobytes())
        self.samples += len(samples)

    def finish(self) -> None:
        """Write the header anew, with the sizes; all bytes are with the system afterwards."""
        try:
            self._file.flush()
            self._file.seek(0)
            self._file.write(_header(self.samples))
            self._file.flush()
        except OSError as error:
            raise storage_error(self._source, self._target, error) from error

    def _put(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise storage_error(self._source, self._target, error) from error


@contextmanager
def wav_writer(source: Path, target: Path) -> Iterator[WavWriter]:
    """A WAV file that appears at `target` when the block ends well and leaves nothing behind when it does not.

    `source` is the recording, for messages only.
    """
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        remove_stale(target)
        file = part.open("wb")
    except OSError as error:
        raise storage_error(source, target, error) from error
    try:
        with quietly_closed(file):
            writer = WavWriter(source, target, file)
            yield writer
            writer.finish()
        try:
            part.replace(target)
        except OSError as error:
            raise storage_error(source, target, error) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def quietly_closed(file: BufferedWriter) -> Iterator[BufferedWriter]:
    """Closing tries to flush once more, which fails again on a full disk: the first error is the one to tell."""
    try:
        yield file
    except BaseException:
        try:
            file.close()
        except OSError:
            file.raw.close()
        raise
    file.close()


def remove_stale(target: Path) -> None:
    """Remove what a killed process left half written for this target."""
    for part in target.parent.iterdir():
        ours = part.name.startswith(f"{target.name}.") and part.suffix == ".part"
        with suppress(FileNotFoundError):  # another process may just be done with it
            if ours and time.time() - part.stat().st_mtime > _STALE_SECONDS:
                part.unlink()


def check_room(source: Path, target: Path, duration: int) -> None:
    """Raise StorageError now rather than in an hour when `duration` milliseconds do not fit beside `target`."""
    if duration > LONGEST_MS:
        raise too_long(source)
    needed = duration * BYTES_PER_MS
    try:
        free = shutil.disk_usage(target.parent).free
    except OSError as error:
        raise storage_error(source, target, error) from error
    if free < needed:
        raise _full(source, target, f"needed {needed} bytes, free {free} bytes")


def too_long(source: Path) -> MediaError:
    return MediaError(f"{shown(source)} is longer than {LONGEST_MS // 3_600_000} hours.", "Cut it into parts.")


def storage_error(source: Path, target: Path, error: OSError) -> StorageError:
    """What a failed write beside `target` means."""
    detail = f"{type(error).__name__}: {error}"
    if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return _full(source, target, detail)
    return StorageError(
        f"The sound of {shown(source)} cannot be stored in “{target.parent}”: {os.strerror(error.errno or 0)}.",
        "Check that the folder exists and that you may write to it.",
        detail,
    )


def _full(source: Path, target: Path, detail: str) -> StorageError:
    return StorageError(
        f"The disk with “{target.parent}” is full: the sound of {shown(source)} does not fit.",
        "Make room there (an hour of sound takes 120 MB) and try again.",
        detail,
    )


def wav_duration(path: Path) -> int:
    """Milliseconds of a WAV file written here."""
    with wave.open(str(path), "rb") as file:
        return file.getnframes() * 1000 // file.getframerate()


def _header(samples: int) -> bytes:
    """The 44 bytes before the samples: RIFF, WAVE, "fmt " and "data" (Microsoft and IBM, 1991)."""
    size = samples * 2
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, SAMPLE_RATE, SAMPLE_RATE * 2, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + form + struct.pack("<4sI", b"data", size)
