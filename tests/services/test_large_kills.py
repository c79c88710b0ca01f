"""kill -9 while a change of many segments is stored, comes into the rows in parts, and is taken back.

Each process that is started finds what the one before has left, tells it, and goes on until it is killed, too.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import NamedTuple

import pytest

from studio.core import edits
from studio.core.edits import Edit, apply
from studio.core.jobs import JobOptions
from studio.core.replace import Query, replace_all
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Word, default_speakers
from studio.library import Home
from studio.library.pending import PART
from studio.services.editing import EditSession
from studio.services.studio import Studio

TALK = 1  # the only transcript
SEGMENTS = PART + 100
STEPS = 6
STAGES = {  # those in which a change can be when the process dies: on its way there or back, and how far it is
    *((back, stage) for back in (False, True) for stage in ("stored", "begun")),
    (False, "kept"),  # what goes is packed, and nothing of it is gone
}


class Found(NamedTuple):
    """What is there after a restart."""

    step: int
    now: Transcript
    oldest: Transcript  # after undoing everything
    again: Transcript  # and making it again
    words: list[int]  # steps whose words are found


def _states(first: Transcript) -> list[tuple[Edit | None, Transcript]]:
    """Each step, and what it makes of the text: large changes, and a small one that waits behind them."""
    states: list[tuple[Edit | None, Transcript]] = [(None, first)]
    for n in range(1, STEPS + 1):
        now = states[-1][1]
        edit: Edit | None
        if n % 3 == 0:
            edit = edits.set_text(now.segments[n], f"{now.segments[n].text} step{n}")
        elif n % 3 == 2:
            edit = replace_all(now, Query(f"step{n - 1}"), f"step{n}")
            assert edit
            assert edit.retexted
        else:
            ids = edits.fresh_ids(now.segments)
            said = (Segment.from_words([Word(f"step{n}", s.start, s.end)], s.speaker) for s in now.segments)
            edit = Edit(f"step {n}", now.segments, tuple(s._replace(id=next(ids)) for s in said))
        states.append((edit, apply(now, edit)))
    return states


def _change_until_killed(
    home: Home, first: Transcript, seed: int, dies_at: tuple[bool, str] | None, tell: Connection
) -> None:
    """Tells what it finds, and each step before it is stored and when it is. `dies_at`: the stage to die in."""
    pick, states, studio = random.Random(seed), _states(first), Studio.open(home)
    tell.send(_found(studio))
    session = EditSession(studio, TALK)
    while True:
        if session.last == STEPS or (session.last and pick.random() < 0.4):
            session.undo()
        elif session.redo() is None:
            edit = states[session.last + 1][0]
            assert edit
            session.do(edit)
        tell.send(session.last)
        session.save()
        tell.send(session.last)
        for _ in range(pick.randrange(8)):
            if dies_at and dies_at in _stages(home):
                os.kill(os.getpid(), signal.SIGKILL)
            studio.library.pending.work_off()


def _found(studio: Studio) -> Found:
    """Everything that a user could ask for; search comes last, since it waits until all is in the rows."""
    session = EditSession(studio, TALK)
    shown, steps = now, _ = session.read(), 0
    while edit := session.undo():
        shown, steps = apply(shown, edit), steps + 1
    oldest = shown
    for _ in range(steps):
        edit = session.redo()
        assert edit
        shown = apply(shown, edit)
    words = [n for n in range(STEPS + 1) if studio.library.search.holding(f"step{n}")]
    assert session.read() == now, "what came into the rows is what was shown"
    return Found(steps, now, oldest, shown, words)


def _stages(home: Home) -> list[tuple[bool, str]]:
    """Where the first that waits is, as the disk has it."""
    with closing(sqlite3.connect(home.database)) as db:
        rows = db.execute(
            "SELECT back, position, went IS NULL FROM pending p JOIN content c ON c.id = p.content ORDER BY seq LIMIT 1"
        ).fetchall()
    return [
        (bool(back), "begun" if position else "stored" if bare or back else "kept") for back, position, bare in rows
    ]


@pytest.mark.slow
def test_kills_while_large_changes_come_into_the_rows(studio: Studio, home: Home, copies: BaseContext) -> None:
    job = studio.library.jobs.add("/a.wav", "a.wav", "content", 9000, "cpu", JobOptions())
    store = studio.library.transcripts
    assert store.create(Source(duration=9000), EngineInfo(), job.id) == TALK
    said = (Segment.from_words([Word("step0", n * 100, n * 100 + 90)], "S1") for n in range(SEGMENTS))
    store.replace(TALK, said, default_speakers(["S1"]), EngineInfo())
    first = store.get(TALK)
    assert first
    states = [state for _, state in _states(first)]
    pick = random.Random(1)
    possible, seen = {0}, set()
    for kill, dies_at in enumerate([*sorted(STAGES), *[None] * 8]):
        hears, tells = copies.Pipe(duplex=False)
        process = copies.Process(target=_change_until_killed, args=(home, first, kill, dies_at, tells))
        process.start()
        tells.close()
        found = hears.recv()
        assert found.step in possible
        assert found.now == found.again == states[found.step]
        assert found.oldest == first
        assert found.words == [n for n in range(STEPS + 1) if f"step{n}" in states[found.step].text.split()]
        told, end = [found.step], time.monotonic() + pick.random() / 3
        while process.is_alive() and (dies_at or time.monotonic() < end):
            if hears.poll(0.001):
                told += _told(hears)
        process.kill()
        process.join()
        possible = {*(told + _told(hears))[-2:]}
        seen.update(_stages(home))
    assert seen == STAGES


def _told(hears: Connection) -> list[int]:
    """The numbers of steps that were told: each before it was stored, and after."""
    told: list[int] = []
    try:
        while hears.poll():
            told.append(hears.recv())
    except (EOFError, OSError):
        pass
    return told
