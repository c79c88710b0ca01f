"""Ready-made subtitles find their times in what was heard: shifts, drifts, cuts, other wording, no times at all."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import TEXTS, spoken, transcripts

from studio.core.realign import align_text
from studio.core.transcript import Segment, Transcript, Word, join_words

VOWELS, CONSONANTS = "aeiou", "bcdfgklmnprst"


def book(sentences: int, seed: int = 1) -> list[Segment]:
    """Sentences of made-up words, some of them frequent, each a subtitle with its words as spoken; pauses between."""
    chance = random.Random(seed)
    clock, talk = 3000, []
    for id in range(1, sentences + 1):
        words = [
            "the"
            if chance.random() < 0.2
            else "".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.randint(1, 3)))
            for _ in range(chance.randint(3, 9))
        ]
        talk.append(spoken(" ".join(words), clock, 350, id=id))
        clock = talk[-1].end + chance.randint(100, 3000)
    return talk


TALK = book(60)
HEARD = [w for s in TALK for w in s.words]


def subtitles(move: Callable[[int], float] = lambda t: t, words: Callable[[str], str] = lambda t: t) -> list[Segment]:
    """The talk as a subtitle file: no word times, other times."""
    return [Segment(round(move(s.start)), round(move(s.end)), words(s.text), id=s.id) for s in TALK]


def off(found: tuple[Segment, ...]) -> list[int]:
    return [abs(s.start - t.start) for s, t in zip(found, TALK, strict=True)]


@pytest.mark.parametrize(
    "move",
    [
        lambda t: t + 60_000,
        lambda t: t * 25 / 23.976 + 5000,
        lambda t: t * 0.9,
        lambda t: t if t < 90_000 else t + 45_000,
        lambda t: 0,
    ],
    ids=["shift", "drift", "faster", "a part cut out", "no times"],
)
def test_the_true_times_are_found(move: Callable[[int], float]):
    found = align_text(subtitles(move), HEARD)
    assert found.share > 0.99
    assert max(off(found.segments)) <= 20
    assert [s.text for s in found.segments] == [s.text for s in TALK]


def test_words_get_the_times_they_were_heard_at():
    found = align_text(subtitles(lambda t: t + 9000), HEARD)
    assert [s.words for s in found.segments] == [s.words for s in TALK]


def test_recognition_errors_move_nothing_far():
    chance = random.Random(2)
    heard = [w._replace(text="blah") if chance.random() < 0.2 else w for w in HEARD if chance.random() > 0.05]
    jittered = [w._replace(start=w.start + chance.randint(-150, 150)) for w in heard]
    found = align_text(subtitles(lambda t: t * 1.02 + 4000), jittered)
    assert 0.4 < found.share < 0.9
    assert sum(off(found.segments)) / len(TALK) < 80, "neighbours even out what single words are off"
    assert max(off(found.segments)) < 400


def test_what_nobody_says_does_not_disturb():
    decks = ["♪ {} ♪", "- {}", "ANNA: {}", "[a door closes] {}", "{}"]
    given = [s._replace(text=decks[n % 5].format(s.text)) for n, s in enumerate(subtitles(lambda t: t + 8000))]
    music = Segment(given[30].end + 10, given[30].end + 60, "♪ ♪", id=99)
    found = align_text([*given[:31], music, *given[31:]], HEARD).segments
    assert max(off((*found[:31], *found[32:]))) <= 500
    assert found[30].start < found[31].start < found[32].start
    assert (found[31].text, found[31].words) == ("♪ ♪", ())


def test_line_breaks_stay():
    given = [s._replace(text=s.text.replace(" ", "\n", 1)) for s in subtitles(lambda t: t + 500)]
    found = align_text(given, HEARD).segments
    assert [s.text for s in found] == [s.text for s in given]
    assert all(s.text == join_words(s.words) for s in found)


def test_chinese_is_matched_by_character():
    text = "今日はとてもいい天気ですから、みんなで公園に行ってお弁当を食べましょう。"
    heard = [Word(text[n : n + 3], 5000 + n * 200, 5600 + n * 200, None, False) for n in range(0, len(text), 3)]
    found = align_text([Segment(0, 3000, text[:15], id=1), Segment(3000, 6000, text[15:], id=2)], heard)
    assert [s.start for s in found.segments] == [5000, 8000]
    assert found.segments[0].text == join_words(found.segments[0].words)


def test_another_text_is_recognised_as_such():
    assert align_text(book(60, seed=9), HEARD).share < 0.1
    shuffled = random.Random(3).sample(HEARD, len(HEARD))
    assert align_text(subtitles(), shuffled).share < 0.1


def test_nothing_heard_or_nothing_to_time():
    given = subtitles()
    assert align_text(given, []).segments == tuple(given)
    assert align_text([], HEARD).segments == ()
    assert align_text([Segment(0, 900, "!?", id=1)], HEARD).share == 0


@settings(max_examples=40, deadline=None)
@given(transcripts(), st.lists(st.tuples(TEXTS, st.integers(0, 60_000), st.integers(0, 3000)), max_size=40))
def test_texts_stay_and_times_are_ordered(talk: Transcript, heard: list[tuple[str, int, int]]):
    words = [Word(text, start, start + length) for text, start, length in sorted(heard, key=lambda h: h[1])]
    words += [w for s in talk.segments for w in s.words]
    words.sort(key=lambda w: w.start)
    found = align_text(talk.segments, words)
    assert 0 <= found.share <= 1
    assert [(s.id, s.text, s.speaker) for s in found.segments] == [(s.id, s.text, s.speaker) for s in talk.segments]
    if found.segments != talk.segments:
        starts = [s.start for s in found.segments]
        assert starts == sorted(set(starts))
        assert all(0 <= s.start <= s.end for s in found.segments)
        assert all(s.text == join_words(s.words) for s in found.segments if s.words)
