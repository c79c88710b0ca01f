"""When cues are shown: gaps and durations kept near the speech, whatever the speech is like."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.profiles import DEFAULT, PROFILES, CueRules
from studio.core.spacing import Spoken, apart, space_out

RULES = st.sampled_from([DEFAULT, *(p.rules for p in PROFILES.values())])
SPOKEN = st.lists(
    st.builds(
        lambda at, lasts, columns: Spoken(at, at + lasts, columns), *map(st.integers, (0, 0, 1), (60_000, 9_000, 84))
    ),
    max_size=30,
).map(sorted)


def test_no_cues():
    assert space_out([], DEFAULT) == []


def test_times_move_as_little_as_possible():
    assert apart([1000, 5000], 1000, 0, None) == [1000, 5000]
    assert apart([1000, 1000], 1000, 0, None) == [500, 1500]
    assert apart([100, 100, 100], 1000, 0, None) == [0, 1000, 2000]
    assert apart([5000, 5000], 1000, 0, 4000) == [4000, 5000]


def test_cues_press_together_where_there_is_no_more_room():
    crowd = [Spoken(1000, 1500, 5), Spoken(1600, 1900, 5), Spoken(2000, 2300, 5)]
    shown = space_out(crowd, DEFAULT, 1000, 2500)
    assert shown[0][0] >= 1000
    assert shown[-1][1] <= 2500
    assert all(after[0] - before[1] == DEFAULT.min_gap for before, after in pairwise(shown))


@settings(max_examples=40, deadline=None)
@given(SPOKEN, RULES, st.none() | st.integers(69_000, 90_000))
def test_rules_are_kept_or_the_crowd_is_too_great(cues: list[Spoken], rules: CueRules, high: int | None):
    shown = space_out(cues, rules, 0, high)
    assert len(shown) == len(cues)
    for before, after in pairwise(shown):
        assert after[0] >= before[1] + rules.min_gap
    for (start, end), cue in zip(shown, cues, strict=True):
        assert 0 <= start < end <= start + rules.max_duration
        assert high is None or end <= high
        if end - start < rules.min_duration:  # it or a neighbour is as far from its speech as may be
            assert any(abs(s - c.start) >= 1500 for (s, _), c in zip(shown, cues, strict=True))
        assert end - start >= min(cue.end - cue.start, rules.min_duration) or len(cues) > 1
