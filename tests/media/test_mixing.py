"""A voice-over: every clip at its sample, the original under it, as long as planned, however long that is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import tone

from studio.core.jobs import Stopped, StopReason, StopToken
from studio.media import SOUND_FORMATS, Clip, Mixed, Samples, read_sound, recorded, write_sound
from studio.resources import resource

RATE = 24_000


def clip(start: int, sound: np.ndarray, rate: int = RATE) -> Clip:
    return Clip(start, start + round(len(sound) * 1000 / rate), lambda: (sound, rate))


def mixed(sound: Mixed) -> np.ndarray:
    return np.concatenate(list(sound.blocks(StopToken())), axis=1)


def steady(seconds: float, rate: int = RATE) -> Samples:
    """An original of constant level, which shows its own gain; softer than what clips."""
    return Samples(np.full(round(seconds * rate), 0.25, np.float32), rate)


@given(
    st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 30_000)), min_size=1, max_size=12),
    st.integers(1, 32_000),
    st.sampled_from([8_000, 24_000, 44_100, 48_000]),
)
@settings(max_examples=40, deadline=None)
def test_every_clip_is_at_its_sample_and_the_length_is_the_plan(
    plan: list[tuple[int, int]], duration: int, rate: int
) -> None:
    expected = np.zeros(round(duration * rate / 1000), np.float32)
    clips = []
    for n, (start, length) in enumerate(sorted(plan)):
        sound = np.full(length, 0.01 * (n + 1), np.float32)
        clips.append(clip(start, sound, rate))
        at = round(start * rate / 1000)
        expected[at : at + length] += sound[: max(0, len(expected) - at)]
    result = mixed(Mixed(clips, duration, rate))
    assert result.shape == (1, len(expected))
    assert np.allclose(result[0], expected, atol=1e-6)


def test_voices_of_other_rates_are_resampled_and_stay_in_their_place() -> None:
    result = mixed(Mixed([clip(500, tone(1, 22_050), 22_050), clip(2000, tone(1, 16_000), 16_000)], 4000, 48_000))[0]
    for start in (0.5, 2.0):
        at = round(start * 48_000)
        assert np.abs(result[at - 400 : at - 40]).max() < 1e-3
        assert np.corrcoef(result[at : at + 48_000], tone(1, 48_000))[0, 1] > 0.999


def test_the_original_gives_way_smoothly_and_comes_back() -> None:
    silence = np.zeros(RATE, np.float32)
    result = mixed(Mixed([clip(2000, silence), clip(5000, silence)], 8000, RATE, steady(8), ducked=12))[0]
    level = 20 * np.log10(result / 0.25)
    for seconds, expected in ((0, 0), (1.84, 0), (2.0, -12), (2.9, -12), (3.0, -12), (3.16, 0), (4.8, 0), (5.5, -12)):
        assert level[round(seconds * RATE)] == pytest.approx(expected, abs=0.2), seconds
    assert level[round(1.925 * RATE)] == pytest.approx(-6, abs=0.3), "half way down"
    assert np.abs(np.diff(level)).max() < 0.01, "no step"


def test_it_stays_down_in_short_pauses() -> None:
    silence = np.zeros(RATE, np.float32)
    result = mixed(Mixed([clip(1000, silence), clip(2500, silence)], 5000, RATE, steady(5), ducked=6))[0]
    assert np.allclose(result[RATE : round(3.5 * RATE)], 0.25 * 10 ** (-6 / 20), rtol=1e-4)


@pytest.mark.parametrize("seconds", [2, 30])
def test_an_original_that_is_shorter_or_longer_changes_nothing_of_the_length(seconds: int) -> None:
    result = mixed(Mixed([], 12_345, RATE, steady(seconds)))
    assert result.shape[1] == round(12.345 * RATE)
    heard = min(result.shape[1], seconds * RATE)
    assert np.allclose(result[0, :heard], 0.25)
    assert not result[0, heard:].any()


def test_both_channels_of_the_original_stay_and_the_voice_is_on_both() -> None:
    under = Samples(np.stack([tone(3, RATE, 300, 0.2), tone(3, RATE, 900, 0.2)]), RATE)
    result = mixed(Mixed([clip(1000, tone(1, RATE, 500, 0.3))], 3000, RATE, under))
    assert np.allclose(result[:, : RATE // 2], under.data[:, : RATE // 2], atol=1e-6)
    voice = result[:, RATE : 2 * RATE] - under.data[:, RATE : 2 * RATE] * 10 ** (-12 / 20)
    assert np.allclose(voice, tone(1, RATE, 500, 0.3), atol=1e-4)


def test_voices_at_the_same_time_do_not_clip_and_the_rest_is_as_it_was() -> None:
    loud = tone(1, RATE, 250, 0.8)
    result = mixed(Mixed([clip(1000, loud), clip(1000, loud), clip(4000, loud)], 6000, RATE))[0]
    assert np.abs(result).max() <= 1.0
    assert np.allclose(result[4 * RATE : 5 * RATE], loud, atol=1e-6)


def test_a_real_voice_over_is_as_long_as_planned_in_every_format(tmp_path: Path) -> None:
    sample = resource("sample.ogg")
    under = recorded(sample)
    samples, its_rate = read_sound(sample)

    def speech() -> tuple[np.ndarray, int]:
        return samples[: 8 * its_rate], its_rate

    plan = Mixed([Clip(3_000, 11_000, speech)], 14_007, under.rate, under)
    for name, form in SOUND_FORMATS.items():
        target = tmp_path / f"over{form.suffix}"
        list(write_sound(plan, target, form, StopToken()))
        sound, rate = read_sound(target)
        assert abs(len(sound) / rate - 14.007) <= 1152 / rate, name
        own = speech()[0]
        alike = np.fft.irfft(np.fft.rfft(sound[3 * rate :], 1 << 20) * np.conj(np.fft.rfft(own, 1 << 20)))
        assert int(np.argmax(alike)) == 0, "the voice begins at its sample"


def test_a_stop_is_heard() -> None:
    stop = StopToken()
    blocks = Mixed([], 3_600_000, RATE).blocks(stop)
    next(blocks)
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        for _ in blocks:
            pass


def test_hours_take_no_more_memory_than_minutes() -> None:
    speech = tone(2, RATE)

    def read() -> tuple[np.ndarray, int]:
        return speech.copy(), RATE

    def most(minutes: int, make: Callable[[], tuple[np.ndarray, int]]) -> int:
        clips = [Clip(at, at + 2000, make) for at in range(0, minutes * 60_000, 5000)]
        tracemalloc.start()
        length = sum(b.shape[1] for b in Mixed(clips, minutes * 60_000, RATE).blocks(StopToken()))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert length == minutes * 60 * RATE
        return peak

    assert most(160, read) < 1.2 * most(8, read) + 1_500_000  # the plan itself grows: 1,920 clips
