"""A stretch read by seeking is the same stretch of the wholly decoded recording."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from sounds import Decoded, tone, write_video

from studio.core.errors import MediaError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.media import read_stretch

SECONDS = 24
FORMATS = [
    ("talk.wav", "pcm_s16le", 44100, {}),
    ("talk.flac", "flac", 48000, {}),
    ("talk.mp3", "libmp3lame", 44100, {"b": "128k"}),
    ("vbr.mp3", "libmp3lame", 44100, {"compression_level": "5", "flags": "+qscale", "global_quality": "500"}),
    ("talk.m4a", "aac", 44100, {}),
    ("talk.ogg", "vorbis", 44100, {"strict": "experimental"}),
    ("talk.opus", "libopus", 48000, {}),
    ("talk.mka", "aac", 44100, {}),
    ("talk.webm", "libopus", 48000, {}),
    ("talk.aac", "aac", 44100, {}),
]


def hiss(seconds: float, rate: int) -> np.ndarray:
    """Sound that is like itself at no other time, and that every codec keeps: noise below 2 kHz."""
    noise = np.random.default_rng(5).standard_normal(round(seconds * rate)).astype(np.float32)
    smooth = np.convolve(noise, np.hanning(rate // 2000).astype(np.float32), "same")
    return (0.3 * smooth / np.abs(smooth).max()).astype(np.float32)


def encode(path: Path, codec: str, rate: int, options: dict[str, str]) -> Path:
    sound = np.repeat(hiss(SECONDS, rate)[np.newaxis], 2, axis=0)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo", options=options)
        for at in range(0, sound.shape[1], 4096):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[:, at : at + 4096]), "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def shift(part: np.ndarray, whole: np.ndarray, at: int) -> int:
    """By how many samples `part` is shifted against whole[at:], at most 200 either way."""
    first = max(at - 200, 0)
    scores = np.correlate(whole[first : at + 200 + len(part)], part.astype(whole.dtype), "valid")
    return first + int(scores.argmax()) - at


@pytest.mark.parametrize(("name", "codec", "rate", "options"), FORMATS, ids=[f[0] for f in FORMATS])
def test_it_is_what_decoding_gives_at_the_same_time(
    tmp_path: Path, decoded: Callable[[Path], Decoded], name: str, codec: str, rate: int, options: dict[str, str]
) -> None:
    path = encode(tmp_path / name, codec, rate, options)
    whole = np.concatenate((decoded(path).samples, np.zeros(16000)))
    for start in (0, 37, 5_003, 13_777, 22_000):
        part = read_stretch(path, 0, start, start + 1_500)
        assert (part.shape, part.dtype) == ((24_000,), np.int16)
        by = shift(part[:8000], whole, start * 16)
        assert abs(by) <= 16, start  # 1 ms; Matroska's clock is no finer
        expected = whole[start * 16 + by : start * 16 + by + 24_000]
        # The resamplers begin at different fractions of a sample, so the values are close, not equal.
        assert np.sqrt(np.mean((part / 32768 - expected) ** 2)) < 0.4 * np.sqrt(np.mean(expected**2)), start


def test_a_late_sound_and_a_gap_in_a_video_are_silence(tmp_path: Path, decoded: Callable[[Path], Decoded]) -> None:
    sound = hiss(4, 16000)
    path = write_video(tmp_path / "late.mp4", 14, [[(1.5, sound), (8.0, sound)]])
    whole = decoded(path).samples
    for start in (0, 1_000, 1_700, 5_000, 6_200, 7_900, 9_000):
        part = read_stretch(path, 0, start, start + 1_000) / 32768
        expected = whole[start * 16 : start * 16 + 16_000]
        assert np.abs(part[: len(expected)] - expected).max() < 0.02, start


def test_the_second_track_of_a_video(tmp_path: Path) -> None:
    path = write_video(tmp_path / "two.mp4", 4, [[(0, tone(4, level=0.1))], [(0, tone(4, level=0.8))]])
    loud, quiet = (np.abs(read_stretch(path, t, 2_000, 2_100)).max() / 32768 for t in (1, 0))
    assert loud == pytest.approx(0.8, abs=0.05)
    assert quiet == pytest.approx(0.1, abs=0.05)


def test_beyond_the_end_there_is_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "short.wav", tone(1), 16000)
    part = read_stretch(tmp_path / "short.wav", 0, 900, 1_900)
    assert np.abs(part[:1600]).max() > 10_000
    assert not part[1600:].any()
    assert not read_stretch(tmp_path / "short.wav", 0, 50_000, 50_010).any()
    assert read_stretch(tmp_path / "short.wav", 0, 500, 500).shape == (0,)


def test_what_cannot_be_read_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"“gone\.mp3” is not there any more"):
        read_stretch(tmp_path / "gone.mp3", 0, 0, 10)
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(MediaError, match=r"“text\.wav” is not a recording"):
        read_stretch(tmp_path / "text.wav", 0, 0, 10)
    soundfile.write(tmp_path / "short.wav", tone(1), 16000)
    with pytest.raises(UsageError, match="no audio track 3"):
        read_stretch(tmp_path / "short.wav", 3, 0, 10)
    with pytest.raises(UsageError, match="no stretch"):
        read_stretch(tmp_path / "short.wav", 0, 20, 10)


def test_it_stops_when_asked(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "short.wav", tone(1), 16000)
    stop = StopToken()
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        read_stretch(tmp_path / "short.wav", 0, 0, 10, stop)
