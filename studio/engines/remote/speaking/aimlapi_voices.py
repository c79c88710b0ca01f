"""The models behind AI/ML API that speak, as documented: their voices, their limits, how a wish is spelled. Pure.

A voice is called MODEL:VOICE; MODEL alone where the model has one voice only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from studio.core.accounts import RemoteVoice

from .openai_like import LONGEST, VOICES


@dataclass(frozen=True, slots=True)
class Family:
    """Models that are asked alike. `starts`: how their names begin."""

    starts: str
    characters: int | None
    models: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()


_FAMILIES = (
    Family("openai/", LONGEST, ("openai/gpt-4o-mini-tts", "openai/tts-1", "openai/tts-1-hd"), VOICES),
    Family("deepgram/", None, ("deepgram/aura-2",), ("thalia",)),
    Family("#g1_aura", None),
    Family("elevenlabs/", None, ("elevenlabs/eleven_multilingual_v2", "elevenlabs/eleven_turbo_v2_5"), ("Rachel",)),
    Family("minimax/", 5000, ("minimax/speech-2.6-hd", "minimax/speech-2.6-turbo"), ("Wise_Woman",)),
    Family("hume/", 500_000),
    Family("inworld/", 500_000),
    Family("microsoft/", 5000),
    Family("alibaba/", 600, ("alibaba/qwen3-tts-flash",), ("Cherry",)),
)
_OTHER = Family("", None)

KNOWN = tuple(
    RemoteVoice(f"{model}:{voice}", f"{voice.replace('_', ' ').capitalize()}, {model.rpartition('/')[2]}")
    for family in _FAMILIES
    for model in family.models
    for voice in family.voices
)


def family(model: str) -> Family:
    return next((f for f in _FAMILIES if model.startswith(f.starts)), _OTHER)


def parts(voice: str) -> tuple[str, str]:
    """Model and voice."""
    model, _, name = voice.partition(":")
    return model, name


def asked(voice: str, text: str) -> dict[str, Any]:
    """What to send to have the text spoken."""
    model, name = parts(voice)
    starts = family(model).starts
    field = "script" if starts == "microsoft/" else "text"
    return {"model": model, field: text, **_manner(starts, name)}


def _manner(starts: str, name: str) -> dict[str, Any]:
    voice = {"voice": name} if name else {}
    match starts:
        case "openai/":
            return {**voice, "response_format": "mp3"}
        case "deepgram/" | "#g1_aura":
            return {**voice, "encoding": "mp3"}
        case "minimax/":
            return {"voice_setting": {"voice_id": name}} if name else {}
        case "hume/" | "inworld/":
            return {**voice, "format": "mp3"}
        case "microsoft/":
            return {"speakers": [{"preset": name}]} if name else {}
    return voice
