"""Voices made from recordings, each with the consent of who is heard: who gave it, when, for what, to which words.

A voice and its consent are one row: there is none without the other, and they go together.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from .database import Database


@dataclass(frozen=True, slots=True)
class Clone:
    id: int
    account: str  # where it speaks
    title: str  # what the user calls the voice
    content_id: str  # of the recording
    start: int  # milliseconds of it
    end: int
    agreed_by: str  # the name that was typed
    agreed: str  # when, UTC
    notice: str  # what was agreed to, as it was shown
    reference: bytes  # the stretch, a WAV file


class CloneStore:
    """All calls may come from any thread; each is one transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self,
        account: str,
        title: str,
        content_id: str,
        span: tuple[int, int],
        agreed_by: str,
        notice: str,
        reference: bytes,
    ) -> Clone:
        with self._db.write() as db:
            row = db.execute(
                "INSERT INTO clone (account, title, content_id, start, end, agreed_by, notice, reference)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
                (account, title, content_id, *span, agreed_by, notice, reference),
            ).fetchone()
            return _clone(row)

    def get(self, id: int) -> Clone | None:
        with self._db.read() as db:
            row = db.execute("SELECT * FROM clone WHERE id = ?", (id,)).fetchone()
            return _clone(row) if row else None

    def all(self) -> list[Clone]:
        """In the order they were made."""
        with self._db.read() as db:
            return [_clone(row) for row in db.execute("SELECT * FROM clone ORDER BY id")]

    def remove(self, id: int) -> None:
        """The voice, what it was made from, and the consent."""
        with self._db.write() as db:
            db.execute("DELETE FROM clone WHERE id = ?", (id,))


def _clone(row: sqlite3.Row) -> Clone:
    return Clone(**{name: row[name] for name in row.keys()})  # noqa: SIM118  # a Row is no mapping
