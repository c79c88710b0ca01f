"""Sound made small to be sent: as long as before, the same sound, never more bytes than planned, whole or not there."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import tone

from studio.core.errors import MediaError, StorageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.media import ENCODINGS, PeaksWriter, decode, encode

FRAME = {"opus": 0.02, "mp3": 0.036, "flac": 0.0, "wav": 0.0}  # seconds


def wav(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples, 16000, subtype="PCM_16")
    return path


def speechlike(seconds: float) -> np.ndarray:
    """Tones that come and go, as syllables do, over a little noise."""
    at = np.arange(round(seconds * 16000)) / 16000
    voice = sum(np.sin(2 * np.pi * f * at) / n for n, f in enumerate((140, 280, 700, 1900), 1))
    noise = np.random.default_rng(1).normal(0, 0.003, len(at))
    return (0.2 * voice * np.clip(np.sin(2 * np.pi * 3 * at), 0, 1) + noise).astype(np.float32)


def decoded(path: Path, folder: Path) -> np.ndarray:
    for _ in decode(path, folder / "back.wav", PeaksWriter(), stop=StopToken()):
        pass
    return soundfile.read(folder / "back.wav", dtype="float32")[0]


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("span", [(0, 7_000), (1_234, 5_678), (6_500, 9_000)])
def test_it_is_as_long_as_before_and_the_same_sound(name: str, span: tuple[int, int], tmp_path: Path) -> None:
    sound = speechlike(7)
    encoding = ENCODINGS[name]
    target = tmp_path / f"part{encoding.suffix}"
    steps = list(encode(wav(tmp_path / "talk.wav", sound), target, encoding, span, StopToken()))
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    expected = sound[span[0] * 16 : span[1] * 16]
    back = decoded(target, tmp_path)
    assert abs(len(back) - len(expected)) <= FRAME[name] * 16000
    both = min(len(back), len(expected))
    assert np.corrcoef(back[:both], expected[:both])[0, 1] > (0.95 if FRAME[name] else 0.9999), "nor is it shifted"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted({"talk.wav", "back.wav", target.name})


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("kind", ["speech", "noise", "silence", "loud noise", "tone", "clicks"])
def test_a_second_never_takes_more_bytes_than_planned(name: str, kind: str, tmp_path: Path) -> None:
    """Whether a recording must be sent in parts is planned by it."""
    chance = np.random.default_rng(2)
    sound = {
        "speech": lambda: speechlike(30),
        "noise": lambda: chance.normal(0, 0.1, 30 * 16000),
        "silence": lambda: np.zeros(30 * 16000),
        "loud noise": lambda: chance.choice([-0.99, 0.99], 30 * 16000),
        "tone": lambda: tone(30, level=0.9),
        "clicks": lambda: (chance.random(30 * 16000) > 0.999).astype(float),
    }[kind]()
    encoding = ENCODINGS[name]
    target = tmp_path / f"part{encoding.suffix}"
    list(encode(wav(tmp_path / "talk.wav", sound), target, encoding, (0, 30_000), StopToken()))
    assert target.stat().st_size <= encoding.rate * 30


@pytest.mark.parametrize("name", ["opus", "flac"])
def test_a_long_recording_takes_no_more_memory_than_a_short_one(name: str, tmp_path: Path) -> None:
    source = tmp_path / "long.wav"
    with soundfile.SoundFile(source, "w", 16000, 1, "PCM_16") as file:
        for _ in range(2):
            file.write(np.zeros(16000 * 60, np.int16))
    most = []
    for span in ((0, 20_000), (0, 120_000)):
        tracemalloc.start()
        for _ in encode(source, tmp_path / "part", ENCODINGS[name], span, StopToken()):
            pass
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert most[1] < 1.2 * most[0] + 100_000


def test_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    source, stop = wav(tmp_path / "talk.wav", np.zeros(16000 * 60)), StopToken()
    steps = encode(source, tmp_path / "part.ogg", ENCODINGS["opus"], (0, 60_000), stop)
    next(steps)
    stop.request(StopReason.PAUSE)
    with pytest.raises(Stopped):
        next(steps)
    assert [p.name for p in tmp_path.iterdir()] == ["talk.wav"]


def test_who_does_not_listen_to_the_end_leaves_nothing_behind(tmp_path: Path) -> None:
    source = wav(tmp_path / "talk.wav", np.zeros(16000 * 60))
    steps = encode(source, tmp_path / "part.ogg", ENCODINGS["opus"], (0, 60_000), StopToken())
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert [p.name for p in tmp_path.iterdir()] == ["talk.wav"]


@pytest.mark.parametrize("name", ["opus", "flac"])
def test_a_disk_that_fills_up_is_told_and_left_as_it_was(name: str, tmp_path: Path) -> None:
    """A limit on file sizes in a child process stands for the full disk: the system refuses to write just so."""
    wav(tmp_path / "talk.wav", np.random.default_rng(3).normal(0, 0.1, 16000 * 60))
    code = f"""
        import resource, signal
        from pathlib import Path
        from studio.core.errors import StorageError
        from studio.core.jobs import StopToken
        from studio.media import ENCODINGS, encode
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        here = Path({str(tmp_path)!r})
        try:
            list(encode(here / "talk.wav", here / "part", ENCODINGS[{name!r}], (0, 60_000), StopToken()))
        except StorageError as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"The disk with “{tmp_path}” is full: the sound of “talk.wav” does not fit.")
    assert [p.name for p in tmp_path.iterdir()] == ["talk.wav"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    source = wav(tmp_path / "talk.wav", np.zeros(16000))
    with pytest.raises(StorageError, match="cannot be stored in"):
        list(encode(source, tmp_path / "none" / "part.ogg", ENCODINGS["opus"], (0, 1000), StopToken()))


def test_sound_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises((StorageError, MediaError), match=r"talk\.wav"):
        list(encode(tmp_path / "talk.wav", tmp_path / "part.ogg", ENCODINGS["opus"], (0, 1000), StopToken()))
