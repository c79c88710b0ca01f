"""What a transcript's engine did not measure: kept with it, so that nothing reckoned is taken for measured. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .transcript import EngineInfo

# In the user's words. The names are stored: never to be changed.
MARKS = {
    "no_times": "It gave no times: the text lies evenly over the recording.",
    "no_word_times": "It gave no times of words.",
    "aligned_words": "The times of words were found on this computer.",
    "no_confidence": "It does not say how sure it is of a word.",
    "derived_confidence": "How sure it was is reckoned from its probabilities.",
    "stitched": "The recording was sent in parts.",
    "partial": "Parts are missing: the vendor could not do them.",
}


def marks_of(engine: EngineInfo) -> set[str]:
    return set(engine.marks.split())


def marks_text(marks: Iterable[str]) -> str:
    """As EngineInfo holds them."""
    return " ".join(sorted(marks))
