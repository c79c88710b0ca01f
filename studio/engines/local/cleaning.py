"""Noise removal with DeepFilterNet 3 on this computer: the parent's side. Runs on the worker thread that calls it.

The network gets stretches that overlap: its recurrent parts cannot be handed over from one call to the next, but after
a few seconds it has forgotten how it began. So a call depends on nothing but its samples, memory is constant, and no
time is lost or gained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.jobs import StopToken

from .child import Child
from .device import physical_cores

SAMPLE_RATE = 48_000
_HOP = 480
_BEFORE = 4 * SAMPLE_RATE  # heard first and thrown away
_BODY = 16 * SAMPLE_RATE
_AFTER = 8 * _HOP  # the network looks four frames ahead

Mono = NDArray[np.float32]


class DeepFilter:
    """`weights`: the archive DeepFilterNet3_onnx.tar.gz."""

    name = "DeepFilterNet 3"

    def __init__(self, weights: Path, threads: int | None = None) -> None:
        setup = {"weights": weights, "threads": threads or physical_cores()}
        self._child = Child("studio.engines.local.cleaning_child:Session", setup, "The noise removal")

    def clean(self, blocks: Iterable[Mono], stop: StopToken) -> Iterator[Mono]:
        """Speech without the noise: mono, 48 kHz, as many samples as come in, each in its place.

        Raises ModelError when the network cannot be loaded, EngineError when its process dies, Stopped.
        """
        held = np.zeros(0, np.float32)  # what was cleaned and is heard again first, then what is to be cleaned
        before = 0  # how much of it was cleaned
        for block in blocks:
            held = np.concatenate([held, block])
            while len(held) >= before + _BODY + _AFTER:
                yield self._cleaned(held[: before + _BODY + _AFTER], before, before + _BODY, stop)
                kept = min(before + _BODY, _BEFORE)
                held, before = held[before + _BODY - kept :], kept
        if len(held) > before:
            yield self._cleaned(held, before, len(held), stop)

    def _cleaned(self, samples: Mono, first: int, last: int, stop: StopToken) -> Mono:
        (cleaned,) = self._child.call("clean", stop, samples=samples, first=first, last=last)
        result: Mono = cleaned
        return result

    def close(self) -> None:
        self._child.close()
