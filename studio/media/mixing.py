"""A voice-over: clips of speech at their times, and the original recording under them. Worker threads.

Clips are read when their time comes and let go when it is over, so eight hours take no more memory than a minute. The
original gives way where the plan says that somebody speaks, not where it is loud: no word is lost at its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.jobs import StopToken
from studio.core.voiceover import ducks

from .filters import Chain
from .sound import BLOCK_SECONDS, Block, Sound, even

_CEILING = 0.99  # voices that speak at the same time may add up to more


@dataclass(frozen=True, slots=True)
class Clip:
    """Speech at milliseconds start..end. `read` gives its samples, mono, and their rate; see sound_files.read_sound."""

    start: int
    end: int
    read: Callable[[], tuple[NDArray[np.float32], int]]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A Sound of `duration` milliseconds. `clips` are in the order of their starts; `under` has the same rate."""

    clips: Sequence[Clip]
    duration: int
    rate: int
    under: Sound | None = None
    ducked: float = 12.0  # dB by which the original is softer while somebody speaks

    @property
    def channels(self) -> int:
        return self.under.channels if self.under else 1

    @property
    def samples(self) -> int:
        return self._at(self.duration)

    def _at(self, ms: int) -> int:
        return round(ms * self.rate / 1000)

    def blocks(self, stop: StopToken) -> Iterator[Block]:
        # leaves every sample as it is unless one is above the ceiling
        limiter = Chain(self.rate, self.channels, ("alimiter", f"limit={_CEILING}:level=0:latency=1"))
        yield from limiter.through(self._sums(stop))

    def _sums(self, stop: StopToken) -> Iterator[Block]:
        size = BLOCK_SECONDS * self.rate
        original = even(self.under.blocks(stop), size) if self.under else None
        where, gains = self._gains()
        waiting, sounding = iter(self.clips), list[tuple[int, NDArray[np.float32]]]()
        coming = next(waiting, None)
        for first in range(0, self.samples, size):
            stop.check()
            mix = np.zeros((self.channels, min(size, self.samples - first)), np.float32)
            if original and (block := next(original, None)) is not None:
                heard = block[:, : mix.shape[1]]
                at = np.arange(first, first + heard.shape[1])
                mix[:, : heard.shape[1]] = heard * 10 ** (np.interp(at, where, gains) / 20)
            while coming and self._at(coming.start) < first + size:
                sounding.append((self._at(coming.start), self._read(coming)))
                coming = next(waiting, None)
            for start, speech in sounding:
                _add(mix, speech, start - first)
            sounding = [(start, speech) for start, speech in sounding if start + len(speech) > first + size]
            yield mix

    def _read(self, clip: Clip) -> NDArray[np.float32]:
        speech, rate = clip.read()
        if rate == self.rate or not len(speech):
            return speech
        chain = Chain(rate, 1, ("aresample", str(self.rate)))
        resampled: NDArray[np.float32] = np.concatenate(list(chain.through([speech.reshape(1, -1)])), axis=1)[0]
        return resampled

    def _gains(self) -> tuple[NDArray[np.float64], list[float]]:
        """Corners of the line of the original's gain: sample numbers, and decibels."""
        where, gains = ducks(((clip.start, clip.end) for clip in self.clips), self.ducked)
        return np.array(where) * self.rate / 1000, gains


def _add(mix: Block, speech: NDArray[np.float32], at: int) -> None:
    """Add the part of mono speech that falls into the block; `at` is its start, counted from the block's."""
    first, last = max(at, 0), min(at + len(speech), mix.shape[1])
    if first < last:
        mix[:, first:last] += speech[first - at : last - at]
