"""What it takes until a change of 20,000 segments (150,000 words) is stored, and until it is taken back.

Run: python -m tests.benchmarks.history [--segments 20000] [--rounds 9]. Needs no models. Changes go the way they go in
the window, from TranscriptDesk to its saver thread, without views. “Window” is how long the window's thread waits,
“stored” the time until nothing can be lost any more, and “processor” what all threads worked until then, which says
more where other programs run; “in the rows” is when the saver rests again. At the end, how long it takes to open a
library that an older version has left, with four steps of all segments and 500 small ones.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from studio.core.edits import Edit
from studio.core.jobs import Job
from studio.core.profiles import DEFAULT
from studio.core.reflow import reflow
from studio.core.replace import Query, replace_all
from studio.core.timing import shift
from studio.core.transcript import Transcript
from studio.library import Home
from studio.services.studio import Studio
from studio.ui.desks.transcript_desk import TranscriptDesk
from studio.ui.models.transcript_model import TranscriptModel
from tests.library import old_libraries

from .common import table
from .text import fill

CHANGES: dict[str, Callable[[Transcript], Edit]] = {
    "replace all": lambda now: replace_all(now, Query("colour"), "color"),
    "re-flow": lambda now: reflow(now, DEFAULT),
    "shift": lambda now: shift(now, None, 40),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=9)
    a = parser.parse_args()
    app = QCoreApplication([])
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio.open(Home(Path(folder)).prepared())
        bench = Bench(studio, fill(studio, a.segments))
        for what, make in CHANGES.items():
            for _ in range(a.rounds):
                bench.round(what, make)
            bench.report()
        for n in range(10 * a.rounds):
            bench.key(n)
        bench.report()
        bench.desk.shut_down()
        studio.close()
    open_old_libraries(a.segments)
    app.quit()


def open_old_libraries(count: int) -> None:
    states, rows = old_libraries.history(count, large=4, small=500), []
    for version in (old_libraries.FIRST, old_libraries.PREVIOUS):
        with tempfile.TemporaryDirectory() as folder:
            home = Home(Path(folder)).prepared()
            old_libraries.make(home.database, version, states)
            megabytes = home.database.stat().st_size / 1e6
            started, worked = time.perf_counter(), time.process_time()
            studio = Studio.open(home)
            took, worked = time.perf_counter() - started, time.process_time() - worked
            rows.append([version, f"{megabytes:.0f}", f"{took:.1f}", f"{worked:.1f}"])
            studio.close()
    table(["library of version", "MB", "opened after, s", "processor, s"], rows)


class Bench:
    def __init__(self, studio: Studio, job: Job) -> None:
        self.studio, self.job = studio, job
        self.desk = TranscriptDesk(studio, TranscriptModel())
        self.desk.open(job)
        self.took: dict[str, list[tuple[float, ...]]] = {}

    def round(self, what: str, make: Callable[[Transcript], Edit]) -> None:
        """A change, stored and taken back; then again with a restart in between, with and without a look at it."""
        edit = make(self.desk.transcript)
        self.timed(what, lambda: self.desk.do(edit))
        self.timed(f"undo of {what}, at once", self.desk.undo)
        for what_then, wait in (("after a restart", self.rest), ("at once after a restart", lambda: None)):
            self.desk.do(edit)
            self.rest()
            self.desk.open(None)
            self.desk.open(self.job)
            wait()
            self.timed(f"undo of {what}, {what_then}", self.desk.undo)

    def key(self, n: int) -> None:
        segment = self.desk.model.segment(100)
        self.timed("a key", lambda: self.desk.type_text(segment.id, f"{segment.text}{n % 10}"))

    def timed(self, what: str, do: Callable[[], None]) -> None:
        started, worked = time.perf_counter(), time.process_time()
        do()
        waited = time.perf_counter() - started
        while self.desk._saver.waiting():
            self.pause()
        stored, worked = time.perf_counter() - started, time.process_time() - worked
        self.rest()
        self.took.setdefault(what, []).append((waited, stored, worked, time.perf_counter() - started))

    def rest(self) -> None:
        """Until the saver has nothing left to do and knows what undo would take back."""
        session = self.desk._session
        while (
            self.desk._saver.waiting()
            or self.studio.library.pending.waits()
            or (session and session.last and session.last not in session._made)
        ):
            self.pause()

    def pause(self) -> None:
        QCoreApplication.processEvents()
        time.sleep(0.002)

    def report(self) -> None:
        rows = []
        for what, took in self.took.items():
            columns = [sorted(1000 * t for t in column) for column in zip(*took, strict=True)]
            values = [f for c in columns for f in (statistics.median(c), c[min(len(c) - 1, int(0.95 * len(c)))])]
            rows.append([what, *(f"{f:.0f}" for f in values)])
        head = [
            "ms",
            "window, median",
            "p95",
            "stored, median",
            "p95",
            "processor, median",
            "p95",
            "in the rows, median",
            "p95",
        ]
        table(head, rows)
        self.took.clear()


if __name__ == "__main__":
    main()
