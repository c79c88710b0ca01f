"""Words into segments, speakers onto words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.align import LONGEST, Cutter, assign, ends_sentence, label
from studio.core.transcript import Segment, Turn, Word, join_words


def spoken(text: str, start: int = 0, each: int = 250, gap: int = 0) -> list[Word]:
    """The words of a text, one after the other; "|" between words is a pause of half a second."""
    words: list[Word] = []
    for token in text.split():
        if token == "|":
            start += 500
        else:
            words.append(Word(token, start, start + each, 0.9))
            start += each + gap
    return words


def cut(words: list[Word]) -> list[str]:
    cutter = Cutter()
    return [segment.text for segment in cutter.feed(words) + cutter.flush()]


def who(text: str, turns: list[Turn]) -> str:
    """Speakers of the words as one letter each; "-" for nobody."""
    return "".join(speaker or "-" for speaker in assign(spoken(text), turns))


# Cutting


def test_a_segment_ends_with_its_sentence() -> None:
    assert cut(spoken("Is it you? Yes! It is… I think. And")) == ["Is it you?", "Yes!", "It is…", "I think.", "And"]


def test_closing_quotes_belong_to_the_sentence() -> None:
    assert cut(spoken("He said “no.” Then he (really!) left.")) == ["He said “no.”", "Then he (really!)", "left."]


@pytest.mark.parametrize(
    "text",
    ["Ask Dr. Miller about it.", "Das ist z. B. hier.", "Das ist z.B. hier.", "It is 3.5 metres.", "Am 3. Mai war es.",
     "J. R. R. Tolkien wrote it.", "The U.S. army came.", "Smith vs. Jones began.", "«Mr. Li» spoke."],
)  # fmt: skip
def test_a_full_stop_that_ends_no_sentence(text: str) -> None:
    assert cut(spoken(text)) == [text]


def test_a_breath_decides_where_a_full_stop_may_mean_both() -> None:
    assert cut(spoken("It is in room 3. | Come in.")) == ["It is in room 3.", "Come in."]
    assert cut(spoken("Apples, pears, etc. | Then we left.")) == ["Apples, pears, etc.", "Then we left."]


def test_chinese_and_japanese_sentences() -> None:
    texts = ["你", "好", "。", "我", "很", "好", "！"]
    words = [Word(text, i * 200, i * 200 + 200, space=False) for i, text in enumerate(texts)]
    assert cut(words) == ["你好。", "我很好！"]
    assert ends_sentence(Word("です。」", 0, 100))


def test_a_long_pause_ends_a_segment_and_a_short_one_does_not() -> None:
    assert cut([Word("well", 0, 300), Word("then", 1299, 1500)]) == ["well then"]
    assert cut([Word("well", 0, 300), Word("then", 1300, 1500)]) == ["well", "then"]


def test_what_grows_too_long_is_cut_at_a_comma() -> None:
    words = spoken("so " * 30 + "on, " + "and " * 40)
    assert cut(words)[0] == "so " * 30 + "on,"


def test_what_grows_too_long_is_cut_at_the_longest_pause() -> None:
    words = spoken("so " * 30 + "on | " + "and " * 40)
    assert cut(words)[0] == "so " * 30 + "on"


def test_a_cut_leaves_no_crumbs() -> None:
    words = spoken("oh, " + "la " * 70)
    assert min(len(text.split()) for text in cut(words)[:2]) > 10


def test_sentences_come_out_as_soon_as_they_are_complete() -> None:
    cutter = Cutter()
    assert [s.text for s in cutter.feed(spoken("One two. Three"))] == ["One two."]
    assert [s.text for s in cutter.feed(spoken("four.", 900))] == ["Three four."]
    assert cutter.flush() == []


def test_the_confidence_of_a_segment_is_that_of_its_words() -> None:
    (segment,) = Cutter().feed([Word("Oh", 0, 100, 0.5), Word("no.", 100, 200, 1.0)])
    assert (segment.start, segment.end, segment.confidence) == (0, 200, 0.75)


# Speakers


def test_no_turns_no_speakers() -> None:
    assert who("Nobody knows.", []) == "--"
    segments = [Segment.from_words(spoken("Nobody knows."))]
    assert label(segments, []) == segments


def test_a_change_in_mid_sentence_splits_it() -> None:
    words = spoken("so I was thinking of going what do you mean by going there.")
    turns = [Turn(0, 1500, "A"), Turn(1500, 3250, "B")]
    parts = label([Segment.from_words(words, id=7)], turns)
    assert [(s.speaker, s.text, s.id) for s in parts] == [
        ("A", "so I was thinking of going", 7),
        ("B", "what do you mean by going there.", 0),
    ]


def test_a_turn_that_begins_a_little_early_does_not_take_the_last_word_of_a_sentence() -> None:
    # the border lies 200 ms before the end of "you?"
    assert who("How are you? Fine and you sir?", [Turn(0, 550, "A"), Turn(550, 1750, "B")]) == "AAABBBB"


def test_a_turn_that_ends_a_little_late_does_not_take_the_first_word_of_a_sentence() -> None:
    assert who("How are you? Fine and you sir?", [Turn(0, 950, "A"), Turn(950, 1750, "B")]) == "AAABBBB"


def test_a_change_prefers_a_breath() -> None:
    # the border is one word late: after "but"
    assert who("that is it | but we should go now", [Turn(0, 1450, "A"), Turn(1450, 2750, "B")]) == "AAABBBBB"


def test_a_lone_word_does_not_flip_in_mid_sentence() -> None:
    turns = [Turn(0, 750, "A"), Turn(750, 1000, "B"), Turn(1000, 2000, "A")]
    assert who("we are going to the big house", turns) == "AAAAAAA"


def test_a_short_answer_of_its_own_stays() -> None:
    turns = [Turn(0, 750, "A"), Turn(800, 1000, "B"), Turn(1000, 2000, "A")]
    assert who("Are you there? Yes. Good then we go", turns) == "AAABAAAA"


def test_where_two_talk_at_once_the_one_who_has_the_word_keeps_it() -> None:
    turns = [Turn(0, 1500, "A"), Turn(1000, 2500, "B")]
    assert who("one two three four five six seven eight nine ten", turns) == "AAAAAABBBB"
    backchannel = [Turn(0, 2500, "A"), Turn(1000, 1500, "B")]
    assert who("one two three four five six seven eight nine ten", backchannel) == "A" * 10


def test_words_outside_all_turns() -> None:
    near = [Word("so", 1100, 1300)]
    assert assign(near, [Turn(0, 1000, "A"), Turn(1500, 2000, "B")]) == ["A"]  # the nearest
    far = [Word("yes.", 0, 500), Word("hm", 5000, 5200), Word("no", 9000, 9500)]
    assert assign(far, [Turn(0, 500, "A"), Turn(9000, 9500, "B")]) == ["A", "A", "B"]  # the one before
    early = [Word("psst", 0, 200), Word("no", 5000, 5300)]
    assert assign(early, [Turn(5000, 5300, "A")]) == ["A", "A"]  # nobody before: the one after
    assert assign(early, [Turn(90_000, 91_000, "A")]) == [None, None]


def test_segments_without_words_go_to_who_talks_most_and_stay_whole() -> None:
    segment = Segment(0, 4000, "imported text", id=3, confidence=0.5)
    (labelled,) = label([segment], [Turn(0, 1000, "A"), Turn(1000, 4000, "B")])
    assert (labelled.speaker, labelled.text, labelled.id) == ("B", "imported text", 3)
    assert (labelled.start, labelled.end, labelled.confidence) == (0, 4000, 0.5)


# Properties

texts = st.sampled_from(["yes.", "no,", "Dr.", "3.", "well", "ok?", "好", "。", "(so)", "…"])


@st.composite
def many_words(draw: st.DrawFn) -> list[Word]:
    words, at = [], 0
    lengths = st.tuples(texts, st.integers(0, 900), st.integers(0, 1500), st.booleans())
    for text, gap, length, space in draw(st.lists(lengths, max_size=40)):
        words.append(Word(text, at + gap, at + gap + length, 0.5, space))
        at = words[-1].end
    return words


turn_lists = st.lists(
    st.builds(
        lambda start, length, speaker: Turn(start, start + length, speaker),
        st.integers(0, 30_000),
        st.integers(0, 8_000),
        st.sampled_from("ABC"),
    ),
    max_size=12,
)


@given(many_words(), st.integers(1, 7))
def test_cutting_loses_nothing_and_does_not_depend_on_portions(words: list[Word], portion: int) -> None:
    cutter = Cutter()
    pieces = [s for at in range(0, len(words), portion) for s in cutter.feed(words[at : at + portion])]
    pieces += cutter.flush()
    assert [word for piece in pieces for word in piece.words] == words
    whole = Cutter()
    assert pieces == whole.feed(words) + whole.flush()
    assert all(piece.text == join_words(piece.words) for piece in pieces)
    longest_word = max((word.end - word.start for word in words), default=0)
    assert all(piece.end - piece.start <= LONGEST + longest_word for piece in pieces)


@given(many_words(), turn_lists)
def test_labelling_loses_nothing_and_keeps_the_order(words: list[Word], turns: list[Turn]) -> None:
    cutter = Cutter()
    segments = cutter.feed(words) + cutter.flush()
    labelled = label(segments, turns)
    assert [word for piece in labelled for word in piece.words] == words
    assert all(piece.text == join_words(piece.words) for piece in labelled)
    assert [piece.start for piece in labelled] == sorted(piece.start for piece in labelled)
    speakers = assign(words, turns)
    assert [piece.speaker for piece in labelled for _ in piece.words] == speakers
    assert {speaker for speaker in speakers if speaker} <= {turn.speaker for turn in turns}
    if any(turn.start <= word.start < turn.end for word in words for turn in turns):
        assert None not in speakers


@given(many_words(), st.integers(0, 20_000))
def test_one_speaker_alone_gets_every_word(words: list[Word], start: int) -> None:
    near = [word for word in words if start - 400 <= word.start <= start + 9_000]
    assert set(assign(near, [Turn(start, start + 9_000, "A")])) <= {"A"}
