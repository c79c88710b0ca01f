"""Ready-made subtitles timed anew by the recording they belong to. Runs in a worker thread or in the command line.

Nothing is changed here: at the end stands an Edit to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio import media
from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.jobs import LanguageFound, Note, Progress, StopToken
from studio.core.realign import align_text
from studio.core.transcript import Transcript

from .hearing import HearOptions, hear
from .studio import Studio

LEAST_SHARE = 0.25  # of the text must be heard in the recording; other texts of the language stay below 0.1


@dataclass(frozen=True, slots=True)
class Retimed:
    """`edit` gives all segments their new times; `share` of the text was heard, 0..1."""

    edit: Edit
    share: float


RetimeEvent = Progress | Note | LanguageFound | Retimed


def retime(
    studio: Studio, path: Path, track: int, transcript: Transcript, options: HearOptions, stop: StopToken
) -> Iterator[RetimeEvent]:
    """Recognise a recording and align the transcript's text to it; the last event is `Retimed`.

    Raises UsageError when the text does not belong to the recording, StudioError when it cannot be recognised, Stopped
    when asked to stop; the transcript is as it was in any case.
    """
    if not any(s.text.strip() for s in transcript.segments):
        raise UsageError("These subtitles hold no text.", "Open others, or transcribe the recording.")
    words = yield from hear(
        studio, lambda audio: media.decode(path, audio, None, track=track, stop=stop), options, stop
    )
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
