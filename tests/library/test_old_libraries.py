"""Libraries of older versions are opened with their whole history; kill -9 meanwhile leaves them as they were."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from multiprocessing.context import BaseContext
from pathlib import Path

import old_libraries
import pytest
from old_libraries import FIRST, PREVIOUS, TALK

from studio.core.transcript import Transcript
from studio.library import Home, Library, outdated
from studio.library.database import MIGRATIONS


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepared()


def version(home: Home) -> int:
    with closing(sqlite3.connect(home.database)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def read(library: Library) -> Transcript:
    transcript = library.transcripts.get(TALK)
    assert transcript
    return transcript


def goes_back(library: Library, states: old_libraries.States) -> None:
    """Text, steps and words are there, from the last state to the first."""
    for n in reversed(range(1, len(states))):
        edit, now = states[n]
        assert read(library).segments == now.segments
        assert library.transcripts.step(TALK, n) == edit
        assert library.transcripts.undo(TALK) == n
    assert read(library).segments == states[0][1].segments
    assert library.transcripts.undo(TALK) is None
    assert library.search.holding("words1") == [TALK]
    assert library.search.holding(f"step {len(states) - 2}") == []


@pytest.mark.parametrize("old", [FIRST, PREVIOUS])
def test_the_history_of_an_older_library_is_there(home: Home, old: int) -> None:
    states = old_libraries.history(600, large=2, small=3)
    old_libraries.make(home.database, old, states)
    assert outdated(home.database)
    library = Library(home)
    assert not outdated(home.database)
    goes_back(library, states)
    library.close()


def test_a_new_library_and_a_damaged_one_are_not_outdated(home: Home) -> None:
    assert not outdated(home.database)
    home.database.write_text("no library at all, and long enough to be looked at" * 99)
    assert not outdated(home.database)


def open_library(home: Home) -> None:
    Library(home).close()


@pytest.mark.slow
@pytest.mark.parametrize("old", [FIRST, PREVIOUS])
def test_kills_while_an_older_library_is_opened(home: Home, old: int, copies: BaseContext) -> None:
    states = old_libraries.history(2500, large=2, small=20)
    old_libraries.make(home.database, old, states)
    log = home.database.with_name(f"{home.database.name}-wal")
    for written in (1, 1_000_000, 3_000_000):  # bytes of what is not committed yet
        process = copies.Process(target=open_library, args=(home,))
        process.start()
        while process.is_alive() and not (log.exists() and log.stat().st_size >= written):
            os.sched_yield()
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it was in the middle of it"
        assert version(home) == old
    library = Library(home)
    assert version(home) == len(MIGRATIONS)
    goes_back(library, states)
    library.close()
