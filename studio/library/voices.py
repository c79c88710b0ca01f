"""What named people sound like, so that they are found again in later recordings. Any thread.

A voice is kept for each recording it was learnt from; under one name they count as one, their mean. These are data
about people's bodies: kept only after consent (see services/voices.py), and overwritten, not just unlinked, when the
user forgets them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .database import Database

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class KnownVoice:
    name: str
    vector: Vector  # unit length
    seconds: float  # of speech that it was learnt from
    recordings: int


class VoiceStore:
    def __init__(self, database: Database) -> None:
        self._db = database

    def keep(self, name: str, vector: Vector, seconds: float, *, model: str, content_id: str, speaker: str) -> None:
        """Replaces what was kept of this speaker of this recording."""
        row = (name, vector.astype("<f4").tobytes(), model, seconds, content_id, speaker)
        with self._db.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO voice (name, vector, model, seconds, content_id, speaker)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def known(self, model: str | None = None) -> list[KnownVoice]:
        """By name, the mean of its recordings weighed by their speech; of this model only, because others differ."""
        with self._db.read() as db:
            rows = db.execute(
                "SELECT name, vector, seconds FROM voice WHERE :model IS NULL OR model = :model"
                " ORDER BY name COLLATE NOCASE, id",
                {"model": model},
            ).fetchall()
        found: dict[str, list[tuple[Vector, float]]] = {}
        for row in rows:
            found.setdefault(row["name"], []).append((np.frombuffer(row["vector"], "<f4"), row["seconds"]))
        return [_mean(name, voices) for name, voices in found.items()]

    def rename(self, old: str, new: str) -> None:
        """Two names that become one become one voice."""
        with self._db.write() as db:
            db.execute("UPDATE voice SET name = ? WHERE name = ?", (new, old))

    def drop(self, content_id: str, speaker: str) -> None:
        """This speaker of this recording is nobody we know."""
        self._erase("DELETE FROM voice WHERE content_id = ? AND speaker = ?", (content_id, speaker))

    def forget(self, name: str) -> None:
        self._erase("DELETE FROM voice WHERE name = ?", (name,))

    def forget_all(self) -> None:
        self._erase("DELETE FROM voice", ())

    def _erase(self, statement: str, values: tuple[str, ...]) -> None:
        """Delete for good: the pages are overwritten, and the log that holds older pages is emptied."""
        with self._db.read() as db:
            db.execute("PRAGMA secure_delete=ON")
        with self._db.write() as db:
            db.execute(statement, values)
        with self._db.read() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _mean(name: str, voices: list[tuple[Vector, float]]) -> KnownVoice:
    total = np.sum([vector * seconds for vector, seconds in voices], axis=0)
    vector = (total / max(float(np.linalg.norm(total)), 1e-9)).astype(np.float32)
    return KnownVoice(name, vector, sum(seconds for _, seconds in voices), len(voices))
