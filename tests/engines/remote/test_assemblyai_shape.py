"""AssemblyAI's shape: what becomes of each field, with the vendor's own examples and with worse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import JobFailed
from studio.engines.remote.assemblyai_shape import read
from studio.engines.remote.base import Result

SOUND = 281_000  # milliseconds

# Where each field of the vendor's example of a transcript goes.
GOES_TO: dict[str, Callable[[Result], Any]] = {
    "id": lambda r: r.facts["job"],
    "acoustic_model": lambda r: r.facts["acoustic_model"],
    "language_code": lambda r: r.facts["language"],
    "language_confidence": lambda r: float(r.facts["language_confidence"]),
    "confidence": lambda r: float(r.facts["confidence"]),
    "audio_duration": lambda r: (r.duration or 0) / 1000,
    "text": lambda r: " ".join(s.text for s in r.segments),
    "words": lambda r: [
        {"text": w.text, "start": w.start, "end": w.end, "confidence": w.confidence, "speaker": s.speaker}
        for s in r.segments
        for w in s.words
    ],
}
DECIDES = {"status", "utterances", "multichannel", "speech_model"}  # how it is read, or empty in the example
# What was asked for, and analyses that were never asked for: only the stored reply has them.
STAYS_IN_THE_REPLY = """
    audio_end_at audio_start_from audio_url auto_chapters auto_highlights auto_highlights_result chapters
    content_safety content_safety_labels custom_spelling custom_topics disfluencies entities entity_detection
    filter_profanity format_text iab_categories iab_categories_result language_confidence_threshold language_detection
    language_model punctuate redact_pii redact_pii_audio redact_pii_audio_quality redact_pii_policies redact_pii_sub
    remove_audio_tags sentiment_analysis sentiment_analysis_results speaker_labels speakers_expected speech_threshold
    summarization summary summary_model summary_type throttled topics webhook_auth webhook_auth_header_name
    webhook_status_code webhook_url
"""


def example(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "vendor-json" / "assemblyai_spec" / name
    if not path.exists():
        pytest.skip("the vendors' examples are not here")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def joined(words: list[dict[str, Any]]) -> str:
    return " ".join(word["text"] for word in words)


def test_every_field_of_a_real_transcript(shared_data: Path) -> None:
    payload = example(shared_data, "Transcript.json")
    assert payload.keys() == GOES_TO.keys() | DECIDES | set(STAYS_IN_THE_REPLY.split())
    # the example has all of the text, but only the first of the words
    payload |= {"utterances": None, "text": joined(payload["words"])}
    result = read("AssemblyAI", payload, SOUND)
    for field, find in GOES_TO.items():
        assert find(result) == payload[field], field
    assert result.language == "en"
    assert result.marks == frozenset()


def test_a_real_transcript_of_which_most_words_are_missing(shared_data: Path) -> None:
    payload = example(shared_data, "Transcript.json")
    result = read("AssemblyAI", payload, SOUND)
    assert said(result) == [payload["text"]]
    assert result.marks == {"no_times", "no_word_times", "no_confidence"}


def test_a_real_utterance(shared_data: Path) -> None:
    utterance = example(shared_data, "TranscriptUtterance.json")
    utterance["text"] = joined(utterance["words"])
    result = read("AssemblyAI", {"text": utterance["text"], "utterances": [utterance]}, SOUND)
    assert GOES_TO["words"](result) == utterance["words"]
    assert result.segments[0].start == utterance["start"]


def test_a_real_utterance_of_which_most_words_are_missing(shared_data: Path) -> None:
    utterance = example(shared_data, "TranscriptUtterance.json")
    (segment,) = read("AssemblyAI", {"text": utterance["text"], "utterances": [utterance]}, SOUND).segments
    assert (segment.start, segment.end, segment.text, segment.speaker, segment.confidence) == tuple(
        utterance[name] for name in ("start", "end", "text", "speaker", "confidence")
    )
    assert segment.words == ()


# Made up


def said(result: Result) -> list[str]:
    return [segment.text for segment in result.segments]


def word(text: str, start: int | None, **more: Any) -> dict[str, Any]:
    end = None if start is None else start + 300
    return {"text": text, "start": start, "end": end, "confidence": 0.5, "speaker": None} | more


HELLO = [word("Hello.", 0), word("Are", 400), word("you", 800), word("there?", 1200)]


def test_words_are_cut_into_sentences() -> None:
    result = read("A", {"text": "Hello. Are you there?", "words": HELLO}, 2000)
    assert said(result) == ["Hello.", "Are you there?"]
    assert result.segments[1].confidence == 0.5


def test_a_change_of_speaker_ends_a_sentence() -> None:
    words = [word("and", 0, speaker="A"), word("so", 400, speaker="B"), word("on", 800, speaker="B")]
    result = read("A", {"text": "and so on", "words": words}, 2000)
    assert [(s.speaker, s.text) for s in result.segments] == [("A", "and"), ("B", "so on")]


@pytest.mark.parametrize("channel", [1, "1"])
def test_channels_are_heard_apart(channel: object) -> None:
    words = [
        word("So", 0, channel=channel, speaker="A"),
        word("What?", 200, channel=2, speaker="A"),
        word("on.", 400, channel=channel, speaker="A"),
    ]
    result = read("A", {"text": "So What? on.", "words": words, "multichannel": True}, 2000)
    assert [(s.speaker, s.text) for s in result.segments] == [("ch1:A", "So on."), ("ch2:A", "What?")]


def test_a_channel_without_speakers_is_a_speaker() -> None:
    utterances = [{"text": "Yes.", "start": 0, "end": 300, "channel": "1", "speaker": "1", "words": None}]
    result = read("A", {"text": "Yes.", "utterances": utterances, "multichannel": True}, 2000)
    assert result.segments[0].speaker == "ch1"


def test_utterances_that_are_not_all_of_it_give_way_to_the_words() -> None:
    payload = {"text": "Hello. Are you there?", "words": HELLO, "utterances": [{"text": "Hello.", "start": 0}]}
    assert said(read("A", payload, 2000)) == ["Hello.", "Are you there?"]


def test_text_with_more_in_it_than_its_words_is_kept() -> None:
    payload = {"text": "Hello. Are you there?", "words": [*HELLO[:-1], word("there?", None)]}
    result = read("A", payload, 2000)
    assert said(result) == ["Hello. Are you there?"]
    assert "no_times" in result.marks


def test_words_are_spaced_as_in_the_text() -> None:
    payload = {"text": "日本語です。", "words": [word("日本語", 0), word("です。", 400)]}
    result = read("A", payload, 2000)
    assert said(result) == ["日本語です。"]
    assert len(result.segments[0].words) == 2


def test_times_do_not_go_beyond_the_sound() -> None:
    payload = {"text": "Hello there.", "words": [word("Hello", 0), word("there.", 9000)]}
    assert all(s.end <= 2500 for s in read("A", payload, 2000).segments)


@pytest.mark.parametrize("words", [None, [], "?", [None, 3], [{}], [{"text": None, "start": "x"}]])
@pytest.mark.parametrize("text", [None, "", "Hello."])
def test_whatever_is_missing_nothing_breaks(words: object, text: object) -> None:
    payload = {"text": text, "words": words, "utterances": words, "confidence": None, "audio_duration": "x"}
    assert said(read("A", payload, 2000)) == ([text] if text else [])


def test_a_failure_inside() -> None:
    with pytest.raises(JobFailed, match="no such file"):
        read("A", {"status": "error", "error": "no such file"}, 2000)
