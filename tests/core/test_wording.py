"""Tools that go over the whole text: glossary, filler words, case and punctuation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.edits import Edit, apply
from studio.core.fillers import FILLERS, fillers_of, remove_fillers
from studio.core.glossary import Entry, apply_glossary, as_text, from_setting, parse, sound
from studio.core.tidy import Rules, tidy
from studio.core.transcript import Segment, Transcript, Word, join_words
from studio.core.wording import part

NOTHING = Rules(False, False, False, False, False)


def talk(*texts: str, language: str = "en", speakers: str = "") -> Transcript:
    """One word each 500 ms; `speakers`: a letter for each text."""
    made = []
    for n, text in enumerate(texts):
        start = 10_000 * n
        words = [Word(w, start + 500 * i, start + 500 * i + 400, 0.9) for i, w in enumerate(text.split())]
        made.append(Segment.from_words(words, speakers[n] if speakers else "S", n + 1))
    return Transcript(tuple(made), (), language)


def texts(transcript: Transcript, edit: Edit | None) -> list[str]:
    return [s.text for s in (apply(transcript, edit) if edit else transcript).segments]


class TestGlossary:
    def test_whole_words_whatever_their_capitals(self) -> None:
        before = talk("Herr mueller, MILLER's Sohn und Millerchen")
        edit = apply_glossary(before, parse("Müller: Mueller, Miller"))
        assert edit
        assert texts(before, edit) == ["Herr Müller, Müller's Sohn und Millerchen"]
        assert [w.start for w in edit.after[0].words] == [w.start for w in before.segments[0].words]

    def test_names_of_several_words_and_the_longest_first(self) -> None:
        entries = parse("Annika Böhm: Anika Böhm, Annika boom\nAnnika: Anika\n")
        before = talk("Anika Böhm und anika")
        assert texts(before, apply_glossary(before, entries)) == ["Annika Böhm und Annika"]

    def test_its_own_spelling_is_set_right_and_right_ones_are_no_change(self) -> None:
        before = talk("with Transtec gmbh")
        assert texts(before, apply_glossary(before, parse("TransTec\nGmbH"))) == ["with TransTec GmbH"]
        assert apply_glossary(talk("with TransTec"), parse("TransTec")) is None
        assert apply_glossary(talk("with TransTec"), ()) is None

    def test_similar_ones_only_if_asked_and_only_with_a_capital(self) -> None:
        before = talk("Mr. Schmitt met Shmidt, smid and Summit")
        assert apply_glossary(before, [Entry("Schmidt")]) is None
        edit = apply_glossary(before, [Entry("Schmidt", similar=True)])
        assert texts(before, edit) == ["Mr. Schmidt met Schmidt, smid and Summit"]

    @pytest.mark.parametrize(("a", "b"), [("Philipp", "Filip"), ("Katharina", "Catarina"), ("Meier", "Mayer")])
    def test_names_that_sound_alike(self, a: str, b: str) -> None:
        assert sound(a) == sound(b)

    def test_some_passages_only(self) -> None:
        before = talk("miller", "miller")
        assert texts(before, apply_glossary(before, parse("Müller: Miller"), {2})) == ["miller", "Müller"]

    def test_as_text_and_back(self) -> None:
        text = "# names\n\n  Müller :  Mueller,Miller ,\n~Sri Wahyuni\n"
        entries = (Entry("Müller", ("Mueller", "Miller")), Entry("Sri Wahyuni", similar=True))
        assert parse(text) == entries
        assert parse(as_text(entries)) == from_setting(as_text(entries)) == entries
        assert from_setting(None) == from_setting(["x"]) == ()


class TestFillers:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("Um, I think", "I think"),
            ("I, um, think", "I think"),
            ("I went to, uh, Paris.", "I went to Paris."),
            ("So, um.", "So."),
            ("Yes ummm?", "Yes?"),
            ("We met, um and left", "We met, and left"),
            ("we um left", "we left"),
            ("Um... uh, we went", "We went"),
            ("He left. Um, then I", "He left. Then I"),
            ("I think um. Then", "I think. Then"),
            ("“Um, yes”", "“Yes”"),
            ("uh-huh, drum and umbrella", "uh-huh, drum and umbrella"),
            ("um, and then", "and then"),
        ],
    )
    def test_punctuation_and_capitals_are_repaired(self, before: str, after: str) -> None:
        transcript = talk(before)
        assert texts(transcript, remove_fillers(transcript, FILLERS["en"])) == [after]

    def test_passages_of_nothing_else_go_away(self) -> None:
        before = talk("Um.", "yes", "Uh, um")
        edit = remove_fillers(before, FILLERS["en"])
        assert texts(before, edit) == ["yes"]
        assert edit
        assert apply(apply(before, edit), edit.inverse()) == before

    def test_each_language_has_its_own(self) -> None:
        german = talk("Ähm, um acht, äh, Uhr", language="de")
        assert texts(german, remove_fillers(german, fillers_of("de"))) == ["Um acht Uhr"]
        french = talk("C'est, euh, ici", language="fr")
        assert texts(french, remove_fillers(french, fillers_of("fr"))) == ["C'est ici"]
        assert fillers_of("xx") == fillers_of(None) == FILLERS["en"]

    def test_words_of_the_users_own(self) -> None:
        before = talk("so you know I, you know, went")
        assert texts(before, remove_fillers(before, ("you know",))) == ["so I went"]
        assert remove_fillers(before, ()) is None

    def test_the_other_words_keep_their_times(self) -> None:
        before = talk("I, um, think so")
        edit = remove_fillers(before, FILLERS["en"])
        assert edit
        assert [(w.text, w.start) for w in edit.after[0].words[1:]] == [("think", 1000), ("so", 1500)]


class TestTidy:
    @pytest.mark.parametrize(
        ("language", "before", "after"),
        [
            ("en", "so i went. then i'm off! why? no", "So I went. Then I'm off! Why? No"),
            ("en", "i.e. this, e.g. that and vs. him", "I.e. this, e.g. that and vs. him"),
            ("en", "wait... and iPhone. iPhone it is", "Wait... and iPhone. iPhone it is"),
            ("en", "“really?” she said. “yes.” ok", "“Really?” she said. “Yes.” Ok"),
            ("de", "das gilt z. B. hier. am 3. mai nicht", "Das gilt z. B. hier. Am 3. mai nicht"),
            ("de", "ein Haus mit i", "Ein Haus mit i"),
        ],
    )
    def test_capitals(self, language: str, before: str, after: str) -> None:
        transcript = talk(before, language=language)
        assert texts(transcript, tidy(transcript, Rules(True, False, False))) == [after]

    def test_a_sentence_may_go_on_in_the_next_passage(self) -> None:
        before = talk("he said", "that it was", "Done. and", "so on.", "then", speakers="AAAAB")
        assert texts(before, tidy(before, Rules())) == ["He said", "that it was", "Done. And", "so on.", "Then."]

    def test_spaces(self) -> None:
        segment = Segment(0, 900, "well  , yes : no ! and :-) 3 .5", id=1)
        before = Transcript((segment,), (), "en")
        assert texts(before, tidy(before, Rules(False, True, False))) == ["well, yes: no! and :-) 3 .5"]

    def test_french_keeps_a_narrow_space_that_no_line_breaks_at(self) -> None:
        before = talk("Quoi ? « oui » , bien !", language="fr")
        edit = tidy(before, Rules(False, True, False))
        assert edit
        assert edit.after[0].text == "Quoi\u202f? «\u202foui\u202f», bien\u202f!"
        assert [w.text for w in edit.after[0].words] == ["Quoi\u202f?", "«\u202foui\u202f»,", "bien\u202f!"]
        assert edit.after[0].words[0].end == before.segments[0].words[1].end

    def test_turns_end_with_a_full_stop(self) -> None:
        before = talk("one", "two", "three,", "four”", "五", speakers="AABCD")
        assert texts(before, tidy(before, Rules(False, False, True))) == ["one", "two.", "three,", "four”.", "五。"]

    @pytest.mark.parametrize(
        ("language", "before", "after"),
        [
            ("en", "he said \"it's 'fine'\" in the '90s", "he said “it’s ‘fine’” in the ’90s"),
            ("de", 'er sagte "ja"', "er sagte „ja“"),
            ("fr", 'il dit "l\'eau"', "il dit «\u202fl’eau\u202f»"),
            ("en", "6' 2\" tall", "6' 2\" tall"),
        ],
    )
    def test_quotation_marks(self, language: str, before: str, after: str) -> None:
        transcript = talk(before, language=language)
        assert texts(transcript, tidy(transcript, Rules(False, False, False, True))) == [after]

    def test_words_said_twice(self) -> None:
        before = talk("the the Cat and and and a cat's cat 20 20")
        rules = Rules(False, False, False, False, True)
        assert texts(before, tidy(before, rules)) == ["the Cat and a cat's cat 20 20"]

    def test_capitals_alone_are_written_small_and_times_stay(self) -> None:
        before = talk("WELL, I WAS THERE. AND THEN", "WE LEFT.", "NATO", "Only ONE.", language="en")
        edit = tidy(before, Rules(stops=False, shouts=True))
        assert texts(before, edit) == ["Well, I was there. And then", "we left.", "NATO", "Only ONE."]
        after = apply(before, edit) if edit else before
        assert [[w.start for w in s.words] for s in after.segments] == [
            [w.start for w in s.words] for s in before.segments
        ]

    def test_without_rules_nothing_changes(self) -> None:
        assert tidy(talk("the the  cat , i"), NOTHING) is None

    @given(
        st.lists(st.text("abAB.,?!\"'iI ", min_size=1, max_size=14).filter(str.strip), min_size=1, max_size=4),
        st.tuples(*[st.booleans()] * 6),
        st.sampled_from(["en", "de", "fr", ""]),
        st.sets(st.integers(1, 4)),
    )
    def test_only_what_is_chosen_changes_and_it_can_be_taken_back(
        self, lines: list[str], rules: tuple[bool, ...], language: str, ids: set[int]
    ) -> None:
        before = talk(*lines, language=language, speakers="ABAB"[: len(lines)])
        edit = tidy(before, Rules(*rules), ids)
        if edit is None:
            return
        assert {s.id for s in edit.before} <= ids
        after = apply(before, edit)
        assert apply(after, edit.inverse()) == before
        for old, new in zip(before.segments, after.segments, strict=True):
            assert new.text == join_words(new.words)
            assert (new.start, new.end, new.speaker) == (old.start, old.end, old.speaker)
            letters = "".join(c for c in old.text if c.isalnum()).lower()
            if not rules[4]:
                assert "".join(c for c in new.text if c.isalnum()).lower() == letters, "no letter comes or goes"
        again = tidy(after, Rules(*rules), ids)
        assert again is None or rules[3] or rules[4], "what is tidy stays as it is"


def test_a_part_of_an_edit_changes_only_what_was_ticked() -> None:
    before = talk("Um.", "Um, yes", "uh no")
    edit = remove_fillers(before, FILLERS["en"])
    assert edit
    some = part(edit, {1, 3})
    assert some.name == "remove filler words"
    assert texts(before, some) == ["Um, yes", "no"]


def test_marks_that_are_set_to_letters_belong_to_the_word() -> None:
    said = talk("um\u0301 cafe\u0301 here", "हम हमारे", "cafe cafe\u0301")
    assert remove_fillers(said, ["um"]) is None
    assert texts(said, apply_glossary(said, parse("Bar: cafe"))) == [
        "um\u0301 cafe\u0301 here",
        "हम हमारे",
        "Bar cafe\u0301",
    ]
    assert tidy(said, Rules(False, False, False, False, repeats=True)) is None


def test_letters_may_be_written_in_either_form() -> None:
    said = talk("A\u0308hm, Mu\u0308ller", "\u00c4hm, M\u00fcller", "a\u0308a\u0308hm so")
    for filler in ("\u00e4hm", "a\u0308hm"):
        assert texts(said, remove_fillers(said, [filler])) == ["Mu\u0308ller", "M\u00fcller", "so"]
    for entry in ("Miller: m\u00fcller", "Miller: mu\u0308ller"):
        assert texts(said, apply_glossary(said, parse(entry)))[:2] == ["A\u0308hm, Miller", "\u00c4hm, Miller"]


def test_what_english_has_shortened_is_no_word() -> None:
    said = talk("Don't, don, and Don's")
    assert texts(said, apply_glossary(said, parse("Dawn: don"))) == ["Don't, Dawn, and Dawn's"]
    assert remove_fillers(said, ["t", "s"]) is None
