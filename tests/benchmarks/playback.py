"""How smooth and how exact playing is: repaints of the playhead, ends of a loop, pitch at other speeds.

    python -m tests.benchmarks.playback [--seconds 8] [--rounds 6]

Starts a screen and a sound card of its own (Xvfb, openbox, pulseaudio); what is heard is recorded from the card. The
window has a recording of 4 hours with 3,000 cues, once without and once with 1080p video. A loop's ends are known to
about 5 ms: a rising tone tells by its pitch which moment is heard.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import wave
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import soundfile

from studio import media
from studio.core.jobs import JobOptions, JobState
from studio.core.transcript import EngineInfo, Segment, Source, Speaker
from studio.library import Home
from studio.services.studio import Studio
from tests.ui import machine

from .common import table
from .waveform import spread

HOURS, CUES = 4, 3_000
RATE = 48_000
LOOP = 2_000, 3_200  # milliseconds
SLOPE, BASE = 800, 300  # the rising tone: Hz a second, Hz at its start
WINDOW, HOP = RATE // 50, RATE // 200
LOOP_SPEEDS = (0.5, 1.0, 1.5, 2.0, 3.0)
PITCH_SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)

_WINDOW = """
import json, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from studio.app import build

seconds = float(sys.argv[1])
app, window = build([])
window.resize(1600, 960)
window.show()
paints, ticks, frames = [], [], []

class Watch(QObject):
    def __init__(self, into):
        super().__init__()
        self.into = into
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.into.append(time.perf_counter())
        return False

watches = Watch(paints), Watch(frames)
window.page.waveform.detail.installEventFilter(watches[0])
window.page.video.picture.installEventFilter(watches[1])

def begin():
    window.playback.play()

def settled():
    for kept in (paints, ticks, frames):
        kept.clear()
    window.playback.player.position_changed.connect(lambda _: ticks.append(time.perf_counter()))
    began[:] = time.perf_counter(), time.thread_time(), time.process_time()
    QTimer.singleShot(int(seconds * 1000), done)

def done():
    wall, thread, process = (now - then for now, then in
                             zip((time.perf_counter(), time.thread_time(), time.process_time()), began))
    gaps = lambda times: [1000 * (b - a) for a, b in zip(times, times[1:])]
    print(json.dumps({"paints": gaps(paints), "ticks": gaps(ticks), "frames": len(frames) / wall, "wall": wall,
                      "step": 1000 * thread / max(len(paints), 1), "thread": thread / wall, "process": process / wall,
                      "playing": window.playback.player.playing}))
    window.close()
    app.quit()

began = []
QTimer.singleShot(1500, begin)
QTimer.singleShot(4000, settled)
app.exec()
"""

_SOUND = """
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
player.play()
app.exec()
player.stop()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=6)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        (folder / "card").mkdir()
        with machine.screen(folder / "card") as env:
            playhead(folder, env, a.seconds)
            loops(folder, env, a.rounds)
            pitch(folder, env)


# The playhead


def playhead(folder: Path, env: dict[str, str], seconds: float) -> None:
    rows = []
    for what, recording in (("sound alone", silence(folder)), ("with 1080p video", video(folder, seconds + 10))):
        home = folder / recording.stem
        library(home, recording)
        command = [sys.executable, "-c", _WINDOW, str(seconds)]
        done = subprocess.run(command, env=env | {"STUDIO_HOME": str(home)}, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout.strip().splitlines()[-1])
        assert found["playing"], "it played to the end of the measurement"
        rate, frames = (len(found["paints"]) + 1) / found["wall"], found["frames"]
        shares = [f"{100 * found[key]:.0f} %" for key in ("thread", "process")]
        times = [*spread(found["paints"], 1), *spread(found["ticks"], 1)]
        rows.append([what, f"{rate:.1f}", *times, f"{found['step']:.2f}", *shares, f"{frames:.0f}"])
    print(f"The playhead over {HOURS} h with {CUES:,} cues, window 1600 × 960, on Xvfb:\n")
    head = ["recording", "repaints/s", "interval ms, median", "p95", "position ms, median", "p95"]
    table([*head, "window's thread, ms of CPU per repaint", "its load", "load of the process", "pictures/s"], rows)


def silence(folder: Path) -> Path:
    """Four hours without sound, on a disk that stores holes in no room."""
    path = folder / "long.wav"
    size = HOURS * 3600 * 16_000 * 2
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.setnframes(size // 2)
        file.writeframesraw(b"\0\0")
        file._file.truncate(44 + size)  # type: ignore[attr-defined]
        file._nframeswritten, file._datawritten, file._datalength = size // 2, size, size  # type: ignore[attr-defined]
    return path


def video(folder: Path, seconds: float) -> Path:
    """1080p at 25 pictures a second, with a tone."""
    path = folder / "picture.mp4"
    with av.open(str(path), "w") as out:
        pictures = out.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "28"})
        pictures.width, pictures.height, pictures.pix_fmt = 1920, 1080, "yuv420p"
        sound = out.add_stream("aac", rate=RATE, layout="mono")
        noise = np.random.default_rng(1).integers(0, 255, (108, 192, 3), np.uint8).repeat(10, 0).repeat(10, 1)
        for n in range(round(seconds * 25)):
            out.mux(pictures.encode(av.VideoFrame.from_ndarray(np.roll(noise, n * 8, 1), "rgb24")))
        out.mux(pictures.encode(None))
        tone = np.sin(np.arange(round(seconds * RATE)) / RATE * 2 * np.pi * 440).astype(np.float32) * 0.2
        for at in range(0, len(tone), 1024):
            frame = av.AudioFrame.from_ndarray(tone[np.newaxis, at : at + 1024], "fltp", "mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    return path


def library(home: Path, recording: Path) -> None:
    """A finished transcript of four hours, whatever the length of the recording, with the peaks of noise."""
    studio = Studio.open(Home(home).prepared())
    duration = HOURS * 3_600_000
    id = media.fingerprint(recording)
    job = studio.library.jobs.add(str(recording), recording.name, id, duration, "cpu", JobOptions())
    peaks, minute = media.PeaksWriter(), np.random.default_rng(1).integers(-9_000, 9_000, 960_000).astype(np.int16)
    for _ in range(HOURS * 60):
        peaks.write(minute)
    peaks.finish().save(studio.home.peaks_file(id, 0))
    step, words = duration // CUES, "But the ground under the harbour sinks by eight to ten centimetres."
    cues = [Segment(n * step, n * step + step * 4 // 5, words, speaker=f"S{n % 6}") for n in range(CUES)]
    source = Source(path=job.path, name=job.name, content_id=id, duration=duration)
    transcript = studio.library.transcripts.create(source, EngineInfo(), job.id)
    speakers = tuple(Speaker(f"S{n}", f"Speaker {n + 1}") for n in range(6))
    studio.library.transcripts.replace(transcript, cues, speakers, EngineInfo())
    studio.library.jobs.set_state(job.id, JobState.DONE)
    studio.library.settings.set("queue_paused", True)
    studio.close()


# What is heard


def hear(env: dict[str, str], sound: Path, rate: float, loop: tuple[int, int], seconds: float) -> machine.Sound:
    recorder = machine.Recorder(env, sound.with_suffix(".raw"), RATE, 20)
    try:
        numbers = [str(number) for number in (rate, *loop, seconds)]
        subprocess.run([sys.executable, "-c", _SOUND, str(sound), *numbers], env=env, check=True, capture_output=True)
    finally:
        recorder.stop()
    return recorder.heard(0.02)


def loops(folder: Path, env: dict[str, str], rounds: int) -> None:
    path, at = folder / "rising.wav", np.arange(6 * RATE) / RATE
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * (BASE * at + SLOPE / 2 * at**2)), RATE)
    rows = []
    for rate in LOOP_SPEEDS:
        length = (LOOP[1] - LOOP[0]) / 1000 / rate
        heard = turns(hear(env, path, rate, LOOP, (rounds + 2) * length + 1.5), rate)
        starts, ends = [start - LOOP[0] for start, _, _ in heard], [end - LOOP[1] for _, end, _ in heard]
        gaps = [gap for _, _, gap in heard]
        rows.append([f"{rate:g}×", len(heard), *map(around, (starts, ends)), around(gaps)])
    print("A loop of 1.2 s: what is heard at its ends (+: later than wanted), median and the farthest:\n")
    table(["speed", "rounds", "start, ms", "end, ms", "between two rounds, ms of time"], rows)


def turns(heard: machine.Sound, rate: float) -> list[tuple[float, float, float]]:
    """First and last moment heard of each whole round, and how long nothing clear is heard after it; milliseconds."""
    parts = np.lib.stride_tricks.sliding_window_view(heard, WINDOW)[::HOP]
    size = 1 << 14
    power = np.abs(np.fft.rfft(parts * np.hanning(WINDOW), size, axis=1)) ** 2
    peak = power.argmax(axis=1)
    near = np.take_along_axis(power, np.clip(peak[:, np.newaxis] + np.arange(-60, 61), 0, power.shape[1] - 1), 1)
    clear = (near.sum(axis=1) > 0.9 * power.sum(axis=1)) & (np.abs(parts).max(axis=1) > 0.05)
    times = (peak * RATE / size - BASE) / SLOPE * 1000
    here = np.flatnonzero(clear)
    jumps = np.flatnonzero(np.diff(times[here]) < -200) + 1
    rounds = [part for part in np.split(here, jumps) if len(part) > 20]
    half = WINDOW / RATE * 500  # milliseconds
    found = []
    for this, following in pairwise(rounds[1:]):
        first, last = np.median(times[this[:5]]), np.median(times[this[-5:]])  # the middle one of five windows
        reach = (half + 2 * HOP / RATE * 1000) * rate
        gap = (following[0] - this[-1]) * HOP / RATE * 1000 - 2 * half
        found.append((float(first - reach), float(last + reach), float(gap)))
    return found


def pitch(folder: Path, env: dict[str, str]) -> None:
    rows = []
    for rate in PITCH_SPEEDS:
        path = folder / "tone.wav"
        soundfile.write(path, 0.5 * np.sin(np.arange(round(6 * rate * RATE)) / RATE * 2 * np.pi * 440), RATE)
        heard = hear(env, path, rate, (0, 0), 5)
        inner = heard[RATE // 2 : RATE // 2 + 3 * RATE]
        power = np.abs(np.fft.rfft(inner * np.hanning(len(inner)), 1 << 20))
        rows.append([f"{rate:g}×", f"{power.argmax() * RATE / (1 << 20) - 440:+.2f}"])
    print("A tone of 440 Hz, as it is heard over 3 s:\n")
    table(["speed", "pitch error, Hz"], rows)


def around(values: list[float]) -> str:
    """“+3 (-5 to +9)”"""
    return f"{np.median(values):+.0f} ({min(values):+.0f} to {max(values):+.0f})" if values else "nothing heard"


if __name__ == "__main__":
    main()
