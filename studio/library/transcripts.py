"""Transcripts in the library: stored segment by segment while they are made, changed by edits that can be undone."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from studio.core.edits import Edit
from studio.core.errors import ConflictError, UsageError
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript

from . import pending, rows
from .database import Database
from .pending import Pending, Turn


class TranscriptStore:
    """All calls may come from any thread; each is one transaction."""

    def __init__(self, database: Database, pending: Pending) -> None:
        self._db, self._pending = database, pending

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
        with self._db.snapshot() as db:
            return _transcript(db, id)

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
            stored = tuple(s._replace(id=n) for n, s in enumerate(segments, last + 1))
            pending.put(db, id, {s.id: s for s in stored})
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
            for kept in ("segment", "step", "pending", "content"):
                db.execute(f"DELETE FROM {kept} WHERE transcript_id = ?", (id,))
            pending.put(db, id, {n: s._replace(id=n) for n, s in enumerate(segments, 1)})
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
            transcript = _transcript(db, id)
            if transcript is None:
                return
            edit = change(transcript)
            _drop_undone(db, id)
            last = _last_step(db, id)
            if last:
                _record(db, id, last + 1, edit)
            else:
                content = pending.store(db, id, edit)
                _make(db, id, [Turn(content, False)], edit)
                pending.forget(db, [content])
            db.execute("UPDATE transcript SET engine = ? WHERE id = ?", (rows.dump(dataclasses.asdict(engine)), id))
            _next_revision(db, id)
            _done(db, submission)
        self._pending.finish()

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

    def opinion(self, id: int) -> Mapping[str, Any] | None:
        """What it was compared with last."""
        with self._db.read() as db:
            row = db.execute("SELECT opinion FROM transcript WHERE id = ?", (id,)).fetchone()
            return rows.load(row["opinion"]) if row and row["opinion"] else None

    def set_opinion(self, id: int, opinion: Mapping[str, Any]) -> None:
        with self._db.write() as db:
            db.execute("UPDATE transcript SET opinion = ? WHERE id = ?", (rows.dump(opinion), id))

    def end(self, id: int) -> int:
        """Up to where (milliseconds) something is written, 0 where nothing is."""
        self._pending.finish()
        with self._db.read() as db:
            return int(
                db.execute("SELECT COALESCE(MAX(end), 0) FROM segment WHERE transcript_id = ?", (id,)).fetchone()[0]
            )

    # History

    def revision(self, id: int) -> int:
        """Grows with every change but the arrival of recognised segments."""
        with self._db.read() as db:
            return _revision(db, id)

    def state(self, id: int) -> tuple[int, int]:
        """The revision, and the id of the segment recognised last: as long as they stay, so does everything."""
        with self._db.snapshot() as db:
            return _revision(db, id), _last_id(db, id)

    def arrived(self, id: int, revision: int, after: int) -> tuple[Segment, ...]:
        """Segments recognised after that one. Raises ConflictError where the transcript is not at `revision`."""
        with self._db.snapshot() as db:
            _check(db, id, revision)
            return rows.segments_from(
                db.execute(f"SELECT {rows.SEGMENT} FROM segment WHERE transcript_id = ? AND id > ?", (id, after))
            )

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
        with self._db.snapshot() as db:
            row = db.execute("SELECT * FROM step WHERE transcript_id = ? AND step = ?", (id, step)).fetchone()
            if row is None:
                raise ConflictError(_CHANGED)
            return Edit(
                row["name"],
                *pending.edit_of(db, id, row["content"]),
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
            pending.make(db, id, [Turn(row["content"], back)])
            if row["speakers_before"] != row["speakers_after"]:
                _set_speakers(db, id, rows.speakers_from(row["speakers_before" if back else "speakers_after"]))
            db.execute("UPDATE step SET undone = ? WHERE transcript_id = ? AND step = ?", (int(back), id, row["step"]))
            _next_revision(db, id)
            return int(row["step"])


_CHANGED = "The transcript was changed by another window or program."


def _transcript(db: sqlite3.Connection, id: int) -> Transcript | None:
    row = db.execute("SELECT * FROM transcript WHERE id = ?", (id,)).fetchone()
    if row is None:
        return None
    speakers = db.execute("SELECT id, name, color FROM speaker WHERE transcript_id = ? ORDER BY place", (id,))
    return Transcript(
        segments=pending.segments(db, id),
        speakers=tuple(Speaker(*r) for r in speakers),
        language=row["language"],
        duration=row["duration"],
        source=rows.source_from(row["source"]),
        engine=rows.engine_from(row["engine"]),
    )


def _revision(db: sqlite3.Connection, id: int) -> int:
    row = db.execute("SELECT revision FROM transcript WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise UsageError("This transcript is not in the library any more.", "Transcribe the recording again.")
    return int(row[0])


def _last_step(db: sqlite3.Connection, id: int) -> int:
    row = db.execute("SELECT MAX(step) FROM step WHERE transcript_id = ? AND NOT undone", (id,)).fetchone()
    return int(row[0] or 0)


def _last_id(db: sqlite3.Connection, id: int) -> int:
    """The highest id given so far, also to segments that are gone but that undo brings back."""
    row = db.execute(
        "SELECT MAX(id) FROM (SELECT MAX(id) AS id FROM segment WHERE transcript_id = ?1"
        " UNION ALL SELECT MAX(highest) FROM content WHERE transcript_id = ?1)",
        (id,),
    ).fetchone()
    return max(int(row[0] or 0), 0)


def _drop_undone(db: sqlite3.Connection, id: int) -> None:
    """What is done now cannot be followed by steps that were undone before."""
    dropped = db.execute("DELETE FROM step WHERE transcript_id = ? AND undone RETURNING content", (id,)).fetchall()
    pending.forget(db, [content for (content,) in dropped])


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
    """Store and make a step; one that grows is taken back first."""
    content = pending.store(db, id, edit)
    known = db.execute("SELECT content FROM step WHERE transcript_id = ? AND step = ?", (id, step)).fetchone()
    if known:
        db.execute("UPDATE step SET content = ? WHERE transcript_id = ? AND step = ?", (content, id, step))
        _make(db, id, [Turn(known["content"], True), Turn(content, False)], edit)
        pending.forget(db, [known["content"]])
        return
    speakers = rows.speakers_to(edit.speakers_before), rows.speakers_to(edit.speakers_after)
    db.execute(
        "INSERT INTO step (transcript_id, step, name, speakers_before, speakers_after, content)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (id, step, edit.name, *speakers, content),
    )
    _make(db, id, [Turn(content, False)], edit)


def _set_speakers(db: sqlite3.Connection, id: int, speakers: tuple[Speaker, ...]) -> None:
    db.execute("DELETE FROM speaker WHERE transcript_id = ?", (id,))
    db.executemany(
        "INSERT INTO speaker (transcript_id, place, id, name, color) VALUES (?, ?, ?, ?, ?)",
        ((id, n, s.id, s.name, s.color) for n, s in enumerate(speakers)),
    )


def _make(db: sqlite3.Connection, id: int, turns: Sequence[Turn], edit: Edit) -> None:
    pending.make(db, id, turns)
    if edit.changes_speakers:
        _set_speakers(db, id, edit.speakers_after)
