"""What is heard of a stream that is still being made; on a sound card that can be listened to.

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

MISSING = [tool for tool in ("pulseaudio", "parec") if shutil.which(tool) is None]
RATE = 48_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(bool(MISSING), reason=f"listening needs {', '.join(MISSING)}"),
]

# Two seconds come at once, a third one when all is heard; a pause inside the first.
PLAY = """
import sys
import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.ui.speaking import SpeechOutput

rate = int(sys.argv[1])
app = QApplication([])
output = SpeechOutput(app)
output.begin(rate)
paused = started = False

def tone(pitch):
    return (0.3 * np.sin(np.arange(rate) / rate * 2 * np.pi * pitch)).astype(np.float32)

def follow(ms):
    global paused, started
    if ms > 500 and not paused:
        paused = True
        output.pause()
        print("paused", output.position())
        QTimer.singleShot(600, go_on)
    if ms == output.length == 2000 and not started:
        started = True
        output.add(tone(660))
        output.finish()

def go_on():
    print("still", output.position())
    output.play()

output.position_changed.connect(follow)
output.failed.connect(print)
output.ended.connect(lambda: (print("ended", output.length), QTimer.singleShot(200, app.quit)))
output.add(tone(440))
output.add(tone(550))
output.play()
app.exec()
"""
# The only loudspeaker goes away in the first second of three; another one comes when that was told.
UNPLUG = """
import subprocess
import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.ui.speaking import SpeechOutput

rate = 48_000
app = QApplication([])
output = SpeechOutput(app)
gone = False

def pactl(*words):
    return subprocess.run(["pactl", *words], check=True, capture_output=True, text=True).stdout

def follow(ms):
    global gone
    if ms > 500 and not gone:
        gone = True
        pactl("unload-module", *(l.split()[0] for l in pactl("list", "short", "modules").splitlines() if "null" in l))
        print(ms)

def lost(sentence):
    print(output.position(), output.playing, sentence)
    pactl("load-module", "module-null-sink", "sink_name=ci")
    QTimer.singleShot(0, output.play)

output.position_changed.connect(follow)
output.failed.connect(lost)
output.ended.connect(lambda: (print("ended", output.length), app.quit()))
output.begin(rate)
output.add((0.3 * np.sin(np.arange(3 * rate) / rate * 2 * np.pi * 440)).astype(np.float32))
output.finish()
output.play()
app.exec()
"""
# Two pieces are heard; in the second one something happens to the loudspeakers.
SWITCH = """
import subprocess, sys
import numpy as np
from PySide6.QtWidgets import QApplication
from studio.ui.speaking import SpeechOutput

rate = 48_000
app = QApplication([])
output = SpeechOutput(app)
done = False

def follow(ms):
    global done
    if ms > 1_200 and not done:
        done = True
        subprocess.run(["pactl", *sys.argv[1:]], check=True, capture_output=True)

output.position_changed.connect(follow)
output.failed.connect(print)
output.ended.connect(lambda: (print("ended", output.length), app.quit()))
output.begin(rate)
for pitch in (440, 550):
    output.add((0.3 * np.sin(np.arange(rate) / rate * 2 * np.pi * pitch)).astype(np.float32))
output.finish()
output.play()
app.exec()
"""
# The only loudspeaker goes away; what is told of it is printed with the time it took.
GONE = """
import subprocess, time
import numpy as np
from PySide6.QtWidgets import QApplication
from studio.ui.speaking import SpeechOutput

app = QApplication([])
output = SpeechOutput(app)
gone = []

def follow(ms):
    if ms > 1_200 and not gone:
        subprocess.run(["pactl", "unload-module", "module-null-sink"], check=True, capture_output=True)
        gone.append(time.monotonic())

tries = []

def lost(sentence):
    tries.append(output.position())
    if len(tries) == 1:
        print(time.monotonic() - gone[0], output.playing)
        output.go_back(1_000)
    if len(tries) == 4:
        print(*tries[1:])
        app.quit()
    else:
        output.play()

output.position_changed.connect(follow)
output.failed.connect(lost)
output.begin(48_000)
for _ in range(3):
    output.add(np.full(48_000, 0.1, np.float32))
output.finish()
output.play()
app.exec()
"""
NO_CARD = """
from PySide6.QtWidgets import QApplication
from studio.ui.speaking import SpeechOutput
app = QApplication([])
output = SpeechOutput(app)
output.failed.connect(print)
output.begin(24000)
output.play()
print(output.playing)
"""


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with machine.card(tmp_path_factory.mktemp("card")) as env:
        yield env


@pytest.mark.parametrize("rate", [24_000, 22_050])
def test_a_stream_is_heard_while_it_is_made(card: dict[str, str], tmp_path: Path, rate: int) -> None:
    recorder = machine.Recorder(card, tmp_path / "heard.raw", RATE, 20)
    try:
        command = [sys.executable, "-c", PLAY, str(rate)]
        run = subprocess.run(command, env=card, check=True, capture_output=True, text=True, timeout=60)
    finally:
        recorder.stop()
    paused, still, ended = (line.split() for line in run.stdout.splitlines())
    assert paused[0] == "paused"
    assert still[1] == paused[1]
    assert ended == ["ended", "3000"]
    heard = recorder.heard()
    assert {pitch: round(seconds, 1) for pitch, seconds in lengths(heard).items()} == {440: 1.0, 550: 1.0, 660: 1.0}
    quiet = np.flatnonzero(np.abs(heard[RATE // 4 : 2 * RATE]) < 0.003)
    assert len(quiet) > 0.5 * RATE


@pytest.mark.skipif(shutil.which("pactl") is None, reason="unplugging needs pactl")
def test_a_loudspeaker_that_is_unplugged_is_told_and_it_goes_on_with_another(tmp_path: Path) -> None:
    with machine.card(tmp_path) as env:  # one of its own: the others of this module must not miss theirs
        run = subprocess.run(
            [sys.executable, "-c", UNPLUG], env=env, check=True, capture_output=True, text=True, timeout=60
        )
    unplugged, lost, ended = run.stdout.splitlines()
    place, playing, sentence = lost.split(" ", 2)
    assert sentence.startswith("The loudspeaker or headphones are gone: ")
    assert playing == "False"
    assert 0 <= int(place) - int(unplugged) < 1_000, "it rests where it stopped"
    assert ended == "ended 3000"


@pytest.mark.skipif(shutil.which("pactl") is None, reason="plugging needs pactl")
@pytest.mark.parametrize("change", ["set-default-sink two", "unload-module {ci}"])
def test_another_default_output_is_followed_from_the_same_place(tmp_path: Path, change: str) -> None:
    """Because the user chose it, or because the one in use is unplugged and it is the only other one."""
    with machine.card(tmp_path) as env:
        own = pactl(env, "list", "short", "modules").split("module-null-sink")[0].split()[-1]
        pactl(env, "load-module", "module-null-sink", "sink_name=two")
        recorder = machine.Recorder(env, tmp_path / "heard.raw", RATE, 20, "two.monitor")
        try:
            command = [sys.executable, "-c", SWITCH, *change.format(ci=own).split()]
            run = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=60)
        finally:
            recorder.stop()
    assert run.stdout.split() == ["ended", "2000"]
    seconds = lengths(recorder.heard())
    assert seconds[440] == 0, "that was said before"
    assert seconds[550] == pytest.approx(0.75, abs=0.15), "all the rest"


@pytest.mark.skipif(shutil.which("pactl") is None, reason="unplugging needs pactl")
def test_a_loudspeaker_that_is_gone_is_told_soon_and_the_place_is_kept(tmp_path: Path) -> None:
    """Qt tells nothing of it. Playing where nothing is leads no farther back, however often it is tried."""
    with machine.card(tmp_path) as env:
        run = subprocess.run(
            [sys.executable, "-c", GONE], env=env, check=True, capture_output=True, text=True, timeout=60
        )
    told, places = run.stdout.splitlines()
    seconds, playing = told.split()
    assert float(seconds) < 3, "1.2 s, unless the computer is busy"
    assert playing == "False"
    assert places.split() == ["1000"] * 3


def test_without_a_loudspeaker_it_says_so(tmp_path: Path, card: dict[str, str]) -> None:
    nowhere = card | {"PULSE_SERVER": f"unix:{tmp_path / 'no.sock'}"}
    run = subprocess.run(
        [sys.executable, "-c", NO_CARD], env=nowhere, check=True, capture_output=True, text=True, timeout=60
    )
    said, playing = run.stdout.splitlines()
    assert said.startswith("No loudspeaker or headphones were found")
    assert playing == "False"


def pactl(env: dict[str, str], *words: str) -> str:
    return subprocess.run(["pactl", *words], env=env, check=True, capture_output=True, text=True).stdout


def lengths(heard: machine.Sound) -> dict[int, float]:
    """How many seconds of each of the three tones were heard."""
    parts = np.lib.stride_tricks.sliding_window_view(heard, RATE // 50)[:: RATE // 100]
    loud = parts[np.abs(parts).max(axis=1) > 0.1]
    found = np.abs(np.fft.rfft(loud * np.hanning(RATE // 50), 1 << 15, axis=1)).argmax(axis=1) * RATE / (1 << 15)
    return {pitch: float((np.abs(found - pitch) < 30).sum()) / 100 for pitch in (440, 550, 660)}
