"""Fonts for documents: our own, and what this computer has for the scripts that ours lack. Any thread."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_MOST = 150  # files looked into; the likely ones come first
# Plain fonts that cover a script or many, in the names that the systems give them.
_LIKELY = re.findall(
    r"\S+",
    "notosans arial msyh msgothic yugoth malgun meiryo simsun segoeui seguisym nirmala leelaw gadugi hiragino pingfang "
    "applesdgothic applegothic stheiti applesymbols arialuni droidsans dejavusans wqy takao nanum freesans unifont",
)
_UNLIKELY = ("bold", "italic", "oblique", "mono", "serif", "light", "thin", "black", "condensed", "medium", "ui-")


def missing(text: set[str], font: Path, number: int = 0) -> set[str]:
    """The characters that a font has no picture of."""
    return {char for char in text if ord(char) not in characters(font, number)}


def covering(text: set[str]) -> tuple[list[tuple[Path, int]], set[str]]:
    """Fonts of this computer for these characters, as (file, number in its collection), and what none of them has."""
    found: list[tuple[Path, int]] = []
    for font in _installed():
        if not text:
            break
        rest = missing(text, font)
        if len(rest) < len(text):
            found.append((font, 0))
            text = rest
    return found, text


@lru_cache(maxsize=256)
def characters(font: Path, number: int = 0) -> frozenset[int]:
    """The code points of an outline font; empty for a file that is none."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(font, fontNumber=number, lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ()) if "glyf" in opened else frozenset()
    except (OSError, TTLibError, AssertionError, ValueError, KeyError, EOFError):
        return frozenset()


def _installed() -> list[Path]:
    fonts = [Path(folder) / name for root in _folders() for folder, _, names in os.walk(root) for name in names]
    outlines = [f for f in fonts if f.suffix.lower() in (".ttf", ".ttc", ".otf")]
    return sorted(outlines, key=_unlikeliness)[:_MOST]


def _unlikeliness(font: Path) -> tuple[int, int, str]:
    name = font.stem.lower().replace(" ", "").replace("-regular", "")
    likely = next((n for n, start in enumerate(_LIKELY) if name.startswith(start)), len(_LIKELY))
    return sum(word in name for word in _UNLIKELY), likely, str(font)


def _folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        yield home / "AppData/Local/Microsoft/Windows/Fonts"
    elif sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    else:
        yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
        yield from (home / ".local/share/fonts", home / ".fonts")
