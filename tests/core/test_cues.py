"""Subtitle cues: no word lost or moved, the rules kept or the breach reported, breaks where people breathe."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.breaks import text_width
from studio.core.checks import Finding, check
from studio.core.cues import Cue, CueRules, make_cues
from studio.core.transcript import Segment, Speaker, Transcript, Word

RULES = CueRules()


def spoken(text: str, start: int = 0, each: int = 350, speaker: str | None = None) -> Segment:
    """Words in a row, each lasting `each` milliseconds less a pause of 20."""
    words = text.split()
    return Segment.from_words(
        (Word(w, start + n * each, start + (n + 1) * each - 20) for n, w in enumerate(words)), speaker
    )


def cues_of(*segments: Segment, rules: CueRules = RULES, names: str = "never") -> list[Cue]:
    ids = dict.fromkeys(s.speaker for s in segments if s.speaker)
    speakers = tuple(Speaker(id, {"S1": "Anna", "S2": "Bob"}.get(id, id)) for id in ids)
    return make_cues(Transcript(segments, speakers), rules, names)  # type: ignore[arg-type]


def problems(cues: list[Cue], rules: CueRules = RULES) -> list[Finding]:
    """Rules that cues break; a finding's segment is the number of the cue."""
    segments = [Segment(c.start, c.end, "\n".join(c.lines), id=n) for n, c in enumerate(cues)]
    return [f for f in check(segments, rules) if f.kind not in ("odd characters", "unpaired")]


def shown(cues: list[Cue]) -> list[str]:
    return [" | ".join(c.lines) for c in cues]


def test_a_short_sentence_is_one_line():
    assert cues_of(spoken("A short sentence.")) == [Cue(0, 1030, ("A short sentence.",), None, (0,))]


def test_an_empty_transcript_has_no_cues():
    assert make_cues(Transcript()) == []
    assert cues_of(Segment(0, 1000, "  ")) == []


def test_a_long_sentence_is_cut_at_its_clauses():
    text = "We are committed to the notion that everyone should have an opportunity, whatever they need for it."
    assert shown(cues_of(spoken(text))) == [
        "We are committed to the notion | that everyone should have an opportunity,",
        "whatever they need for it.",
    ]


def test_two_lines_are_balanced_and_keep_articles_with_their_nouns():
    (cue,) = cues_of(spoken("The legs of the small boat face the wrong way now"))
    assert cue.lines == ("The legs of the small boat", "face the wrong way now")


def test_short_sentences_of_one_speaker_join_when_close_together():
    assert shown(cues_of(spoken("No."), spoken("Not at all.", 380))) == ["No. Not at all."]
    assert shown(cues_of(spoken("No."), spoken("Not at all.", 3000))) == ["No.", "Not at all."]


def test_speakers_never_share_a_cue():
    cues = cues_of(spoken("Yes.", 0, 500, "S1"), spoken("No.", 500, 500, "S2"))
    assert [(c.lines, c.speaker) for c in cues] == [(("Yes.",), "S1"), (("No.",), "S2")]


def test_a_cue_lasts_on_into_silence_until_it_can_be_read():
    (cue,) = cues_of(spoken("Extraordinarily fast pronunciation.", 5_000, 200))
    assert (cue.start, cue.end) == (5_000, 5_000 + 33 * 50 + 100)
    assert problems([cue]) == []


def test_a_cue_without_room_after_it_begins_earlier_and_the_next_one_later():
    first, second = cues_of(spoken("Quickly said.", 5_000, 200, "S1"), spoken("And then the answer.", 5_400, 400, "S2"))
    assert (first.start, first.end) == (4_410, 5_410), "half a second into the silence, and then"
    assert second.start == 5_490, "both give way alike"


def test_back_to_back_speakers_borrow_time_from_each_other():
    cues = cues_of(*(spoken("Ja.", 9_000 + n * 800, 800, f"S{n % 2}") for n in range(4)))
    assert problems(cues) == []
    assert [c.start for c in cues] == [8_510, 9_590, 10_670, 11_750]


def test_no_cue_moves_far_from_its_speech_and_what_is_too_short_then_is_reported():
    spoken_at = [9_000 + n * 400 for n in range(12)]
    cues = cues_of(*(spoken("Ja.", at, 400, f"S{n % 2}") for n, at in enumerate(spoken_at)))
    assert {p.kind for p in problems(cues)} == {"too short"}
    assert max(abs(c.start - at) for c, at in zip(cues, spoken_at, strict=True)) == 1_500


def test_names_stand_at_a_change_of_speaker_and_count_as_text():
    segments = [spoken("Hello there.", 0, 400, "S1"), spoken("Hi.", 3000, 400, "S2"), spoken("So?", 9000, 400, "S2")]
    assert shown(cues_of(*segments, names="change")) == ["Anna: Hello there.", "Bob: Hi.", "So?"]
    assert shown(cues_of(*segments, names="always")) == ["Anna: Hello there.", "Bob: Hi.", "Bob: So?"]
    assert shown(cues_of(segments[0], names="change")) == ["Hello there."]
    long = spoken("word " * 16, 0, 300, "S1")  # 79 columns without the name
    cues = cues_of(long, segments[1], names="change")
    assert len(cues) == 3
    assert not [p for p in problems(cues) if "line" in p.kind]


def test_wide_characters_count_two():
    text = "今日はとてもいい天気ですから、みんなで公園に行ってお弁当を食べましょう。"
    (cue,) = cues_of(Segment(0, 6000, text))
    assert cue.lines == ("今日はとてもいい天気ですから、", "みんなで公園に行ってお弁当を食べましょう。")
    assert text_width(cue.lines[1]) == 42
    words = tuple(Word(c, n * 200, n * 200 + 200, space=False) for n, c in enumerate(text))
    assert "".join(shown(cues_of(Segment.from_words(words)))).replace(" | ", "") == text


def test_a_word_longer_than_a_line_is_cut():
    url = "https://example.org/" + "x" * 100
    cues = cues_of(spoken(f"See {url} now", 0, 2000))
    assert letters("".join(shown(cues)).replace("|", "")) == f"See{url}now"
    assert all(text_width(line) <= 42 for c in cues for line in c.lines)


def test_a_word_of_ten_seconds_is_shown_for_seven():
    (cue,) = cues_of(Segment.from_words([Word("Ooooh", 1000, 13_000)]))
    assert (cue.start, cue.end) == (1000, 8000)


def test_ready_made_subtitles_that_are_fine_stay_as_they_are():
    ready = [Segment(1000, 3000, "First. And second."), Segment(3200, 6000, "Then a third one, a bit longer.")]
    cues = cues_of(*ready)
    assert [(c.start, c.end, " ".join(c.lines)) for c in cues] == [(s.start, s.end, s.text) for s in ready]


def test_a_segment_without_words_that_is_too_long_is_cut_by_position_in_the_text():
    text = "This is the first half of it, as one can see. And this is the other half, just as long."
    first, second = cues_of(Segment(0, 8800, text))
    assert " ".join(first.lines + second.lines) == text
    assert abs(second.start - 4550) < 100


def test_words_out_of_order_and_without_duration_are_shown_in_their_order():
    words = [Word("one", 1000, 1000), Word("two", 990, 1300), Word("three", 1300, 1300)]
    (cue,) = cues_of(Segment.from_words(words))
    assert cue.lines == ("one two three",)
    assert cue.start == 1000


def test_people_talking_at_once_get_one_cue_after_the_other():
    cues = cues_of(
        spoken("I think that we should go on with this now, before it is too late.", 0, 300, "S1"),
        spoken("Wait a moment, please.", 1500, 300, "S2"),
        names="change",
    )
    assert [p.kind for p in problems(cues) if p.kind in ("gap", "overlap")] == []
    assert {c.lines[0].split(":")[0] for c in cues} == {"Anna", "Bob"}


@pytest.mark.parametrize(
    ("cue", "kind"),
    [
        (Cue(0, 2000, ("a", "b", "c")), "too many lines"),
        (Cue(0, 5000, ("x" * 43,)), "line length"),
        (Cue(0, 900, ("a",)), "too short"),
        (Cue(0, 7001, ("a",)), "too long"),
        (Cue(0, 1000, ("x" * 21,)), "too fast"),
    ],
)
def test_each_breach_of_a_rule_is_named(cue: Cue, kind: str):
    assert [p.kind for p in problems([cue])] == [kind]


def test_gaps_and_overlaps_are_named():
    cues = [Cue(0, 1000, ("a",)), Cue(1079, 2079, ("b",)), Cue(2000, 3000, ("c",))]
    assert [(p.segment, p.kind) for p in problems(cues)] == [(1, "gap"), (2, "overlap")]


# Properties of every transcript, however odd.

WORDS = st.one_of(
    st.sampled_from(
        [
            "Yes.",
            "no,",
            "the",
            "and",
            "of",
            "because",
            "Donaudampfschifffahrt",
            "今日は",
            "です。",
            "مرحبا",
            "👩\u200d👩\u200d👧",
            "...!",
            "-->",
        ]
    ),
    st.text(min_size=1, max_size=60),
)


@st.composite
def transcripts(draw: st.DrawFn, overlapping: bool = False) -> Transcript:
    segments = []
    clock = draw(st.integers(0, 360_000_000))
    for _ in range(draw(st.integers(0, 6))):
        speaker = draw(st.sampled_from([None, "S1", "S2"]))
        words = []
        for _ in range(draw(st.integers(0, 15))):
            start = max(0, clock + draw(st.sampled_from([0, 0, 0, -5, 20, 300, 2500])))
            clock = start + draw(st.sampled_from([0, 60, 200, 350, 700, 11_000]))
            words.append(Word(draw(WORDS), start, clock, None, draw(st.booleans())))
        if draw(st.booleans()) and words:
            text = " ".join(w.text for w in words)
            segments.append(Segment(words[0].start, clock, text, (), speaker))
        elif words:
            segments.append(Segment.from_words(words, speaker))
        clock = max(0, clock + draw(st.sampled_from([0, 40, 500, 4000] + [-3000] * overlapping)))
    segments.sort(key=lambda s: s.start)
    return Transcript(tuple(segments), (Speaker("S1", "Anna"), Speaker("S2", "A rather long name")))


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(max_examples=40, deadline=None)
@given(transcripts(overlapping=True))
def test_no_word_is_lost_or_moved(transcript: Transcript):
    cues = make_cues(transcript)
    for speaker in (None, "S1", "S2"):
        said = "".join(s.text for s in transcript.segments if s.speaker == speaker)
        assert letters("".join("".join(c.lines) for c in cues if c.speaker == speaker)) == letters(said)


@settings(max_examples=40, deadline=None)
@given(transcripts(overlapping=True), st.sampled_from(["never", "change", "always"]))
def test_rules_are_kept_or_the_speech_left_no_room(transcript: Transcript, names: str):
    cues = make_cues(transcript, RULES, names)  # type: ignore[arg-type]
    assert {p.kind for p in problems(cues, RULES)} <= {"too short", "too fast"}
    for before, after in pairwise(cues):
        assert after.start >= before.end + RULES.min_gap
    for cue in cues:
        assert cue.end > cue.start >= 0
        assert {transcript.segments[i].speaker for i in cue.segments} == {cue.speaker}


@settings(max_examples=40, deadline=None)
@given(transcripts(), st.integers(1, 3), st.integers(10, 60))
def test_other_rules_are_obeyed_too(transcript: Transcript, max_lines: int, max_line: int):
    rules = CueRules(max_lines=max_lines, max_line=max_line, min_duration=800, max_duration=5000, frame_rate=23.976)
    kinds = {p.kind for p in problems(make_cues(transcript, rules), rules)}
    assert kinds <= {"too short", "too fast"}


@settings(max_examples=40, deadline=None)
@given(transcripts())
def test_a_cue_is_short_only_where_others_press(transcript: Transcript):
    cues = make_cues(transcript)
    for problem in problems(cues):
        at = problem.segment
        if problem.kind == "too short":
            assert at + 1 < len(cues)
            assert cues[at].end == cues[at + 1].start - RULES.min_gap


def test_four_long_lines_are_set_at_once():
    """The ways to set them are a million; each rest of the text is looked at once."""
    text = "".join(chr(0x4E00 + n) for n in range(350))
    cues = make_cues(
        Transcript((Segment(0, 60_000, text),)), CueRules(max_lines=4, max_line=200, max_duration=60_000, max_cps=100)
    )
    assert "".join(line for cue in cues for line in cue.lines) == text
    assert max(len(cue.lines) for cue in cues) == 4
