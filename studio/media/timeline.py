"""Puts decoded sound in its place on one line of samples: 16 kHz mono, or another form. Worker threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from av.audio.frame import AudioFrame
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as NothingMore
from av.filter import Graph
from numpy.typing import NDArray

from studio.core.jobs import StopToken

from .peaks import PeaksWriter
from .wav import SAMPLE_RATE

_GAP = 0.1  # seconds; smaller ones are rounding, and many small ones add up to this before they are filled
_SILENCE_IF_UNKNOWN = 3600.0  # seconds of silence to insert at most where the duration is not known
_BLOCK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Form:
    """What the samples become: 16 bit, mono, shape (n,); or, if `exact`, float32 of shape (channels, n)."""

    rate: int
    channels: int = 1  # or 2
    exact: bool = True

    def array(self, frame: AudioFrame) -> NDArray[Any]:
        samples = frame.to_ndarray()
        return samples if self.exact else samples[0]

    def silence(self, samples: int) -> NDArray[Any]:
        return np.zeros((self.channels, samples), np.float32) if self.exact else np.zeros(samples, np.int16)


SPEECH = Form(SAMPLE_RATE, exact=False)  # what engines hear


class Sink(Protocol):
    """Where the line is written to: a WAV file, peaks, a stretch of memory."""

    samples: int  # written so far

    def write(self, samples: NDArray[Any]) -> None: ...


class Timeline:
    """Takes frames of any rate, format and number of channels; writes samples of one form to a sink and the peaks.

    `duration`: seconds the recording says it lasts, 0 if unknown; no silence is inserted beyond it, so that a broken
    time stamp cannot fill the disk.
    """

    def __init__(
        self, sink: Sink, peaks: PeaksWriter | None, duration: float, stop: StopToken, form: Form = SPEECH
    ) -> None:
        self._sink, self._peaks, self._stop, self._form = sink, peaks, stop, form
        self._silence_until = duration or _SILENCE_IF_UNKNOWN
        self._mixer: Mixer | None = None
        self._base = 0  # samples written when the mixer began
        self.heard = False  # any sample came from a frame
        self.gaps = False  # silence was put between frames

    @property
    def position(self) -> float:
        """Seconds filled so far, those still in the resampler included."""
        return self._base / self._form.rate + (self._mixer.seconds if self._mixer else 0.0)

    def add(self, frame: AudioFrame, at: float | None) -> None:
        """Append a frame that belongs at `at` seconds (None: right after the one before).

        A frame that belongs earlier than the line has come (time stamps that jump back) is appended all the same:
        no sound is dropped.
        """
        gap = 0.0 if at is None else min(at, self._silence_until) - self.position
        if gap > (_GAP if self.heard else 1 / self._form.rate):
            self.flush()
            self.gaps = self.gaps or self.heard
            self._silence(round(min(at or 0.0, self._silence_until) * self._form.rate) - self._sink.samples)
        if self._mixer is None or not self._mixer.takes(frame):
            self.flush()
            self._mixer = Mixer(frame, self._form)
        self.heard = True
        self._write(self._mixer.mix(frame))

    def flush(self) -> None:
        """Write what the resampler holds back."""
        if self._mixer:
            self._write(self._mixer.mix(None))
        self._mixer, self._base = None, self._sink.samples

    def _silence(self, samples: int) -> None:
        size = _BLOCK_SECONDS * self._form.rate
        block = self._form.silence(size)
        while samples > 0:
            self._stop.check()
            self._write([block[..., :samples]])
            samples -= size
        self._base = self._sink.samples

    def _write(self, blocks: Iterable[NDArray[Any]]) -> None:
        for block in blocks:
            self._sink.write(block)
            if self._peaks:
                self._peaks.write(block)


class Mixer:
    """Resamples and mixes frames that are all like the first one.

    Into mono every channel counts the same: a voice on one channel of an interview or of an eight-channel recorder is
    kept (FFmpeg's own mix drops the bass channel), and the sum cannot clip. Into stereo the surround sound of a film is
    mixed as FFmpeg does, so that its dialogue stays in front.
    """

    def __init__(self, like: AudioFrame, form: Form = SPEECH) -> None:
        self._form = form
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
        target = "mono" if form.channels == 1 else "stereo"
        unknown = layout.endswith("channels")  # as many as that, and nobody says where
        if channels != form.channels and (form.channels == 1 or channels == 1 or unknown):
            mixed = "+".join(f"{1 / channels:.9f}*c{n}" for n in range(channels))
            nodes.append(self._graph.add("pan", "|".join([target, *(f"c{n}={mixed}" for n in range(form.channels))])))
        nodes.append(self._graph.add("aresample", str(form.rate)))
        nodes.append(self._graph.add("aformat", sample_fmts="fltp" if form.exact else "s16", channel_layouts=target))
        nodes.append(self._graph.add("abuffersink"))
        self._graph.link_nodes(*nodes)
        self._graph.configure()

    @property
    def seconds(self) -> float:
        return self._samples / self._rate

    def takes(self, frame: AudioFrame) -> bool:
        return _shape(frame) == self._shape

    def mix(self, frame: AudioFrame | None) -> Iterator[NDArray[Any]]:
        """The samples that are ready after this frame; None: the rest of them."""
        if frame is not None:
            self._samples += frame.samples
        self._graph.push(frame)
        while True:
            try:
                mixed = self._graph.pull()
            except (NothingYet, NothingMore):
                return
            assert isinstance(mixed, AudioFrame)
            yield self._form.array(mixed)


def _shape(frame: AudioFrame) -> tuple[int, str, str, int]:
    return frame.sample_rate, frame.format.name, frame.layout.name, frame.layout.nb_channels
