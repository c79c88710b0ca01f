"""Quotation marks and brackets: what has no partner is found and closed, what goes on over several cues is let be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import done

from studio.core.checks import check
from studio.core.errors import StudioError
from studio.core.pairs import MARKS, REACH, unpaired
from studio.core.profiles import CueRules
from studio.core.repairs import repair
from studio.core.transcript import Segment, Transcript, Word, join_words
from studio.services.export import read_file
from studio.services.opening import is_transcript

WIDE = CueRules(max_line=200, max_cps=1000)

# One quotation each, inside other text, as it is written in that language.
QUOTATIONS = [
    "He said “I will go home now, and you (both of you) will stay here”, and then he left.",
    'He said "I will go home now, and you [both of you] will stay here." Then he left.',
    "Er sagte: „Ich gehe jetzt nach Hause, und ihr (beide) bleibt hier.“ Dann ging er.",
    "Er sagte: »Ich gehe jetzt nach Hause, und ihr (beide) bleibt hier.« Dann ging er.",
    "Il a dit : « Je rentre à la maison, et vous (tous les deux) restez ici. » Puis il est parti.",
    "On powiedział: „Idę teraz do domu, a wy (oboje) zostajecie tutaj”. Potem wyszedł.",
    "Han sa: ”Jag går hem nu, och ni (båda två) stannar här.” Sedan gick han.",
    "Он сказал: «Я сейчас иду домой, а вы (оба) останетесь здесь». Потом он ушёл.",
    "Dijo: «Me voy a casa “ahora” mismo, y vosotros (los dos) os quedáis». Luego se fue.",
    "彼は 「今から 家に 帰る （二人は ここに いて） ください」 と 言って 出て 行った。",
    "他 说 “我 现在 回家 （你们 两个） 留在 这里” 然后 走 了。",
]


def cues(*texts: str, speaker: str | None = None) -> list[Segment]:
    return [Segment(n * 5000, n * 5000 + 4000, text, speaker=speaker, id=n + 1) for n, text in enumerate(texts)]


def found(segments: list[Segment]) -> list[tuple[int, str]]:
    return [(s.id, s.text[m.at]) for row, s in enumerate(segments) for m in unpaired(segments, row)]


@pytest.mark.parametrize("text", QUOTATIONS)
def test_a_quotation_may_go_on_over_any_cues(text: str):
    words = text.split()
    for most in (1, 2, 3, 5, 100):
        texts = [" ".join(words[n : n + most]) for n in range(0, len(words), most)]
        assert found(cues(*texts)) == [], texts


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(QUOTATIONS), st.data())
def test_a_mark_taken_away_is_missed_wherever_cues_end(text: str, data: st.DataObject):
    places = [n for n, char in enumerate(text) if char in MARKS]
    gone = data.draw(st.sampled_from(places))
    words = (text[:gone] + text[gone + 1 :]).split()
    most = data.draw(st.integers(2, 12))
    assert found(cues(*(" ".join(words[n : n + most]) for n in range(0, len(words), most))))


@pytest.mark.parametrize(
    "text",
    [
        "don't — it's 5’",
        "Er ist 5'10\" groß.",
        'Ein 17"-Monitor',
        'צה"ל',
        "1) first, b) second",
        "So glad :) ;-)",
        "‚so‘, sagte er",
        "„So“, sagte er",
        "« Oui »",
        "»Ja«",
        '"You—" - "Me?"',
        '他说"好"。',
        "“All’s well,” he said (twice).\nAnd went.",
    ],
)
def test_what_only_looks_unpaired(text: str):
    assert found(cues(text)) == []


def test_each_cue_may_open_the_quotation_again():
    assert found(cues("“He said", "“and then", "and left.”")) == []
    assert found(cues("“Go on.", "“We will stay.", "“And wait for you.”")) == []
    assert found(cues("“Go on.", "“We will stay,” he said.")) == [(1, "“")], "the second is one by itself"


def test_another_speaker_between_does_not_close_it():
    first, other, last = cues("“He said", "Yes?”", "and left.”", speaker="S1")
    other = Segment(other.start, other.end, "Really?", speaker="S2", id=2)
    assert found([first, other, last]) == []
    other = Segment(other.start, other.end, "Yes?”", speaker="S2", id=2)
    assert found([first, other, last]) == [(2, "”")]


def test_what_is_closed_far_away_only_is_not():
    assert found(cues("(quietly", *["x"] * (REACH - 1), "gone)")) == []
    assert found(cues("(quietly", *["x"] * REACH, "gone)")) == [(1, "("), (REACH + 2, ")")]


@pytest.mark.parametrize(
    ("texts", "closed"),
    [
        (["(he left"], "(he left)"),
        (["he left]"], "[he left]"),
        (["She (he left."], "She (he left)."),
        (['"He left.'], '"He left."'),
        (["“He left."], "“He left.”"),
        (["He left.”"], "“He left.”"),
        (["„Er ging."], "„Er ging.“"),
        (["Er ging.“", "„Ja“"], "„Er ging.“"),
        (["„Poszedł.", "„Tak” i „nie”"], "„Poszedł.”"),
        (["«Он ушёл."], "«Он ушёл.»"),
        (["»Er ging."], "»Er ging.«"),
        (["「はい"], "「はい」"),
        (["- (Yes\n- No"], "- (Yes)\n- No"),
        (["- Yes\n- No”"], "- Yes\n- “No”"),
        (["((he left"], "((he left))"),
    ],
)
def test_one_key_closes_it(texts: list[str], closed: str):
    rows = cues(*texts)
    assert "unpaired" in [f.kind for f in check(rows, WIDE) if f.segment == 1]
    talk = Transcript(tuple(rows))
    after = done(talk, repair(talk, 1, "unpaired", WIDE))
    assert after.segments[0].text == closed
    assert "unpaired" not in [f.kind for f in check(after.segments, WIDE)]


def test_words_keep_their_times_when_a_mark_joins_them():
    words = tuple(Word(text, n * 500, n * 500 + 400) for n, text in enumerate(["“He", "left", "soon."]))
    talk = Transcript((Segment.from_words(words, id=1),))
    (after,) = done(talk, repair(talk, 1, "unpaired", WIDE)).segments
    assert after.text == join_words(after.words) == "“He left soon.”"
    assert [(w.start, w.end) for w in after.words] == [(w.start, w.end) for w in words]


def test_a_line_that_gets_too_long_is_broken_anew():
    talk = Transcript(tuple(cues("“" + "a word and " * 3 + "then seven")))
    (after,) = done(talk, repair(talk, 1, "unpaired", CueRules(max_line=44))).segments
    assert after.text.endswith("”")
    assert "\n" in after.text or len(after.text) <= 44


def test_false_alarms_are_rare_in_real_subtitles(shared_data: Path):
    """All files of the collection: what is found there is really unpaired (a test of HTML entities, with its `"`)."""
    seen, wrong = 0, list[str]()
    for file in sorted((shared_data / "subtitles").rglob("*")):
        if not (file.is_file() and is_transcript(file)):
            continue
        try:
            segments = read_file(file).transcript.segments
        except StudioError:
            continue
        seen += len(segments)
        wrong += [segments[row].text for row in range(len(segments)) if unpaired(segments, row)]
    assert seen > 500
    assert len(wrong) <= 1, wrong
