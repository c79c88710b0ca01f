"""Other spellings for a word that recognition was not sure of."""

from __future__ import annotations

import pytest

from studio.core.compare import Keep, compare
from studio.core.decisions import doubtful, other_words
from studio.core.glossary import parse
from studio.core.suggestions import bare, spellings
from studio.core.transcript import Segment, Transcript, Word

NAMES = parse("Müller: Miller\nSemarang\nHusum: Usum\nNew York: Newyork")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Miller", ["Müller"]),
        ("„miller“,", ["„Müller“,"]),  # marks around it stay
        ("Samarang", ["Semarang"]),  # it sounds alike
        ("Semarang.", []),  # it is written so already
        ("semarang", ["Semarang"]),
        ("newyork", ["New York"]),
        ("harbour", []),
        ("…", []),
        ("", []),
    ],
)
def test_names_that_may_be_meant(word: str, expected: list[str]):
    assert spellings(word, NAMES) == expected


def test_what_another_transcript_has_comes_first_and_none_twice():
    assert spellings("Usum,", NAMES, ["hassium.", "Husum!"]) == ["hassium,", "Husum,"]
    assert bare("»Ja!«") == "Ja"


def test_the_word_of_the_other_transcript():
    def said(text: str) -> Transcript:
        words = [Word(w, 300 * n, 300 * n + 250, 0.9) for n, w in enumerate(text.split())]
        return Transcript((Segment.from_words(words, None, 7),))

    comparison = compare(said("the ground sinks by eight to ten inches"), said("the crowd sinks by eighty inches"))
    marked = doubtful(comparison, {})[7]
    assert {1, 4, 5, 6} == marked
    assert other_words(comparison, {}, 7, 1) == "crowd"
    assert other_words(comparison, {}, 7, 5) is None  # one word for three
    assert other_words(comparison, {}, 7, 0) is None
    assert other_words(comparison, {}, 8, 1) is None
    first = comparison.differences[0].index
    assert other_words(comparison, {first: Keep.LEFT}, 7, 1) is None
