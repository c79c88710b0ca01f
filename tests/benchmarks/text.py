"""What editing a long transcript costs: 20,000 segments, 150,000 words, in the window as people use it.

Run: python -m tests.benchmarks.text [--segments 20000] [--rounds 20]. Needs no models. The window is the real one,
drawn on no screen, over a library of its own; each figure is how long the window's thread is kept busy, painting
included. The last column, its processor time, says more where other programs work at the same time. What a key leaves
for later is all that the thread does in the two seconds after it, beside the same time without a key. A key in one of
Qt's own fields with the same text, in the same run, tells how quick the machine was just then.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .common import table

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

_WORDS = ("the", "tide", "comes", "up", "through", "drains", "honestly", "surges", "announce", "themselves", "harbour")
_SPEAKERS = ("S1", "S2", "S3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=20)
    a = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["STUDIO_HOME"] = home
        kept = measure(a.segments, a.rounds)
    assert kept


def measure(segments: int, rounds: int) -> object:
    """Print medians and p95 of everything. What it returns is kept until Python ends: Qt wants it so."""
    from studio.app import build

    app, window = build([])
    window.show()
    job = fill(window._studio, segments)
    bench = Bench(app, window, rounds)

    def closed() -> None:
        window._open(None)
        bench.settle()

    bench.timed("open", "500", lambda _: window._open(job), max(3, rounds // 4), closed)
    bench.settle()
    measure_typing(bench, segments // 2)
    measure_subtitles(bench)
    measure_replacing(bench)
    table(["what, ms", "at most", "median", "p95", "largest", "processor, median"], bench.rows)
    bench.settle()
    window.close()
    return app, window


class Bench:
    """Times what is done in the window, and collects the rows of the table."""

    def __init__(self, app, window, rounds: int) -> None:  # type: ignore[no-untyped-def]
        self.app, self.window, self.rounds = app, window, rounds
        self.rows: list[list[object]] = []

    def settle(self) -> None:
        """Let timers run out, everything be stored, and versions be kept."""
        saver, versions = self.window.desk._saver, self.window.desks.versions
        done = time.perf_counter() + 0.9
        while time.perf_counter() < done or saver.waiting() or versions._keeping._task is not None:
            self.idle()
            time.sleep(0.005)

    def idle(self) -> None:
        self.app.processEvents()

    def timed(
        self, what: str, limit: str, do: Callable[[int], object], times: int, before: Callable[[], object]
    ) -> None:
        took = []
        for number in range(times):
            before()
            took.append(self._turn(lambda number=number: do(number)))  # type: ignore[misc]
        self._row(what, limit, took)

    def left(self, what: str, do: Callable[[int], object]) -> None:
        """What the thread does in the two seconds after something, and the longest it is kept busy in one piece."""
        together, longest = [], []
        for number in range(max(3, self.rounds // 4)):
            self.settle()
            self._turn(lambda number=number: do(number))  # type: ignore[misc]
            pieces, end = [], time.perf_counter() + 2
            while time.perf_counter() < end:
                pieces.append(self._turn(lambda: None))
                time.sleep(0.005)
            together.append((sum(p[0] for p in pieces), sum(p[1] for p in pieces)))
            longest.append(max(pieces))
        self._row(f"{what}: all together", "", together)
        self._row(f"{what}: longest piece", "", longest)

    def _turn(self, do: Callable[[], object]) -> tuple[float, float]:
        """Milliseconds by the clock, and of the processor."""
        started, processor = time.perf_counter(), time.thread_time()
        do()
        self.app.sendPostedEvents()
        self.app.processEvents()
        return 1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - processor)

    def _row(self, what: str, limit: str, took: list[tuple[float, float]]) -> None:
        ordered = sorted(wall for wall, _ in took)
        p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        medians = [statistics.median(column) for column in zip(*took, strict=True)]
        self.rows.append([what, limit, *(f"{ms:.2f}" for ms in (medians[0], p95, ordered[-1], medians[1]))])


def going_on(bench: Bench, go_on: Callable[[], object]) -> Callable[[], None]:
    """What is done before each key: after forty of them one goes on in another passage, as people do."""
    keys = itertools.count(1)

    def before() -> None:
        if next(keys) % 40 == 0:
            go_on()
            bench.settle()
        bench.idle()

    return before


def typed(number: int) -> Qt.Key:
    """What is typed as the key of this number: words of five letters."""
    from PySide6.QtCore import Qt

    return Qt.Key.Key_Space if number % 6 == 5 else Qt.Key(Qt.Key.Key_A + number % 26)


def measure_bare(bench: Bench, field: QPlainTextEdit | QTextEdit, like: QWidget) -> None:
    """The same keys in a field of Qt's that nobody listens to, at the same place of the same text."""
    from PySide6.QtTest import QTest

    field.setFont(like.font())
    field.resize(like.size())
    field.show()
    field.setFocus()
    caret = field.textCursor()
    caret.setPosition(field.document().findBlockByNumber(field.document().blockCount() // 2).position())
    field.setTextCursor(caret)
    bench.settle()
    bench.timed(
        "the same in a bare field", "", lambda n: QTest.keyClick(field, typed(n)), 20 * bench.rounds, bench.idle
    )
    field.close()
    like.window().activateWindow()
    like.setFocus()
    bench.settle()


def measure_typing(bench: Bench, middle: int) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QPlainTextEdit

    rounds, view, alt = bench.rounds, bench.window.page.transcript, Qt.KeyboardModifier.AltModifier

    def key(number: int) -> None:
        QTest.keyClick(view, typed(number))

    view.setFocus()
    view.put_caret(middle, 3)
    bench.idle()
    places = iter(range(0, 10**9, 1))
    bench.timed(
        "word highlight", "1", lambda _: view.set_position(10_000_000 + 280 * next(places)), 40 * rounds, bench.idle
    )
    view.put_caret(middle, 3)
    bench.settle()
    passages = itertools.count(middle + 10, 10)
    before = going_on(bench, lambda: view.put_caret(next(passages), 3))
    bench.timed("keystroke", "2", key, 20 * rounds, before)
    bench.settle()
    measure_bare(bench, QPlainTextEdit(view.toPlainText()), view)
    bench.timed("keystroke, each after a pause", "2", key, rounds // 2, bench.settle)
    bench.left("what a keystroke leaves for later", key)
    bench.left("the same time without a key", lambda _: None)
    bench.timed(
        "next passage (Alt+Down)", "", lambda _: QTest.keyClick(view, Qt.Key.Key_Down, alt), 5 * rounds, bench.idle
    )
    bench.settle()


def measure_subtitles(bench: Bench) -> None:
    """The same text as cues, nearly each of which breaks a rule."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QTextEdit

    rounds, window, modes = bench.rounds, bench.window, ("subtitlesModeAction", "transcriptModeAction")
    bench.timed(
        "subtitles and back", "", lambda n: window.commands[modes[n % 2]].trigger(), rounds // 2 * 2, bench.settle
    )
    window.commands["subtitlesModeAction"].trigger()
    bench.settle()
    text = window.desks.modes.subtitles.editor.text
    text.setFocus()

    def key(number: int) -> None:
        QTest.keyClick(text, typed(number))

    before = going_on(bench, window.commands["nextCueAction"].trigger)
    bench.timed("keystroke in a cue", "2", key, 20 * rounds, before)
    measure_bare(bench, QTextEdit(text.toPlainText()), text)
    bench.left("what a keystroke in a cue leaves for later", key)
    bench.settle()
    bench.timed("next problem", "", lambda _: window.commands["nextProblemAction"].trigger(), 5 * rounds, bench.idle)
    alt = Qt.KeyboardModifier.AltModifier
    bench.timed("next cue (Alt+Down)", "", lambda _: QTest.keyClick(text, Qt.Key.Key_Down, alt), 5 * rounds, bench.idle)
    window.commands["transcriptModeAction"].trigger()
    bench.settle()


def measure_replacing(bench: Bench) -> None:
    from PySide6.QtTest import QTest

    from studio.core.replace import Query, find, replace_all

    rounds, window, desk = bench.rounds, bench.window, bench.window.desk

    def replace_back_and_forth(number: int) -> None:
        old, new = ("colour", "color") if number % 2 == 0 else ("color", "colour")
        desk.attempt(lambda: replace_all(desk.transcript, Query(old), new))

    def made() -> None:
        bench.settle()
        replace_back_and_forth(0)
        bench.idle()

    model, expression = window.transcript_model, Query(r"col(ou)r\b", regex=True)
    bench.timed("find", "", lambda _: find(model.segments(), Query("colour")), rounds, bench.idle)
    bench.timed("find a regular expression", "", lambda _: find(model.segments(), expression), rounds, bench.idle)
    making = lambda _: replace_all(desk.transcript, Query("colour"), "color")  # noqa: E731
    bench.timed("make the edit of replace-all", "", making, rounds, bench.idle)
    bench.timed("replace all", "300", replace_back_and_forth, rounds // 2 * 2, bench.settle)
    turns: list[Callable[[], object]] = [desk.undo, desk.redo]
    bench.timed("undo or redo of it, when it is stored", "300", lambda n: turns[n % 2](), rounds // 2 * 2, bench.settle)
    bench.timed("undo of it at once", "300", lambda _: desk.undo(), max(3, rounds // 4), made)
    made()
    view = window.page.transcript
    view.setFocus()
    keys = lambda n: QTest.keyClick(view, typed(n))  # noqa: E731
    bench.timed("keystroke while it is being stored", "", keys, 5 * rounds, lambda: (time.sleep(0.005), bench.idle()))
    bench.settle()


def fill(studio, count):  # type: ignore[no-untyped-def]
    """A finished job with a transcript of `count` segments of seven or eight words, each with a “colour” in it."""
    from studio.core.jobs import JobOptions, JobState
    from studio.core.transcript import EngineInfo, Segment, Source, Word, default_speakers

    chance = random.Random(1)
    made = []
    for n in range(count):
        texts = [chance.choice(_WORDS) for _ in range(7 + n % 2)]
        texts[chance.randrange(len(texts))] = "colour"
        start = 2_000 * n
        words = [Word(t, start + 240 * i, start + 240 * i + 220, 0.9) for i, t in enumerate(texts)]
        made.append(Segment.from_words(words, _SPEAKERS[n // 5 % 3]))
    path = str(Path(studio.home.root) / "long.wav")
    job = studio.library.jobs.add(path, "long.wav", "c1", 2_000 * count, "cpu", JobOptions())
    id = studio.library.transcripts.create(Source(path, "long.wav", "c1", 2_000 * count), EngineInfo(), job.id)
    studio.library.transcripts.replace(id, made, default_speakers(_SPEAKERS), EngineInfo())
    studio.library.jobs.set_state(job.id, JobState.DONE)
    return studio.library.jobs.get(job.id)


if __name__ == "__main__":
    main()
