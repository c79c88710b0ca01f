"""A voice-over: every cue of a file spoken at its time. Which speech overruns its cue, by how much, and what helps.

Pure functions, any thread. Times are integer milliseconds. A cue is a segment of the transcript.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .edits import SHORTEST
from .speaking import TEMPOS, SpokenWord
from .transcript import Segment, Word, join_words

RAMP = 150  # milliseconds in which the recording gives way, before a speech, and comes back, after it
REST = 800  # in shorter pauses it stays soft, or it would breathe
LIMITS = (1.0, 1.5)  # how much faster than its voice a cue may be said; beyond, nobody follows


@dataclass(frozen=True, slots=True)
class Placed:
    """The speech of one cue, where it stands in the voice-over."""

    id: int  # of the cue
    start: int
    length: int  # of the speech as it is heard
    hurry: float = 1.0  # how much faster it is said than its voice speaks
    over: int = 0  # how long it goes on after its cue has ended
    into: int = 0  # how long it goes on after the next speech has begun

    @property
    def end(self) -> int:
        return self.start + self.length


def place(cues: Sequence[Segment], lengths: Mapping[int, int], limits: Mapping[int, float] = {}) -> tuple[Placed, ...]:
    """Every cue that has speech, in order of time. `lengths`: of the speech by cue id, as its voice says it.

    Cues in `limits` are said just as fast as it takes to fit, and at most so many times as fast.
    """
    spoken = sorted((c for c in cues if lengths.get(c.id)), key=lambda c: c.start)
    placed = []
    for n, cue in enumerate(spoken):
        hurry = min(needed(cue, lengths[cue.id]), limits.get(cue.id, 1.0))
        length = said_in(lengths[cue.id], hurry)
        end = cue.start + length
        follows = spoken[n + 1].start if n + 1 < len(spoken) else end
        placed.append(Placed(cue.id, cue.start, length, hurry, max(0, end - cue.end), max(0, end - follows)))
    return tuple(placed)


def in_a_row(cues: Sequence[Segment], lengths: Mapping[int, int], pauses: Mapping[int, int]) -> list[Segment]:
    """Cues without times of their own, one after the other, each as long as its speech; `pauses` come after them."""
    now, timed = 0, []
    for cue in cues:
        if length := lengths.get(cue.id):
            timed.append(cue._replace(start=now, end=now + max(length, SHORTEST)))
            now = timed[-1].end + pauses.get(cue.id, 0)
    return timed


def needed(cue: Segment, length: int) -> float:
    """How many times as fast a speech of this length must be said to end with its cue; 1 where it does."""
    return max(1.0, length / max(SHORTEST, cue.end - cue.start))


def said_in(length: int, hurry: float) -> int:
    """How long it is when it is said so much faster; never a millisecond longer than the cue it was made to fit."""
    return math.floor(length / hurry + 1e-6)


def most_hurry(tempo: float, limit: float) -> float:
    """The limit for a voice that is sped up already."""
    return max(1.0, min(limit, TEMPOS[1] / tempo))


def duration(placed: Sequence[Placed], at_least: int = 0) -> int:
    """Of the whole voice-over: to the end of the last speech, and as long as the recording if there is one."""
    return max([at_least, *(p.end for p in placed)])


def ducks(spans: Iterable[tuple[float, float]], ducked: float) -> tuple[list[float], list[float]]:
    """Corners of the line of the recording's gain: milliseconds, and decibels. `spans`: when somebody speaks, in order.

    Straight lines between them; before the first and after the last it is as it was.
    """
    joined: list[list[float]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] < REST:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    where = [at for start, end in joined for at in (start - RAMP, start, end, end + RAMP)]
    return (where, [0.0, -ducked, -ducked, 0.0] * len(joined)) if joined else ([0.0], [0.0])


def timed(
    cues: Sequence[Segment], placed: Sequence[Placed], words: Mapping[int, Sequence[SpokenWord]]
) -> list[Segment]:
    """Subtitles timed to the speech: those cues that are spoken, shown just as long as they are heard.

    `words`: by cue id, times from the start of the speech as it is heard. A cue that is still heard when the next one
    begins gives way to it.
    """
    known = {c.id: c for c in cues}
    result = []
    for n, speech in enumerate(placed):
        end = speech.end
        if n + 1 < len(placed):
            end = max(speech.start + SHORTEST, min(end, placed[n + 1].start))
        cue = known[speech.id]
        heard = _words(cue, speech.start, end, words.get(cue.id, ()))
        result.append(cue._replace(start=speech.start, end=end, words=heard))
    return result


def _words(cue: Segment, start: int, end: int, spoken: Sequence[SpokenWord]) -> tuple[Word, ...]:
    """The words of a cue, punctuation included, with the times of their speech; none where no times are known."""
    made: list[Word] = []
    at, now, waiting = 0, start, list(reversed(spoken))
    for token in re.finditer(r"\S+", cue.text):
        between = cue.text[at : token.start()]
        begin = until = now  # of what is not heard: a dash
        while waiting and waiting[-1].first < token.end():
            word = waiting.pop()
            begin = begin if until > now else start + word.start
            until = start + word.end
        times = min(begin, end), min(until, end)
        made.append(Word(token[0], *times, space=" " in between, line="\n" in between))
        at, now = token.end(), until
    return tuple(made) if spoken and join_words(made) == cue.text else ()
