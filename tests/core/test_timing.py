"""Many times at once: exact lines, never before the recording, order kept, nothing else touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import done, said, spoken, transcripts

from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.timing import FRAME_RATES, BeforeStart, anchor, behind, change_frame_rate, shift, stretch
from studio.core.transcript import Transcript

TALK = Transcript((spoken("One two.", 1000, id=1), spoken("Three.", 4000, id=2), spoken("Four.", 9000, id=3)))


def times(transcript: Transcript) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in transcript.segments]


def test_shift_takes_the_words_along():
    after = done(TALK, shift(TALK, None, -400))
    assert times(after) == [(600, 1280), (3600, 3930), (8600, 8930)]
    assert [(w.start, w.end) for w in after.segments[0].words] == [(600, 930), (950, 1280)]


def test_only_the_selection_moves():
    assert times(done(TALK, shift(TALK, [2], 500))) == [(1000, 1680), (4500, 4830), (9000, 9330)]


def test_stretch_around_a_time_that_stays():
    assert times(done(TALK, stretch(TALK, None, 2, 1000))) == [(1000, 2360), (7000, 7660), (17000, 17660)]


def test_two_points_decide_in_either_order():
    wanted = [(2000, 3360), (8000, 8660), (18000, 18660)]
    assert times(done(TALK, anchor(TALK, None, (1000, 2000), (9000, 18000)))) == wanted
    assert times(done(TALK, anchor(TALK, None, (9000, 18000), (1000, 2000)))) == wanted


def test_frame_rates_are_exact_over_hours():
    talk = Transcript((spoken("Late.", 3 * 3_600_000),))
    there = done(talk, change_frame_rate(talk, None, "25", "23.976"))
    assert there.segments[0].start == 3 * 3_600_000 * 25 * 1001 // 24000
    assert abs(done(there, change_frame_rate(there, None, "23.976", "25")).segments[0].start - 3 * 3_600_000) <= 1
    assert not change_frame_rate(talk, None, "30", "30").changes


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda: shift(TALK, None, -1001), "Shifted by 1.001 s, the first subtitle would begin before the recording."),
        (lambda: shift(TALK, [9], 5), "There are no subtitles to move."),
        (lambda: shift(TALK, [1], 5000), "Subtitles would change places with others that are not selected."),
        (lambda: stretch(TALK, None, 0), "Times cannot be stretched to 0 %."),
        (lambda: stretch(TALK, None, float("nan")), "Times cannot be stretched to nan %."),
        (lambda: stretch(TALK, None, 3, 9000), "The first subtitle would begin before the recording."),
        (lambda: anchor(TALK, None, (5, 6), (5, 9)), "Both points are at the same time of the subtitles."),
        (lambda: anchor(TALK, None, (5, 9), (6, 9)), "The later of the two subtitles would come first."),
        (lambda: anchor(TALK, None, (0, 0), (1, 900)), "Times cannot be stretched to 90000 %."),
        (lambda: change_frame_rate(TALK, None, "25", "26"), "“26” is not a known frame rate."),
    ],
)
def test_what_makes_no_sense_is_refused(change: Callable[[], Edit], sentence: str):
    with pytest.raises(UsageError) as caught:
        change()
    assert caught.value.problem.what == sentence
    assert caught.value.problem.hint


def test_what_would_begin_before_the_recording_begins_with_it_where_that_is_wished_for():
    with pytest.raises(BeforeStart) as caught:
        shift(TALK, None, -5000)
    assert caught.value.cues == 2
    after = done(TALK, shift(TALK, None, -5000, clamp=True))
    assert times(after) == [(0, 40), (0, 41), (4000, 4330)]
    assert [[(w.start, w.end) for w in s.words] for s in after.segments] == [[(0, 0)] * 2, [(0, 0)], [(4000, 4330)]]
    assert times(done(TALK, shift(TALK, None, -1300, clamp=True))) == [(0, 380), (2700, 3030), (7700, 8030)]


def test_what_ends_behind_the_recording_is_counted():
    edit = shift(TALK, None, 1000)
    assert [behind(edit, ms) for ms in (10_330, 10_329, 4000, 0)] == [0, 1, 2, 3]


RATES = st.sampled_from(list(FRAME_RATES))


@settings(max_examples=40, deadline=None)
@given(
    transcripts(least=1),
    st.none() | st.sets(st.integers(1, 7), min_size=1),
    st.one_of(
        st.builds(lambda ms, c: lambda t, ids: shift(t, ids, ms, c), st.integers(-9000, 5000), st.booleans()),
        st.builds(lambda f, a: lambda t, ids: stretch(t, ids, f, a), st.floats(0.5, 2), st.integers(0, 4_000_000)),
        st.builds(lambda a, b: lambda t, ids: change_frame_rate(t, ids, a, b), RATES, RATES),
        st.builds(lambda a, b, c: lambda t, ids: anchor(t, ids, (0, a), (b, c)), *[st.integers(0, 10_000)] * 3),
    ),
)
def test_order_and_texts_stay_or_the_change_is_refused(talk: Transcript, ids, change):
    try:
        edit = change(talk, ids)
    except UsageError:
        return
    after = done(talk, edit)
    assert [s.id for s in after.segments] == [s.id for s in talk.segments]
    assert said(after) == said(talk)
    assert {s.id for s in edit.before} <= (ids or {s.id for s in talk.segments})
    assert all(w.start >= 0 for s in after.segments for w in s.words)
