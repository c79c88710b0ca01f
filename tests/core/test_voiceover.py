"""A voice-over's plan: where each speech stands, what overruns, and what speeding up does to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import voiceover
from studio.core.errors import UsageError
from studio.core.speaking import Delivery, SpokenWord
from studio.core.transcript import Segment, join_words

CUES = (
    Segment(1_000, 3_000, "The first one.", id=1),
    Segment(3_000, 5_000, "…", id=2),
    Segment(6_000, 7_000, "A second one\nthat is long.", id=3),
    Segment(7_500, 9_000, "The last.", id=4),
)


def test_each_speech_stands_at_its_cue_and_tells_by_how_much_it_overruns() -> None:
    first, second, last = voiceover.place(CUES, {1: 1_800, 3: 2_000, 4: 1_500})
    assert (first.id, first.start, first.end, first.over, first.into) == (1, 1_000, 2_800, 0, 0)
    assert (second.start, second.end, second.over, second.into) == (6_000, 8_000, 1_000, 500)
    assert (last.over, last.into) == (0, 0)


def test_a_hurried_cue_is_as_fast_as_it_takes_and_no_faster_than_the_limit() -> None:
    lengths = {1: 2_200, 3: 2_000}
    fits, misses = voiceover.place(CUES, lengths, {1: 1.25, 3: 1.25})
    assert (fits.hurry, fits.length, fits.over) == (pytest.approx(1.1), 2_000, 0)
    assert (misses.hurry, misses.length, misses.over) == (1.25, 1_600, 600)


def test_text_without_times_is_said_in_a_row() -> None:
    cues = [Segment(0, 0, text, id=n) for n, text in enumerate(("One.", "…", "Two."))]
    row = voiceover.in_a_row(cues, {0: 900, 2: 700}, {0: 400, 2: 400})
    assert [(cue.id, cue.start, cue.end) for cue in row] == [(0, 0, 900), (2, 1_300, 2_000)]
    assert [p.over for p in voiceover.place(row, {0: 900, 2: 700})] == [0, 0]


def test_a_cue_that_fits_is_not_slowed_down() -> None:
    (placed,) = voiceover.place(CUES[:1], {1: 500}, {1: 1.5})
    assert (placed.hurry, placed.length) == (1.0, 500)


def test_a_voice_that_is_fast_already_leaves_less_to_speed_up() -> None:
    assert voiceover.most_hurry(1.0, 1.25) == 1.25
    assert voiceover.most_hurry(1.8, 1.25) == pytest.approx(2 / 1.8)
    assert voiceover.most_hurry(2.0, 1.25) == 1.0


def test_subtitles_last_as_long_as_their_speech() -> None:
    placed = voiceover.place(CUES, {1: 1_500, 3: 2_000, 4: 700})
    spans = [(0, 1, 0, 100), (2, 8, 100, 500), (9, 12, 500, 900), (13, 17, 900, 1_200), (18, 20, 1_200, 1_400)]
    words = {3: [SpokenWord(*span) for span in [*spans, (21, 25, 1_400, 1_900)]]}  # without the full stop
    first, second, last = voiceover.timed(CUES, placed, words)
    assert (first.start, first.end, first.words) == (1_000, 2_500, ())
    assert (second.start, second.end) == (6_000, 7_500)  # gives way to the next
    assert second.text == "A second one\nthat is long." == join_words(second.words)
    assert [w.line for w in second.words] == [False, False, False, True, False, False]
    assert second.words[0].start == 6_000
    assert second.words[-1].end == 7_500
    assert (last.start, last.end) == (7_500, 8_200)


def test_what_is_written_but_not_heard_takes_no_time() -> None:
    cue = Segment(0, 2_000, "– Well, e-mail\n… me", id=1)
    words = {1: [SpokenWord(2, 6, 50, 300), SpokenWord(8, 9, 300, 400), SpokenWord(10, 14, 400, 800)]}
    (shown,) = voiceover.timed([cue], voiceover.place([cue], {1: 1_000}), words)
    assert [(w.text, w.start, w.end) for w in shown.words] == [
        ("–", 0, 0),
        ("Well,", 50, 300),
        ("e-mail", 300, 800),
        ("…", 800, 800),
        ("me", 800, 800),
    ]
    assert join_words(shown.words) == cue.text


@given(
    st.lists(st.tuples(st.integers(0, 60_000), st.integers(40, 8_000), st.integers(0, 20_000)), max_size=20),
    st.floats(*voiceover.LIMITS),
)
def test_every_speech_begins_with_its_cue_and_hurry_keeps_its_limit(
    given_cues: list[tuple[int, int, int]], limit: float
) -> None:
    cues = [Segment(start, start + length, "x", id=n) for n, (start, length, _) in enumerate(given_cues)]
    lengths = {n: length for n, (_, _, length) in enumerate(given_cues)}
    placed = voiceover.place(cues, lengths, dict.fromkeys(lengths, limit))
    assert {p.id for p in placed} == {n for n, length in lengths.items() if length}
    assert [p.start for p in placed] == sorted(p.start for p in placed)
    for p in placed:
        assert p.start == cues[p.id].start
        assert 1.0 <= p.hurry <= limit
        assert p.over == max(0, p.end - cues[p.id].end)
        assert p.over == 0 or p.hurry in (1.0, limit)
    shown = voiceover.timed(cues, placed, {})
    assert [(s.id, s.start) for s in shown] == [(p.id, p.start) for p in placed]
    assert all(s.end > s.start for s in shown)


@pytest.mark.parametrize("value", [float("nan"), 13, -12.5, float("inf")])
def test_a_pitch_beyond_hearing_is_refused_in_a_sentence(value: float) -> None:
    with pytest.raises(UsageError, match="pitch"):
        Delivery(pitch=value)


def test_a_tempo_beyond_understanding_is_refused() -> None:
    with pytest.raises(UsageError, match="tempo"):
        Delivery(tempo=0)
