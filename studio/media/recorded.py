"""A recording as sound at full quality: its own channels, at any rate, in its true time. Worker threads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from studio.core.errors import UsageError
from studio.core.jobs import StopToken

from .decode import Reader
from .probe import probe
from .sound import Block, even
from .source import recording
from .timeline import Form, Timeline

FULL_RATE = 48_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """A Sound; see `recorded`. Damaged parts are left out, and their time is kept."""

    path: Path
    track: int
    rate: int
    channels: int
    samples: int  # by its headers

    def blocks(self, stop: StopToken) -> Iterator[Block]:
        yield from even(self._frames(stop), self.rate)

    def _frames(self, stop: StopToken) -> Iterator[Block]:
        with recording(self.path) as (container, file):
            reader, sink = Reader(self.path, container, file, self.track), _Sink()
            timeline = Timeline(sink, None, reader.info.duration / 1000, stop, Form(self.rate, self.channels))
            for _ in reader.lay(timeline, stop):
                yield from sink.blocks
                sink.blocks.clear()


def recorded(path: Path, track: int = 0, rate: int = FULL_RATE, *, mono: bool = False) -> Recorded:
    """Looks into the file. One channel stays one, all others become stereo. Raises MediaError, UsageError."""
    info = probe(path)
    if not 0 <= track < len(info.tracks):
        raise UsageError(f"“{path.name}” has no audio track {track}.", "Tracks are counted from 0.")
    channels = 1 if mono or info.tracks[track].channels == 1 else 2
    return Recorded(path, track, rate, channels, info.duration * rate // 1000)


class _Sink:
    """Keeps what came of one frame until it is taken."""

    def __init__(self) -> None:
        self.samples = 0
        self.blocks: list[Block] = []

    def write(self, samples: NDArray[Any]) -> None:
        self.samples += samples.shape[1]
        self.blocks.append(samples)
