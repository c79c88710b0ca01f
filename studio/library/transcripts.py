"""Transcripts in the library: stored segment by segment while they are made, changed by edits that can be undone."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterable

from studio.core.edits import Edit
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript

from . import rows
from .database import Database


class TranscriptStore:
    """All calls may come from any thread; each is one transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def create(self, source: Source, engine: EngineInfo, job: int | None = None) -> int:
        """An empty transcript; in the same step it becomes the one of `job`."""
        with self._db.write() as db:
            cursor = db.execute(
                "INSERT INTO transcript (source, engine, duration) VALUES (?, ?, ?)",
                (rows.dump(dataclasses.asdict(source)), rows.dump(dataclasses.asdict(engine)), source.duration),
            )
            id = int(cursor.lastrowid or 0)
            db.execute("UPDATE job SET transcript_id = ?, duration = ? WHERE id = ?", (id, source.duration, job))
            return id

    def exists(self, id: int) -> bool:
        with self._db.read() as db:
            return db.execute("SELECT 1 FROM transcript WHERE id = ?", (id,)).fetchone() is not None

    def get(self, id: int) -> Transcript | None:
        with self._db.read() as db:
            row = db.execute("SELECT * FROM transcript WHERE id = ?", (id,)).fetchone()
            if row is None:
                return None
            speakers = db.execute("SELECT id, name FROM speaker WHERE transcript_id = ? ORDER BY place", (id,))
            segments = db.execute("SELECT * FROM segment WHERE transcript_id = ? ORDER BY start, end, id", (id,))
            return Transcript(
                segments=tuple(_segment(r) for r in segments),
                speakers=tuple(Speaker(r["id"], r["name"]) for r in speakers),
                language=row["language"],
                duration=row["duration"],
                source=rows.source_from(row["source"]),
                engine=rows.engine_from(row["engine"]),
            )

    def heard(self, id: int) -> int:
        """Up to where (milliseconds) the recording is recognised and stored: where to go on."""
        with self._db.read() as db:
            row = db.execute("SELECT heard FROM transcript WHERE id = ?", (id,)).fetchone()
            return int(row["heard"]) if row else 0

    def append(self, id: int, segments: Iterable[Segment], heard: int) -> tuple[Segment, ...]:
        """Store segments as they are recognised, and how far recognition is; returns them with their ids."""
        with self._db.write() as db:
            last = db.execute("SELECT MAX(id) FROM segment WHERE transcript_id = ?", (id,)).fetchone()[0] or 0
            stored = tuple(dataclasses.replace(s, id=n) for n, s in enumerate(segments, last + 1))
            _insert(db, id, stored)
            db.execute("UPDATE transcript SET heard = MAX(heard, ?) WHERE id = ?", (heard, id))
        return stored

    def replace(self, id: int, segments: Iterable[Segment], speakers: tuple[Speaker, ...], engine: EngineInfo) -> None:
        """Put newly cut segments in place of all; edits made before no longer fit and are forgotten."""
        with self._db.write() as db:
            db.execute("DELETE FROM segment WHERE transcript_id = ?", (id,))
            db.execute("DELETE FROM edit WHERE transcript_id = ?", (id,))
            _insert(db, id, (dataclasses.replace(s, id=n) for n, s in enumerate(segments, 1)))
            _set_speakers(db, id, speakers)
            db.execute("UPDATE transcript SET engine = ? WHERE id = ?", (rows.dump(dataclasses.asdict(engine)), id))

    def describe(
        self, id: int, *, language: str | None = None, duration: int | None = None, engine: EngineInfo | None = None
    ) -> None:
        """Add what was learnt since the transcript was created; None leaves a value as it is."""
        text = rows.dump(dataclasses.asdict(engine)) if engine else None
        with self._db.write() as db:
            db.execute(
                "UPDATE transcript SET language = COALESCE(?, language), duration = COALESCE(?, duration),"
                " engine = COALESCE(?, engine) WHERE id = ?",
                (language, duration, text, id),
            )

    def edit(self, id: int, edit: Edit) -> None:
        """Apply an edit and remember it; steps undone before it are dropped, as people expect."""
        with self._db.write() as db:
            db.execute("DELETE FROM edit WHERE transcript_id = ? AND undone", (id,))
            step = db.execute("SELECT MAX(step) FROM edit WHERE transcript_id = ?", (id,)).fetchone()[0] or 0
            db.execute(
                "INSERT INTO edit (transcript_id, step, edit) VALUES (?, ?, ?)", (id, step + 1, rows.edit_to(edit))
            )
            _apply(db, id, edit)

    def undo(self, id: int) -> Edit | None:
        """Take the last edit back; returns the change that was made (the inverse), None if there is none."""
        with self._db.write() as db:
            row = self._next_undo(db, id)
            if row is None:
                return None
            back = rows.edit_from(row["edit"]).inverse()
            _apply(db, id, back)
            db.execute("UPDATE edit SET undone = 1 WHERE transcript_id = ? AND step = ?", (id, row["step"]))
            return back

    def redo(self, id: int) -> Edit | None:
        with self._db.write() as db:
            row = self._next_redo(db, id)
            if row is None:
                return None
            again = rows.edit_from(row["edit"])
            _apply(db, id, again)
            db.execute("UPDATE edit SET undone = 0 WHERE transcript_id = ? AND step = ?", (id, row["step"]))
            return again

    def history(self, id: int) -> tuple[str | None, str | None]:
        """Names of the step that undo would take back and the one that redo would bring back."""
        with self._db.read() as db:
            undo, redo = self._next_undo(db, id), self._next_redo(db, id)
            return (
                json.loads(undo["edit"])["name"] if undo else None,
                json.loads(redo["edit"])["name"] if redo else None,
            )

    @staticmethod
    def _next_undo(db: sqlite3.Connection, id: int) -> sqlite3.Row | None:
        found: sqlite3.Row | None = db.execute(
            "SELECT * FROM edit WHERE transcript_id = ? AND NOT undone ORDER BY step DESC LIMIT 1", (id,)
        ).fetchone()
        return found

    @staticmethod
    def _next_redo(db: sqlite3.Connection, id: int) -> sqlite3.Row | None:
        found: sqlite3.Row | None = db.execute(
            "SELECT * FROM edit WHERE transcript_id = ? AND undone ORDER BY step LIMIT 1", (id,)
        ).fetchone()
        return found


def _segment(row: sqlite3.Row) -> Segment:
    return Segment(
        start=row["start"],
        end=row["end"],
        text=row["text"],
        words=rows.words_from(json.loads(row["words"])),
        speaker=row["speaker"],
        confidence=row["confidence"],
        id=row["id"],
    )


def _insert(db: sqlite3.Connection, id: int, segments: Iterable[Segment]) -> None:
    db.executemany(
        "INSERT INTO segment (transcript_id, id, start, end, speaker, text, confidence, words)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (id, s.id, s.start, s.end, s.speaker, s.text, s.confidence, rows.dump(rows.words_to(s.words)))
            for s in segments
        ),
    )


def _set_speakers(db: sqlite3.Connection, id: int, speakers: tuple[Speaker, ...]) -> None:
    db.execute("DELETE FROM speaker WHERE transcript_id = ?", (id,))
    db.executemany(
        "INSERT INTO speaker (transcript_id, place, id, name) VALUES (?, ?, ?, ?)",
        ((id, n, s.id, s.name) for n, s in enumerate(speakers)),
    )


def _apply(db: sqlite3.Connection, id: int, edit: Edit) -> None:
    db.executemany("DELETE FROM segment WHERE transcript_id = ? AND id = ?", ((id, s.id) for s in edit.before))
    _insert(db, id, edit.after)
    if edit.speakers_before or edit.speakers_after:
        _set_speakers(db, id, edit.speakers_after)
