"""SAMI (.smi, .sami), read only: text that is shown from one SYNC to the next. Any thread."""

from __future__ import annotations

import re
from itertools import zip_longest

from studio.core.breaks import SPACES
from studio.core.errors import FormatError
from studio.core.transcript import Segment

from .base import Parsed, lines_of, quoted, unescaped, with_speakers
from .subtitles import NOTHING, end_after, looks_lost, named, printable_lines

_SYNC = re.compile(r"<\s*sync\b([^<>]*)>", re.IGNORECASE)
_START = re.compile(r"start\s*=\s*[\"']?\s*(-?[0-9]{1,12})", re.IGNORECASE)
_END = re.compile(r"<\s*/\s*(?:body|sami)\s*>", re.IGNORECASE)
_ASIDE = re.compile(r"<!--.*?(?:-->|\Z)|<(style|title|head)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<\s*(?:br|p)\b[^<>]*>", re.IGNORECASE)  # several languages are paragraphs of one SYNC
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_LOOK = re.compile(r"<(?:b|i|u|s|em|strong|font)\b", re.IGNORECASE)


def read(text: str) -> Parsed:
    """Segments without words; paragraphs of one SYNC become lines of one segment."""
    text = "\n".join(lines_of(text))
    syncs = list(_SYNC.finditer(text))
    if not syncs and (alone := _plain(text)):
        raise FormatError(f"Line 1: {quoted(alone)} has no “SYNC” before it.", "Is it a SAMI file?")
    shown: list[tuple[int, str]] = []  # (start, text); no text ends the one before
    warnings: list[str] = []
    looks: list[int] = []
    line, counted = 1, 0
    for sync, following in zip_longest(syncs, syncs[1:]):
        line, counted = line + text.count("\n", counted, sync.start()), sync.start()
        shows = _END.split(text[sync.end() : following.start() if following else len(text)])[0]
        said = _plain(shows)
        if _LOOK.search(shows):
            looks.append(line)
        start = _START.search(sync[1])
        if start:
            shown.append((max(0, int(start[1])), said))
        elif said:
            warnings.append(f"Line {line}: {quoted(sync[0])} has no time; {quoted(said)} was left out.")
    starts = sorted(start for start, _ in shown)
    segments = [Segment(start, end_after(start, starts), said) for start, said in shown if said]
    warnings += looks_lost(looks)
    if not segments:
        warnings.append(NOTHING)
    return Parsed(with_speakers(named(segments)), tuple(warnings))


def _plain(text: str) -> str:
    """Line ends of the file are spaces, as in HTML."""
    text = _BREAK.sub("\n", SPACES.sub(" ", _ASIDE.sub("", text)))
    return printable_lines(unescaped(_TAG.sub("", text)).replace("\u00a0", " "))
