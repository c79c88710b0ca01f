"""Transcripts as files and back, one module per format; no disk here. Any thread."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from studio.core.errors import FormatError

from . import ass, audacity, csv_, docx, html, json_, lrc, md, pdf, rttm, sbv, smi, srt, sub, textgrid, ttml, txt, vtt
from .base import Format, Parsed, WriteOptions
from .document import as_text
from .subtitles import cues_for

__all__ = [
    "FORMATS",
    "READ_ONLY",
    "Format",
    "Parsed",
    "WriteOptions",
    "as_text",
    "cues_for",
    "decode_text",
    "format_of",
    "named_format",
    "read_any",
]

FORMATS: dict[str, Format] = {
    f.id: f
    for f in (
        Format("srt", "SubRip", ".srt", srt.write, srt.read),
        Format("vtt", "WebVTT", ".vtt", vtt.write, vtt.read, encoding="utf-8"),
        Format("ass", "Advanced SubStation Alpha", ".ass", ass.write, ass.read),
        Format("ssa", "SubStation Alpha", ".ssa", ass.write_ssa, ass.read),
        Format("ttml", "Timed text", ".ttml", ttml.write, ttml.read, encoding="utf-8"),
        Format("dfxp", "Timed text for Flash", ".dfxp", ttml.write, ttml.read, encoding="utf-8"),
        Format("sbv", "YouTube captions", ".sbv", sbv.write, sbv.read),
        Format("lrc", "Song text", ".lrc", lrc.write, lrc.read),
        Format("txt", "Plain text", ".txt", txt.write, txt.read, "Text"),
        Format("docx", "Word document", ".docx", docx.write, None, "Text", "none"),
        Format("pdf", "PDF", ".pdf", pdf.write, None, "Text", "none"),
        Format("md", "Markdown", ".md", md.write, None, "Text"),
        Format("html", "Web page", ".html", html.write, None, "Text", "utf-8"),
        Format("json", "JSON, words and times", ".json", json_.write, json_.read, "Data", "utf-8"),
        Format("csv", "Table", ".csv", csv_.write, None, "Data"),
        Format("tsv", "Table with tabs", ".tsv", csv_.write_tabs, None, "Data"),
        Format("rttm", "Speaker turns", ".rttm", rttm.write, None, "Data"),
        Format("textgrid", "Praat TextGrid", ".TextGrid", textgrid.write, textgrid.read, "Data"),
        Format("audacity", "Audacity labels", ".labels.txt", audacity.write, audacity.read, "Data"),
    )
}

# Old subtitles that are read but not written, by ending.
READ_ONLY: dict[str, Callable[[str], Parsed]] = {
    ".sub": sub.read_sub,
    ".mpl2": sub.read_mpl2,
    ".stl": sub.read_stl,
    ".smi": smi.read,
    ".sami": smi.read,
}

# How files of some formats begin, whatever their name.
_SIGNS = {
    "vtt": re.compile(r"WEBVTT(\s|\Z)"),
    "ass": re.compile(r"\s*\[Script Info\]", re.IGNORECASE),
    "ttml": re.compile(r"\s*<(?:[?!][^<>]*>\s*<)*(?:\w+:)?tt[\s>]"),
}
_WESTERN = frozenset("äöüÄÖÜßàâáãåæçéèêëíìîïñóòôõøœúùûýÿÀÂÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÕØŒÚÙÛÝ«»‹›“”„‘’‚–—…¿¡°€£©®·´\u00a0")
_BEGINS_WITH_TIME, _TIME = re.compile(r"\s*[0-9]+:[0-9]"), re.compile("[0-9]:[0-9]")


def format_of(text: str, name: str) -> Format:
    """The format of a file by its ending, unless the content clearly is another's. Raises FormatError if unknown."""
    start = text.removeprefix("\ufeff")[:20_000]
    readable = [f for f in FORMATS.values() if f.read]
    named = named_format(name, readable)
    for id, sign in _SIGNS.items():
        if sign.match(start):
            return FORMATS[id]
    if start.lstrip()[:1] in ("{", "[") and named is None:
        return FORMATS["json"]
    if named is FORMATS["txt"] and audacity.looks_alike(start):
        return FORMATS["audacity"]
    if named is not FORMATS["json"] and _has_srt_times(start):
        return FORMATS["srt"]
    if named is None:
        known = ", ".join([*(f.suffix for f in readable), *READ_ONLY])
        raise FormatError(f"“{name}” is of a kind that cannot be read.", f"These can: {known}.")
    return named


def named_format(name: str, formats: Iterable[Format] | None = None) -> Format | None:
    """The format that the ending of a file's name stands for: the longest one that fits."""
    fit = [f for f in formats or FORMATS.values() if name.lower().endswith(f.suffix.lower())]
    return max(fit, key=lambda f: len(f.suffix), default=None)


def read_any(text: str, name: str) -> Parsed:
    """Read a file of any format. `name` is its name or suffix. Raises FormatError that names the file and line."""
    if not text.strip("\ufeff \t\r\n"):
        raise FormatError(f"“{name}” is empty.")
    read = _old_reader(text, name) or format_of(text, name).read
    assert read is not None  # format_of knows readable ones only
    try:
        return read(text)
    except FormatError as error:
        problem = error.problem
        raise FormatError(f"“{name}” cannot be read. {problem.what}", problem.hint, problem.detail) from error


def _old_reader(text: str, name: str) -> Callable[[str], Parsed] | None:
    """The reader of an old kind, if the file's name ends like that and it is not SubRip after all."""
    ends = (read for suffix, read in READ_ONLY.items() if name.lower().endswith(suffix))
    return None if _has_srt_times(text[:20_000]) else next(ends, None)


def _has_srt_times(start: str) -> bool:
    """Whether a line reads like "0:01 --> 0:02". Line by line, as one expression may take minutes over odd files."""
    parts = (line.partition("-->") for line in start.split("\n"))
    return any(arrow and _BEGINS_WITH_TIME.match(one) and _TIME.search(other) for one, arrow, other in parts)


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
    high, low = data[:200:2].count(0), data[1:200:2].count(0)
    if high + low > len(data[:200]) // 4:
        whole = data[: len(data) // 2 * 2]  # one that was cut off may end with half a character
        return whole.decode("utf-16-be" if high > low else "utf-16-le", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if western := _short_western(data):
            return western
        from charset_normalizer import from_bytes  # here, because few files need it and it takes a while to load

        guess = from_bytes(data).best()
        return str(guess) if guess is not None else data.decode("cp1252", errors="replace")


def _short_western(data: bytes) -> str | None:
    """The text if it reads as Western European with few accents: too few for statistics, which guess Chinese."""
    text = data.decode("cp1252", errors="replace")
    accents = [c for c in text if not c.isascii()]
    if len(accents) <= 40 and len(accents) * 4 < len(text) and _WESTERN.issuperset(accents):
        return text
    return None
