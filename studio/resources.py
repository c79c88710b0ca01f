"""Finds the files of `resources/`: beside the package in an installation, beside `studio/` in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a bundled file, e.g. resource("models.toml")."""
    installed = _PACKAGE / "_resources" / name
    return installed if installed.exists() else _PACKAGE.parent / "resources" / name
