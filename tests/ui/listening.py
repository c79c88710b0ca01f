"""A sound that tells which of its moments is heard, and when it was heard: for whatever records a sound card.

The pitch of a rising tone says the moment; the recorder's clock, known from when its file grows, says when that was.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import soundfile

from tests.ui import machine

RATE = 48_000
BASE, SLOPE = 400, 400  # Hz at the start, and so many more a second
WINDOW, HOP = RATE // 50, RATE // 500  # 20 ms, every 2 ms
TO, SECOND = 13_500, 11_000  # milliseconds: where a seek goes, and the speech there begins

# A rising tone stands at two places; from the first one it jumps into the second one, again and again.
_SEEK = """
import sys, time
from pathlib import Path
import soundfile
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio import media
from studio.core.voiceover import Placed
from studio.ui.player import Player
from studio.ui.voiceover import Heard, Preview

clip, recording, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
app = QApplication([])
player = Player(app)
samples, hertz = soundfile.read(clip, dtype="float32")
preview = Preview(player, lambda p: (p.id, lambda: media.Samples(samples, hertz)), app)
if recording.is_file():
    player.load(recording)
else:
    player.set_alone(30_000)
player.seek(900)
length = len(samples) * 1000 // hertz
preview.set_plan([Placed(n, at, length) for n, at in enumerate((1_000, int(sys.argv[5])))], 12.0)
preview.set_heard(Heard.BOTH)
preview.set_on(True)
left = rounds

def follow(ms):
    global left
    if 2_000 + 37 * left < ms < 9_000:
        print(time.monotonic(), flush=True)
        player.seek(int(sys.argv[4]))
        QTimer.singleShot(800, again)

def again():
    global left
    left -= 1
    if left:
        player.seek(900)
    else:
        app.quit()

player.position_changed.connect(follow)
QTimer.singleShot(500, player.play)
app.exec()
player.stop()
preview.shut_down()
"""


def rising(seconds: float, base: float = BASE, slope: float = SLOPE) -> machine.Sound:
    at = np.arange(round(seconds * RATE)) / RATE
    return 0.4 * np.sin(2 * np.pi * (base * at + slope / 2 * at**2))


def hear(env: dict[str, str], folder: Path, command: list[str]) -> tuple[machine.Sound, float, str]:
    """What a program plays, when (time.monotonic) that began to be recorded, and what it printed."""
    recorder, began = machine.Recorder(env, folder / "heard.raw", RATE, 20), np.inf
    try:
        program = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        while program.poll() is None:
            size = recorder.path.stat().st_size
            began = min(began, time.monotonic() - size / 2 / RATE)
            try:
                program.wait(timeout=0.002)
            except subprocess.TimeoutExpired:
                continue
        assert program.stdout
        printed = program.stdout.read()
        assert program.returncode == 0, printed
    finally:
        recorder.stop()
    return recorder.raw(), float(began), printed


def pitches(heard: machine.Sound, low: float = 90.0, high: float = 20_000.0) -> tuple[machine.Sound, machine.Sound]:
    """Every 2 ms: the loudest frequency in this range, and how loud it is."""
    parts = np.lib.stride_tricks.sliding_window_view(heard, WINDOW)[::HOP] * np.hanning(WINDOW)
    size = 1 << 13
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    wanted = np.flatnonzero((hertz > low) & (hertz < high))
    spectrum = np.abs(np.fft.rfft(parts, size, axis=1))[:, wanted]
    at = np.clip(spectrum.argmax(axis=1), 1, len(wanted) - 2)
    before, peak, after = (np.log(spectrum[np.arange(len(at)), at + step] + 1e-12) for step in (-1, 0, 1))
    beside = (before - after) / np.minimum(2 * (before - 2 * peak + after), -1e-9)  # where a parabola is highest
    return hertz[wanted[at]] + np.clip(beside, -0.5, 0.5) * RATE / size, spectrum.max(axis=1) / (WINDOW / 4)


def seeks(env: dict[str, str], folder: Path, recording: Path, rounds: int) -> list[tuple[float, float, float]]:
    """Of each seek, in milliseconds: when the old speech ended, when the new one began, how far off it is by then."""
    soundfile.write(folder / "clip.wav", rising(4), RATE)
    command = [sys.executable, "-c", _SEEK, str(folder / "clip.wav"), str(recording), *map(str, (rounds, TO, SECOND))]
    heard, began, printed = hear(env, folder, command)
    pitch, level = pitches(heard, 300, 3_000)
    times = began + (np.arange(len(pitch)) * HOP + WINDOW / 2) / RATE
    found = []
    for at in map(float, printed.splitlines()):
        near = (level > 0.02) & (times > at - 0.5) & (times < at + 0.7)
        since, moment = 1000 * (times[near] - at), (pitch[near] - BASE) / SLOPE * 1000
        new = int(np.flatnonzero(moment > TO - SECOND - 100)[0])
        off = since - (moment - (TO - SECOND))
        found.append((float(since[new - 1]), float(since[new]), float(off[new + 20])))
    return found
