"""Noise removal with the real network: noise goes, speech stays, and every sample stays where it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import ModelError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.engines.local.cleaning import DeepFilter
from studio.media import read_sound
from studio.resources import resource

pytestmark = pytest.mark.slow

RATE = 48_000


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """The sample: three voices, 52 s."""
    sound, rate = read_sound(resource("sample.ogg"))
    from scipy.signal import resample_poly  # takes seconds, also where no test of this file is run

    return resample_poly(sound, RATE, rate).astype(np.float32)


@pytest.fixture(scope="module")
def engine(weights: Callable[[str], Path]) -> Iterator[DeepFilter]:
    engine = DeepFilter(weights("deepfilternet-3") / "DeepFilterNet3_onnx.tar.gz")
    yield engine
    engine.close()


def noisy(speech: np.ndarray, snr: float) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, np.sqrt(np.mean(speech**2) / 10 ** (snr / 10)), len(speech))
    return (speech + noise).astype(np.float32)


def cut(sound: np.ndarray, size: int) -> list[np.ndarray]:
    return [sound[at : at + size] for at in range(0, len(sound), size)]


def cleaned(engine: DeepFilter, sound: np.ndarray, size: int = RATE) -> np.ndarray:
    return np.concatenate(list(engine.clean(cut(sound, size), StopToken())))


def snr(clean: np.ndarray, sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(clean**2) / np.mean((sound - clean) ** 2)))


@pytest.mark.parametrize(("before", "gain"), [(0, 9), (5, 8), (10, 6)])
def test_noise_goes_and_times_stay(before: int, gain: int, engine: DeepFilter, speech: np.ndarray) -> None:
    speech = speech[: 24 * RATE]
    result = cleaned(engine, noisy(speech, before))
    assert len(result) == len(speech)
    assert snr(speech, result) > before + gain
    alike = np.fft.irfft(np.fft.rfft(result, 1 << 22) * np.conj(np.fft.rfft(speech, 1 << 22)))
    assert int(np.argmax(alike)) == 0, "not a sample later"


def test_clean_speech_is_left_as_it_is(engine: DeepFilter, speech: np.ndarray) -> None:
    assert snr(speech, cleaned(engine, speech)) > 12


def test_how_the_sound_is_cut_changes_nothing(engine: DeepFilter, speech: np.ndarray) -> None:
    sound = noisy(speech[: 24 * RATE], 5)
    assert np.array_equal(cleaned(engine, sound), cleaned(engine, sound, 7919))


def test_where_stretches_meet_nothing_is_heard(engine: DeepFilter, speech: np.ndarray) -> None:
    """The same moment as the middle of a stretch and as the seam of two: nearly the same samples."""
    sound = noisy(speech[: 36 * RATE], 5)
    shifted = cleaned(engine, sound[8 * RATE :])
    result = cleaned(engine, sound)[8 * RATE :]
    assert snr(result[4 * RATE :], shifted[4 * RATE :]) > 25


@pytest.mark.parametrize("length", [1, 479, 480, 481, 960, 100_000])
def test_any_length_comes_out_exactly(length: int, engine: DeepFilter, speech: np.ndarray) -> None:
    result = cleaned(engine, speech[RATE : RATE + length])
    assert len(result) == length
    assert np.isfinite(result).all()


def test_nothing_gives_nothing(engine: DeepFilter) -> None:
    assert list(engine.clean([], StopToken())) == []


def test_broken_samples_spoil_nothing(engine: DeepFilter, speech: np.ndarray) -> None:
    sound = speech[: 20 * RATE].copy()
    sound[RATE : RATE + 100] = np.nan
    result = cleaned(engine, sound)
    assert np.isfinite(result).all()
    assert snr(speech[3 * RATE : 20 * RATE], result[3 * RATE :]) > 12


def test_a_stop_ends_it(engine: DeepFilter, speech: np.ndarray) -> None:
    stop = StopToken()
    steps = engine.clean(cut(speech, RATE), stop)
    next(steps)
    stop.request(StopReason.PAUSE)
    with pytest.raises(Stopped):
        next(steps)


def test_a_killed_process_is_told_and_the_next_call_begins_anew(engine: DeepFilter, speech: np.ndarray) -> None:
    speech = speech[: 36 * RATE]

    def killed_on_the_way() -> Iterator[np.ndarray]:
        for number, block in enumerate(cut(speech, RATE)):
            if number == 19 and engine._child.pid:
                os.kill(engine._child.pid, signal.SIGKILL)
            yield block

    # between two calls it is started again unnoticed: a call depends on nothing but its samples
    assert np.array_equal(np.concatenate(list(engine.clean(killed_on_the_way(), StopToken()))), cleaned(engine, speech))


def test_weights_that_are_none_are_told(tmp_path: Path) -> None:
    wrong = tmp_path / "DeepFilterNet3_onnx.tar.gz"
    wrong.write_bytes(b"no archive")
    engine = DeepFilter(wrong)
    with pytest.raises(ModelError, match="studio models remove deepfilternet-3"):
        cleaned(engine, np.zeros(RATE, np.float32))
    engine.close()
