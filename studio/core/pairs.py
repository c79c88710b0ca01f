"""Brackets and quotation marks without a partner, and the partner they lack. Pure functions.

Marks are looked at cue by cue. What a cue leaves open may be closed by a later cue of the same speaker, and each of
these may begin with the opening mark again, as some houses have it. Single quotation marks are left out: they are
apostrophes far too often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from .breaks import HAS_CJK
from .retext import retext
from .transcript import Segment

REACH = 20  # rows: so far away the partner of a mark may be

_BRACKETS = ("()", "[]", "{}", "（）", "【】", "《》", "「」", "『』")
QUOTES = '"“”„«»'  # which way they open differs by language, so by what stands beside them
_KIND = {mark: pair for pair in _BRACKETS for mark in pair} | dict.fromkeys('"“”„', "“”") | dict.fromkeys("«»", "«»")
MARKS = frozenset(_KIND)
_MARK = re.compile(f"[{re.escape(''.join(_KIND))}]")
_OPENS = "„“«" + "".join(pair[0] for pair in _BRACKETS)
# “a)”, “1)” and faces are no brackets
_NO_BRACKET = re.compile(r"(?<!\S)(?:\w{1,2}\)|[:;=8xX]['’]?-?[()\[\]]+)")
_BEFORE = re.compile(r"[\s(\[{（【—–\-…¿¡/]")  # stands before a mark that opens
_BEHIND = re.compile(r"[\s)\]}）】—–\-….,;:!?/]")  # stands behind one that closes
_DASH = re.compile(r"\s*[\-–—]")
_LEAD = re.compile(r"[\s\-–—]*")
_STOP = re.compile(r"[.,;:!?…。！？]+$")


class Mark(NamedTuple):
    at: int  # offset in the text
    opens: bool
    kind: str  # the opening and the closing mark of a pair; marks of one kind close each other


def has_marks(text: str) -> bool:
    """Whether there is anything in a text that wants a partner."""
    return _MARK.search(text) is not None


def unpaired(segments: Sequence[Segment], row: int) -> list[Mark]:
    """The marks of segments[row] that have no partner, in it or in a cue of the same speaker within reach."""
    return [m for m in _lone(segments[row].text) if not _has_partner(segments, row, m)]


def paired(segment: Segment, marks: Sequence[Mark], written: str) -> Segment:
    """The segment with a partner for each of these marks, of the sort that is used in `written`, the whole text.

    It stands at the other end of the text, of two speakers' lines at that end of the line.
    """
    text = segment.text
    for mark in sorted(marks, reverse=True):
        begin, end = _reach_of(text, mark.at)
        partner = _partner(text[mark.at], mark, written)
        if mark.opens:
            stop = _STOP.search(text, mark.at, end)
            inside = mark.kind[0] in "([{（【" and mark.at > begin  # a remark in a sentence ends before its full stop
            at = stop.start() if stop and inside else end
        else:
            at = begin
        text = text[:at] + partner + text[at:]
    return retext(segment, text)


def _reach_of(text: str, at: int) -> tuple[int, int]:
    """From where to where a partner may stand: without the dash before it and without spaces around it."""
    begin, whole = 0, text
    if "\n" in text and all(_DASH.match(line) for line in text.split("\n")):
        begin, whole = text.rfind("\n", 0, at) + 1, text[:at] + text[at:].partition("\n")[0]
    lead = _LEAD.match(text, begin, at)
    return lead.end() if lead else begin, len(whole.rstrip())


def _partner(char: str, mark: Mark, written: str) -> str:
    if mark.kind not in ("“”", "«»") or char == '"':
        return char if char == '"' else mark.kind[mark.opens]
    if mark.kind == "«»":
        return "»" if char == "«" else "«"
    if char == "„":
        return "”" if written.count("”") > written.count("“") else "“"
    if mark.opens:
        return "”"
    return "„" if "„" in written or char == "“" else "“"


def _has_partner(segments: Sequence[Segment], row: int, mark: Mark) -> bool:
    step = 1 if mark.opens else -1
    for other in range(row + step, row + step * (REACH + 1), step):
        if not 0 <= other < len(segments):
            return False
        if segments[other].speaker != segments[row].speaker:
            continue
        text = segments[other].text
        lone = [m for m in _lone(text) if m.kind == mark.kind]
        if any(m.opens != mark.opens for m in lone):
            return True
        if not mark.opens and lone:
            return False  # what was open there ends there
        if mark.opens and _goes_on(text, mark.kind):
            if not lone:
                return True
        elif lone:
            return False
    return False


@lru_cache(maxsize=1024)
def _goes_on(text: str, kind: str) -> bool:
    """Whether a cue begins with the opening mark, and closes it at its very end or not at all."""
    marks = [m for m in _marks(text) if m.kind == kind]
    if not marks or not marks[0].opens or _LEAD.fullmatch(text, 0, marks[0].at) is None:
        return False
    return len(marks) == 1 or (len(marks) == 2 and marks[1].at == len(text.rstrip()) - 1)


@lru_cache(maxsize=1024)  # each cue is looked at from all that are within reach
def _lone(text: str) -> tuple[Mark, ...]:
    """The marks without a partner in the text."""
    if not _MARK.search(text):
        return ()
    lone: list[Mark] = []
    for mark in _marks(text):
        before = next((m for m in reversed(lone) if m.kind == mark.kind), None)
        if before and before.opens and not mark.opens:
            lone.remove(before)
        else:
            lone.append(mark)
    return tuple(lone)


def _marks(text: str) -> Iterator[Mark]:
    ignored = [m.span() for m in _NO_BRACKET.finditer(text)]
    open_kinds: dict[str, int] = {}
    for found in _MARK.finditer(text):
        at, char = found.start(), found[0]
        kind = _KIND[char]
        open_now = open_kinds.get(kind, 0) > 0
        opens = _opens(text, at, open_now)
        if opens is None or (not open_now and any(a <= at < b for a, b in ignored)):
            continue
        open_kinds[kind] = max(0, open_kinds.get(kind, 0) + (1 if opens else -1))
        yield Mark(at, opens, kind)


def _opens(text: str, at: int, open_now: bool) -> bool | None:
    """Which way a mark is meant; None for an inch, or an abbreviation of Hebrew."""
    char, before, behind = text[at], text[at - 1 : at] if at else " ", text[at + 1 : at + 2] or " "
    if char not in QUOTES or char == "„":
        return char in _OPENS
    could_open = bool(_BEFORE.match(before)) and not behind.isspace()
    could_close = not before.isspace() and bool(_BEHIND.match(behind))
    if char == '"' and not open_now and not could_open and before.isdigit():
        return None
    if could_open != could_close:
        return could_open
    if char != '"':
        return char in _OPENS
    if before.isalnum() and behind.isalnum() and not (HAS_CJK.match(before) or HAS_CJK.match(behind)):
        return None
    return not open_now
