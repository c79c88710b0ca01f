"""What voices sound like: the child's side, CAM++ on one thread. Runs in the child process of `voices.VoiceReader`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from studio.core.errors import ModelError
from studio.engines.base import SAMPLE_RATE

from . import campplus
from .wav import Samples, map_wav

WINDOW = 1000  # feature frames (10 s) that make one embedding; a voice is the mean of these

Vector = npt.NDArray[np.float32]


class Session:
    """The network, ready for any number of recordings. Raises ModelError when it cannot be loaded."""

    def __init__(self, weights: Path) -> None:
        torch.set_num_threads(1)  # see speakers_child.Voices
        try:
            self._network = campplus.load(weights)
        except Exception as error:
            what = "The model that knows voices cannot be loaded."
            hint = "Remove it under Models and fetch it again."
            raise ModelError(what, hint, f"{type(error).__name__}: {error}") from error

    def voices(self, audio: Path, ranges: Mapping[str, Sequence[tuple[int, int]]]) -> Iterator[tuple[str, Vector]]:
        """See VoiceReader.voices; yields each voice when it is done."""
        samples = map_wav(audio)
        for id, stretches in ranges.items():
            features = [f for start, end in stretches if (f := _features(samples, start, end)) is not None]
            if features:
                yield id, self._voice(torch.cat(features))

    @torch.inference_mode()
    def _voice(self, features: torch.Tensor) -> Vector:
        """features: (frames, 80) of one voice in one recording -> unit vector."""
        features = features - features.mean(0)
        parts = features.tensor_split(math.ceil(len(features) / WINDOW))
        vectors = torch.nn.functional.normalize(torch.cat([self._network(part[None]) for part in parts]))
        vector: Vector = torch.nn.functional.normalize(vectors.mean(0), dim=0).numpy()
        return vector


def _features(samples: Samples, start: int, end: int) -> torch.Tensor | None:
    """Of milliseconds `start` to `end`; None if that is less than a tenth of a second of the recording."""
    piece = samples[start * SAMPLE_RATE // 1000 : end * SAMPLE_RATE // 1000]
    if len(piece) < (campplus.MIN_FRAMES + 2) * SAMPLE_RATE // 100:  # a frame looks 15 ms beyond its step
        return None
    return campplus.fbank(torch.from_numpy(piece.astype(np.float32) / 32768))
