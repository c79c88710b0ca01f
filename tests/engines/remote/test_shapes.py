"""Deepgram's and OpenAI's shapes in all the variants that gateways and look-alikes send."""

from __future__ import annotations

from typing import Any

import pytest

from studio.core.errors import BadResponse
from studio.core.transcript import Segment
from studio.engines.remote import deepgram_shape, openai_shape
from studio.engines.remote.reading import spread, word

SOUND = 20_000
ALL = {"no_times", "no_word_times", "no_confidence"}


def heard(text: str, at: float = 1.0, **more: Any) -> list[dict[str, Any]]:
    """Deepgram's words, half a second each."""
    return [
        {
            "word": said.strip(".,?").lower(),
            "punctuated_word": said,
            "start": at + n / 2,
            "end": at + (n + 1) / 2,
            "confidence": 0.5,
            **more,
        }
        for n, said in enumerate(text.split())
    ]


def deepgram(*alternatives: dict[str, Any], **results: Any) -> Any:
    channels = [{"alternatives": [alternative, {"transcript": "Second best."}]} for alternative in alternatives]
    return deepgram_shape.read({"results": {"channels": channels, **results}}, SOUND)


def lines(segments: tuple[Segment, ...]) -> list[tuple[str | None, str, int, int]]:
    return [(s.speaker, s.text, s.start, s.end) for s in segments]


BOTH = "Well, yes. Who knows?"
SPOKEN = heard("Well, yes.", speaker=0) + heard("Who knows?", 3.0, speaker=1)
EXPECTED = [("0", "Well, yes.", 1000, 2000), ("1", "Who knows?", 3000, 4000)]
SENTENCES = [
    {"sentences": [{"text": "Well, yes.", "start": 1.0, "end": 2.0}], "speaker": 0, "start": 1.0, "end": 2.0},
    {"sentences": [{"text": "Who knows?", "start": 3.0, "end": 4.0}], "speaker": 1, "start": 3.0, "end": 4.0},
]


def utterances(channel: int = 0) -> list[dict[str, Any]]:
    return [
        {"transcript": "Well, yes.", "start": 1.0, "end": 2.0, "words": SPOKEN[:2], "speaker": 0, "channel": channel},
        {"transcript": "Who knows?", "start": 3.0, "end": 4.0, "words": SPOKEN[2:], "speaker": 1, "channel": channel},
    ]


class TestDeepgram:
    @pytest.mark.parametrize(
        ("alternative", "results"),
        [
            ({"words": SPOKEN}, {}),
            ({}, {"utterances": utterances()}),
            ({"words": SPOKEN, "paragraphs": {"paragraphs": SENTENCES}}, {}),
            ({"words": SPOKEN, "paragraphs": [{"paragraphs": SENTENCES}]}, {}),
            ({"words": SPOKEN, "paragraphs": [{"paragraphs": p} for p in SENTENCES]}, {}),
            ({"words": SPOKEN}, {"utterances": utterances()[:1]}),  # not all of the text
            ({"words": SPOKEN, "paragraphs": {"paragraphs": SENTENCES[1:]}}, {}),
        ],
    )
    def test_every_way_to_say_the_same(self, alternative: dict[str, Any], results: dict[str, Any]) -> None:
        result = deepgram({"transcript": BOTH, **alternative}, **results)
        assert lines(result.segments) == EXPECTED
        assert [len(s.words) for s in result.segments] == [2, 2]
        assert result.marks == frozenset()

    def test_an_utterance_of_several_sentences(self) -> None:
        words = heard("Yes. And then? Nobody knew.", speaker=1)
        whole = {"transcript": "Yes. And then? Nobody knew.", "start": 1.0, "end": 3.5, "speaker": 1, "words": words}
        result = deepgram({"transcript": whole["transcript"]}, utterances=[whole])
        assert [(s.speaker, s.text) for s in result.segments] == [
            ("1", "Yes."),
            ("1", "And then?"),
            ("1", "Nobody knew."),
        ]

    def test_a_speaker_who_changes_within_an_utterance(self) -> None:
        words = heard("did you", speaker=0) + heard("no", 2.0, speaker=1)
        whole = {"transcript": "did you no", "start": 1.0, "end": 2.5, "speaker": 0, "words": words, "confidence": 0.9}
        result = deepgram({"transcript": "did you no"}, utterances=[whole])
        assert [(s.speaker, s.text) for s in result.segments] == [("0", "did you"), ("1", "no")]

    def test_sentences_without_words(self) -> None:
        result = deepgram({"transcript": BOTH, "paragraphs": {"paragraphs": SENTENCES}})
        assert lines(result.segments) == EXPECTED
        assert result.marks == {"no_word_times", "no_confidence"}

    def test_only_a_text(self) -> None:
        result = deepgram({"transcript": BOTH})
        assert lines(result.segments) == [(None, BOTH, 0, SOUND)]
        assert result.marks == ALL

    def test_words_that_are_not_all_of_the_text(self) -> None:
        result = deepgram({"transcript": BOTH, "words": SPOKEN[:3]})
        assert (lines(result.segments), result.marks) == ([(None, BOTH, 0, SOUND)], ALL)

    def test_only_words(self) -> None:
        assert lines(deepgram({"words": SPOKEN}).segments) == EXPECTED

    def test_channels_are_apart(self) -> None:
        left = {"transcript": "Well, yes.", "words": heard("Well, yes.")}
        right = {"transcript": "Who knows?", "words": heard("Who knows?", 1.2, speaker=0)}
        result = deepgram(left, right)
        assert lines(result.segments) == [("ch0", "Well, yes.", 1000, 2000), ("ch1:0", "Who knows?", 1200, 2200)]
        same = deepgram({"transcript": BOTH}, {"transcript": BOTH}, utterances=[*utterances(0), *utterances(1)])
        assert [s.speaker for s in same.segments] == ["ch0:0", "ch1:0", "ch0:1", "ch1:1"]

    @pytest.mark.parametrize("results", [None, {}, {"channels": None}, {"channels": [{}]}, {"channels": {}}, "none"])
    def test_nothing(self, results: Any) -> None:
        result = deepgram_shape.read({"results": results}, SOUND)
        assert (result.segments, result.marks) == ((), frozenset())

    def test_values_that_cannot_be(self) -> None:
        words = [
            {"word": "good", "start": "1.5", "end": 0.5, "confidence": 7, "speaker": None},
            {"word": "bad", "start": None, "end": 2},
            {"word": None, "start": 1, "end": 2},
            {"word": "late", "start": 99, "end": 100, "confidence": "high", "speaker": True},
        ]
        [segment, late] = deepgram({"words": words}).segments
        assert segment.words[0][:4] == ("good", 1500, 1500, 1.0)
        assert (late.start, late.end, late.speaker, late.confidence) == (20_500, 20_500, None, None)


def openai(**payload: Any) -> Any:
    return openai_shape.read("It", payload, SOUND)


def entry(text: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    return {"text": text, "start": start, "end": end, **more}


def beside(text: str, at: float = 1.0) -> list[dict[str, Any]]:
    """OpenAI's words, without punctuation, half a second each."""
    words = text.split()
    return [{"word": w.strip(".,?"), "start": at + n / 2, "end": at + (n + 1) / 2} for n, w in enumerate(words)]


class TestOpenAI:
    def test_words_go_to_their_segments(self) -> None:
        segments = [entry(" Well, yes.", 1.0, 1.8), entry(" Who knows?", 1.8, 3.0)]  # the border cuts a word
        result = openai(text=BOTH, segments=segments, words=beside(BOTH))
        assert [[w.text for w in s.words] for s in result.segments] == [["Well,", "yes."], ["Who", "knows?"]]

    def test_a_segment_whose_words_do_not_fit_costs_the_others_nothing(self) -> None:
        segments = [entry("Well, yes.", 1.0, 2.0), entry("[Laughter]", 2.0, 3.0), entry("Who knows?", 3.0, 4.0)]
        words = beside("Well, yes.") + beside("ha ha", 2.0) + beside("Who knows?", 3.0)
        result = openai(text="Well, yes. [Laughter] Who knows?", segments=segments, words=words)
        assert [len(s.words) for s in result.segments] == [2, 0, 2]
        assert result.segments[1].text == "[Laughter]"
        assert "no_word_times" in result.marks

    def test_words_within_segments(self) -> None:
        own = [w | {"probability": 0.25} for w in beside("Well, yes.")]
        result = openai(text="Well, yes.", segments=[entry("Well, yes.", 1.0, 2.0, words=own, avg_logprob=-0.5)])
        assert [w.confidence for w in result.segments[0].words] == [0.25, 0.25]
        assert result.segments[0].confidence == 0.6065
        assert result.marks == {"derived_confidence"}

    def test_pieces_of_words(self) -> None:
        pieces = [(" Trans", 1.0), ("cription", 1.2), (",", 1.4), (" yes", 1.5), (".", 1.9)]
        own = [{"word": said, "start": at, "end": at + 0.1} for said, at in pieces]
        result = openai(text=" Transcription, yes.", segments=[entry(" Transcription, yes.", 1.0, 2.0, words=own)])
        assert [(w.text, w.start, w.end) for w in result.segments[0].words] == [
            ("Transcription,", 1000, 1500),
            ("yes.", 1500, 2000),
        ]

    def test_languages_without_blanks(self) -> None:
        own = [{"word": said, "start": n, "end": n + 1} for n, said in enumerate([" 日", "本", "語"])]
        result = openai(text="日本語", language="japanese", segments=[entry(" 日本語", 0, 3, words=own)])
        assert [w.text for w in result.segments[0].words] == ["日", "本", "語"]
        assert (result.segments[0].text, result.language) == ("日本語", "ja")

    def test_words_without_segments(self) -> None:
        nothing: list[Any] = [None, []]
        for segments in nothing:
            result = openai(text=BOTH, segments=segments, words=beside(BOTH))
            assert lines(result.segments) == [(None, "Well, yes.", 1000, 2000), (None, "Who knows?", 2000, 3000)]

    def test_nanoseconds(self) -> None:
        segments = [entry("Well, yes.", 0, 1_800_000_000), entry("Who knows?", 1_800_000_000, 3_000_000_000)]
        result = openai(text=BOTH, segments=segments)
        assert lines(result.segments) == [(None, "Well, yes.", 0, 1800), (None, "Who knows?", 1800, 3000)]

    @pytest.mark.parametrize("speaker", ["A", 3])
    def test_speakers(self, speaker: object) -> None:
        [segment] = openai(text="Yes.", segments=[entry("Yes.", 0, 1, speaker=speaker, confidence=0.9)]).segments
        assert (segment.speaker, segment.confidence) == (str(speaker), 0.9)

    @pytest.mark.parametrize(
        "payload",
        [
            {"text": BOTH},
            {"text": BOTH, "segments": [entry("Well, yes.", 1.0, 2.0)]},
            {"segments": [{"text": "Well, yes."}, {"text": "Who knows?"}]},
            {"segments": [entry("Well, yes.", 1.0, 2.0), {"text": "Who knows?"}]},
            {"text": BOTH, "words": beside("Well, yes.")},
        ],
    )
    def test_what_is_not_timed_as_a_whole(self, payload: dict[str, Any]) -> None:
        result = openai(**payload)
        assert (lines(result.segments), result.marks) == ([(None, BOTH, 0, SOUND)], ALL)

    @pytest.mark.parametrize(
        ("given", "seconds"),
        [({"duration": "12.5"}, 12_500), ({"duration": 3}, 3000), ({"usage": {"seconds": 7}}, 7000)],
    )
    def test_durations(self, given: dict[str, Any], seconds: int) -> None:
        assert openai(text="", **given).duration == seconds

    @pytest.mark.parametrize("reply", [b"[Music] Hello\n", b'"[Music] Hello"', b"\xef\xbb\xbf[Music] Hello"])
    def test_plain_text(self, reply: bytes) -> None:
        assert openai_shape.parsed("It", reply) == {"text": "[Music] Hello"}

    @pytest.mark.parametrize("reply", [b'{"text": "Hel', b"<!DOCTYPE html>", b"[1]", b"[{}]"])
    def test_no_text(self, reply: bytes) -> None:
        with pytest.raises(BadResponse):
            openai_shape.parsed("It", reply)

    @pytest.mark.parametrize("payload", [{}, {"text": None}, {"error": "no"}])
    def test_no_transcript(self, payload: dict[str, Any]) -> None:
        with pytest.raises(BadResponse, match="neither a text nor segments"):
            openai(**payload)


def test_a_long_text_is_spread_as_a_whole() -> None:
    words = [w for n in range(20_000) if (w := word(f"word{n}", n * 400, n * 400 + 300))]
    halves = [" ".join(w.text for w in half) for half in (words[:10_000], words[10_000:])]
    assert list(map(len, spread(words, [(None, half) for half in halves]))) == [10_000, 10_000]
