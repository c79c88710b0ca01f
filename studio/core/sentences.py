"""Text cut into pieces that are spoken one after the other: sentences where they are short enough, else less.

Pure functions, any thread. What decides is punctuation and white space, so it works for any language that has either.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

import regex

# A full stop after these ends no sentence. English, German, French and its neighbours, Indonesian.
_ABBREVIATED = (
    "mr mrs ms dr prof st jr sr rev gen col capt lt sgt hon vs etc approx dept est fig no nos vol pp ed eds ca cf viz"
    " jan feb mar apr jun jul aug sep sept oct nov dec mt ave blvd inc ltd co corp"
    " hr fr frl nr str bzw usw evtl ggf vgl abb bd"
    " m mme mlle mgr sra srta sr ud uds dña sig dott ing avv"
    " bpk yth tn ny sdr"
)
_SHORT = frozenset(_ABBREVIATED.split())
_ENDS, _CLAUSES = ".!?…؟۔।॥։።。！？｡", ",;:—–،؛、，；：､"
_CLOSERS = r"[\p{Pe}\p{Pf}\"'’”]*"
# The looks behind keep a row of a hundred thousand marks from being read as often.
_END = regex.compile(
    rf"(?<![{_ENDS}])[.!?…؟۔।॥։።]+{_CLOSERS}\s+"  # where words are apart, a sentence ends before white space
    rf"|[。！？｡]+{_CLOSERS}\s*"
    r"|\n[^\S\n]*\n\s*"  # a blank line
)
_CLAUSE = regex.compile(rf"[,;:،؛]{_CLOSERS}\s+|[、，；：､]{_CLOSERS}\s*|[—–]\s*|(?<=\s)[-/]\s+|\n\s*")
_GAP = regex.compile(r"\s+")
_CLUSTER = regex.compile(r"\X")
_SPEAKABLE = regex.compile(r"[\p{L}\p{N}]")
_BEFORE = regex.compile(r"[\p{L}\p{N}.]+$")


class Piece(NamedTuple):
    """Characters first..last (not included) of the whole text, white space after it included."""

    text: str
    first: int
    last: int


def speakable(text: str) -> bool:
    """Is there anything to say? Emoji, dashes and white space alone are not."""
    return _SPEAKABLE.search(text) is not None


def pieces(text: str, most: int, first: int = 0) -> list[Piece]:
    """The text as pieces in order; joined they give the text again.

    A sentence is one piece; one of more than `most` characters is cut at clauses, else between words, else between
    characters as the reader sees them. `first`: the most of the very first piece, so that something is heard soon.
    Only a single character that is longer than `most` code points (emoji of families, stacked accents) exceeds it.
    """
    whole = [m.end() for m in _CLUSTER.finditer(text)]
    cut = set(whole)
    clauses, gaps = (sorted(cut.intersection(m.end() for m in e.finditer(text))) for e in (_CLAUSE, _GAP))
    found: list[Piece] = []
    start = 0
    for end in (*sorted(cut.intersection(_ends(text))), len(text)):
        while start < end:
            limit = first if first and not found else most
            stop = end if end - start <= limit else _stop(start, start + limit, (clauses, gaps, whole))
            found.append(Piece(text[start:stop], start, stop))
            start = stop
    return found


def pause(piece: str) -> int:
    """Milliseconds of silence between this piece and the next one, by how it ends."""
    said = piece.rstrip()
    if piece[len(said) :].count("\n") > 1:
        return 700
    mark = said.rstrip("\"'’”»)]」』")[-1:]
    return 0 if not mark else 400 if mark in _ENDS else 180 if mark in _CLAUSES else 0


def _ends(text: str) -> list[int]:
    return [m.end() for m in _END.finditer(text) if _ends_sentence(text, m)]


def _ends_sentence(text: str, mark: regex.Match[str]) -> bool:
    """False after "Dr." and initials, after the number of a day or a list, and where the sentence goes on."""
    if mark[0][0] in "\n。！？｡":
        return True
    if text[mark.end() : mark.end() + 1].islower():
        return False
    before = _BEFORE.search(text, max(0, mark.start() - 20), mark.start())
    if not mark[0].rstrip().startswith(".") or mark[0].startswith("..") or before is None:
        return True
    word = before[0].rpartition(".")[2]
    initial = len(word) == 1 and word.isalpha() and word != "I" and not _wide(word)
    ordinal = word.isdecimal() and len(word) <= 2
    return not (initial or ordinal or word.lower() in _SHORT)


def _wide(letter: str) -> bool:
    return regex.match(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]", letter) is not None


def _stop(start: int, limit: int, kinds: tuple[list[int], ...]) -> int:
    """The last place up to `limit` where the text may be cut, of the best kind that has one."""
    for places in kinds:
        place = bisect_right(places, limit) - 1
        if place >= 0 and places[place] > start:
            return places[place]
    return kinds[-1][bisect_left(kinds[-1], limit)]  # one character longer than allowed
