"""Which models of AI/ML API speak, what each takes, and in which format each answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import spoken
from .aimlapi_models import Check, boolean, each, number, one_of, string

Format = tuple[str, int]  # a name from spoken.FORMATS, samples a second

VOICES = ("alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse")
ELEVEN = r"(mp3|pcm|opus|ulaw|alaw)_(8000|16000|22050|24000|44100|48000)(?:_(?:32|64|96|128|192))?"
CONTAINERS = {"wav": ("linear16", "mulaw", "alaw"), "ogg": ("opus",), "none": ("linear16", "mulaw", "alaw", "mp3")}


def structure(value: Any, text: bool) -> bool:
    return isinstance(value, dict)


def structures(value: Any, text: bool) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def eleven_format(value: Any, text: bool) -> bool:
    return isinstance(value, str) and re.fullmatch(ELEVEN, value) is not None


def _openai(options: dict[str, Any]) -> Format:
    return options.get("response_format", "mp3"), spoken.RATE


def _deepgram(options: dict[str, Any]) -> Format:
    encoding, rate = options.get("encoding", "linear16"), int(options.get("sample_rate", spoken.RATE))
    bare = options.get("container", "wav") == "none"
    raw = {"linear16": ("wav", "pcm"), "mulaw": ("mulaw.wav", "mulaw"), "alaw": ("alaw.wav", "alaw")}
    return (raw[encoding][bare] if encoding in raw else encoding), rate


def _eleven(options: dict[str, Any]) -> Format:
    kind, rate = options.get("output_format", "mp3_44100_128").split("_")[:2]
    return {"ulaw": "mulaw"}.get(kind, kind), int(rate)


def _minimax(options: dict[str, Any]) -> Format:
    audio = options.get("audio_setting", {})
    return audio.get("format", "mp3"), int(audio.get("sample_rate", 32_000))


def _named(options: dict[str, Any]) -> Format:
    return options.get("format", "wav"), spoken.RATE


def _wav(options: dict[str, Any]) -> Format:
    return "wav", spoken.RATE


@dataclass(frozen=True)
class Talker:
    """What the models of one maker have in common."""

    limit: int | None  # characters
    options: dict[str, Check]
    format: Callable[[dict[str, Any]], Format]
    streams: bool = False  # answers with the sound itself unless `stream` is false
    text: str = "text"  # the field with what is to be said


_OPENAI = Talker(
    4096,
    {
        "voice": one_of(*VOICES),
        "response_format": one_of("mp3", "opus", "aac", "flac", "wav", "pcm"),
        "speed": number(0.25, 4),
        "style": string,
    },
    _openai,
)
_DEEPGRAM = Talker(
    None,
    {
        "voice": string,
        "encoding": one_of("linear16", "mulaw", "alaw", "mp3", "opus", "flac", "aac"),
        "container": one_of(*CONTAINERS),
        "sample_rate": one_of("8000", "16000", "24000", "32000", "48000"),
        "stream": boolean,
    },
    _deepgram,
    streams=True,
)
_ELEVEN = Talker(
    None,
    {
        **each("voice previous_text next_text", string),
        "output_format": eleven_format,
        "voice_settings": structure,
        "seed": number(0, 2**32 - 1, whole=True),
        "apply_text_normalization": one_of("auto", "on", "off"),
        "stream": boolean,
    },
    _eleven,
    streams=True,
)
_MINIMAX = Talker(
    5000,
    {
        **each("voice_setting audio_setting pronunciation_dict voice_modify", structure),
        "timbre_weights": structures,
        "language_boost": string,
        "subtitle_enable": boolean,
    },
    _minimax,
)
_LONG = Talker(500_000, {"voice": string, "format": one_of("wav", "mp3")}, _named)
_VIBE = Talker(
    5000,
    {"speakers": structures, "seed": number(0, whole=True), "cfg_scale": number(0.1, 2)},
    _wav,
    text="script",
)

LISTED: dict[str, Talker] = {
    **dict.fromkeys(("openai/tts-1", "openai/tts-1-hd", "openai/gpt-4o-mini-tts"), _OPENAI),
    **dict.fromkeys(("deepgram/aura-2", "#g1_aura-asteria-en", "#g1_aura-orion-en"), _DEEPGRAM),
    **dict.fromkeys(("elevenlabs/eleven_multilingual_v2", "elevenlabs/eleven_turbo_v2_5"), _ELEVEN),
    **dict.fromkeys(("minimax/speech-2.6-hd", "minimax/speech-2.6-turbo"), _MINIMAX),
    **dict.fromkeys(("hume/octave-2", "inworld/tts-1"), _LONG),
    **dict.fromkeys(("microsoft/vibevoice-1.5b", "microsoft/vibevoice-7b"), _VIBE),
    "alibaba/qwen3-tts-flash": Talker(600, {"voice": string}, _wav),
}

_FAMILIES = (
    (r"#g1_aura-[a-z]+-en", _DEEPGRAM),
    (r"eleven_turbo_v2_5", _ELEVEN),  # the documentation may mean it with the maker's name or without
    (r"minimax/speech-2\.\d-(hd|turbo)(-preview)?", _MINIMAX),
    (r"inworld/tts-1[-.\w]*", _LONG),
    (r"microsoft/vibevoice-[-.\w]+", _VIBE),
)


def talker_of(model: Any) -> Talker | None:
    """What is known of a model; some are documented as families only."""
    if not isinstance(model, str):
        return None
    families = (talker for pattern, talker in _FAMILIES if re.fullmatch(pattern, model))
    return LISTED.get(model) or next(families, None)


def faults(fields: dict[str, Any]) -> list[str]:
    """What is wrong with the fields of a request, as lines of its "Body validation error"."""
    talker = talker_of(fields.get("model"))
    if talker is None:
        return [f"model: no such model: {fields.get('model')!r}"]
    found = [
        f"{name}: {'unknown option' if name not in talker.options else f'invalid value: {value!r:.60}'}"
        for name, value in fields.items()
        if name not in ("model", talker.text) and (name not in talker.options or not talker.options[name](value, False))
    ]
    text = spoken.text_in(fields.get(talker.text))
    if not isinstance(text, str) or not text.strip():
        found.append(f"{talker.text}: expected a string with at least 1 character")
    elif talker.limit is not None and spoken.characters(text) > talker.limit:
        found.append(f"{talker.text}: expected at most {talker.limit} characters, received {spoken.characters(text)}")
    if not found:
        found = _clashes(talker, fields)
    return found


def _clashes(talker: Talker, fields: dict[str, Any]) -> list[str]:
    """Values that are good alone but not together, or inside of structures."""
    container, encoding = fields.get("container"), fields.get("encoding", "linear16")
    if container is not None and encoding not in CONTAINERS[container]:
        return [f"container: {container} does not go with {encoding}"]
    audio = fields.get("audio_setting", {})
    if audio.get("format", "mp3") not in ("mp3", "pcm", "flac", "wav"):
        return ["audio_setting.format: expected mp3, pcm, flac or wav"]
    if audio.get("sample_rate", 32_000) not in (8000, 16_000, 22_050, 24_000, 32_000, 44_100):
        return ["audio_setting.sample_rate: no such rate"]
    return []
