"""What is heard of a voice-over while it plays, and of the cleaned sound: recorded from a sound card of its own.

    python -m tests.benchmarks.listening [--rounds 10]

A rising tone tells by its pitch which of its moments is heard. Needs pulseaudio and its parec.

Onset: how far each clip is from its time in the recording, which beeps there, and by how much that is softer under it.
Exchange: how far what is heard jumps when the cleaned sound takes the place of the recording's own, and back.
Seek: how long the speech of the old place is heard after a seek, by the clock of the computer.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from tests.ui import listening, machine
from tests.ui.listening import BASE, HOP, RATE, SLOPE, hear, pitches, rising

from .common import python, table

HIGH = 3_000  # Hz, the recording's tone at its start; that of a speech is lower
CUES, EVERY, LONG = 6, 3, 1.2  # how many, seconds from one to the next, seconds of a speech
SPEEDS = (0.75, 1.0, 1.5, 2.0)
DUCKED = 12.0  # decibels
TURNS = 1.5  # seconds between two exchanges

_ONSETS = """
import sys
from pathlib import Path
import soundfile
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio import media
from studio.core.voiceover import Placed
from studio.ui.player import Player
from studio.ui.voiceover import Heard, Preview

clip, recording = sys.argv[1:3]
rate, count, every, ducked = map(float, sys.argv[3:])
app = QApplication([])
player = Player(app)
samples, hertz = soundfile.read(clip, dtype="float32")
preview = Preview(player, lambda p: (p.id, lambda: media.Samples(samples, hertz)), app)
player.load(Path(recording))
player.set_rate(rate)
length = len(samples) * 1000 // hertz
preview.set_plan([Placed(n, int((n + 1) * every * 1000), length) for n in range(int(count))], ducked)
preview.set_heard(Heard.BOTH)
preview.set_on(True)
player.playing_changed.connect(lambda on: None if on else QTimer.singleShot(500, app.quit))
player.play()
app.exec()
preview.shut_down()
"""
_EXCHANGES = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.ui.player import Player

own, other = map(Path, sys.argv[1:3])
count, every = int(sys.argv[3]), float(sys.argv[4])
app = QApplication([])
player = Player(app)
player.load(own)
player.other.set(other)
player.other.want(False)
turns = [int((n + 1) * every * 1000) for n in range(count)]

def follow(ms):
    if turns and ms >= turns[0]:
        turns.pop(0)
        player.other.want(not player.other.wanted)

player.position_changed.connect(follow)
player.playing_changed.connect(lambda on: None if on else app.quit())
player.play()
app.exec()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        (folder / "card").mkdir()
        with machine.card(folder / "card") as env:
            onsets(env, folder)
            exchanges(env, folder, a.rounds)
            seeks(env, folder, a.rounds)


def onsets(env: dict[str, str], folder: Path) -> None:
    soundfile.write(folder / "clip.wav", rising(LONG), RATE)
    soundfile.write(folder / "recording.wav", rising((CUES + 1) * EVERY, HIGH, SLOPE / 2), RATE)
    rows = []
    for rate in SPEEDS:
        numbers = map(str, (rate, CUES, EVERY, DUCKED))
        command = python("-c", _ONSETS, str(folder / "clip.wav"), str(folder / "recording.wav"), *numbers)
        heard, _, _ = hear(env, folder, command)
        (pitch, level), (high, loud) = pitches(heard, 300, 2_000), pitches(heard, 2_900, 9_000)
        recorded = (high - HIGH) / (SLOPE / 2)  # seconds, where the recording is heard
        speaks, whole = level > 0.05, np.percentile(loud, 90)
        begins = np.flatnonzero(speaks & ~np.roll(speaks, 1) & (loud > 0.005))
        begins = begins[np.concatenate([[True], np.diff(begins) > EVERY / 2 / rate * RATE / HOP])]
        off, softer = [], []
        for n, at in enumerate(begins):
            first = slice(at + 10, at + 30)
            off.append(1000 * float(np.median((n + 1) * EVERY + (pitch[first] - BASE) / SLOPE - recorded[first])))
            middle = at + round(LONG / 2 / rate * RATE / HOP)
            softer.append(20 * np.log10(whole / np.median(loud[middle - 20 : middle + 20])))
        rows.append([f"{rate:g}×", len(off), *around([-value for value in off]), f"{np.median(softer):.1f}"])
    print("Each speech over the recording, milliseconds from its time, + is late:\n")
    table(["speed", "speeches", "off, median", "farthest", f"softer by (wanted {DUCKED:g}), dB"], rows)


def exchanges(env: dict[str, str], folder: Path, rounds: int) -> None:
    length, base = (rounds + 1) * TURNS, 8_000
    slope = 6_000 / length
    for name, start in (("own.wav", BASE), ("cleaned.flac", base)):
        soundfile.write(folder / name, rising(length, start, slope), RATE)
    command = python("-c", _EXCHANGES, *(str(folder / name) for name in ("own.wav", "cleaned.flac")))
    heard, _, _ = hear(env, folder, [*command, str(rounds), str(TURNS)])
    pitch, level = pitches(heard)
    clear = level > 0.1
    here, cleaned = np.flatnonzero(clear), pitch[clear] > (base + BASE + 6_000) / 2
    moment = (pitch[clear] - np.where(cleaned, base, BASE)) / slope * 1000
    jumps: dict[bool, list[float]] = {True: [], False: []}
    for turn in np.flatnonzero(np.diff(cleaned.astype(int))):
        before, after = slice(turn - 14, turn - 6), slice(turn + 8, turn + 16)
        passed = (np.median(here[after]) - np.median(here[before])) * HOP / RATE * 1000
        jumps[bool(cleaned[turn + 1])].append(float(np.median(moment[after]) - np.median(moment[before]) - passed))
    rows = [[name, len(jumps[way]), *around(jumps[way])] for name, way in (("cleaned", True), ("own again", False))]
    print("The other sound, milliseconds that what is heard jumps by, + is forward:\n")
    table(["to", "exchanges", "median", "farthest"], rows)


def seeks(env: dict[str, str], folder: Path, rounds: int) -> None:
    soundfile.write(folder / "quiet.wav", np.zeros(30 * RATE), RATE)
    rows = []
    for what, recording in (("no recording", "none.wav"), ("over a recording", "quiet.wav")):
        found = listening.seeks(env, folder, folder / recording, rounds)
        rows.append([what, len(found), *(text for values in zip(*found, strict=True) for text in around(values))])
    print("A seek from one speech into another, milliseconds, median and the farthest; + is late:\n")
    heads = ("the old one ends", "the new one begins", "it is off the player's clock")
    table(["", "seeks", *(text for head in heads for text in (head, "farthest"))], rows)


def around(values: Sequence[float]) -> tuple[str, str]:
    return f"{np.median(values):.0f}", f"{max(values, key=abs):.0f}"


if __name__ == "__main__":
    main()
