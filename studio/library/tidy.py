"""Removes what killed processes left in the home. Runs when a library is opened, beside other live processes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from studio.core.jobs import JobState

from .database import Database
from .home import Home

_NEED_NO_SOUND = (JobState.DONE, JobState.CANCELLED)


def tidy(home: Home, database: Database) -> None:
    """Decoded and cleaned sound and peaks that no job needs any more, and half-written files that no process works on.

    The folders are read before the jobs: a file whose job is not known then belongs to none.
    """
    audio, peaks, cleaned = (list(folder.iterdir()) for folder in (home.audio, home.peaks, home.cleaned))
    with database.read() as db:
        jobs = db.execute("SELECT id, state, content_id FROM job").fetchall()
    running = [r for r in jobs if r["state"] == JobState.RUNNING]
    _remove(audio, ".", [r["id"] for r in jobs if r["state"] not in _NEED_NO_SOUND], [r["id"] for r in running])
    contents = [r["content_id"][:32] for r in jobs]
    _remove(peaks, "-", contents, [r["content_id"][:32] for r in running])
    _remove(cleaned, "-", contents, contents)  # no job says whether someone cleans a recording just now


def _remove(files: list[Path], mark: str, needed: Iterable[object], busy: Iterable[object]) -> None:
    """`needed` and `busy`: what a file's name begins with, up to `mark`."""
    keep, keep_parts = set(map(str, needed)), set(map(str, busy))
    for file in files:
        if file.name.partition(mark)[0] not in (keep_parts if file.suffix == ".part" else keep):
            with suppress(OSError):  # open in a player, or gone already: the next start tries again
                file.unlink()
