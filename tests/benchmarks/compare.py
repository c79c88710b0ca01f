"""Two transcripts side by side: comparing, deciding, and the page that shows them. Prints a table.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.compare

Words follow Zipf's law, as in speech; one in twenty differs.
"""

from __future__ import annotations

import random
import statistics
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QApplication

from studio.core.compare import Keep, compare
from studio.core.decisions import doubtful
from studio.core.transcript import Segment, Transcript, Word
from studio.services.opinion import Decisions
from studio.ui import theme
from studio.ui.compare import ComparePage

from .common import table

_SIZES = (6_000, 20_000, 150_000)


def pair(count: int) -> tuple[Transcript, Transcript]:
    """Two transcripts with `count` words, cut into segments at other places."""
    draw = random.Random(count)
    words = np.random.default_rng(count).zipf(1.3, count) % 8_000
    left = [Word(f"w{n}", 400 * k, 400 * k + 350, 0.8) for k, n in enumerate(words)]
    right: list[Word] = []
    for word in left:
        luck = draw.random()
        if luck < 0.015:
            continue
        if luck < 0.035:
            right.append(word._replace(text=f"{word.text}x"))
            continue
        right.append(word._replace(start=word.start + draw.randint(-80, 80)))
        if luck > 0.985:
            right.append(word._replace(text="added", start=word.end, end=word.end + 40))
    return _cut(left, 8), _cut(right, 11)


def _cut(words: list[Word], size: int) -> Transcript:
    return Transcript(
        tuple(
            Segment.from_words(words[at : at + size], "S1", number)
            for number, at in enumerate(range(0, len(words), size), 1)
        )
    )


def timed(function: Callable[[], object], times: int = 5) -> list[float]:
    """Milliseconds of each run."""
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        function()
        took.append((time.perf_counter() - begin) * 1000)
    return took


def shown(took: list[float]) -> str:
    """ "median / p95" in milliseconds."""
    ordered = sorted(took)
    return f"{statistics.median(ordered):.1f} / {ordered[int(len(ordered) * 0.95)]:.1f}"


def main() -> None:
    app = QApplication([])
    theme.current().apply(app)
    rows = []
    for count in _SIZES:
        left, right = pair(count)
        comparing = timed(lambda left=left, right=right: compare(left, right), 3)
        decisions = Decisions(left, right)
        differences = len(decisions.comparison.differences)
        marking = timed(lambda d=decisions: doubtful(d.comparison, d.choices), 3)
        following = timed(lambda d=decisions, left=left: d.follow(left), 3)
        each = iter(range(differences))
        deciding = timed(lambda d=decisions, left=left, each=each: d.decide(left, {next(each): Keep.RIGHT}), 40)
        page = ComparePage()
        page.resize(1100, 800)
        page.show()
        tracemalloc.start()
        opening = timed(lambda page=page, d=decisions: (page.show_decisions(d), app.processEvents()), 1)
        memory = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        opening = timed(lambda page=page, d=decisions: (page.show_decisions(d), app.processEvents()), 3)
        refreshing = timed(lambda page=page: (page.refresh(), app.processEvents()), 3)
        bar = page.list.verticalScrollBar()
        places = [bar.maximum() * n // 200 for n in range(200)]

        def scroll(bar: object = bar, page: ComparePage = page, places: list[int] = places) -> None:
            bar.setValue(places.pop())  # type: ignore[attr-defined]
            page.list.viewport().repaint()

        painting = timed(scroll, 200)
        figures = (comparing, deciding, marking, following, opening, refreshing, painting)
        rows.append([f"{count:,}", f"{differences:,}", *map(shown, figures), f"{memory:.1f}"])
        page.hide()
    head = [
        "words",
        "differences",
        "compare",
        "decide one",
        "doubtful",
        "follow",
        "open page",
        "refresh",
        "paint",
        "MB",
    ]
    print("Milliseconds, median / p95; memory: what opening the page takes at its peak.\n")
    table(head, rows)


if __name__ == "__main__":
    main()
