"""Find and replace: what is found, what it becomes, and what must stay as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.edits import apply
from studio.core.errors import UsageError
from studio.core.replace import Match, Query, find, replace_all, replace_one
from studio.core.transcript import Segment, Transcript, Word, join_words


def segment(text: str, id: int = 1) -> Segment:
    """One word each 500 ms, of 400 ms."""
    start = 10_000 * id
    words = [Word(w, start + 500 * n, start + 500 * n + 400, 0.9) for n, w in enumerate(text.split())]
    return Segment.from_words(words, "S1", id)


def transcript(*texts: str) -> Transcript:
    return Transcript(tuple(segment(t, n) for n, t in enumerate(texts, 1)))


def found(text: str, query: Query) -> list[str]:
    return [text[m.start : m.end] for m in find([segment(text)], query)]


def replaced(text: str, query: Query, by: str) -> str | None:
    edit = replace_all(transcript(text), query, by)
    return edit.after[0].text if edit else None


class TestFind:
    def test_capitals_count_only_if_asked(self) -> None:
        assert found("Die Flut, die FLUT", Query("flut")) == ["Flut", "FLUT"]
        assert found("Die Flut, die FLUT", Query("Flut", case=True)) == ["Flut"]

    def test_whole_words(self) -> None:
        assert find([segment("art, Kunstart art")], Query("art", whole_word=True)) == [Match(1, 0, 3), Match(1, 14, 17)]
        assert found("was? (was) Etwas", Query("was?", whole_word=True)) == ["was?"]
        assert found("ein Übermut Mut", Query("mut", whole_word=True)) == ["Mut"]

    def test_signs_mean_themselves_unless_it_is_an_expression(self) -> None:
        assert found("a.c abc", Query("a.c")) == ["a.c"]
        assert found("a.c abc", Query("a.c", regex=True)) == ["a.c", "abc"]
        assert found("catcher cat", Query("cat|dog", whole_word=True, regex=True)) == ["cat"]

    def test_only_some_passages(self) -> None:
        talk = transcript("one", "one", "one")
        assert [m.segment for m in find(talk.segments, Query("one"), {1, 3})] == [1, 3]

    def test_nothing_is_not_found_everywhere(self) -> None:
        assert found("abc", Query("")) == []
        assert found("abc", Query("x*", regex=True)) == []

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("th(e", "a “(” has no “)”"),
            ("th)e", "a “)” has no “(”"),
            ("[a", "a “[” has no “]”"),
            ("*a", "there is nothing to repeat"),
            ("a\\", "it ends with “\\”"),
        ],
    )
    def test_a_wrong_expression_is_explained(self, text: str, why: str) -> None:
        with pytest.raises(UsageError) as error:
            find([segment("the")], Query(text, regex=True))
        assert error.value.problem.what.startswith(f"“{text}” cannot be searched: {why}")

    def test_an_expression_that_would_run_for_years_is_stopped(self) -> None:
        with pytest.raises(UsageError, match="takes too long"):
            find([segment("a" * 60 + "!")], Query("(a|aa)+$", regex=True))


class TestReplace:
    def test_all_places_are_one_step_and_words_keep_their_times(self) -> None:
        talk = transcript("the colour of a colour", "no such thing", "Colour, too")
        edit = replace_all(talk, Query("colour"), "color")
        assert edit
        assert edit.name == "replace “colour” by “color” in 3 places"
        assert [s.text for s in edit.after] == ["the color of a color", "color, too"]
        for before, after in zip(edit.before, edit.after, strict=True):
            assert [(w.start, w.end) for w in after.words] == [(w.start, w.end) for w in before.words]
        assert [w.confidence for w in edit.after[0].words] == [0.9, None, 0.9, 0.9, None]
        assert apply(apply(talk, edit), edit.inverse()) == talk

    def test_groups(self) -> None:
        dates = Query(r"(\d+)/(?P<month>\d+)", regex=True)
        assert replaced("on 3/12 and 4/5", dates, "$2.$1") == "on 12.3 and 5.4"
        assert replaced("on 3/12", dates, r"\2-\1") == "on 12-3"
        assert replaced("on 3/12", dates, r"\g<month>") == "on 12"
        assert replaced("on 3/12", dates, "$$1") == "on $1"

    @pytest.mark.parametrize("by", ["$3", r"\3", r"\g<day>"])
    def test_a_group_that_is_not_there(self, by: str) -> None:
        with pytest.raises(UsageError, match="group"):
            replaced("on 3/12", Query(r"(\d+)/(\d+)", regex=True), by)

    def test_in_plain_text_nothing_is_a_group(self) -> None:
        assert replaced("a b", Query("a"), r"$1 \1 \g<x>") == r"$1 \1 \g<x> b"

    def test_taking_words_out(self) -> None:
        edit = replace_all(transcript("well I well know"), Query("well "), "")
        assert edit
        assert edit.name == "remove “well ” in 2 places"
        assert [(w.text, w.start) for w in edit.after[0].words] == [("I", 10_500), ("know", 11_500)]

    def test_nothing_found_is_no_step(self) -> None:
        assert replace_all(transcript("a"), Query("b"), "c") is None

    def test_one_place_of_two(self) -> None:
        one = segment("tick tick")
        edit = replace_one(one, Match(1, 5, 9), Query("tick"), "tock")
        assert edit
        assert (edit.name, edit.after[0].text) == ("replace “tick” by “tock”", "tick tock")
        assert replace_one(one, Match(1, 2, 6), Query("tick"), "tock") is None

    @given(
        st.lists(st.text("ab \n", max_size=10).filter(str.strip), min_size=1, max_size=5),
        st.text("ab ", min_size=1, max_size=2),
        st.text("abc ", max_size=3),
        st.sets(st.integers(1, 5)),
        st.booleans(),
    )
    def test_what_is_not_found_or_not_chosen_stays(
        self, texts: list[str], wanted: str, by: str, ids: set[int], whole: bool
    ) -> None:
        talk, query = transcript(*texts), Query(wanted, whole_word=whole)
        edit = replace_all(talk, query, by, ids)
        changed = {s.id for s in edit.before} if edit else set()
        assert changed == {m.segment for m in find(talk.segments, query, ids)} <= ids
        if edit is None:
            return
        after = apply(talk, edit)
        assert apply(after, edit.inverse()) == talk
        for before, now in zip(talk.segments, after.segments, strict=True):
            if before.id not in changed:
                assert now == before
            assert (now.start, now.end, now.speaker) == (before.start, before.end, before.speaker)
            assert not now.words or now.text == join_words(now.words)

    @given(st.text("ab. ", max_size=12).filter(str.strip), st.text("ab.", min_size=1, max_size=2))
    def test_it_replaces_what_the_standard_library_would(self, text: str, wanted: str) -> None:
        plain = segment(text).text
        expected = re.sub(re.escape(wanted), "x", plain)
        assert (replaced(text, Query(wanted), "x") or plain) == expected
        assert (replaced(text, Query(re.escape(wanted), regex=True), "x") or plain) == expected


class TestOddSearches:
    def test_an_expression_that_searches_backwards_replaces_each_place_once(self) -> None:
        assert replaced("aXbXc", Query("(?r)X", regex=True), "-") == "a-b-c"

    def test_brackets_nested_too_deeply_are_refused(self) -> None:
        with pytest.raises(UsageError, match="nested too deeply"):
            found("a", Query("(" * 5000 + ")" * 5000, regex=True))

    @pytest.mark.parametrize(
        ("text", "word"),
        [("cafe\u0301 cafe", "cafe"), ("नमस्ते नमस", "नमस"), ("می\u200cخواهم می", "می"), ("so\u00adft so", "so")],
    )
    def test_marks_and_joiners_go_on_a_word(self, text: str, word: str) -> None:
        assert replaced(text, Query(word, whole_word=True), "x") == f"{text.split()[0]} x"


class TestLettersWithMarks:
    """The same letter may be one sign, or several."""

    @pytest.mark.parametrize(
        ("one", "several"),
        [
            ("\u00fc", "u\u0308"),  # ü
            ("\u1ed9", "\u00f4\u0323"),  # ộ, as it is typed with a Vietnamese keyboard
            ("\u1ed9", "o\u0323\u0302"),
            ("\ud55c", "\u1112\u1161\u11ab"),  # Korean
            ("\u304c", "\u304b\u3099"),  # Japanese
            ("\u0958", "\u0915\u093c"),  # Hindi
            ("\u00c5", "\u212b"),  # Å and the sign for a length
        ],
    )
    def test_either_is_found_and_replaced_as_a_whole(self, one: str, several: str) -> None:
        text = f"a{one}b, x{several}y {several}"
        for wanted in (one, several):
            query = Query(wanted, case=True)
            assert found(text, query) == [one, several, several]
            assert replaced(text, query, "e") == "aeb, xey e"
            assert found(text, Query(f"X{wanted}")) == [f"x{several}"]
            assert found(text, Query(wanted, whole_word=True)) == [several]

    def test_a_letter_without_its_mark_is_another(self) -> None:
        text = "cafe\u0301 cafe"
        assert find([segment(text)], Query("cafe")) == [Match(1, 6, 10)]
        assert replaced(text, Query("e"), "a") == "cafe\u0301 cafa"
        assert found("की", Query("क")) == ["क"]

    def test_capitals_and_places(self) -> None:
        text = "O\u0308l und \u00d6L"
        assert found(text, Query("\u00f6l")) == ["O\u0308l", "\u00d6L"]
        assert found(text, Query("O\u0308l", case=True)) == ["O\u0308l"]
        [first, second] = find([segment(text)], Query("\u00f6l"))
        edit = replace_one(segment(text), second, Query("\u00f6l"), "\u00d6ls")
        assert edit
        assert edit.after[0].text == "O\u0308l und \u00d6ls"
        assert first == Match(1, 0, 3)


class TestApostrophes:
    @pytest.mark.parametrize("regex", [False, True])
    @pytest.mark.parametrize(
        ("text", "word", "count"),
        [
            ("don't DON’T don", "don", 1),
            ("can't you can", "can", 1),
            ("can't t 't", "t", 2),
            ("it's we're we’ll", "s", 0),
            ("it's we're we’ll", "re", 0),
            ("it's we're we’ll", "we", 2),
            ("Miller's", "miller", 1),
            ("l'eau, dell’arte", "eau", 1),
            ("O'Neill", "Neill", 1),
            ("she said 'don' and 'can't'", "can't", 1),
            ("the cat’s", "the cat", 1),
        ],
    )
    def test_what_is_shortened_is_no_word(self, text: str, word: str, count: int, regex: bool) -> None:
        assert len(found(text, Query(word, whole_word=True, regex=regex))) == count
