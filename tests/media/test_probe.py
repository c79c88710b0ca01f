"""What is said about a file before it is decoded, and which files are taken."""

from __future__ import annotations

import hashlib
import os
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import tone, write_video

from studio.core.errors import MediaError
from studio.media import Track, expand, fingerprint, probe


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    soundfile.write(path, tone(1.5, 44100), 44100)
    return path


def test_a_sound_file_has_one_track(talk: Path) -> None:
    info = probe(talk)
    assert (info.path, info.container, info.duration, info.has_video) == (talk, "wav", 1500, False)
    assert info.tracks == (Track(0, "pcm_s16le", 1, 44100, "", ""),)


def test_a_video_has_a_picture_and_its_tracks(tmp_path: Path) -> None:
    info = probe(write_video(tmp_path / "film.mkv", 2, [[(0, tone(2))], [(0, tone(2, frequency=880))]]))
    assert info.has_video
    assert [(t.index, t.codec, t.channels, t.rate) for t in info.tracks] == [(0, "aac", 1, 16000), (1, "aac", 1, 16000)]
    assert 1990 <= info.duration <= 2150


def refusal(path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        probe(path)
    return str(caught.value)


def test_each_reason_has_its_own_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "notes.mp3").write_text("Dear diary, " * 500, encoding="utf-8")
    (tmp_path / "cut.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVE")
    (tmp_path / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.wav")
    assert refusal(tmp_path / "gone.mp3").startswith("“gone.mp3” is not there any more.")
    assert refusal(tmp_path / "empty.mp3").startswith("“empty.mp3” is empty: the file has 0 bytes.")
    assert refusal(tmp_path / "notes.mp3").startswith("“notes.mp3” is not a recording")
    assert refusal(tmp_path / "cut.wav").startswith("“cut.wav” is damaged: its beginning cannot be read.")
    assert refusal(tmp_path / "film.srt").startswith("“film.srt” is text, not a recording.")
    assert refusal(tmp_path).startswith(f"“{tmp_path.name}” is a folder, not a recording.")
    assert refusal(tmp_path / "pipe.wav").startswith("“pipe.wav” is a device or a pipe")
    assert refusal(tmp_path / "empty.mp3" / "x.wav").startswith("“x.wav” is not there any more.")
    assert refusal(write_video(tmp_path / "mute.mp4", 1)).startswith("“mute.mp4” holds no sound: it is a video")


def test_a_name_longer_than_the_system_allows_is_told(tmp_path: Path) -> None:
    assert "cannot be read: the system says" in refusal(tmp_path / ("x" * 300 + ".wav"))


def test_a_circle_of_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.wav").symlink_to(tmp_path / "b.wav")
    (tmp_path / "b.wav").symlink_to(tmp_path / "a.wav")
    assert refusal(tmp_path / "a.wav").startswith("“a.wav” cannot be read")


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """Root may read everything: be someone else for the moment."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


def test_a_file_of_someone_else_is_told(talk: Path, as_nobody: None) -> None:
    if os.access(talk, os.W_OK, effective_ids=True):
        talk.chmod(0)
    assert refusal(talk).startswith("“talk.wav” may not be read: its permissions forbid it.")


def test_a_playlist_fetches_nothing(tmp_path: Path, talk: Path) -> None:
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{talk}\n#EXT-X-ENDLIST\n", "utf-8")
    assert "“list.m3u8”" in refusal(playlist)


@pytest.mark.parametrize(
    "name",
    [
        "Gespräch über Öl.wav",
        unicodedata.normalize("NFD", "Gespräch.wav"),
        "会議 録音.wav",
        "مقابلة.wav",
        "🎙️ talk.wav",
        "http:example.wav",
        "100%d [x] 'q' \"z\".wav",
        " .wav ",
        "no suffix",
        "ä" * 123 + ".wav",
        "x" * 251 + ".wav",
    ],
)
def test_any_name_will_do(tmp_path: Path, talk: Path, name: str) -> None:
    copy = tmp_path / name
    shutil.copy(talk, copy)
    assert probe(copy).duration == 1500
    assert fingerprint(copy) == fingerprint(talk)


def test_a_name_that_is_no_text_at_all_will_do(tmp_path: Path, talk: Path) -> None:
    copy = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    try:
        shutil.copy(talk, copy)
    except OSError:
        pytest.skip("this file system only takes text as names")
    assert probe(copy).duration == 1500
    copy.write_bytes(b"")
    assert refusal(copy).startswith("“caf\ufffd.wav” is empty")


def test_a_link_is_as_good_as_the_file(tmp_path: Path, talk: Path) -> None:
    (tmp_path / "link.wav").symlink_to(talk)
    assert probe(tmp_path / "link.wav").duration == 1500


def test_nothing_is_written_to_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cut.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVE")
    assert refusal(tmp_path / "cut.wav")
    assert capfd.readouterr() == ("", "")


def test_the_fingerprint_is_the_hash_of_size_head_and_tail(tmp_path: Path) -> None:
    path, mib = tmp_path / "big.raw", 1 << 20
    data = np.random.default_rng(5).bytes(3 * mib)
    path.write_bytes(data)
    assert fingerprint(path) == hashlib.sha256(str(3 * mib).encode() + data[:mib] + data[-mib:]).hexdigest()


def test_the_fingerprint_follows_the_content_not_the_name(tmp_path: Path, talk: Path) -> None:
    before = fingerprint(talk)
    moved = talk.rename(tmp_path / "renamed.wav")
    assert fingerprint(moved) == before
    with moved.open("ab") as file:
        file.write(b"x")
    assert fingerprint(moved) != before


def test_the_fingerprint_of_what_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"“gone\.wav” is not there any more"):
        fingerprint(tmp_path / "gone.wav")


def names(files: list[Path], folder: Path) -> list[str]:
    return [str(file.relative_to(folder)) for file in files]


def test_folders_become_their_recordings_in_natural_order(tmp_path: Path) -> None:
    for name in ("part 10.mp3", "part 2.MP3", "Part 1.m4a", "notes.txt", ".hidden.mp3", "7.wav", "b.mkv"):
        (tmp_path / name).touch()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "x.opus").touch()
    (tmp_path / ".trash").mkdir()
    (tmp_path / ".trash" / "old.mp3").touch()
    (tmp_path / "round").symlink_to(tmp_path)
    assert names(expand([tmp_path]), tmp_path) == [
        "7.wav",
        "b.mkv",
        "deep/er/x.opus",
        "Part 1.m4a",
        "part 2.MP3",
        "part 10.mp3",
    ]


def test_files_named_by_the_user_are_kept_whatever_they_are_called(tmp_path: Path) -> None:
    odd, missing = tmp_path / "data.bin", tmp_path / "missing.mp3"
    odd.touch()
    assert expand([odd, missing]) == [odd, missing]


def test_a_file_given_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.touch()
    (tmp_path / "link.mp3").symlink_to(path)
    assert expand([path, tmp_path, path, tmp_path / "." / "a.mp3", tmp_path / "link.mp3"]) == [path]
