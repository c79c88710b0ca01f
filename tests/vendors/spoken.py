"""What the stubs say: a tone for each character, a pause for each space. Length and rhythm follow from the text alone.

A stub's request thread runs this. Tests ask `seconds_of` and `words_of` how a reply must sound to be whole, and
`listen` and `bursts` how it does.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from typing import Any, BinaryIO

import av
import numpy as np
import numpy.typing as npt

from .body import Blob
from .stub import Stub

STEP, EDGE, MOST = 0.02, 0.1, 100.2  # seconds: a character, the silence at each end, the longest sound
RATE = 24_000
Samples = npt.NDArray[np.int16]

SETTINGS: dict[str, Any] = {
    "audio": "whole",  # or "cut" (the file ends half-way), "empty", "page" (HTML under the name of a sound)
}


@dataclass(frozen=True)
class Format:
    container: str
    codec: str
    type: str
    suffix: str


FORMATS = {
    "wav": Format("wav", "pcm_s16le", "audio/wav", "wav"),
    "mp3": Format("mp3", "libmp3lame", "audio/mpeg", "mp3"),
    "opus": Format("ogg", "libopus", "audio/ogg", "ogg"),
    "webm": Format("webm", "libopus", "audio/webm", "webm"),
    "aac": Format("adts", "aac", "audio/aac", "aac"),
    "flac": Format("flac", "flac", "audio/flac", "flac"),
    "pcm": Format("s16le", "pcm_s16le", "audio/pcm", "pcm"),
    "mulaw": Format("mulaw", "pcm_mulaw", "audio/mulaw", "ulaw"),
    "alaw": Format("alaw", "pcm_alaw", "audio/alaw", "alaw"),
    "mulaw.wav": Format("wav", "pcm_mulaw", "audio/wav", "wav"),
    "alaw.wav": Format("wav", "pcm_alaw", "audio/wav", "wav"),
}


def characters(text: str) -> int:
    """How the vendors count: code points, without the blanks at the ends."""
    return len(text.strip())


def text_in(value: Any) -> Any:
    """A field's value; a very long string, which was kept aside, is a string again."""
    return value.bytes().decode() if isinstance(value, Blob) and value.text else value


def seconds_of(text: str, tempo: float = 1.0) -> float:
    return min(2 * EDGE + STEP * characters(text), MOST) / tempo


def words_of(text: str, tempo: float = 1.0) -> list[tuple[str, float, float]]:
    """Each word with its start and end in seconds, as it sounds."""
    found = re.finditer(r"\S+", text.strip())
    return [(word[0], _at(word.start(), tempo), _at(word.end(), tempo)) for word in found]


def _at(character: int, tempo: float) -> float:
    return round((EDGE + STEP * character) / tempo, 4)


def samples(text: str, rate: int = RATE, tempo: float = 1.0) -> Samples:
    count = round(seconds_of(text, tempo) * rate)
    at = np.arange(count) / rate
    position = np.floor((at * tempo - EDGE) / STEP).astype(int)
    loud = np.array([not each.isspace() for each in text.strip()] or [False])
    inside = (position >= 0) & (position < len(loud)) & (at < seconds_of(text, tempo) - EDGE / tempo)
    hertz = 180 + hashlib.sha256(text.strip().encode(errors="surrogatepass")).digest()[0]
    tone = np.sin(2 * np.pi * hertz * at) * 9000
    return np.asarray(np.where(inside & loud[np.clip(position, 0, len(loud) - 1)], tone, 0), dtype=np.int16)


def encoded(sound: Samples, rate: int, format: str) -> bytes:
    """Samples, or channels × samples, as a file. Opus is always written at 48 kHz: that is what `sound` must have."""
    kind = FORMATS[format]
    planes = np.atleast_2d(sound)
    layout = "mono" if len(planes) == 1 else "stereo"
    file = io.BytesIO()
    with av.open(file, "w", format=kind.container, options={"fflags": "+bitexact"}) as out:  # without random ids
        stream: Any = out.add_stream(kind.codec, rate=rate, layout=layout)
        for at in range(0, planes.shape[1], rate):
            piece = np.ascontiguousarray(planes[:2, at : at + rate])
            frame = av.AudioFrame.from_ndarray(piece, format="s16p", layout=layout)
            frame.sample_rate, frame.pts = rate, at
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def listen(file: BinaryIO) -> tuple[Samples, int]:
    """A sound file as channels × samples, and its rate; raises ValueError for anything else."""
    found: list[Samples] = []
    try:
        with av.open(file, "r") as container:
            stream = container.streams.audio[0]
            planar = av.AudioResampler(format="s16p", layout=stream.layout, rate=stream.rate)
            for frame in [*container.decode(stream), None]:
                found += [np.asarray(each.to_ndarray(), dtype=np.int16) for each in planar.resample(frame)]
            rate = stream.rate
    except (av.FFmpegError, IndexError) as error:
        raise ValueError("this is not a sound file") from error
    if not found:
        raise ValueError("there is no sound in the file")
    return np.concatenate(found, axis=1), rate


def bursts(sound: Samples, rate: int) -> int:
    """How many words can be heard in one channel."""
    step = round(rate * STEP / 4)
    whole = len(sound) // step * step
    loud = np.abs(sound[:whole].reshape(-1, step).astype(int)).max(axis=1) > 3000
    return int(np.count_nonzero(np.diff(loud.astype(int), prepend=0) == 1))


def say(stub: Stub, text: str, format: str, rate: int = RATE, tempo: float = 1.0) -> bytes:
    """The text as a file, damaged as the stub's setting `audio` wants it."""
    if FORMATS[format].codec == "libopus":
        rate = 48_000
    return damaged(stub, encoded(samples(text, rate, tempo), rate, format))


def damaged(stub: Stub, file: bytes) -> bytes:
    match stub["audio"]:
        case "cut":
            return file[: len(file) // 2]
        case "empty":
            return b""
        case "page":
            return b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"
    return file
