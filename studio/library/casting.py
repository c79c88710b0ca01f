"""Which voice speaks for whom in a recording, and what was decided for its voice-over. Any thread."""

from __future__ import annotations

from typing import Any

from studio.core.errors import UsageError
from studio.core.speaking import Casting, Delivery, Manner

from . import rows
from .database import Database


class CastingStore:
    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, job_id: int) -> Casting:
        with self._db.read() as db:
            row = db.execute("SELECT value FROM casting WHERE job_id = ?", (job_id,)).fetchone()
            return _casting(rows.load(row["value"])) if row else Casting()

    def put(self, job_id: int, casting: Casting) -> None:
        with self._db.write() as db:
            db.execute(
                "INSERT INTO casting (job_id, value) SELECT id, ? FROM job WHERE id = ?"
                " ON CONFLICT (job_id) DO UPDATE SET value = excluded.value",
                (rows.dump(_value(casting)), job_id),
            )


def manner_from(value: dict[str, Any]) -> Manner:
    """As `manner_to` gave it; pitch and tempo of another version that are not possible here are left as they are."""
    try:
        delivery = Delivery(float(value.get("pitch", 0)), float(value.get("tempo", 1)))
    except UsageError:
        delivery = Delivery()
    return Manner(value.get("voice", ""), delivery)


def manner_to(manner: Manner) -> dict[str, Any]:
    return {"voice": manner.voice, "pitch": manner.delivery.pitch, "tempo": manner.delivery.tempo}


def _casting(value: dict[str, Any]) -> Casting:
    usual = Casting()
    return Casting(
        {speaker: manner_from(manner) for speaker, manner in value.get("manners", {}).items()},
        frozenset(value.get("hurried", ())),
        float(value.get("limit", usual.limit)),
        float(value.get("ducked", usual.ducked)),
        frozenset(value.get("left", ())),
    )


def _value(casting: Casting) -> dict[str, Any]:
    return {
        "manners": {speaker: manner_to(manner) for speaker, manner in casting.manners.items()},
        "hurried": sorted(casting.hurried),
        "limit": casting.limit,
        "ducked": casting.ducked,
        "left": sorted(casting.left),
    }
