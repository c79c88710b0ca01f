"""What is done to every voice's sound before it is handed on. Pure functions, any thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.word_times import stretches

_BEFORE, _AFTER = 0.03, 0.09  # seconds kept around what is heard, where soft sounds begin and fade

Samples = NDArray[np.float32]


def trimmed(samples: Samples, rate: int) -> Samples:
    """Without the silence before and after; nothing at all where nothing is heard.

    Voices add half a second of it, which would delay the first sound and make every cue seem to overrun.
    """
    heard = stretches(samples, rate)
    if not heard:
        return samples[:0]
    start, end = heard[0].start - _BEFORE, heard[-1].end + _AFTER
    return samples[max(0, round(start * rate)) : round(end * rate)]
