"""Transcripts as text and back: txt, srt, vtt, json. Text in, text out; no disk here. Any thread."""

from __future__ import annotations

import re
from pathlib import PurePath

from charset_normalizer import from_bytes

from studio.core.errors import FormatError

from . import json_, srt, txt, vtt
from .base import Format, Parsed, WriteOptions

__all__ = ["FORMATS", "Format", "Parsed", "WriteOptions", "decode_text", "format_of", "read_any"]

FORMATS: dict[str, Format] = {
    f.id: f
    for f in (
        Format("txt", "Text", ".txt", txt.write, txt.read),
        Format("srt", "SubRip subtitles", ".srt", srt.write, srt.read),
        Format("vtt", "WebVTT subtitles", ".vtt", vtt.write, vtt.read),
        Format("json", "Transcript with word times", ".json", json_.write, json_.read),
    )
}

_WESTERN = frozenset("äöüÄÖÜßàâáãåæçéèêëíìîïñóòôõøœúùûýÿÀÂÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÕØŒÚÙÛÝ«»‹›“”„‘’‚–—…¿¡°€£©®·´\u00a0")
_SRT_TIMES = re.compile(r"^\s*[0-9]+:[0-9]+.*-->.*[0-9]+:[0-9]+", re.MULTILINE)


def format_of(text: str, name: str) -> Format:
    """The format of a file by its ending, unless the content clearly is another's. Raises FormatError if unknown."""
    start = text.removeprefix("\ufeff")[:20_000]
    suffix = PurePath(f"x{name}" if name.startswith(".") else name).suffix.lower()
    named = next((f for f in FORMATS.values() if f.suffix == suffix), None)
    if re.match(r"WEBVTT(\s|\Z)", start):
        return FORMATS["vtt"]
    if start.lstrip()[:1] in ("{", "[") and named is None:
        return FORMATS["json"]
    if named is not FORMATS["json"] and _SRT_TIMES.search(start):
        return FORMATS["srt"]
    if named is None:
        known = ", ".join(f.suffix for f in FORMATS.values())
        raise FormatError(f"“{name}” is of a kind that cannot be read.", f"These can: {known}.")
    return named


def read_any(text: str, name: str) -> Parsed:
    """Read a file of any format. `name` is its name or suffix. Raises FormatError that names the file and line."""
    if not text.strip("\ufeff \t\r\n"):
        raise FormatError(f"“{name}” is empty.")
    kind = format_of(text, name)
    try:
        return kind.read(text)
    except FormatError as error:
        problem = error.problem
        raise FormatError(f"“{name}” cannot be read. {problem.what}", problem.hint, problem.detail) from error


def decode_text(data: bytes) -> str:
    """The text of a file: by byte order mark, as UTF-8, as UTF-16 without a mark, or by the likeliest encoding."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if len(data) % 2 == 0 and data[:200].count(0) > len(data[:200]) // 4:
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if western := _short_western(data):
            return western
        guess = from_bytes(data).best()
        return str(guess) if guess is not None else data.decode("cp1252", errors="replace")


def _short_western(data: bytes) -> str | None:
    """The text if it reads as Western European with few accents: too few for statistics, which guess Chinese."""
    text = data.decode("cp1252", errors="replace")
    accents = [c for c in text if not c.isascii()]
    if len(accents) <= 40 and len(accents) * 4 < len(text) and _WESTERN.issuperset(accents):
        return text
    return None
