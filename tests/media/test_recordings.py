"""Real files, good and bad: each one is decoded or refused in one plain sentence; nothing else ever escapes."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import Decoded

from studio.core.errors import MediaError, Problem, StudioError
from studio.media import probe

_DATA = Path(os.environ.get("STUDIO_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "media"


def _manifest() -> list[dict[str, str]]:
    if not (_DATA / "manifest.tsv").exists():
        return []
    with (_DATA / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture
def media(shared_data: Path) -> Path:
    return shared_data / "media"


@pytest.mark.parametrize("row", [pytest.param(row, id=row["path"]) for row in _manifest()])
def test_decoded_or_refused_in_words(
    row: dict[str, str], media: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, target = media / row["path"], tmp_path / "decoded.wav"
    problem = _decode(path, target, row["seconds"])
    if problem:
        assert f"“{path.name}”" in problem.what
        assert problem.what.endswith(".")
        assert problem.hint.endswith(".")
        assert not list(tmp_path.iterdir())
    assert capfd.readouterr() == ("", "")


def _decode(path: Path, target: Path, seconds: str) -> Problem | None:
    try:
        got = Decoded(path, target)
    except StudioError as error:
        return error.problem
    info = soundfile.info(target)
    assert (info.samplerate, info.channels, info.subtype) == (16000, 1, "PCM_16")
    assert info.frames == len(got.samples) > 0
    assert got.fractions == sorted(got.fractions)
    stated = float(seconds or 0) * 1000
    if stated and not got.result.truncated and "wrong total number" not in path.name:
        assert got.result.duration == pytest.approx(stated, rel=0.1, abs=140)
    assert probe(path).tracks
    return None


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("derived/text_renamed.mp3", "“text_renamed.mp3” is not a recording, whatever its name says."),
        ("derived/zero_bytes.wav", "“zero_bytes.wav” is empty: the file has 0 bytes."),
        ("derived/header_only_44.wav", "“header_only_44.wav” holds no sound: its audio track is empty."),
        (
            "derived/video_no_audio.mp4",
            "“video_no_audio.mp4” holds no sound: it is a video or picture without an audio track.",
        ),
        (
            "derived/video_two_audio_tracks.mkv",  # its first track was copied without a single packet
            "Audio track 0 of “video_two_audio_tracks.mkv” holds no sound.",
        ),
        ("mp4parse-rust/short-cenc.mp4", "“short-cenc.mp4” is copy-protected: its sound is encrypted."),
        (
            "mp4parse-rust/invalid_userdata.mp4",
            "“invalid_userdata.mp4” is cut off: it has a header, but the sound is missing.",
        ),
        ("tinytag/invalid_sample_rate.aiff", "“invalid_sample_rate.aiff” is damaged: its beginning cannot be read."),
        (
            "flac_testbench/faulty/03 - wrong bit depth.flac",
            "“03 - wrong bit depth.flac” is damaged: none of its sound can be decoded.",
        ),
    ],
)
def test_each_cause_has_its_sentence(media: Path, decoded: Callable[..., Decoded], name: str, sentence: str) -> None:
    with pytest.raises(MediaError) as caught:
        decoded(media / name)
    assert caught.value.problem.what == sentence


@pytest.mark.parametrize(
    ("name", "duration", "damaged", "truncated"),
    [
        ("derived/truncated_mid_data.wav", 623, False, True),
        ("derived/flac_named.wav", 3657, True, True),
        ("derived/Ünïcödé 日本語 عربي 🎙 (1).wav", 2030, False, False),
        ("whisperkit/8_Channel_ID.m4a", 8064, False, False),
        ("lhotse/big_buck_bunny_small.mp4", 5312, False, False),
        ("bitdepth/audio-mono-24-bit-44100Hz.wav", 2744, False, False),
        ("flac_testbench/faulty/01 - wrong max blocksize.flac", 4250, True, False),
        ("flac_testbench/subset/43 - 8 channels (7.1).flac", 9944, False, False),
    ],
)
def test_what_can_be_read_is_read_and_damage_is_told(
    media: Path, decoded: Callable[..., Decoded], name: str, duration: int, damaged: bool, truncated: bool
) -> None:
    result = decoded(media / name).result
    assert (result.damaged, result.truncated) == (damaged, truncated)
    assert abs(result.duration - duration) <= 1


def test_every_flac_that_must_decode_does(media: Path, decoded: Callable[..., Decoded]) -> None:
    files = sorted((media / "flac_testbench" / "subset").iterdir())
    assert len(files) == 9
    for file in files:
        result = decoded(file).result
        assert (result.damaged, result.truncated) == (False, False), file.name


def test_the_second_track_is_another_sound_than_the_first(media: Path, decoded: Callable[..., Decoded]) -> None:
    path = media / "derived" / "video_two_audio_tracks.mkv"
    assert [(t.index, t.codec, t.channels) for t in probe(path).tracks] == [(0, "aac", 6), (1, "flac", 2)]
    second = decoded(path, track=1)
    assert second.result.duration == 11_000
    assert second.loudness(0.5, 10) > 0.01


def test_the_same_words_at_any_bit_depth(media: Path, decoded: Callable[..., Decoded]) -> None:
    names = ("audio-mono-8-bit-44100Hz.wav", "audio-mono-24-bit-44100Hz.wav", "audio-mono-16-bit-44100Hz.flac")
    sounds = [decoded(media / "bitdepth" / name).samples for name in names]
    assert np.abs(sounds[1] - sounds[2]).max() < 0.001
    assert np.abs(sounds[0] - sounds[2]).max() < 0.02
