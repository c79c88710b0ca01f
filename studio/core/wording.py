"""What tools that go over the whole text have in common: another text for many segments as one Edit, and parts of it.

Pure functions. A tool gives an Edit whose every pair of segments stands for itself, so that people may take some of
them and leave others: `part`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from functools import cache

from .collector import resting, spare
from .edits import Edit
from .retext import retext_later
from .transcript import Segment


def whole_words(pattern: str, also: str = "") -> str:
    """The pattern where no word goes on before and behind it; `also`: characters that words go on with here."""
    letter = f"[{also}{_within_words()}]"
    return f"(?<!{letter})(?:{pattern})(?!{letter})"


@cache
def _within_words() -> str:
    """What goes on a word, for the inside of “[ ]”: `\\w` of the standard library leaves out the marks that are set to
    letters, with which Hindi, Arabic and Thai are written, and “ü” on some computers; and joiners and soft hyphens.
    """
    marks = (chr(n) for n in range(0x10000) if unicodedata.category(chr(n))[0] == "M")
    return "".join((r"\w\u00ad\u200c\u200d", *marks))


def reworded(name: str, texts: Iterable[tuple[Segment, str]]) -> Edit | None:
    """The segments with these texts; one that is left without a word goes away. None if no text is another."""
    before, after, exact = list[Segment](), list[Segment](), True
    with resting():
        for segment, text in texts:
            if text == segment.text:
                continue
            before.append(segment)
            put = [retext_later(segment, text)] if text.strip() else []
            exact &= [s.text for s in put] == [text]
            after += put
        spare(len(after))
    return Edit(name, tuple(before), tuple(after), retexted=exact) if before else None


def part(edit: Edit, ids: Collection[int]) -> Edit:
    """Only what an edit does to the segments with these ids."""
    return Edit(
        edit.name,
        tuple(s for s in edit.before if s.id in ids),
        tuple(s for s in edit.after if s.id in ids),
    )
