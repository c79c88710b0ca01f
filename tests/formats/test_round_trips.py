"""Whatever was said comes back: round trips with odd texts and times up to a hundred hours."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.core.breaks import text_width
from studio.core.errors import FormatError
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript, Word
from studio.formats import FORMATS, WriteOptions, decode_text, read_any
from studio.formats.base import printable, split_name

HOUR = 3_600_000
ODD = [
    "-->",
    "<i>",
    "</v>",
    "&amp;",
    "&lt",
    "&",
    "<v",
    "Bob>",
    "{\\an8}",
    "{b}",
    "\\N",
    "<00:01.000>",
    "NOTE",
    "WEBVTT",
    "1",
    "00:00:01,000",
    "😀",
    "مرحبا",
    "\x00",
    "\u202eab\u2069",
]
TEXTS = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(ODD), max_size=6).map(" ".join))
WORD_TEXTS = TEXTS.map(str.strip).filter(bool)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Up to four speakers (names may be equal), segments with and without words, in order of time."""
    names = draw(st.lists(st.text(max_size=12), max_size=4))
    speakers = tuple(Speaker(f"S{n}", name) for n, name in enumerate(names, 1))
    clock = draw(st.integers(0, 90 * HOUR))
    segments = []
    for _ in range(draw(st.integers(0, 5))):
        start = clock + draw(st.integers(0, 5_000))
        clock = start + draw(st.integers(1, 20_000))
        speaker = draw(st.sampled_from([None, *(s.id for s in speakers)]))
        if draw(st.booleans()):
            segments.append(Segment(start, clock, draw(TEXTS), (), speaker, draw(st.none() | st.floats(0, 1))))
            continue
        words = draw(
            st.lists(
                st.builds(Word, WORD_TEXTS, st.just(start), st.just(clock), st.none(), st.booleans()),
                min_size=1,
                max_size=8,
            )
        )
        segments.append(Segment.from_words(words, speaker))
    return Transcript(
        tuple(segments),
        speakers,
        draw(st.sampled_from([None, "de", "zh"])),
        clock,
        Source(draw(TEXTS), draw(TEXTS), "id", clock, 1),
        EngineInfo("e", "m", "cpu", "translate", "p"),
    )


@settings(max_examples=40, deadline=None)
@given(transcripts())
def test_json_loses_nothing(transcript: Transcript):
    written = FORMATS["json"].write(transcript, WriteOptions())
    parsed = FORMATS["json"].read(written)
    assert parsed.transcript == transcript
    assert parsed.warnings == ()
    assert FORMATS["json"].write(parsed.transcript, WriteOptions()) == written


def letters(text: str) -> str:
    return re.sub(r"\s", "", printable(text))


@settings(max_examples=40, deadline=None)
@given(transcripts())
def test_vtt_keeps_all_text_and_who_said_it(transcript: Transcript):
    written = FORMATS["vtt"].write(transcript, WriteOptions())
    parsed = FORMATS["vtt"].read(written)
    back = parsed.transcript
    assert parsed.warnings in ((), ("Line 1: the file holds no subtitles.",))
    assert letters("".join(s.text for s in back.segments)) == letters("".join(s.text for s in transcript.segments))
    for name in {s.name for s in back.speakers}:
        ids = {s.id for s in transcript.speakers if " ".join(printable(s.name).split()) == name}
        said = "".join(s.text for s in transcript.segments if s.speaker in ids)
        assert letters("".join(s.text for s in back.segments if back.name_of(s.speaker) == name)) == letters(said)


@settings(max_examples=40, deadline=None)
@given(transcripts())
def test_srt_keeps_all_text(transcript: Transcript):
    written = FORMATS["srt"].write(transcript, WriteOptions(speaker_names="never"))
    back = FORMATS["srt"].read(written).transcript
    found = "".join((f"{back.name_of(s.speaker)}: " if s.speaker else "") + s.text for s in back.segments)
    # Text that looks like a name stands once at each change, so compare without it where there is any.
    if not back.speakers:
        assert letters(found) == letters("".join(s.text for s in transcript.segments))
    times = re.findall(r"^(\d\d+:\d\d:\d\d,\d{3}) --> (\d\d+:\d\d:\d\d,\d{3})$", written, re.MULTILINE)
    assert len(times) == len(back.segments)


# Subtitle formats, and to how many milliseconds they keep times.
PRECISION = {"srt": 1, "vtt": 1, "ttml": 1, "dfxp": 1, "sbv": 1, "ass": 10, "ssa": 10, "lrc": 10}
NAMES = ["Anna", "Jürgen von A.", "由紀", "O'Neill & Co"]


def _shown(text: str) -> str:
    """What a line must come back as; lines without a visible character are none."""
    return printable(re.sub("[\ufffe\uffff\u2060]", "", text))


LINES_SHOWN = TEXTS.map(_shown).filter(lambda line: line.strip() and split_name(line)[0] is None)


@st.composite
def cut_transcripts(draw: st.DrawFn, min_speakers: int = 0) -> Transcript:
    """Ready-made subtitles of one or two lines, each by one of the speakers; times in hundredths of a second."""
    speakers = tuple(Speaker(f"S{n}", name) for n, name in enumerate(NAMES[: draw(st.integers(min_speakers, 4))], 1))
    clock = draw(st.integers(0, 9 * HOUR))
    segments = []
    for _ in range(draw(st.integers(1, 5))):
        start = clock + draw(st.integers(0, 3000))
        clock = start + draw(st.integers(20, 9000))
        text = "\n".join(draw(st.lists(LINES_SHOWN, min_size=1, max_size=2)))
        segments.append(Segment(start, clock, text, (), draw(st.sampled_from([s.id for s in speakers] or [None]))))
    return Transcript(tuple(segments), speakers, None, clock)


def _assert_same(id: str, found: Segment, wanted: Segment, text: str) -> None:
    assert abs(found.start - wanted.start) <= PRECISION[id] / 2
    assert abs(found.end - wanted.end) <= PRECISION[id] / 2
    if id == "lrc":
        text = " ".join(text.split("\n"))  # a line cannot be broken there
    assert found.text == text


@pytest.mark.parametrize("id", PRECISION)
@settings(max_examples=40, deadline=None)
@given(cut_transcripts())
def test_times_text_and_lines_of_subtitles_come_back(id: str, transcript: Transcript):
    written = FORMATS[id].write(transcript, WriteOptions(recut=False, speaker_names="never"))
    parsed = FORMATS[id].read(written)
    assert parsed.warnings == ()
    for found, wanted in zip(parsed.transcript.segments, transcript.segments, strict=True):
        if "\n" in wanted.text or text_width(wanted.text) <= 42:
            _assert_same(id, found, wanted, wanted.text)
        else:
            _assert_same(id, found._replace(text=letters(found.text)), wanted, letters(wanted.text))


@pytest.mark.parametrize("id", PRECISION)
@settings(max_examples=40, deadline=None)
@given(cut_transcripts(min_speakers=2))
def test_who_speaks_comes_back_from_subtitles(id: str, transcript: Transcript):
    written = FORMATS[id].write(transcript, WriteOptions(recut=False, speaker_names="always"))
    back = FORMATS[id].read(written).transcript
    named = len({s.speaker for s in transcript.segments}) > 1 or id not in ("srt", "sbv", "lrc")
    for found, wanted in zip(back.segments, transcript.segments, strict=True):
        if named:
            assert back.name_of(found.speaker) == transcript.name_of(wanted.speaker)
            assert letters(found.text) == letters(wanted.text)
        else:  # one name alone before the text is not taken for one
            assert letters(found.text) == letters(f"{transcript.name_of(wanted.speaker)}: {wanted.text}")


@pytest.mark.parametrize("id", ["ass", "ssa", "ttml", "dfxp", "sbv"])
@settings(max_examples=60, deadline=None)
@given(transcripts())
def test_no_text_is_lost_when_subtitles_are_cut(id: str, transcript: Transcript):
    written = FORMATS[id].write(transcript, WriteOptions(recut=True, speaker_names="never"))
    back = FORMATS[id].read(written).transcript
    assume(not back.speakers)  # text that looks like a name
    found, said = ("".join(s.text for s in t.segments) for t in (back, transcript))
    assert sorted(letters(_shown(found))) == sorted(letters(_shown(said)))


@settings(max_examples=40, deadline=None)
@given(transcripts())
def test_plain_text_keeps_all_text(transcript: Transcript):
    written = FORMATS["txt"].write(transcript, WriteOptions(speaker_names="never"))
    assert letters(written) == letters("".join(s.text for s in transcript.segments))
    assert FORMATS["txt"].read(written).transcript.duration == 0


LINES = st.sampled_from(
    [
        "WEBVTT",
        "",
        "1",
        "2",
        "00:00:01,000 --> 00:00:02,000",
        "00:01.000 --> 00:02.000 align:start",
        "00:xx --> 1:2",
        "-->",
        "NOTE x",
        "STYLE",
        "<v A>x<00:01.500>y",
        "A: hello",
        "{",
        '{"segments": [{}]}',
        "[[",
        "&#xFFFFFFFF;",
        "<b",
        "0.5\t1.5\tA: hello",
        '"ooTextFile" "TextGrid" 0 1 <exists> 1 "IntervalTier" "A" 0 1 1 0 1 "x"',
        '{"transcription": [{"offsets": {"from": 1}}]}',
        '{"words": [{"word": "a", "start": 0}], "text": "b"}',
        '{"results": {"channels": [{"alternatives": [{"words": [{}]}]}]}}',
    ]
)
FILES = st.one_of(st.lists(LINES, max_size=12).map("\n".join), st.text(max_size=80))


@settings(max_examples=40, deadline=None)
@given(FILES, st.sampled_from([id for id, format in FORMATS.items() if format.read]))
def test_no_file_makes_a_reader_fail_in_another_way_than_by_its_own_error(text: str, id: str):
    for read in (FORMATS[id].read, lambda text: read_any(text, f"x.{id}")):
        with contextlib.suppress(FormatError):
            segments = read(text).transcript.segments
            assert all(s.end >= s.start >= 0 for s in segments)
            assert [s.start for s in segments] == sorted(s.start for s in segments)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_can_be_decoded(data: bytes):
    assert isinstance(decode_text(data), str)
