"""What every engine promises.

Sound reaches an engine as a WAV file, 16 kHz mono 16-bit (see media.decode), so that it can be mapped into memory and
shared with a child process without copying. Engines yield what they find while they work; they look at the stop
token at least every 50 ms and raise `Stopped`. Calls come from one worker thread at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.core.jobs import DecodeOptions, StopToken
from studio.core.speaking import SpokenWord
from studio.core.transcript import Turn, Word

SAMPLE_RATE = 16_000


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    audio: Path  # WAV, 16 kHz mono 16-bit
    language: str | None = None  # None: detect
    task: str = "transcribe"  # or "translate"
    vocabulary: str = ""
    start: int = 0  # milliseconds: go on from here
    decode: DecodeOptions = field(default_factory=DecodeOptions)


@dataclass(frozen=True, slots=True)
class Language:
    """The language heard (ISO 639-1) and how sure that is (0..1)."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """Words recognised, in order of time, and how far (milliseconds) the recording is done with them.

    `words` may be empty: a stretch without speech was passed. Everything before `until` is final.
    """

    words: tuple[Word, ...]
    until: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know, e.g. that the graphics card could not be used."""

    text: str


@dataclass(frozen=True, slots=True)
class Fraction:
    """How much of the work is done, 0..1; for work that has no other sign of life."""

    done: float


@dataclass(frozen=True, slots=True)
class Turns:
    """All speaker turns of the recording, ordered by start. Speaker ids are "S1", "S2", ... by first appearance."""

    turns: tuple[Turn, ...]


SpeechEvent = Language | Heard | Notice
DiarizationEvent = Fraction | Turns | Notice


class SpeechEngine(Protocol):
    name: str  # "faster-whisper"
    device: str  # "cpu" or "cuda": what is really used

    def transcribe(self, request: SpeechRequest, stop: StopToken) -> Iterator[SpeechEvent]:
        """Yields `Language` once, then `Heard` until the end of the recording.

        Raises EngineError when the recording cannot be recognised, Stopped when asked to stop.
        """
        ...

    def close(self) -> None:
        """End the engine's process, if any. Safe to call twice and from another thread."""
        ...


class Diarizer(Protocol):
    name: str  # "pyannote, segmentation-3.0 + CAM++"

    def diarize(self, audio: Path, speakers: int | None, stop: StopToken) -> Iterator[DiarizationEvent]:
        """Yields `Fraction`s and at last `Turns`. `speakers`: how many there are, None if not known."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece of text as sound at its natural pitch and tempo."""

    samples: NDArray[np.float32]  # mono, shape (n,), -1..1
    rate: int  # samples per second
    words: tuple[SpokenWord, ...] = ()  # in order; estimated where the engine does not tell


class Talker(Protocol):
    """Speaks one piece of text after the other: a sentence or less each."""

    name: str  # "Kokoro"

    def say(self, text: str, voice: str, language: str | None, stop: StopToken) -> Spoken:
        """`voice` is the engine's own name for it; `language` ISO 639-1, None: the voice's own.

        Raises EngineError when it cannot be spoken, Stopped when asked to stop.
        """
        ...

    def close(self) -> None:
        """End the engine's process, if any. Safe to call twice and from another thread."""
        ...
