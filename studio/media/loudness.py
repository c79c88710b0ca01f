"""How loud sound is (EBU R 128, ITU-R BS.1770), and sound made as loud as wanted. Worker threads; constant memory.

One gain for all of it, so that nothing pumps. A limiter takes part only where the gain would lift a peak above the
ceiling. Mono is measured as the one channel it is, as meters do.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from studio.core.jobs import StopToken

from .filters import Chain
from .sound import Block, Sound, even

SPEECH_LUFS = -16.0  # what spoken word is published at
BROADCAST_LUFS = -23.0  # EBU R 128
CEILING_DBTP = -1.0
_SILENT_LUFS = -70.0  # the gate of BS.1770: what is softer does not count
_OVERSAMPLED = 192_000  # at which true peaks show as samples


@dataclass(frozen=True, slots=True)
class Loudness:
    integrated: float  # LUFS; -70 or less: as good as silent
    peak: float  # dBTP; minus infinity for silence


def measure(sound: Sound, stop: StopToken) -> Generator[float, None, Loudness]:
    """Hear all of it; yields how much is done, 0..1."""
    meter, done, whole = Meter(sound.rate, sound.channels), 0, max(1, sound.samples)
    for block in sound.blocks(stop):
        meter.feed(block)
        done += block.shape[1]
        yield min(1.0, done / whole)
    return meter.finish()


class Meter:
    """Measures blocks as they pass."""

    def __init__(self, rate: int, channels: int) -> None:
        self._chain = Chain(rate, channels, ("ebur128", "peak=true:metadata=1:framelog=quiet"))
        self._told = dict[str, str]()

    def feed(self, block: Block | None) -> None:
        for frame in self._chain.frames(block):
            self._told = frame.metadata or self._told

    def finish(self) -> Loudness:
        self.feed(None)
        peak = float(self._told.get("lavfi.r128.true_peak", 0.0))
        integrated = float(self._told.get("lavfi.r128.I", _SILENT_LUFS))
        return Loudness(integrated, 20 * math.log10(peak) if peak > 0 else -math.inf)


@dataclass(frozen=True, slots=True)
class Normalised:
    """A Sound that is `gain` dB louder than another, its true peaks held below the ceiling if `limited`."""

    sound: Sound
    gain: float
    limited: bool

    @property
    def rate(self) -> int:
        return self.sound.rate

    @property
    def channels(self) -> int:
        return self.sound.channels

    @property
    def samples(self) -> int:
        return self.sound.samples

    def blocks(self, stop: StopToken) -> Iterator[Block]:
        factor = 10 ** (self.gain / 20)
        louder = (block * factor for block in self.sound.blocks(stop))
        return limited(louder, self.rate, self.channels, CEILING_DBTP) if self.limited else louder


def normalised(sound: Sound, loudness: Loudness, target: float = SPEECH_LUFS) -> Normalised:
    """The sound at `target` LUFS, given how loud it is. What is silent stays so."""
    gain = target - loudness.integrated if loudness.integrated > _SILENT_LUFS else 0.0
    return Normalised(sound, gain, loudness.peak + gain > CEILING_DBTP)


def limited(blocks: Iterator[Block], rate: int, channels: int, ceiling: float) -> Iterator[Block]:
    """Peaks between the samples included; nothing is delayed."""
    # lower than the ceiling: on the way back to its own rate the sound may swing a little higher
    limit = 10 ** ((ceiling - 0.8) / 20)
    chain = Chain(
        rate,
        channels,
        ("aresample", str(_OVERSAMPLED)),
        ("alimiter", f"limit={limit:.6f}:level=0:latency=1:attack=5:release=50"),
        ("aresample", str(rate)),
    )
    yield from chain.through(even(blocks, rate))
