"""What was ordered from vendors outside of jobs: texts to be spoken, sound to be cleaned.

Stored before it is sent, and the reply, which may be large, as a file before it is read: nothing is paid for twice.
"""

from __future__ import annotations

import json
import os
import sqlite3
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import Problem, StorageError

from . import rows
from .database import Database
from .orders_table import OrdersTable
from .submissions import Spent

SPEECH, SOUND = "speech", "sound"  # what is ordered


@dataclass(frozen=True, slots=True)
class Ordered:
    uid: str
    work: str  # SPEECH or SOUND
    fingerprint: str  # of all that makes the reply what it is: the same order has the same
    account: str
    vendor: str  # kind
    amount: int  # characters of speech, milliseconds of sound
    stage: str  # see engines.remote.service.Stage
    data: dict[str, Any]  # the vendor's job id and the like
    ended: str | None = None  # "done", "failed", "lost", "cancelled", "again" (the user wants it anew); None: under way
    problem: Problem | None = None
    cost: float | None = None  # estimated when it was ordered
    ordered: str | None = None  # when it was, UTC; None: nothing was ordered yet
    name: str = ""  # how the text begins, or what the recording is called


class OrderStore(OrdersTable):
    """All calls may come from any thread and any process; each is one transaction."""

    table = "vendor_order"

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database)
        self._folder = folder

    def find(self, fingerprint: str, account: str) -> Ordered | None:
        """The order of that content whose reply is there, whoever ordered it; else the latest of this account."""
        with self._db.read() as db:
            found = [
                _ordered(row)
                for row in db.execute(
                    "SELECT * FROM vendor_order WHERE fingerprint = ? ORDER BY created DESC, rowid DESC", (fingerprint,)
                )
            ]
        there = (o for o in found if o.ended in (None, "done") and self._path(o.uid).exists())
        return next(there, None) or next((o for o in found if o.account == account), None)

    def get(self, uid: str) -> Ordered | None:
        with self._db.read() as db:
            row = db.execute("SELECT * FROM vendor_order WHERE uid = ?", (uid,)).fetchone()
            return _ordered(row) if row else None

    def add(
        self, work: str, fingerprint: str, account: str, vendor: str, amount: int, name: str, cost: float | None
    ) -> Ordered:
        """Before anything is sent. The cost counts only once something is ordered."""
        with self._db.write() as db:
            row = db.execute(
                "INSERT INTO vendor_order (uid, work, fingerprint, account, vendor, amount, name, cost)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
                (uuid.uuid4().hex, work, fingerprint, account, vendor, amount, name, cost),
            ).fetchone()
            return _ordered(row)

    def receive(self, uid: str, stage: str, reply: bytes) -> None:
        """Store a reply as it came. Raises StorageError."""
        self._write(uid, reply)
        with self._db.write() as db:
            db.execute(
                "UPDATE vendor_order SET stage = ?, ordered = COALESCE(ordered, CURRENT_TIMESTAMP) WHERE uid = ?",
                (stage, uid),
            )

    def reply(self, uid: str) -> bytes | None:
        """The stored reply; None if there is none."""
        try:
            return self._path(uid).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._trouble(error) from error

    def spent(self, account: str, month: str) -> Spent:
        """What was ordered in a month ("2026-11", UTC), as it was estimated."""
        with self._db.read() as db:
            row = db.execute(
                "SELECT TOTAL(amount) FILTER (WHERE work = ?), TOTAL(amount) FILTER (WHERE work = ?) / 60000.0,"
                " TOTAL(cost) FROM vendor_order WHERE account = ? AND strftime('%Y-%m', ordered) = ?",
                (SPEECH, SOUND, account, month),
            ).fetchone()
            return Spent(float(row[1]), float(row[2]), round(row[0]))

    def last(self, account: str, count: int = 5) -> list[Ordered]:
        """The latest orders of an account, the newest first."""
        with self._db.read() as db:
            found = db.execute(
                "SELECT * FROM vendor_order WHERE account = ? AND ordered IS NOT NULL"
                " ORDER BY ordered DESC, rowid DESC LIMIT ?",
                (account, count),
            )
            return [_ordered(row) for row in found]

    def _path(self, uid: str) -> Path:
        return self._folder / uid[:2] / uid

    def _write(self, uid: str, reply: bytes) -> None:
        """It was paid for: it must survive a power cut, and be there as a whole or not at all."""
        path = self._path(uid)
        part = path.with_name(f"{uid}.part")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(reply)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: OSError) -> StorageError:
        return StorageError(
            f"What a vendor sent cannot be kept in “{self._folder}”: {error.strerror or error}.",
            "Make room on the disk, then try again.",
            repr(error),
        )


def _ordered(row: sqlite3.Row) -> Ordered:
    return Ordered(
        uid=row["uid"],
        work=row["work"],
        fingerprint=row["fingerprint"],
        account=row["account"],
        vendor=row["vendor"],
        amount=row["amount"],
        stage=row["stage"],
        data=json.loads(row["data"]),
        ended=row["ended"],
        problem=rows.problem_from(row["problem"]),
        cost=row["cost"],
        ordered=row["ordered"],
        name=row["name"],
    )
