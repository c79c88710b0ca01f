"""Reading what people have: lenient where nothing is lost, otherwise a sentence with the line."""

from __future__ import annotations

import pytest

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Transcript, Word
from studio.formats import FORMATS, decode_text, read_any


def srt(text: str) -> list[tuple[int, int, str]]:
    return [(s.start, s.end, s.text) for s in FORMATS["srt"].read(text).transcript.segments]


def vtt(text: str) -> Transcript:
    return FORMATS["vtt"].read(f"WEBVTT\n\n{text}").transcript


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01,500 --> 00:00:02,000\nHello.\n\n2\n00:00:03,000 --> 00:00:04,000\nYou.\n",
        "\ufeff1\r\n00:00:01,500 --> 00:00:02,000\r\nHello.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nYou.\r\n",
        "00:00:01,500 --> 00:00:02,000\nHello.\n\n00:00:03,000 --> 00:00:04,000\nYou.",  # no numbers
        "1\n00:00:01.5 --> 00:00:02\nHello.\n2\n0:03,000-->0:04,000\nYou.",  # dots, no blank line, short times
        "1\n\n00:00:01,500 --> 00:00:02,000\n\nHello.\n\n\n7\n00:00:03,000 --> 00:00:04,000 X1:1 Y1:2\nYou.",
        "1\n00:00:01,500 --> 00:00:02,000\n<b>{\\an8}Hel</b>lo.\n\n2\n00:00:03,000 --> 00:00:04,000\n"
        '<font color="#fff">You.</font>',
    ],
)
def test_srt_in_all_its_dialects(text: str):
    assert srt(text) == [(1500, 2000, "Hello."), (3000, 4000, "You.")]


def test_srt_text_that_is_a_number_or_has_blank_lines_stays_text():
    assert srt("1\n00:00:01,000 --> 00:00:02,000\n42\n\n2\n00:00:03,000 --> 00:00:04,000\na\n\nb\n\n1984\n") == [
        (1000, 2000, "42"),
        (3000, 4000, "a\nb\n1984"),
    ]


def test_srt_without_numbers_keeps_text_that_is_a_number():
    text = (
        "00:00:01,000 --> 00:00:02,000\n42\n\n00:00:03,000 --> 00:00:04,000\na\n\n7\n\n00:00:05,000 --> 00:00:06,000\n8"
    )
    assert srt(text) == [(1000, 2000, "42"), (3000, 4000, "a\n7"), (5000, 6000, "8")]


def test_srt_tags_and_references_become_text():
    text = "1\n00:00:01,000 --> 00:00:02,000\n<i>a</i> &lt;b&gt; &amp; 1 < 2<br>AT&T {y:i}c\n"
    assert srt(text) == [(1000, 2000, "a <b> & 1 < 2\nAT&T c")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1\n00:00:01,000 --> 00:00:xx\nHello.", "Line 2:"),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello.\n\n2\nNo times.\n\n3\n00:00:05,000 --> 00:00:06,000\nx", "Line 5:"),
        ("\nOnce upon a time", "Line 2:"),
    ],
)
def test_srt_that_cannot_be_placed_is_refused_with_its_line(text: str, line: str):
    with pytest.raises(FormatError, match=line):
        FORMATS["srt"].read(text)


def test_times_that_run_backwards_are_kept_with_a_warning():
    for id, head in (("srt", "1\n00:00:05,000 --> 00:00:04,000\nx"), ("vtt", "WEBVTT\n\n00:05.000 --> 00:04.000\nx")):
        parsed = FORMATS[id].read(head)
        assert [(s.start, s.end) for s in parsed.transcript.segments] == [(5000, 5000)]
        assert "ends before it starts" in parsed.warnings[0]


def test_srt_names_become_speakers_where_two_occur():
    head = "1\n00:00:0{0},000 --> 00:00:0{0},900\n{1}\n\n"
    text = head.format(1, "Anna: Hi.") + head.format(2, "Still me.") + head.format(3, "Bob: Hello.")
    transcript = FORMATS["srt"].read(text).transcript
    assert [(s.text, transcript.name_of(s.speaker)) for s in transcript.segments] == [
        ("Hi.", "Anna"),
        ("Still me.", "Anna"),
        ("Hello.", "Bob"),
    ]
    assert srt(head.format(1, "Note: one name only.")) == [(1000, 1900, "Note: one name only.")]


def test_vtt_voices_become_speakers_and_cut_a_cue():
    transcript = vtt("00:01.000 --> 00:02.000\n<v.loud Anna>Hi &amp; <i>you</i></v> <v Bob>Hello\n\n")
    assert [(s.start, s.end, s.text, s.speaker) for s in transcript.segments] == [
        (1000, 2000, "Hi & you", "S1"),
        (1000, 2000, "Hello", "S2"),
    ]
    assert [s.name for s in transcript.speakers] == ["Anna", "Bob"]


def test_vtt_time_tags_make_words_only_where_each_word_has_one():
    (timed,) = vtt("00:01.000 --> 00:03.000\nOne<00:01.500><c> two</c><00:02.000><c> three</c>").segments
    assert timed.words == (Word("One", 1000, 1500), Word("two", 1500, 2000), Word("three", 2000, 3000))
    (outside,) = vtt("00:01.000 --> 00:03.000\nOne<00:00.500> two<00:09.000> three").segments
    assert outside.words == (Word("One", 1000, 1000), Word("two", 1000, 3000), Word("three", 3000, 3000))
    (karaoke,) = vtt("00:01.000 --> 00:03.000\nOne two<00:01.500> three").segments
    assert karaoke == Segment(1000, 3000, "One two three")


def test_vtt_header_may_name_the_language():
    parsed = FORMATS["vtt"].read("WEBVTT\nKind: captions\nLanguage: de\n\n00:01.000 --> 00:02.000\nJa.")
    assert parsed.transcript.language == "de"


def test_vtt_that_players_skip_is_reported_with_its_line():
    text = "WEBVTT\n\nNOTE fine\n\nloose text\n\n00:xx --> 00:02.000\nlost\n\n00:01 --> 0:02,5\nclear\n"
    parsed = FORMATS["vtt"].read(text)
    assert [(s.start, s.end, s.text) for s in parsed.transcript.segments] == [(1000, 2500, "clear")]
    assert [w.split(":")[0] for w in parsed.warnings] == ["Line 5", "Line 7", "Line 10"]
    assert "“lost”" in parsed.warnings[1]


def test_vtt_tags_may_nest_without_bound():
    (segment,) = vtt("00:01.000 --> 00:02.000\n" + "<b>" * 5000 + "deep").segments
    assert segment.text == "deep"


def test_vtt_without_its_signature_is_refused():
    with pytest.raises(FormatError, match="Line 1: “WEBVTTX”"):
        FORMATS["vtt"].read("WEBVTTX\n\n00:01.000 --> 00:02.000\nx")


def test_plain_text_names_are_speakers_and_lines_are_joined():
    transcript = FORMATS["txt"].read("Anna: One\ntwo.\nBob: Three.\n\nAnna: Four: five.\n").transcript
    assert [(s.text, transcript.name_of(s.speaker)) for s in transcript.segments] == [
        ("One two.", "Anna"),
        ("Three.", "Bob"),
        ("Four: five.", "Anna"),
    ]
    assert {(s.start, s.end) for s in transcript.segments} == {(0, 0)}


def test_plain_prose_has_no_speakers():
    transcript = FORMATS["txt"].read("A title\n\nThen this: a colon.\n\nAnd more.").transcript
    assert transcript.speakers == ()
    assert len(transcript.segments) == 3


def test_json_of_a_service_is_read():
    text = """{"text": "Hello, you.", "language": "en", "duration": 1.5,
      "segments": [{"start": 0.0, "end": 1.2, "text": " Hello, you.", "speaker": "Speaker 1", "confidence": 0.95,
        "words": [{"word": " Hello,", "start": 0.0, "end": 0.4}, {"word": " you.", "start": 0.5, "end": 0.9}]},
        {"start": 1.2, "end": 1.5, "text": "Bye!", "words": [{"word": "bye", "start": 1.2, "end": 1.5}]}]}"""
    transcript = FORMATS["json"].read(text).transcript
    first, second = transcript.segments
    assert first == Segment(0, 1200, "Hello, you.", (Word("Hello,", 0, 400), Word("you.", 500, 900)), "S1", 0.95)
    assert second == Segment(1200, 1500, "Bye!", (Word("Bye!", 1200, 1500),))
    assert [s.name for s in transcript.speakers] == ["Speaker 1"]


def test_json_words_that_are_not_the_text_are_left_out_with_a_warning():
    text = '{"segments": [{"start": 0, "end": 1, "text": "a b", "words": [{"word": "c", "start": 0, "end": 1}]}]}'
    parsed = FORMATS["json"].read(text)
    assert parsed.transcript.segments == (Segment(0, 1000, "a b"),)
    assert parsed.warnings[0].startswith("segments[0]:")


def test_json_with_half_a_character_can_still_be_saved():
    parsed = FORMATS["json"].read('{"segments": [{"start": 0, "end": 1, "text": "a\\ud800b \\ud83d\\ude00"}]}')
    assert parsed.transcript.text == "a?b 😀"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"segments": [{"start": 0, "end": 1, "text": "a"}, {"start": "0", "end": 1}]}', r"segments\[1\].start"),
        ('{"segments": [{"start": 0, "end": true}]}', r"segments\[0\].end"),
        ('{"segments": [{"start": -1, "end": 1}]}', r"segments\[0\].start"),
        ('{"segments": [{"start": 0, "end": 1e999}]}', r"segments\[0\].end"),
        ('{"segments": [{"start": 0, "end": 1, "words": [{"word": 5}]}]}', r"segments\[0\].words\[0\]"),
        ('{"segments": [{"start": 0, "end": 1, "speaker": 1}]}', r"segments\[0\].speaker"),
        ('{"segments": [{"start": 0, "end": 1, "speaker": "A", "speaker_id": "S7"}]}', r"segments\[0\].speaker_id"),
        ('{"segments": {}}', "segments"),
        ('{"speakers": [1], "segments": []}', r"speakers\[0\]"),
        ('{"version": 2, "segments": []}', "newer version"),
        ('{"format": "other", "segments": []}', "another kind"),
        ('{"segments": [{"start": NaN, "end": 1}]}', "NaN"),
        ('{"text": "x"}', "no “segments”"),
        ("[]", "the whole file"),
        ('{\n "segments": [', "Line 2, column"),
        ("[" * 100_000, "cannot be read"),
        ('{"segments": [{"start": ' + "9" * 5000 + "}]}", "cannot be read"),
    ],
)
def test_json_of_the_wrong_shape_is_refused_with_the_place(text: str, place: str):
    with pytest.raises(FormatError, match=place):
        FORMATS["json"].read(text)


@pytest.mark.parametrize(
    ("text", "name", "segments"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx", "renamed.srt", 1),
        ("1\n00:00:01,000 --> 00:00:02,000\nx", "renamed.txt", 1),
        ("1\n00:00:01,000 --> 00:00:02,000\nx", "no header.vtt", 1),
        ('{"segments": []}', "without suffix", 0),
        ("Hello.", "notes.TXT", 1),
        ("Hello.", ".txt", 1),
    ],
)
def test_the_content_says_what_a_file_is_where_its_name_does_not(text: str, name: str, segments: int):
    assert len(read_any(text, name).transcript.segments) == segments


def test_an_unknown_kind_and_an_empty_file_are_refused_by_name():
    with pytest.raises(FormatError, match=r"“film.mkv” is of a kind that cannot be read. These can: .srt, .vtt, "):
        read_any("Hello.", "film.mkv")
    with pytest.raises(FormatError, match=r"“film.srt” is empty."):
        read_any("\n", "film.srt")
    with pytest.raises(FormatError, match=r"“film.srt” cannot be read. Line 1:"):
        read_any("Hello.", "film.srt")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Grüße, 今日は"),
        ("utf-8-sig", "Grüße, 今日は"),
        ("utf-16", "Grüße, 今日は"),
        ("cp1252", "1\n00:00:01,000 --> 00:00:02,000\nGrüße aus Köln\n"),
        ("cp1252", "C'est déjà l'été, où êtes-vous ? À bientôt, señor – “ça va”."),
        ("cp1251", "1\n00:00:01,000 --> 00:00:02,000\nПривет, как дела?\n"),
        ("cp1250", "1\n00:00:01,000 --> 00:00:02,000\nPříliš žluťoučký kůň\n"),
        ("big5", "1\n00:00:01,000 --> 00:00:02,000\n今天天氣很好,我們去公園。\n"),
        ("utf-16-le", "Hello there, Grüße"),
        ("utf-16-be", "Hello there, Grüße"),
        ("utf-32", "Grüße, 今日は"),
        ("cp1252", "Die Müllabfuhr fährt früh über die Brücke, und die Bürger hören schläfrig zu. " * 3),
        ("cp1251", "Сегодня хорошая погода, и мы пойдём гулять в парк вместе с друзьями. " * 3),
        ("shift_jis", "今日はとてもいい天気ですから、みんなで公園に行きましょう。" * 3),
    ],
)
def test_text_is_decoded_whatever_its_encoding(encoding: str, text: str):
    assert decode_text(text.encode(encoding)) == text


@pytest.mark.parametrize("id", ["srt", "vtt"])
def test_a_reference_of_thousands_of_digits_is_no_character(id: str):
    head = "WEBVTT\n\n" if id == "vtt" else ""
    text = f"{head}00:00:01.000 --> 00:00:02.000\na&#{'9' * 5000};b\n"
    assert FORMATS[id].read(text).transcript.segments[0].text == "a\ufffdb"


@pytest.mark.parametrize(
    "text", ["\n" * 20_000 + "x", "1:1" + "-->" * 3000 + "1" * 9000, "1:" * 1_000_000], ids=["blank", "arrows", "times"]
)
def test_odd_files_are_refused_before_anybody_loses_patience(text: str):
    for name in ("x.foo", "x.srt"):
        with pytest.raises(FormatError):
            read_any(text, name)


def test_times_beyond_all_reason_still_fit_the_library():
    ttml = FORMATS["ttml"].read('<tt><body><p begin="1s" end="999999999999999h">a</p></body></tt>').transcript
    cpp = '{"transcription": [{"offsets": {"from": 0, "to": 1e300}, "text": "a"}]}'
    told = '{"text": "a", "words": [{"text": "a", "start": 0, "end": 9, "confidence": 1' + "0" * 400 + "}]}"
    whisper = '{"segments": [{"start": 0, "end": 1, "text": "a", "avg_logprob": -1' + "0" * 400 + "}]}"
    for transcript in (ttml, *(FORMATS["json"].read(text).transcript for text in (cpp, told, whisper))):
        (segment,) = transcript.segments
        assert segment.start <= segment.end < 2**53
        assert segment.confidence is None or 0 <= segment.confidence <= 1
    with pytest.raises(FormatError, match="too early"):
        read_any('"ooTextFile" "TextGrid" 0 1 <exists> 1e999 "IntervalTier"', "x.TextGrid")


def test_segments_of_json_come_in_order_of_time():
    text = '{"segments": [{"start": 5, "end": 6, "text": "b"}, {"start": 1, "end": 2, "text": "a"}]}'
    assert [s.text for s in FORMATS["json"].read(text).transcript.segments] == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_may_begin_with_any_letter_and_be_cut_off(encoding: str):
    text = "字幕\n" + "Hello there, all of you.\n" * 5
    assert decode_text(text.encode(encoding)) == text
    assert decode_text(text.encode(encoding)[:-1]) == text[:-1]
