"""Having a recording, or a stretch of it, recognised outside the queue: what re-runs and re-timing share.

Runs in a worker thread, with an engine of its own: the queue may be using those of the studio for another model.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from studio import media
from studio.core.jobs import DecodeOptions, LanguageFound, Note, Progress, StopToken
from studio.core.progress import ProgressMeter
from studio.core.transcript import Word
from studio.engines.base import Heard, Language, Notice, SpeechRequest

from .engine_pool import EnginePool
from .studio import Studio

_WEIGHTS = {"models": 8.0, "reading": 3.0, "text": 60.0}


@dataclass(frozen=True, slots=True)
class HearOptions:
    """What is not done on this computer becomes a job of the queue."""

    model: str
    language: str = "auto"  # or ISO 639-1
    task: str = "transcribe"  # or "translate": to English
    vocabulary: str = ""
    device: str = "auto"
    account: str = ""  # at which vendor, as in JobOptions
    decode: DecodeOptions = field(default_factory=DecodeOptions)


def hear(
    studio: Studio, read: Callable[[Path], Iterator[float]], options: HearOptions, stop: StopToken
) -> Generator[Progress | Note | LanguageFound, None, list[Word]]:
    """Returns the words, with times in what was read.

    `read` writes the sound to hear as 16 kHz WAV and yields how much is done, 0..1. Raises StudioError and Stopped.
    """
    missing = studio.models.missing([options.model])
    meter = ProgressMeter({k: w for k, w in _WEIGHTS.items() if k != "models" or missing}, time.monotonic())

    def told(stage: str, says: str, share: float) -> Progress:
        stop.check()
        overall, eta = meter.update(stage, share, time.monotonic())
        return Progress(says, overall, eta)

    for step in studio.models.pull(options.model, stop) if missing else ():
        share = step.done_bytes / step.total_bytes if step.total_bytes else 0.0
        yield told("models", f"Getting the model {options.model}", share)
    words: list[Word] = []
    engines = EnginePool()
    try:
        with tempfile.TemporaryDirectory(prefix="studio-") as folder:
            audio = Path(folder) / "sound.wav"
            for share in read(audio):
                yield told("reading", "Reading the recording", share)
            length = max(1, media.wav_duration(audio))
            request = SpeechRequest(
                audio=audio,
                language=None if options.language == "auto" else options.language,
                task=options.task,
                vocabulary=options.vocabulary,
                decode=options.decode,
            )
            yield told("text", "Listening to the recording", 0.0)
            engine = engines.speech(studio.models.path(options.model), engines.device(options.device))
            for event in engine.transcribe(request, stop):
                match event:
                    case Language(code, confidence):
                        yield LanguageFound(code, confidence)
                    case Notice(text):
                        yield Note(text)
                    case Heard(heard, until):
                        words += heard
                        yield told("text", "Listening to the recording", until / length)
    finally:
        engines.close()
    return words
