"""Pitch and tempo: each changes what it says and nothing else, and no sound is lost at either end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import tone

from studio.core.speaking import Delivery, SpokenWord
from studio.media import delivered, timed
from studio.resources import resource

RATE = 24_000
TEMPOS = (0.5, 0.63, 0.8, 0.95, 1.05, 1.25, 1.6, 2.0)
PITCHES = (-4.0, -2.5, -1.0, 1.0, 2.5, 4.0)


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """Ten seconds of one voice after the other."""
    sound, rate = soundfile.read(resource("sample.ogg"), dtype="float32")
    assert rate == RATE
    return sound[: 10 * RATE]


def frequency(sound: np.ndarray) -> float:
    """Of the strongest line, from the middle of the sound."""
    middle = sound[len(sound) // 4 : -len(sound) // 4]
    lines = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 20))
    return float(np.argmax(lines) * RATE / (1 << 20))


def voice(sound: np.ndarray) -> np.ndarray:
    """The pitch of a voice every 10 ms by autocorrelation, in Hz; NaN where there is none."""
    size, found = 1200, []
    for at in range(0, len(sound) - size, 240):
        frame = sound[at : at + size] - sound[at : at + size].mean()
        alike = np.fft.irfft(np.abs(np.fft.rfft(frame, 2 * size)) ** 2)
        shortest, longest = RATE // 450, RATE // 60
        period = shortest + int(np.argmax(alike[shortest:longest]))
        clear = frame.std() > 0.02 and alike[period] > 0.6 * alike[0] and period < longest - 1
        if clear:  # between the samples: the top of a parabola
            before, top, after = alike[period - 1 : period + 2]
            found.append(RATE / (period + (before - after) / (2 * (before - 2 * top + after))))
        else:
            found.append(np.nan)
    return np.array(found)


def lifted(sound: np.ndarray, changed: np.ndarray, tempo: float = 1.0) -> float:
    """By what factor the pitch differs where both have one: the most usual of all moments."""
    before, after = voice(sound), voice(changed)
    there = np.minimum((np.arange(len(before)) / tempo).round().astype(int), len(after) - 1)
    factors = after[there] / before
    return float(np.nanmedian(factors))


def envelope(sound: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Loudness around these sample numbers, 20 ms wide."""
    power = np.convolve(sound**2, np.ones(480) / 480, "same")
    return np.sqrt(np.interp(at, np.arange(len(sound)), power))


def test_as_it_is_means_the_very_same_samples(speech: np.ndarray) -> None:
    assert delivered(speech, RATE, Delivery()) is speech


@pytest.mark.parametrize("tempo", TEMPOS)
def test_tempo_changes_the_length_and_not_the_pitch(tempo: float, speech: np.ndarray) -> None:
    changed = delivered(speech, RATE, Delivery(tempo=tempo))
    assert len(changed) == round(len(speech) / tempo)
    assert frequency(delivered(tone(3, RATE, 220), RATE, Delivery(tempo=tempo))) == pytest.approx(220, rel=0.01)
    assert lifted(speech, changed, tempo) == pytest.approx(1, rel=0.01)


@pytest.mark.parametrize("pitch", PITCHES)
def test_pitch_changes_the_pitch_and_not_the_length(pitch: float, speech: np.ndarray) -> None:
    changed, factor = delivered(speech, RATE, Delivery(pitch=pitch)), 2 ** (pitch / 12)
    assert len(changed) == len(speech)
    assert frequency(delivered(tone(3, RATE, 220), RATE, Delivery(pitch=pitch))) == pytest.approx(
        220 * factor, rel=0.01
    )
    assert lifted(speech, changed) == pytest.approx(factor, rel=0.01)
    assert np.std(changed) == pytest.approx(np.std(speech), rel=0.1), "nor is it louder"


@pytest.mark.parametrize("delivery", [Delivery(4, 1.3), Delivery(-12, 2), Delivery(12, 0.5), Delivery(-3, 0.7)])
def test_both_at_once(delivery: Delivery) -> None:
    changed = delivered(tone(4, RATE, 220), RATE, delivery)
    assert len(changed) == round(4 * RATE / delivery.tempo)
    assert frequency(changed) == pytest.approx(220 * 2 ** (delivery.pitch / 12), rel=0.01)


@pytest.mark.parametrize("delivery", [Delivery(tempo=t) for t in TEMPOS] + [Delivery(pitch=p) for p in PITCHES])
def test_every_syllable_is_where_it_should_be(delivery: Delivery, speech: np.ndarray) -> None:
    """The rise and fall of the loudness is that of before, 40 ms off at most, at every tempo."""
    changed = delivered(speech, RATE, delivery)
    at = np.arange(0, len(changed), 120)
    there = envelope(changed, at)
    alike = [
        np.corrcoef(envelope(speech, (at + shift) * delivery.tempo), there)[0, 1] for shift in range(-960, 961, 60)
    ]
    assert max(alike) > 0.9


@pytest.mark.parametrize("delivery", [Delivery(tempo=0.5), Delivery(tempo=2), Delivery(pitch=4), Delivery(pitch=-4)])
def test_neither_start_nor_end_is_lost(delivery: Delivery) -> None:
    """A tone that fills the piece fills it afterwards, but for 25 ms at most."""
    changed = delivered(tone(1, RATE, 300), RATE, delivery)
    loud = np.flatnonzero(np.abs(changed) > 0.4)
    assert loud[0] < RATE * 0.005
    assert loud[-1] > len(changed) - RATE * 0.025


@given(st.integers(0, 5000), st.floats(-12, 12), st.floats(0.5, 2.0), st.sampled_from([8000, 22050, 24000, 48000]))
@settings(max_examples=60, deadline=None)
def test_any_length_comes_out_exactly(length: int, pitch: float, tempo: float, rate: int) -> None:
    sound = np.sin(np.arange(length) / 5).astype(np.float32)
    changed = delivered(sound, rate, Delivery(pitch, tempo))
    assert len(changed) == (length if Delivery(pitch, tempo) == Delivery() else round(length / tempo))
    assert changed.dtype == np.float32
    assert np.isfinite(changed).all()


def test_words_move_with_the_tempo() -> None:
    words = (SpokenWord(0, 3, 0, 250), SpokenWord(4, 9, 300, 901))
    assert timed(words, Delivery(pitch=3)) == words
    assert timed(words, Delivery(tempo=2)) == (SpokenWord(0, 3, 0, 125), SpokenWord(4, 9, 150, 450))


def test_a_real_file_keeps_its_words(tmp_path: Path, speech: np.ndarray) -> None:
    """There and back again is the same speech: nothing was left out on the way."""
    slow = delivered(speech, RATE, Delivery(tempo=0.8))
    back = delivered(slow, RATE, Delivery(tempo=1.25))
    at = np.arange(0, len(speech), 240)
    assert np.corrcoef(envelope(speech, at), envelope(back[: len(speech)], at))[0, 1] > 0.9
