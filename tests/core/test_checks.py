"""Checks of subtitles: each rule, each kind of odd character, and the same answer row by row."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from made_up import transcripts

from studio.core.checks import KINDS, check, check_row, reading_speed
from studio.core.pairs import REACH
from studio.core.profiles import DEFAULT, CueRules
from studio.core.transcript import Segment, Transcript


def kinds(*segments: Segment, rules: CueRules = DEFAULT) -> list[tuple[int, str]]:
    return [(f.segment, f.kind) for f in check(segments, rules)]


def odd(*texts: str) -> list[str]:
    """What is odd about the last of these subtitles."""
    rows = [Segment(n * 5000, n * 5000 + 4000, text, id=n) for n, text in enumerate(texts)]
    return [f.text for f in check_row(rows, len(rows) - 1, DEFAULT) if f.kind == "odd characters"]


def test_a_good_subtitle_has_no_findings():
    assert kinds(Segment(0, 2000, "“All’s well,” he said (twice).\nAnd went.", id=1)) == []


@pytest.mark.parametrize(
    ("segment", "kind", "text", "excess"),
    [
        (Segment(0, 1000, "x" * 25), "too fast", "25.0 characters a second, at most 20", 5),
        (Segment(0, 8000, "x"), "too long", "8.00 s, at most 7.00", 1000),
        (Segment(0, 900, "x"), "too short", "0.90 s, at least 1.00", 100),
        (Segment(0, 5000, "x" * 43), "line length", "43 characters, at most 42", 1),
        (Segment(0, 5000, "a\nb\nc"), "too many lines", "3 lines, at most 2", 1),
        (Segment(0, 5000, " \n"), "empty", "no text", 1),
        (Segment(0, 5000, "a  b"), "odd characters", "spaces too many", 1),
        (Segment(0, 5000, "(he left"), "unpaired", "“(” is not closed", 1),
        (Segment(0, 5000, "he left”)"), "unpaired", "a quotation mark is not opened, “)” is not opened", 2),
    ],
)
def test_each_breach_is_named_with_its_measure(segment: Segment, kind: str, text: str, excess: float):
    (finding,) = check([segment], DEFAULT)
    assert (finding.kind, finding.text, finding.excess) == (kind, text, excess)


def test_overlap_and_gap_are_of_the_later_row():
    rows = (Segment(0, 2000, "a", id=1), Segment(1900, 4000, "b", id=2), Segment(4040, 6000, "c", id=3))
    assert kinds(*rows) == [(2, "overlap"), (3, "gap")]
    assert kinds(*rows, rules=CueRules(gap_frames=1)) == [(2, "overlap")]
    assert check(rows, DEFAULT)[0].text == "starts 100 ms before the one before it ends"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (" a", "spaces too many"),
        ("a ", "spaces too many"),
        ("a \nb", "spaces too many"),
        ("a\n\nb", "spaces too many"),
        ("a\tb", "invisible characters"),
        ("a\x07b", "invisible characters"),
        ("\ufeffa", "invisible characters"),
        ("soft\u00adhyphen", "invisible characters"),
        ("caf\ufffd", "a damaged character"),
        ("Ноtel", "letters of two alphabets in “Ноtel”"),
        ("он пoшёл", "letters of two alphabets in “пoшёл”"),
    ],
)
def test_odd_characters(text: str, what: str):
    assert odd(text) == [what]


@pytest.mark.parametrize(
    "text",
    [
        "don't — it's 5’",
        "„So“, sagte er",
        "« Oui »",
        "»Ja«",
        "50 kΩ",
        "αβγ",
        "Привет, world",
        "👩\u200d👧",
        "می\u200cخواهم",
    ],
)
def test_what_only_looks_odd(text: str):
    assert odd(text) == []


def test_reading_speed_counts_a_line_break_as_the_space_it_is():
    assert reading_speed(Segment(0, 1000, "ab cd")) == reading_speed(Segment(0, 1000, "ab\ncd")) == 5
    assert reading_speed(Segment(0, 2000, "今日は")) == 3, "wide characters count two"
    assert reading_speed(Segment(0, 0, "a")) == 1000


@settings(max_examples=40, deadline=None)
@given(transcripts())
def test_row_by_row_finds_the_same(talk: Transcript):
    rows = range(len(talk.segments))
    assert [f for row in rows for f in check_row(talk.segments, row, DEFAULT)] == check(talk.segments, DEFAULT)
    for row in rows:  # whatever is further away makes no difference
        low = max(0, row - REACH)
        near = talk.segments[low : row + REACH + 1]
        assert check_row(near, row - low, DEFAULT) == check_row(talk.segments, row, DEFAULT)
    assert all(f.kind in KINDS and f.excess > 0 and f.text for f in check(talk.segments, DEFAULT))
