"""Kokoro: the child's side. Runs in the child process of `kokoro.Kokoro`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from studio.core.errors import ModelError

from . import english, espeak_sounds
from .kokoro import language_of
from .sound import trimmed

RATE = 24_000
MOST = 510  # phonemes that the network can take at once

Samples = NDArray[np.float32]


class Session:
    """The network, and every voice that was asked for: half a megabyte each."""

    def __init__(self, model: Path, voices: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = min(4, os.cpu_count() or 1)
        # threads that wait in a loop would take the cores from recognition and from the window
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._network = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise _broken(error) from error
        # hibari was made from Kokoro and has its alphabet
        self._alphabet: dict[str, int] = json.loads((files("hibari") / "assets" / "vocab.json").read_text("utf-8"))
        self._folder = voices
        self._voices: dict[str, NDArray[np.float32]] = {}
        self._warm = set[str]()

    def warm(self, voice: str) -> Iterator[None]:
        yield from ()
        if voice[0] not in self._warm:
            self._speech(_phonemes("A", voice), voice)
            self._warm.add(voice[0])

    def say(self, text: str, voice: str) -> Iterator[tuple[Samples, int, Mapping[str, float]]]:
        weights = english.weights(text, voice[0] == "b") if language_of(voice) == "en" else {}
        yield trimmed(self._speech(_phonemes(text, voice), voice), RATE), RATE, weights

    def _speech(self, phonemes: str, voice: str) -> Samples:
        known = "".join(sound for sound in phonemes if sound in self._alphabet)
        return np.concatenate([np.zeros(0, np.float32), *(self._run(run, voice) for run in english.runs(known, MOST))])

    def _run(self, phonemes: str, voice: str) -> Samples:
        ids = [0, *(self._alphabet[sound] for sound in phonemes), 0]
        style = self._style(voice)[len(phonemes) - 1]  # how it sounds depends on how much is said
        given = {"tokens": np.array([ids], np.int64), "style": style[None], "speed": np.ones(1, np.float32)}
        samples: Samples = self._network.run(None, given)[0]
        return samples

    def _style(self, voice: str) -> NDArray[np.float32]:
        if voice not in self._voices:
            try:
                self._voices[voice] = np.fromfile(self._folder / f"{voice}.bin", "<f4").reshape(MOST, 256)
            except (OSError, ValueError) as error:
                raise _broken(error) from error
        return self._voices[voice]


def _phonemes(text: str, voice: str) -> str:
    """ "" where there is nothing to say. The languages' dictionaries are loaded when first needed."""
    foreign = partial(english.phonemes, british=False)
    match language_of(voice):
        case "en":
            return english.phonemes(text, voice[0] == "b")
        case "zh":
            from . import mandarin

            return mandarin.phonemes(text, foreign)
        case "ja":
            from . import japanese

            return japanese.phonemes(text, foreign)
        case language:
            return espeak_sounds.phonemes(text, language)


def _broken(error: Exception) -> ModelError:
    hint = "Remove it under Models and fetch it again."
    return ModelError("Kokoro's files cannot be loaded.", hint, f"{type(error).__name__}: {error}")
