"""What is written, against literal files; and what is read back from it."""

from __future__ import annotations

import html
from pathlib import Path

import pysubs2
import pytest

from studio.core.cues import CueRules
from studio.core.errors import FormatError
from studio.core.transcript import Segment, Speaker, Transcript, Word
from studio.formats import FORMATS, WriteOptions, read_any

EXPECTED = Path(__file__).with_name("expected")
SUBTITLES = [f.id for f in FORMATS.values() if f.group == "Subtitles"]


@pytest.mark.parametrize("id", [id for id, format in FORMATS.items() if format.encoding != "none"])
def test_the_sample_is_written_exactly_so(id: str, sample: Transcript):
    written = FORMATS[id].write(sample, WriteOptions())
    assert written == (EXPECTED / f"sample{FORMATS[id].suffix}").read_text("utf-8")


def test_json_gives_the_same_transcript_back(sample: Transcript):
    parsed = FORMATS["json"].read((EXPECTED / "sample.json").read_text("utf-8"))
    assert parsed.transcript == sample
    assert parsed.warnings == ()


@pytest.mark.parametrize("id", [*SUBTITLES, "txt"])
def test_text_and_speakers_come_back_from_every_format(id: str, sample: Transcript):
    parsed = read_any((EXPECTED / f"sample{FORMATS[id].suffix}").read_text("utf-8"), f"sample.{id}")
    transcript = parsed.transcript
    assert [s.name for s in transcript.speakers] == ["Jürgen", "Yūki"]
    assert _by_speaker(transcript) == _by_speaker(sample)
    assert parsed.warnings == ()


def _by_speaker(transcript: Transcript) -> list[tuple[str, str]]:
    """(name, all letters said in a row), one for each turn."""
    turns: list[tuple[str, str]] = []
    for segment in transcript.segments:
        name, text = transcript.name_of(segment.speaker), "".join(segment.text.split())
        if turns and turns[-1][0] == name:
            turns[-1] = name, turns[-1][1] + text
        else:
            turns.append((name, text))
    return turns


@pytest.mark.parametrize("id", [id for id, format in FORMATS.items() if format.read])
def test_an_empty_transcript_can_be_written_and_read(id: str):
    written = FORMATS[id].write(Transcript(), WriteOptions())
    assert FORMATS[id].read(written).transcript == Transcript()


def test_names_can_be_left_out(sample: Transcript):
    for id in ("txt", "srt", "vtt"):
        assert "Jürgen" not in FORMATS[id].write(sample, WriteOptions(speaker_names="never"))


def test_names_can_stand_before_every_subtitle(sample: Transcript):
    written = FORMATS["srt"].write(sample, WriteOptions(speaker_names="always"))
    assert written.count("Jürgen: ") + written.count("Yūki: ") == written.count(" --> ")


def test_rules_reach_the_subtitles(sample: Transcript):
    written = FORMATS["srt"].write(sample, WriteOptions(CueRules(max_line=20, max_lines=1)))
    assert max(len(line) for line in written.splitlines() if "-->" not in line and "&gt;" not in line) <= 20


@pytest.mark.parametrize("id", SUBTITLES)
def test_subtitles_need_times(id: str):
    untimed = FORMATS["txt"].read("Anna: Hello.\n\nBob: Hi.").transcript
    with pytest.raises(FormatError, match="no times"):
        FORMATS[id].write(untimed, WriteOptions())


@pytest.mark.parametrize("id", SUBTITLES)
def test_text_that_looks_like_markup_survives(id: str):
    said = "<i>not a tag</i> &amp; {\\an8} --> 00:00:01,000 \\N <v Bob>me 1 < 2 [br] <00:01.00> [00:01.00] <br/>"
    transcript = Transcript((Segment(1000, 7000, said),), duration=7000)
    (segment,) = FORMATS[id].read(FORMATS[id].write(transcript, WriteOptions(recut=False))).transcript.segments
    assert " ".join(segment.text.split("\n")) == said


def _cut(*texts: str, seconds: int = 2) -> Transcript:
    """One cue after another, each lasting some seconds."""
    each = seconds * 1000
    return Transcript(tuple(Segment(n * each, n * each + each - 100, text) for n, text in enumerate(texts)))


def _cues(transcript: Transcript, **options: bool | None) -> list[str]:
    """The text of each subtitle written."""
    written = FORMATS["vtt"].write(transcript, WriteOptions(**options))
    return [block.partition("\n")[2].rstrip() for block in written.split("\n\n")[1:] if block.strip()]


def test_segments_that_keep_the_rules_are_written_as_they_are():
    assert _cues(_cut("Well.", "One line\nand another.", "Yes.")) == ["Well.", "One line\nand another.", "Yes."]


def test_a_segment_of_one_line_too_many_columns_is_set_in_two():
    (text,) = _cues(_cut("This is a sentence that takes more than one line, yes.", seconds=5))
    assert text == "This is a sentence\nthat takes more than one line, yes."


@pytest.mark.parametrize(
    "transcript",
    [
        _cut("Well.", "Three\nlines\nhere.", "Yes.", "No."),
        _cut("Well.", f"A line of more than {'x' * 42}\ncolumns.", "Yes.", "No."),
        _cut("Well.", "Shown for ages.", "Yes.", "No.", seconds=8),
    ],
    ids=["lines", "columns", "duration"],
)
def test_subtitles_that_break_a_rule_are_cut_anew_unless_that_is_forbidden(transcript: Transcript):
    as_they_are = [s.text for s in transcript.segments]
    assert _cues(transcript, recut=False) == as_they_are
    for options in (WriteOptions(recut=True), WriteOptions()):
        written = FORMATS["srt"].read(FORMATS["srt"].write(transcript, options)).transcript.segments
        assert all(s.end - s.start <= 7000 for s in written)
        assert all(len(line) <= 42 for s in written for line in s.text.split("\n"))
        assert [s.text for s in written] != as_they_are or written[0].end != transcript.segments[0].end


def test_of_subtitles_only_those_that_break_a_rule_are_cut_anew():
    """One with three lines among those that somebody has timed and set by hand."""
    cut = _cut("Well.", "Set\nby hand.", "Three\nlines\nhere.", "No.", "Last\none.")
    written = FORMATS["srt"].read(FORMATS["srt"].write(cut, WriteOptions())).transcript.segments
    spans = [(s.start, s.end, s.text) for s in written]
    before = [(s.start, s.end, s.text) for s in cut.segments]
    assert [spans[0], spans[1], *spans[-2:]] == [before[0], before[1], *before[-2:]]
    assert " ".join(text for *_, text in spans[2:-2]).split() == ["Three", "lines", "here."]
    assert all(text.count("\n") < 2 for *_, text in spans)
    assert written[-3].end <= before[3][0]


def test_recognised_speech_is_cut_anew_as_a_whole():
    texts = ["Yes.", "This is a sentence of many words that nobody has ever set in lines, as it was recognised.", "No."]
    made = [
        Segment.from_words([Word(w, 4000 * n + 200 * i, 4000 * n + 200 * i + 150) for i, w in enumerate(text.split())])
        for n, text in enumerate(texts)
    ]
    assert _cues(Transcript(tuple(made))) == _cues(Transcript(tuple(made)), recut=True)


def test_characters_that_no_standard_knows_can_be_cut():
    said = "d įăËՅÌˊԭàѩßçêªÊÊĘ³êÄ¢é?Z߬<\u07fc?ā?|\U0005fe9aߺľ.9ѷѩʹЁE?"
    (segment,) = FORMATS["ass"].read(FORMATS["ass"].write(_cut(said), WriteOptions(recut=True))).transcript.segments
    assert "".join(segment.text.split()) == "".join(said.split())


def test_a_name_that_makes_a_line_too_long_does_not_cut_lines_set_by_hand():
    segments = (
        Segment(0, 3000, "A first line of forty columns or so here,\nand a second.", (), "S1"),
        Segment(3000, 6000, "Yes: indeed.", (), "S1"),
        Segment(6000, 7000, "No.", (), "S2"),
    )
    transcript = Transcript(segments, (Speaker("S1", "Anna"), Speaker("S2", "Bob")))
    written = FORMATS["srt"].write(transcript, WriteOptions())
    assert "\nAnna: A first line of forty columns\nor so here, and a second.\n" in written
    back = FORMATS["srt"].read(written).transcript
    assert [(back.name_of(s.speaker), s.start, s.end) for s in back.segments] == [
        ("Anna", 0, 3000),
        ("Anna", 3000, 6000),
        ("Bob", 6000, 7000),
    ]
    assert back.segments[1].text == "Yes: indeed."  # "Yes" would be a name if Anna's did not stand before it


@pytest.mark.parametrize("id", ["ass", "ssa", "srt", "ttml", "vtt"])
def test_another_program_reads_the_same(id: str, sample: Transcript):
    """pysubs2 as a witness: what we write is what others understand."""
    theirs = pysubs2.SSAFile.from_string(FORMATS[id].write(sample, WriteOptions(speaker_names="never")), format_=id)
    ours = FORMATS[id].read(FORMATS[id].write(sample, WriteOptions(speaker_names="never"))).transcript.segments
    assert [(e.start, e.end, html.unescape(e.plaintext)) for e in theirs] == [(s.start, s.end, s.text) for s in ours]


def test_names_are_in_the_field_for_names(sample: Transcript):
    theirs = pysubs2.SSAFile.from_string(FORMATS["ass"].write(sample, WriteOptions()))
    assert [e.name for e in theirs] == ["Jürgen", "Jürgen", "Yūki", "Yūki", "Jürgen"]


def test_plain_text_has_a_paragraph_for_each_turn_and_long_pause():
    segments = (
        Segment(0, 1000, "One.", (), "S1"),
        Segment(1200, 2000, "Two.", (), "S1"),
        Segment(4000, 5000, "Three.", (), "S1"),
        Segment(5000, 6000, "Four."),
    )
    written = FORMATS["txt"].write(Transcript(segments, (Speaker("S1", "Anna"),)), WriteOptions())
    assert written == "Anna: One. Two.\n\nAnna: Three.\n\nFour.\n"


def test_json_tells_speakers_of_one_name_apart():
    speakers = (Speaker("S1", "Anna"), Speaker("S2", "Anna"))
    transcript = Transcript(
        (Segment(0, 1000, "a", (), "S2"), Segment(1000, 2000, "b", (), "S1")), speakers, duration=2000
    )
    written = FORMATS["json"].write(transcript, WriteOptions())
    assert '"speaker_id": "S2"' in written
    assert FORMATS["json"].read(written).transcript == transcript


def test_json_keeps_a_speaker_that_is_not_listed():
    written = FORMATS["json"].write(Transcript((Segment(0, 1000, "a", (), "S9"),)), WriteOptions())
    assert FORMATS["json"].read(written).transcript.speakers == (Speaker("S1", "S9"),)


def test_json_keeps_words_that_follow_without_a_space():
    words = (Word("你", 0, 200, None, False), Word("好", 200, 400, None, False), Word("Bob", 400, 800))
    transcript = Transcript((Segment.from_words(words),), duration=800)
    assert FORMATS["json"].read(FORMATS["json"].write(transcript, WriteOptions())).transcript == transcript
