"""What many jobs at a vendor cost the window: gaps of a 5 ms timer, processor, memory, while all of them are polled.

    python -m tests.benchmarks.remote [--jobs 200] [--seconds 30]

The vendor is a stub in another process whose jobs never end. The first reading is of the same window without any jobs:
what of the gaps is the computer's own. Runs offscreen unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np
import soundfile

from .common import ROOT, table

_LIMIT = 16.0  # milliseconds

_WINDOW = """
import json, sys, time, psutil
from pathlib import Path
from PySide6.QtCore import QTimer, Qt
from studio.app import build
from studio.core.accounts import Account
from studio.core.jobs import JobOptions, Progress
url, folder, count, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
app, window = build([])
window.show()
studio, me = window._studio, psutil.Process()
studio.accounts.put(Account("Stub", "slashml", url=url, at_once=count, agreed=True), "stub-ok", "file")
gaps, readings, at_work, cpu = [], {}, set(), [0.0, 0.0]
last = [None]

def tick():
    now = time.perf_counter()
    if last[0] is not None:
        gaps.append(1000 * (now - last[0]))
    last[0] = now

def begin(name, then):
    gaps.clear()
    last[0] = None
    cpu[:] = time.process_time(), time.perf_counter()
    QTimer.singleShot(round(1000 * seconds), lambda: (end(name), then()))

def end(name):
    ordered = sorted(gaps)
    at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    share = (time.process_time() - cpu[0]) / (time.perf_counter() - cpu[1])
    readings[name] = {"n": len(ordered), "p50": at(0.5), "p99": at(0.99), "max": ordered[-1], "cpu": share,
                      "mb": me.memory_info().rss / 1e6, "threads": me.num_threads()}

def add():
    window.queue.add(sorted(folder.iterdir()), JobOptions(account="Stub", model="", speakers="off"))
    begin("starting", lambda: None)

def told(id, event):
    if isinstance(event, Progress) and "writing the text" in event.stage and id not in at_work:
        at_work.add(id)
        if len(at_work) == count:
            QTimer.singleShot(3000, lambda: begin("polled", finish))

def finish():
    print(json.dumps(readings), flush=True)
    window.close()
    app.quit()

timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=5)
timer.timeout.connect(tick)
timer.start()
window.queue.job_event.connect(told)
QTimer.singleShot(3000, lambda: begin("idle", add))
app.exec()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp) / "recordings"
        folder.mkdir()
        for n in range(a.jobs):
            beat = np.arange(16000) / 16000
            soundfile.write(folder / f"{n:03}.wav", 0.1 * np.sin(beat * (600 + 10 * n)), 16000)
        port = _free_port()
        stub = subprocess.Popen(
            [sys.executable, "-m", "tests.vendors.slashml", "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            _configure(f"http://127.0.0.1:{port}/__stub__/config")
            url = f"http://127.0.0.1:{port}/speech-to-text/v1/"
            arguments = [url, str(folder), str(a.jobs), str(a.seconds)]
            env = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "STUDIO_HOME": str(Path(tmp) / "home")}
            done = subprocess.run(
                [sys.executable, "-c", _WINDOW, *arguments], env=env, check=True, capture_output=True, text=True
            )
        finally:
            stub.terminate()
            stub.wait()
    found = json.loads(done.stdout.strip().splitlines()[-1])
    print(f"{a.jobs} jobs at a vendor, {a.seconds:.0f} s for each reading; load {os.getloadavg()[0]:.1f}:\n")
    head = ["while", "readings", "median ms", "p99 ms", "largest ms", "processor", "MB", "threads"]
    rows = [
        [
            name,
            r["n"],
            *(f"{r[k]:.1f}" for k in ("p50", "p99", "max")),
            f"{r['cpu']:.0%}",
            f"{r['mb']:.0f}",
            r["threads"],
        ]
        for name, r in found.items()
    ]
    table(head, rows)
    p99 = found["polled"]["p99"]
    print(
        f"p99 while all are polled: {p99:.1f} ms, {'within' if p99 <= _LIMIT else 'OVER'} the limit of {_LIMIT:.0f} ms"
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _configure(url: str) -> None:
    """Jobs that never end; waits until the stub is there."""
    for _ in range(100):
        try:
            httpx.post(url, json={"polls_until_done": None}, trust_env=False).raise_for_status()
            return
        except httpx.ConnectError:
            time.sleep(0.1)
    raise SystemExit("The stub did not start.")


if __name__ == "__main__":
    main()
