"""How the palette compares words typed with titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.palette.fuzzy import match


@pytest.mark.parametrize(
    ("query", "title", "hit"),
    [
        ("split", "Split at the caret", "Split"),
        ("car spl", "Split at the caret", "Splcar"),
        ("plit", "Split at the caret", "plit"),
        ("mrg", "Merge with the next", "Mrg"),
        ("sap", "Split at the playhead", "Sap"),
        ("über", "Gesichtet ÜBER alles", "ÜBER"),
    ],
)
def test_what_was_typed_is_found_in_the_title(query: str, title: str, hit: str) -> None:
    found = match(query, title)
    assert found
    assert "".join(title[first:end] for first, end in found.spans) == hit


def test_every_word_must_fit_somewhere() -> None:
    assert match("split banana", "Split at the caret") is None
    assert match("split cue", "Split at the caret", also="Cue")
    assert match("xq", "Split at the caret") is None


def test_the_beginning_of_a_word_is_better_than_its_middle_and_that_better_than_single_letters() -> None:
    titles = ["Split at the caret", "Resplit", "Such plots in there"]
    scores = [found.score for title in titles if (found := match("spl", title))]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 2  # the third has no such word


@given(st.text(max_size=8), st.text(max_size=20))
def test_spans_lie_in_the_title_and_never_overlap(query: str, title: str) -> None:
    found = match(query, title)
    places = [place for span in found.spans for place in span] if found else []
    assert places == sorted(set(places))
    assert all(0 <= place <= len(title) for place in places)
