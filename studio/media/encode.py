"""Decoded sound made small, to be sent: a stretch of a 16 kHz WAV file as Opus, MP3, FLAC or WAV. Worker threads.

Constant memory; the file appears at its place when it is whole.
"""

from __future__ import annotations

import os
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from studio.core.errors import MediaError
from studio.core.jobs import StopToken

from .wav import SAMPLE_RATE, storage_error

_BLOCK = SAMPLE_RATE * 10  # samples


@dataclass(frozen=True, slots=True)
class Encoding:
    """`rate`: bytes for a second of sound, never less than what comes out, so that a length can be planned by it."""

    suffix: str
    mime: str
    rate: int
    container: str
    codec: str
    bit_rate: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)


ENCODINGS = {
    "opus": Encoding(".ogg", "audio/ogg", 4_600, "ogg", "libopus", 32_000, {"vbr": "constrained"}),
    "mp3": Encoding(".mp3", "audio/mpeg", 6_200, "mp3", "libmp3lame", 48_000),
    "flac": Encoding(".flac", "audio/flac", 33_000, "flac", "flac"),
    "wav": Encoding(".wav", "audio/wav", 32_100, "wav", "pcm_s16le"),
}


def encode(source: Path, target: Path, encoding: Encoding, span: tuple[int, int], stop: StopToken) -> Iterator[float]:
    """Write milliseconds span[0]..span[1] of a WAV file of ours; yields how much is done, 0..1.

    Raises StorageError when it cannot be stored, MediaError when it cannot be encoded, Stopped.
    """
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        yield from _encode(source, part, encoding, span, stop)
        part.replace(target)
    except FFmpegError as error:
        if isinstance(error, OSError) and error.errno:
            raise storage_error(source, target, error) from error
        raise MediaError(
            f"The sound of “{source.name}” cannot be made smaller.", "Report this.", repr(error)
        ) from error
    except OSError as error:
        raise storage_error(source, target, error) from error
    finally:
        part.unlink(missing_ok=True)


def _encode(source: Path, target: Path, encoding: Encoding, span: tuple[int, int], stop: StopToken) -> Iterator[float]:
    first, last = (ms * SAMPLE_RATE // 1000 for ms in span)
    with wave.open(str(source), "rb") as sound, av.open(str(target), "w", format=encoding.container) as out:
        stream = out.add_stream(encoding.codec, rate=SAMPLE_RATE, layout="mono", options=dict(encoding.options))
        assert isinstance(stream, av.AudioStream)
        if encoding.bit_rate:
            stream.bit_rate = encoding.bit_rate
        last = min(last, sound.getnframes())
        sound.setpos(min(first, last))
        for at in range(first, last, _BLOCK):
            stop.check()
            samples = np.frombuffer(sound.readframes(min(_BLOCK, last - at)), "<i2")
            frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE, at - first
            out.mux(stream.encode(frame))
            yield min(1.0, (at - first + _BLOCK) / (last - first))
        out.mux(stream.encode(None))
