"""Re-flow: a transcript becomes cues by one edit; no word lost or moved, the rules kept, what is not chosen stays."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import done, letters, said, spoken, transcripts

from studio.core.checks import check
from studio.core.cues import make_cues
from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.profiles import DEFAULT, PROFILES
from studio.core.reflow import Change, changes, reflow, wrapped
from studio.core.transcript import Segment, Transcript, Word, join_words

LONG = "We are committed to the notion that everyone should have an opportunity, whatever they need for it."
RULES = st.sampled_from([DEFAULT, *(p.rules for p in PROFILES.values())])


def test_a_long_sentence_becomes_cues_with_lines():
    talk = Transcript((spoken(LONG, 1000, id=7)._replace(comment="check this", flagged=True),))
    first, second = done(talk, reflow(talk, DEFAULT)).segments
    assert first.text == "We are committed to the notion\nthat everyone should have an opportunity,"
    assert second.text == "whatever they need for it."
    assert (first.id, second.id) == (7, -1)
    assert (first.comment, first.flagged, second.comment, second.flagged) == ("check this", True, "", False)
    assert [w.text for w in first.words + second.words] == LONG.split()
    assert [w.start for w in first.words + second.words] == [w.start for w in talk.segments[0].words]
    assert [w.text for w in first.words if w.line] == ["that"]


def test_cues_show_on_into_silence_while_words_keep_their_times():
    talk = Transcript((spoken("Extraordinarily fast pronunciation.", 5_000, 200),))
    (cue,) = done(talk, reflow(talk, DEFAULT)).segments
    assert (cue.start, cue.end) == (5_000, 6_750)
    assert cue.words == talk.segments[0].words


def test_short_sentences_join_and_keep_both_comments():
    talk = Transcript(
        (spoken("No.", id=1)._replace(comment="a"), spoken("Not at all.", 380, id=2)._replace(comment="b"))
    )
    (cue,) = done(talk, reflow(talk, DEFAULT)).segments
    assert (cue.id, cue.text, cue.comment) == (1, "No. Not at all.", "a\nb")


def test_what_is_a_good_cue_already_is_not_touched():
    talk = Transcript((spoken("This is a good subtitle.", 0), spoken("And this another one.", 9000, id=2)))
    assert not reflow(talk, DEFAULT).changes


def test_text_without_word_times_is_cut_without_making_any_up():
    talk = Transcript((Segment(0, 9000, LONG, speaker="S1", confidence=0.5, id=1),))
    cues = done(talk, reflow(talk, DEFAULT)).segments
    assert len(cues) == 2
    assert all(not c.words and c.speaker == "S1" and c.confidence == 0.5 for c in cues)
    assert letters("".join(c.text for c in cues)) == letters(LONG)


def test_a_word_squeezed_between_other_speakers_borrows_time():
    talk = Transcript(
        (
            spoken("I think so, and I will go on with it.", 0, 300, "S1", 1),
            spoken("No!", 3_000, 300, "S2", 2),
            spoken("Yes, of course we will, and quickly.", 3_300, 300, "S1", 3),
        )
    )
    cues = done(talk, reflow(talk, PROFILES["netflix"].rules)).segments
    assert [f for f in check(cues, PROFILES["netflix"].rules) if f.kind != "too fast"] == []
    assert [c.speaker for c in cues] == ["S1", "S2", "S1"]
    assert cues[1].end - cues[1].start == 833


def test_the_selection_only_and_clear_of_what_stands_beside_it():
    talk = Transcript((spoken("Short.", 0, 900, id=1), spoken(LONG, 1_000, id=2), spoken("End.", 7_700, 900, id=3)))
    after = done(talk, reflow(talk, DEFAULT, [2]))
    assert after.segments[0] == talk.segments[0]
    assert after.segments[-1] == talk.segments[-1]
    assert len(after.segments) == 4
    assert after.segments[1].start >= talk.segments[0].end + DEFAULT.min_gap
    assert after.segments[2].end <= talk.segments[2].start - DEFAULT.min_gap


def test_an_empty_selection_is_refused():
    with pytest.raises(UsageError, match="Nothing is selected"):
        reflow(Transcript((spoken("Yes."),)), DEFAULT, [])


def test_lines_are_broken_anew_without_touching_times():
    segment = spoken(LONG[:72], 0)
    broken = wrapped(
        segment._replace(words=(segment.words[0], segment.words[1]._replace(line=True), *segment.words[2:])), DEFAULT
    )
    assert broken.text == "We are committed to the notion\nthat everyone should have an opportunity,"
    assert (broken.start, broken.end) == (segment.start, segment.end)
    assert broken.text == join_words(broken.words)


def test_changes_are_shown_in_small_pieces():
    old = [Segment(0, 1000, "a", id=1), Segment(1000, 2000, "b", id=2), Segment(5000, 6000, "c", id=3)]
    new = [Segment(0, 900, "A", id=1), Segment(1000, 1400, "B", id=2), Segment(1480, 2000, "b", id=-1)]
    assert changes(Edit("x", tuple(old), tuple(new))) == [
        Change((old[0],), (new[0],)),
        Change((old[1],), (new[1], new[2])),
        Change((old[2],), ()),
    ]


@settings(max_examples=40, deadline=None)
@given(transcripts(), RULES)
def test_no_word_is_lost_or_moved_and_the_rules_are_kept(talk: Transcript, rules):
    after = done(talk, reflow(talk, rules))
    assert said(after) == said(talk)
    broken = {f.kind for f in check(after.segments, rules)} - {"odd characters", "unpaired"}
    assert broken <= {"too fast", "too short"} or not talk.text.strip()
    assert all(s.text == join_words(s.words) for s in after.segments if s.words)
    texts = [s.text for s in after.segments if s.text.strip()]
    assert texts == ["\n".join(c.lines) for c in make_cues(talk, rules)], "the same as an export would show"


@settings(max_examples=40, deadline=None)
@given(transcripts(least=2), RULES, st.sets(st.integers(1, 7), min_size=1))
def test_a_selection_leaves_all_else_and_adds_no_breach(talk: Transcript, rules, ids: set[int]):
    edit = reflow(talk, rules, ids)
    assert {s.id for s in edit.before} <= ids
    after = done(talk, edit)
    # where one speaker's segments overlap, whose text comes first may change
    assert {who: Counter(text) for who, text in said(after).items()} == {
        who: Counter(text) for who, text in said(talk).items()
    }
    assert [s for s in after.segments if s.id not in ids and s.id > 0] == [s for s in talk.segments if s.id not in ids]


def test_the_note_of_an_empty_passage_goes_to_the_nearest_cue():
    talk = Transcript(
        (
            spoken("This is said first.", 0, id=1)._replace(comment="a"),
            Segment(3000, 4000, "", id=2, comment="who coughs?"),
            Segment(4000, 4500, " ", id=3),
            Segment(20_000, 21_000, "", id=4, flagged=True),
            spoken("This is said last.", 30_000, id=5),
        )
    )
    first, last = done(talk, reflow(talk, DEFAULT)).segments
    assert (first.comment, first.flagged) == ("a\nwho coughs?", False)
    assert (last.comment, last.flagged) == ("", True)


def test_a_note_that_no_cue_could_take_stays_where_it_is():
    talk = Transcript((spoken("Yes, it is.", 0), Segment(9000, 9900, "", id=2, comment="x"), Segment(9900, 9950, "")))
    assert done(talk, reflow(talk, DEFAULT, [2, 0])).segments == talk.segments[:2]


@settings(max_examples=40, deadline=None)
@given(transcripts(), RULES, st.none() | st.sets(st.integers(1, 7), min_size=1))
def test_every_comment_and_flag_survives(talk: Transcript, rules, ids: set[int] | None):
    told = [s._replace(comment=f"note {s.id}." if s.comment or s.flagged else "") for s in talk.segments]
    talk = talk.with_segments(told)
    after = done(talk, reflow(talk, rules, ids))
    for segment in told:
        bearers = [s for s in after.segments if segment.comment and segment.comment in s.comment]
        assert len(bearers) == (segment.comment != "")
        assert all(s.flagged for s in bearers) or not segment.flagged


@settings(max_examples=40, deadline=None)
@given(transcripts(), RULES)
def test_twice_is_not_more_than_once_for_words(talk: Transcript, rules):
    once = done(talk, reflow(talk, rules))
    assert said(done(once, reflow(once, rules))) == said(talk)


@settings(max_examples=40, deadline=None)
@given(transcripts(), RULES)
def test_words_that_fit_a_line_keep_text_and_times(talk: Transcript, rules):
    def whole(transcript: Transcript) -> list[Word]:
        words = [w._replace(space=True, line=False) for s in transcript.segments for w in s.words]
        return sorted(w for w in words if 2 * len(w.text) <= rules.max_line)

    before, after = whole(talk), whole(done(talk, reflow(talk, rules)))
    assert [w for w in before if w not in after] == []
