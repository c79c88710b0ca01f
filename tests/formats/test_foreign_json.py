"""JSON of other programs: recognised by its keys; word times, confidence and speakers are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Transcript, Word
from studio.formats import FORMATS, Parsed, read_any


def read(root: object) -> Parsed:
    return FORMATS["json"].read(json.dumps(root))


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(transcript.name_of(s.speaker), s.text) for s in transcript.segments]


WHISPER = {
    "text": " Hello, you. Bye!",
    "segments": [
        {
            "id": 0,
            "seek": 0,
            "start": 0.0,
            "end": 1.2,
            "text": " Hello, you.",
            "tokens": [50364, 2425, 11, 291],
            "temperature": 0.0,
            "avg_logprob": -0.25,
            "compression_ratio": 1.2,
            "no_speech_prob": 0.01,
            "words": [
                {"word": " Hello,", "start": 0.0, "end": 0.5, "probability": 0.9},
                {"word": " you.", "start": 0.6, "end": 1.2, "probability": 0.8},
            ],
        },
        {"id": 1, "seek": 0, "start": 1.5, "end": 2.0, "text": " Bye!", "tokens": [1], "avg_logprob": 0.0},
    ],
    "language": "en",
}


def test_whisper():
    parsed = read(WHISPER)
    assert parsed.transcript.segments == (
        Segment(0, 1200, "Hello, you.", (Word("Hello,", 0, 500, 0.9), Word("you.", 600, 1200, 0.8)), None, 0.7788),
        Segment(1500, 2000, "Bye!", (), None, 1.0),
    )
    assert (parsed.transcript.language, parsed.transcript.duration, parsed.warnings) == ("en", 2000, ())
    assert parsed.transcript.engine.name == "Whisper"


def test_openai_has_one_list_of_words_without_punctuation():
    root = {
        "task": "transcribe",
        "language": "german",
        "duration": 3.5,
        "text": "Ja, das ist so. Wirklich?",
        "words": [
            {"word": "Ja", "start": 0.0, "end": 0.4},
            {"word": "das", "start": 0.5, "end": 0.7},
            {"word": "ist", "start": 0.7, "end": 0.9},
            {"word": "so", "start": 0.9, "end": 1.1},
            {"word": "wirklich", "start": 2.0, "end": 2.9},
        ],
    }
    transcript = read(root).transcript
    assert [s.text for s in transcript.segments] == ["Ja, das ist so.", "Wirklich?"]
    assert transcript.segments[1].words == (Word("Wirklich?", 2000, 2900),)
    assert (transcript.language, transcript.duration) == ("de", 3500)
    parts = [{"start": 0, "end": 1.5, "text": " Ja, das ist so."}, {"start": 1.5, "end": 3, "text": " Wirklich?"}]
    assert [len(s.words) for s in read(root | {"segments": parts}).transcript.segments] == [4, 1]


def test_whisperx_has_speakers_and_words_without_times():
    words = [
        {"word": "In", "start": 1.0, "end": 1.2, "score": 0.8, "speaker": "SPEAKER_01"},
        {"word": "1987"},
        {"word": "it", "start": 2.0, "end": 2.1, "score": 0.7, "speaker": "SPEAKER_01"},
        {"word": "rained."},
    ]
    root = {
        "segments": [
            {"start": 1.0, "end": 2.5, "text": " In 1987 it rained.", "words": words, "speaker": "SPEAKER_01"},
            {"start": 3.0, "end": 4.0, "text": " Yes.", "words": [], "speaker": "SPEAKER_00"},
        ],
        "word_segments": words,
        "language": "en",
    }
    transcript = read(root).transcript
    assert said(transcript) == [("Speaker 2", "In 1987 it rained."), ("Speaker 1", "Yes.")]
    assert [(w.text, w.start, w.end, w.confidence) for w in transcript.segments[0].words] == [
        ("In", 1000, 1200, 0.8),
        ("1987", 1200, 2000, None),
        ("it", 2000, 2100, 0.7),
        ("rained.", 2100, 2500, None),
    ]


def test_whisperx_in_chinese_has_a_word_for_each_character():
    words = [{"word": c, "start": n / 10, "end": n / 10 + 0.1, "score": 0.5} for n, c in enumerate("今天好")]
    root = {"segments": [{"start": 0, "end": 1, "text": "今天好", "words": words}], "word_segments": words}
    assert [(w.text, w.space) for w in read(root).transcript.segments[0].words][1:] == [("天", False), ("好", False)]


def _token(text: str, start: int, end: int, p: float = 0.9) -> dict[str, object]:
    return {"text": text, "offsets": {"from": start, "to": end}, "id": 1, "p": p, "t_dtw": -1}


WHISPER_CPP = {
    "systeminfo": "AVX = 1",
    "model": {"type": "base", "multilingual": True},
    "params": {"model": "ggml-base.bin", "language": "auto", "translate": False},
    "result": {"language": "de"},
    "transcription": [
        {
            "timestamps": {"from": "00:00:00,000", "to": "00:00:02,000"},
            "offsets": {"from": 0, "to": 2000},
            "text": " Müllabfuhr, ja.",
            "tokens": [
                _token("[_BEG_]", 0, 0),
                _token(" Müll", 0, 500, 0.6),
                _token("abfuhr", 500, 1000),
                _token(",", 1000, 1100),
                _token(" ja", 1200, 1800),
                _token(".", 1800, 1900),
                _token("[_TT_100]", 2000, 2000),
            ],
            "speaker": "1",
        },
        {"timestamps": {}, "offsets": {"from": 2000, "to": 3000}, "text": " Gut."},
    ],
}


def test_whisper_cpp_tokens_become_words():
    transcript = read(WHISPER_CPP).transcript
    words = (Word("Müllabfuhr,", 0, 1100, 0.6), Word("ja.", 1200, 1900, 0.9))
    assert transcript.segments == (
        Segment(0, 2000, "Müllabfuhr, ja.", words, "S1", 0.75),
        Segment(2000, 3000, "Gut."),
    )
    assert (transcript.language, [s.name for s in transcript.speakers]) == ("de", ["Speaker 2"])


def test_whisper_cpp_tokens_that_were_cut_inside_a_character_are_left_out():
    broken = {**WHISPER_CPP["transcription"][0], "tokens": [_token(" M\ufffd", 0, 5), _token("\ufffdll", 5, 9)]}
    parsed = read({**WHISPER_CPP, "transcription": [broken]})
    assert parsed.transcript.segments[0].text == "Müllabfuhr, ja."
    assert parsed.warnings == ("transcription[0]: the words do not make up the text, so their times were left out.",)


def _deepgram(*words: dict[str, object]) -> dict[str, object]:
    return {"alternatives": [{"transcript": "", "confidence": 0.9, "words": list(words)}], "detected_language": "en"}


def test_deepgram():
    heard = [
        {"word": "yes", "start": 0.5, "end": 0.9, "confidence": 0.99, "punctuated_word": "Yes.", "speaker": 0},
        {"word": "no", "start": 1.5, "end": 1.9, "confidence": 0.5, "speaker": 1},
    ]
    root = {"metadata": {"duration": 7.25, "channels": 1}, "results": {"channels": [_deepgram(*heard)]}}
    transcript = read(root).transcript
    assert said(transcript) == [("Speaker 1", "Yes."), ("Speaker 2", "no")]
    assert transcript.segments[0].words == (Word("Yes.", 500, 900, 0.99),)
    assert (transcript.language, transcript.duration) == ("en", 7250)
    both = {"results": {"channels": [_deepgram(heard[1]), _deepgram(heard[0])]}}
    assert said(read(both).transcript) == [("Channel 2", "Yes."), ("Channel 1", "no")]


def test_assemblyai():
    words = [
        {"text": "Good", "start": 250, "end": 650, "confidence": 0.97, "speaker": "A"},
        {"text": "morning.", "start": 700, "end": 1100, "confidence": 0.9, "speaker": "A"},
        {"text": "Hi.", "start": 1500, "end": 1700, "confidence": 0.8, "speaker": "B"},
    ]
    root = {
        "id": "x",
        "language_code": "en_us",
        "status": "completed",
        "text": "Good morning. Hi.",
        "words": words,
        "utterances": None,
        "audio_duration": 281,
    }
    transcript = read(root).transcript
    assert said(transcript) == [("Speaker A", "Good morning."), ("Speaker B", "Hi.")]
    assert transcript.segments[0].words[0] == Word("Good", 250, 650, 0.97)
    assert (transcript.language, transcript.duration) == ("en", 281_000)
    spoken = [{"speaker": "A", "start": 250, "end": 1100, "text": "Good morning.", "words": words[:2]}]
    assert said(read(root | {"utterances": spoken}).transcript) == [("Speaker A", "Good morning.")]


def test_text_that_has_no_words_is_kept_and_said():
    words = [{"text": "Good", "start": 0, "end": 400, "confidence": 1}]
    spoken = [{"speaker": "A", "start": 0, "end": 1000, "text": "Good morning, all.", "words": words}]
    parsed = read({"utterances": spoken})
    assert parsed.transcript.text == "Good morning, all."
    assert parsed.warnings == ("utterances[0]: The words are not all of the text, so some times are only reckoned.",)


@pytest.mark.parametrize(
    ("root", "place"),
    [
        ({"transcription": [{"offsets": {"from": "0", "to": 1}, "text": "x"}]}, r"transcription\[0\].offsets.from"),
        (
            {"results": {"channels": [_deepgram({"word": 1, "start": 0, "end": 1})]}},
            r"alternatives\[0\].words\[0\].word",
        ),
        ({"words": [{"text": "x", "start": -1, "end": 1}]}, r"words\[0\].start"),
        ({"words": [{"word": "x", "start": "a", "end": 1}]}, r"words\[0\].start"),
        ({"segments": [{"avg_logprob": 0, "text": "x", "start": 0}]}, r"segments\[0\].end"),
        ({"results": {"channels": 7}}, r"results.channels"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(root: object, place: str):
    with pytest.raises(FormatError, match=place):
        read(root)


def test_recorded_replies_of_services(shared_data: Path):
    """Segments, speakers and language of each; None: refused with a sentence."""
    expected: dict[str, tuple[int, list[str], str | None] | None] = {
        "vercel_ai/deepgram-transcription.json": (4, ["Speaker 1"], "en"),
        "vercel_ai/openai-transcription.json": (1, [], "en"),
        "deepgram_go/resp0.json": (4, [], None),
        "assemblyai_spec/Transcript.json": (5, ["Speaker A"], "en"),
        "assemblyai_spec/ParagraphsResponse.json": (10, [], None),
        "assemblyai_spec/TranscriptUtterance.json": (5, ["Speaker A"], None),
        "assemblyai_spec/TranscriptReadyNotification.json": None,
        "openai_spec/0_default.json": None,
        "openai_spec/2_streaming.json": None,
        "vercel_ai/fal-transcription-queue.json": None,
    }
    for name, found in expected.items():
        text = (shared_data / "vendor-json" / name).read_text("utf-8")
        if found is None:
            with pytest.raises(FormatError, match=name.split("/")[1]):
                read_any(text, name.split("/")[1])
            continue
        transcript = read_any(text, name).transcript
        assert (len(transcript.segments), [s.name for s in transcript.speakers], transcript.language) == found, name


def test_recorded_text_is_kept_to_the_last_letter(shared_data: Path):
    folder = shared_data / "vendor-json"
    for name, text in (
        ("vercel_ai/openai-transcription.json", lambda root: root["text"]),
        ("deepgram_go/resp0.json", lambda root: root["results"]["channels"][0]["alternatives"][0]["transcript"]),
        ("assemblyai_spec/Transcript.json", lambda root: root["utterances"][0]["text"]),
    ):
        raw = (folder / name).read_text("utf-8")
        assert read_any(raw, name).transcript.text == text(json.loads(raw)), name
