"""Changes that are stored but not yet in the rows of `segment`, where they come bit by bit. Any thread.

What a change takes away and puts in place is one packed value, a row of `content`: stored in one short transaction,
however many segments there are. Small changes are in the rows at once. A large one is put in the queue `pending`, and
whoever has time (the saver thread, or who needs the rows) works it off in parts, so that nothing waits for long. Until
then it is added to what is read from the rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from studio.core.collector import resting
from studio.core.edits import Edit, order
from studio.core.transcript import Segment

from . import rows
from .database import Database
from .packing import needs_before, pack, pack_shift, pack_texts, unpack

PART = 500  # segments that are put in the rows in one transaction
_TOGETHER = 200  # and by one statement

_Changes = dict[int, Segment | None]  # by id; None: it goes


class Turn(NamedTuple):
    """A content made, or taken back."""

    content: int
    back: bool


def store(db: sqlite3.Connection, transcript: int, edit: Edit) -> int:
    """Store what an edit changes; returns the number of the content.

    What goes is packed only if it is little: of a large change it is still in the rows until it is worked off. What
    comes is not packed of a large shift: it is what goes, later; of many other texts only these are packed.
    """
    ids = [s.id for s in edit.before]
    size = len(ids) + len(edit.after)
    highest = max(map(attrgetter("id"), (*edit.before, *edit.after)), default=0)
    with resting():
        went = pack(edit.before) if size <= PART else None
        if edit.shift and size > PART:
            came = pack_shift(edit.shift)
        elif edit.retexted and size > PART:
            came = pack_texts(edit.after)
        else:
            came = pack(edit.after)
    return int(
        db.execute(
            "INSERT INTO content (transcript_id, size, highest, went_ids, came, went) VALUES (?, ?, ?, ?, ?, ?)",
            (transcript, size, highest, rows.dump(ids), came, went),
        ).lastrowid
        or 0
    )


def edit_of(db: sqlite3.Connection, transcript: int, content: int) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """The segments that a content takes away, and those it puts in their place."""
    row = db.execute("SELECT went_ids, came, went FROM content WHERE id = ?", (content,)).fetchone()
    if row["went"] is not None:
        went = unpack(row["went"])
    else:
        ids = set(rows.load(row["went_ids"]))
        went = tuple(s for s in segments(db, transcript, content) if s.id in ids)
    return went, unpack(row["came"], went)


def forget(db: sqlite3.Connection, contents: Iterable[int]) -> None:
    """Remove those that no step has and that nothing waits for."""
    db.executemany(
        "DELETE FROM content WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM step WHERE content = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM pending WHERE content = ?1)",
        [(content,) for content in contents],
    )


def make(db: sqlite3.Connection, transcript: int, turns: Sequence[Turn]) -> None:
    """Make changes, one after the other, or take them back: at once, or later where they are large or others wait."""
    while turns and _cancelled(db, transcript, turns[0]):
        turns = turns[1:]
    sizes = [db.execute("SELECT size FROM content WHERE id = ?", (turn.content,)).fetchone()[0] for turn in turns]
    if sum(sizes) > PART or _queue(db, transcript):
        db.executemany(
            "INSERT INTO pending (transcript_id, content, back) VALUES (?, ?, ?)",
            [(transcript, turn.content, int(turn.back)) for turn in turns],
        )
        return
    changes: _Changes = {}
    for turn in turns:
        changes |= _changes(db, turn)
    put(db, transcript, changes)


def segments(db: sqlite3.Connection, transcript: int, until: int | None = None) -> tuple[Segment, ...]:
    """All of them in order, also those that are not yet in the rows. `until`: as they were before that content came."""
    cursor = db.cursor()
    cursor.row_factory = None  # plain tuples are read in half the time
    found = rows.segments_from(
        cursor.execute(f"SELECT {rows.SEGMENT} FROM segment WHERE transcript_id = ?", (transcript,))
    )
    queue = _queue(db, transcript)
    if not queue:
        return found
    now: dict[int, Segment] = {s.id: s for s in found}
    went: dict[int, tuple[Segment, ...]] = {}
    for turn in queue:
        if turn.content == until:
            break
        if not turn.back:
            ids = db.execute("SELECT went_ids FROM content WHERE id = ?", (turn.content,)).fetchone()[0]
            went[turn.content] = tuple(now[id] for id in rows.load(ids) if id in now)
        changes = _changes(db, turn, went.get(turn.content, ()))
        for id, segment in changes.items():
            if segment is None:
                now.pop(id, None)
            else:
                now[id] = segment
    return tuple(sorted(now.values(), key=order))


def put(db: sqlite3.Connection, transcript: int, changes: _Changes) -> None:
    """Change the rows, in few statements: the index of words is brought to the disk after each of them."""
    gone = [id for id, segment in changes.items() if segment is None]
    db.execute(
        "DELETE FROM segment WHERE transcript_id = ? AND id IN (SELECT value FROM json_each(?))",
        (transcript, rows.dump(gone)),
    )
    come = (s for s in changes.values() if s is not None)
    while some := list(islice(come, _TOGETHER)):
        places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(some))
        db.execute(
            f"INSERT INTO segment (transcript_id, {rows.SEGMENT}) VALUES {places}"
            " ON CONFLICT DO UPDATE SET start = excluded.start, end = excluded.end, speaker = excluded.speaker,"
            " text = excluded.text, confidence = excluded.confidence, words = excluded.words,"
            " comment = excluded.comment, flagged = excluded.flagged",
            [value for s in some for value in (transcript, *rows.segment_to(s))],
        )


class Pending:
    """Works the queue off. Every call may come from any thread; several processes may do so at once."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._read: tuple[int, _Changes] = (0, {})  # what was unpacked last, by its place in the queue

    def waits(self) -> bool:
        with self._db.read() as db:
            return db.execute("SELECT 1 FROM pending LIMIT 1").fetchone() is not None

    def finish(self) -> None:
        """Have everything in the rows."""
        while self.work_off():
            pass

    def work_off(self) -> bool:
        """Put a part of what waits in the rows; False where nothing waits any more."""
        with self._db.read() as db:
            first = db.execute(
                "SELECT p.seq, p.transcript_id, p.content, p.back, c.went IS NULL AS bare"
                " FROM pending p JOIN content c ON c.id = p.content ORDER BY p.seq LIMIT 1"
            ).fetchone()
        if first is None:
            return False
        if first["bare"]:
            self._keep(first["transcript_id"], first["content"])
        else:
            self._put_part(first["seq"], first["transcript_id"], Turn(first["content"], bool(first["back"])))
        return True

    def _keep(self, transcript: int, content: int) -> None:
        """Before the first part comes: what is to go is in the rows for the last time."""
        with self._db.read() as db:
            found = db.execute(
                f"SELECT {rows.SEGMENT} FROM segment WHERE transcript_id = ? AND id IN"
                " (SELECT value FROM json_each((SELECT went_ids FROM content WHERE id = ?)))",
                (transcript, content),
            ).fetchall()
        went = pack(rows.segments_from(found))
        with self._db.write() as db:  # nothing, where another process was faster
            db.execute("UPDATE content SET went = ? WHERE id = ? AND went IS NULL", (went, content))

    def _put_part(self, seq: int, transcript: int, turn: Turn) -> None:
        place, changes = self._read
        if place != seq:
            with self._db.snapshot() as db:
                if _position(db, seq) is None:
                    return
                changes = _changes(db, turn)
            self._read = seq, changes
        with self._db.write() as db:
            begin = _position(db, seq)
            if begin is None:
                return
            end = begin + PART
            put(db, transcript, dict(islice(changes.items(), begin, end)))
            if end < len(changes):
                db.execute("UPDATE pending SET position = ? WHERE seq = ?", (end, seq))
                return
            db.execute("DELETE FROM pending WHERE seq = ?", (seq,))
            forget(db, [turn.content])
        self._read = 0, {}


def _cancelled(db: sqlite3.Connection, transcript: int, turn: Turn) -> bool:
    """Take the last that waits out of the queue, if this turn is its opposite and no part of it is in the rows.

    A change whose segments that go are not packed stays: only from its place in the queue is it known what they were.
    """
    return bool(
        db.execute(
            "DELETE FROM pending WHERE seq = (SELECT MAX(seq) FROM pending WHERE transcript_id = ?) AND content = ?"
            " AND back <> ? AND position = 0"
            " AND (back OR (SELECT went IS NOT NULL FROM content c WHERE c.id = pending.content))",
            (transcript, turn.content, int(turn.back)),
        ).rowcount
    )


def _queue(db: sqlite3.Connection, transcript: int) -> list[Turn]:
    found = db.execute("SELECT content, back FROM pending WHERE transcript_id = ? ORDER BY seq", (transcript,))
    return [Turn(content, bool(back)) for content, back in found]


def _position(db: sqlite3.Connection, seq: int) -> int | None:
    """How much of an entry is in the rows; None where it is done, or is not needed any more."""
    row = db.execute("SELECT position FROM pending WHERE seq = ?", (seq,)).fetchone()
    return None if row is None else int(row["position"])


def _changes(db: sqlite3.Connection, turn: Turn, went: tuple[Segment, ...] = ()) -> _Changes:
    """What a turn does to the rows. `went`: what the content took away, where that is not packed yet."""
    row = db.execute("SELECT went_ids, came, went FROM content WHERE id = ?", (turn.content,)).fetchone()
    if row["went"] is not None and (turn.back or needs_before(row["came"])):
        went = unpack(row["went"])
    came = unpack(row["came"], went)
    if turn.back:
        return {**{s.id: None for s in came}, **{s.id: s for s in went}}
    gone: Iterable[int] = rows.load(row["went_ids"])
    return {**dict.fromkeys(gone), **{s.id: s for s in came}}
