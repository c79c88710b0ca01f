"""Recordings made on the spot, and decoding them to arrays."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from studio.core.jobs import StopToken
from studio.media import DecodeResult, PeaksWriter, decode


class Decoded:
    """What came of decoding a file: samples (-1..1, 16 kHz), fractions, result and the peaks of the same pass."""

    def __init__(self, source: Path, target: Path, track: int = 0) -> None:
        self.target, writer = target, PeaksWriter()
        self.fractions = list[float]()
        steps = decode(source, target, writer, track=track, stop=StopToken())
        while True:
            try:
                self.fractions.append(next(steps))
            except StopIteration as end:
                self.result: DecodeResult = end.value
                break
        self.peaks = writer.finish()
        self.samples, self.rate = soundfile.read(target, dtype="float32")

    def loudness(self, start: float, end: float) -> float:
        """Root mean square between two seconds."""
        part = self.samples[int(start * 16000) : int(end * 16000)]
        return float(np.sqrt(np.mean(part**2)))


@pytest.fixture
def decoded(tmp_path: Path) -> Callable[..., Decoded]:
    def run(source: Path, track: int = 0) -> Decoded:
        return Decoded(source, tmp_path / "decoded.wav", track)

    return run


def tone(seconds: float, rate: int = 16000, frequency: float = 440.0, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def write_video(
    path: Path, seconds: float = 4.0, tracks: list[list[tuple[float, np.ndarray]]] | None = None, codec: str = "aac"
) -> Path:
    """A video of `seconds`; each track is a list of (start in seconds, sound at 16 kHz)."""
    with av.open(str(path), "w") as out:
        picture = out.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 32
        sounds = [out.add_stream(codec, rate=16000, layout="mono") for _ in tracks or []]
        for n in range(round(seconds * 10)):
            frame = av.VideoFrame(32, 32, "yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, 10)
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
        for stream, pieces in zip(sounds, tracks or [], strict=True):
            _encode(out, stream, pieces)
    return path


def _encode(out: av.container.OutputContainer, stream: av.AudioStream, pieces: list[tuple[float, np.ndarray]]) -> None:
    for start, sound in pieces:
        for at in range(0, len(sound), 1024):
            block = np.zeros((1, 1024), np.float32)
            part = sound[at : at + 1024]
            block[0, : len(part)] = part
            if stream.codec_context.format.name != "fltp":
                frame = av.AudioFrame.from_ndarray((block * 32767).astype(np.int16), "s16", "mono")
            else:
                frame = av.AudioFrame.from_ndarray(block, "fltp", "mono")
            frame.sample_rate, frame.time_base = 16000, Fraction(1, 16000)
            frame.pts = round(start * 16000) + at
            out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
