"""Ready-made subtitles timed anew by the recording they belong to. Runs in a worker thread or in the command line.

Nothing is changed here: at the end stands an Edit to look at.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from studio import media
from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.jobs import DecodeOptions, LanguageFound, Note, Progress, StopToken
from studio.core.progress import ProgressMeter
from studio.core.realign import align_text
from studio.core.transcript import Transcript, Word
from studio.engines.base import Heard, Language, Notice, SpeechRequest

from .engine_pool import EnginePool
from .studio import Studio

LEAST_SHARE = 0.25  # of the text must be heard in the recording; other texts of the language stay below 0.1
_WEIGHTS = {"models": 8.0, "reading": 3.0, "text": 60.0}


@dataclass(frozen=True, slots=True)
class RetimeOptions:
    model: str
    language: str = "auto"  # or ISO 639-1
    device: str = "auto"
    track: int = 0
    decode: DecodeOptions = field(default_factory=DecodeOptions)


@dataclass(frozen=True, slots=True)
class Retimed:
    """`edit` gives all segments their new times; `share` of the text was heard, 0..1."""

    edit: Edit
    share: float


RetimeEvent = Progress | Note | LanguageFound | Retimed


def retime(
    studio: Studio, path: Path, transcript: Transcript, options: RetimeOptions, stop: StopToken
) -> Iterator[RetimeEvent]:
    """Recognise a recording and align the transcript's text to it; the last event is `Retimed`.

    Raises UsageError when the text does not belong to the recording, StudioError when it cannot be recognised, Stopped
    when asked to stop; the transcript is as it was in any case.
    """
    if not any(s.text.strip() for s in transcript.segments):
        raise UsageError("These subtitles hold no text.", "Open others, or transcribe the recording.")
    words = yield from _heard(studio, path, options, stop)
    found = align_text(transcript.segments, words)
    if found.share < LEAST_SHARE:
        raise UsageError(
            f"The text of these subtitles is not what is said in “{path.name}”.",
            "Choose the recording they belong to, or the right language; nothing was changed.",
            f"share {found.share:.2f}, {len(words)} words heard",
        )
    pairs = [(old, new) for old, new in zip(transcript.segments, found.segments, strict=True) if old != new]
    edit = Edit("re-time by the speech", tuple(old for old, _ in pairs), tuple(new for _, new in pairs))
    yield Retimed(edit, found.share)


def _heard(
    studio: Studio, path: Path, options: RetimeOptions, stop: StopToken
) -> Generator[RetimeEvent, None, list[Word]]:
    """Returns all words of a recording."""
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
    # An engine of its own: the queue may be using those of the studio for another model.
    engines = EnginePool()
    try:
        with tempfile.TemporaryDirectory(prefix="studio-") as folder:
            audio = Path(folder) / "recording.wav"
            for share in media.decode(path, audio, None, track=options.track, stop=stop):
                yield told("reading", "Reading the recording", share)
            length = max(1, media.wav_duration(audio))
            language = None if options.language == "auto" else options.language
            request = SpeechRequest(audio=audio, language=language, decode=options.decode)
            yield told("text", "Listening for the text", 0.0)
            engine = engines.speech(studio.models.path(options.model), engines.device(options.device))
            for event in engine.transcribe(request, stop):
                match event:
                    case Language(code, confidence):
                        yield LanguageFound(code, confidence)
                    case Notice(text):
                        yield Note(text)
                    case Heard(heard, until):
                        words += heard
                        yield told("text", "Listening for the text", until / length)
    finally:
        engines.close()
    return words
