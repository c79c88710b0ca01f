"""Two transcripts of one recording: which words differ, of what kind, and deciding them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.compare import Comparison, Cut, Keep, Kind, compare, cuts
from studio.core.decisions import accept, doubtful, surer, with_terms
from studio.core.edits import apply
from studio.core.matching import key, matched
from studio.core.transcript import Segment, Transcript, Word

STEP = 400  # milliseconds from word to word


def words(text: str, start: int = 0, confidence: float | None = 0.9) -> list[Word]:
    return [Word(w, start + STEP * n, start + STEP * n + 300, confidence) for n, w in enumerate(text.split())]


def transcript(*lines: str, speakers: str = "", gap: int = 1000, confidence: float | None = 0.9) -> Transcript:
    """A segment for each line, spoken by S1, S2, ... as the digits of `speakers` say."""
    segments, at = [], 0
    for n, line in enumerate(lines, 1):
        who = f"S{speakers[n - 1]}" if speakers else None
        segments.append(Segment.from_words(words(line, at, confidence), who, n))
        at = segments[-1].end + gap
    return Transcript(tuple(segments))


def found(comparison: Comparison) -> list[tuple[str, str, Kind]]:
    return [(texts(d.left), texts(d.right), d.kind) for d in comparison.differences]


def texts(of: tuple[Word, ...]) -> str:
    return " ".join(w.text for w in of)


def all_words(of: Transcript) -> list[str]:
    return [w.text for s in of.segments for w in s.words]


def right(comparison: Comparison) -> dict[int, Keep]:
    return {d.index: Keep.RIGHT for d in comparison.differences}


# Finding


def test_kinds_of_differences():
    left = transcript("The ground sinks by eight to ten centimetres.", "In north Friesland a storm came in 2019. Odd.")
    other = transcript("The ground sinks by eighty centimetres.", "In Nordfriesland a surge came in about 2019. Odd.")
    assert found(compare(left, other)) == [
        ("eight to ten", "eighty", Kind.NUMBERS),
        ("north Friesland", "Nordfriesland", Kind.NAMES),
        ("storm", "surge", Kind.WORDS),
        ("", "about", Kind.MISSING),
    ]


def test_a_capital_at_the_beginning_of_a_sentence_is_no_name():
    assert found(compare(transcript("So it goes."), transcript("Though it goes."))) == [("So", "Though", Kind.WORDS)]


def test_capitals_and_punctuation_count_only_when_asked():
    left, other = transcript("Well, you know: Yes."), transcript("well you know yes")
    assert found(compare(left, other)) == []
    assert [d[:2] for d in found(compare(left, other, ignore_marks=False))] == [
        ("Well,", "well"),
        ("know: Yes.", "know yes"),
    ]


def test_a_dash_by_itself_is_no_difference_but_a_decimal_point_is():
    assert found(compare(transcript("yes – no"), transcript("yes no"))) == []
    assert found(compare(transcript("about 1.5 metres"), transcript("about 15 metres")))[0][2] is Kind.NUMBERS
    assert key("“Straße!”") == "strasse"
    assert key("—") == ""


def test_chinese_cut_into_other_words_is_the_same():
    def chinese(*parts: str) -> Transcript:
        made = [Word(p, 300 * n, 300 * n + 200, 0.9, space=False) for n, p in enumerate(parts)]
        return Transcript((Segment.from_words(made, id=1),))

    assert found(compare(chinese("你好", "世界"), chinese("你", "好", "世界"))) == []
    assert [d[:2] for d in found(compare(chinese("你好", "世界"), chinese("你好", "时间")))] == [("世界", "时间")]


def test_of_equal_words_the_nearer_in_time_is_meant():
    left = [Word("yes", 10_000, 10_300)]
    both = [Word("yes", 1_000, 1_300), Word("yes", 10_100, 10_400), Word("yes", 20_000, 20_300)]
    assert matched(left, both) == [(0, 1)]


def test_a_shifted_and_stretched_transcript_matches_word_for_word():
    left = words(" ".join(f"word{n % 40}" for n in range(400)))
    moved = [w._replace(start=30_000 + w.start * 25 // 24, end=30_000 + w.end * 25 // 24) for w in left]
    assert matched(left, moved) == [(n, n) for n in range(400)]


def test_a_stretch_without_any_sure_place_is_matched_by_time():
    """Nothing but four words over and over, too long for one table."""
    left = words("no no yes well " * 600)
    gone = left[:900] + left[920:]
    pairs = matched(left, gone)
    assert pairs[-1] == (2399, 2379)
    assert len(pairs) >= 2370


def test_a_text_without_word_times_is_compared_too():
    left = transcript("We measured it here.", "All of it.")
    plain = Transcript(tuple(s._replace(words=()) for s in transcript("We measured it there.", "All of it.").segments))
    assert found(compare(left, plain)) == [("here.", "there.", Kind.WORDS)]
    assert found(compare(plain, left)) == [("there.", "here.", Kind.WORDS)]
    edit = accept(plain, made := compare(plain, left), right(made), "decide")
    assert [s.text for s in edit.after] == ["We measured it here."]
    assert edit.after[0].words == ()


def test_passages_hold_every_segment_and_every_right_word_once():
    left = transcript("Good morning.", "And then we left.", "The end.")
    other = transcript("Good morning.", "Nobody heard this.", "And then he left.", "The end.")
    passages = compare(left, other).passages
    assert [p.segment.id if p.segment else None for p in passages] == [1, None, 2, 3]
    assert [p.right_first for p in passages[1:]] == [p.right_last for p in passages[:-1]]


# Likeness


def test_where_the_right_is_cut_otherwise():
    """Each cut before the number of a word of the right."""
    one = transcript("So Margaret said Mr. Hale as he came.", "Yes.", speakers="11")
    other = Transcript(
        (
            Segment.from_words(one.segments[0].words[:4], "S1", -1),
            Segment.from_words(one.segments[0].words[4:] + one.segments[1].words, "S1", -2),
        )
    )
    assert cuts(compare(one, other)) == {4: Cut(True, None), 8: Cut(False, None)}
    assert cuts(compare(other, one)) == {4: Cut(False, None), 8: Cut(True, None)}
    assert cuts(compare(one, one)) == {}


def test_where_the_right_has_another_speaker():
    one = transcript("You grew up here. Yes.", "Then I left.", speakers="12")
    other = transcript("You grew up here.", "Yes.", "Then I left.", speakers="123")
    assert cuts(compare(one, other)) == {4: Cut(True, "S2"), 5: Cut(None, "S3")}


def test_likeness():
    left = transcript("one two three four", "five six", speakers="12")
    other = transcript("one two three four", "five seven", speakers="21")
    likeness = compare(left, other).likeness
    assert likeness.words == pytest.approx(10 / 12)
    assert likeness.speakers == 1.0  # called otherwise, but the same people
    assert likeness.apart == 0
    assert compare(left, transcript("one two three four five six")).likeness.speakers is None


# Deciding


def test_taking_the_right_word_with_its_time_leaves_the_rest():
    left = transcript("a storm surge announces itself", "in the night", speakers="11")
    other = transcript("a storm search announces itself", "in the night")
    other = other.with_segments([other.segments[0], *other.segments[1:]])
    comparison = compare(left, other)
    edit = accept(left, comparison, {0: Keep.RIGHT}, "take “search”")
    after = apply(left, edit)
    assert after.segments[0].text == "a storm search announces itself"
    assert after.segments[0].words[2] == other.segments[0].words[2]
    assert after.segments[1] is left.segments[1]
    assert apply(after, edit.inverse()) == left


def test_times_of_the_right_give_way_to_those_that_stay():
    left = transcript("one two three")
    late = left.segments[0]._replace(
        words=(left.segments[0].words[0], Word("too", 2_000, 3_000), left.segments[0].words[2])
    )
    edit = accept(left, made := compare(left, Transcript((late,))), right(made), "decide")
    assert [w.start for w in edit.after[0].words] == [0, 800, 800]


def test_keeping_the_left_makes_its_words_as_sure_as_typed_ones():
    left, other = transcript("the north wind", confidence=0.3), transcript("the nord wind")
    edit = accept(left, compare(left, other), {0: Keep.LEFT}, "keep “north”")
    assert edit.after[0].text == left.segments[0].text
    assert [w.confidence for w in edit.after[0].words] == [0.3, None, 0.3]


def test_a_missed_passage_becomes_a_segment_of_its_own_speaker():
    left = transcript("good morning all", "and then we left", speakers="12", gap=5_000)
    other = transcript("good morning all", "nobody heard this", "and then we left", speakers="343", gap=1_000)
    moved = [left.segments[1]._replace(id=3, speaker="S3")]
    other = other.with_segments([*other.segments[:2], *moved])
    other = other.with_segments(
        [s._replace(speaker=who) for s, who in zip(other.segments, ("S7", "S8", "S8"), strict=True)]
    )
    after = apply(left, accept(left, made := compare(left, other), right(made), "decide"))
    assert [(s.text, s.speaker) for s in after.segments] == [
        ("good morning all", "S1"),
        ("nobody heard this", "S2"),
        ("and then we left", "S2"),
    ]
    assert after.segments[1].id < 0


def test_a_passage_that_the_right_lacks_goes_when_the_right_is_taken():
    left, other = transcript("good morning", "mumble mumble", "the end"), transcript("good morning", "the end")
    after = apply(left, accept(left, made := compare(left, other), right(made), "decide"))
    assert [s.text for s in after.segments] == ["good morning", "the end"]


def test_a_subtitle_keeps_its_lines_and_its_longer_stay():
    line = transcript("we left in the night").segments[0]
    broken = [w._replace(line=n == 2) for n, w in enumerate(line.words)]
    cue = Segment.from_words(broken, id=1)._replace(end=line.end + 500)
    edit = accept(
        Transcript((cue,)), made := compare(Transcript((cue,)), transcript("we left at the night")), right(made), "x"
    )
    assert edit.after[0].text == "we left\nat the night"
    assert edit.after[0].end == cue.end


def test_comments_flags_and_speakers_stay():
    left = transcript("one two three", speakers="1")
    left = left.with_segments([left.segments[0]._replace(comment="check", flagged=True)])
    edit = accept(left, made := compare(left, transcript("one too three")), right(made), "x")
    assert (edit.after[0].comment, edit.after[0].flagged, edit.after[0].speaker) == ("check", True, "S1")


def test_doubtful_words_move_with_what_was_decided():
    left, other = transcript("by eight to ten metres in May"), transcript("by eighty metres in about Mai")
    comparison = compare(left, other)
    assert doubtful(comparison, {}) == {1: {1, 2, 3, 6}}
    assert [d.left[0].text for d in comparison.differences] == ["eight", "May"]
    assert doubtful(comparison, {0: Keep.RIGHT}) == {1: {4}}
    assert doubtful(comparison, right(comparison)) == {}


def test_where_a_word_is_missing_its_neighbours_are_doubtful():
    assert doubtful(compare(transcript("in 2019 then"), transcript("in about 2019 then")), {}) == {1: {0, 1}}


def test_the_surer_word_each_time():
    left, other = transcript("a cat and a dog", confidence=0.5), transcript("a hat and a fog")
    unsure = [w._replace(confidence=0.2 if w.text == "fog" else 0.8) for w in other.segments[0].words]
    other = other.with_segments([Segment.from_words(unsure, id=1)])
    assert surer(compare(left, other).differences) == {0: Keep.RIGHT, 1: Keep.LEFT}
    assert surer(compare(left, transcript("a hat and a fog", confidence=None)).differences) == {}


def test_names_and_terms_are_preferred():
    left, other = transcript("in north frisia with Lubeck"), transcript("in Nord Friesland with Lübeck")
    assert with_terms(compare(left, other).differences, ["Nord Friesland", "Lubeck", ""]) == {
        0: Keep.RIGHT,
        1: Keep.LEFT,
    }


# Anything at all

_TEXT = st.lists(st.sampled_from(["a", "b", "c", "d", "Ja.", "ja", "–", "10", "Öl", "x,"]), max_size=6)


@st.composite
def talks(draw: st.DrawFn) -> Transcript:
    segments, at = [], draw(st.integers(0, 3_000))
    for n in range(draw(st.integers(0, 7))):
        made = []
        for text in draw(_TEXT) or ["b"]:
            length = draw(st.integers(1, 900))
            made.append(Word(text, at, at + length, draw(st.sampled_from([None, 0.2, 0.9]))))
            at += length + draw(st.integers(0, 400))
        segments.append(Segment.from_words(made, draw(st.sampled_from([None, "S1", "S2"])), n + 1))
        at += draw(st.integers(0, 2_000))
    return Transcript(tuple(segments))


@settings(max_examples=40, deadline=None)
@given(talks(), talks(), st.booleans())
def test_taking_all_of_the_right_gives_its_words(left: Transcript, other: Transcript, ignore_marks: bool):
    comparison = compare(left, other, ignore_marks)
    edit = accept(left, comparison, right(comparison), "decide")
    after = apply(left, edit)
    plain = (lambda text: key(text)) if ignore_marks else (lambda text: text)
    assert [plain(w) for w in all_words(after) if plain(w)] == [plain(w) for w in all_words(other) if plain(w)]
    assert apply(after, edit.inverse()) == left


@settings(max_examples=40, deadline=None)
@given(talks(), talks(), st.data())
def test_a_decision_changes_nothing_else(left: Transcript, other: Transcript, data: st.DataObject):
    comparison = compare(left, other)
    choices = data.draw(
        st.fixed_dictionaries({}, optional={d.index: st.sampled_from(Keep) for d in comparison.differences})
    )
    edit = accept(left, comparison, choices, "decide")
    after = apply(left, edit)
    assert apply(after, edit.inverse()) == left
    touched = {comparison.differences[n].segment for n in choices}
    assert [s for s in left.segments if s.id not in touched] == [s for s in after.segments if s.id not in touched]
    for segment in after.segments:
        starts = [w.start for w in segment.words]
        assert starts == sorted(starts)
        assert all(segment.start <= w.start <= w.end <= segment.end for w in segment.words)
    assert [s.start for s in after.segments] == sorted(s.start for s in after.segments)
    for id, numbers in doubtful(comparison, choices).items():
        count = next(len(s.words) for s in after.segments if s.id == id)
        assert numbers <= set(range(count))


@settings(max_examples=40, deadline=None)
@given(talks())
def test_a_transcript_does_not_differ_from_itself(one: Transcript):
    assert compare(one, one, ignore_marks=False).differences == ()


@settings(max_examples=40, deadline=None)
@given(talks(), talks(), st.data())
def test_decisions_one_by_one_and_all_at_once_are_the_same(left: Transcript, other: Transcript, data: st.DataObject):
    comparison = compare(left, other)
    all_at_once = right(comparison)
    now, so_far = left, {}
    for n in data.draw(st.permutations(list(all_at_once))):
        so_far[n] = Keep.RIGHT
        now = apply(now, accept(now, comparison, so_far, "decide"))
    assert now == apply(left, accept(left, comparison, all_at_once, "decide"))


def test_keeping_the_left_moves_no_cue_that_begins_after_its_first_word() -> None:
    """A subtitle among many may be shown a little late."""
    late = transcript("one two three").segments[0]._replace(start=200, end=900)
    left = Transcript((late,))
    comparison = compare(left, transcript("one too three"))
    edit = accept(left, comparison, {0: Keep.LEFT}, "keep")
    assert [(s.start, s.end) for s in edit.after] == [(200, 900)]
