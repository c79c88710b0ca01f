"""hibari, the small English voices: the parent's side. One comes with the installation, four can be fetched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.core.errors import ModelError, UsageError
from studio.core.speaking import Voice

from .talking import ChildTalker

_VOICES = {"heart": "female", "kore": "female", "fenrir": "male", "emma": "female", "fable": "male"}
_BRITISH = ("emma", "fable")


def voices() -> tuple[Voice, ...]:
    return tuple(
        Voice(
            id=f"hibari/{name}",
            title=f"{name.capitalize()} ({'British' if name in _BRITISH else 'American'})",
            languages=("en",),
            engine="hibari",
            gender=gender,
            model="" if name == "heart" else f"hibari-{name}",
        )
        for name, gender in _VOICES.items()
    )


class Hibari(ChildTalker):
    """`weights` tells the folder of a model; it is asked for fetched voices only."""

    def __init__(self, weights: Callable[[str], Path]) -> None:
        super().__init__("hibari", "studio.engines.local.hibari_child:Session", {})
        self._weights = weights

    def _request(self, voice: str, language: str | None) -> dict[str, Any]:
        if voice not in _VOICES:
            raise UsageError(f"hibari has no voice “{voice}”.", f"It has: {', '.join(_VOICES)}.")
        return {"path": None if voice == "heart" else self._path(voice), "british": voice in _BRITISH}

    def _path(self, voice: str) -> Path:
        for path in self._weights(f"hibari-{voice}").glob("voices/*.onnx"):
            return path
        raise ModelError(f"The voice “{voice}” is not here yet.", f"Fetch it with: studio models pull hibari-{voice}")
