"""Long recordings in parts: each within the limit, cut at pauses, and no word lost or doubled when joined again."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.parts import Part, placed, plan, without_repeats
from studio.core.transcript import Segment, Word

BIN = 10  # milliseconds


def peaks(duration: int, pauses: list[tuple[int, int]]) -> np.ndarray:
    """Loud everywhere but in the pauses (milliseconds)."""
    level = np.full(duration // BIN, 8000, np.int16)
    for start, end in pauses:
        level[start // BIN : end // BIN] = 20
    return np.stack([-level, level], axis=1)


@st.composite
def recordings(draw: st.DrawFn) -> tuple[int, list[Word], np.ndarray]:
    """A duration, its words, and the peaks that they make: loud where somebody speaks."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    words, at = list[Word](), chance.randrange(3000)
    for n in range(draw(st.integers(1, 150))):
        length = chance.randrange(60, 900)
        words.append(Word(f"w{n}", at, at + length))
        at += length + chance.choice([0, 0, 20, 40, 80, 350, 700, 2500])
    level = np.full((at + 500) // BIN + 1, 20, np.int16)
    for word in words:
        level[word.start // BIN : -(-word.end // BIN)] = 8000
    return at + 500, words, np.stack([-level, level], axis=1)


def heard(words: list[Word], part: Part, shift: int = 0) -> list[Segment]:
    """What a vendor hears in a part: all words that are wholly in it, in sentences of five."""
    inside = [w for w in words if part.start <= w.start and w.end <= part.end]
    moved = [w._replace(start=max(0, w.start - part.start + shift), end=w.end - part.start + shift) for w in inside]
    return [Segment.from_words(moved[n : n + 5]) for n in range(0, len(moved), 5)]


def joined(words: list[Word], parts: list[Part], shifts: list[int]) -> list[str]:
    found: list[Segment] = []
    for part, shift in zip(parts, shifts, strict=True):
        found += without_repeats(found[-1] if found else None, placed(heard(words, part, shift), part))
    return [w.text for s in found for w in s.words]


@settings(max_examples=40, deadline=None)
@given(recordings(), st.integers(2500, 60_000))
def test_parts_are_within_the_limit_and_nothing_is_left_out(
    recording: tuple[int, list[Word], np.ndarray], longest: int
) -> None:
    duration, _, sound = recording
    parts = plan(duration, longest, sound)
    assert all(0 <= p.start <= p.first <= p.last <= p.end <= duration for p in parts)
    assert all(p.end - p.start <= longest for p in parts)
    assert (parts[0].start, parts[0].first, parts[-1].last, parts[-1].end) == (0, 0, duration, duration)
    for before, after in pairwise(parts):
        assert before.last == after.first
        assert (before.end - before.last, after.first - after.start) in ((0, 0), (250, 250))


@settings(max_examples=40, deadline=None)
@given(recordings(), st.integers(4000, 60_000))
def test_no_word_is_lost_or_doubled(recording: tuple[int, list[Word], np.ndarray], longest: int) -> None:
    duration, words, sound = recording
    parts = plan(duration, longest, sound)
    reachable = [w for w in words if any(p.start <= w.start and w.end <= p.end for p in parts)]
    assert joined(words, parts, [0] * len(parts)) == [w.text for w in reachable]
    cuts = [p.last for p in parts[:-1]]
    assert all(any(abs(c - w.start) < 500 or abs(c - w.end) < 500 for c in cuts) for w in set(words) - set(reachable))


@settings(max_examples=40, deadline=None)
@given(recordings(), st.integers(0, 2**32))
def test_a_vendor_that_is_a_little_off_doubles_nothing(
    recording: tuple[int, list[Word], np.ndarray], seed: int
) -> None:
    duration, words, sound = recording
    parts = plan(duration, 8000, sound)
    chance = random.Random(seed)
    found = joined(words, parts, [chance.randrange(-100, 100) for _ in parts])
    assert len(found) == len(set(found))


def test_it_is_cut_in_the_pause_that_is_nearest_to_the_middle_of_the_quiet_ones() -> None:
    pauses = [(7_000, 7_400), (10_900, 11_400), (14_000, 14_400)]
    (first, second) = plan(20_000, 15_000, peaks(20_000, pauses))
    assert 11_050 <= first.last <= 11_250
    assert first.end == second.start == first.last, "nobody speaks there, so nothing is sent twice"


def test_without_a_pause_both_sides_hear_half_a_second() -> None:
    first, second = plan(20_000, 15_000, peaks(20_000, []))
    assert first.last == second.first == 10_000
    assert (first.end, second.start) == (10_250, 9_750)


def test_what_fits_is_sent_whole() -> None:
    assert plan(20_000, None, peaks(20_000, [])) == [Part(0, 20_000, 0, 20_000)]
    assert plan(20_000, 20_000, peaks(20_000, [])) == [Part(0, 20_000, 0, 20_000)]
    assert len(plan(20_001, 20_000, peaks(20_001, []))) == 2


def test_limits_that_make_no_sense_do_not_make_a_million_parts() -> None:
    assert len(plan(60_000, 1, peaks(60_000, []))) == 60


def test_a_word_that_both_have_heard_is_there_once() -> None:
    before = Segment.from_words([Word("the", 9_500, 9_700), Word("hills,", 9_800, 10_000)])
    after = [Segment.from_words([Word("Hills", 9_950, 10_150), Word("before", 10_200, 10_500)])]
    (left,) = without_repeats(before, after)
    assert left.text == "before"
    assert left.start == 10_200
    alone = [Segment.from_words([Word("hills", 9_950, 10_150)])]
    assert without_repeats(before, alone) == []
    said_twice = [Segment.from_words([Word("hills", 10_400, 10_600)])]
    assert without_repeats(before, said_twice) == said_twice


@pytest.mark.parametrize("end", [10_000, 10_400])
def test_words_later_than_the_sound_are_kept_within_it(end: int) -> None:
    part = Part(10_000, 20_000, 10_000, 20_000)
    segment = Segment.from_words([Word("good", 9_000, 9_800), Word("night", 9_990, end)])
    (found,) = placed([segment], part)
    assert found.text == "good night"
    assert found.end == 20_000


def test_text_without_times_of_words_belongs_to_where_its_middle_is() -> None:
    part = Part(9_750, 20_000, 10_000, 20_000)
    early, late = Segment(0, 400, "Hills."), Segment(0, 900, "Hills and more.")
    assert placed([early], part) == []
    assert placed([late], part) == [late._replace(start=9_750, end=10_650)]
