"""Words into segments, and speaker turns onto words. Pure computation, called by the services.

`Cutter` cuts the stream of recognised words into segments before anybody knows who speaks. `label` then cuts them
again at changes of speaker. No word is ever lost, doubled or moved.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby

from .transcript import Segment, Turn, Word

PAUSE = 1_000  # a silence this long ends a segment
BREATH = 300  # a silence this long makes an end of what may be one ("etc.", "in room 3.")
LONGEST = 15_000  # a segment that grows beyond this is cut inside
SHORTEST = 3_000  # neither part of such a cut is shorter, if it can be helped
COMMA_WORTH = 500  # a comma is as good a place for the cut as a silence of this length

# A change of speaker is where turns say so, unless a better place is near: recognised words are off by 100 to 200 ms.
# The price, in milliseconds of speech given to the wrong turn, of a change ...
CHANGE = 400  # ... in mid-sentence
CHANGE_AT_COMMA = 200
CHANGE_AT_END = 50  # ... after a sentence or a breath
REACH = 500  # a word this far from a turn may still belong to it

_CLOSING = "\"'”’“»«›‹)]}」』】〉》"
_END = re.compile(rf"[.?!…。？！｡؟।][{re.escape(_CLOSING)}]*$")
_COMMA = re.compile(rf"[,;:、，；：،–—-][{re.escape(_CLOSING)}]*$")
# Ends in a full stop that may not be one: initials and "z.B.", ordinal numbers, and these.
_ABBREVIATIONS = (
    "approx bzw ca capt cf dept dr etc evtl ggf hon inkl jr lt ltd mme mr mrs ms mt nr núm pp prof rev sen sgt sr "
    "sra srta st tel ud uds usw vgl vol vs zzgl"
)
_UNSURE = re.compile(rf"^\W*((\w\.)+|\d{{1,3}}\.|({'|'.join(_ABBREVIATIONS.split())})\.)$", re.IGNORECASE)


def ends_sentence(word: Word, following: Word | None = None) -> bool:
    """Whether a sentence ends with this word; where its full stop may mean something else, a breath must follow."""
    if not _END.search(word.text):
        return False
    if not _UNSURE.match(word.text):
        return True
    return following is not None and following.start - word.end >= BREATH


class Cutter:
    """Cuts words into segments while they come in; how they are portioned makes no difference.

    A cut is made after a sentence, at a pause, and inside whatever grows too long.
    """

    def __init__(self) -> None:
        self._open: list[Word] = []

    def feed(self, words: Iterable[Word]) -> list[Segment]:
        """The segments that are complete now. Words come in the order they were spoken."""
        done: list[Segment] = []
        for word in words:
            if self._open and _parts(self._open[-1], word):
                done += self.flush()
            self._open.append(word)
            if ends_sentence(word):
                done += self.flush()
            elif len(self._open) > 1 and word.end - self._open[0].start > LONGEST:
                cut = _best_cut(self._open)
                done.append(Segment.from_words(self._open[:cut]))
                self._open = self._open[cut:]
        return done

    def flush(self) -> list[Segment]:
        """The words still held back, as a segment; to be called once no more come."""
        words, self._open = self._open, []
        return [Segment.from_words(words)] if words else []


def _parts(word: Word, following: Word) -> bool:
    return following.start - word.end >= PAUSE or ends_sentence(word, following)


def _best_cut(words: Sequence[Word]) -> int:
    """Where to cut a list of two or more: before the word with this index."""

    def worth(index: int) -> tuple[bool, int, int]:
        before, after = words[index - 1], words[index]
        left, right = before.end - words[0].start, words[-1].end - after.start
        comma = COMMA_WORTH if _COMMA.search(before.text) else 0
        # of equally good places the one nearest to the middle
        return min(left, right) >= SHORTEST, max(0, after.start - before.end) + comma, -abs(left - right)

    return max(range(1, len(words)), key=worth)


def assign(words: Sequence[Word], turns: Iterable[Turn]) -> list[str | None]:
    """The speaker of each word; None only if no word is near any turn.

    Of all ways to give words to speakers this finds the one with the least speech outside its speaker's turns, where
    each change of speaker costs extra unless it falls on the end of a sentence or on a breath. So a word cut by the
    border of a turn goes to the side its sentence is on, and a speaker who really breaks in gets his words. Where two
    talk at once, the one who has the word keeps it: of equally good places for a change the last is taken.
    """
    timeline = _Timeline(turns)
    costs: dict[str, int] = {}  # of the best way that ends with this speaker
    steps: list[dict[str, str]] = []  # for each word: speaker -> speaker of the word before, where not the same
    for index, word in enumerate(words):
        near = timeline.misfits(word)
        far = word.end - word.start + REACH
        if not costs:  # the first word that is near somebody
            costs = dict(near)
            steps.append({})
            continue
        if len(costs) == 1 and near.keys() == costs.keys():  # most words, so this pays
            steps.append({})
            continue
        best = min(costs, key=costs.__getitem__)
        changed = costs[best] + _price(words[index - 1], word)
        step = {}
        fresh = {}
        for speaker in costs | near:
            stays = speaker in costs and costs[speaker] < changed
            if not stays:
                step[speaker] = best
            fresh[speaker] = (costs[speaker] if stays else changed) + near.get(speaker, far)
        # whoever costs more than a change from the best can never win again
        limit = min(fresh.values()) + CHANGE
        costs = {speaker: cost for speaker, cost in fresh.items() if cost <= limit}
        steps.append(step)
    return _walk_back(costs, steps)


def _walk_back(costs: dict[str, int], steps: list[dict[str, str]]) -> list[str | None]:
    if not costs:
        return [None] * len(steps)
    speaker = min(costs, key=costs.__getitem__)
    speakers: list[str | None] = []
    for step in reversed(steps):
        speakers.append(speaker)
        speaker = step.get(speaker, speaker)  # words before the first that is near somebody go with it
    return speakers[::-1]


def _price(word: Word, following: Word) -> int:
    """What a change of speaker between these words costs."""
    if ends_sentence(word, following):
        return CHANGE_AT_END
    price = CHANGE_AT_COMMA if _COMMA.search(word.text) else CHANGE
    return max(CHANGE_AT_END, price - max(0, following.start - word.end) * CHANGE // BREATH)


class _Timeline:
    """Turns, which may overlap, as a row of stretches that each have a fixed set of speakers."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        events = sorted(
            (time, gain, turn.speaker)
            for turn in turns
            if turn.start < turn.end
            for time, gain in ((turn.start, 1), (turn.end, -1))
        )
        self._starts: list[int] = []
        self._speakers: list[tuple[str, ...]] = []
        talking: dict[str, int] = {}
        for time, group in groupby(events, key=lambda event: event[0]):
            for _, gain, speaker in group:
                talking[speaker] = talking.get(speaker, 0) + gain
                if not talking[speaker]:
                    del talking[speaker]
            self._starts.append(time)
            self._speakers.append(tuple(talking))

    def misfits(self, word: Word) -> dict[str, int]:
        """For each speaker within reach: milliseconds of the word outside his turns, plus the way to the nearest."""
        starts, start, end = self._starts, word.start, max(word.end, word.start + 1)
        index = max(0, bisect_right(starts, start - REACH) - 1)
        covered: dict[str, int] = {}
        distance: dict[str, int] = {}
        while index < len(starts) - 1 and starts[index] < end + REACH:
            left, right = starts[index], starts[index + 1]
            overlap = min(right, end) - max(left, start)
            for speaker in self._speakers[index]:
                covered[speaker] = covered.get(speaker, 0) + max(0, overlap)
                distance[speaker] = min(distance.get(speaker, REACH), max(0, -overlap))
            index += 1
        return {speaker: end - start - covered[speaker] + way for speaker, way in distance.items() if way < REACH}


def label(segments: Sequence[Segment], turns: Iterable[Turn]) -> list[Segment]:
    """The segments with speakers, cut again where the speaker changes; the first part keeps the id.

    A segment without words is not cut; it goes to whoever talks most in it.
    """
    units = [segment.words or (Word(segment.text, segment.start, segment.end),) for segment in segments]
    speakers = iter(assign([word for unit in units for word in unit], turns))
    labelled: list[Segment] = []
    for segment, unit in zip(segments, units, strict=True):
        pairs = [(word, next(speakers)) for word in unit]
        if not segment.words:
            labelled.append(segment._replace(speaker=pairs[0][1]))
            continue
        runs = groupby(pairs, key=lambda pair: pair[1])
        for number, (speaker, run) in enumerate(runs):
            part = Segment.from_words([word for word, _ in run], speaker)
            if number == 0:
                part = part._replace(id=segment.id, comment=segment.comment, flagged=segment.flagged)
            labelled.append(part)
    return labelled
