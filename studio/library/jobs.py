"""The queue: jobs in the order they will be done, each claimed by one process at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from studio.core.errors import Problem
from studio.core.jobs import Job, JobOptions, JobState

from . import rows
from .database import Database
from .presence import Presence

_OURS = "(state != 'running' OR owner = ?)"  # what another process runs is left alone


class JobStore:
    """All calls may come from any thread and any process; each is one transaction."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._db = database
        self._presence = presence

    def add(
        self,
        path: str,
        name: str,
        content_id: str,
        duration: int,
        resource: str,
        options: JobOptions,
        state: JobState = JobState.WAITING,
    ) -> Job:
        """Queue a recording at the end. `resource`: what it needs to run, see services.queue.

        In another `state` it is there but never runs: a transcript that came from a file.
        """
        with self._db.write() as db:
            position = (db.execute("SELECT MAX(position) FROM job").fetchone()[0] or 0) + 1
            cursor = db.execute(
                "INSERT INTO job (position, path, name, content_id, duration, resource, options, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (position, path, name, content_id, duration, resource, rows.options_to(options), state),
            )
            return _job(db.execute("SELECT * FROM job WHERE id = ?", (cursor.lastrowid,)).fetchone())

    def get(self, id: int) -> Job | None:
        with self._db.read() as db:
            row = db.execute("SELECT * FROM job WHERE id = ?", (id,)).fetchone()
            return _job(row) if row else None

    def last_id(self) -> int:
        """Jobs added from now on have larger ids."""
        with self._db.read() as db:
            return int(db.execute("SELECT COALESCE(MAX(id), 0) FROM job").fetchone()[0])

    def all(self) -> list[Job]:
        with self._db.read() as db:
            return [_job(r) for r in db.execute("SELECT * FROM job ORDER BY position")]

    def waiting(self) -> dict[str, int]:
        """How many jobs wait for each resource."""
        with self._db.read() as db:
            found = db.execute(
                "SELECT resource, COUNT(*) FROM job WHERE state = ? GROUP BY resource", (JobState.WAITING,)
            )
            return {str(resource): int(count) for resource, count in found}

    def same(self, content_id: str, options: JobOptions, states: Collection[JobState]) -> Job | None:
        """The latest job on the same recording with the same options in one of these states."""
        with self._db.read() as db:
            jobs = db.execute("SELECT * FROM job WHERE content_id = ? ORDER BY id DESC", (content_id,))
            found = [_job(row) for row in jobs]
        return next((j for j in found if j.options == options and j.state in states), None)

    def claim(self, resources: Collection[str], only: Collection[int] | None = None) -> Job | None:
        """Take the next waiting job of one of the resources for this process; None when there is none."""
        self.recover()
        while (id := self._next(resources, only)) is not None:
            with self._db.write() as db:
                took = db.execute(
                    "UPDATE job SET state = ?, owner = ?, problem = NULL WHERE id = ? AND state = ?",
                    (JobState.RUNNING, self._presence.owner, id, JobState.WAITING),
                )
                if took.rowcount:  # else another process was faster
                    return _job(db.execute("SELECT * FROM job WHERE id = ?", (id,)).fetchone())
        return None

    def _next(self, resources: Collection[str], only: Collection[int] | None) -> int | None:
        """Looking locks nothing: a runner without work must not keep others from writing."""
        with self._db.read() as db:
            waiting = db.execute("SELECT id, resource FROM job WHERE state = ? ORDER BY position", (JobState.WAITING,))
            return next((id for id, needs in waiting if needs in resources and (only is None or id in only)), None)

    def recover(self) -> int:
        """Give jobs whose process died back to the queue; returns how many."""
        with self._db.read() as db:
            running = db.execute("SELECT id, owner FROM job WHERE state = ?", (JobState.RUNNING,)).fetchall()
        lost = [(r["id"], r["owner"]) for r in running if not (r["owner"] and self._presence.alive(r["owner"]))]
        if lost:
            with self._db.write() as db:
                db.executemany(  # the owner again: another process may have been faster and have begun the job anew
                    "UPDATE job SET state = 'waiting', owner = NULL WHERE id = ? AND state = 'running' AND owner IS ?",
                    lost,
                )
        return len(lost)

    def set_state(
        self,
        id: int,
        state: JobState,
        *,
        since: Collection[JobState] = tuple(JobState),
        problem: Problem | None = None,
        took: float = 0.0,
    ) -> Job | None:
        """End or change a run; `took` seconds are added to the job's account.

        None, and nothing is changed, when the job is gone, in none of the states `since`, or run by another process.
        """
        with self._db.write() as db:
            changed = db.execute(
                "UPDATE job SET state = ?, owner = NULL, problem = ?, took = took + ?, stage = '',"
                " progress = CASE WHEN ?1 = 'done' THEN 1 ELSE progress END,"
                " finished = CASE WHEN ?1 IN ('done', 'failed', 'cancelled') THEN CURRENT_TIMESTAMP END"
                f" WHERE id = ? AND {_OURS} AND state IN ({','.join('?' * len(since))})",
                (state, rows.problem_to(problem), took, id, self._presence.owner, *since),
            )
            row = db.execute("SELECT * FROM job WHERE id = ?", (id,)).fetchone()
            return _job(row) if changed.rowcount else None

    def set_progress(self, id: int, stage: str, progress: float) -> None:
        with self._db.write() as db:
            db.execute("UPDATE job SET stage = ?, progress = MAX(progress, ?) WHERE id = ?", (stage, progress, id))

    def set_path(self, id: int, path: str, name: str) -> None:
        """The recording was found at another place."""
        with self._db.write() as db:
            db.execute("UPDATE job SET path = ?, name = ? WHERE id = ?", (path, name, id))

    def set_recording(self, id: int, path: str, name: str, content_id: str, duration: int) -> None:
        """Another recording, or the same one at another place; the duration never falls, as text may go on."""
        with self._db.write() as db:
            db.execute(
                "UPDATE job SET path = ?, name = ?, content_id = ?, duration = MAX(duration, ?) WHERE id = ?",
                (path, name, content_id, duration, id),
            )

    def move(self, id: int, before: int | None) -> None:
        """Put a job before another one, or at the end."""
        with self._db.write() as db:
            places = dict(db.execute("SELECT id, position FROM job WHERE id IN (?, ?)", (id, before)).fetchall())
            last = db.execute("SELECT MAX(position) FROM job").fetchone()[0] or 0
            old, new = places.get(id, last), places.get(before, last + 1)
            if new > old:  # only what lies between moves up or down
                db.execute("UPDATE job SET position = position - 1 WHERE position > ? AND position < ?", (old, new))
                new -= 1
            else:
                db.execute("UPDATE job SET position = position + 1 WHERE position >= ? AND position < ?", (new, old))
            db.execute("UPDATE job SET position = ? WHERE id = ?", (new, id))

    def remove(self, id: int) -> bool:
        """Forget a job with its transcript, never the recording; False if it is gone or run by another process."""
        with self._db.write() as db:
            row = db.execute(
                f"DELETE FROM job WHERE id = ? AND {_OURS} RETURNING transcript_id", (id, self._presence.owner)
            )
            found = row.fetchall()
            db.executemany("DELETE FROM transcript WHERE id = ?", [tuple(r) for r in found])
            if found:  # what was paid stays known, what was said and by whom does not
                db.execute(  # but the vendor's name for it, as long as the vendor is to be told
                    "UPDATE submission SET reply = NULL, name = '',"
                    " data = CASE WHEN stage = 'submitted' AND ended IS NULL THEN data ELSE '{}' END WHERE job_id = ?",
                    (id,),
                )
            return bool(found)


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
