"""Removes what killed processes left in the home. Runs when a library is opened, beside other live processes."""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import StorageError
from studio.core.jobs import JobState

from .database import Database
from .home import Home

_NEED_NO_SOUND = (JobState.DONE, JobState.CANCELLED)


def tidy(home: Home, database: Database) -> None:
    """Decoded sound and peaks that no job needs any more, and half-written files that no process works on.

    The folders are read before the jobs: a file whose job is not known then belongs to none.
    """
    try:
        audio, peaks = list(home.audio.iterdir()), list(home.peaks.iterdir())
        with database.read() as db:
            jobs = db.execute("SELECT id, state, content_id FROM job").fetchall()
        sound = {str(r["id"]) for r in jobs if r["state"] not in _NEED_NO_SOUND}
        known = {r["content_id"][:32] for r in jobs}
        busy = {x for r in jobs if r["state"] == JobState.RUNNING for x in (str(r["id"]), r["content_id"][:32])}
        _remove(audio, ".", sound, busy)
        _remove(peaks, "-", known, busy)
    except OSError as e:
        raise StorageError(
            f"The folder “{home.root}” for the program's own files cannot be used: {e.strerror or e}.",
            "Set STUDIO_HOME to a folder that you may write to.",
            repr(e),
        ) from e


def _remove(files: list[Path], mark: str, needed: set[str], busy: set[str]) -> None:
    for file in files:
        key = file.name.partition(mark)[0]
        if key not in needed or (file.suffix == ".part" and key not in busy):
            file.unlink(missing_ok=True)
