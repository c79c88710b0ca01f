"""Sound written as a file to keep: as long as planned, in its place, whole or not there; and read back from bytes."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from sounds import tone, write_video

from studio.core.errors import MediaError, StorageError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.media import SOUND_FORMATS, Block, Samples, read_sound, recorded, sound_format, write_sound
from studio.resources import resource

FRAME = {"wav": 1, "flac": 1, "mp3": 1152, "opus": 960, "m4a": 1024}  # samples
LOSSLESS = ("wav", "flac")
RATES = (8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


@pytest.fixture(scope="module")
def speech() -> tuple[np.ndarray, int]:
    sound, rate = soundfile.read(resource("sample.ogg"), dtype="float32")
    return sound[: int(5.4321 * rate)], rate


class Endless:
    """Noise of so many seconds, in blocks."""

    rate, channels = 48_000, 1

    def __init__(self, seconds: int) -> None:
        self.samples = seconds * self.rate

    def blocks(self, stop: StopToken) -> Iterator[Block]:
        chance = np.random.default_rng(3)
        for _ in range(self.samples // self.rate):
            yield chance.normal(0, 0.1, (1, self.rate)).astype(np.float32)


def lag(sound: np.ndarray, reference: np.ndarray) -> int:
    """By how many samples it is later."""
    size = 1 << (len(sound) + len(reference)).bit_length()
    alike = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(reference, size)))
    best = int(np.argmax(alike))
    return best - size if best > size // 2 else best


@pytest.mark.parametrize("name", SOUND_FORMATS)
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2])
def test_it_is_as_long_as_planned_and_in_its_place(
    name: str, rate: int, channels: int, speech: tuple[np.ndarray, int], tmp_path: Path
) -> None:
    sound, own = speech
    form, target = SOUND_FORMATS[name], tmp_path / f"Gespräch: 50 %{SOUND_FORMATS[name].suffix}"
    data = sound if channels == 1 else np.stack([sound, sound / 2])
    steps = list(write_sound(Samples(data, own), target, form, StopToken(), rate))
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    back, found = read_sound(target)
    assert found == (48_000 if name == "opus" else rate)
    assert abs(len(back) - len(sound) * found / own) <= FRAME[name]
    with av.open(str(target)) as written:
        assert written.streams.audio[0].layout.nb_channels == channels
        assert written.duration / 1_000_000 == pytest.approx(len(sound) / own, abs=0.15), "the header says so too"
    expected = np.interp(
        np.arange(len(back)) * own / found, np.arange(len(sound)), data if channels == 1 else data.mean(0)
    )
    assert abs(lag(back, expected)) <= 1
    assert np.corrcoef(back[: len(expected)], expected)[0, 1] > 0.9
    assert [p.name for p in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_is_lossless(name: str, speech: tuple[np.ndarray, int], tmp_path: Path) -> None:
    sound, rate = speech
    target = tmp_path / "out"
    list(write_sound(Samples(sound, rate), target, SOUND_FORMATS[name], StopToken()))
    assert np.abs(soundfile.read(target)[0] - sound).max() <= 1 / 32768, "an independent reader"


@pytest.mark.parametrize("name", SOUND_FORMATS)
def test_what_is_too_loud_is_cut_and_does_not_turn_over(name: str, tmp_path: Path) -> None:
    target = tmp_path / "out"
    loud = np.concatenate([tone(0.5, 48_000, 200, 1.4), np.zeros(24_000, np.float32)])
    list(write_sound(Samples(loud, 48_000), target, SOUND_FORMATS[name], StopToken()))
    back, _ = read_sound(target)
    assert np.corrcoef(back[: len(loud)], np.clip(loud, -1, 1)[: len(back)])[0, 1] > 0.99


def test_a_rate_that_a_format_has_not_becomes_the_next_one_up() -> None:
    assert SOUND_FORMATS["opus"].rate(44_100) == 48_000
    assert SOUND_FORMATS["opus"].rate(22_050) == 24_000
    assert SOUND_FORMATS["mp3"].rate(44_100) == 44_100
    assert SOUND_FORMATS["wav"].rate(9_000) == 11_025
    for wrong in (0, 7_999, 96_000):
        with pytest.raises(UsageError, match="Give a rate from 8000 to 48000"):
            SOUND_FORMATS["wav"].rate(wrong)


def test_the_ending_says_the_format() -> None:
    assert sound_format(Path("Track.MP3")) is SOUND_FORMATS["mp3"]
    for name in ("track", "track.srt", "mp3"):
        with pytest.raises(UsageError, match=r"End it with \.wav, \.flac, \.mp3, \.opus, \.m4a"):
            sound_format(Path(name))


@pytest.mark.parametrize("name", SOUND_FORMATS)
def test_nothing_at_all_is_a_file_of_no_length(name: str, tmp_path: Path) -> None:
    target = tmp_path / "out"
    list(write_sound(Samples(np.zeros(0, np.float32), 24_000), target, SOUND_FORMATS[name], StopToken()))
    assert target.exists()
    with pytest.raises(MediaError):
        read_sound(target)


@pytest.mark.parametrize("name", SOUND_FORMATS)
def test_a_long_sound_takes_no_more_memory_than_a_short_one(name: str, tmp_path: Path) -> None:
    most = []
    for seconds in (10, 100):
        tracemalloc.start()
        for _ in write_sound(Endless(seconds), tmp_path / "out", SOUND_FORMATS[name], StopToken()):
            pass
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert most[1] < 1.2 * most[0] + 100_000


@pytest.mark.parametrize("name", SOUND_FORMATS)
def test_a_stop_leaves_what_was_there_before(name: str, tmp_path: Path) -> None:
    target, stop = tmp_path / "out", StopToken()
    target.write_bytes(b"before")
    steps = write_sound(Endless(60), target, SOUND_FORMATS[name], stop)
    next(steps)
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        next(steps)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert target.read_bytes() == b"before"


def test_who_does_not_listen_to_the_end_leaves_nothing_behind(tmp_path: Path) -> None:
    steps = write_sound(Endless(60), tmp_path / "out", SOUND_FORMATS["mp3"], StopToken())
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", SOUND_FORMATS)
def test_a_disk_that_fills_up_is_told_and_left_as_it_was(name: str, tmp_path: Path) -> None:
    """A limit on file sizes in a child process stands for the full disk: the system refuses to write just so."""
    code = f"""
        import resource, signal
        from pathlib import Path
        import numpy as np
        from studio.core.errors import StorageError
        from studio.core.jobs import StopToken
        from studio.media import SOUND_FORMATS, Samples, write_sound
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        noise = Samples(np.random.default_rng(1).normal(0, 0.1, 48_000 * 60).astype(np.float32), 48_000)
        try:
            list(write_sound(noise, Path({str(tmp_path)!r}) / "out", SOUND_FORMATS[{name!r}], StopToken()))
        except StorageError as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"The disk with “{tmp_path}” is full: “out” does not fit."), done.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"“a\.mp3” cannot be stored in"):
        list(write_sound(Endless(1), tmp_path / "none" / "a.mp3", SOUND_FORMATS["mp3"], StopToken()))


# reading


@pytest.mark.parametrize("name", SOUND_FORMATS)
def test_bytes_are_read_whatever_they_are(name: str, tmp_path: Path) -> None:
    target = tmp_path / "reply"
    list(write_sound(Samples(tone(1.5, 24_000), 24_000), target, SOUND_FORMATS[name], StopToken()))
    sound, rate = read_sound(target.read_bytes())
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert abs(len(sound) / rate - 1.5) <= FRAME[name] / rate
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_webm_is_read(tmp_path: Path) -> None:
    path = tmp_path / "reply.webm"
    with av.open(str(path), "w", format="webm") as out:
        stream = out.add_stream("libopus", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(1, 48_000).reshape(1, -1), "fltp", "mono")
        frame.sample_rate, frame.pts = 48_000, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    data = path.read_bytes()
    assert data.startswith(b"\x1aE\xdf\xa3")
    sound, rate = read_sound(data)
    assert len(sound) / rate == pytest.approx(1, abs=0.021)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 5000,
        b"<html><body>Bad gateway</body></html>",
        b'{"error": "no voice"}',
        b"RIFF",
        b"OggS" + b"\0" * 90,
        b"ID3\x04\0\0\0\0\0\0",
        b"#EXTM3U\nhttp://127.0.0.1/a.mp3\n",
        b"plain words " * 500,
    ],
)
def test_what_is_no_sound_is_told(data: bytes) -> None:
    with pytest.raises(MediaError):
        read_sound(data)


@pytest.mark.parametrize("name", SOUND_FORMATS)
def test_the_first_half_of_a_reply_is_sound_or_told(name: str, tmp_path: Path) -> None:
    list(write_sound(Endless(2), tmp_path / "out", SOUND_FORMATS[name], StopToken()))
    data = (tmp_path / "out").read_bytes()
    try:
        sound, rate = read_sound(data[: len(data) // 2])
    except MediaError:
        return
    assert 0 < len(sound) <= 2.1 * rate


def test_a_picture_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        read_sound(write_video(tmp_path / "silent.mp4", 1.0).read_bytes())


# recordings at full quality


def test_a_recording_keeps_its_channels_its_rate_and_its_time(tmp_path: Path) -> None:
    left, right = tone(2, 44_100, 300), tone(2, 44_100, 800)
    soundfile.write(tmp_path / "two.wav", np.stack([left, right], 1), 44_100)
    source = recorded(tmp_path / "two.wav")
    assert (source.rate, source.channels) == (48_000, 2)
    blocks = list(source.blocks(StopToken()))
    sound = np.concatenate(blocks, axis=1)
    assert abs(sound.shape[1] - 96_000) <= 1
    assert max(b.shape[1] for b in blocks) <= 48_000
    at = np.arange(96_000) / 48_000
    for channel, pitch in zip(sound, (300, 800), strict=True):
        wave = 0.5 * np.sin(2 * np.pi * pitch * at)
        assert np.corrcoef(channel[:96_000], wave)[0, 1] > 0.999


def test_sound_that_begins_late_begins_late(tmp_path: Path) -> None:
    path = write_video(tmp_path / "late.mp4", 4.0, [[(0.0, tone(1)), (2.5, tone(1))]])
    sound = np.concatenate(list(recorded(path).blocks(StopToken())), axis=1)[0]
    quiet, loud = sound[int(1.2 * 48_000) : int(2.4 * 48_000)], sound[int(2.6 * 48_000) : int(3.4 * 48_000)]
    assert np.abs(quiet).max() < 0.01
    assert np.std(loud) > 0.2


def test_eight_channels_become_two_and_none_is_lost(tmp_path: Path) -> None:
    for quiet in range(8):
        sound = np.zeros((16_000, 8), np.float32)
        sound[:, quiet] = tone(1)
        soundfile.write(tmp_path / "eight.wav", sound, 16_000)
        mixed = np.concatenate(list(recorded(tmp_path / "eight.wav").blocks(StopToken())), axis=1)
        assert mixed.shape[0] == 2
        assert np.abs(mixed).max() > 0.02, f"channel {quiet}"
        assert np.abs(mixed).max() <= 1
    assert recorded(tmp_path / "eight.wav", mono=True).channels == 1
    with pytest.raises(UsageError):
        recorded(tmp_path / "eight.wav", track=1)
