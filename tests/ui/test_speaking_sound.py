"""The selection is really heard: the window speaks to a sound card that can be listened to, and is understood.

Needs pulseaudio and its parec.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import machine
import numpy as np
import pytest
import soundfile

from studio.media.tone import resampled

MISSING = [tool for tool in ("pulseaudio", "parec") if shutil.which(tool) is None]
RATE = 48_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"listening needs {', '.join(MISSING)}"),
]

SPEAK = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer

def main():
    from studio.app import build
    app, window = build([])
    window.show()
    window.desks.opening.open_files([Path(sys.argv[1])])
    begun = []

    def speak():
        if window.transcript_model.rowCount() < 2:
            return QTimer.singleShot(50, speak)
        window.desk.selection.set([s.id for s in window.transcript_model.segments()])
        window.commands["speakAction"].trigger()
        window.desks.speaking.word_changed.connect(lambda id, first, last: said(id, first, last))

    def said(id, first, last):
        if id is None:
            return QTimer.singleShot(300, window.close)
        text = next(s.text for s in window.transcript_model.segments() if s.id == id)
        if not begun or begun[-1] != (id, first):
            begun.append((id, first))
            print(text[first:last], flush=True)

    if len(sys.argv) > 2:
        sys.path.insert(0, str(Path(__file__).parent))
        import unplug
        unplug.watch(window)
    window.desks.speaking.notice.connect(lambda kind, text: print("notice", text, flush=True))
    speak()
    app.exec()

if __name__ == "__main__":
    main()
"""
# The only loudspeaker goes in the second sentence; when that was told another one comes, and F5 is pressed.
UNPLUG = """
import subprocess
from PySide6.QtCore import Qt

def pactl(*words):
    subprocess.run(["pactl", *words], check=True, capture_output=True)

def watch(window):
    desk, gone = window.desks.speaking, []

    def said(id, first, last):
        text = next((s.text for s in window.transcript_model.segments() if s.id == id), "")
        if text[first:last] == "begins" and not gone:
            gone.append(id)
            pactl("unload-module", "module-null-sink")

    def told(kind, text):
        print("bar", desk.bar._text.accessibleName(), window.notices.texts()[-1:] == [text], flush=True)
        desk.output.device_came.connect(again, Qt.ConnectionType.SingleShotConnection)
        pactl("load-module", "module-null-sink", "sink_name=other")

    def again():
        window.commands["speakAction"].trigger()
        print("again", desk.bar._text.accessibleName(), len(window.notices.texts()), flush=True)

    desk.word_changed.connect(said)
    desk.notice.connect(told, Qt.ConnectionType.QueuedConnection)
"""
VTT = """WEBVTT

00:01.000 --> 00:03.000
<v Anna>The quick brown fox jumps over the lazy dog.

00:03.500 --> 00:05.000
<v Ben>Every good story begins with a question.
"""


def test_what_is_selected_is_heard_and_understood(tmp_path: Path, weights: Callable[[str], Path]) -> None:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(weights("whisper-tiny.en")), device="cpu", compute_type="int8", cpu_threads=1)
    (tmp_path / "talk.vtt").write_text(VTT, encoding="utf-8")
    script = tmp_path / "speak.py"
    script.write_text(SPEAK, encoding="utf-8")
    (tmp_path / "card").mkdir()
    with machine.card(tmp_path / "card") as env:
        recorder = machine.Recorder(env, tmp_path / "heard.raw", RATE, 20)
        try:
            root = Path(__file__).resolve().parents[2]
            env |= {"STUDIO_HOME": str(tmp_path / "home"), "PYTHONPATH": str(root)}
            command = [sys.executable, str(script), str(tmp_path / "talk.vtt")]
            run = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=120)
        finally:
            recorder.stop()
    shown = " ".join(run.stdout.split())
    assert shown == "The quick brown fox jumps over the lazy dog Every good story begins with a question"
    heard = recorder.heard()
    soundfile.write(tmp_path / "heard.wav", heard, RATE)
    samples = resampled(heard.astype(np.float32), RATE, 16_000)
    segments, _ = model.transcribe(samples, language="en", beam_size=5)
    text = " ".join(s.text.strip() for s in segments).lower()
    assert "quick brown fox jumps over the lazy dog" in text
    assert "every good story begins with a question" in text


def test_after_the_loudspeaker_was_gone_the_sentence_is_said_again(tmp_path: Path) -> None:
    (tmp_path / "talk.vtt").write_text(VTT, encoding="utf-8")
    (tmp_path / "speak.py").write_text(SPEAK, encoding="utf-8")
    (tmp_path / "unplug.py").write_text(UNPLUG, encoding="utf-8")
    (tmp_path / "card").mkdir()
    with machine.card(tmp_path / "card") as env:
        root = Path(__file__).resolve().parents[2]
        env |= {"STUDIO_HOME": str(tmp_path / "home"), "PYTHONPATH": str(root)}
        command = [sys.executable, str(tmp_path / "speak.py"), str(tmp_path / "talk.vtt"), "unplug"]
        run = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=120)
    lines = run.stdout.splitlines()
    first, (notice, paused, again), rest = (" ".join(lines[:13]), lines[13:16], " ".join(lines[16:]))
    assert first == "The quick brown fox jumps over the lazy dog Every good story begins"
    assert notice.startswith("notice The loudspeaker or headphones are gone: speech is paused.")
    assert paused == "bar Paused Every good story begins with a question. True"
    assert again == "again Speaking Every good story begins with a question. 0", "and the notice is taken back"
    assert rest == "Every good story begins with a question"
