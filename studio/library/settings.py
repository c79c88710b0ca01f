"""What the user chose, as JSON values by key. No secrets here."""

from __future__ import annotations

import json
from typing import Any

from . import rows
from .database import Database


class Settings:
    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, key: str, default: Any = None) -> Any:
        with self._db.read() as db:
            row = db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
            return json.loads(row["value"]) if row else default

    def set(self, key: str, value: Any) -> None:
        """What stands there already is not written again: the disk is slow."""
        text = rows.dump(value)
        with self._db.read() as db:
            row = db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        if row is None or row["value"] != text:
            with self._db.write() as db:
                db.execute("INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", (key, text))
