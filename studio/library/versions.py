"""Versions of a transcript to go back to: named ones for ever, of the automatic ones the newest. Any thread.

The content is compressed JSON, one line for the speakers and one for each segment. What is stored already is written
by SQLite itself: a hundred thousand words in Python would hold up the thread that draws while the user types.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from studio.core.errors import UsageError
from studio.core.transcript import Transcript

from . import rows
from .database import Database

KEPT = 20  # automatic versions of a transcript
_LEVEL = 6  # of compression
_STORED = f"""
    WITH
    speakers (line) AS (
        SELECT json_group_array(json_array(id, name, color))
        FROM (SELECT * FROM speaker WHERE transcript_id = ?1 ORDER BY place)
    ),
    segments (lines) AS (
        SELECT coalesce(group_concat(json_array({rows.SEGMENT}) || char(10), ''), '')
        FROM (SELECT * FROM segment WHERE transcript_id = ?1 ORDER BY start, end, id)
    )
    SELECT CAST(line || char(10) || lines AS BLOB) FROM speakers, segments, transcript WHERE id = ?1 AND revision = ?2
        AND NOT EXISTS (SELECT 1 FROM pending WHERE transcript_id = ?1)
"""


@dataclass(frozen=True, slots=True)
class Version:
    id: int
    transcript_id: int
    name: str
    automatic: bool
    made: str  # "2026-03-31 14:05:09", UTC


class VersionStore:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, transcript_id: int, transcript: Transcript, name: str, automatic: bool, stored: int | None = None
    ) -> Version | None:
        """Keep a state; None, and nothing is kept, where an automatic one would be the same as the newest version.

        `stored`: the revision of the stored transcript that is the same, if one is. Raises UsageError for a transcript
        that was removed meanwhile.
        """
        content = (self._stored(transcript_id, stored) if stored is not None else None) or _packed(transcript)
        with self._db.write() as db:
            if db.execute("SELECT 1 FROM transcript WHERE id = ?", (transcript_id,)).fetchone() is None:
                raise UsageError("This transcript is not in the library any more.", "Transcribe the recording again.")
            newest = db.execute(
                "SELECT content FROM version WHERE transcript_id = ? ORDER BY id DESC LIMIT 1", (transcript_id,)
            ).fetchone()
            if automatic and newest and newest["content"] == content:
                return None
            row = db.execute(
                "INSERT INTO version (transcript_id, name, automatic, content) VALUES (?, ?, ?, ?)"
                " RETURNING id, transcript_id, name, automatic, made",
                (transcript_id, name, int(automatic), content),
            ).fetchone()
            db.execute(
                "DELETE FROM version WHERE transcript_id = ?1 AND automatic AND id NOT IN"
                " (SELECT id FROM version WHERE transcript_id = ?1 AND automatic ORDER BY id DESC LIMIT ?2)",
                (transcript_id, KEPT),
            )
            return _version(row)

    def _stored(self, transcript_id: int, revision: int) -> bytes | None:
        """The content of a version of what is stored; None where it is another by now, or not yet all in the rows."""
        with self._db.read() as db:
            found = db.execute(_STORED, (transcript_id, revision)).fetchone()
        return zlib.compress(found[0], _LEVEL) if found else None

    def all(self, transcript_id: int) -> list[Version]:
        """The newest first."""
        with self._db.read() as db:
            found = db.execute(
                "SELECT id, transcript_id, name, automatic, made FROM version WHERE transcript_id = ? ORDER BY id DESC",
                (transcript_id,),
            )
            return [_version(row) for row in found]

    def content(self, version: Version, like: Transcript) -> Transcript:
        """`like` with the segments and speakers of a version. Segments that are the same are the same objects.

        Raises UsageError for a version that was deleted meanwhile.
        """
        with self._db.read() as db:
            row = db.execute("SELECT content FROM version WHERE id = ?", (version.id,)).fetchone()
        if row is None:
            raise UsageError(f"The version “{version.name}” was deleted.", "Choose another one.")
        lines = zlib.decompress(row["content"]).decode().rstrip("\n").split("\n")
        known = {_line(rows.segment_to(s)): s for s in like.segments}
        segments = tuple(known.get(line) or rows.segments_from([rows.load(line)])[0] for line in lines[1:])
        return replace(like, segments=segments, speakers=rows.speakers_from(lines[0]))

    def rename(self, id: int, name: str) -> None:
        """A version that has a name of the user's is kept for ever."""
        with self._db.write() as db:
            db.execute("UPDATE version SET name = ?, automatic = 0 WHERE id = ?", (name, id))

    def delete(self, id: int) -> None:
        with self._db.write() as db:
            db.execute("DELETE FROM version WHERE id = ?", (id,))


def _version(row: tuple[int, int, str, int, str]) -> Version:
    id, transcript_id, name, automatic, made = row
    return Version(id, transcript_id, name, bool(automatic), made)


def _packed(transcript: Transcript) -> bytes:
    packer = zlib.compressobj(_LEVEL)
    return b"".join([*(packer.compress(f"{line}\n".encode()) for line in _lines(transcript)), packer.flush()])


def _lines(transcript: Transcript) -> Iterator[str]:
    yield rows.speakers_to(transcript.speakers)
    for segment in transcript.segments:
        yield _line(rows.segment_to(segment))


def _line(columns: tuple[object, ...]) -> str:
    return rows.dump(columns)
