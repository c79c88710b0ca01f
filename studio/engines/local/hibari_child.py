"""hibari: the child's side. Runs in the child process of `hibari.Hibari`, one thread of calculation.

The library would fetch voices by itself; here it only ever sees files that are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from hibari import Hibari
from numpy.typing import NDArray

from studio.core.errors import ModelError

from . import english
from .sound import trimmed

MOST = 400  # phonemes that the network was trained to take at once
SEED = 0  # of the breath in the voice: the same text always gives the same sound

Samples = NDArray[np.float32]


class Session:
    """Holds every voice that was asked for: 8 MB each."""

    def __init__(self) -> None:
        self._voices: dict[Path | None, Hibari] = {}

    def warm(self, path: Path | None, british: bool) -> Iterator[None]:
        yield from ()
        if path not in self._voices:
            self._speech("Yes.", path, british)

    def say(self, text: str, path: Path | None, british: bool) -> Iterator[tuple[Samples, int, Mapping[str, float]]]:
        yield self._speech(text, path, british), Hibari.sample_rate, english.weights(text, british)

    def _speech(self, text: str, path: Path | None, british: bool) -> Samples:
        voice = self._voice(path)
        runs = english.runs(english.phonemes(text, british), MOST)
        made = [voice.from_phonemes(run, seed=SEED) for run in runs]
        return trimmed(np.concatenate([*made, np.zeros(0, np.float32)]), Hibari.sample_rate)

    def _voice(self, path: Path | None) -> Hibari:
        """`path`: the voice's network; None for the one in the package."""
        if path not in self._voices:
            try:
                self._voices[path] = Hibari(model=str(path) if path else None)
            except Exception as error:
                what = "The voice cannot be loaded."
                hint = "Remove it under Models and fetch it again." if path else "Run the set-up again."
                raise ModelError(what, hint, f"{type(error).__name__}: {error}") from error
        return self._voices[path]
