"""What the window costs: start to first paint, gaps of a 5 ms timer while a job runs, memory, time to cancel.

    python -m tests.benchmarks.window [--starts 7] [--model whisper-base] [--minutes 3]

Every reading is of a fresh process. Runs offscreen unless QT_QPA_PLATFORM says otherwise.
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
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile

from studio.resources import resource
from studio.services.studio import Studio

from .common import table

_START = """
import sys, time, psutil
from PySide6.QtCore import QEvent, QObject, QTimer
from studio.app import build
app, window = build([])

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            window.centralWidget().removeEventFilter(self)
            QTimer.singleShot(0, self.done)
        return False
    def done(self):
        me = psutil.Process()
        print(time.time() - float(sys.argv[1]), time.process_time(), me.memory_info().rss / 1e6)
        window.close()
        app.quit()

watch = FirstPaint()
window.centralWidget().installEventFilter(watch)
window.show()
app.exec()
"""

_WORK = """
import json, sys, time, psutil
from pathlib import Path
from PySide6.QtCore import QTimer, Qt
from studio.app import build
from studio.core.jobs import JobOptions, JobState, SegmentsStored
recording, model, speakers = sys.argv[1:4]
app, window = build([])
window.show()
me, gaps, last, peak = psutil.Process(), [], [None], [0]

def tick():
    now = time.perf_counter()
    if last[0] is not None:
        gaps.append(1000 * (now - last[0]))
    last[0] = now

def memory():
    peak[0] = max(peak[0], me.memory_info().rss / 1e6)

def done(job):
    ordered = sorted(gaps)
    at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    print(json.dumps({"p50": at(0.5), "p99": at(0.99), "max": ordered[-1], "n": len(ordered), "mb": peak[0],
                      "state": job.state, "segments": window.transcript_model.rowCount()}))
    window.close()
    app.quit()

timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=5)
timer.timeout.connect(tick)
watch = QTimer(interval=500)
watch.timeout.connect(memory)
window.queue.job_done.connect(done)
window.queue.added.connect(lambda jobs: (timer.start(), watch.start()))
window.queue.add([Path(recording)], JobOptions(model=model, speakers=speakers))
app.exec()
"""

_CANCEL = """
import sys, time
from pathlib import Path
import psutil
from studio.core.jobs import JobOptions, SegmentsStored, StopReason
from studio.services import queue
from studio.services.runner import run_next
from studio.services.studio import Studio
studio, running = Studio.open(), queue.Running()
(job,) = queue.add(studio, [Path(sys.argv[1])], JobOptions(model=sys.argv[2], speakers="off")).jobs
asked = 0.0
for _, event in run_next(studio, running, queue.LOCAL):
    if isinstance(event, SegmentsStored) and event.segments and not asked:
        asked = time.perf_counter()
        running.stop(job.id, StopReason.CANCEL)
print(1000 * (time.perf_counter() - asked), len(psutil.Process().children()))
studio.close()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=7)
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--minutes", type=float, default=3.0)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        recording = Path(tmp) / "talk.wav"
        sound, rate = soundfile.read(resource("sample.ogg"), dtype="float32")
        soundfile.write(recording, np.concatenate([sound] * max(1, round(a.minutes * 60 * rate / len(sound)))), rate)
        child(_START, fresh(tmp, "first"), str(time.time()))  # writes the bytecode that an installed program has
        homes = [fresh(tmp, f"start{n}") for n in range(a.starts)]
        starts = [[float(x) for x in child(_START, home, str(time.time())).split()] for home in homes]
        seconds, worked, memory = zip(*starts, strict=True)
        table(
            ["what", "median", "smallest", "largest"],
            [
                ["process start to first paint, s", *spread(seconds, 2)],
                ["processor time of it, s", *spread(worked, 2)],
                ["memory then, MB", *spread(memory, 0)],
            ],
        )
        rows = []
        for speakers in ("off", "auto"):
            found = json.loads(child(_WORK, fresh(tmp, speakers), str(recording), a.model, speakers))
            times = [f"{found[k]:.1f}" for k in ("p50", "p99", "max")]
            rows.append([speakers, found["state"], found["segments"], found["n"], *times, f"{found['mb']:.0f}"])
        head = ["speakers", "job", "segments", "readings", "median ms", "p99 ms", "largest ms", "window MB"]
        print("Gaps of a 5 ms timer in the window while a job runs:\n")
        table(head, rows)
        cancels = [child(_CANCEL, fresh(tmp, f"c{n}"), str(recording), a.model).split() for n in range(3)]
        table(
            ["what", "median", "smallest", "largest"],
            [["cancel in mid-file until the job is settled, ms", *spread([float(c[0]) for c in cancels], 0)]],
        )


def fresh(tmp: str, name: str) -> Path:
    """A new home that shares the weights."""
    home = Path(tmp) / name
    home.mkdir()
    studio = Studio.open()
    (home / "models").symlink_to(studio.home.models)
    studio.close()
    return home


def child(script: str, home: Path, *arguments: str) -> str:
    bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(home.parent / "bytecode")}
    env = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **bytecode, "STUDIO_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip().splitlines()[-1]


def spread(values: Iterable[float], digits: int) -> list[str]:
    numbers = list(values)
    return [f"{f(numbers):.{digits}f}" for f in (statistics.median, min, max)]


if __name__ == "__main__":
    main()
