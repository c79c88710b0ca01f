"""Replies that vendors really gave or document, and where each of their fields goes: nothing gets lost unseen.

Where a field goes nowhere the table says KEPT: it is in the reply, which is stored as it came, and nobody reads it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.engines.remote import deepgram_shape, openai_shape
from studio.engines.remote.base import Result

KEPT = ""
DURATION = 40_000


def ms(value: float) -> int:
    return round(value * 1000)


def same(value: Any) -> Any:
    return value


Target = tuple[str, Callable[[Any], Any]]
_WORD = "results.channels.alternatives.words"
_META = "metadata"
DEEPGRAM: dict[str, Target | str] = {
    f"{_META}.request_id": ("facts.request", same),
    f"{_META}.created": ("facts.created", same),
    f"{_META}.duration": ("duration", ms),
    f"{_META}.model_info.*.name": ("facts.model", same),
    f"{_META}.model_info.*.version": ("facts.version", same),
    f"{_META}.model_info.*.arch": KEPT,
    f"{_META}.models": KEPT,
    f"{_META}.channels": KEPT,
    f"{_META}.transaction_key": KEPT,
    f"{_META}.sha256": KEPT,
    f"{_META}.summary_info.model_uuid": KEPT,
    "results.channels.detected_language": ("language", same),
    "results.channels.language_confidence": ("facts.language_confidence", str),
    "results.channels.alternatives.transcript": ("text", same),
    "results.channels.alternatives.confidence": ("facts.confidence", str),
    f"{_WORD}.punctuated_word": ("words.text", same),
    f"{_WORD}.word": ("words.bare", same),
    f"{_WORD}.start": ("words.start", ms),
    f"{_WORD}.end": ("words.end", ms),
    f"{_WORD}.confidence": ("words.confidence", same),
    f"{_WORD}.speaker": ("words.speaker", str),
    f"{_WORD}.speaker_confidence": KEPT,
    "results.summary.short": KEPT,
    "results.summary.result": KEPT,
}
OPENAI: dict[str, Target | str] = {
    "text": ("text", same),
    "task": ("facts.task", same),
    "language": ("facts.language", same),
    "duration": ("duration", ms),
    "usage.seconds": ("facts.seconds", str),
    "usage.total_tokens": ("facts.tokens", str),
    "usage.type": KEPT,
    "usage.input_tokens": KEPT,
    "usage.output_tokens": KEPT,
    "usage.input_token_details.text_tokens": KEPT,
    "usage.input_token_details.audio_tokens": KEPT,
    "words.word": ("words.text", same),
    "words.start": ("words.start", ms),
    "words.end": ("words.end", ms),
    "segments.text": ("segments.text", str.strip),
    "segments.start": ("segments.start", ms),
    "segments.end": ("segments.end", ms),
    "segments.avg_logprob": ("segments.confidence", lambda value: round(math.exp(value), 4)),
    **{f"segments.{name}": KEPT for name in ("id", "seek", "tokens", "temperature")},
    **{f"segments.{name}": KEPT for name in ("compression_ratio", "no_speech_prob")},
    "type": KEPT,  # of the last event of a stream, which holds all that was said
    **{f"logprobs.{name}": KEPT for name in ("token", "logprob", "bytes")},
}


def told(result: Result) -> dict[str, list[Any]]:
    """All that a result says, by the names in the tables."""
    words = [(s, w) for s in result.segments for w in s.words]
    said: dict[str, list[Any]] = {
        "text": [" ".join(s.text for s in result.segments)],
        "duration": [result.duration],
        "language": [result.language],
        "words.text": [w.text for _, w in words],
        "words.bare": [re.sub(r"[.,]$", "", w.text).lower() for _, w in words],
        "words.start": [w.start for _, w in words],
        "words.end": [w.end for _, w in words],
        "words.confidence": [w.confidence for _, w in words],
        "words.speaker": [s.speaker for s, _ in words],
        "segments.text": [s.text for s in result.segments],
        "segments.start": [s.start for s in result.segments],
        "segments.end": [s.end for s in result.segments],
        "segments.confidence": [s.confidence for s in result.segments],
    }
    return said | {f"facts.{name}": [value] for name, value in result.facts.items()}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of a reply with its path; a list adds nothing to the path, and the ids of models are "*"."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{'*' if path.endswith('model_info') else name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


def check(payload: Any, result: Result, table: dict[str, Target | str]) -> None:
    found: dict[str, list[Any]] = {}
    for path, value in leaves(payload):
        found.setdefault(path, []).append(value)
    assert found.keys() <= table.keys()
    said = told(result)
    for path, values in found.items():
        target = table[path]
        if isinstance(target, tuple):
            name, convert = target
            assert said[name] == [convert(value) for value in values], path


def abridged(reply: str) -> Any:
    """A documented reply in which "..." stands for what was left out; its text is cut to what is left, too."""
    payload = json.loads(re.sub(r",\s*\]", "]", re.sub(r"\.\.\.,?\n", "\n", reply)))
    for part, name in (("words", "word"), ("segments", "text")):
        if "..." in reply and part in payload:
            payload["text"] = " ".join(entry[name].strip() for entry in payload[part])
    return payload


@pytest.mark.parametrize("name", ["vercel_ai/deepgram-transcription.json", "deepgram_go/resp0.json"])
def test_deepgram(shared_data: Path, name: str) -> None:
    payload = json.loads((shared_data / "vendor-json" / name).read_text("utf-8"))
    result = deepgram_shape.read(payload, DURATION)
    check(payload, result, DEEPGRAM)
    assert result.marks == frozenset()


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("0_default", {"no_times", "no_word_times", "no_confidence"}),
        ("2_streaming", {"no_times", "no_word_times", "no_confidence"}),
        ("4_word_timestamps", {"no_confidence"}),
        ("6_x", {"no_times", "no_word_times", "no_confidence"}),
        ("CreateTranscriptionResponseVerboseJson", {"no_word_times", "derived_confidence"}),
    ],
)
def test_openai(shared_data: Path, name: str, marks: set[str]) -> None:
    reply = (shared_data / "vendor-json" / "openai_spec" / f"{name}.json").read_text("utf-8")
    payload = abridged(reply.strip().splitlines()[-1].removeprefix("data: ") if "data:" in reply else reply)
    result = openai_shape.read("OpenAI", openai_shape.parsed("OpenAI", json.dumps(payload).encode()), DURATION)
    check(payload, result, OPENAI)
    assert result.marks == marks


def test_openai_as_recorded_by_others(shared_data: Path) -> None:
    """Its words are fewer than its text says, so the text is cut here."""
    payload = json.loads((shared_data / "vendor-json" / "vercel_ai" / "openai-transcription.json").read_text("utf-8"))
    whole = openai_shape.read("OpenAI", payload, DURATION)
    assert [s.text for s in whole.segments] == [payload["text"]]
    assert whole.marks == {"no_times", "no_word_times", "no_confidence"}
    payload["text"] = " ".join(word["word"] for word in payload["words"])
    result = openai_shape.read("OpenAI", payload, DURATION)
    check(payload, result, OPENAI)
    assert result.language == "en"
