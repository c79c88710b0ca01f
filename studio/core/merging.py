"""One text changed by two people: both changes in one. Pure functions.

A text is a list of pieces, each a word with the space before it. Who took a word out, took it out; what either of them
wrote is there once. Where both put something in place of the same words, ours stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

# Scripts that put no spaces between words: each letter is a piece of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff\u3400-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_PIECE = re.compile(rf"\s*(?:[{_UNSPACED}]|[^\s{_UNSPACED}]+)(?:\s+$)?")
_STARTS_UNSPACED = re.compile(rf"[{_UNSPACED}]")


class Theirs(NamedTuple):
    """A piece of their text."""

    piece: str
    segment: int  # where it stands
    side: int = 0  # -1, 1: it belongs to what comes before or after the passage in question; 0: to that passage
    sure: bool = True  # whether `side` is known


class Op(NamedTuple):
    """`put` stands in place of the base's pieces from `start` to `end`."""

    start: int
    end: int
    put: range


def pieces(text: str) -> list[str]:
    return [m[0] for m in _PIECE.finditer(text)]


def merged(base: Sequence[str], ours: Sequence[str], theirs: Sequence[Theirs]) -> list[tuple[str, int]]:
    """The pieces of both, each with the segment where it stands."""
    our_ops, our_kept = _ops(base, ours)
    their_ops, their_kept = _ops(base, [t.piece for t in theirs])
    by_start = {op.start: op for op in our_ops}
    their_by_start = {op.start: op for op in their_ops}
    placed: list[tuple[str, int | None, bool]] = []  # piece, segment, whether it is of the passage in question
    for gap in range(len(base) + 1):
        put = [theirs[n] for n in _standing(their_by_start.get(gap), our_ops, theirs, ours)]
        own = [ours[n] for n in by_start[gap].put] if gap in by_start else []
        ends = gap == len(base)
        early = [t for t in put if t.side < 0 or (t.side == 0 and (t.sure or not ends))]
        late = [t for t in put if t not in early] if len(early) < len(put) else []
        placed += [(t.piece, t.segment, t.side == 0) for t in early]
        placed += [(piece, None, True) for piece in own]
        placed += [(t.piece, t.segment, t.side == 0) for t in late]
        if not ends and gap in our_kept and gap in their_kept:
            there = theirs[their_kept[gap]]
            mine = ours[our_kept[gap]]
            placed.append((mine if mine != base[gap] else there.piece, there.segment, True))
    return _seated(placed)


def _ops(base: Sequence[str], other: Sequence[str]) -> tuple[list[Op], dict[int, int]]:
    """What was changed, and which pieces of the base are which of the other."""
    matcher = SequenceMatcher(None, [p.strip() for p in base], [p.strip() for p in other], autojunk=False)
    changed: list[Op] = []
    kept: dict[int, int] = {}
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            kept.update(zip(range(i1, i2), range(j1, j2), strict=True))
        else:
            changed.append(Op(i1, i2, range(j1, j2)))
    return changed, kept


def _standing(op: Op | None, our_ops: list[Op], theirs: Sequence[Theirs], ours: Sequence[str]) -> list[int]:
    """Which of their pieces stand beside what we wrote."""
    if op is None:
        return []
    for other in our_ops:
        if not other.put:
            continue
        same_words = op.start < op.end and other.start <= op.start and op.end <= other.end
        same_text = op[:2] == other[:2] and [theirs[n].piece.strip() for n in op.put] == [
            ours[n].strip() for n in other.put
        ]
        if same_words or same_text:
            return [n for n in op.put if theirs[n].side or not theirs[n].sure] if not same_text else []
    return list(op.put)


def _seated(placed: list[tuple[str, int | None, bool]]) -> list[tuple[str, int]]:
    """Ours stands with what it follows in its passage, at the beginning with what follows it."""
    seated: list[tuple[str, int]] = []
    last: int | None = None
    for n, (piece, segment, inside) in enumerate(placed):
        if segment is None:
            following = (s for _, s, also in placed[n:] if s is not None and also)
            segment = last if last is not None else next(following, None)
            if segment is None:  # nothing of the passage is left
                segment = next((s for _, s, _ in [*reversed(placed[:n]), *placed[n:]] if s is not None), None)
        elif inside:
            last = segment
        if segment is not None:
            seated.append((piece, segment))
    return seated


def joined(found: Sequence[str]) -> str:
    """A text of pieces that may come from different texts."""
    text = ""
    for piece in found:
        bare = not text or text[-1].isspace()
        if not bare and not piece[0].isspace() and not _STARTS_UNSPACED.match(piece) and not _unspaced_end(text):
            piece = f" {piece}"
        text += piece.lstrip() if bare else piece
    return text


def _unspaced_end(text: str) -> bool:
    return _STARTS_UNSPACED.match(text[-1]) is not None
