"""Text spoken piece by piece: what was said before comes from the disk, the rest is made, and kept. Worker threads.

Sound comes as the voice makes it; pitch and tempo are the listener's (`delivered`), so that changing them makes and
costs nothing anew.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from studio import media
from studio.core import word_times
from studio.core.errors import EngineError, UsageError
from studio.core.jobs import StopToken
from studio.core.sentences import Piece, pause, pieces, speakable
from studio.core.speaking import Delivery, Manner, SpokenWord, Voice
from studio.engines.base import Spoken
from studio.engines.remote.speaking.base import Speech
from studio.library import spoken as kept
from studio.library.casting import manner_from, manner_to
from studio.library.spoken import Kept

from . import speech_orders, talkers
from .speech_orders import Plan
from .studio import Studio

MOST = 300  # characters of a piece on this computer
SOON = 60  # of the first one, so that something is heard at once
RATE = 48_000  # of what is heard
AHEAD = 30_000  # milliseconds made before they are heard: what is not listened to shall cost little
_LOOK_EVERY = 0.1  # seconds
_USUAL = "speaking"  # the setting
_NOTHING = UsageError("There is nothing to speak here: no letters and no digits.", "Give it some words.")


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
    studio: Studio, text: str, voice: Voice, stop: StopToken, language: str | None = None, *, again: bool = False
) -> Iterator[Told | Said]:
    """All of the text, in order. Raises UsageError, EngineError, ModelError, StorageError, Stopped.

    What was made stays, so that the same text goes on where it was stopped. `again`: the user wants sent once more what
    a vendor may have got, or could not do.
    """
    check(text)
    say = partial(_order, again=again) if is_remote(voice.id) else _say
    if not is_remote(voice.id):
        studio.talkers.check(voice, language)
    for piece in _cut(studio, text, voice.id):
        stop.check()
        if speakable(piece.text):
            spoken = yield from say(studio, piece.text.strip(), voice, language, stop)
            offset = piece.first + len(piece.text) - len(piece.text.lstrip())
            words = tuple(w._replace(first=w.first + offset, last=w.last + offset) for w in spoken.words)
            yield Said(piece, replace(spoken, words=words), pause(piece.text) if piece.last < len(text) else 0)


def _cut(studio: Studio, text: str, voice: str) -> list[Piece]:
    """What is made at once, and ordered at once."""
    most = MOST
    if is_remote(voice):
        most = min(MOST, speech_orders.limits(studio, *speech_orders.split(voice)).characters or MOST)
    return pieces(text, most, SOON)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text to be heard, and where it stands: in which segment, from which of its characters on."""

    text: str
    manner: Manner
    language: str | None = None  # of the text; None: that of the voice
    segment: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Sounding:
    """A piece of an utterance as it is to be heard. Words count the characters of the segment."""

    utterance: Utterance
    samples: NDArray[np.float32]  # mono, at RATE, the pause after it included
    words: tuple[SpokenWord, ...]


def plans(studio: Studio, utterances: Iterable[Utterance]) -> list[Plan]:
    """What would be ordered of each account to have these spoken. Raises UsageError."""
    lines: dict[str, list[tuple[str, str, str | None]]] = {}
    for utterance in utterances:
        if is_remote(voice := utterance.manner.voice):
            account, name = speech_orders.split(voice)
            said = [piece.text for piece in _cut(studio, utterance.text, voice) if speakable(piece.text)]
            lines.setdefault(account, []).extend((name, text, utterance.language) for text in said)
    return [speech_orders.plan_all(studio, account, wanted) for account, wanted in lines.items()]


def read_out(
    studio: Studio,
    utterances: Sequence[Utterance],
    ahead: Callable[[], int],
    stop: StopToken,
    *,
    again: bool = False,
) -> Iterator[Told | Sounding]:
    """One after the other; rests while `ahead` says that AHEAD milliseconds of it are not heard yet.

    `again` and what is raised are those of `speak`.
    """
    for utterance in utterances:
        voice, delivery = find(studio, utterance.manner.voice), utterance.manner.delivery
        for event in speak(studio, utterance.text, voice, stop, utterance.language, again=again):
            if isinstance(event, Told):
                yield event
                continue
            while ahead() > AHEAD:
                stop.wait(_LOOK_EVERY)
                stop.check()
            spoken = delivered(event.spoken, delivery)
            samples = media.resampled(spoken.samples, spoken.rate, RATE)
            silence = np.zeros(round(event.pause / delivery.tempo) * RATE // 1000, np.float32)
            words = tuple(
                w._replace(first=w.first + utterance.offset, last=w.last + utterance.offset) for w in spoken.words
            )
            yield Sounding(utterance, np.concatenate([samples, silence]), words)


def usual(studio: Studio, language: str | None) -> Manner:
    """How a text of this language is said where nothing else was chosen."""
    chosen = studio.library.settings.get(_USUAL, {})
    manner = manner_from(chosen.get(language or "", {}))
    if not manner.voice:
        voices = studio.talkers.voices(language)
        ready = next((voice for voice in voices if studio.talkers.ready(voice)), None)
        found = ready or (voices[0] if voices else None)
        manner = replace(manner, voice=found.id if found else talkers.DEFAULT)
    return manner


def set_usual(studio: Studio, language: str | None, manner: Manner) -> None:
    """Remember it for this language."""
    chosen = studio.library.settings.get(_USUAL, {})
    studio.library.settings.set(_USUAL, {**chosen, language or "": manner_to(manner)})


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
    studio.library.spoken.put(name, Kept(made.samples, made.rate, made.words))
    return made


def _order(
    studio: Studio, text: str, voice: Voice, language: str | None, stop: StopToken, *, again: bool
) -> Generator[Told, None, Spoken]:
    """At a vendor; what was paid for comes from its stored reply."""
    account, name = speech_orders.split(voice.id)
    for event in speech_orders.order(studio, account, name, text, language, stop, again=again):
        if isinstance(event, Speech):
            samples, rate = media.read_sound(event.sound)
            return Spoken(samples, rate, event.words or word_times.estimate(text, samples, rate))
        yield Told(event.says)
    raise AssertionError("an order ends with its sound")


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
    if not is_remote(voice):
        return studio.talkers.voice(voice or talkers.DEFAULT)
    found = next((v for v in speech_orders.voices(studio) if v.id == voice), None)
    account, name = speech_orders.split(voice)
    return found or Voice(voice, name, (), account)  # vendors have voices that they do not list


def voices(studio: Studio, language: str | None = None) -> tuple[Voice, ...]:
    """All that can speak it: those of this computer, then those of the accounts."""
    remote = (voice for voice in speech_orders.voices(studio) if voice.speaks(language))
    return (*studio.talkers.voices(language), *remote)


def is_remote(voice: str) -> bool:
    """Whether the voice of this id speaks at a vendor."""
    return voice.startswith("@")


def delivered(spoken: Spoken, delivery: Delivery) -> Spoken:
    """The same as it is to be heard."""
    if delivery == Delivery():
        return spoken
    samples = media.delivered(spoken.samples, spoken.rate, delivery)
    return Spoken(samples, spoken.rate, media.timed(spoken.words, delivery))
