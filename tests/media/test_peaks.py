"""The waveform's data: lowest and highest samples, at every zoom."""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from sounds import Decoded, tone, write_video

from studio.core.errors import MediaError, StorageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.library import Home
from studio.media import Peaks, PeaksWriter, read_peaks, wav_peaks
from studio.services.studio import Studio
from studio.services.waveform import make_peaks, stored_peaks

T = TypeVar("T")


def noise(samples: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-32768, 32767, samples, np.int16, endpoint=True)


def peaks_of(samples: np.ndarray, block: int = 1000) -> Peaks:
    writer = PeaksWriter()
    for at in range(0, len(samples), block):
        writer.write(samples[at : at + block])
    return writer.finish()


@pytest.mark.parametrize("count", [0, 1, 159, 160, 161, 16000, 16000 * 7 + 13])
@pytest.mark.parametrize("block", [1, 37, 160, 5000])
def test_the_finest_level_is_the_lowest_and_highest_of_every_10_ms(count: int, block: int) -> None:
    samples = noise(min(count, 2000) if block == 1 else count)
    pairs = peaks_of(samples, block).levels[0]
    expected = [(samples[at : at + 160].min(), samples[at : at + 160].max()) for at in range(0, len(samples), 160)]
    assert [tuple(pair) for pair in pairs] == expected


def test_every_level_joins_four_pairs_of_the_one_below() -> None:
    levels = peaks_of(noise(16000 * 30)).levels
    assert [len(level) for level in levels] == [3000, 750, 188, 47, 12, 3]
    for below, level in pairwise(levels):
        assert [tuple(p) for p in level] == [
            (below[at : at + 4, 0].min(), below[at : at + 4, 1].max()) for at in range(0, len(below), 4)
        ]


def test_the_duration_is_that_of_the_sound() -> None:
    assert peaks_of(noise(16000 * 3 + 8)).duration == 3000


@given(
    samples=st.integers(0, 60_000),
    start=st.integers(-2000, 5000),
    length=st.integers(1, 8000),
    columns=st.integers(1, 40),
)
def test_a_slice_holds_every_peak_and_invents_none(samples: int, start: int, length: int, columns: int) -> None:
    sound = noise(samples)
    got = peaks_of(sound).slice(start, start + length, columns)
    assert got.shape == (columns, 2)
    assert got.dtype == np.float32
    for n, (low, high) in enumerate(got):
        first, last = start + n * length / columns, start + (n + 1) * length / columns
        inner = _between(sound, first, last)
        margin = max(10.0, (last - first) / 4)
        outer = _between(sound, first - margin, last + margin)
        if len(inner):
            assert low <= inner.min() / 32768
            assert high >= inner.max() / 32768
        if len(outer):
            assert low >= min(outer.min() / 32768, 0)
            assert high <= max(outer.max() / 32768, 0)
        else:
            assert (low, high) == (0, 0)


def _between(sound: np.ndarray, start: float, end: float) -> np.ndarray:
    return sound[max(0, round(start * 16)) : max(0, round(end * 16))]


def test_zoomed_in_a_slice_is_exactly_the_bins_it_touches() -> None:
    sound = noise(16000)
    got = peaks_of(sound).slice(100, 140, 4)
    expected = [
        (sound[at : at + 160].min() / 32768, sound[at : at + 160].max() / 32768) for at in range(1600, 2240, 160)
    ]
    assert got.tolist() == np.array(expected, np.float32).tolist()


@pytest.mark.parametrize(("start", "end", "columns"), [(0, 0, 10), (50, 10, 10), (5000, 6000, 10), (-900, -100, 10)])
def test_outside_the_recording_there_is_silence(start: int, end: int, columns: int) -> None:
    assert peaks_of(noise(16000)).slice(start, end, columns).tolist() == [[0, 0]] * columns


def test_a_slice_of_no_columns_is_empty() -> None:
    assert peaks_of(noise(16000)).slice(0, 1000, 0).shape == (0, 2)


def test_peaks_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    peaks = peaks_of(noise(16000 * 5 + 77))
    peaks.save(tmp_path / "wave.npz")
    again = Peaks.load(tmp_path / "wave.npz")
    assert again.duration == peaks.duration
    assert [level.tolist() for level in again.levels] == [level.tolist() for level in peaks.levels]
    assert [file.name for file in tmp_path.iterdir()] == ["wave.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"no archive at all"])
def test_broken_peaks_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "wave.npz").write_bytes(content)
    with pytest.raises(StorageError, match=r"“wave\.npz” cannot be read"):
        Peaks.load(tmp_path / "wave.npz")


def test_half_a_peaks_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "wave.npz"
    peaks_of(noise(160_000)).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StorageError, match=r"“wave\.npz” cannot be read"):
        Peaks.load(path)


def test_missing_peaks_and_a_missing_folder_are_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        Peaks.load(tmp_path / "none.npz")
    with pytest.raises(StorageError, match="cannot be stored"):
        peaks_of(noise(10)).save(tmp_path / "no folder" / "wave.npz")


# Without a job


def done(steps: Generator[float, None, T]) -> tuple[list[float], T]:
    """The fractions and what came of it."""
    fractions = []
    while True:
        try:
            fractions.append(next(steps))
        except StopIteration as end:
            return fractions, end.value


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("seconds", [0.503, 1, 47.123])
def test_a_plain_wav_has_the_peaks_of_its_own_samples(tmp_path: Path, rate: int, seconds: float) -> None:
    sound = noise(round(seconds * rate))
    soundfile.write(tmp_path / "talk.wav", sound, rate)
    fractions, peaks = done(wav_peaks(tmp_path / "talk.wav", StopToken()))
    assert peaks is not None
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert peaks.duration == len(sound) * 1000 // rate
    bins = [sound[n * rate // 100 : (n + 1) * rate // 100] for n in range(-(-len(sound) * 100 // rate))]
    assert [tuple(pair) for pair in peaks.levels[0]] == [(b.min(), b.max()) for b in bins]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "PCM_U8"])
def test_they_are_those_of_the_decoded_sound(tmp_path: Path, subtype: str) -> None:
    left, right = tone(3, level=0.8), tone(3, frequency=90, level=0.2)
    path = tmp_path / "talk.wav"
    soundfile.write(path, np.stack((left, right), axis=1), 16000, subtype)
    _, peaks = done(wav_peaks(path, StopToken()))
    assert peaks is not None
    expected = Decoded(path, tmp_path / "decoded.wav").peaks
    assert np.abs(peaks.levels[0] - expected.levels[0].astype(int)).max() <= 2


def test_other_files_are_left_to_decoding(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "float.wav", tone(1), 16000, "FLOAT")
    soundfile.write(tmp_path / "talk.flac", tone(1), 16000)
    soundfile.write(tmp_path / "cut.wav", tone(4), 16000)
    (tmp_path / "cut.wav").write_bytes((tmp_path / "cut.wav").read_bytes()[:50_000] + b"\0" * 200_000)
    (tmp_path / "text.wav").write_text("no sound")
    for name in ("float.wav", "talk.flac", "text.wav", "gone.wav", "cut.wav"):
        assert done(wav_peaks(tmp_path / name, StopToken()))[1] is None, name


def test_a_video_is_decoded_for_them(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.mp4", 6, [[(0, tone(4))], [(1, tone(3, level=0.9))]])
    fractions, peaks = done(read_peaks(path, 1, StopToken()))
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    expected = Decoded(path, tmp_path / "decoded.wav", 1).peaks
    assert peaks.duration == expected.duration
    assert peaks.levels[0].tolist() == expected.levels[0].tolist()


@pytest.mark.parametrize("name", ["talk.wav", "talk.flac"])
def test_made_peaks_are_kept_and_found_by_content(tmp_path: Path, name: str) -> None:
    soundfile.write(tmp_path / name, tone(2), 16000)
    studio = Studio.open(Home(tmp_path / "home").prepared())
    try:
        assert stored_peaks(studio, "c1", 0) is None
        _, made = done(make_peaks(studio, tmp_path / name, "c1", 0, StopToken()))
        (tmp_path / name).unlink()
        again = done(make_peaks(studio, tmp_path / name, "c1", 0, StopToken()))
        assert again[0] == [1.0]
        assert again[1].levels[0].tolist() == made.levels[0].tolist()
        with pytest.raises(MediaError, match="is not there any more"):
            done(make_peaks(studio, tmp_path / name, "c2", 0, StopToken()))
    finally:
        studio.close()


def test_making_peaks_stops_when_asked(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "talk.wav", tone(120), 16000)
    stop = StopToken()
    steps = wav_peaks(tmp_path / "talk.wav", stop)
    assert 0 < next(steps) < 1
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        next(steps)
