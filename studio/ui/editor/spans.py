"""Where words stand inside a segment's text block. Pure functions.

Qt counts text positions in UTF-16 units; Python strings count characters. All offsets here are Qt's.
"""

from __future__ import annotations

import re

from studio.core.transcript import Segment

Span = tuple[int, int]  # first offset, offset behind the last

# One segment is one block, so whatever Qt takes for a block's end becomes a soft line break, character for character.
_BLOCK_SAFE = str.maketrans({"\n": "\u2028", "\u2029": "\u2028", "\r": " ", "\ufdd0": "\ufffd", "\ufdd1": "\ufffd"})


def block_text(segment: Segment) -> str:
    return segment.text.translate(_BLOCK_SAFE)


def word_spans(segment: Segment) -> list[Span]:
    """One span for every word, in order; an empty one where the text no longer holds the word."""
    spans: list[Span] = []
    at = 0
    for word in segment.words:
        found = segment.text.find(word.text, at)
        start, at = (at, at) if found < 0 else (found, found + len(word.text))
        spans.append((start, at))
    return _in_units(segment.text, spans)


def find_spans(segment: Segment, pattern: re.Pattern[str]) -> list[Span]:
    """All places of the pattern in a segment's text."""
    return _in_units(segment.text, [match.span() for match in pattern.finditer(segment.text)])


def _in_units(text: str, spans: list[Span]) -> list[Span]:
    if not spans or text.isascii() or max(text) <= "\uffff":
        return spans
    units = [0]
    for char in text:
        units.append(units[-1] + (2 if char > "\uffff" else 1))
    return [(units[a], units[b]) for a, b in spans]
