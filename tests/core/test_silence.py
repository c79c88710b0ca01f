"""Which pauses of a recording playing may leave out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from studio.core.silence import quiet_level, silent_ranges


def peaks(*parts: tuple[int, int]) -> npt.NDArray[np.int16]:
    """(milliseconds, loudness) after one another."""
    return np.concatenate([np.tile(np.array([[-loud, loud // 2]], np.int16), (ms // 10, 1)) for ms, loud in parts])


def test_a_long_pause_is_left_out_but_for_a_fifth_of_a_second_at_both_ends() -> None:
    assert silent_ranges(peaks((2_000, 9_000), (3_000, 20), (1_000, 9_000)), 100) == [(2_200, 4_800)]


def test_a_pause_of_a_second_stays() -> None:
    assert silent_ranges(peaks((500, 9_000), (1_000, 20), (500, 9_000)), 100) == []
    assert silent_ranges(peaks((500, 9_000), (1_010, 20), (500, 9_000)), 100) == [(700, 1_310)]


def test_silence_before_the_first_and_after_the_last_word_counts() -> None:
    assert silent_ranges(peaks((2_000, 0), (1_000, 9_000), (2_000, 0)), 100) == [(200, 1_800), (3_200, 4_800)]


def test_what_a_segment_covers_is_never_left_out() -> None:
    quiet = peaks((10_000, 20))
    assert silent_ranges(quiet, 100, [(4_005, 6_001)]) == [(200, 3_800), (6_210, 9_800)]
    assert silent_ranges(quiet, 100, [(-50, 20_000)]) == []


def test_nothing_is_silent_where_nothing_is() -> None:
    empty = np.zeros((0, 2), np.int16)
    assert silent_ranges(empty, quiet_level(empty), [(0, 100)]) == []


def test_quiet_is_twice_the_noise_of_the_recording_within_bounds() -> None:
    assert quiet_level(peaks((3_000, 300), (7_000, 9_000))) == 600
    assert quiet_level(peaks((3_000, 0), (7_000, 9_000))) == 100, "a clean recording"
    assert quiet_level(peaks((10_000, 9_000))) == 1_600, "one without a pause"


@given(
    st.lists(st.integers(0, 32_000), max_size=600),
    st.lists(st.tuples(st.integers(0, 6_000), st.integers(0, 6_000)), max_size=5),
)
def test_ranges_are_ordered_quiet_and_unspoken(loud: list[int], spoken: list[tuple[int, int]]) -> None:
    loud = [level if level > 28_000 else level % 100 for level in loud]  # mostly quiet
    data = np.array([[-level, level] for level in loud], np.int16).reshape(-1, 2)
    found = silent_ranges(data, 100, spoken)
    assert found == sorted(found)
    for start, end in found:
        assert end - start > 600
        assert max(loud[start // 10 : end // 10]) <= 100
        assert not [1 for a, b in spoken if a < b and a < end and b > start]
