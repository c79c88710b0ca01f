"""What was ordered from vendors: stored before it is sent, so that nothing is paid for twice, and counted as spent."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import uuid
import zlib
from dataclasses import dataclass
from typing import Any

from studio.core.errors import Problem
from studio.core.parts import Part

from . import rows
from .orders_table import OrdersTable


@dataclass(frozen=True, slots=True)
class Submission:
    """One order: a part of a job's recording, sent to an account. Times in milliseconds of the recording."""

    uid: str
    job_id: int
    part: int  # counted from 0
    span: Part
    account: str
    vendor: str  # kind
    fingerprint: str  # of sound and options: the same order has the same
    stage: str  # see engines.remote.base.Stage
    data: dict[str, Any]  # the vendor's job id and the like
    ended: str | None = None  # "done", "failed", "lost", "cancelled", "again" (the user wants it anew); None: under way
    problem: Problem | None = None
    cost: float | None = None  # estimated when it was ordered
    ordered: str | None = None  # when it was, UTC; None: nothing was ordered yet
    name: str = ""  # of the recording


@dataclass(frozen=True, slots=True)
class Spent:
    minutes: float
    cost: float
    characters: int = 0  # of text that was spoken


class SubmissionStore(OrdersTable):
    """All calls may come from any thread and any process; each is one transaction."""

    table = "submission"

    def of_job(self, job_id: int) -> list[Submission]:
        """The orders of a job by part, each the latest of its part."""
        with self._db.read() as db:
            found = db.execute("SELECT * FROM submission WHERE job_id = ? ORDER BY part, rowid", (job_id,))
            return list({row["part"]: _submission(row) for row in found}.values())

    def get(self, uid: str) -> Submission | None:
        with self._db.read() as db:
            row = db.execute("SELECT * FROM submission WHERE uid = ?", (uid,)).fetchone()
            return _submission(row) if row else None

    def add(
        self,
        job_id: int,
        part: int,
        span: Part,
        account: str,
        vendor: str,
        fingerprint: str,
        name: str,
        cost: float | None,
    ) -> Submission:
        """Before anything is sent. The cost counts only once something is ordered."""
        uid = uuid.uuid4().hex
        with self._db.write() as db:
            row = db.execute(
                "INSERT INTO submission"
                " (uid, job_id, part, start, end, first, last, account, vendor, fingerprint, name, cost)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
                (uid, job_id, part, *dataclasses.astuple(span), account, vendor, fingerprint, name, cost),
            ).fetchone()
            return _submission(row)

    def receive(self, uid: str, stage: str, reply: bytes) -> None:
        """Store a reply as it came."""
        with self._db.write() as db:
            db.execute(
                "UPDATE submission SET stage = ?, reply = ?, ordered = COALESCE(ordered, CURRENT_TIMESTAMP)"
                " WHERE uid = ?",
                (stage, zlib.compress(reply), uid),
            )

    def reply(self, uid: str) -> bytes:
        """The stored reply, b"" if there is none."""
        with self._db.read() as db:
            row = db.execute("SELECT reply FROM submission WHERE uid = ?", (uid,)).fetchone()
            return zlib.decompress(row[0]) if row and row[0] else b""

    def again(self, job_id: int, *, doubtful: bool = False) -> None:
        """The user wants done anew what has failed; `doubtful`: and what may have arrived.

        What these orders may have cost stays counted.
        """
        with self._db.write() as db:
            db.execute(
                "UPDATE submission SET ended = 'again' WHERE job_id = ? AND (ended IN ('failed', 'lost')"
                " OR (? AND ended IS NULL AND stage = 'submitting'))",
                (job_id, doubtful),
            )

    def abandoned(self) -> list[Submission]:
        """Orders that a vendor still works at, of jobs that were cancelled or removed."""
        with self._db.read() as db:
            found = db.execute(
                "SELECT s.* FROM submission s LEFT JOIN job j ON j.id = s.job_id"
                " WHERE s.stage = 'submitted' AND s.ended IS NULL AND (j.id IS NULL OR j.state = 'cancelled')"
            )
            return [_submission(row) for row in found]

    def spent(self, account: str, month: str) -> Spent:
        """What was ordered in a month ("2026-11", UTC), as it was estimated."""
        with self._db.read() as db:
            row = db.execute(
                "SELECT TOTAL(end - start) / 60000.0, TOTAL(cost) FROM submission"
                " WHERE account = ? AND strftime('%Y-%m', ordered) = ?",
                (account, month),
            ).fetchone()
            return Spent(float(row[0]), float(row[1]))

    def last(self, account: str, count: int = 5) -> list[Submission]:
        """The latest orders of an account, the newest first."""
        with self._db.read() as db:
            found = db.execute(
                "SELECT * FROM submission WHERE account = ? AND ordered IS NOT NULL"
                " ORDER BY ordered DESC, rowid DESC LIMIT ?",
                (account, count),
            )
            return [_submission(row) for row in found]


def _submission(row: sqlite3.Row) -> Submission:
    return Submission(
        uid=row["uid"],
        job_id=row["job_id"],
        part=row["part"],
        span=Part(row["start"], row["end"], row["first"], row["last"]),
        account=row["account"],
        vendor=row["vendor"],
        fingerprint=row["fingerprint"],
        stage=row["stage"],
        data=json.loads(row["data"]),
        ended=row["ended"],
        problem=rows.problem_from(row["problem"]),
        cost=row["cost"],
        ordered=row["ordered"],
        name=row["name"],
    )
