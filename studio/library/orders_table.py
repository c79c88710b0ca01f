"""What all tables of orders at vendors share: how far an order is, whether it may be placed, and how it ended."""

from __future__ import annotations

import sqlite3
from typing import Any, ClassVar

from studio.core.errors import Problem

from . import rows
from .database import Database

_TABLES = ("submission", "vendor_order")  # where orders are that may cost money


class OrdersTable:
    table: ClassVar[str]  # one of _TABLES

    def __init__(self, database: Database) -> None:
        self._db = database

    def mark(self, uid: str, stage: str, data: dict[str, Any], *, ordered: bool) -> None:
        """How far it is, together with what is needed to go on. `ordered`: it may cost money from here on."""
        with self._db.write() as db:
            db.execute(
                f"UPDATE {self.table} SET stage = ?, data = ?,"
                " ordered = CASE WHEN ? THEN COALESCE(ordered, CURRENT_TIMESTAMP) END WHERE uid = ?",
                (stage, rows.dump(data), ordered, uid),
            )

    def order(self, uid: str, stage: str, data: dict[str, Any]) -> float | None:
        """Mark an order that may cost money from here on, unless it would pass the month's stop of its account: then
        nothing is stored, and that stop is returned.

        Looked at and stored in one transaction: orders of other processes cannot come between.
        """
        with self._db.write() as db:
            if (stop := self._passed(db, uid)) is not None:
                return stop
            db.execute(
                f"UPDATE {self.table} SET stage = ?, data = ?, ordered = COALESCE(ordered, CURRENT_TIMESTAMP)"
                " WHERE uid = ?",
                (stage, rows.dump(data), uid),
            )
        return None

    def end(self, uid: str, ended: str | None, problem: Problem | None = None) -> None:
        """How it ended and why; None: it goes on, and that is what is wrong with it so far.

        What was cancelled is not asked after any more, so the vendor's name for it goes.
        """
        with self._db.write() as db:
            db.execute(
                f"UPDATE {self.table} SET ended = ?1, problem = ?2,"
                " data = CASE WHEN ?1 = 'cancelled' THEN '{}' ELSE data END WHERE uid = ?3",
                (ended, rows.problem_to(problem), uid),
            )

    def _passed(self, db: sqlite3.Connection, uid: str) -> float | None:
        """The stop that an order would pass if it were placed now; None if it may be. What is ordered is counted."""
        account, ordered, cost = db.execute(
            f"SELECT account, ordered, cost FROM {self.table} WHERE uid = ?", (uid,)
        ).fetchone()
        row = db.execute(
            "SELECT json_extract(settings, '$.monthly_cap') FROM account WHERE name = ?", (account,)
        ).fetchone()
        if row is None or row[0] is None:
            return None
        spent = sum(
            db.execute(
                f"SELECT TOTAL(cost) FROM {name}"
                " WHERE account = ? AND strftime('%Y-%m', ordered) = strftime('%Y-%m', 'now')",
                (account,),
            ).fetchone()[0]
            for name in _TABLES
        )
        return float(row[0]) if spent + (0.0 if ordered else cost or 0.0) > row[0] else None
