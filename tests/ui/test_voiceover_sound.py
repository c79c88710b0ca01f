"""What is heard of a voice-over: real speech over a recording, on a sound card that can be listened to.

Needs pulseaudio and its parec.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import listening
import machine
import numpy as np
import pytest
import soundfile

from studio import media
from studio.core.jobs import StopToken
from studio.core.speaking import Manner
from studio.core.steps import result
from studio.library import Home
from studio.services import voiceover
from studio.services.studio import Studio

MISSING = [tool for tool in ("pulseaudio", "parec") if shutil.which(tool) is None]
RATE = 48_000
HOP = RATE // 500  # 2 ms
WINDOW = RATE // 100
BEEP = 15_000  # Hz, above what a voice has; every half second the recording beeps for a tenth
STARTS = (1_000, 3_500, 6_000, 8_500)  # of the cues

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(bool(MISSING), reason=f"listening needs {', '.join(MISSING)}"),
]

Sound = machine.Sound

PLAY = """
import sys
from pathlib import Path
import soundfile
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio import media
from studio.core.voiceover import Placed
from studio.ui.player import Player
from studio.ui.voiceover import Heard, Preview

recording, clip, heard = Path(sys.argv[1]), sys.argv[2], Heard(sys.argv[3])
rate, start, jump = map(float, sys.argv[4:])
app = QApplication([])
player = Player(app)
samples, hertz = soundfile.read(clip, dtype="float32")
length = len(samples) * 1000 // hertz
placed = [Placed(n, at, length) for n, at in enumerate((1_000, 3_500, 6_000, 8_500))]
preview = Preview(player, lambda p: (p.id, lambda: media.Samples(samples, hertz)), app)
if recording.is_file():
    player.load(recording)
else:
    player.set_alone(11_000)
player.set_rate(rate)
player.seek(int(start))
preview.set_plan(placed, 12.0)
preview.set_heard(heard)
preview.set_on(True)
preview.failed.connect(lambda sentence: (print(sentence), app.exit(1)))
QTimer.singleShot(500, player.play)  # clips near the place are read by then
jumped = not jump

def follow(ms):
    global jumped
    if ms > 5_200 and not jumped:
        jumped = True
        player.seek(int(jump))
    elif ms > 10_700 and player.playing:  # between two beeps
        app.quit()

player.position_changed.connect(follow)
app.exec()
player.stop()
preview.shut_down()
"""


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of programs that play to a card nobody hears but us."""
    with machine.card(tmp_path_factory.mktemp("card")) as env:
        yield env


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence as it is heard in a voice-over."""
    folder = tmp_path_factory.mktemp("speech")
    studio = Studio.open(Home(folder / "home").prepared())
    said = result(voiceover.speech(studio, "Good morning to everyone.", Manner("hibari/heart"), StopToken(), "en"))
    studio.close()
    soundfile.write(folder / "clip.wav", media.resampled(said.samples, said.rate, RATE), RATE)
    return folder / "clip.wav"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, at = tmp_path_factory.mktemp("recording") / "beeps.wav", np.arange(11 * RATE) / RATE
    soundfile.write(path, 0.4 * np.sin(2 * np.pi * BEEP * at) * (at % 0.5 < 0.1), RATE)
    return path


def hear(
    card: dict[str, str], folder: Path, recording: Path, clip: Path, heard: str, *numbers: float
) -> tuple[Sound, Sound]:
    """How loud the beeps and the speech are, every 2 ms. `numbers`: speed, where it begins, where it jumps to."""
    recorder = machine.Recorder(card, folder / "heard.raw", RATE, 20)
    try:
        command = [sys.executable, "-c", PLAY, str(recording), str(clip), heard, *map(str, numbers)]
        subprocess.run(command, env=card, check=True, capture_output=True, timeout=90)
    finally:
        recorder.stop()
    parts = np.lib.stride_tricks.sliding_window_view(recorder.raw(), WINDOW)[::HOP] * np.hanning(WINDOW)
    pitches = np.fft.rfftfreq(WINDOW, 1 / RATE)
    spectrum = np.abs(np.fft.rfft(parts, axis=1)) / (WINDOW / 4)
    beep = spectrum[:, np.abs(pitches - BEEP) <= 200].max(axis=1)
    return beep, spectrum[:, (pitches > 90) & (pitches < 5_000)].max(axis=1)


def onsets(level: Sound, least: float, quiet: int) -> Sound:
    """Milliseconds at which it becomes loud after so many milliseconds of quiet."""
    loud = np.flatnonzero(level > least)
    first = np.concatenate([[True], np.diff(loud) > quiet * RATE // 1000 // HOP])
    return loud[first] * HOP * 1000 / RATE


def assert_near(off: Sound) -> None:
    """Within 60 ms, as a rule; a busy computer may hold up one of them for a moment."""
    assert np.sort(np.abs(off))[:-1].max() < 60
    assert np.abs(off).max() < 150


def nearest(beeps: Sound, speech: Sound) -> Sound:
    """How far each speech is from the beep that is at the same time in the recording."""
    return np.array([speech_at - float(beeps[np.abs(beeps - speech_at).argmin()]) for speech_at in speech])


@pytest.mark.parametrize("rate", [1.0, 1.5])
def test_each_clip_is_heard_at_its_cue_and_the_recording_gives_way(
    card: dict[str, str], tmp_path: Path, recording: Path, clip: Path, rate: float
) -> None:
    beep, speech = hear(card, tmp_path, recording, clip, "both", rate, 0, 0)
    begun, beeps = onsets(speech, 0.01, 500), onsets(beep, 0.01, 150)
    assert len(begun) == len(STARTS)
    assert_near(nearest(beeps, begun))
    levels = np.array([beep[int(at * RATE / 1000 / HOP) + 10 :][:20].max() for at in beeps])
    under = levels[[np.abs(beeps - at).argmin() for at in begun]]
    assert 20 * np.log10(np.median(under) / levels.max()) == pytest.approx(-12, abs=2)


def test_a_seek_into_the_middle_of_a_clip_is_followed(
    card: dict[str, str], tmp_path: Path, recording: Path, clip: Path
) -> None:
    """It begins in the first clip, and jumps into the third one; the fourth is at its time again."""
    beep, speech = hear(card, tmp_path, recording, clip, "both", 1.0, 1_400, 6_400)
    begun, beeps = onsets(speech, 0.01, 400), onsets(beep, 0.01, 150)
    assert len(begun) == 4, "the rest of the first, the second, the rest of the third, the fourth"
    assert_near(nearest(beeps, begun[[1, 3]]))
    assert begun[3] - begun[2] == pytest.approx(STARTS[3] - 6_400, abs=250), "sound takes a moment to jump"


def test_after_a_seek_the_old_place_is_not_heard_any_more(card: dict[str, str], tmp_path: Path) -> None:
    """The sound system holds a fifth of a second; of that nothing comes, and the new speech does not wait for it."""
    soundfile.write(tmp_path / "quiet.wav", np.zeros(30 * RATE), RATE)
    old, new, off = np.median(listening.seeks(card, tmp_path, tmp_path / "quiet.wav", 5), axis=0)
    assert old < 80
    assert new < 100
    assert abs(off) < 60


def test_the_voiceover_alone(card: dict[str, str], tmp_path: Path, recording: Path, clip: Path) -> None:
    """With a recording that is muted, and where there is none."""
    for path, heard in ((recording, "speech"), (tmp_path / "none.wav", "both")):
        beep, speech = hear(card, tmp_path, path, clip, heard, 1.0, 0, 0)
        begun = onsets(speech, 0.01, 500)
        assert_near(np.diff(begun) - np.diff(STARTS))
        assert beep.max() < 0.01


def test_the_recording_alone(card: dict[str, str], tmp_path: Path, recording: Path, clip: Path) -> None:
    beep, speech = hear(card, tmp_path, recording, clip, "recording", 1.0, 0, 0)
    assert speech.max() < 0.01
    assert len(onsets(beep, 0.01, 150)) >= 20
