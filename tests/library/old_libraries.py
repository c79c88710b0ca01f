"""Libraries as older versions of the program have left them, with a transcript and its history."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from studio.core.edits import Edit, apply, set_text
from studio.core.timing import shift
from studio.core.transcript import Segment, Speaker, Transcript, Word
from studio.library import rows
from studio.library.database import MIGRATIONS, _statements, spaced

FIRST, PREVIOUS = 1, 5
TALK = 7  # its transcript

States = list[tuple[Edit | None, Transcript]]


def history(count: int, large: int, small: int) -> States:
    """Steps, the large ones of all `count` segments, and what each makes of the text; the first has none."""
    said = (
        Segment.from_words(
            [Word(f"{w}{n}", 2000 * n + 240 * i, 2000 * n + 240 * i + 220, 0.9) for i, w in _WORDS], "S1"
        )
        for n in range(count)
    )
    now = Transcript(tuple(s._replace(id=n) for n, s in enumerate(said, 1)), (Speaker("S1", "Ann"),), duration=9)
    states: States = [(None, now)]
    for n in range(large + small):
        edit = shift(now, None, 40) if n < large else set_text(now.segments[n % count], f"step {n}")
        now = apply(now, edit)
        states.append((edit, now))
    return states


def make(path: Path, version: int, states: States) -> None:
    """A library of that version. What the first one has stored, the migrations of that time bring to theirs."""
    now = states[-1][1]
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.create_function("spaced", 1, spaced)
        _migrate(db, 0, FIRST)
        db.execute("INSERT INTO transcript (id, source, engine, duration) VALUES (?, '{}', '{}', 9)", (TALK,))
        db.executemany("INSERT INTO speaker VALUES (?, 0, ?, ?)", [(TALK, s.id, s.name) for s in now.speakers])
        db.executemany(
            "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(TALK, *rows.segment_to(s)[:7]) for s in now.segments],
        )
        db.executemany(
            "INSERT INTO edit (transcript_id, step, edit) VALUES (?, ?, ?)",
            [(TALK, step, _json(edit)) for step, (edit, _) in enumerate(states) if edit],
        )
        _migrate(db, FIRST, version)
        db.commit()


def _migrate(db: sqlite3.Connection, begin: int, end: int) -> None:
    for script in MIGRATIONS[begin:end]:
        for statement in _statements(script):
            db.execute(statement)
    db.execute(f"PRAGMA user_version={end}")


def _json(edit: Edit) -> str:
    def segments(side: tuple[Segment, ...]) -> list[dict[str, object]]:
        names = ("id", "start", "end", "speaker", "text", "confidence")
        found = [dict(zip(names, rows.segment_to(s), strict=False)) for s in side]
        return [{**values, "words": json.loads(rows.segment_to(s)[6])} for values, s in zip(found, side, strict=True)]

    return json.dumps(
        {
            "name": edit.name,
            "speakers_before": [],
            "speakers_after": [],
            "before": segments(edit.before),
            "after": segments(edit.after),
        },
        ensure_ascii=False,
    )


_WORDS = tuple(enumerate(["eight", "words", "that", "somebody", "has", "said", "about", "it"]))
