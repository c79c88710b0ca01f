"""Work in the background is done in turn, and what is stopped is not heard of again."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.core.errors import Problem, UsageError
from studio.core.jobs import StopToken
from studio.ui.lane import Lane


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    owner = QObject()
    lane = Lane(owner)
    yield lane
    lane.shut_down()


def test_one_after_the_other(lane: Lane, qtbot: QtBot) -> None:
    done: list[int] = []
    for n in range(3):
        lane.run(lambda stop, n=n: n, done.append)
    qtbot.waitUntil(lambda: len(done) == 3)
    assert done == [0, 1, 2]


def test_what_is_stopped_is_not_heard_of_and_the_next_is_done(lane: Lane, qtbot: QtBot) -> None:
    began, done = threading.Event(), list[str]()

    def long(stop: StopToken) -> str:
        began.set()
        while True:
            stop.check()

    lane.run(long, done.append)
    lane.run(lambda stop: "waited", done.append)
    assert began.wait(5)
    lane.stop()
    lane.run(lambda stop: "next", done.append)
    qtbot.waitUntil(lambda: done == ["next"])


def test_a_problem_is_told(lane: Lane, qtbot: QtBot) -> None:
    problems: list[Problem] = []

    def refuse(stop: StopToken) -> None:
        raise UsageError("No.")

    lane.run(refuse, failed=problems.append)
    qtbot.waitUntil(lambda: [p.what for p in problems] == ["No."])
    assert problems[0].kind == "UsageError"
