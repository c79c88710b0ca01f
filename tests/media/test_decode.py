"""Decoding to 16 kHz mono: what comes out, where it lies in time, and what happens when things go wrong."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import Decoded, tone, write_video

from studio.core.errors import MediaError, StorageError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.media import PeaksWriter, decode, probe, wav_duration

Decode = Callable[..., Decoded]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    soundfile.write(path, tone(20, 44100), 44100)
    return path


# What comes out


@pytest.mark.parametrize(
    ("suffix", "subtype", "rate", "channels"),
    [
        ("wav", "PCM_U8", 8000, 1),
        ("wav", "PCM_16", 44100, 2),
        ("wav", "PCM_24", 96000, 2),
        ("wav", "PCM_32", 192000, 1),
        ("wav", "FLOAT", 48000, 8),
        ("wav", "DOUBLE", 48000, 3),
        ("wav", "PCM_16", 48000, 24),
        ("w64", "PCM_16", 48000, 2),
        ("aiff", "PCM_24", 44100, 2),
        ("flac", "PCM_16", 44100, 6),
        ("flac", "PCM_24", 96000, 8),
        ("ogg", "VORBIS", 44100, 2),
        ("ogg", "OPUS", 48000, 2),
        ("mp3", "MPEG_LAYER_III", 44100, 2),
    ],
)
def test_everything_becomes_16_khz_mono(
    tmp_path: Path, decoded: Decode, suffix: str, subtype: str, rate: int, channels: int
) -> None:
    path = tmp_path / f"sound.{suffix}"
    soundfile.write(path, np.tile(tone(2, rate)[:, None], channels), rate, subtype)
    got = decoded(path)
    assert soundfile.info(got.target).subtype == "PCM_16"
    assert (got.rate, got.samples.ndim) == (16000, 1)
    assert abs(got.result.duration - 2000) <= 30
    assert wav_duration(got.target) == got.result.duration
    assert not got.result.damaged
    assert not got.result.truncated
    crossings = np.count_nonzero(np.diff(np.signbit(got.samples[8000:24000])))
    assert abs(crossings - 880) <= 2  # 440 Hz, one second
    assert 0.47 < np.abs(got.samples).max() < 0.55


def test_a_tenth_of_a_second_is_enough(tmp_path: Path, decoded: Decode) -> None:
    soundfile.write(tmp_path / "short.wav", tone(0.1), 16000)
    got = decoded(tmp_path / "short.wav")
    assert got.result.duration == 100
    assert got.samples == pytest.approx(tone(0.1), abs=2e-4)


def test_silence_stays_silent(tmp_path: Path, decoded: Decode) -> None:
    soundfile.write(tmp_path / "silence.flac", np.zeros((44100, 2)), 44100)
    got = decoded(tmp_path / "silence.flac")
    assert got.result.duration == 1000
    assert not got.samples.any()


@pytest.mark.parametrize("channels", [2, 6, 8])
def test_a_voice_on_any_one_channel_is_kept(tmp_path: Path, decoded: Decode, channels: int) -> None:
    for channel in range(channels):
        sound = np.zeros((32000, channels), np.float32)
        sound[:, channel] = tone(2, level=0.9)
        soundfile.write(tmp_path / "one.wav", sound, 16000)
        assert np.abs(decoded(tmp_path / "one.wav").samples).max() == pytest.approx(0.9 / channels, rel=0.02)


@pytest.mark.parametrize("channels", [1, 2, 8])
def test_full_scale_on_all_channels_does_not_clip(tmp_path: Path, decoded: Decode, channels: int) -> None:
    sound = np.tile(tone(1, level=0.999)[:, None], channels)
    soundfile.write(tmp_path / "loud.wav", sound, 16000)
    assert decoded(tmp_path / "loud.wav").samples == pytest.approx(sound[:, 0], abs=1e-3)


def test_more_channels_than_can_be_mixed_are_refused_in_words(tmp_path: Path, decoded: Decode) -> None:
    soundfile.write(tmp_path / "many.wav", np.zeros((160, 65)), 16000)
    with pytest.raises(
        MediaError, match=r"“many\.wav” holds sound in a form that cannot be mixed here: .* 65 channels"
    ):
        decoded(tmp_path / "many.wav")


def test_the_peaks_of_the_same_pass_are_those_of_the_wav(talk: Path, decoded: Decode) -> None:
    got = decoded(talk)
    samples = soundfile.read(got.target, dtype="int16")[0]
    pairs = [(samples[at : at + 160].min(), samples[at : at + 160].max()) for at in range(0, len(samples), 160)]
    assert [tuple(pair) for pair in got.peaks.levels[0]] == pairs
    assert got.peaks.duration == got.result.duration


def test_progress_rises_from_0_to_1(talk: Path, decoded: Decode) -> None:
    fractions = decoded(talk).fractions
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert fractions == sorted(fractions)
    assert len(fractions) > 100


def test_progress_is_told_where_the_duration_is_not_known(tmp_path: Path, decoded: Decode) -> None:
    noise = 0.1 * np.random.default_rng(2).standard_normal(16000 * 40).astype(np.float32)
    path = write_video(tmp_path / "live.mkv", 1, [[(0, noise)]], "flac")
    data = path.read_bytes()
    at = data.index(b"\x44\x89\x88")  # the element Duration, 8 bytes long, becomes a Void element
    path.write_bytes(data[:at] + b"\xec\x89" + data[at + 2 :])
    assert probe(path).duration == 0
    fractions = decoded(path).fractions
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert sum(0.1 < fraction < 0.9 for fraction in fractions) >= 1


# Where it lies in time


@pytest.mark.parametrize(
    ("suffix", "codec"), [("mkv", "pcm_s16le"), ("mkv", "aac"), ("mp4", "aac"), ("mov", "pcm_s16le"), ("ts", "aac")]
)
def test_sound_that_starts_after_the_picture_lies_where_it_is_heard(
    tmp_path: Path, decoded: Decode, suffix: str, codec: str
) -> None:
    got = decoded(write_video(tmp_path / f"late.{suffix}", 5, [[(2.0, tone(2))]], codec))
    assert got.loudness(0, 1.9) < 0.001
    assert got.loudness(2.1, 3.9) > 0.3
    first = np.flatnonzero(np.abs(got.samples) > 0.1)[0] / 16000
    assert abs(first - 2.0) < 0.07  # AAC starts with up to one frame of its own


@pytest.mark.parametrize(
    ("suffix", "subtype"), [("wav", "PCM_16"), ("flac", "PCM_16"), ("ogg", "VORBIS"), ("ogg", "OPUS"), ("mp3", None)]
)
def test_a_click_stays_where_it_is(tmp_path: Path, decoded: Decode, suffix: str, subtype: str | None) -> None:
    sound = np.zeros(96_000, np.float32)
    sound[48_000:48_200] = 0.9
    soundfile.write(tmp_path / f"click.{suffix}", sound, 48_000, subtype)
    got = decoded(tmp_path / f"click.{suffix}").samples
    middle = np.average(np.arange(len(got)), weights=np.abs(got) > 0.2) / 16
    assert middle == pytest.approx(1002, abs=5)  # milliseconds


def test_a_gap_in_the_time_stamps_becomes_silence(tmp_path: Path, decoded: Decode) -> None:
    pieces = [(0.0, tone(1.024)), (3.0, tone(1.024)), (5.0, tone(1.024, frequency=880))]
    got = decoded(write_video(tmp_path / "gaps.mkv", 6, [pieces], "pcm_s16le"))
    assert got.result.duration == 6024
    assert [round(got.loudness(s, s + 0.9), 2) for s in (0.05, 1.1, 2.0, 3.05, 4.05, 5.05)] == pytest.approx(
        [0.35, 0, 0, 0.35, 0, 0.35], abs=0.01
    )


def test_many_small_gaps_do_not_add_up(tmp_path: Path, decoded: Decode) -> None:
    pieces = [(n * 0.104, tone(0.064)) for n in range(100)]  # 40 ms missing after every 64 ms
    got = decoded(write_video(tmp_path / "drift.mkv", 11, [pieces], "pcm_s16le"))
    assert abs(got.result.duration - (99 * 104 + 64)) <= 100


def test_a_broken_time_stamp_cannot_fill_the_disk(tmp_path: Path, decoded: Decode) -> None:
    path = write_video(tmp_path / "jump.mkv", 4, [[(0.0, tone(2.048)), (40_000.0, tone(1.024))]], "pcm_s16le")
    data = path.read_bytes()
    at = data.index(b"\x44\x89\x88") + 3
    path.write_bytes(data[:at] + np.array(5000.0, ">f8").tobytes() + data[at + 8 :])  # the header says 5 s
    got = decoded(path)
    assert got.result.duration == 6024
    assert got.loudness(5.1, 5.9) > 0.3


# Tracks


def test_each_track_can_be_had(tmp_path: Path, decoded: Decode) -> None:
    path = write_video(tmp_path / "two.mkv", 2, [[(0, tone(2, frequency=300))], [(0, tone(2, frequency=2000))]])
    pitches = [int(np.argmax(np.abs(np.fft.rfft(decoded(path, n).samples[8000:24000])))) for n in (0, 1)]
    assert pitches == pytest.approx([300, 2000], abs=2)


def test_a_track_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path, decoded: Decode) -> None:
    path = write_video(tmp_path / "two.mkv", 1, [[(0, tone(1))], [(0, tone(1))]])
    with pytest.raises(UsageError) as caught:
        decoded(path, 2)
    assert str(caught.value) == (
        "“two.mkv” has no audio track 2. It has 0 (aac, 1 channels), 1 (aac, 1 channels); tracks are counted from 0."
    )
    with pytest.raises(UsageError):
        decoded(path, -1)


# Damage


def test_damage_in_the_middle_is_left_out_and_times_after_it_stay_right(tmp_path: Path, decoded: Decode) -> None:
    path = tmp_path / "scratched.flac"
    sound = np.concatenate([0.1 * np.random.default_rng(3).standard_normal(16000 * 20).astype(np.float32), tone(10)])
    soundfile.write(path, sound, 16000)
    data = bytearray(path.read_bytes())
    data[200_000:260_000] = bytes(60_000)
    path.write_bytes(data)
    got = decoded(path)
    assert got.result.damaged
    assert not got.result.truncated
    assert abs(got.result.duration - 30_000) <= 20
    assert got.loudness(20.5, 29.5) == pytest.approx(0.354, abs=0.01)
    assert got.loudness(18.5, 19.5) == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_a_recording_that_was_cut_off_gives_what_is_there(tmp_path: Path, decoded: Decode, suffix: str) -> None:
    path = tmp_path / f"cut.{suffix}"
    soundfile.write(path, 0.1 * np.random.default_rng(3).standard_normal(16000 * 20), 16000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    got = decoded(path)
    assert got.result.truncated
    assert abs(got.result.duration - 10_000) < 500


def test_a_video_cut_off_gives_what_is_there(tmp_path: Path, decoded: Decode) -> None:
    path = write_video(tmp_path / "cut.mkv", 20, [[(0, tone(20))]], "pcm_s16le")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 5_000 < decoded(path).result.duration < 15_000


def test_a_header_without_sound_is_refused_in_words(tmp_path: Path, decoded: Decode) -> None:
    path = tmp_path / "header.wav"
    soundfile.write(path, tone(1), 16000)
    path.write_bytes(path.read_bytes()[:44])
    with pytest.raises(MediaError, match=r"“header\.wav” holds no sound"):
        decoded(path)


def test_the_terminal_stays_clean(talk: Path, decoded: Decode, capfd: pytest.CaptureFixture[str]) -> None:
    talk.write_bytes(talk.read_bytes()[:100_001])
    assert decoded(talk).result.truncated
    assert capfd.readouterr() == ("", "")


# Ends before the end


def test_a_stop_leaves_nothing_behind(talk: Path, tmp_path: Path) -> None:
    stop, target = StopToken(), tmp_path / "out" / "decoded.wav"
    target.parent.mkdir()
    steps = decode(talk, target, None, stop=stop)
    while next(steps) < 0.3:
        assert not target.exists()
    stop.request(StopReason.PAUSE)
    with pytest.raises(Stopped) as caught:
        list(steps)
    assert caught.value.reason is StopReason.PAUSE
    assert list(target.parent.iterdir()) == []


def test_giving_up_the_generator_leaves_nothing_behind(talk: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "decoded.wav"
    target.parent.mkdir()
    steps = decode(talk, target, None, stop=StopToken())
    assert next(step for step in steps if step > 0.1) < 1
    assert len(list(target.parent.iterdir())) == 1
    steps.close()
    assert list(target.parent.iterdir()) == []


def test_what_a_killed_process_left_is_removed_later(talk: Path, tmp_path: Path, decoded: Decode) -> None:
    old, fresh = tmp_path / "decoded.wav.99999.part", tmp_path / "decoded.wav.88888.part"
    old.touch()
    fresh.touch()
    os.utime(old, (0, 0))
    assert decoded(talk).result.duration == 20_000
    assert not old.exists()
    assert fresh.exists()  # another process may be writing it


def test_a_recording_that_vanished_is_told(talk: Path, decoded: Decode) -> None:
    talk.unlink()
    with pytest.raises(MediaError, match=r"“talk\.wav” is not there any more"):
        decoded(talk)


def test_a_recording_that_vanishes_while_it_is_read_is_told(talk: Path, tmp_path: Path) -> None:
    target = tmp_path / "decoded.wav"
    steps = decode(talk, target, None, stop=StopToken())
    assert next(step for step in steps if step > 0.1) < 1
    os.truncate(talk, 300_000)
    talk.unlink()
    with pytest.raises(MediaError, match=r"“talk\.wav” is not there any more"):
        list(steps)
    assert not target.exists()


def test_a_disk_that_fails_while_it_is_read_is_told(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(FileIO):
        def read(self, size: int = -1, /) -> bytes:
            if self.tell() > 500_000:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(size)

    monkeypatch.setattr("studio.media.source.FileIO", Failing)
    with pytest.raises(MediaError, match=r"“talk\.wav” cannot be read: the system says “Input/output error”"):
        list(decode(talk, tmp_path / "decoded.wav", None, stop=StopToken()))
    assert [file.name for file in tmp_path.iterdir()] == ["talk.wav"]


def test_a_target_folder_that_is_not_there_is_told(talk: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"The sound of “talk\.wav” cannot be stored in"):
        list(decode(talk, tmp_path / "none" / "decoded.wav", None, stop=StopToken()))


def test_a_disk_without_room_is_told_before_the_work(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match=r"is full: the sound of “talk\.wav” does not fit"):
        next(decode(talk, tmp_path / "decoded.wav", None, stop=StopToken()))


def test_a_disk_that_fills_up_is_told_and_left_as_it_was(talk: Path, tmp_path: Path) -> None:
    """A limit on file sizes in a child process stands for the full disk: the system refuses to write just so."""
    code = f"""
        import resource, signal
        from pathlib import Path
        from studio.core.errors import StorageError
        from studio.core.jobs import StopToken
        from studio.media import decode
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            list(decode(Path({str(talk)!r}), Path({str(tmp_path / "decoded.wav")!r}), None, stop=StopToken()))
        except StorageError as error:
            print(error)
            print(error.problem.detail)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    told, detail = done.stdout.splitlines()
    assert told.startswith(f"The disk with “{tmp_path}” is full: the sound of “talk.wav” does not fit.")
    assert f"[Errno {errno.EFBIG}]" in detail
    assert done.stderr == ""
    assert [file.name for file in tmp_path.iterdir()] == ["talk.wav"]


# Size


@pytest.mark.slow
def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    block = 0.05 * np.random.default_rng(7).standard_normal((11025, 2))
    used = {}
    for seconds in (60, 3600):
        path = tmp_path / f"{seconds}.flac"
        with soundfile.SoundFile(path, "w", 11025, 2) as file:
            for _ in range(seconds):
                file.write(block)
        code = f"""
            import resource
            from pathlib import Path
            from studio.core.jobs import StopToken
            from studio.media import PeaksWriter, decode
            list(decode(Path({str(path)!r}), Path({str(tmp_path / "out.wav")!r}), PeaksWriter(), stop=StopToken()))
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        """
        run = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
        assert wav_duration(tmp_path / "out.wav") == seconds * 1000
        used[seconds] = int(run.stdout) / 1024
        path.unlink()
    assert used[3600] - used[60] < 40


def test_peaks_are_optional(talk: Path, tmp_path: Path) -> None:
    assert list(decode(talk, tmp_path / "a.wav", None, stop=StopToken()))[-1] == 1.0
    assert list(decode(talk, tmp_path / "b.wav", PeaksWriter(), stop=StopToken()))[-1] == 1.0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
