"""What comes out of the loudspeaker: the player in a process of its own, with a sound card that can be listened to.

Needs pulseaudio and its parec.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import machine
import numpy as np
import pytest
import soundfile

MISSING = [tool for tool in ("pulseaudio", "parec") if shutil.which(tool) is None]
RATE = 48_000
WINDOW, HOP = RATE // 50, RATE // 100  # 20 ms, every 10 ms

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(bool(MISSING), reason=f"listening needs {', '.join(MISSING)}"),
]

Sound = machine.Sound

PLAY = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.ui.player import Player

path, rate, start, end, seconds = Path(sys.argv[1]), *map(float, sys.argv[2:])
app = QApplication([])
player = Player(app)
player.load(path)
player.set_rate(rate)
if end:
    player.set_loop((int(start), int(end)))
    QTimer.singleShot(int(seconds * 1000), app.quit)
else:
    started = []
    player.playing_changed.connect(lambda on: started.append(on) if on else QTimer.singleShot(700, app.quit))
player.play()
app.exec()
player.stop()
"""


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of programs that play to a card nobody hears but us."""
    with machine.card(tmp_path_factory.mktemp("card")) as env:
        yield env


def hear(card: dict[str, str], sound: Path, rate: float, loop: tuple[int, int] = (0, 0), seconds: float = 0) -> Sound:
    """What is heard of a recording from the first sound on: all of it once, or a loop for some seconds."""
    recorder = machine.Recorder(card, sound.with_suffix(".raw"), RATE, 20)
    try:
        numbers = [str(number) for number in (rate, *loop, seconds)]
        command = [sys.executable, "-c", PLAY, str(sound), *numbers]
        subprocess.run(command, env=card, check=True, capture_output=True, timeout=60)
    finally:
        recorder.stop()
    heard = recorder.raw()
    loud = np.flatnonzero(np.abs(heard) > 0.02)
    assert len(loud), "nothing was heard"
    return heard[loud[0] : loud[-1]]


def pitches(heard: Sound) -> Sound:
    """The loudest frequency (Hz) of every 10 ms; nan where it is quiet."""
    parts = np.lib.stride_tricks.sliding_window_view(heard, WINDOW)[::HOP]
    spectrum = np.abs(np.fft.rfft(parts * np.hanning(WINDOW), 1 << 15, axis=1))
    found = spectrum.argmax(axis=1) * RATE / (1 << 15)
    return np.where(np.abs(parts).max(axis=1) > 0.05, found, np.nan)


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0])
def test_the_pitch_stays_at_any_speed(card: dict[str, str], tmp_path: Path, rate: float) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, 0.5 * np.sin(np.arange(2 * RATE) / RATE * 2 * np.pi * 440), RATE)
    heard = hear(card, path, rate)
    assert len(heard) / RATE == pytest.approx(2 / rate, abs=0.25), "two seconds take so long"
    inner = pitches(heard[RATE // 5 : -RATE // 5])
    assert np.nanmedian(inner) == pytest.approx(440, abs=3)
    assert np.mean(np.abs(inner - 440) < 20) > 0.9


def rounds(times: Sound) -> list[tuple[float, float]]:
    """First and last moment heard of each whole round of a loop; jumps back part them."""
    times = times[~np.isnan(times)]
    around = np.lib.stride_tricks.sliding_window_view(times, 7)
    times = np.median(around, axis=1)  # a click or a hiccup of a busy computer is no jump
    turns = np.flatnonzero(np.diff(times) < -0.2) + 1
    parts = [part for part in np.split(times, turns) if len(part) > 30]
    return [(float(part[0]), float(part[-1])) for part in parts[1:-1]]


@pytest.mark.parametrize("rate", [0.5, 1.0, 1.5])
def test_a_loop_is_heard_whole_and_nothing_else(card: dict[str, str], tmp_path: Path, rate: float) -> None:
    path = tmp_path / "rising.wav"
    at = np.arange(6 * RATE) / RATE
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * (300 * at + 100 * at**2)), RATE)  # 300 Hz, and 200 more a second
    heard = rounds((pitches(hear(card, path, rate, (2_000, 3_200), 6 / rate)) - 300) / 200)
    assert len(heard) >= 2
    starts, ends = [start for start, _ in heard], [end for _, end in heard]
    assert min(starts) > 1.92, "nothing before it"
    assert max(ends) < 3.28, "nothing behind it"
    assert min(starts) < 2.3, "a seek on a busy computer swallows a moment; on an idle one it is 0.02 s"
    assert max(ends) > 3.05


EXCHANGE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.ui.player import Player

own, other = map(Path, sys.argv[1:])
app = QApplication([])
player = Player(app)
player.load(own)
player.set_other(other)
player.hear_other(False)
turns = [1_500, 3_000, 4_500]

def follow(ms):
    if turns and ms >= turns[0]:
        turns.pop(0)
        player.hear_other(not player.hears_other)
    if ms >= 5_700:
        app.quit()

player.position_changed.connect(follow)
player.play()
app.exec()
player.stop()
"""


def test_the_cleaned_sound_takes_the_place_of_the_other_without_a_jump(card: dict[str, str], tmp_path: Path) -> None:
    """Each tells by its pitch where it is: 300 Hz, or 3,000 Hz, and 50 more a second."""
    own, other = tmp_path / "own.wav", tmp_path / "cleaned.flac"
    at = np.arange(7 * RATE) / RATE
    for path, pitch in ((own, 300), (other, 3_000)):
        soundfile.write(path, 0.5 * np.sin(2 * np.pi * (pitch * at + 50 * at**2)), RATE)
    recorder = machine.Recorder(card, tmp_path / "heard.raw", RATE, 20)
    try:
        command = [sys.executable, "-c", EXCHANGE, str(own), str(other)]
        subprocess.run(command, env=card, check=True, capture_output=True, timeout=60)
    finally:
        recorder.stop()
    found = pitches(recorder.raw())
    found = found[~np.isnan(found)]
    cleaned = found > 2_500
    times = np.where(cleaned, found - 3_000, found - 300) / 100
    turns = np.flatnonzero(np.diff(cleaned.astype(int)))
    assert len(turns) == 3, "own, cleaned, own, cleaned"
    for turn in turns:
        before, after = np.median(times[turn - 6 : turn - 1]), np.median(times[turn + 3 : turn + 8])
        assert after - before == pytest.approx(0.09, abs=0.25), "it goes on at the same place"
