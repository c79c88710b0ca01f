"""kill -9 at any moment: the library opens, every change that was stored is there, and undo goes back to the start."""

from __future__ import annotations

import os
import random
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import Any

import pytest

from studio.core import edits
from studio.core.edits import Edit, apply, order
from studio.core.errors import UsageError
from studio.core.jobs import JobOptions
from studio.core.profiles import DEFAULT
from studio.core.reflow import reflow
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Word, default_speakers
from studio.library import Home
from studio.services.editing import EditSession
from studio.services.studio import Studio

STEPS = ("type", "type", "type", "type", "split", "merge", "undo", "undo", "redo", "flag", "rename", "reflow", "append")
STEPS += ("work off",) * 4


def _step(session: EditSession, shown: Transcript, kind: str, pick: random.Random) -> Edit | None:
    """A change that the session knows of."""
    row = pick.randrange(len(shown.segments))
    segment = shown.segments[row]
    match kind:
        case "type":
            return session.type_text(segment, f"{segment.text} k{pick.randrange(100)}")
        case "undo":
            return session.undo()
        case "redo":
            return session.redo()
        case "split":
            edit = edits.split(segment, len(segment.text) // 2, next(edits.fresh_ids(shown.segments)))
        case "merge":
            edit = edits.merge(shown.segments[row : row + 2])
        case "flag":
            edit = edits.flag([segment])
        case "rename":
            edit = edits.rename_speaker(shown, "S1", f"Name {pick.randrange(100)}")
        case _:
            edit = reflow(shown, DEFAULT)
    if not edit.changes:
        return None
    session.do(edit)
    return edit


def _edit_until_killed(home: Home, talk: int, seed: int, tell: Connection) -> None:
    """Tells each state before it is stored, and that it is stored."""
    pick = random.Random(seed)
    studio = Studio.open(home)
    session, store = EditSession(studio, talk), studio.library.transcripts
    shown = session.read()
    while True:
        kind = pick.choice(STEPS)
        if kind == "append":
            at = store.heard(talk)
            arrived = store.append(talk, [Segment.from_words([Word(f"a{at}", at, at + 100)])], at + 200)
            shown = shown.with_segments(sorted([*shown.segments, *arrived], key=order))
            continue
        if kind == "work off":
            studio.library.pending.work_off()
            continue
        try:
            edit = _step(session, shown, kind, pick)
        except UsageError:
            continue
        shown = apply(shown, edit) if edit else shown
        for stored in (False, True):
            if stored:
                session.save()
            tell.send((stored, _state(shown, session)))


def _state(shown: Transcript, session: EditSession) -> tuple[Any, ...]:
    """What a killed process may not lose; what is recognised is stored on its own."""
    own = tuple(s for s in shown.segments if not s.text.startswith("a"))
    return own, shown.speakers, session.history()


@pytest.mark.slow
def test_thirty_kills(studio: Studio, home: Home, copies: BaseContext) -> None:
    job = studio.library.jobs.add("/a.wav", "a.wav", "content", 9000, "cpu", JobOptions())
    store = studio.library.transcripts
    id = store.create(Source(duration=9000), EngineInfo(), job.id)
    words = [[Word(f"w{n}_{i}", n * 1000 + i * 100, n * 1000 + i * 100 + 90) for i in range(6)] for n in range(600)]
    store.replace(id, [Segment.from_words(w, "S1") for w in words], default_speakers(["S1"]), EngineInfo())
    store.append(id, [], 700_000)
    first = store.get(id)
    assert first
    pick = random.Random(1)
    for kill in range(30):
        hears, tells = copies.Pipe(duplex=False)
        process = copies.Process(target=_edit_until_killed, args=(home, id, kill, tells))
        process.start()
        tells.close()
        told = [hears.recv()]
        end = time.monotonic() + pick.random() / 3
        while time.monotonic() < end:
            if hears.poll(0.001):
                told.append(hears.recv())
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        told += _rest(hears)
        session = EditSession(studio, id)
        now = session.read()
        last = max((n for n, (stored, _) in enumerate(told) if stored), default=0)
        assert _state(now, session) in [state for _, state in told[last:]] or (last == 0 and not told[0][0])
        _goes_back_to(first, session, now)


def _rest(hears: Connection) -> list[Any]:
    """What had been told when the process was killed."""
    rest = []
    try:
        while hears.poll():
            rest.append(hears.recv())
    except (EOFError, OSError):
        pass
    return rest


def _goes_back_to(first: Transcript, session: EditSession, now: Transcript) -> None:
    shown, steps = now, 0
    while edit := session.undo():
        shown, steps = apply(shown, edit), steps + 1
    own = [s for s in shown.segments if not s.text.startswith("a")]
    assert own == list(first.segments)
    for _ in range(steps):
        edit = session.redo()
        assert edit
        shown = apply(shown, edit)
    assert shown.segments == session.read().segments == now.segments
