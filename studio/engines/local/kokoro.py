"""Kokoro, 54 voices in eight languages: the parent's side."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from studio.core.errors import UsageError
from studio.core.speaking import Voice

from . import espeak
from .espeak_sounds import VOICES as BY_ESPEAK
from .talking import ChildTalker

MODEL, VOICES_MODEL = "kokoro-v1.0-int8", "kokoro-v1.0-voices"
_NAMES = """
af heart alloy aoede bella jessica kore nicole nova river sarah sky
am adam echo eric fenrir liam michael onyx puck santa
bf alice emma isabella lily|bm daniel fable george lewis|ef dora|em alex santa|ff siwis|hf alpha beta|hm omega psi
if sara|im nicola|jf alpha gongitsune nezumi tebukuro|jm kumo|pf dora|pm alex santa
zf xiaobei xiaoni xiaoxiao xiaoyi|zm yunjian yunxi yunxia yunyang
"""
_LANGUAGES = {"a": "en", "b": "en", "e": "es", "f": "fr", "h": "hi", "i": "it", "j": "ja", "p": "pt", "z": "zh"}
_ACCENTS = {"a": " (American)", "b": " (British)", "p": " (Brazilian)"}


def voices() -> tuple[Voice, ...]:
    groups = (group.split() for group in _NAMES.strip().replace("\n", "|").split("|"))
    return tuple(_voice(kind, name) for kind, *names in groups for name in names)


def _voice(kind: str, name: str) -> Voice:
    return Voice(
        id=f"kokoro/{kind}_{name}",
        title=name.capitalize() + _ACCENTS.get(kind[0], ""),
        languages=(_LANGUAGES[kind[0]],),
        engine="Kokoro",
        gender="female" if kind[1] == "f" else "male",
        model=MODEL,
    )


def language_of(voice: str) -> str:
    """Of Kokoro's own name for a voice: "ff_siwis" -> "fr"."""
    return _LANGUAGES[voice[0]]


class Kokoro(ChildTalker):
    """`model` and `voices` are the folders of MODEL and VOICES_MODEL."""

    def __init__(self, model: Path, voices: Path) -> None:
        setup = {"model": model / "kokoro-v1.0.int8.onnx", "voices": voices / "voices"}
        super().__init__("Kokoro", "studio.engines.local.kokoro_child:Session", setup)

    def _request(self, voice: str, language: str | None) -> dict[str, Any]:
        if voice not in _known():
            raise UsageError(f"Kokoro has no voice “{voice}”.", "See them with: studio voices")
        if language_of(voice) in BY_ESPEAK and not espeak.installed():
            raise UsageError("Kokoro needs espeak-ng for this language, and it is not installed.", espeak.INSTALL)
        return {"voice": voice}


@cache
def _known() -> frozenset[str]:
    return frozenset(voice.id.partition("/")[2] for voice in voices())
