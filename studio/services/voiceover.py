"""Every cue of a file spoken, placed at its cue, and written as one track or a file for each cue. Worker threads.

Sound is never held for long: a speech comes from the disk whenever it is mixed, and only where it was thrown away
there is it made again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from studio import media
from studio.core import voiceover
from studio.core.errors import MAY_GO_ON, EngineError, Problem, StudioError, UsageError
from studio.core.jobs import StopToken
from studio.core.sentences import speakable
from studio.core.speaking import Casting, Delivery, Manner, SpokenWord
from studio.core.steps import result
from studio.core.transcript import Segment
from studio.core.voiceover import Placed
from studio.engines.base import Spoken

from . import speaking
from .speaking import Told, Utterance
from .studio import Studio

_SILENT = 0.01  # of the loudest sample: what is softer before the first word and after the last one is silence
_BEFORE, _AFTER = 8, 40  # milliseconds of it that stay, so that no word is cut


@dataclass(frozen=True, slots=True)
class Parts:
    """Who speaks for whom: what is needed to say any cue."""

    casting: Casting
    usual: Manner
    language: str | None = None  # of the text; None: that of each voice

    def manner(self, cue: Segment) -> Manner:
        return self.casting.manner(cue.speaker, self.usual)


@dataclass(frozen=True, slots=True)
class Spoke:
    """A cue is spoken. `length`: milliseconds as its voice says it; words count the characters of the cue's text."""

    cue: int
    length: int
    words: tuple[SpokenWord, ...]
    peaks: NDArray[np.int16] = field(compare=False, repr=False)  # for drawing, see media.bins


@dataclass(frozen=True, slots=True)
class Missed:
    """A cue could not be spoken; the others can, unless this is the last that is told."""

    cue: int
    problem: Problem


def speak_cues(
    studio: Studio, cues: Sequence[Segment], parts: Parts, stop: StopToken, *, again: bool = False
) -> Iterator[Told | Spoke | Missed]:
    """Each cue with something to say, in order. Raises Stopped, and what keeps all of them from being spoken.

    The cue at which that was met is told first. `again`: see `speaking.speak`.
    """
    worth = [cue for cue in cues if speakable(cue.text)]
    if not worth:
        speaking.check(" ")
    for n, cue in enumerate(worth):
        stop.check()
        yield Told(f"Speaking, {n + 1} of {len(worth)}", n / len(worth))
        try:
            spoken = yield from speech(studio, cue.text, parts.manner(cue), stop, parts.language, again=again)
        except StudioError as error:
            yield Missed(cue.id, error.problem)
            if isinstance(error, MAY_GO_ON) or not isinstance(error, EngineError | UsageError):
                raise  # the next one would meet the same
        else:
            yield Spoke(cue.id, length(spoken), spoken.words, media.bins(spoken.samples, spoken.rate))


def at_no_cost(studio: Studio, cues: Sequence[Segment], parts: Parts, stop: StopToken) -> list[Segment]:
    """Those whose sound the vendors of their voices have sent already, and those that this computer speaks."""
    found = []
    for cue in cues:
        stop.check()
        said = Utterance(cue.text, parts.manner(cue), parts.language)
        with suppress(StudioError):  # its account is gone, or refuses such a text
            if not any(plan.count for plan in speaking.plans(studio, [said])):
                found.append(cue)
    return found


def speech(
    studio: Studio,
    text: str,
    manner: Manner,
    stop: StopToken,
    language: str | None = None,
    hurry: float = 1.0,
    *,
    again: bool = False,
) -> Generator[Told, None, Spoken]:
    """A text as one sound, as it is to be heard, without the silence around it. Raises like `speaking.speak`."""
    sound, words, rate = list[NDArray[np.float32]](), list[SpokenWord](), 0
    voice = speaking.find(studio, manner.voice)
    at = 0
    for event in speaking.speak(studio, text, voice, stop, language, again=again):
        if isinstance(event, Told):
            yield event
            continue
        rate = rate or event.spoken.rate
        samples = media.resampled(event.spoken.samples, event.spoken.rate, rate)
        since = at * 1000 // rate
        words += (w._replace(start=w.start + since, end=w.end + since) for w in event.spoken.words)
        sound += samples, np.zeros(event.pause * rate // 1000, np.float32)
        at += sum(map(len, sound[-2:]))
    tempo = manner.delivery.tempo * hurry
    whole = _trimmed(Spoken(np.concatenate(sound), rate, tuple(words)))
    return speaking.delivered(whole, Delivery(manner.delivery.pitch, tempo))


def _trimmed(spoken: Spoken) -> Spoken:
    """It begins with its first word, because voices wait a little before they speak, each another while."""
    level = np.abs(spoken.samples)
    loud = np.flatnonzero(level > _SILENT * level.max())
    if not len(loud):
        return spoken
    first = max(0, int(loud[0]) - _BEFORE * spoken.rate // 1000)
    last = int(loud[-1]) + _AFTER * spoken.rate // 1000
    since = first * 1000 // spoken.rate
    words = tuple(w._replace(start=max(0, w.start - since), end=max(0, w.end - since)) for w in spoken.words)
    return Spoken(spoken.samples[first:last], spoken.rate, words)


def length(spoken: Spoken) -> int:
    """Milliseconds, rounded up: what is planned is never cut."""
    return -(-len(spoken.samples) * 1000 // spoken.rate)


def place(cues: Sequence[Segment], spoke: Mapping[int, Spoke], parts: Parts) -> tuple[Placed, ...]:
    """Where each speech stands, and by how much it overruns its cue."""
    casting = parts.casting
    limits = {
        cue.id: voiceover.most_hurry(parts.manner(cue).delivery.tempo, casting.limit)
        for cue in cues
        if cue.id in casting.hurried
    }
    return voiceover.place(cues, {id: said.length for id, said in spoke.items()}, limits)


def track(
    studio: Studio,
    cues: Sequence[Segment],
    placed: Sequence[Placed],
    parts: Parts,
    stop: StopToken,
    *,
    duration: int = 0,
    rate: int = media.FULL_RATE,
    under: media.Sound | None = None,
) -> media.Mixed:
    """The whole voice-over, at least `duration` milliseconds long; over the recording, if there is one."""
    known = {cue.id: cue for cue in cues}
    clips = [media.Clip(p.start, p.end, partial(_read, studio, known[p.id], p, parts, stop)) for p in placed]
    return media.Mixed(clips, voiceover.duration(placed, duration), rate, under, parts.casting.ducked)


def clip(studio: Studio, cue: Segment, placed: Placed, parts: Parts, stop: StopToken) -> media.Samples:
    """The speech of one cue, as it is heard in the voice-over."""
    return media.Samples(*_read(studio, cue, placed, parts, stop))


def _read(
    studio: Studio, cue: Segment, placed: Placed, parts: Parts, stop: StopToken
) -> tuple[NDArray[np.float32], int]:
    said = result(speech(studio, cue.text, parts.manner(cue), stop, parts.language, placed.hurry))
    return said.samples, said.rate


def subtitles(cues: Sequence[Segment], placed: Sequence[Placed], spoke: Mapping[int, Spoke]) -> list[Segment]:
    """Cues timed to the speech, with the times of its words."""
    words = {
        p.id: [w._replace(start=round(w.start / p.hurry), end=round(w.end / p.hurry)) for w in spoke[p.id].words]
        for p in placed
    }
    return voiceover.timed(cues, placed, words)
