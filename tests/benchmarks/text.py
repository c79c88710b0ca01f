"""What editing a long transcript costs: 20,000 segments, 150,000 words, in the window as people use it.

Run: python -m tests.benchmarks.text [--segments 20000] [--rounds 20]. Needs no models. The window is the real one,
drawn on no screen, over a library of its own; each figure is how long the window's thread is kept busy, painting
included. The last column, its processor time, says more where other programs work at the same time.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .common import table

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
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from studio.app import build
    from studio.core.replace import Query, find, replace_all

    app, window = build([])
    window.show()
    job = fill(window._studio, segments)
    rows: list[list[object]] = []

    def settle() -> None:
        """Let timers and the saver finish."""
        done = time.perf_counter() + 0.9
        while time.perf_counter() < done or (window.desk._session and window.desk._session.unsaved):
            app.processEvents()
            time.sleep(0.005)

    def timed(what: str, limit: str, do: Callable[[int], object], times: int, before: Callable[[], object]) -> None:
        took, worked = [], []
        for number in range(times):
            before()
            started, processor = time.perf_counter(), time.thread_time()
            do(number)
            app.sendPostedEvents()
            app.processEvents()
            took.append(1000 * (time.perf_counter() - started))
            worked.append(1000 * (time.thread_time() - processor))
        ordered = sorted(took)
        p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        rows.append(
            [
                what,
                limit,
                f"{statistics.median(took):.2f}",
                f"{p95:.2f}",
                f"{ordered[-1]:.2f}",
                f"{statistics.median(worked):.2f}",
            ]
        )

    def idle() -> None:
        app.processEvents()

    def closed() -> None:
        window._open(None)
        settle()

    timed("open", "500", lambda _: window._open(job), max(3, rounds // 4), closed)
    settle()
    view = window.page.transcript
    middle = segments // 2
    view.setFocus()
    view.put_caret(middle, 3)
    app.processEvents()

    places = iter(range(0, 10**9, 1))
    timed("word highlight", "1", lambda _: view.set_position(10_000_000 + 280 * next(places)), 40 * rounds, idle)
    view.put_caret(middle, 3)
    settle()
    timed("keystroke", "2", lambda n: QTest.keyClick(view, Qt.Key(Qt.Key.Key_A + n % 26)), 20 * rounds, idle)
    settle()
    timed(
        "keystroke, each after a pause",
        "2",
        lambda n: QTest.keyClick(view, Qt.Key(Qt.Key.Key_A + n % 26)),
        rounds // 2,
        settle,
    )
    alt = Qt.KeyboardModifier.AltModifier
    timed("next passage (Alt+Down)", "", lambda _: QTest.keyClick(view, Qt.Key.Key_Down, alt), 5 * rounds, idle)
    settle()
    measure_subtitles(window, timed, settle, rounds)

    def replace_back_and_forth(number: int) -> None:
        old, new = ("colour", "color") if number % 2 == 0 else ("color", "colour")
        window.desk.do(replace_all(window.desk.transcript, Query(old), new))

    timed("find", "", lambda _: find(window.transcript_model.segments(), Query("colour")), rounds, idle)
    expression = Query(r"col(ou)r\b", regex=True)
    timed("find a regular expression", "", lambda _: find(window.transcript_model.segments(), expression), rounds, idle)
    timed(
        "make the edit of replace-all",
        "",
        lambda _: replace_all(window.desk.transcript, Query("colour"), "color"),
        rounds,
        idle,
    )
    timed("replace all", "300", replace_back_and_forth, rounds // 2 * 2, settle)
    turns: list[Callable[[], object]] = [window.desk.undo, window.desk.redo]
    timed("undo or redo of it, when it is stored", "300", lambda n: turns[n % 2](), rounds // 2 * 2, settle)

    def replaced() -> None:
        settle()
        window.desk.do(replace_all(window.desk.transcript, Query("colour"), "color"))
        app.processEvents()

    timed("undo of it at once", "300", lambda _: window.desk.undo(), max(3, rounds // 4), replaced)
    table(["what, ms", "at most", "median", "p95", "largest", "processor, median"], rows)
    settle()
    window.close()
    return app, window


def measure_subtitles(window, timed, settle, rounds):  # type: ignore[no-untyped-def]
    """The same text as cues, nearly each of which breaks a rule."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    idle, modes = QApplication.processEvents, ("subtitlesModeAction", "transcriptModeAction")
    timed("subtitles and back", "", lambda n: window.commands[modes[n % 2]].trigger(), rounds // 2 * 2, settle)
    window.commands["subtitlesModeAction"].trigger()
    settle()
    text = window.desks.modes.subtitles.editor.text
    text.setFocus()
    timed("keystroke in a cue", "2", lambda n: QTest.keyClick(text, Qt.Key(Qt.Key.Key_A + n % 26)), 5 * rounds, idle)
    settle()
    timed("next problem", "", lambda _: window.commands["nextProblemAction"].trigger(), 5 * rounds, idle)
    alt = Qt.KeyboardModifier.AltModifier
    timed("next cue (Alt+Down)", "", lambda _: QTest.keyClick(text, Qt.Key.Key_Down, alt), 5 * rounds, idle)
    window.commands["transcriptModeAction"].trigger()
    settle()


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
