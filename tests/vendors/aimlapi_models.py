"""Which speech models AI/ML API has, which options each takes, and what their values may be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .body import Blob

Check = Callable[[Any, bool], bool]  # a value, and whether it came as text of a form


def boolean(value: Any, text: bool) -> bool:
    return value in ("true", "false") if text else isinstance(value, bool)


def string(value: Any, text: bool) -> bool:
    return isinstance(value, str)


def strings(value: Any, text: bool) -> bool:
    """A list; in a form a repeated field, which may come once."""
    many = [value] if text and isinstance(value, str) else value
    return isinstance(many, list) and all(isinstance(each, str) for each in many)


def some(value: Any, text: bool) -> bool:
    return string(value, text) or (strings(value, text) and len(value) <= 100)


def boolean_or_list(value: Any, text: bool) -> bool:
    return boolean(value, text) or strings(value, text)


def spelling(value: Any, text: bool) -> bool:
    if text:
        try:
            value = json.loads(value)
        except (TypeError, ValueError):
            return False
    return isinstance(value, list) and all(isinstance(each, dict) and each.keys() == {"from", "to"} for each in value)


def number(low: float, high: float = float("inf"), whole: bool = False) -> Check:
    def check(value: Any, text: bool) -> bool:
        if text:
            try:
                value = int(value) if whole else float(value)
            except (TypeError, ValueError):
                return False
        kinds = int if whole else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high

    return check


def one_of(*allowed: str) -> Check:
    return lambda value, text: value in allowed


def each(names: str, check: Check) -> dict[str, Check]:
    return dict.fromkeys(names.split(), check)


NOVA_3: dict[str, Check] = {
    **each("detect_entities diarize dictation filler_words intents measurements multichannel numerals", boolean),
    **each("paragraphs profanity_filter punctuate sentiment smart_format topics utterances mip_opt_out", boolean),
    "detect_language": boolean_or_list,
    "utt_split": number(0),
    **each("language extra search summarize version", string),
    **each("custom_intent custom_topic keyterm redact replace", some),
    "tag": strings,
    **each("custom_intent_mode custom_topic_mode", one_of("strict", "extended")),
    "encoding": one_of("linear16", "flac", "mulaw", "amr-nb", "amr-wb", "opus", "speex", "g729"),
}
_ONLY_NOVA_3 = {"multichannel", "keyterm", "redact", "replace", "encoding", "mip_opt_out", "version"}
DEEPGRAM: dict[str, Check] = {
    **{name: check for name, check in NOVA_3.items() if name not in _ONLY_NOVA_3},
    **each("detect_language detect_topics multi_channel", boolean),
    **each("diarize_version keywords", string),
}
ASSEMBLY: dict[str, Check] = {
    **each(
        "language_detection punctuate format_text disfluencies multichannel speaker_labels filter_profanity", boolean
    ),
    **each("redact_pii redact_pii_audio content_safety iab_categories auto_highlights sentiment_analysis", boolean),
    **each("entity_detection auto_chapters summarization", boolean),
    **each("audio_start_from audio_end_at speakers_expected", number(0, whole=True)),
    **each("language_confidence_threshold speech_threshold", number(0, 1)),
    "language_code": string,
    **each("word_boost redact_pii_policies", strings),
    "boost_param": one_of("low", "default", "high"),
    "custom_spelling": spelling,
    "redact_pii_audio_quality": one_of("mp3", "wav"),
    "redact_pii_sub": one_of("entity_name", "hash"),
    "summary_model": one_of("informative", "conversational", "catchy"),
    "summary_type": one_of("bullets", "bullets_verbose", "gist", "headline", "paragraph"),
}
OPENAI: dict[str, Check] = {**each("language prompt", string), "temperature": number(0, 1)}
MAI: dict[str, Check] = {
    **each("max_tokens max_completion_tokens", number(1, whole=True)),
    "temperature": number(0, 2),
    "top_p": number(0, 1),
}


@dataclass(frozen=True)
class Kind:
    """What the models of one maker have in common."""

    shape: str  # "A", "B", "C": Deepgram's, AssemblyAI's, text only
    options: dict[str, Check]
    part: str = "audio"  # the name of the file's part


_WHISPER, _NOVA_3 = Kind("A", DEEPGRAM), Kind("A", NOVA_3)
_ASSEMBLY, _OPENAI, _MAI = Kind("B", ASSEMBLY), Kind("C", OPENAI, "file"), Kind("C", MAI)
_OLD = [
    *(f"whisper-{size}" for size in ("large", "medium", "small", "base", "tiny")),
    *(f"nova-2-{use}" for use in ("general", "meeting", "phonecall", "voicemail", "finance", "conversationalai")),
    *(f"nova-2-{use}" for use in ("video", "medical", "drivethru", "automotive")),
]

LISTED: dict[str, Kind] = {
    **{f"#g1_{name}": _WHISPER for name in _OLD},
    **dict.fromkeys(("nova-3", "nova-3-general", "nova-3-medical"), _NOVA_3),
    **dict.fromkeys(("aai/universal", "aai/slam-1"), _ASSEMBLY),
    **dict.fromkeys(("openai/gpt-4o-transcribe", "openai/gpt-4o-mini-transcribe"), _OPENAI),
    "microsoft/mai-transcribe-1.5": _MAI,
}
MODELS: dict[str, Kind] = LISTED | dict.fromkeys(_OLD, _WHISPER) | {"slam-1": _ASSEMBLY}  # aliases


def faults(fields: dict[str, Any], text: bool) -> list[str]:
    """What is wrong with the fields of a create request, as lines of its "Body validation error"."""
    kind = MODELS.get(fields["model"]) if isinstance(fields.get("model"), str) else None
    if kind is None:
        return [f"model: no such model: {fields.get('model')!r}"]
    source = kind.part if text else "url"
    found = [
        f"{name}: {'unknown option' if name not in kind.options else f'invalid value: {value!r:.60}'}"
        for name, value in fields.items()
        if name not in ("model", "url", "audio", "file")
        and (name not in kind.options or not kind.options[name](value, text))
    ]
    sources = [name for name in ("url", "audio", "file") if name in fields]
    if sources != [source]:
        return [*found, f"exactly one source is needed: {source} (received: {', '.join(sources) or 'none'})"]
    value = fields[source]
    if text and (not isinstance(value, Blob) or value.text or not value.size or not value.name):
        found.append(f"{source}: expected a file")
    if not text and not (isinstance(value, str) and value.startswith(("https://", "http://"))):
        found.append("url: expected a URL")
    return found
