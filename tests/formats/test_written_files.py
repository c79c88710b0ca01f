"""What is written, against literal files; and what is read back from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.cues import CueRules
from studio.core.errors import FormatError
from studio.core.transcript import Segment, Speaker, Transcript, Word
from studio.formats import FORMATS, WriteOptions, read_any

EXPECTED = Path(__file__).with_name("expected")


@pytest.mark.parametrize("id", [id for id, format in FORMATS.items() if format.encoding != "none"])
def test_the_sample_is_written_exactly_so(id: str, sample: Transcript):
    written = FORMATS[id].write(sample, WriteOptions())
    assert written == (EXPECTED / f"sample{FORMATS[id].suffix}").read_text("utf-8")


def test_json_gives_the_same_transcript_back(sample: Transcript):
    parsed = FORMATS["json"].read((EXPECTED / "sample.json").read_text("utf-8"))
    assert parsed.transcript == sample
    assert parsed.warnings == ()


@pytest.mark.parametrize("id", ["txt", "srt", "vtt"])
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
        name, text = transcript.name_of(segment.speaker), segment.text.replace(" ", "")
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


@pytest.mark.parametrize("id", ["srt", "vtt"])
def test_subtitles_need_times(id: str):
    untimed = FORMATS["txt"].read("Anna: Hello.\n\nBob: Hi.").transcript
    with pytest.raises(FormatError, match="no times"):
        FORMATS[id].write(untimed, WriteOptions())


def test_text_that_looks_like_markup_survives():
    said = "<i>not a tag</i> &amp; {\\an8} --> 00:00:01,000 \\N <v Bob>me 1 < 2"
    transcript = Transcript((Segment(1000, 7000, said),), duration=7000)
    for id in ("srt", "vtt"):
        written = FORMATS[id].write(transcript, WriteOptions())
        assert written.count(" --> ") == 1
        assert " ".join(s.text for s in FORMATS[id].read(written).transcript.segments) == said


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
