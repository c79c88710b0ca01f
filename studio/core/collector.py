"""Python's collector of cycles, kept away from long transcripts. Any thread.

Their words and segments hold no cycles, but each pass over half a million of them stops every thread for a third of a
second. So the collector rests while many are made, and afterwards leaves alone what is there by then (`gc.freeze`:
what nobody holds any more is freed all the same). `reopen` gives it everything back.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 1000  # segments


@contextmanager
def resting(segments: int = 0) -> Iterator[None]:
    """While so many segments are made, or things that are gone soon."""
    works = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        spare(segments)
        if works:
            gc.enable()


def spare(segments: int) -> None:
    """So many segments are new: leave them alone."""
    if segments > _MANY:
        gc.freeze()


def reopen() -> None:
    """Another transcript takes the place of the one before."""
    gc.unfreeze()
