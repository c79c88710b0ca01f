"""Text is cut where a speaker would breathe, and nothing of it is lost."""

from __future__ import annotations

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from studio.core.sentences import pause, pieces, speakable

TEXTS = st.text(
    st.one_of(
        st.sampled_from("ab  .,;!?…\n\r\"'”—-。，、3é\u0301\u0308👩\u200d👧🏽🇮🇩ह\u094dि한"),
        st.characters(codec="utf-8"),
    ),
    max_size=120,
)


@given(TEXTS, st.integers(1, 40), st.integers(0, 20))
def test_pieces_give_the_text_and_are_short(text: str, most: int, first: int) -> None:
    found = pieces(text, most, first)
    assert "".join(p.text for p in found) == text
    assert all(p.text == text[p.first : p.last] and p.text for p in found)
    edges = {0, *(m.end() for m in regex.finditer(r"\X", text))}
    assert {p.first for p in found} | {p.last for p in found} <= edges, "cut inside what a reader sees as one character"
    for n, p in enumerate(found):
        limit = first if first and not n else most
        assert len(p.text) <= limit or len(regex.findall(r"\X", p.text)) == 1


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four…", ["One. ", "Two! ", "Three? ", "Four…"]),
        ("Dr. Smith met J. K. Rowling. She smiled.", ["Dr. Smith met J. K. Rowling. ", "She smiled."]),
        ("It cost 3.50 in 2019. Then 4.", ["It cost 3.50 in 2019. ", "Then 4."]),
        ("Am 3. Mai kam z. B. Herr Maier.", ["Am 3. Mai kam z. B. Herr Maier."]),
        ("“Stop!” he said. “Why?” She left.", ["“Stop!” he said. ", "“Why?” ", "She left."]),
        ("The U.S. Army, e.g. here. End.", ["The U.S. Army, e.g. here. ", "End."]),
        ("今日は晴れ。「明日は？」雨です。", ["今日は晴れ。", "「明日は？」", "雨です。"]),
        ("यह घर है। वह बड़ा है।", ["यह घर है। ", "वह बड़ा है।"]),
        ("A title\n\nA line\nthat goes on.", ["A title\n\n", "A line\nthat goes on."]),
        ("", []),
    ],
)
def test_a_sentence_is_a_piece(text: str, sentences: list[str]) -> None:
    assert [p.text for p in pieces(text, 1000)] == sentences


def test_a_long_sentence_is_cut_at_clauses_then_at_words_then_anywhere() -> None:
    text = "When it rained, she read, and he wrote"
    assert [p.text for p in pieces(text, 28)] == ["When it rained, she read, ", "and he wrote"]
    assert [p.text for p in pieces("she read and he wrote", 12)] == ["she read ", "and he wrote"]
    assert [p.text for p in pieces("abcdefgh", 3)] == ["abc", "def", "gh"]
    assert [p.text for p in pieces("朝は早く起きて、夜は寝る。", 9)] == ["朝は早く起きて、", "夜は寝る。"]


def test_the_first_piece_can_be_shorter() -> None:
    text = "When it rained, she read all day long. He wrote to her every day."
    assert [p.text for p in pieces(text, 200, first=20)] == [
        "When it rained, ",
        "she read all day long. ",
        "He wrote to her every day.",
    ]


def test_silence_follows_by_how_a_piece_ends() -> None:
    assert [pause(p) for p in ("Yes. ", "yes, ", "yes ", "Title\n\n", "「はい。」", "", " ")] == [
        400,
        180,
        0,
        700,
        400,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("text", "yes"), [("a", True), ("7", True), ("的", True), ("😀🇮🇩", False), (" … —", False), ("", False)]
)
def test_emoji_alone_are_nothing_to_say(text: str, yes: bool) -> None:
    assert speakable(text) is yes


@pytest.mark.parametrize("unit", [". ", " ", ".", "\n", "a", "a, ", "”", "— "])
def test_a_hundred_thousand_characters_are_no_trap(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    begun = time.process_time()
    assert "".join(p.text for p in pieces(text, 400)) == text
    assert time.process_time() - begun < 20, "it grows with the square of the length"
