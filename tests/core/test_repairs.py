"""Repairs: each finding has its way out, nothing else gets worse, texts and word times stay."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import done, letters, spoken, transcripts

from studio.core.checks import INVISIBLE, KINDS, Kind, check
from studio.core.pairs import MARKS
from studio.core.profiles import DEFAULT, PROFILES, CueRules
from studio.core.repairs import clean, repair, repair_all
from studio.core.transcript import Segment, Transcript, Word, join_words

LONG = "We are committed to the notion that everyone should have an opportunity."


def repaired(kind: Kind, id: int, *segments: Segment, duration: int = 0) -> list[Segment]:
    """All segments after the repair of one finding, which is there before and gone after."""
    talk = Transcript(segments, duration=duration)
    assert kind in [f.kind for f in check(segments, DEFAULT) if f.segment == id]
    after = done(talk, repair(talk, id, kind, DEFAULT)).segments
    assert kind not in [f.kind for f in check(after, DEFAULT) if f.segment == id]
    return list(after)


def times(segments: list[Segment]) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in segments]


def test_a_long_line_is_broken_where_it_reads_well():
    (cue,) = repaired("line length", 1, spoken(LONG))
    assert cue.text == "We are committed to the notion\nthat everyone should have an opportunity."
    (cue,) = repaired("line length", 1, Segment(0, 6000, LONG, id=1))
    assert cue.text == "We are committed to the notion\nthat everyone should have an opportunity."


def test_what_does_not_fit_the_lines_is_split():
    first, second = repaired("line length", 1, spoken(LONG + " " + LONG, 0, 290))
    assert letters(first.text + second.text) == letters(LONG + LONG)


def test_too_many_lines_become_fewer():
    (cue,) = repaired("too many lines", 1, Segment(0, 4000, "This\nis\nshort", id=1))
    assert (cue.text, cue.start, cue.end) == ("This is short", 0, 4000)


def test_too_short_lasts_on_into_the_pause():
    assert times(repaired("too short", 1, spoken("Yes.", 5000))) == [(5000, 6000)]


def test_too_short_begins_earlier_where_no_pause_follows():
    rows = repaired(
        "too short", 2, Segment(0, 1500, "a", id=1), spoken("Yes.", 5000, id=2), Segment(5400, 9000, "b", id=3)
    )
    assert times(rows) == [(0, 1500), (4330, 5330), (5400, 9000)]


def test_too_short_borrows_from_both_sides():
    rows = repaired(
        "too short", 2, Segment(0, 3000, "a", id=1), spoken("Yes.", 3080, id=2), Segment(3490, 9000, "b", id=3)
    )
    assert rows[1].end - rows[1].start >= DEFAULT.min_duration
    assert rows[0].end < 3000
    assert rows[2].start > 3490
    assert rows[1].words == spoken("Yes.", 3080).words


def test_too_short_at_the_very_end_of_the_recording_begins_earlier():
    assert times(repaired("too short", 1, spoken("Yes.", 5000), duration=5400)) == [(4400, 5400)]


def test_too_fast_is_shown_longer():
    assert times(repaired("too fast", 1, Segment(2000, 3000, "x" * 40, id=1))) == [(2000, 4000)]


def test_too_long_is_trimmed_after_its_speech():
    (cue,) = repaired("too long", 1, spoken("Yes, of course.", 1000)._replace(end=9000))
    assert (cue.start, cue.end) == (1000, 8000)
    (cue,) = repaired("too long", 1, spoken("Yes, of course.", 5000, 800)._replace(start=0, end=8200))
    assert (cue.start, cue.end) == (380, 7380)


def test_too_long_is_split_where_people_breathe():
    first, second = repaired("too long", 1, spoken("This is one half of it. And here comes the other one.", 0, 800))
    assert (first.text, second.text) == ("This is one half of it.", "And here comes the other one.")
    assert (first.id, second.id) == (1, -1)


def test_an_overlap_gives_way_where_nobody_speaks():
    early, late = spoken("Yes.", 0)._replace(end=3000), spoken("And no, not ever.", 2500, id=2)
    assert times(repaired("overlap", 2, early, late)) == [(0, 2420), (2500, 3880)]
    early, late = spoken("Yes, of course, my friend.", 0, 600), spoken("No, no, no.", 3500, id=2)._replace(start=2500)
    assert times(repaired("overlap", 2, early, late)) == [(0, 2980), (3060, 4530)]


def test_a_gap_is_made():
    rows = repaired("gap", 2, Segment(0, 3000, "a", id=1), Segment(3000, 6000, "b", id=2))
    assert times(rows) == [(0, 2920), (3000, 6000)]


def test_an_empty_subtitle_goes():
    assert [s.id for s in repaired("empty", 2, spoken("a b c"), Segment(5000, 9000, " ", id=2))] == [1]


def test_the_note_of_an_empty_subtitle_stays():
    noted = Segment(5000, 9000, " ", id=2, comment="look", flagged=True)
    (cue,) = repaired("empty", 2, spoken("a b c"), noted)
    assert (cue.id, cue.text, cue.comment, cue.flagged) == (1, "a b c", "look", True)
    (cue,) = repaired("empty", 2, noted, spoken("a b c", 10_000, id=3))
    assert (cue.id, cue.text, cue.comment, cue.flagged) == (3, "a b c", "look", True)


def test_odd_characters_go_and_words_keep_their_times():
    words = (
        Word("\ufeffThe", 0, 900),
        Word("Hоtel ", 900, 1800),
        Word("\u200b", 1800, 1900),
        Word("is", 1900, 2500, line=True),
    )
    (cue,) = repaired("odd characters", 1, Segment.from_words(words, id=1))
    assert cue.text == "The Hotel\nis"
    assert [(w.text, w.start, w.end) for w in cue.words] == [("The", 0, 900), ("Hotel", 900, 1800), ("is", 1900, 2500)]
    (cue,) = repaired("odd characters", 1, Segment(0, 4000, " a \n\n b\tc  d ", id=1))
    assert cue.text == "a\nb c d"


def test_what_cannot_be_mended_is_left_alone():
    talk = Transcript(
        (Segment(0, 2000, "(unpaired and caf\ufffd", id=1), Segment(2080, 3080, "x" * 40, id=2)), duration=3080
    )
    assert repair(talk, 1, "odd characters", DEFAULT) is None
    assert repair(talk, 1, "too short", DEFAULT) is None, "nothing to mend"
    assert repair(talk, 99, "too short", DEFAULT) is None, "no such segment"


def test_all_at_once_is_one_step():
    talk = Transcript(
        (
            Segment(0, 3000, "a  b", id=1),
            Segment(2500, 2900, "c", id=2),
            Segment(4000, 5000, "", id=3),
            Segment(6000, 16_000, "d", id=4),
        )
    )
    findings = check(talk.segments, DEFAULT)
    edit = repair_all(talk, findings, DEFAULT)
    assert edit is not None
    assert edit.name == "repair subtitles"
    assert check(done(talk, edit).segments, DEFAULT) == []
    only = repair_all(talk, findings, DEFAULT, ids=[4])
    assert only is not None
    assert [s.id for s in only.before] == [4]
    assert repair_all(talk, [], DEFAULT) is None


RULES = st.sampled_from([DEFAULT, *(p.rules for p in PROFILES.values())])


def excesses(talk: Transcript, rules: CueRules) -> dict[tuple[int, Kind], float]:
    return {(f.segment, f.kind): f.excess for f in check(talk.segments, rules)}


@settings(max_examples=40, deadline=None)
@given(transcripts(least=1), RULES, st.data())
def test_a_repair_makes_one_finding_smaller_and_none_greater(talk: Transcript, rules: CueRules, data: st.DataObject):
    before = excesses(talk, rules)
    if not before:
        return
    id, kind = data.draw(st.sampled_from(sorted(before)))
    after_talk = done(talk, repair(talk, id, kind, rules))
    after = excesses(after_talk, rules)
    assert after == before if after_talk == talk else after.get((id, kind), 0) < before[id, kind]
    known = {s.id for s in talk.segments}
    for (other, what), excess in after.items():
        source = other if other in known else id
        if what == "too fast" and source == id and (id, what) in before and len(after_talk.segments) > len(known):
            continue  # split: one part may be faster than the other
        assert excess <= before.get((source, what), 0) + 1e-6, (other, what)


@settings(max_examples=40, deadline=None)
@given(transcripts(), RULES)
def test_all_repairs_touch_no_text_but_what_is_odd(talk: Transcript, rules: CueRules):
    after = done(talk, repair_all(talk, check(talk.segments, rules), rules))
    for speaker in (None, "S1", "S2"):
        texts = [
            "".join(_unmarked(letters(INVISIBLE.sub("", clean(s).text))) for s in t.segments if s.speaker == speaker)
            for t in (talk, after)
        ]
        assert texts[0] == texts[1]
    assert all(s.text == join_words(s.words) for s in after.segments if s.words)


def _unmarked(text: str) -> str:
    return "".join(char for char in text if char not in MARKS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_repair_and_a_name(kind: Kind):
    talk = Transcript((Segment(0, 4000, "fine", id=1),))
    assert repair(talk, 1, kind, DEFAULT) is None
