"""What the readers of the less common subtitles understand, and what they say about the rest."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Speaker, Transcript, Word
from studio.formats import FORMATS, READ_ONLY, Parsed, WriteOptions, read_any

READERS = {f.suffix: f.read for f in FORMATS.values()} | READ_ONLY


def read(text: str, name: str) -> Parsed:
    reader = READERS[PurePath(f"x{name}").suffix]
    assert reader is not None
    return reader(text)


def cues(text: str, name: str) -> list[tuple[int, int, str]]:
    return [(s.start, s.end, s.text) for s in read(text, name).transcript.segments]


ASS = "[Script Info]\n\n[Events]\nFormat: Layer, Start, End, Style, Name, Effect, Text\n"  # events begin at line 5


def event(text: str, name: str = "", times: str = "0:00:01.00,0:00:03.00") -> str:
    return f"Dialogue: 0,{times},Default,{name},,{text}\n"


def test_ass_codes_become_text_and_lines():
    text = ASS + event(r"One\Ntwo\nthree\hfour, \{five\} \\ {\i1}six{\i0}")
    assert cues(text, ".ass") == [(1000, 3000, "One\ntwo\nthree\u00a0four, {five} \\\\ six")]


def test_ass_says_what_it_leaves_out():
    parsed = read(
        ASS
        + event(r"{\an8\pos(1,2)}Up here")
        + event(r"Said{a note} so")
        + event(r"{\p1}m 0 0 l 10 0{\p0}")
        + event(r"{\p1}m 0 0 l 10 0{\p0}Label")
        + "Comment: 0,0:00:01.00,0:00:03.00,Default,,,Who is this?\n"
        + "Dialogue: 0,0:00:0x.00,0:00:03.00,Default,,,Lost\n"
        + "what is this\n"
        + event("Back", times="0:00:03.00,0:00:01.00"),
        ".ass",
    )
    assert [s.text for s in parsed.transcript.segments] == ["Up here", "Said so", "Label", "Back"]
    assert parsed.warnings == (
        "Line 6: the note “a note” was left out.",
        "Line 7: a drawing was left out.",
        "Line 8: a drawing was left out.",
        "Line 9: “Comment: 0,0:00:01.00,0:00:03.00,Default,,,Who is this?” is not shown by players and was left out.",
        "Line 10: “Dialogue: 0,0:00:0x.00,0:00:03.00,Default,,,Lost” has no pair of times or no text and was left out.",
        "Line 11: “what is this” is not a subtitle and was left out.",
        "Line 12: the subtitle ends before it starts; its end was set to its start.",
        "Line 5: fonts, colours and positions are not kept (1 in all).",
    )


def test_ass_karaoke_times_words_and_joins_syllables():
    (segment,) = read(ASS + event(r"{\k50}Hel{\kf30}lo {\k20}you{\k0}\N{\K100}there"), ".ass").transcript.segments
    assert segment.words == (
        Word("Hello", 1000, 1800),
        Word("you", 1800, 2000),
        Word("there", 2000, 3000, line=True),
    )
    (phrases,) = read(ASS + event(r"{\k50}Hello you {\k50}there"), ".ass").transcript.segments
    assert (phrases.text, phrases.words) == ("Hello you there", ())


def test_ass_names_are_speakers():
    transcript = read(ASS + event("Hi.", "Anna") + event("Me.", "NTP") + event("Yes.", " Bob "), ".ass").transcript
    assert [transcript.name_of(s.speaker) for s in transcript.segments] == ["Anna", "", "Bob"]


@pytest.mark.parametrize("id", ["ass", "ssa"])
def test_a_comma_in_a_name_comes_back_from_ass(id: str):
    speakers = (Speaker("S1", "Meyer, Anna"), Speaker("S2", "Bob; Eve"))
    said = (Segment(0, 1000, "One, two", (), "S1"), Segment(1000, 2000, "Three", (), "S2"))
    written = FORMATS[id].write(Transcript(said, speakers), WriteOptions())
    assert all(line.count(",") == 9 + line.endswith("two") for line in written.splitlines()[-2:])
    back = FORMATS[id].read(written).transcript
    assert [(back.name_of(s.speaker), s.text) for s in back.segments] == [
        ("Meyer, Anna", "One, two"),
        ("Bob; Eve", "Three"),
    ]


def test_ass_fields_stand_in_the_order_that_the_file_names():
    text = "[Events]\nFormat: Start, End, Actor, Text\nDialogue: 0:00:01.00,0:00:02.00,Anna,Yes, really.\n"
    assert cues(text, ".ssa") == [(1000, 2000, "Yes, really.")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[Script Info]\nTitle: x\n", "Line 3: the file ends without “.Events.”"),
        ("[Events]\nFormat: Start, Text, End\n", "Line 2: .* does not name Start, End and, at the end, Text"),
    ],
)
def test_ass_without_events_is_refused(text: str, problem: str):
    with pytest.raises(FormatError, match=problem):
        read(text, ".ass")


def timed_text(body: str, head: str = "", attributes: str = "") -> str:
    root = f'xmlns="http://www.w3.org/ns/ttml" {attributes} xml:lang="de-AT"'
    return f"<tt {root}><head>{head}</head>\n<body>{body}</body></tt>"


@pytest.mark.parametrize(
    ("begin", "end", "attributes"),
    [
        ("00:00:01.500", "00:00:03.000", ""),
        ("00:00:01,5", "00:00:03", ""),
        ("1.5s", "3000ms", ""),
        ("0.025m", "0.0008333333h", ""),
        ("00:00:01:12", "00:00:03:00", 'ttp:frameRate="24"'),
        ("36f", "72f", 'ttp:frameRate="24"'),
        ("00:00:01:15", "90f", ""),  # 30 frames a second
        ("135000t", "270000t", 'ttp:tickRate="90000"'),
        ("36t", "72t", 'ttp:frameRate="24"'),
    ],
)
def test_timed_text_knows_all_notations_of_times(begin: str, end: str, attributes: str):
    body = f'<div><p begin="{begin}" end="{end}">x</p></div>'
    assert cues(timed_text(body, attributes=attributes), ".ttml") == [(1500, 3000, "x")]


def test_timed_text_frames_may_be_those_of_american_television():
    text = timed_text(
        '<p begin="30f" dur="30f">x</p>', attributes='ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"'
    )
    assert cues(text, ".ttml") == [(1001, 2002, "x")]


def test_timed_text_times_are_relative_to_those_around():
    body = '<div begin="10s" end="20s"><p begin="1s" dur="2s">a</p><p begin="5s" end="30s">b</p><p>c</p></div>'
    assert cues(timed_text(body), ".ttml") == [(10000, 20000, "c"), (11000, 13000, "a"), (15000, 20000, "b")]
    body = '<div timeContainer="seq"><p dur="2s">a</p><p begin="1s" dur="2s">b</p></div>'
    assert cues(timed_text(body), ".ttml") == [(0, 2000, "a"), (3000, 5000, "b")]


def test_timed_text_spaces_and_breaks():
    said = "\n  One <span>two\n <span>three</span></span><br/>\n<metadata>no</metadata>four &eacute;"
    assert cues(timed_text(f'<p begin="0s" end="1s">{said}</p>'), ".ttml") == [(0, 1000, "One two three\nfour é")]
    kept = '<p begin="0s" end="1s" xml:space="preserve">One\ntwo</p>'
    assert cues(timed_text(kept), ".dfxp") == [(0, 1000, "One\ntwo")]


def test_timed_text_agents_are_speakers():
    head = '<metadata><ttm:agent xml:id="a1"><ttm:name>Anna</ttm:name></ttm:agent></metadata>'
    body = '<div ttm:agent="a1"><p begin="0s" end="1s">Hi.<br/><span ttm:agent="other">Oh.</span></p></div>'
    transcript = read(timed_text(body, head), ".ttml").transcript
    assert [(s.text, transcript.name_of(s.speaker)) for s in transcript.segments] == [("Hi.", "Anna"), ("Oh.", "other")]
    assert transcript.language == "de"


def test_timed_text_spans_with_times_are_words_or_subtitles():
    spans = '<span begin="{}s" end="{}s">{}</span>'
    words = f'<p begin="1s" end="3s">{spans.format(0, 1, "One")} {spans.format(1, 2, "two")}</p>'
    (segment,) = read(timed_text(words), ".ttml").transcript.segments
    assert segment.words == (Word("One", 1000, 2000), Word("two", 2000, 3000))
    phrases = f"<p>{spans.format(1, 2, 'One two')} {spans.format(2, 3, 'three')}</p>"
    assert cues(timed_text(phrases), ".ttml") == [(1000, 2000, "One two"), (2000, 3000, "three")]


def test_timed_text_says_what_it_leaves_out_or_mends():
    body = '<p begin="soon">a</p>\n<p>b</p>\n<p begin="4s" end="3s">c</p>\n<p begin="5s">d</p>'
    body += '<p begin="7s" dur="1s">e</p>'
    parsed = read(timed_text(body), ".ttml")
    assert [(s.start, s.end, s.text) for s in parsed.transcript.segments] == [
        (4000, 4000, "c"),
        (5000, 7000, "d"),
        (7000, 8000, "e"),
    ]
    assert parsed.warnings == (
        "Line 2: “soon” is not a time; “a” was left out.",
        "Line 3: “b” has no times and was left out.",
        "Line 4: the subtitle ends before it starts; its end was set to its start.",
        "Line 5: the subtitle has no end; it lasts until the next one.",
    )


ELSEWHERE = '<!DOCTYPE tt SYSTEM "file:///etc/passwd"><tt><body>&x;</body></tt>'
BOMB = '<!DOCTYPE tt [<!ENTITY a "aaaa">\n<!ENTITY b "&a;&a;">]><tt><body><p begin="0s" end="1s">&b;</p></body></tt>'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<tt>\n<body>\n<p>", "Line 3: the XML is broken here"),
        ("\n\n<tt>\n<body></tt>", "Line 4: the XML is broken here .mismatched tag."),
        ("<html><body/></html>", "Line 1: the document is “html”, not “tt”"),
        (BOMB, "Line 1: the file declares the entity “a”"),
        (
            '<!DOCTYPE tt SYSTEM "file:///etc/passwd"><tt><body>&x;</body></tt>',
            "Line 1: nothing says what “&x;” stands for",
        ),
    ],
)
def test_timed_text_that_is_broken_or_dangerous_is_refused(text: str, problem: str):
    with pytest.raises(FormatError, match=problem):
        read(text, ".ttml")


def test_youtube_captions_have_lines_names_and_what_was_mended():
    text = (
        "0:00:01.000,0:00:02.000\n>> ANNA: One[br]two\n\n0:00:03.000,0:00:04.000\n>> BOB: Hi.\n\n"
        "Lost\n\n0:00:06.000,0:00:05.000\nx\n"
    )
    parsed = read(text, ".sbv")
    names = [parsed.transcript.name_of(s.speaker) for s in parsed.transcript.segments]
    assert (names, cues(text, ".sbv")) == (
        ["ANNA", "BOB", "BOB"],
        [(1000, 2000, "One\ntwo"), (3000, 4000, "Hi.\nLost"), (6000, 6000, "x")],
    )
    assert parsed.warnings == (
        "Line 7: “Lost” has no times; it was added to the subtitle before it.",
        "Line 9: the subtitle ends before it starts; its end was set to its start.",
    )


def test_youtube_captions_may_speak_of_times():
    assert cues("0:00:01.000,0:00:02.000\n12:30, 14:15\n", ".sbv") == [(1000, 2000, "12:30, 14:15")]
    with pytest.raises(FormatError, match="Line 4: “0:00:0x,0:00:02” is not a pair of times"):
        read("0:00:01.000,0:00:02.000\na\n\n0:00:0x,0:00:02\nb\n", ".sbv")


def test_song_texts_repeat_lines_shift_and_time_words():
    text = "[ar:X]\n[offset:+500]\n[00:10.50][00:20.50]Again\n[00:12.50]<00:12.50>Two <00:13.00>words\n[00:14.5]\n"
    parsed = read(text, ".lrc")
    assert cues(text, ".lrc") == [(10000, 12000, "Again"), (12000, 14000, "Two words"), (20000, 24000, "Again")]
    assert parsed.transcript.segments[1].words == (Word("Two", 12000, 12500), Word("words", 12500, 14000))
    assert parsed.warnings == ()


def test_song_texts_with_two_languages_and_with_lines_that_have_no_time():
    text = "[00:01.00]Hallo\n[00:01.00]Hello\n[01:02:03.00]Late\nmore\n"
    assert cues(text, ".lrc") == [(1000, 3723000, "Hallo\nHello"), (3723000, 3727000, "Late\nmore")]
    assert read(text, ".lrc").warnings == ("Line 4: “more” has no time; it was added to the line before it.",)
    with pytest.raises(FormatError, match=r"Line 2: “\[00:xx\]Lost” does not begin with a time"):
        read("[00:01.00]a\n[00:xx]Lost\n", ".lrc")


def test_microdvd_counts_in_the_frames_that_it_names():
    text = "{1}{1}25.000\n{25}{50}{y:i}One|two\n{100}{}Three\n{150}{125}Four\n"
    assert cues(text, ".sub") == [(1000, 2000, "One\ntwo"), (4000, 6000, "Three"), (6000, 6000, "Four")]
    assert [w.split(":")[0] for w in read(text, ".sub").warnings] == ["Line 3", "Line 4"]
    with pytest.raises(FormatError, match=r"Line 2: “\{10\}x” does not begin with two times"):
        read("{1}{2}a\n{10}x\n", ".sub")


def test_other_old_kinds():
    assert cues("[10][25]/One|/two\n", ".mpl2") == [(1000, 2500, "One\ntwo")]
    assert cues("$FontSize = 28\n00:00:01:05 , 00:00:02:00 , ^IOne^I | two\n", ".stl") == [(1200, 2000, "One\ntwo")]
    assert cues("[INFORMATION]\n[TITLE]x\n[SUBTITLE]\n00:00:01.20,00:00:02.00\nOne[br]two\n", ".sub") == [
        (1200, 2000, "One\ntwo")
    ]
    sami = "<SYNC Start=1000><P Class=A>One<br>two &amp; 1 < 2\n<SYNC Start=2000>&nbsp;"
    assert cues(f"<SAMI><HEAD><TITLE>no</TITLE></HEAD>\n<BODY>{sami}", ".smi") == [(1000, 2000, "One\ntwo & 1 < 2")]
    broken = read("<SYNC Start=1000>a\n<SYNC>b\n", ".sami")
    assert broken.warnings == ("Line 2: “<SYNC>” has no time; “b” was left out.",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ASS + event("x"), "renamed.txt"),
        (ASS + event("x"), "without ending"),
        ('<?xml version="1.0"?>\n<!-- made by hand -->\n' + timed_text('<p begin="1s" end="3s">x</p>'), "captions.xml"),
        ("{24}{72}x", "film.sub"),
        ("1\n00:00:01,000 --> 00:00:03,000\nx", "film.sub"),
    ],
)
def test_the_kind_is_known_by_content_or_ending(text: str, name: str):
    assert [s.text for s in read_any(text, name).transcript.segments] == ["x"]


_SMI = "<SAMI><BODY><SYNC Start=0><P>plain<SYNC Start=900><P>%s<SYNC Start=1900><P>&nbsp;</BODY></SAMI>"
_TT = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"><body><div>\n%s\n</div></body></tt>'
_P = '<p begin="1s" end="2s">%s</p>'


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (".srt", "1\n00:00:01,000 --> 00:00:02,000\n<i>said</i> aside\n", 2),
        (".srt", "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}said aside\n", 2),
        (".srt", '1\n00:00:01,000 --> 00:00:02,000\n<font color="#ff0000">said</font> aside\n', 2),
        (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>said <i>aside</i>\n", 3),
        (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<c.yellow>said</c> aside\n", 3),
        (".smi", _SMI % "<i>said</i> aside", 1),
        (".ttml", _TT % (_P % 'said <span tts:fontStyle="italic">aside</span>'), 2),
    ],
)
def test_that_looks_are_not_kept_is_told(name: str, text: str, line: int) -> None:
    parsed = read(text, name)
    assert parsed.transcript.segments[-1].text == "said aside"
    assert parsed.warnings == (f"Line {line}: italics, colours and the like are not kept (1 in all).",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".srt", "1\n00:00:01,000 --> 00:00:02,000\n2 < 3, {no} code\n"),
        (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>said <lang de>so</lang> <00:01.500>plainly\n"),
        (".smi", _SMI % "said<br>plainly"),
        (".ttml", _TT % (_P % 'said <span xml:lang="de">so</span>')),
    ],
)
def test_text_without_looks_is_read_without_a_word(name: str, text: str) -> None:
    assert read(text, name).warnings == ()
