"""Deciding where two transcripts differ: the left words stay, or the right ones take their place. Pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .compare import Choices, Comparison, Difference, Keep, Passage
from .edits import Edit
from .matching import key
from .transcript import Segment, Transcript, Word, join_words, mean_confidence


def accept(transcript: Transcript, comparison: Comparison, choices: Choices, name: str) -> Edit:
    """Decide differences: the right words, with their times, in place of the left ones; or the left ones for good,
    which are as sure from then on as words that the user typed.

    `choices`: every decision so far on the passages it names, as each passage is made anew from `comparison.left`.
    `transcript`: as it is now. Other passages are not touched.
    """
    now = {s.id: s for s in transcript.segments}
    before, after = list[Segment](), list[Segment]()
    for passage in comparison.passages:
        if any(d.index in choices for d in passage.differences):
            old = now.get(passage.differences[0].segment)
            new = decided(passage, choices)
            if old != new:
                before += [old] if old else []
                after += [new] if new else []
    return Edit(name, tuple(before), tuple(after))


def decided(passage: Passage, choices: Choices) -> Segment | None:
    """The segment of a passage as these decisions make it; None: nothing is left of it."""
    if not any(d.index in choices for d in passage.differences):
        return passage.segment
    words: list[Word] = []
    at = 0
    for d in passage.differences:
        words += passage.words[at : d.first]
        match choices.get(d.index):
            case Keep.RIGHT:
                floor = words[-1].end if words else passage.bounds[0]
                ceiling = passage.words[d.last].start if d.last < len(passage.words) else passage.bounds[1]
                words += _fitted(d, floor, max(floor, ceiling))
            case Keep.LEFT:
                words += [w._replace(confidence=None) for w in d.left]
            case None:
                words += d.left
        at = d.last
    words += passage.words[at:]
    if not words:
        return None
    words[0] = words[0]._replace(line=False)
    old = passage.segment
    if old is None:
        return Segment.from_words(words, passage.speaker, passage.differences[0].segment)
    if not old.words:
        return old._replace(text=join_words(words))
    # A subtitle that is shown longer than it is spoken stays so, and no passage moves to beyond its old end.
    begin, end = words[0].start, max(words[-1].end, words[0].start)
    first, last = old.words[0].start, old.words[-1].end
    moves = old.start == first and begin < old.end
    return old._replace(
        start=begin if moves or begin < min(old.start, first) else old.start,
        end=end if old.end == last or end > max(old.end, last) else old.end,
        text=join_words(words),
        words=tuple(words),
        confidence=mean_confidence(words),
    )


def _fitted(difference: Difference, floor: int, ceiling: int) -> Iterator[Word]:
    """The right words between two times, on the line and behind the space of the left ones."""
    for number, word in enumerate(difference.right):
        start = min(max(word.start, floor), ceiling)
        like = difference.left[0] if difference.left and number == 0 else word._replace(line=False)
        floor = min(max(word.end, start), ceiling)
        yield word._replace(start=start, end=floor, space=like.space, line=like.line)


def doubtful(comparison: Comparison, choices: Choices) -> dict[int, set[int]]:
    """Segment id -> numbers of the words on which the two still disagree, in the text as these decisions made it.

    Where the right has words that the left lacks, the words around the gap are marked.
    """
    marks: defaultdict[int, set[int]] = defaultdict(set)
    for passage in comparison.passages:
        if passage.segment is None or not passage.segment.words:
            continue
        shift = 0
        total = len(passage.words)
        for d in passage.differences:
            choice = choices.get(d.index)
            if choice is Keep.RIGHT:
                shift += len(d.right) - len(d.left)
            elif choice is None:
                first, last = (d.first, d.last) if d.left else (max(0, d.first - 1), min(total, d.first + 1))
                marks[d.segment].update(range(first + shift, last + shift))
    return dict(marks)


def other_words(comparison: Comparison, choices: Choices, segment: int, word: int) -> str | None:
    """What the right has where the two still disagree about a word of a segment, counted as in `doubtful`.

    None where it has nothing there, or where it is not clear which of its words stand for this one.
    """
    passage = next((p for p in comparison.passages if p.segment is not None and p.segment.id == segment), None)
    shift = 0
    for d in passage.differences if passage else ():
        choice = choices.get(d.index)
        if choice is Keep.RIGHT:
            shift += len(d.right) - len(d.left)
        elif choice is None and d.first + shift <= word < d.last + shift:
            if len(d.left) == len(d.right):
                return d.right[word - d.first - shift].text
            return join_words(d.right) or None if len(d.left) == 1 else None
    return None


def surer(differences: Iterable[Difference]) -> dict[int, Keep]:
    """The side whose words were recognised with more confidence; not where one says nothing or nothing is known."""
    choices: dict[int, Keep] = {}
    for d in differences:
        left, right = mean_confidence(d.left), mean_confidence(d.right)
        if left is not None and right is not None and left != right:
            choices[d.index] = Keep.LEFT if left > right else Keep.RIGHT
    return choices


def with_terms(differences: Iterable[Difference], terms: Iterable[str]) -> dict[int, Keep]:
    """The side that has one of these names or terms, where the other has not."""
    wanted = {" ".join(filter(None, map(key, term.split()))) for term in terms} - {""}
    choices: dict[int, Keep] = {}
    for d in differences:
        left, right = (_names_one(words, wanted) for words in (d.left, d.right))
        if left != right:
            choices[d.index] = Keep.LEFT if left else Keep.RIGHT
    return choices


def _names_one(words: Sequence[Word], terms: set[str]) -> bool:
    text = f" {' '.join(filter(None, (key(w.text) for w in words)))} "
    return any(f" {term} " in text for term in terms)
