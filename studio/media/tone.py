"""Pitch and tempo of speech. PyAV; worker threads; a piece of a text at a time, so all of it is in memory.

Tempo is FFmpeg's atempo, which lays stretches of sound over one another where they fit best and so keeps the pitch.
Pitch is the same sound said to be of another rate, brought back to its rate, and to its length by atempo.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from studio.core.speaking import Delivery, SpokenWord

from .filters import Chain

_TAIL = 0.5  # seconds of silence put behind, or what atempo holds back would be lost
_SLOWEST = 0.5  # the least that one atempo can do


def delivered(samples: NDArray[np.float32], rate: int, delivery: Delivery) -> NDArray[np.float32]:
    """Mono samples as they are to be said: exactly round(n / tempo); the very same ones for pitch 0 and tempo 1."""
    if delivery == Delivery() or not len(samples):
        return samples
    ratio = 2 ** (delivery.pitch / 12)
    said_rate, tempo = round(rate * ratio), delivery.tempo / ratio
    chain = Chain(said_rate, 1, ("aresample", str(rate)), *(("atempo", f"{step:.9f}") for step in _steps(tempo)))
    padded = np.pad(samples, (0, round(_TAIL * said_rate * max(tempo, 1.0))))
    length = round(len(samples) / delivery.tempo)
    changed = np.concatenate(list(chain.through([padded.reshape(1, -1)])), axis=1)[0, :length]
    return np.pad(changed, (0, length - len(changed)))


def resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """Mono samples at another rate."""
    if rate == wanted or not len(samples):
        return samples
    blocks = Chain(rate, 1, ("aresample", str(wanted))).through([samples.reshape(1, -1)])
    return np.concatenate([block[0] for block in blocks])


def timed(words: Iterable[SpokenWord], delivery: Delivery) -> tuple[SpokenWord, ...]:
    """The words with the times they have in the delivered sound."""
    return tuple(
        word._replace(start=round(word.start / delivery.tempo), end=round(word.end / delivery.tempo)) for word in words
    )


def _steps(tempo: float) -> list[float]:
    """Factors that one atempo each can do."""
    return [tempo] if tempo >= _SLOWEST else [_SLOWEST, tempo / _SLOWEST]
