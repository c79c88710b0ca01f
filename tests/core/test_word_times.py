"""Word times out of sound that is made up: bursts of noise with pauses where the text has commas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.word_times import Samples, estimate, stretches, words

RATE = 8_000


def sound(*lengths: float) -> Samples:
    """Noise and silence in turn, seconds of each, silence first."""
    random = np.random.default_rng(1)
    parts = [random.uniform(-0.5, 0.5, round(s * RATE)) * (n % 2) for n, s in enumerate(lengths)]
    return np.concatenate([*parts, []]).astype(np.float32)


def test_words_are_found_in_any_script() -> None:
    text = "“Don't,” said 3.50 état-major 今日は한국말"
    assert [text[a:b] for a, b in words(text)] == [
        "Don't",
        "said",
        "3.50",
        "état-major",
        "今",
        "日",
        "は",
        "한국말",
    ]


def test_stretches_are_between_pauses() -> None:
    found = stretches(sound(0.3, 1.0, 0.2, 0.5, 0.4), RATE)
    assert [(pytest.approx(s.start, abs=0.02), pytest.approx(s.end, abs=0.02)) for s in found] == [(0.3, 1.3), (1.5, 2)]
    assert stretches(sound(1.0), RATE) == []
    assert stretches(sound(), RATE) == []


def test_a_pause_is_where_the_comma_is() -> None:
    text = "one two, three four five"
    found = estimate(text, sound(0.1, 0.7, 0.3, 1.4, 0.1), RATE)
    assert [text[w.first : w.last] for w in found] == ["one", "two", "three", "four", "five"]
    assert (found[0].start, found[1].end, found[2].start, found[4].end) == pytest.approx((100, 800, 1100, 2500), abs=20)


def test_a_longer_word_takes_longer() -> None:
    short, long = estimate("a considerable", sound(0, 1.4), RATE)
    assert long.end - long.start > 5 * (short.end - short.start)
    even = estimate("a considerable", sound(0, 1.4), RATE, lambda _: 1.0)
    assert even[0].end == pytest.approx(700, abs=20)


def test_nothing_heard_or_nothing_said_has_no_words() -> None:
    assert estimate("word", sound(1.0), RATE) == ()
    assert estimate("…", sound(0, 1.0), RATE) == ()


@settings(deadline=None)
@given(st.text("ab1 .,-é今", max_size=80), st.lists(st.floats(0.02, 0.6), max_size=12))
def test_words_are_in_order_and_inside_the_sound(text: str, lengths: list[float]) -> None:
    samples = sound(*lengths)
    found = estimate(text, samples, RATE)
    assert not found or [w[:2] for w in found] == words(text)
    times = [t for w in found for t in (w.start, w.end)]
    assert times == sorted(times)
    assert all(0 <= t <= len(samples) / RATE * 1000 + 10 for t in times)
