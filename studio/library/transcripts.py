"""Transcripts in the library: stored segment by segment while they are made, changed by edits that can be undone."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterable, Mapping

from studio.core.edits import Edit
from studio.core.errors import ConflictError, UsageError
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
            speakers = db.execute("SELECT id, name, color FROM speaker WHERE transcript_id = ? ORDER BY place", (id,))
            segments = db.execute(
                f"SELECT {rows.SEGMENT} FROM segment WHERE transcript_id = ? ORDER BY start, end, id", (id,)
            ).fetchall()
            return Transcript(
                segments=rows.segments_from(segments),
                speakers=tuple(Speaker(*r) for r in speakers),
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

    def append(
        self,
        id: int,
        segments: Iterable[Segment],
        heard: int,
        *,
        speakers: tuple[Speaker, ...] = (),
        engine: EngineInfo | None = None,
        submission: str | None = None,
    ) -> tuple[Segment, ...]:
        """Store segments as they are recognised, and how far recognition is; returns them with their ids.

        In the same step: new speakers of theirs, what was learnt about the engine, and the order they came from, which
        is done with that.
        """
        with self._db.write() as db:
            last = _last_id(db, id)
            stored = tuple(dataclasses.replace(s, id=n) for n, s in enumerate(segments, last + 1))
            _insert(db, id, stored)
            db.execute("UPDATE transcript SET heard = MAX(heard, ?) WHERE id = ?", (heard, id))
            if speakers:  # who changes speakers at the same time must take these along
                db.executemany(
                    "INSERT INTO speaker (transcript_id, place, id, name, color) SELECT ?1,"
                    " (SELECT COALESCE(MAX(place), -1) + 1 FROM speaker WHERE transcript_id = ?1), ?2, ?3, ?4",
                    ((id, s.id, s.name, s.color) for s in speakers),
                )
                _next_revision(db, id)
            if engine:
                db.execute("UPDATE transcript SET engine = ? WHERE id = ?", (rows.dump(dataclasses.asdict(engine)), id))
            _done(db, submission)
        return stored

    def replace(self, id: int, segments: Iterable[Segment], speakers: tuple[Speaker, ...], engine: EngineInfo) -> None:
        """Put these in place of all, numbered anew; steps made before do not fit any more and are forgotten."""
        with self._db.write() as db:
            db.execute("DELETE FROM segment WHERE transcript_id = ?", (id,))
            db.execute("DELETE FROM step WHERE transcript_id = ?", (id,))
            _insert(db, id, (dataclasses.replace(s, id=n) for n, s in enumerate(segments, 1)))
            _set_speakers(db, id, speakers)
            db.execute("UPDATE transcript SET engine = ? WHERE id = ?", (rows.dump(dataclasses.asdict(engine)), id))
            _next_revision(db, id)

    def relabel(
        self, id: int, change: Callable[[Transcript], Edit], engine: EngineInfo, submission: str | None = None
    ) -> None:
        """Change the whole transcript in one transaction, as it is at this moment; `submission` is done with that.

        It becomes a step that can be undone only if the user has made steps already: nobody wants to undo the
        recognition itself by accident. Steps undone before are dropped.
        """
        with self._db.write() as db:
            transcript = self.get(id)
            if transcript is None:
                return
            edit = change(transcript)
            _drop_undone(db, id)
            last = _last_step(db, id)
            if last:
                _record(db, id, last + 1, edit)
            else:
                _apply(db, id, edit)
            db.execute("UPDATE transcript SET engine = ? WHERE id = ?", (rows.dump(dataclasses.asdict(engine)), id))
            _next_revision(db, id)
            _done(db, submission)

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

    def set_source(self, id: int, source: Source) -> None:
        """The recording was found at another place."""
        with self._db.write() as db:
            db.execute("UPDATE transcript SET source = ? WHERE id = ?", (rows.dump(dataclasses.asdict(source)), id))

    def end(self, id: int) -> int:
        """Up to where (milliseconds) something is written, 0 where nothing is."""
        with self._db.read() as db:
            return int(
                db.execute("SELECT COALESCE(MAX(end), 0) FROM segment WHERE transcript_id = ?", (id,)).fetchone()[0]
            )

    # History

    def revision(self, id: int) -> int:
        """Grows with every change but the arrival of recognised segments."""
        with self._db.read() as db:
            row = db.execute("SELECT revision FROM transcript WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise UsageError("This transcript is not in the library any more.", "Transcribe the recording again.")
            return int(row[0])

    def last_step(self, id: int) -> int:
        """Number of the last step that is not undone, 0 for none."""
        with self._db.read() as db:
            return _last_step(db, id)

    def top_step(self, id: int) -> int:
        """Number of the last step, be it undone; 0 for none."""
        with self._db.read() as db:
            row = db.execute("SELECT MAX(step) FROM step WHERE transcript_id = ?", (id,)).fetchone()
            return int(row[0] or 0)

    def step_name(self, id: int, step: int) -> str:
        with self._db.read() as db:
            row = db.execute("SELECT name FROM step WHERE transcript_id = ? AND step = ?", (id, step)).fetchone()
            return str(row["name"]) if row else ""

    def record(self, id: int, revision: int, steps: Mapping[int, Edit]) -> int:
        """Store steps, in order of their numbers; the last stored step may be given again with a wider change.

        Steps undone before are dropped, as people expect. Returns the new revision. Raises ConflictError, and stores
        nothing, where the transcript is not at `revision` any more.
        """
        with self._db.write() as db:
            _check(db, id, revision)
            _drop_undone(db, id)
            for step, edit in sorted(steps.items()):
                _record(db, id, step, edit)
            return _next_revision(db, id)

    def undo(self, id: int, revision: int | None = None) -> int | None:
        """Take the last step back; returns its number, None if there is none. Raises ConflictError like `record`."""
        return self._turn(id, True, revision)

    def redo(self, id: int, revision: int | None = None) -> int | None:
        """Make the step again that was undone last."""
        return self._turn(id, False, revision)

    def step(self, id: int, step: int) -> Edit:
        """What a step changes. Raises ConflictError where it is not there any more."""
        with self._db.read() as db:
            row = db.execute("SELECT * FROM step WHERE transcript_id = ? AND step = ?", (id, step)).fetchone()
            if row is None:
                raise ConflictError(_CHANGED)
            before, after = (
                db.execute(
                    f"SELECT {rows.SEGMENT} FROM step_segment WHERE transcript_id = ? AND step = ? AND side = ?"
                    " ORDER BY start, end, id",
                    (id, step, side),
                ).fetchall()
                for side in (_BEFORE, _AFTER)
            )
            return Edit(
                row["name"],
                rows.segments_from(before),
                rows.segments_from(after),
                rows.speakers_from(row["speakers_before"]),
                rows.speakers_from(row["speakers_after"]),
            )

    def history(self, id: int) -> tuple[str | None, str | None]:
        """Names of the step that undo would take back and the one that redo would bring back."""
        with self._db.read() as db:
            undo, redo = _next_undo(db, id), _next_redo(db, id)
            return undo["name"] if undo else None, redo["name"] if redo else None

    def _turn(self, id: int, back: bool, revision: int | None) -> int | None:
        with self._db.write() as db:
            if revision is not None:
                _check(db, id, revision)
            row = _next_undo(db, id) if back else _next_redo(db, id)
            if row is None:
                return None
            step, (gone, come) = row["step"], (_AFTER, _BEFORE) if back else (_BEFORE, _AFTER)
            db.execute(
                "DELETE FROM segment WHERE transcript_id = ?1 AND id IN"
                " (SELECT id FROM step_segment WHERE transcript_id = ?1 AND step = ?2 AND side = ?3)",
                (id, step, gone),
            )
            db.execute(
                f"INSERT INTO segment (transcript_id, {rows.SEGMENT}) SELECT transcript_id, {rows.SEGMENT}"
                " FROM step_segment WHERE transcript_id = ? AND step = ? AND side = ?",
                (id, step, come),
            )
            if row["speakers_before"] != row["speakers_after"]:
                _set_speakers(db, id, rows.speakers_from(row["speakers_before" if back else "speakers_after"]))
            db.execute("UPDATE step SET undone = ? WHERE transcript_id = ? AND step = ?", (int(back), id, step))
            _next_revision(db, id)
            return int(step)


_CHANGED = "The transcript was changed by another window or program."
_BEFORE, _AFTER = 0, 1  # the sides of a step


def _last_step(db: sqlite3.Connection, id: int) -> int:
    row = db.execute("SELECT MAX(step) FROM step WHERE transcript_id = ? AND NOT undone", (id,)).fetchone()
    return int(row[0] or 0)


def _last_id(db: sqlite3.Connection, id: int) -> int:
    """The highest id given so far, also to segments that are gone but that undo brings back."""
    row = db.execute(
        "SELECT MAX(id) FROM (SELECT MAX(id) AS id FROM segment WHERE transcript_id = ?1"
        " UNION ALL SELECT MAX(id) FROM step_segment WHERE transcript_id = ?1)",
        (id,),
    ).fetchone()
    return max(int(row[0] or 0), 0)


def _drop_undone(db: sqlite3.Connection, id: int) -> None:
    """What is done now cannot be followed by steps that were undone before."""
    db.execute("DELETE FROM step WHERE transcript_id = ? AND undone", (id,))


def _next_undo(db: sqlite3.Connection, id: int) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM step WHERE transcript_id = ? AND NOT undone ORDER BY step DESC LIMIT 1", (id,)
    ).fetchone()
    return found


def _next_redo(db: sqlite3.Connection, id: int) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM step WHERE transcript_id = ? AND undone ORDER BY step LIMIT 1", (id,)
    ).fetchone()
    return found


def _check(db: sqlite3.Connection, id: int, revision: int) -> None:
    row = db.execute("SELECT revision FROM transcript WHERE id = ?", (id,)).fetchone()
    if row is None or row[0] != revision:
        raise ConflictError(_CHANGED)


def _next_revision(db: sqlite3.Connection, id: int) -> int:
    row = db.execute("UPDATE transcript SET revision = revision + 1 WHERE id = ? RETURNING revision", (id,)).fetchone()
    return int(row[0])


def _done(db: sqlite3.Connection, submission: str | None) -> None:
    """What an order has brought is stored, in the same transaction."""
    db.execute("UPDATE submission SET ended = 'done' WHERE uid = ?", (submission,))


def _record(db: sqlite3.Connection, id: int, step: int, edit: Edit) -> None:
    """Store and apply a step. What was is copied inside SQLite; a step that grows keeps what was."""
    speakers = rows.speakers_to(edit.speakers_before), rows.speakers_to(edit.speakers_after)
    new = db.execute(
        "INSERT INTO step (transcript_id, step, name, speakers_before, speakers_after) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (id, step, edit.name, *speakers),
    ).rowcount
    if new:
        _copy(db, id, step, _BEFORE, edit.before)
    else:
        _forget(db, id, step)
    _apply(db, id, edit)
    _copy(db, id, step, _AFTER, edit.after)


def _forget(db: sqlite3.Connection, id: int, step: int) -> None:
    """The outcome of a step that is about to get another one."""
    after = (id, step, _AFTER)
    db.execute(
        "DELETE FROM segment WHERE transcript_id = ?1 AND id IN"
        " (SELECT id FROM step_segment WHERE transcript_id = ?1 AND step = ?2 AND side = ?3)",
        after,
    )
    db.execute("DELETE FROM step_segment WHERE transcript_id = ? AND step = ? AND side = ?", after)


def _copy(db: sqlite3.Connection, id: int, step: int, side: int, segments: Iterable[Segment]) -> None:
    db.executemany(
        f"INSERT INTO step_segment (transcript_id, step, side, {rows.SEGMENT})"
        f" SELECT transcript_id, ?, ?, {rows.SEGMENT} FROM segment WHERE transcript_id = ? AND id = ?",
        ((step, side, id, s.id) for s in segments),
    )


def _insert(db: sqlite3.Connection, id: int, segments: Iterable[Segment]) -> None:
    db.executemany(
        f"INSERT INTO segment (transcript_id, {rows.SEGMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((id, *rows.segment_to(s)) for s in segments),
    )


def _set_speakers(db: sqlite3.Connection, id: int, speakers: tuple[Speaker, ...]) -> None:
    db.execute("DELETE FROM speaker WHERE transcript_id = ?", (id,))
    db.executemany(
        "INSERT INTO speaker (transcript_id, place, id, name, color) VALUES (?, ?, ?, ?, ?)",
        ((id, n, s.id, s.name, s.color) for n, s in enumerate(speakers)),
    )


def _apply(db: sqlite3.Connection, id: int, edit: Edit) -> None:
    db.executemany("DELETE FROM segment WHERE transcript_id = ? AND id = ?", ((id, s.id) for s in edit.before))
    _insert(db, id, edit.after)
    if edit.changes_speakers:
        _set_speakers(db, id, edit.speakers_after)
