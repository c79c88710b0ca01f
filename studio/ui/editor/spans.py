"""Where words stand inside a segment's text block. Pure functions.

Qt counts text positions in UTF-16 units; Python strings count characters. Offsets here are Qt's unless they are said
to be the model's. While a row is typed in, its block may hold more spaces than the model's text.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.core.transcript import Segment

Span = tuple[int, int]  # first offset, offset behind the last

LINE_BREAK = "\u2028"  # within a block
# One segment is one block, so whatever Qt takes for a block's end becomes a soft line break, character for character.
_BLOCK_SAFE = str.maketrans({"\n": LINE_BREAK, "\u2029": LINE_BREAK, "\r": " ", "\ufdd0": "\ufffd", "\ufdd1": "\ufffd"})


def block_text(segment: Segment) -> str:
    return segment.text.translate(_BLOCK_SAFE)


def blocks_text(segments: Iterable[Segment]) -> str:
    """One block for each."""
    texts = [s.text for s in segments]
    if not "".join(texts).isprintable():  # else there is nothing to make safe in any of them
        texts = [text.translate(_BLOCK_SAFE) for text in texts]
    return "\n".join(texts)


def model_text(text: str) -> str:
    """What stands in a block, as a segment's text."""
    return text.replace(LINE_BREAK, "\n").replace("\u2029", "\n")


def word_spans(segment: Segment, text: str | None = None) -> list[Span]:
    """One span for every word in the block's text (or the segment's), in order; an empty one where it is not there."""
    text = segment.text if text is None else text
    spans: list[Span] = []
    at = 0
    for word in segment.words:
        found = text.find(word.text, at)
        start, at = (at, at) if found < 0 else (found, found + len(word.text))
        spans.append((start, at))
    return in_units(text, spans)


def place_in(text: str, block: str, offset: int) -> int:
    """The model's offset in `text` for an offset in its block: behind as many letters, and spaces where there are."""
    before = block.encode("utf-16-le")[: offset * 2].decode("utf-16-le", "ignore")
    letters, at = sum(not c.isspace() for c in before), 0
    while letters and at < len(text):
        letters -= not text[at].isspace()
        at += 1
    spaces = len(before) - len(before.rstrip())
    while spaces and at < len(text) and text[at].isspace():
        spaces, at = spaces - 1, at + 1
    return at


def units(text: str, characters: int) -> int:
    """Qt's offset behind so many characters."""
    return len(text[:characters].encode("utf-16-le")) // 2


def in_units(text: str, spans: list[Span]) -> list[Span]:
    """Offsets in characters of a text as Qt's offsets."""
    if not spans or text.isascii() or max(text) <= "\uffff":
        return spans
    at = [0]
    for char in text:
        at.append(at[-1] + (2 if char > "\uffff" else 1))
    return [(at[a], at[b]) for a, b in spans]
