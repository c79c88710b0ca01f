"""Deepgram's answer to one recording: seconds, a channel list, speakers counted from nought in each channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .heard import Heard, Word, confidence_of, turns

Json = dict[str, Any]


def results(heard: Heard, options: Json, new_id: Callable[[], str]) -> Json:
    """The `results` object. Without `multichannel` all channels are mixed into one."""
    channels = heard.channels if is_on(options, "multichannel") else 1
    spoken = [[word for word in heard.words if word.turn % channels == number] for number in range(channels)]
    reply: Json = {"channels": [_channel(words, channels, options) for words in spoken]}
    if is_on(options, "utterances"):
        utterances = [
            _utterance(turn, number, channels, options, new_id)
            for number, words in enumerate(spoken)
            for turn in turns(words)
        ]
        reply["utterances"] = sorted(utterances, key=lambda utterance: utterance["start"])
    return reply


def is_on(options: Json, name: str) -> bool:
    return bool(options.get(name) == "true")


def _punctuated(options: Json) -> bool:
    return any(is_on(options, name) for name in ("punctuate", "smart_format", "paragraphs"))


def _diarized(options: Json) -> bool:
    return is_on(options, "diarize") or "diarize_model" in options


def _speaker(word: Word, channels: int) -> int:
    """Two voices take turns in each channel."""
    return word.turn // channels % 2


def _channel(words: list[Word], channels: int, options: Json) -> Json:
    alternative: Json = {
        "transcript": _text(words, options),
        "confidence": confidence_of(words),
        "words": [_word(word, channels, options) for word in words],
    }
    if is_on(options, "paragraphs") or is_on(options, "smart_format"):
        alternative["paragraphs"] = _paragraphs(words, channels, options)
    channel: Json = {"alternatives": [alternative]}
    if (wanted := options.get("detect_language", "false")) != "false":  # "true", or the codes to choose from
        codes = ["en"] if wanted == "true" else wanted if isinstance(wanted, list) else [wanted]
        channel |= {"detected_language": codes[0], "language_confidence": 0.99352765}
    return channel


def _text(words: list[Word], options: Json) -> str:
    return " ".join(word.text if _punctuated(options) else word.plain for word in words)


def _word(word: Word, channels: int, options: Json) -> Json:
    reply: Json = {
        "word": word.plain,
        "start": word.start / 1000,
        "end": word.end / 1000,
        "confidence": word.confidence,
    }
    if _diarized(options):
        reply |= {"speaker": _speaker(word, channels), "speaker_confidence": 1}
    if _punctuated(options):
        reply["punctuated_word"] = word.text
    return reply


def _paragraphs(words: list[Word], channels: int, options: Json) -> Json:
    """One object, as Deepgram sends it; a paragraph is one turn here."""
    paragraphs = []
    for turn in turns(words):
        span = {"start": turn[0].start / 1000, "end": turn[-1].end / 1000}
        paragraph: Json = {"sentences": [{"text": _text(turn, options)} | span], "num_words": len(turn)} | span
        if _diarized(options):
            paragraph["speaker"] = _speaker(turn[0], channels)
        paragraphs.append(paragraph)
    lines = [
        (f"Speaker {_speaker(turn[0], channels)}: " if _diarized(options) else "") + _text(turn, options)
        for turn in turns(words)
    ]
    return {"transcript": "".join(f"\n{line}\n" for line in lines), "paragraphs": paragraphs}


def _utterance(turn: list[Word], channel: int, channels: int, options: Json, new_id: Callable[[], str]) -> Json:
    reply: Json = {
        "start": turn[0].start / 1000,
        "end": turn[-1].end / 1000,
        "confidence": confidence_of(turn),
        "channel": channel,
        "transcript": _text(turn, options),
        "words": [_word(word, channels, options) for word in turn],
    }
    if _diarized(options):
        reply["speaker"] = _speaker(turn[0], channels)
    return reply | {"id": new_id()}
