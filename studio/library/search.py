"""Words found in all transcripts, by SQLite's full-text index. Any thread.

The index (see database.py) ignores case and accents, and takes each letter of Chinese, Japanese or Thai for a word.
What people type is never read as the index's own language: every word of it stands in quotes.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from studio.core.wording import any_of, forms, letters_of, marks

from .database import Database, spaced
from .pending import Pending

_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')  # words in quotes belong together
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ACCENT = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]")
_BEFORE, _LONGEST = 30, 120  # characters of a snippet: before the first word found, and in all
_FIRST_ID = 1 << 31  # ids are counted down from -1 by edits


@dataclass(frozen=True, slots=True)
class Hit:
    """A segment in which all words were found."""

    transcript_id: int
    job_id: int
    segment_id: int
    start: int  # milliseconds
    snippet: str  # a line of its text around the first word found
    spans: tuple[tuple[int, int], ...]  # what was found in the snippet, in characters
    recording: str  # its name
    speaker: str  # the speaker's name, "" for none


class Search:
    def __init__(self, database: Database, pending: Pending) -> None:
        self._db, self._pending = database, pending

    def search(self, text: str, limit: int = 200, each: int = 20) -> list[Hit]:
        """Segments that hold all words of `text`; the last word may be the beginning of one, "quoted words" follow
        one another. The latest recordings first, of each the first `each` segments found, in order of time.
        """
        terms = _terms(text)
        if not terms:
            return []
        self._pending.finish()
        with self._db.read() as db:
            hits: list[Hit] = []
            for transcript, ids in groupby(self._matching(db, terms, each), key=lambda place: place[0]):
                hits += _hits(db, transcript, [id for _, id in ids], terms)
                if len(hits) >= limit:
                    break
        return hits[:limit]

    def holding(self, text: str) -> list[int] | None:
        """Transcripts that hold these words one after the other, the latest first; None where `text` has no word."""
        if not _WORD.search(text):
            return None
        self._pending.finish()
        with self._db.read() as db:
            found = db.execute(
                "SELECT DISTINCT rowid >> 32 FROM segment_words WHERE segment_words MATCH ? ORDER BY 1 DESC",
                (_quoted(text),),
            )
            return [int(id) for (id,) in found]

    @staticmethod
    def _matching(db: sqlite3.Connection, terms: list[tuple[str, bool]], each: int) -> Iterator[tuple[int, int]]:
        """Transcript and segment ids. Read one by one, so that a word found everywhere costs no more than another."""
        taken = Counter[int]()
        for (row,) in db.execute(
            "SELECT rowid FROM segment_words WHERE segment_words MATCH ? ORDER BY rowid DESC", (_expression(terms),)
        ):
            transcript, id = row >> 32, (row & 0xFFFFFFFF) - _FIRST_ID
            taken[transcript] += 1
            if taken[transcript] <= each:
                yield transcript, id


def _hits(db: sqlite3.Connection, transcript: int, ids: list[int], terms: list[tuple[str, bool]]) -> list[Hit]:
    """The hits of one transcript in order of time; none where no recording is kept for it."""
    places = ",".join("?" * len(ids))
    found = db.execute(
        "SELECT s.id, s.start, s.text, job.id AS job, job.name AS recording, COALESCE(p.name, s.speaker, '') AS who"
        " FROM segment s JOIN job ON job.transcript_id = s.transcript_id"
        " LEFT JOIN speaker p ON p.transcript_id = s.transcript_id AND p.id = s.speaker"
        f" WHERE s.transcript_id = ? AND s.id IN ({places}) ORDER BY s.start, s.end, s.id",
        (transcript, *ids),
    ).fetchall()
    marked = any(not r["text"].isascii() and _mark().search(r["text"]) for r in found)
    words = _finder(tuple(terms), marked)
    return [
        Hit(transcript, r["job"], r["id"], r["start"], *_snippet(r["text"], words), r["recording"], r["who"])
        for r in found
    ]


# What was typed


def _terms(text: str) -> list[tuple[str, bool]]:
    """Words or quoted words of a search; True: it may be the beginning of a word."""
    text = _CONTROL.sub(" ", text)
    found = [(m[1] if m[1] is not None else m[2], False) for m in _PART.finditer(text)]
    terms = [(term.strip(), begins) for term, begins in found if _WORD.search(term)]
    if terms and text.endswith(terms[-1][0]) and len(terms[-1][0]) > 1 and text[-1] != '"':
        terms[-1] = (terms[-1][0], True)
    return terms


def _expression(terms: Iterable[tuple[str, bool]]) -> str:
    return " AND ".join(_quoted(term, " *" if begins else "") for term, begins in terms)


def _quoted(text: str, behind: str = "") -> str:
    """The words of a text, one after the other, as the index wants them. It leaves out accents but no other marks, nor
    does it know that a Korean letter may be written in parts; so either form may stand there.
    """
    text = _CONTROL.sub(" ", text).replace('"', " ")
    either = dict.fromkeys(map(spaced, (text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))))
    return "(" + " OR ".join(f'"{words}"{behind}' for words in either) + ")"


# Where it stands in a text


def _plain(text: str) -> str:
    """Without case and accents, letter for letter; what has no such form stays as it is."""
    return "".join(_plain_letter(c) for c in text) if not text.isascii() else text.lower()


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    base, *set_to = list(unicodedata.normalize("NFD", letter))
    return base.lower() if len(base.lower()) == 1 and all(map(unicodedata.combining, set_to)) else letter


def _letter(letter: str) -> str:
    """The pattern of a letter without its accents."""
    bare = _ACCENT.sub("", unicodedata.normalize("NFD", letter))
    return any_of({_plain(form) for form in forms(bare)}) if bare else ""


@cache
def _mark() -> re.Pattern[str]:
    return re.compile(f"[{marks()}]")


@lru_cache(maxsize=16)
def _finder(terms: tuple[tuple[str, bool], ...], marked: bool) -> re.Pattern[str]:
    """Finds any of the words in a text that `_plain` made; `marked`: whatever accents are set to their letters there.

    Those cost milliseconds to compile, and few texts have any.
    """
    patterns, accents = [], f"[{marks()}]*" if marked else ""
    for term, begins in terms:
        words = re.findall(rf"(?:[^\W_]|[{marks()}])+", term)  # the index takes “_” for no letter
        pattern = r"[\W_]+".join("".join(_letter(c) + accents for c in letters_of(word)) for word in words)
        unspaced = spaced(term) != term
        patterns.append(pattern if unspaced else rf"(?<![^\W_]){pattern}" + ("" if begins else r"(?![^\W_])"))
    return re.compile("|".join(patterns))


def _snippet(text: str, words: re.Pattern[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A line of the text from a little before the first word found on, and where words were found in it."""
    line = " ".join(text.split())
    plain = _plain(line)
    first = words.search(plain)
    cut = first.start() - _BEFORE if first and first.start() > 2 * _BEFORE else 0
    if cut:
        cut = line.find(" ", cut, cut + _BEFORE) + 1 or cut
    end = cut + _LONGEST
    if len(line) > end:
        end = line.rfind(" ", cut + _LONGEST // 2, end) if " " in line[cut + _LONGEST // 2 : end] else end
    shown = f"{'… ' if cut else ''}{line[cut:end]}{' …' if end < len(line) else ''}"
    moved = (2 if cut else 0) - cut
    spans = ((m.start() + moved, m.end() + moved) for m in words.finditer(plain, cut) if m.end() <= end)
    return shown, tuple(spans)
