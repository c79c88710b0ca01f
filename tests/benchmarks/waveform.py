"""What the waveform costs: peaks of four hours, painting with 3,000 cues in view, memory, playhead, edits.

    python -m tests.benchmarks.waveform [--minutes 20]

`--minutes` is the length of the compressed recordings. Memory is of a fresh process. Runs offscreen unless
QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

from studio import media
from studio.core.jobs import StopToken
from studio.library import Home
from studio.services.studio import Studio
from studio.services.waveform import make_peaks

from .common import table

HOURS = 4
RATE = 16_000

_VIEW = """
import json, os, sys, time
import numpy as np, psutil
from pathlib import Path
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication
from studio import media
from studio.core.transcript import Segment, Speaker
from studio.ui import theme
from studio.ui.waveform import WaveformView, speech_of

app = QApplication([])
theme.current().apply(app)
theme.current().set_mode("light")
me = psutil.Process()
WIDTH = 1600
hours = 4 * 3_600_000
words = "But the ground under the harbour sinks by eight to ten centimetres."
speakers = [Speaker(f"S{i}", f"Speaker {i + 1}") for i in range(6)]

def cues(count, total=hours):
    step = total // count
    return [Segment(i * step, i * step + step * 4 // 5, words, speaker=f"S{i % 6}", id=i + 1) for i in range(count)]

def shown():
    view = WaveformView()
    view.resize(WIDTH, 244)
    view.set_duration(hours)
    view.show()
    app.processEvents()
    return view

def times(do, count):
    out = []
    for n in range(count):
        started, cpu = time.perf_counter(), time.thread_time()
        do(n)
        out.append((1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - cpu)))
    return out

screen = QPixmap(WIDTH, 200)

def paint(view):
    view.detail.redraw()
    view.detail.render(screen)

out = {}
shown().close()
app.processEvents()
three = cues(20_000)
before = me.memory_info().rss
view = shown()
view.set_peaks(media.Peaks.load(Path(sys.argv[1])))
view.set_segments(three, speakers)
paint(view)
view.grab()
view.zoom_to(0, hours)
paint(view)
out["memory"] = (me.memory_info().rss - before) / 1e6
out["segments"] = times(lambda n: view.set_segments(three, speakers), 40)
out["update"] = times(lambda n: view.update_segment(9_000 + n, three[n]), 40)
out["overview"] = times(lambda n: (view.overview.redraw(), view.overview.render(QPixmap(WIDTH, 44))), 40)
view.set_segments(cues(3_000), speakers)
for name, inview in (("all", 3_000), ("375", 375), ("66", 66), ("10", 10)):
    # The stretch with so many cues in view; 66 are the most that are wide enough for chips, 375 for edges.
    view.zoom_to(0, hours * inview / 3_000 / 1.1)
    out[name] = times(lambda n: paint(view), 60)
pairs = np.tile(np.array([[-9000, 9000], [-2000, 2500]], np.int16), (100, 1))

def voiceover(said):
    rows = [(c.start, c.start + 2_000, c.end, n % 6, n % 9 == 0) for n, c in enumerate(said)]
    return speech_of(rows, media.joined(((a, b, pairs) for a, b, *_ in rows), hours))

out["lane made"] = times(lambda n: view.set_speech(voiceover(view._scene.segments)), 20)
for name, inview in (("all", 3_000), ("10", 10)):
    view.zoom_to(0, hours * inview / 3_000 / 1.1)
    out["lane " + name] = times(lambda n: paint(view), 60)
over = cues(3_000, 4_500_000)  # each goes on after its cue
view.set_segments(over, speakers)
view.set_speech(voiceover(over))
view.zoom_to(0, 4_500_000)
out["lane over"] = times(lambda n: paint(view), 60)
view.set_speech(None)
dense = cues(3_000, 1_500_000)
view.set_segments(dense, speakers)
view.set_selected_ids([s.id for s in dense], 1500)
view.zoom_to(0, 1_500_000)
out["selected"] = times(lambda n: paint(view), 60)
rng = np.random.default_rng(1)
view.set_reader(lambda a, b, stop: rng.integers(-9000, 9000, (b - a) * 16).astype(np.int16))

def settle():
    until = time.perf_counter() + 20
    while view._loader._task is not None and time.perf_counter() < until:
        app.processEvents()
    assert view._loader._task is None

view.set_selected_ids((), None)
for name, span in (("close 50 ms", 50), ("close 15 s", 15_000)):
    view.zoom_to(60_000, 60_000 + span)
    settle()
    out[name] = times(lambda n: paint(view), 60)
view.set_spectrogram(True)
settle()
out["spectrogram"] = times(lambda n: paint(view), 60)
view.set_spectrogram(False)
view.zoom_to(0, 24_000)
paint(view)
view.set_playing(True)
app.processEvents()

def step(n):
    view.set_position(1_000 + n * 16)
    app.processEvents()

out["playhead"] = times(step, 600)
print(json.dumps(out))
view.close()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=20)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        peaks = recordings(folder, a.minutes)
        viewing(peaks)


def recordings(folder: Path, minutes: int) -> Path:
    """Prints what peaks and stretches cost; returns the stored peaks of the long WAV."""
    studio = Studio.open(Home(folder / "home").prepared())
    wav = folder / "long.wav"
    write_wav(wav, HOURS * 60, RATE, 1)
    rows = [[f"peaks of {HOURS} h of WAV, s", *spread(peaks_times(studio, wav, 9), 2)]]
    peaks = studio.home.peaks_file(f"{wav.name} 0", 0)
    loads = [seconds(lambda: media.Peaks.load(peaks)) * 1000 for _ in range(9)]
    rows.append(["load stored peaks, ms", *spread(loads, 1)])
    write_wav(wav, minutes, 44_100, 2)
    took = peaks_times(studio, wav, 5, "stereo")
    rows.append(["peaks of WAV, 44.1 kHz stereo, × real time", *spread([minutes * 60 / t for t in took], 0)])
    for name, codec in (("talk.mp3", "libmp3lame"), ("talk.m4a", "aac")):
        path = folder / name
        encode(wav, path, codec)
        took = peaks_times(studio, path, 3)
        rows.append([f"peaks of {name}, × real time", *spread([minutes * 60 / t for t in took], 0)])
        rows.append([f"4 s of {name} at three quarters, ms", *spread(jump_times(path, minutes * 45_000), 0)])
    studio.close()
    table(["reading", "median", "p95"], rows)
    return peaks


def peaks_times(studio: Studio, path: Path, count: int, what: str = "") -> list[float]:
    """Seconds of making and storing the peaks."""
    names = [f"{what or path.name} {n}" for n in range(count)]
    return [seconds(lambda name=name: drain(make_peaks(studio, path, name, 0, StopToken()))) for name in names]


def jump_times(path: Path, at: int) -> list[float]:
    """Milliseconds of reading 4 s at different places."""
    starts = [at + 997 * n for n in range(9)]
    return [1000 * seconds(lambda start=start: media.read_stretch(path, 0, start, start + 4_000)) for start in starts]


_WORDS = {
    "all": "paint, 3,000 cues in view, ms",
    "375": "paint, 375 cues with edges in view, ms",
    "66": "paint, 66 cues with chips in view, ms",
    "10": "paint, 10 cues with words in view, ms",
    "lane all": "paint with a voice-over, 3,000 cues in view, ms",
    "lane over": "paint with a voice-over, 3,000 in view that overrun, ms",
    "lane 10": "paint with a voice-over, 10 cues in view, ms",
    "lane made": "put a voice-over of 3,000 cues together for drawing, ms",
    "selected": "paint, 3,000 cues in view, all selected, ms",
    "close 50 ms": "paint, 50 ms in view, ms",
    "close 15 s": "paint, 15 s in view, ms",
    "spectrogram": "paint, 15 s in view with spectrogram, ms",
    "overview": "paint the overview, 20,000 cues, ms",
    "playhead": "a step of the playhead, ms",
    "segments": "set_segments, 20,000, ms",
    "update": "update_segment, of 20,000, ms",
}


def viewing(peaks: Path) -> None:
    env = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    done = subprocess.run([sys.executable, "-c", _VIEW, str(peaks)], env=env, check=True, stdout=subprocess.PIPE)
    found = json.loads(done.stdout)
    rows = []
    for key, text in _WORDS.items():
        wall, cpu = zip(*found[key], strict=True)
        rows.append([text, *spread(wall, 2), f"{statistics.median(cpu):.2f}"])
    table(["viewing, 1600 pixels wide", "median", "p95", "median of CPU time"], rows)
    print(f"Memory that the view of {HOURS} h with 20,000 cues adds to a fresh process: {found['memory']:.1f} MB")


def write_wav(path: Path, minutes: int, rate: int, channels: int) -> None:
    """Noise that swells and falls like syllables."""
    count = rate * 60
    swell = np.abs(np.sin(np.arange(count) / rate * 9)) * np.abs(np.sin(np.arange(count) / rate / 3))
    minute = (np.random.default_rng(1).standard_normal(count) * 5_000 * swell).astype(np.int16)
    with soundfile.SoundFile(path, "w", rate, channels, "PCM_16") as file:
        for _ in range(minutes):
            file.write(np.repeat(minute[:, np.newaxis], channels, axis=1))


def encode(wav: Path, target: Path, codec: str) -> None:
    with soundfile.SoundFile(wav) as file, av.open(str(target), "w") as out:
        rate = file.samplerate
        stream = out.add_stream(codec, rate=rate, layout="stereo")
        at = 0
        for block in file.blocks(1152 * 64, dtype="float32"):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T), "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            at += len(block)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def drain(steps: Iterator[object]) -> None:
    for _ in steps:
        pass


def seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def spread(values: Sequence[float], digits: int) -> list[str]:
    """Median and 95th percentile."""
    ordered = sorted(values)
    high = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return [f"{statistics.median(values):.{digits}f}", f"{high:.{digits}f}"]


if __name__ == "__main__":
    main()
