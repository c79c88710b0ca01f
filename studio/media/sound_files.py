"""Sound written as files to keep, and sound files read whole. PyAV; worker threads.

Written in constant memory; a file appears at its place when it is whole, and nothing is left behind otherwise. Decoded
again it is as long as the sound was: what an encoder puts before and behind is in its header, and players leave it out.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from studio.core.errors import MediaError, StorageError, UsageError
from studio.core.jobs import StopToken

from .filters import Chain
from .sound import Sound
from .source import recording
from .timeline import Form, Mixer
from .wav import quietly_closed, remove_stale

_numbers = count()  # two threads may write the same file
_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


@dataclass(frozen=True, slots=True)
class SoundFormat:
    suffix: str
    mime: str
    container: str
    codec: str
    rates: tuple[int, ...] = _RATES
    bit_rate: int | None = None  # of one channel; None: lossless
    options: Mapping[str, str] = field(default_factory=dict)  # of the container

    def rate(self, wanted: int) -> int:
        """The rate that is written where `wanted` is asked for: the same, or the next one up that the format has.

        Opus has no 44.1 kHz and plays everything at 48. Raises UsageError for what nobody would call a rate.
        """
        if not _RATES[0] <= wanted <= _RATES[-1]:
            raise UsageError(
                f"Sound is not written at {wanted} samples per second.",
                f"Give a rate from {_RATES[0]} to {_RATES[-1]}.",
            )
        return next(rate for rate in self.rates if rate >= wanted)


SOUND_FORMATS = {
    "wav": SoundFormat(".wav", "audio/wav", "wav", "pcm_s16le", options={"rf64": "auto"}),  # beyond 4 GiB
    "flac": SoundFormat(".flac", "audio/flac", "flac", "flac"),
    "mp3": SoundFormat(".mp3", "audio/mpeg", "mp3", "libmp3lame", bit_rate=64_000),
    "opus": SoundFormat(".opus", "audio/ogg", "ogg", "libopus", (8_000, 12_000, 16_000, 24_000, 48_000), 48_000),
    "m4a": SoundFormat(".m4a", "audio/mp4", "ipod", "aac", bit_rate=80_000),
}


def sound_format(target: Path) -> SoundFormat:
    """By the ending of the name. Raises UsageError."""
    if found := SOUND_FORMATS.get(target.suffix.lower().removeprefix(".")):
        return found
    endings = ", ".join(form.suffix for form in SOUND_FORMATS.values())
    raise UsageError(f"“{target.name}” does not say what kind of sound file it is to be.", f"End it with {endings}.")


def write_sound(
    sound: Sound, target: Path, form: SoundFormat, stop: StopToken, rate: int | None = None
) -> Iterator[float]:
    """Write all of it at `rate` (default: that of the sound); yields how much is done, 0..1.

    Raises StorageError when it cannot be stored, Stopped, and what making the sound raises.
    """
    try:
        with _whole(target) as file:
            disk = _Disk(file)
            for done in _write(sound, disk, form, form.rate(rate or sound.rate), stop):
                disk.check()
                yield done
            disk.check()
    except FFmpegError as error:
        raise MediaError(f"“{target.name}” cannot be encoded.", "Choose another format.", repr(error)) from error
    except OSError as error:
        raise _not_stored(target, error) from error
    yield 1.0


def _write(sound: Sound, file: _Disk, form: SoundFormat, rate: int, stop: StopToken) -> Iterator[float]:
    with av.open(file, "w", format=form.container, container_options=dict(form.options)) as out:
        stream = out.add_stream(form.codec, rate=rate, layout="mono" if sound.channels == 1 else "stereo")
        assert isinstance(stream, av.AudioStream)
        if form.bit_rate:
            stream.bit_rate = form.bit_rate * sound.channels
        resampled, done, whole = Chain(sound.rate, sound.channels, ("aresample", str(rate))), 0, max(1, sound.samples)
        for block in sound.blocks(stop):
            stop.check()
            for frame in resampled.frames(np.clip(block, -1, 1)):
                out.mux(stream.encode(frame))
            done += block.shape[-1]
            yield min(0.999, done / whole)
        for frame in resampled.frames(None):
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


class _Disk:
    """The file under a container. What the disk refuses is kept for `check`: an exception would have to pass through
    FFmpeg, which goes on calling while it closes the container, and tells of another one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._refusal: OSError | None = None

    def write(self, data: bytes) -> int:
        return self._tried(lambda: self._file.write(data), len(data))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._tried(lambda: self._file.seek(offset, whence), offset)

    def tell(self) -> int:
        return self._tried(self._file.tell, 0)

    def check(self) -> None:
        if self._refusal:
            raise self._refusal

    def _tried(self, what: Callable[[], int], otherwise: int) -> int:
        if self._refusal is None:
            try:
                return what()
            except OSError as error:
                self._refusal = error
        return otherwise


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file that is put in its place when the block ends well."""
    part = target.with_name(f"{target.name}.{os.getpid()}-{next(_numbers)}.part")
    try:
        remove_stale(target)
        with quietly_closed(part.open("wb")) as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _not_stored(target: Path, error: OSError) -> StorageError:
    detail = f"{type(error).__name__}: {error}"
    if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return StorageError(
            f"The disk with “{target.parent}” is full: “{target.name}” does not fit.",
            "Make room there, or choose a smaller format, e.g. opus.",
            detail,
        )
    return StorageError(
        f"“{target.name}” cannot be stored in “{target.parent}”: {os.strerror(error.errno or 0)}.",
        "Check that the folder exists and that you may write to it.",
        detail,
    )


def read_sound(source: bytes | Path) -> tuple[NDArray[np.float32], int]:
    """All of a sound file, mono (every channel counts the same), shape (n,), and its rate. For short ones: in memory.

    What kind of file it is its first bytes say, never its name. Raises MediaError for what holds no sound.
    """
    if isinstance(source, Path):
        with recording(source) as (container, _):
            return _read(container, f"“{source.name}”")
    try:
        container = av.open(io.BytesIO(source), "r", container_options={"protocol_whitelist": "none"})
    except (FFmpegError, ValueError) as error:
        raise MediaError("What arrived is no sound.", "Try again, or another voice.", f"{source[:32]!r}") from error
    with container:
        return _read(container, "What arrived")


def _read(container: InputContainer, name: str) -> tuple[NDArray[np.float32], int]:
    if not container.streams.audio:
        raise MediaError(f"{name} holds no sound.", "Use a sound file.")
    mixer: Mixer | None = None
    rate, parts = 0, list[NDArray[np.float32]]()
    try:
        for frame in container.decode(audio=0):
            if mixer is None or not mixer.takes(frame):
                parts += mixer.mix(None) if mixer else ()
                rate = rate or frame.sample_rate
                mixer = Mixer(frame, Form(rate))
            parts += mixer.mix(frame)
        parts += mixer.mix(None) if mixer else ()
    except FFmpegError as error:
        raise MediaError(f"{name} is damaged: its sound cannot be decoded.", "Try again.", repr(error)) from error
    if not parts:
        raise MediaError(f"{name} holds no sound: it is empty.", "Use another sound file.")
    return np.concatenate(parts, axis=1)[0], rate
