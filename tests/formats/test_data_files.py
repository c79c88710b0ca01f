"""Tables, speaker turns, TextGrids and labels: for spreadsheets and other programs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Speaker, Transcript, Word
from studio.formats import FORMATS, Parsed, WriteOptions, decode_text, read_any

ANNA_BOB = (Speaker("S1", "Anna"), Speaker("S2", "Bob"))


def grid(text: str) -> Parsed:
    return FORMATS["textgrid"].read(text)


def test_a_table_has_a_row_for_each_segment(sample: Transcript):
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].write(sample, WriteOptions()))))
    assert rows[0] == ["number", "start", "end", "speaker", "text"]
    assert rows[2] == ["2", "00:00:05.320", "00:00:07.400", "Jürgen", "angeht: 3 < 5 & so."]
    assert len(rows) == len(sample.segments) + 1


def test_a_table_may_hold_comments_and_flags():
    transcript = Transcript((Segment(0, 1000, 'Say "a, b"\nnow', (), "S1", None, 1, "why?", True),), ANNA_BOB)
    options = WriteOptions(notes=True, speaker_names="never")
    for id, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = list(csv.reader(io.StringIO(FORMATS[id].write(transcript, options)), delimiter=delimiter))
        assert rows == [
            ["number", "start", "end", "text", "comment", "flagged"],
            ["1", "00:00:00.000", "00:00:01.000", 'Say "a, b" now', "why?", "yes"],
        ]


@pytest.mark.parametrize(
    ("said", "cell"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"), ("+49 1", "'+49 1"), ("- Yes.", "- Yes.")],
)
def test_no_spreadsheet_runs_what_was_said(said: str, cell: str):
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].write(Transcript((Segment(0, 1, said),)), WriteOptions()))))
    assert rows[1][-1] == cell


def test_turns_name_each_speaker_with_one_word():
    speakers = (Speaker("S1", "Anna Böhm"), Speaker("S2", "Anna Böhm"), Speaker("S3", ""))
    segments = tuple(Segment(n * 1000, n * 1000 + 500, "x", (), s) for n, s in enumerate(("S2", "S1", None, "S3")))
    written = FORMATS["rttm"].write(Transcript(segments, speakers), WriteOptions())
    assert [line.split()[3:5] + line.split()[7:8] for line in written.splitlines()] == [
        ["0.000", "0.500", "Anna_Böhm"],
        ["1.000", "0.500", "Anna_Böhm_2"],
        ["3.000", "0.500", "speaker"],
    ]
    assert {len(line.split()) for line in written.splitlines()} == {10}


def test_turns_need_speakers():
    with pytest.raises(FormatError, match="does not say who speaks"):
        FORMATS["rttm"].write(Transcript((Segment(0, 1000, "x"),)), WriteOptions())


def test_a_textgrid_gives_segments_words_and_speakers_back(sample: Transcript):
    parsed = grid(FORMATS["textgrid"].write(sample, WriteOptions()))
    found = [(s.start, s.end, s.text, [w[:3] for w in s.words]) for s in parsed.transcript.segments]
    assert found == [(s.start, s.end, s.text, [w[:3] for w in s.words]) for s in sample.segments]
    assert [s.name for s in parsed.transcript.speakers] == ["Jürgen", "Yūki"]
    assert parsed.warnings == ()


def test_a_tier_holds_one_thing_at_a_time():
    segments = (Segment(0, 2000, "a", (), "S1"), Segment(1000, 1500, "b", (), "S1"), Segment(1800, 3000, "c", (), "S1"))
    back = grid(FORMATS["textgrid"].write(Transcript(segments, ANNA_BOB), WriteOptions())).transcript
    assert [(s.start, s.end, s.text) for s in back.segments] == [(0, 2000, "a"), (2000, 2001, "b"), (2001, 3000, "c")]


SHORT = """File type = "ooTextFile"
Object class = "TextGrid"

0
2.5
<exists>
3
"IntervalTier" "Anna" 0 2.5 2
0 1.5 "She said ""no""."
1.5 2.5 ""
"IntervalTier" "Anna - phones" 0 2.5 1
0 2.5 "S"
"TextTier" "clicks" 0 2.5 1
1.25 "click"
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_the_short_form_is_read_in_the_encodings_of_praat(encoding: str):
    parsed = read_any(decode_text(SHORT.encode(encoding)), "talk.TextGrid")
    assert parsed.transcript.segments == (Segment(0, 1500, 'She said "no".', (), "S1"),)
    assert parsed.transcript.duration == 2500
    assert [w.split("“")[1].split("”")[0] for w in parsed.warnings] == ["Anna - phones", "clicks"]


def test_words_without_a_tier_of_text_become_sentences():
    text = """"ooTextFile" "TextGrid" 0 9 <exists> 1 "IntervalTier" "words" 0 9 4
    0 1 "hello" 1 1.5 "sil" 1.5 2 "you" 7 8 "bye" """
    parsed = grid(text)
    assert [s.text for s in parsed.transcript.segments] == ["hello you", "bye"]
    assert parsed.transcript.segments[1].words == (Word("bye", 7000, 8000),)


def test_words_that_are_not_the_text_are_left_out_with_a_warning():
    text = SHORT.replace('"Anna - phones"', '"Anna - words"')
    parsed = grid(text)
    assert parsed.transcript.segments[0].words == ()
    assert "“S” are not those of the text at 0 s" in parsed.warnings[1]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('File type = "ooTextFile"\nObject class = "Pitch 1"\n0 1', "Line 1: this is no TextGrid"),
        (SHORT[:120], "Line 9: the file ends too early"),
        (SHORT.replace('"click"', "click"), "the file ends too early"),
        (SHORT.replace("0 1.5", '0 "x"'), 'Line 9: there must be a time, not “"x"”'),
    ],
)
def test_a_damaged_textgrid_is_refused_with_its_line(text: str, place: str):
    with pytest.raises(FormatError, match=place):
        grid(text)


def test_real_textgrids_lose_no_word(shared_data: Path):
    words = {
        "praatio/mary.TextGrid": (1, 4),
        "textgrid/acoustic_corpus.TextGrid": (3, 59),
        "textgrid/fave_stereo.TextGrid": (2, 7),
        "textgrid/michaelandsickmichael.TextGrid": (7, 0),
        "textgrid/multilingual_ipa.TextGrid": (1, 0),
        "textgrid/short_segments.TextGrid": (3, 0),
    }
    for name, (segments, count) in words.items():
        transcript = read_any(decode_text((shared_data / "timing" / name).read_bytes()), name).transcript
        assert (len(transcript.segments), sum(len(s.words) for s in transcript.segments)) == (segments, count), name
        again = grid(FORMATS["textgrid"].write(transcript, WriteOptions())).transcript
        assert again == transcript, name


def test_labels_come_back(sample: Transcript):
    parsed = read_any(FORMATS["audacity"].write(sample, WriteOptions()), "talk.txt")
    found = [(s.start, s.end, s.text, parsed.transcript.name_of(s.speaker)) for s in parsed.transcript.segments]
    assert found == [(s.start, s.end, s.text, sample.name_of(s.speaker)) for s in sample.segments]


def test_labels_of_audacity_keep_who_speaks_whatever_is_said():
    said = [("S1", "Hello"), ("S1", ""), (None, "Bob: hi"), (None, "Note:"), ("S2", "Anna: no"), (None, "so: it is")]
    transcript = Transcript(
        tuple(Segment(1000 * n, 1000 * n + 500, text, (), who) for n, (who, text) in enumerate(said)), ANNA_BOB
    )
    back = read_any(FORMATS["audacity"].write(transcript, WriteOptions()), "x.labels.txt").transcript
    assert [(back.name_of(s.speaker) if s.speaker else "", s.text) for s in back.segments] == [
        ("Anna", "Hello"),
        ("Anna", ""),
        ("", "Bob: hi"),
        ("", "Note:"),
        ("Bob", "Anna: no"),
        ("", "so: it is"),
    ]
    nameless = read_any(FORMATS["audacity"].write(transcript, WriteOptions(speaker_names="never")), "x.labels.txt")
    assert [(s.speaker, s.text) for s in nameless.transcript.segments] == [(None, text) for _, text in said]


def test_labels_of_audacity_may_have_frequencies_commas_and_no_length():
    text = "1,5\t2,25\tHello\n\\\t100.0\t2000.0\n3.000000\t3.000000\t\n5\t4\tback\n"
    parsed = read_any(text, "x.labels.txt")
    assert [(s.start, s.end, s.text) for s in parsed.transcript.segments] == [
        (1500, 2250, "Hello"),
        (3000, 3000, ""),
        (5000, 5000, "back"),
    ]
    assert parsed.warnings == ("Line 4: it ends before it starts, so it was given no length.",)


def test_a_line_that_is_no_label_is_named():
    with pytest.raises(FormatError, match="Line 2: “Hello” is no label"):
        FORMATS["audacity"].read("0.0\t1.0\tx\nHello\n")


def test_json_keeps_lines_comments_flags_and_colours(sample: Transcript):
    first = sample.segments[0]._replace(comment='Why "so"?\n', flagged=True)
    words = (Word("one", 0, 1), Word("two", 1, 2, line=True), Word("three", 2, 3, line=True, space=False))
    speakers = (Speaker("S1", "Jürgen", 3), Speaker("S2", "Yūki"))
    kept = replace(sample, segments=(Segment.from_words(words, "S2"), first), speakers=speakers)
    written = FORMATS["json"].write(kept, WriteOptions())
    assert '"speaker_colors": [3, null]' in written
    assert FORMATS["json"].read(written).transcript == kept
    plain = FORMATS["json"].write(sample, WriteOptions())
    assert not any(key in plain for key in ('"line"', '"comment"', '"flagged"', '"speaker_colors"'))
