"""Sound that is made or read block by block: what is measured, mixed and written. Worker threads.

A block is a float32 array of shape (channels, n), -1..1; louder is allowed until it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.core.jobs import StopToken

Block = NDArray[np.float32]
BLOCK_SECONDS = 10


class Sound(Protocol):
    """`blocks` may be called more than once and begins anew each time. Constant memory, however long it is."""

    @property
    def rate(self) -> int: ...

    @property
    def channels(self) -> int: ...

    @property
    def samples(self) -> int:
        """How long it is; of a recording that is read, about how long."""
        ...

    def blocks(self, stop: StopToken) -> Iterator[Block]:
        """Raises Stopped, and what reading raises: MediaError, UsageError."""
        ...


@dataclass(frozen=True, slots=True)
class Samples:
    """Sound in memory: mono, shape (n,), or shape (channels, n)."""

    data: NDArray[np.float32]
    rate: int

    @property
    def channels(self) -> int:
        return 1 if self.data.ndim == 1 else len(self.data)

    @property
    def samples(self) -> int:
        return int(self.data.shape[-1])

    def blocks(self, stop: StopToken) -> Iterator[Block]:
        data, size = np.atleast_2d(self.data), BLOCK_SECONDS * self.rate
        for at in range(0, self.samples, size):
            stop.check()
            yield data[:, at : at + size]


@dataclass(frozen=True, slots=True)
class Later:
    """A Sound that begins where another has played `skipped` samples."""

    sound: Sound
    skipped: int

    @property
    def rate(self) -> int:
        return self.sound.rate

    @property
    def channels(self) -> int:
        return self.sound.channels

    @property
    def samples(self) -> int:
        return max(0, self.sound.samples - self.skipped)

    def blocks(self, stop: StopToken) -> Iterator[Block]:
        left = self.skipped
        for block in self.sound.blocks(stop):
            if block.shape[1] > left:
                yield block[:, left:]
            left = max(0, left - block.shape[1])


def even(blocks: Iterable[Block], size: int) -> Iterator[Block]:
    """The same sound in blocks of `size` samples; the last one may be shorter."""
    held: list[Block] = []
    for block in blocks:
        held.append(block)
        while (have := sum(part.shape[1] for part in held)) >= size:
            joined = held[0] if len(held) == 1 else np.concatenate(held, axis=1)
            yield joined[:, :size]
            held = [joined[:, size:]] if have > size else []
    if held:
        yield np.concatenate(held, axis=1)
