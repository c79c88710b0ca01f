"""What the engine of a transcript did not measure, in the words of the window. Pure functions."""

from __future__ import annotations

from studio.core.marks import MARKS
from studio.core.transcript import EngineInfo

# The gravest first; what is not here is only told in full.
_SHORT = {"partial": "Parts missing", "no_times": "No times", "no_word_times": "No word times"}
_NO_WORDS = (
    "So no word is lit up while it is spoken, and cuts inside a passage are estimated. "
    "“Re-time to the speech” in the Tools menu finds the times on this computer."
)


def in_short(engine: EngineInfo) -> str:
    """Two words for the file header; "" where all was measured."""
    marks = engine.marks.split()
    known = next((words for mark, words in _SHORT.items() if mark in marks), "")
    return known or ("Not all measured" if marks else "")


def in_full(engine: EngineInfo) -> str:
    """A sentence for each, one a line, and what follows from it."""
    marks = engine.marks.split()
    lines = [MARKS[mark] for mark in MARKS if mark in marks]
    return "\n".join([*lines, _NO_WORDS] if {"no_times", "no_word_times"} & set(marks) else lines)


def why_none_unsure(engine: EngineInfo) -> str:
    """Why no word can be marked as unsure; "" where that is not the engine's fault."""
    marks = engine.marks.split()
    if "no_confidence" in marks or "no_times" in marks or "no_word_times" in marks:
        return "What made this text does not say how sure it is of a word."
    return ""
