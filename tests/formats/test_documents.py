"""Documents for people: md, html, docx and pdf say the same, and can be read again by the usual tools."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import docx
import pypdf
import pytest

from studio.core.transcript import Segment, Speaker, Transcript
from studio.formats import FORMATS, WriteOptions, as_text, fonts

NOTED = WriteOptions(notes=True, date="22 November 2026")
DOCUMENTS = ["md", "html", "docx", "pdf"]


def text_of(id: str, written: str | bytes) -> str:
    """What a reader of the file sees, on one line."""
    if id == "docx":
        assert isinstance(written, bytes)
        file = docx.Document(io.BytesIO(written))
        text = "\n".join([*(p.text for p in file.paragraphs), *(c.text for c in file.comments)])
    elif id == "pdf":
        assert isinstance(written, bytes)
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(written)).pages)
    elif id == "html":
        assert isinstance(written, str)
        text = _Page(written).text
    else:
        assert isinstance(written, str)
        text = written.replace("**", "").replace("\\", "")
    return " ".join(text.split())


class _Page(HTMLParser):
    """The text of a page, and its elements, which must all be closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", list[tuple[str, dict[str, str | None]]]()
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open:
            self.text += data


@pytest.mark.parametrize("id", DOCUMENTS)
def test_a_document_tells_what_it_is_and_who_says_what_when(id: str, sample: Transcript):
    text = text_of(id, FORMATS[id].write(sample, NOTED))
    for part in ("köln", "22 November 2026", "Length: 0:00:20", "German", "Jürgen, Yūki", "Yūki", "0:00:08"):
        if id == "html":
            part = part.replace(": ", "")
        assert part in text
    for said in (
        "Grüße aus Köln!",
        "angeht: 3 < 5 & so.",
        "Ja --> gern. 今日はいい天気です。",
        "No words here, only a text.",
    ):
        assert said in text


def test_consecutive_segments_of_a_speaker_are_one_paragraph(sample: Transcript):
    file = docx.Document(io.BytesIO(FORMATS["docx"].write(sample, WriteOptions())))
    styles = [(p.style.name, p.text) for p in file.paragraphs]
    assert styles[0] == ("Title", "köln")
    assert styles[-6:-4] == [
        ("Turn", "Jürgen  0:00:00"),
        (
            "Normal",
            "Grüße aus Köln! Ich möchte heute über die Müllabfuhr sprechen, weil sie uns alle angeht: 3 < 5 & so.",
        ),
    ]
    turn = file.paragraphs[-6]
    assert [(run.text, run.style.name, run.style.font.bold) for run in turn.runs] == [
        ("Jürgen", "Speaker", True),
        ("  0:00:00", "Time", None),
    ]


def test_a_long_turn_is_cut_into_paragraphs():
    segments = tuple(Segment(i * 5000, i * 5000 + 4500, "Ein ganzer Satz von mir. " * 4, (), "S1") for i in range(60))
    page = _Page(FORMATS["html"].write(Transcript(segments, (Speaker("S1", "Anna"),)), WriteOptions()))
    lengths = len([1 for tag, _ in page.tags if tag == "p"])
    assert 4 <= lengths <= 8


def test_word_knows_title_and_language_but_no_author(sample: Transcript):
    file = docx.Document(io.BytesIO(FORMATS["docx"].write(sample, WriteOptions())))
    properties = file.core_properties
    assert (properties.title, properties.language, properties.author) == ("köln", "de", "")
    assert properties.created is None, "not the day of the library's template"


def test_arabic_is_set_from_right_to_left_in_word():
    transcript = Transcript((Segment(0, 1000, "مرحبا بالعالم"), Segment(4000, 5000, "Hello")), language="ar")
    file = docx.Document(io.BytesIO(FORMATS["docx"].write(transcript, WriteOptions())))
    marked = {p.text: bool(p._p.xpath("w:pPr/w:bidi")) for p in file.paragraphs}
    assert marked["مرحبا بالعالم"]
    assert not marked["Hello"]


def test_a_page_is_accessible_and_needs_no_other_file(sample: Transcript):
    twice = sample.with_segments((*sample.segments, sample.segments[-1]._replace(speaker="S2")))
    written = FORMATS["html"].write(twice, WriteOptions())
    page = _Page(written)
    tags = dict(page.tags)
    assert tags["html"] == {"lang": "de"}
    assert {"main", "h1", "title", "time"} <= tags.keys()
    assert "prefers-color-scheme: dark" in written
    assert "http" not in written
    ids = [attrs["id"] for tag, attrs in page.tags if "id" in attrs]
    assert ids == ["t500", "t8000", "t14000", "t14000-2"]
    assert ("time", {"datetime": "PT0.5S"}) in page.tags


def test_comments_and_flags_are_left_out_unless_wished(sample: Transcript):
    first = sample.segments[0]._replace(comment="Stimmt\ndas?", flagged=True)
    noted = sample.with_segments((first, *sample.segments[1:]))
    for id in DOCUMENTS:
        assert "Stimmt" not in text_of(id, FORMATS[id].write(noted, WriteOptions()))
        assert "Stimmt das?" in text_of(id, FORMATS[id].write(noted, NOTED))
    assert "Flagged, 0:00:00" in FORMATS["md"].write(noted, NOTED)
    assert "<mark>Grüße" in FORMATS["html"].write(noted, NOTED)
    file = docx.Document(io.BytesIO(FORMATS["docx"].write(noted, NOTED)))
    assert [c.text for c in file.comments] == ["Stimmt das?"]
    highlighted = [r.text for p in file.paragraphs for r in p.runs if r.font.highlight_color is not None]
    assert highlighted == [first.text]


def test_markdown_and_html_in_speech_stay_speech():
    said = "1. *not* _bold_ [link](x) `code` <script>alert(1)</script> # no &amp; | ~~x~~ \\"
    transcript = Transcript((Segment(0, 0, said),), (Speaker("S1", "<b>"),))
    assert text_of("html", FORMATS["html"].write(transcript, WriteOptions())).endswith(said)
    written = FORMATS["md"].write(transcript, WriteOptions())
    assert "<script>" not in written
    assert "1\\. \\*not\\* \\_bold\\_ \\[link\\]" in written


def test_names_and_times_are_left_out_where_there_are_none():
    untimed = FORMATS["txt"].read("Anna: Hello.\n\nBob: Hi.").transcript
    assert FORMATS["md"].write(untimed, WriteOptions()).endswith("**Anna**: Hello.\n\n**Bob**: Hi.\n")
    assert FORMATS["md"].write(untimed, WriteOptions(speaker_names="never")).endswith("\n\nHello.\n\nHi.\n")
    assert " id=" not in FORMATS["html"].write(untimed, WriteOptions())


def test_every_character_is_shown_or_replaced_by_a_mark():
    installed, lacking = fonts.covering(set("今日はПривет\U0001f9ff\U000e0fff"))
    assert "П" not in lacking or not installed, "whoever has fonts has Cyrillic"
    text = text_of("pdf", FORMATS["pdf"].write(Transcript((Segment(0, 1000, "a\U000e0fffb Ж ß"),)), WriteOptions()))
    assert text.count("a\ufffdb Ж ß") + text.count("a?b Ж ß") == 1


def test_a_document_is_previewed_as_text(sample: Transcript):
    text = as_text(sample, WriteOptions(date="today"))
    assert text.startswith("köln\n\nDate: today\nLength: 0:00:20\n")
    assert "\n\nYūki  0:00:08\nJa --> gern. 今日はいい天気です。\n\n" in text
