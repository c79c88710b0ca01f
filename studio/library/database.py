"""The SQLite file: one connection for each thread, migrations, errors in plain words.

WAL lets the window read while a worker writes. `synchronous=FULL` because a stored segment must survive a power cut.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from studio.core.errors import StorageError

from .packing import Packed

# Each entry brings the file from one version to the next; never change one that was released.
MIGRATIONS = (
    """
    CREATE TABLE job (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        position INTEGER NOT NULL,
        path TEXT NOT NULL,
        name TEXT NOT NULL,
        content_id TEXT NOT NULL,
        options TEXT NOT NULL,
        resource TEXT NOT NULL,
        state TEXT NOT NULL,
        duration INTEGER NOT NULL DEFAULT 0,
        stage TEXT NOT NULL DEFAULT '',
        progress REAL NOT NULL DEFAULT 0,
        problem TEXT,
        owner TEXT,
        transcript_id INTEGER,
        took REAL NOT NULL DEFAULT 0,
        created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        finished TEXT
    );
    CREATE INDEX job_state ON job (state, position);
    CREATE INDEX job_content ON job (content_id);

    CREATE TABLE transcript (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        language TEXT,
        duration INTEGER NOT NULL DEFAULT 0,
        heard INTEGER NOT NULL DEFAULT 0,
        source TEXT NOT NULL,
        engine TEXT NOT NULL,
        created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    );
    CREATE TABLE speaker (
        transcript_id INTEGER NOT NULL REFERENCES transcript (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (transcript_id, id)
    ) WITHOUT ROWID;
    CREATE TABLE segment (
        transcript_id INTEGER NOT NULL REFERENCES transcript (id) ON DELETE CASCADE,
        id INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        speaker TEXT,
        text TEXT NOT NULL,
        confidence REAL,
        words TEXT NOT NULL,
        PRIMARY KEY (transcript_id, id)
    ) WITHOUT ROWID;
    CREATE TABLE edit (
        transcript_id INTEGER NOT NULL REFERENCES transcript (id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        edit TEXT NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0,
        made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        PRIMARY KEY (transcript_id, step)
    ) WITHOUT ROWID;

    CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
    # Notes, colours, and a history whose segments SQLite copies by itself: a step may change all of them.
    """
    ALTER TABLE transcript ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE segment ADD COLUMN comment TEXT NOT NULL DEFAULT '';
    ALTER TABLE segment ADD COLUMN flagged INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE speaker ADD COLUMN color INTEGER;
    CREATE TABLE step (
        transcript_id INTEGER NOT NULL REFERENCES transcript (id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        name TEXT NOT NULL,
        speakers_before TEXT NOT NULL,
        speakers_after TEXT NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0,
        made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        PRIMARY KEY (transcript_id, step)
    ) WITHOUT ROWID;
    CREATE TABLE step_segment (
        transcript_id INTEGER NOT NULL,
        step INTEGER NOT NULL,
        side INTEGER NOT NULL,
        id INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        speaker TEXT,
        text TEXT NOT NULL,
        confidence REAL,
        words TEXT NOT NULL,
        comment TEXT NOT NULL,
        flagged INTEGER NOT NULL,
        PRIMARY KEY (transcript_id, step, side, id),
        FOREIGN KEY (transcript_id, step) REFERENCES step (transcript_id, step) ON DELETE CASCADE
    ) WITHOUT ROWID;
    INSERT INTO step SELECT transcript_id, step, json_extract(edit, '$.name'), json_extract(edit, '$.speakers_before'),
        json_extract(edit, '$.speakers_after'), undone, made FROM edit;
    INSERT INTO step_segment SELECT e.transcript_id, e.step, side.value, json_extract(s.value, '$.id'),
        json_extract(s.value, '$.start'), json_extract(s.value, '$.end'), json_extract(s.value, '$.speaker'),
        json_extract(s.value, '$.text'), json_extract(s.value, '$.confidence'), json_extract(s.value, '$.words'), '', 0
        FROM edit e, json_each('[0,1]') side,
        json_each(e.edit, CASE side.value WHEN 0 THEN '$.before' ELSE '$.after' END) s;
    DROP TABLE edit
    """,
    # What named people sound like, one row for each recording; see voices.py.
    """
    CREATE TABLE voice (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        vector BLOB NOT NULL,
        model TEXT NOT NULL,
        seconds REAL NOT NULL,
        content_id TEXT NOT NULL,
        speaker TEXT NOT NULL,
        created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        UNIQUE (content_id, speaker, model)
    )
    """,
    # The words of all segments, for search.py, kept true by triggers; and versions to go back to, see versions.py.
    # The index holds no text: its row number says which segment it is (so `id` must stay within 32 bits).
    """
    CREATE VIRTUAL TABLE segment_words USING fts5 (
        text, content='', columnsize=0, prefix='2 3', tokenize='unicode61 remove_diacritics 2'
    );
    CREATE TRIGGER segment_added AFTER INSERT ON segment BEGIN
        INSERT INTO segment_words (rowid, text)
            VALUES ((new.transcript_id << 32) + new.id + 2147483648, spaced(new.text));
    END;
    CREATE TRIGGER segment_gone AFTER DELETE ON segment BEGIN
        INSERT INTO segment_words (segment_words, rowid, text)
            VALUES ('delete', (old.transcript_id << 32) + old.id + 2147483648, spaced(old.text));
    END;
    CREATE TRIGGER segment_reworded AFTER UPDATE OF text ON segment BEGIN
        INSERT INTO segment_words (segment_words, rowid, text)
            VALUES ('delete', (old.transcript_id << 32) + old.id + 2147483648, spaced(old.text));
        INSERT INTO segment_words (rowid, text)
            VALUES ((new.transcript_id << 32) + new.id + 2147483648, spaced(new.text));
    END;
    INSERT INTO segment_words (rowid, text)
        SELECT (transcript_id << 32) + id + 2147483648, spaced(text) FROM segment ORDER BY transcript_id, id;
    CREATE INDEX job_transcript ON job (transcript_id);
    CREATE TABLE version (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        transcript_id INTEGER NOT NULL REFERENCES transcript (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        automatic INTEGER NOT NULL,
        made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        content BLOB NOT NULL
    );
    CREATE INDEX version_transcript ON version (transcript_id)
    """,
    # Which ids the history has taken, looked up whenever recognised segments arrive.
    """
    CREATE INDEX step_segment_id ON step_segment (transcript_id, id)
    """,
    # What a step changes is one packed value, and comes into the rows of `segment` bit by bit; see pending.py.
    """
    CREATE TABLE content (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        transcript_id INTEGER NOT NULL REFERENCES transcript (id) ON DELETE CASCADE,
        size INTEGER NOT NULL,
        highest INTEGER NOT NULL,
        went_ids TEXT NOT NULL,
        came BLOB NOT NULL,
        went BLOB
    );
    CREATE INDEX content_highest ON content (transcript_id, highest);
    CREATE TABLE pending (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        transcript_id INTEGER NOT NULL REFERENCES transcript (id) ON DELETE CASCADE,
        content INTEGER NOT NULL,
        back INTEGER NOT NULL,
        position INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX pending_transcript ON pending (transcript_id);
    CREATE INDEX pending_content ON pending (content);
    ALTER TABLE step ADD COLUMN content INTEGER;
    UPDATE step SET content = numbered.number FROM (
        SELECT transcript_id, step, row_number() OVER (ORDER BY transcript_id, step) AS number FROM step
    ) AS numbered WHERE numbered.transcript_id = step.transcript_id AND numbered.step = step.step;
    CREATE INDEX step_content ON step (content);
    ALTER TABLE transcript ADD COLUMN opinion TEXT;
    INSERT INTO content SELECT s.content, s.transcript_id,
        (SELECT COUNT(*) FROM step_segment o WHERE o.transcript_id = s.transcript_id AND o.step = s.step),
        (SELECT COALESCE(MAX(+id), 0) FROM step_segment o WHERE o.transcript_id = s.transcript_id AND o.step = s.step),
        (SELECT json_group_array(id) FROM step_segment o
            WHERE o.transcript_id = s.transcript_id AND o.step = s.step AND side = 0),
        (SELECT packed(id, start, end, speaker, text, confidence, words, comment, flagged) FROM step_segment o
            WHERE o.transcript_id = s.transcript_id AND o.step = s.step AND side = 1),
        (SELECT packed(id, start, end, speaker, text, confidence, words, comment, flagged) FROM step_segment o
            WHERE o.transcript_id = s.transcript_id AND o.step = s.step AND side = 0)
        FROM step s;
    DROP TABLE step_segment;
    DROP TRIGGER segment_reworded;
    CREATE TRIGGER segment_reworded AFTER UPDATE OF text ON segment WHEN old.text <> new.text BEGIN
        INSERT INTO segment_words (segment_words, rowid, text)
            VALUES ('delete', (old.transcript_id << 32) + old.id + 2147483648, spaced(old.text));
        INSERT INTO segment_words (rowid, text)
            VALUES ((new.transcript_id << 32) + new.id + 2147483648, spaced(new.text));
    END
    """,
    # Accounts at vendors, and what was ordered there. An order outlives its job: the money stays spent.
    """
    CREATE TABLE account (
        name TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        settings TEXT NOT NULL,
        models TEXT,
        created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) WITHOUT ROWID;
    CREATE TABLE submission (
        uid TEXT PRIMARY KEY,
        job_id INTEGER NOT NULL,
        part INTEGER NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        account TEXT NOT NULL,
        vendor TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        name TEXT NOT NULL,
        stage TEXT NOT NULL DEFAULT 'new',
        data TEXT NOT NULL DEFAULT '{}',
        reply BLOB,
        ended TEXT,
        problem TEXT,
        cost REAL,
        ordered TEXT,
        created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    );
    CREATE INDEX submission_job ON submission (job_id, part);
    CREATE INDEX submission_account ON submission (account, ordered)
    """,
    """
    CREATE TABLE casting (
        job_id INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
        value TEXT NOT NULL
    )
    """,
    # Voices at vendors, what was ordered there outside of jobs, and voices made from recordings with their consents,
    # whose numbers are never given again.
    """
    ALTER TABLE account ADD COLUMN voices TEXT;
    CREATE TABLE vendor_order (
        uid TEXT PRIMARY KEY,
        work TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        account TEXT NOT NULL,
        vendor TEXT NOT NULL,
        amount INTEGER NOT NULL,
        name TEXT NOT NULL,
        stage TEXT NOT NULL DEFAULT 'new',
        data TEXT NOT NULL DEFAULT '{}',
        ended TEXT,
        problem TEXT,
        cost REAL,
        ordered TEXT,
        created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    );
    CREATE INDEX vendor_order_fingerprint ON vendor_order (fingerprint);
    CREATE INDEX vendor_order_account ON vendor_order (account, ordered);
    CREATE TABLE clone (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        title TEXT NOT NULL,
        content_id TEXT NOT NULL,
        start INTEGER NOT NULL,
        end INTEGER NOT NULL,
        agreed_by TEXT NOT NULL,
        agreed TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        notice TEXT NOT NULL,
        reference BLOB NOT NULL
    )
    """,
)

_WAYS_OUT = {
    "full": ("the disk is full", "Free some space; nothing that was stored is lost."),
    "readonly": ("it is read-only", "Set STUDIO_HOME to a folder that you may write to."),
    "unable to open": ("it cannot be opened", "Set STUDIO_HOME to a folder that you may write to."),
    "locked": ("another program keeps it locked", "Close the other window and try again."),
    "malformed": ("it is damaged", "Move it away to start afresh, and keep it: much can be recovered."),
    "not a database": ("it is damaged", "Move it away to start afresh, and keep it: much can be recovered."),
    "i/o error": ("the disk does not answer", "Check the disk; nothing that was stored is lost."),
}


# Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, kana, bopomofo, Han.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff])"
)


def spaced(text: str) -> str:
    """The text as the index of words gets it: each letter of a script without spaces is a word of its own.

    Never to be changed without making the index anew: what leaves it must be what went in.
    """
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", text)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; those of a trigger belong together."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def outdated(path: Path) -> bool:
    """Whether an older version of the program has left this file: to open it may take a minute then."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path)) as db:
            return 0 < int(db.execute("PRAGMA user_version").fetchone()[0]) < len(MIGRATIONS)
    except sqlite3.DatabaseError:  # who opens it will say what is wrong with it
        return False


_local = threading.local()  # .connections: those of the current thread, by path


def leave_thread() -> None:
    """Close this thread's connections: the last thing that a worker thread does.

    It is said, not left to finalisers: no code of ours may run any more while a thread is taken down.
    """
    for connection in _local.__dict__.pop("connections", {}).values():
        connection.close()


class Database:
    """Gives every thread its own connection to one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self.translated():
            self._migrate()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection to look things up with."""
        with self.translated():
            yield self._connection()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """The same for several questions: what others write meanwhile is not seen."""
        with self.read() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        with self.translated():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def version(self) -> int:
        """Changes when another connection has changed the file; compare two readings of one thread."""
        with self.read() as db:
            return int(db.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close this thread's connection; other threads close theirs as they end."""
        held = _local.__dict__.get("connections", {}).pop(self.path, None)
        if held is not None:
            held.close()

    def _connection(self) -> sqlite3.Connection:
        connections: dict[Path, sqlite3.Connection] = _local.__dict__.setdefault("connections", {})
        held = connections.get(self.path)
        if held is None:
            held = sqlite3.connect(self.path, timeout=10, isolation_level=None)
            held.row_factory = sqlite3.Row
            held.create_function("spaced", 1, spaced, deterministic=True)
            held.create_aggregate("packed", 9, Packed)  # type: ignore[arg-type]  # the stub knows numbers only
            held.execute("PRAGMA journal_mode=WAL")
            held.execute("PRAGMA synchronous=FULL")
            held.execute("PRAGMA foreign_keys=ON")
            connections[self.path] = held
        return held

    def _migrate(self) -> None:
        db = self._connection()
        db.execute("BEGIN IMMEDIATE")
        try:
            found = int(db.execute("PRAGMA user_version").fetchone()[0])
            if found > len(MIGRATIONS):
                raise StorageError(
                    f"The library “{self.path}” was made by a newer version of the program.",
                    "Install the newer version, or set STUDIO_HOME to another folder.",
                )
            for script in MIGRATIONS[found:]:
                for statement in _statements(script):
                    db.execute(statement)
            db.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    @contextmanager
    def translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as e:
            text = str(e).lower()
            for sign, (cause, hint) in _WAYS_OUT.items():
                if sign in text:
                    raise StorageError(f"The library “{self.path}” cannot be used: {cause}.", hint, str(e)) from e
            raise
