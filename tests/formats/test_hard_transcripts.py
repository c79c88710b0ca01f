"""Every format with every transcript that is hard to write: a file or a sentence, never a traceback."""

from __future__ import annotations

import io
import re

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Speaker, Transcript, Word
from studio.formats import FORMATS, WriteOptions, read_any

NAMESAKES = tuple(Speaker(f"S{n}", "Anna") for n in (1, 2, 3))


def _timed(*texts: str) -> Transcript:
    segments = tuple(Segment(n * 4000, n * 4000 + 3500, t, (), f"S{n % 3 + 1}") for n, t in enumerate(texts))
    return Transcript(segments, NAMESAKES, "en", 60_000)


HARD = {
    "empty": Transcript(),
    "no times": Transcript((Segment(0, 0, "Hello.", (), "S1"), Segment(0, 0, "Hi.")), NAMESAKES),
    "no words": _timed("Hello there.", "Hi."),
    "only empty texts": _timed("", " ", "\n"),
    "right to left": _timed("مرحبا بالعالم، كيف حالك؟", "שלום 123 abc"),
    "chinese and japanese": _timed("今天天氣很好,我們去公園。", "今日はいい天気です。", "안녕하세요 여러분"),
    "emoji": _timed("😀👨‍👩‍👧‍👦 🏳️‍🌈 e\u0301 नमस्ते ไทย"),
    "control characters": _timed("a\x00b\x07c\x1bd\x7fe\u2028f\ufffeg\x0bh\ti", "\x00"),
    "one speaker's name three times": _timed("One.", "Two.", "Three.", "Four."),
    "a word of 3000 characters": _timed("x" * 3000, "ü" * 3000, "今" * 3000),
    "lines": _timed("- Yes.\n- No.", "one\n\n\ntwo"),
    "markup": _timed("<b>&amp;</b> --> {\\an8} \\N **x** | \"a\" 'b' ]]> %s {0}"),
    "overlap": Transcript((Segment(0, 9000, "a", (), "S1"), Segment(10, 20, "b", (), "S1")), NAMESAKES),
    "no length": Transcript((Segment(5000, 5000, "now", (Word("now", 5000, 5000),), "S1"),), NAMESAKES),
    "a hundred hours in": Transcript((Segment(360_000_000, 360_001_000, "late", (), "S1"),), NAMESAKES),
    "an unlisted speaker": Transcript((Segment(0, 1000, "who?", (), "S9"),)),
    "an odd name": Transcript((Segment(0, 1000, "x", (), "S1"),), (Speaker("S1", "\x00 : <v> \t\n"),)),
}


@pytest.mark.parametrize("notes", [False, True])
@pytest.mark.parametrize("id", FORMATS)
@pytest.mark.parametrize("what", HARD)
def test_a_file_or_a_sentence(what: str, id: str, notes: bool):
    format = FORMATS[id]
    try:
        written = format.write(HARD[what], WriteOptions(notes=notes))
    except FormatError:
        assert what == "no times" or id == "rttm"
        return
    if isinstance(written, bytes):
        assert format.encoding == "none"
        _open(id, written)
        return
    assert written.encode("utf-8").decode("utf-8") == written
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", written)
    if format.read and written.strip():
        read_any(written, f"x{format.suffix}")


def _open(id: str, written: bytes) -> None:
    if id == "docx":
        docx.Document(io.BytesIO(written))
    else:
        assert len(pypdf.PdfReader(io.BytesIO(written)).pages) >= 1


@pytest.mark.parametrize("id", ["docx", "html", "md"])
def test_a_word_of_3000_characters_is_whole(id: str):
    written = FORMATS[id].write(HARD["a word of 3000 characters"], WriteOptions())
    text = (
        "".join(p.text for p in docx.Document(io.BytesIO(written)).paragraphs)
        if isinstance(written, bytes)
        else written
    )
    assert "x" * 3000 in text


TEXTS = st.text(max_size=40)
SPOKEN = st.builds(
    lambda start, length, text, speaker: Segment(start, start + length, text, (), speaker),
    st.integers(0, 10_000_000),
    st.integers(1, 20_000),
    TEXTS,
    st.sampled_from([None, "S1", "S2"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SPOKEN, max_size=5), TEXTS, st.sampled_from(["md", "html", "docx", "csv", "tsv", "rttm"]))
def test_any_text_can_be_written(segments: list[Segment], name: str, id: str):
    speakers = (Speaker("S1", name), Speaker("S2", "Bob"))
    transcript = Transcript(tuple(sorted(segments, key=lambda s: s.start)), speakers)
    try:
        written = FORMATS[id].write(transcript, WriteOptions(notes=True))
    except FormatError:
        assert id == "rttm"
        return
    if isinstance(written, bytes):
        _open(id, written)
    else:
        assert written.encode("utf-8").decode("utf-8") == written


@settings(max_examples=40, deadline=None)
@given(st.lists(SPOKEN, max_size=5), st.sampled_from(["textgrid", "audacity"]))
def test_text_comes_back_from_data_formats(segments: list[Segment], id: str):
    transcript = Transcript(
        tuple(sorted(segments, key=lambda s: s.start)), (Speaker("S1", "Anna"), Speaker("S2", "Bob"))
    )
    back = FORMATS[id].read(FORMATS[id].write(transcript, WriteOptions(speaker_names="never"))).transcript
    found = sorted(
        (back.name_of(s.speaker) if s.speaker and id == "audacity" else "") + s.text for s in back.segments if s.text
    )
    said = sorted(text for s in transcript.segments if (text := _shown(s.text)))
    if not (id == "audacity" and back.speakers):  # a text that looks like a name is read as one
        assert found == said


def _shown(text: str) -> str:
    from studio.formats.base import printable

    return printable(text)
