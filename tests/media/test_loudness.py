"""Loudness is what EBU Tech 3341 says it is for signals of known loudness, and is brought to a target by one gain."""

from __future__ import annotations

import tracemalloc
from collections.abc import Generator
from typing import TypeVar

import numpy as np
import pytest
import soundfile

from studio.core.jobs import StopToken
from studio.media import BROADCAST_LUFS, SPEECH_LUFS, Loudness, Samples, Sound, measure, normalised
from studio.resources import resource

RATE = 48_000
Result = TypeVar("Result")


def ended(steps: Generator[float, None, Result]) -> Result:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def loudness(sound: Sound) -> Loudness:
    return ended(measure(sound, StopToken()))


def stereo(*parts: tuple[float, float], frequency: float = 1000) -> Samples:
    """A sine on both channels; parts are (peak in dBFS, seconds)."""
    level = np.concatenate([np.full(round(seconds * RATE), 10 ** (db / 20)) for db, seconds in parts])
    sine = (level * np.sin(2 * np.pi * frequency * np.arange(len(level)) / RATE)).astype(np.float32)
    return Samples(np.stack([sine, sine]), RATE)


def made(sound: Sound) -> np.ndarray:
    return np.concatenate(list(sound.blocks(StopToken())), axis=1)


@pytest.fixture(scope="module")
def speech() -> Samples:
    sound, rate = soundfile.read(resource("sample.ogg"), dtype="float32")
    return Samples(sound, rate)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-23, 20)], -23),  # case 1
        ([(-33, 20)], -33),  # case 2
        ([(-36, 10), (-23, 60), (-36, 10)], -23),  # case 3: the relative gate
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),  # case 4: the absolute one as well
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),  # case 5
    ],
)
def test_signals_of_ebu_tech_3341(parts: list[tuple[float, float]], expected: float) -> None:
    assert loudness(stereo(*parts)).integrated == pytest.approx(expected, abs=0.1)


def test_one_channel_is_measured_as_one() -> None:
    both = stereo((-20, 10))
    assert loudness(Samples(both.data[0], RATE)).integrated == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(("divisor", "phase"), [(4, 0), (4, 45), (6, 60), (8, 67.5)])
def test_true_peaks_between_the_samples(divisor: int, phase: float) -> None:
    """Tech 3341 cases 15 to 18: half of full scale, however the samples fall; +0.2 and -0.4 dB are allowed."""
    at = np.arange(RATE)
    fade = np.minimum(1, np.minimum(at, at[::-1]) / (RATE / 10))
    sine = 0.5 * fade * np.sin(2 * np.pi * at / divisor + np.radians(phase))
    peak = loudness(Samples(sine.astype(np.float32), RATE)).peak
    assert -6.42 <= peak <= -5.82


def test_silence_is_silent_and_stays_so() -> None:
    silence = Samples(np.zeros(RATE, np.float32), RATE)
    found = loudness(silence)
    assert found.integrated <= -70
    assert found.peak == -np.inf
    assert not made(normalised(silence, found)).any()


@pytest.mark.parametrize("target", [SPEECH_LUFS, BROADCAST_LUFS, -30.0])
def test_speech_comes_out_as_loud_as_wanted(target: float, speech: Samples) -> None:
    before = loudness(speech)
    louder = normalised(speech, before, target)
    after = loudness(Samples(made(louder), RATE // 2))
    assert after.integrated == pytest.approx(target, abs=0.1 if not louder.limited else 0.5)
    assert after.peak <= -1.0
    assert louder.limited == (before.peak + target - before.integrated > -1)


def test_it_is_one_gain_where_nothing_would_clip(speech: Samples) -> None:
    softer = normalised(speech, loudness(speech), -30)
    assert np.allclose(made(softer)[0], speech.data * 10 ** (softer.gain / 20), atol=1e-6)


@pytest.mark.parametrize("kind", ["noise", "clicks", "high"])
def test_the_limiter_keeps_true_peaks_below_the_ceiling_and_times_where_they_are(kind: str) -> None:
    chance, at = np.random.default_rng(4), np.arange(5 * RATE)
    sound = {
        "noise": chance.normal(0, 0.2, len(at)),
        "clicks": (chance.random(len(at)) > 0.9995) * 0.9 + 0.02 * np.sin(at / 20),
        "high": 0.3 * np.sin(2 * np.pi * at * 0.249 + 0.7),
    }[kind].astype(np.float32)
    original = Samples(sound, RATE)
    louder = normalised(original, loudness(original), -1 if kind == "high" else -6)
    assert louder.limited
    result = made(louder)[0]
    assert len(result) == len(sound)
    assert loudness(Samples(result, RATE)).peak <= -1.0
    alike = np.fft.irfft(np.fft.rfft(result, 1 << 19) * np.conj(np.fft.rfft(sound, 1 << 19)))
    assert int(np.argmax(alike)) == 0, "not a sample later"


def test_long_sound_takes_no_more_memory_than_a_minute() -> None:
    class Long:
        rate, channels = 8000, 1

        def __init__(self, minutes: int) -> None:
            self.samples = minutes * 60 * self.rate

        def blocks(self, stop: StopToken):  # type: ignore[no-untyped-def]
            for _ in range(self.samples // (10 * self.rate)):
                yield np.random.default_rng(1).normal(0, 0.3, (1, 10 * self.rate)).astype(np.float32)

    most = []
    for minutes in (1, 8):
        tracemalloc.start()
        for _ in normalised(Long(minutes), loudness(Long(minutes)), -8).blocks(StopToken()):
            pass
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert most[1] < 1.2 * most[0] + 100_000
