"""Text spoken piece by piece: what was said before comes from the disk, the rest is made, and kept. Worker threads.

Sound comes as the voice makes it; pitch and tempo are the listener's (`delivered`), so that changing them makes and
costs nothing anew.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from studio import media
from studio.core.errors import EngineError, UsageError
from studio.core.jobs import StopToken
from studio.core.sentences import Piece, pause, pieces, speakable
from studio.core.speaking import Delivery, Voice
from studio.engines.base import Spoken
from studio.library import spoken as kept
from studio.library.spoken import Kept

from . import talkers
from .studio import Studio

MOST = 300  # characters of a piece on this computer
SOON = 120  # of the first one, so that something is heard at once
_NOTHING = UsageError("There is nothing to speak here: no letters and no digits.", "Select some words.")


@dataclass(frozen=True, slots=True)
class Told:
    """What happens before anything is heard; how much of it is done, 0..1, where that is known."""

    says: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of the text as its voice says it. Words count the characters of the whole text."""

    piece: Piece
    spoken: Spoken
    pause: int  # milliseconds of silence that belong after it


def check(text: str) -> None:
    """Raises UsageError where there is nothing to speak."""
    if not speakable(text):
        raise _NOTHING


def speak(
    studio: Studio, text: str, voice: Voice, stop: StopToken, language: str | None = None
) -> Iterator[Told | Said]:
    """All of the text, in order. Raises UsageError, EngineError, ModelError, StorageError, Stopped.

    What was made stays, so that the same text goes on where it was stopped.
    """
    check(text)
    studio.talkers.check(voice, language)
    for piece in pieces(text, MOST, SOON):
        stop.check()
        if speakable(piece.text):
            spoken = yield from _say(studio, piece.text.strip(), voice, language, stop)
            offset = piece.first + len(piece.text) - len(piece.text.lstrip())
            words = tuple(w._replace(first=w.first + offset, last=w.last + offset) for w in spoken.words)
            yield Said(piece, replace(spoken, words=words), pause(piece.text) if piece.last < len(text) else 0)


def _say(
    studio: Studio, text: str, voice: Voice, language: str | None, stop: StopToken
) -> Generator[Told, None, Spoken]:
    name = kept.key({"text": text, "voice": voice.id, "version": studio.talkers.version(voice), "language": language})
    known = studio.library.spoken.get(name)
    if known is not None:
        return Spoken(known.samples, known.rate, known.words)
    yield from _fetch(studio, voice, stop)
    made = studio.talkers.talker(voice).say(text, talkers.name_of(voice), language, stop)
    if not len(made.samples):
        raise EngineError(f"“{voice.title}” says nothing for “{shortened(text)}”.", "Choose another voice for it.")
    studio.library.spoken.put(name, Kept(made.samples, made.rate, made.words), paid=False)
    return made


def _fetch(studio: Studio, voice: Voice, stop: StopToken) -> Iterator[Told]:
    if not studio.talkers.ready(voice):
        for step in studio.talkers.fetch(voice, stop):
            share = step.done_bytes / step.total_bytes if step.total_bytes else 0.0
            yield Told(f"Fetching the voice “{voice.title}”, {round(100 * share)} %", share)


def shortened(text: str, most: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def find(studio: Studio, voice: str) -> Voice:
    """The voice of this id, "" for the usual one. Raises UsageError with the nearest."""
    return studio.talkers.voice(voice or talkers.DEFAULT)


def delivered(spoken: Spoken, delivery: Delivery) -> Spoken:
    """The same as it is to be heard."""
    if delivery == Delivery():
        return spoken
    samples = media.delivered(spoken.samples, spoken.rate, delivery)
    return Spoken(samples, spoken.rate, media.timed(spoken.words, delivery))
