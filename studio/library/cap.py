"""The month's stop of an account, looked at in the transaction that stores an order: no other process comes between."""

from __future__ import annotations

import sqlite3

TABLES = ("submission", "vendor_order")  # where orders are that may cost money


def passed(db: sqlite3.Connection, table: str, uid: str) -> float | None:
    """The stop that an order would pass if it were placed now; None if it may be. One that is ordered is counted."""
    account, ordered, cost = db.execute(f"SELECT account, ordered, cost FROM {table} WHERE uid = ?", (uid,)).fetchone()
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
        for name in TABLES
    )
    return float(row[0]) if spent + (0.0 if ordered else cost or 0.0) > row[0] else None
