"""The queue: jobs in the order they will be done, each claimed by one process at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

from studio.core.errors import Problem
from studio.core.jobs import Job, JobOptions, JobState

from . import rows
from .database import Database
from .presence import Presence


class JobStore:
    """All calls may come from any thread and any process; each is one transaction."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._db = database
        self._presence = presence

    def add(self, path: str, name: str, content_id: str, duration: int, resource: str, options: JobOptions) -> Job:
        """Queue a recording at the end. `resource`: what it needs to run, see services.queue."""
        with self._db.write() as db:
            position = (db.execute("SELECT MAX(position) FROM job").fetchone()[0] or 0) + 1
            cursor = db.execute(
                "INSERT INTO job (position, path, name, content_id, duration, resource, options, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (position, path, name, content_id, duration, resource, rows.options_to(options), JobState.WAITING),
            )
            return _job(db.execute("SELECT * FROM job WHERE id = ?", (cursor.lastrowid,)).fetchone())

    def get(self, id: int) -> Job | None:
        with self._db.read() as db:
            row = db.execute("SELECT * FROM job WHERE id = ?", (id,)).fetchone()
            return _job(row) if row else None

    def all(self) -> list[Job]:
        with self._db.read() as db:
            return [_job(r) for r in db.execute("SELECT * FROM job ORDER BY position")]

    def same(self, content_id: str, options: JobOptions, states: Collection[JobState]) -> Job | None:
        """The latest job on the same recording with the same options in one of these states."""
        marks = ",".join("?" * len(states))
        with self._db.read() as db:
            row = db.execute(
                f"SELECT * FROM job WHERE content_id = ? AND options = ? AND state IN ({marks}) ORDER BY id DESC",
                (content_id, rows.options_to(options), *states),
            ).fetchone()
            return _job(row) if row else None

    def claim(self, resources: Collection[str], only: Collection[int] | None = None) -> Job | None:
        """Take the next waiting job of one of the resources for this process; None when there is none."""
        self.recover()
        with self._db.write() as db:
            for row in db.execute("SELECT * FROM job WHERE state = ? ORDER BY position", (JobState.WAITING,)):
                if row["resource"] in resources and (only is None or row["id"] in only):
                    db.execute(
                        "UPDATE job SET state = ?, owner = ?, problem = NULL WHERE id = ?",
                        (JobState.RUNNING, self._presence.owner, row["id"]),
                    )
                    return _job(db.execute("SELECT * FROM job WHERE id = ?", (row["id"],)).fetchone())
        return None

    def recover(self) -> int:
        """Give jobs whose process died back to the queue; returns how many."""
        with self._db.read() as db:
            running = db.execute("SELECT id, owner FROM job WHERE state = ?", (JobState.RUNNING,)).fetchall()
        lost = [r["id"] for r in running if not (r["owner"] and self._presence.alive(r["owner"]))]
        if lost:
            with self._db.write() as db:
                db.executemany(
                    "UPDATE job SET state = ?, owner = NULL WHERE id = ? AND state = ?",
                    ((JobState.WAITING, id, JobState.RUNNING) for id in lost),
                )
        return len(lost)

    def is_ours(self, id: int) -> bool:
        """Whether this process runs the job."""
        with self._db.read() as db:
            row = db.execute("SELECT owner FROM job WHERE id = ?", (id,)).fetchone()
            return bool(row and row["owner"] == self._presence.owner)

    def set_state(self, id: int, state: JobState, *, problem: Problem | None = None, took: float = 0.0) -> Job | None:
        """End or change a run; `took` seconds are added to the job's account."""
        with self._db.write() as db:
            db.execute(
                "UPDATE job SET state = ?, owner = NULL, problem = ?, took = took + ?, stage = '',"
                " progress = CASE WHEN ?1 = 'done' THEN 1 ELSE progress END,"
                " finished = CASE WHEN ?1 IN ('done', 'failed', 'cancelled') THEN CURRENT_TIMESTAMP END WHERE id = ?4",
                (state, rows.problem_to(problem), took, id),
            )
            row = db.execute("SELECT * FROM job WHERE id = ?", (id,)).fetchone()
            return _job(row) if row else None

    def set_progress(self, id: int, stage: str, progress: float) -> None:
        with self._db.write() as db:
            db.execute("UPDATE job SET stage = ?, progress = MAX(progress, ?) WHERE id = ?", (stage, progress, id))

    def set_transcript(self, id: int, transcript_id: int, duration: int) -> None:
        with self._db.write() as db:
            db.execute("UPDATE job SET transcript_id = ?, duration = ? WHERE id = ?", (transcript_id, duration, id))

    def set_path(self, id: int, path: str) -> None:
        """The recording was found at another place."""
        with self._db.write() as db:
            db.execute("UPDATE job SET path = ? WHERE id = ?", (path, id))

    def move(self, id: int, before: int | None) -> None:
        """Put a job before another one, or at the end."""
        with self._db.write() as db:
            order = [r["id"] for r in db.execute("SELECT id FROM job ORDER BY position") if r["id"] != id]
            order.insert(order.index(before) if before in order else len(order), id)
            db.executemany("UPDATE job SET position = ? WHERE id = ?", ((n, i) for n, i in enumerate(order, 1)))

    def remove(self, ids: Iterable[int]) -> None:
        """Forget jobs with their transcripts. The recordings themselves are never touched."""
        with self._db.write() as db:
            for id in ids:
                db.execute("DELETE FROM transcript WHERE id = (SELECT transcript_id FROM job WHERE id = ?)", (id,))
                db.execute("DELETE FROM job WHERE id = ?", (id,))


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        path=row["path"],
        name=row["name"],
        content_id=row["content_id"],
        options=rows.options_from(row["options"]),
        state=JobState(row["state"]),
        position=row["position"],
        duration=row["duration"],
        stage=row["stage"],
        progress=row["progress"],
        problem=rows.problem_from(row["problem"]),
        transcript_id=row["transcript_id"],
        took=row["took"],
    )
