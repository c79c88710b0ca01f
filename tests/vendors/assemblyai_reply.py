"""AssemblyAI's transcript object: what may be asked for, and every field of the answer."""

from __future__ import annotations

from typing import Any

from .heard import Word, confidence_of, turns
from .jobs import Job

# the documented fields of a request and their JSON types
FIELDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(
        [
            "auto_chapters",
            "auto_highlights",
            "content_safety",
            "custom_topics",
            "disfluencies",
            "entity_detection",
            "filter_profanity",
            "format_text",
            "iab_categories",
            "language_detection",
            "multichannel",
            "punctuate",
            "redact_pii",
            "redact_pii_audio",
            "sentiment_analysis",
            "speaker_labels",
            "summarization",
        ],
        bool,
    ),
    **dict.fromkeys(
        [
            "audio_url",
            "boost_param",
            "domain",
            "language_code",
            "prompt",
            "redact_pii_audio_quality",
            "redact_pii_sub",
            "remove_audio_tags",
            "speech_model",
            "summary_model",
            "summary_type",
            "webhook_auth_header_name",
            "webhook_auth_header_value",
            "webhook_url",
        ],
        str,
    ),
    **dict.fromkeys(
        [
            "custom_spelling",
            "keyterms_prompt",
            "language_codes",
            "redact_pii_policies",
            "speech_models",
            "topics",
            "word_boost",
        ],
        list,
    ),
    **dict.fromkeys(["language_detection_options", "speaker_options", "speech_understanding"], dict),
    **dict.fromkeys(["audio_end_at", "audio_start_from", "content_safety_confidence", "speakers_expected"], int),
    **dict.fromkeys(["language_confidence_threshold", "speech_threshold", "temperature"], (int, float)),
}
# fields of the answer that repeat the request, with the value they have otherwise
ECHOED: dict[str, Any] = {
    "speech_model": None,
    "language_detection": False,
    "language_confidence_threshold": None,
    "punctuate": True,
    "format_text": True,
    "multichannel": False,
    "webhook_url": None,
    "webhook_auth_header_name": None,
    "auto_highlights": False,
    "audio_start_from": None,
    "audio_end_at": None,
    "filter_profanity": False,
    "redact_pii": False,
    "redact_pii_audio": False,
    "redact_pii_audio_quality": None,
    "redact_pii_policies": None,
    "redact_pii_sub": None,
    "speaker_labels": False,
    "content_safety": False,
    "iab_categories": False,
    "custom_spelling": None,
    "auto_chapters": False,
    "summarization": False,
    "summary_type": None,
    "summary_model": None,
    "custom_topics": False,
    "topics": [],
    "speech_threshold": None,
    "remove_audio_tags": None,
    "disfluencies": False,
    "sentiment_analysis": False,
    "entity_detection": False,
    "speakers_expected": None,
}
NEVER = [
    "webhook_status_code",
    "auto_highlights_result",
    "throttled",
    "sentiment_analysis_results",
    "entities",
    "chapters",
    "summary",
]
UNAVAILABLE: dict[str, Any] = {"status": "unavailable", "results": [], "summary": {}}


def transcript(job: Job, status: str, done: bool, word_speakers: bool, detected: str) -> dict[str, Any]:
    """The whole object: mostly nulls until it is done, and all the fields of the public example."""
    asked, heard = job.asked, job.heard
    guessed = done and asked.get("language_detection")
    reply: dict[str, Any] = {
        "id": job.id,
        "language_model": "assemblyai_default",
        "acoustic_model": "assemblyai_default",
        "language_code": detected if guessed else asked.get("language_code") or "en_us",
        "language_confidence": 0.9959 if guessed else None,
        "status": status,
        "audio_url": job.url,
        "text": None,
        "words": None,
        "utterances": None,
        "confidence": None,
        "audio_duration": None,
        "webhook_auth": bool(asked.get("webhook_auth_header_name")),
        "content_safety_labels": UNAVAILABLE,
        "iab_categories_result": UNAVAILABLE,
    }
    reply |= {name: asked.get(name, usual) for name, usual in ECHOED.items()} | dict.fromkeys(NEVER)
    if job.deleted:
        return reply | {"text": "Deleted by user."}
    if not done:
        return reply
    speakers = (asked.get("speakers_expected") or 2) if asked.get("speaker_labels") else 0
    formatted = reply["punctuate"] and reply["format_text"]
    return reply | {
        "text": _text(heard.words, formatted),
        "words": [_word(word, formatted, speakers if word_speakers else 0) for word in heard.words],
        "utterances": [_utterance(turn, formatted, speakers) for turn in turns(heard.words)] if speakers else None,
        "confidence": confidence_of(heard.words),
        "audio_duration": round(heard.seconds),
    }


def _text(words: list[Word] | tuple[Word, ...], formatted: bool) -> str:
    return " ".join(word.text if formatted else word.plain for word in words)


def _letter(word: Word, speakers: int) -> str | None:
    return chr(ord("A") + word.turn % speakers) if speakers else None


def _word(word: Word, formatted: bool, speakers: int) -> dict[str, Any]:
    return {
        "text": word.text if formatted else word.plain,
        "start": word.start,
        "end": word.end,
        "confidence": word.confidence,
        "speaker": _letter(word, speakers),
    }


def _utterance(turn: list[Word], formatted: bool, speakers: int) -> dict[str, Any]:
    return {
        "confidence": confidence_of(turn),
        "end": turn[-1].end,
        "speaker": _letter(turn[0], speakers),
        "start": turn[0].start,
        "text": _text(turn, formatted),
        "words": [_word(word, formatted, speakers) for word in turn],
    }
