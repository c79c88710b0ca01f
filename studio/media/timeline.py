"""Puts decoded sound in its place on one line of 16 kHz mono samples. Worker threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np
from av.audio.frame import AudioFrame
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as NothingMore
from av.filter import Graph

from studio.core.jobs import StopToken

from .peaks import PeaksWriter
from .wav import SAMPLE_RATE, Samples

_GAP = 0.1  # seconds; smaller ones are rounding, and many small ones add up to this before they are filled
_SILENCE_IF_UNKNOWN = 3600.0  # seconds of silence to insert at most where the duration is not known
_BLOCK = 10 * SAMPLE_RATE


class Sink(Protocol):
    """Where the line is written to: a WAV file, peaks, a stretch of memory."""

    samples: int  # written so far

    def write(self, samples: Samples) -> None: ...


class Timeline:
    """Takes frames of any rate, format and number of channels; writes 16 kHz mono samples to a sink and the peaks.

    `duration`: seconds the recording says it lasts, 0 if unknown; no silence is inserted beyond it, so that a broken
    time stamp cannot fill the disk.
    """

    def __init__(self, sink: Sink, peaks: PeaksWriter | None, duration: float, stop: StopToken) -> None:
        self._sink, self._peaks, self._stop = sink, peaks, stop
        self._silence_until = duration or _SILENCE_IF_UNKNOWN
        self._mixer: _Mixer | None = None
        self._base = 0  # samples written when the mixer began
        self.heard = False  # any sample came from a frame
        self.gaps = False  # silence was put between frames

    @property
    def position(self) -> float:
        """Seconds filled so far, those still in the resampler included."""
        return self._base / SAMPLE_RATE + (self._mixer.seconds if self._mixer else 0.0)

    def add(self, frame: AudioFrame, at: float | None) -> None:
        """Append a frame that belongs at `at` seconds (None: right after the one before).

        A frame that belongs earlier than the line has come (time stamps that jump back) is appended all the same:
        no sound is dropped.
        """
        gap = 0.0 if at is None else min(at, self._silence_until) - self.position
        if gap > (_GAP if self.heard else 1 / SAMPLE_RATE):
            self.flush()
            self.gaps = self.gaps or self.heard
            self._silence(round(min(at or 0.0, self._silence_until) * SAMPLE_RATE) - self._sink.samples)
        if self._mixer is None or not self._mixer.takes(frame):
            self.flush()
            self._mixer = _Mixer(frame)
        self.heard = True
        self._write(self._mixer.mix(frame))

    def flush(self) -> None:
        """Write what the resampler holds back."""
        if self._mixer:
            self._write(self._mixer.mix(None))
        self._mixer, self._base = None, self._sink.samples

    def _silence(self, samples: int) -> None:
        while samples > 0:
            self._stop.check()
            self._write([np.zeros(min(samples, _BLOCK), np.int16)])
            samples -= _BLOCK
        self._base = self._sink.samples

    def _write(self, blocks: Iterable[Samples]) -> None:
        for block in blocks:
            self._sink.write(block)
            if self._peaks:
                self._peaks.write(block)


class _Mixer:
    """Resamples and mixes down frames that are all like the first one.

    Every channel counts the same: a voice on one channel of an interview or of an eight-channel recorder is kept
    (FFmpeg's own mix drops the bass channel), and the sum cannot clip.
    """

    def __init__(self, like: AudioFrame) -> None:
        self._shape = _shape(like)
        self._rate, self._samples = like.sample_rate, 0
        rate, sample_format, layout, channels = self._shape
        self._graph = Graph()
        nodes = [
            self._graph.add(
                "abuffer",
                sample_rate=str(rate),
                sample_fmt=sample_format,
                channel_layout=layout,
                time_base=f"1/{rate}",
            ),
            self._graph.add("aformat", sample_fmts="fltp"),
        ]
        if channels > 1:
            parts = "+".join(f"{1 / channels:.9f}*c{n}" for n in range(channels))
            nodes.append(self._graph.add("pan", f"mono|c0={parts}"))
        nodes.append(self._graph.add("aresample", str(SAMPLE_RATE)))
        nodes.append(self._graph.add("aformat", sample_fmts="s16", channel_layouts="mono"))
        nodes.append(self._graph.add("abuffersink"))
        self._graph.link_nodes(*nodes)
        self._graph.configure()

    @property
    def seconds(self) -> float:
        return self._samples / self._rate

    def takes(self, frame: AudioFrame) -> bool:
        return _shape(frame) == self._shape

    def mix(self, frame: AudioFrame | None) -> Iterator[Samples]:
        """The samples that are ready after this frame; None: the rest of them."""
        if frame is not None:
            self._samples += frame.samples
        self._graph.push(frame)
        while True:
            try:
                mixed = self._graph.pull()
            except (NothingYet, NothingMore):
                return
            yield mixed.to_ndarray()[0]


def _shape(frame: AudioFrame) -> tuple[int, str, str, int]:
    return frame.sample_rate, frame.format.name, frame.layout.name, frame.layout.nb_channels
