"""What every format promises, and what several of them share.

To add a format: write a module with `write(transcript, options) -> str | bytes` and, if such files can be opened,
`read(text) -> Parsed`, and add a line to the table in `formats/__init__.py`. Nothing here touches the disk (but pdf.py
reads fonts). Any thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Literal

from studio.core.breaks import SPACES
from studio.core.cues import CueRules, SpeakerNames
from studio.core.errors import FormatError
from studio.core.transcript import Segment, Speaker, Transcript

Group = Literal["Subtitles", "Text", "Data"]
Read = tuple[str | None, Segment]  # the name of who speaks, if known, and the segment, its speaker not set


@dataclass(frozen=True, slots=True)
class WriteOptions:
    rules: CueRules = field(default_factory=CueRules)  # for subtitles
    speaker_names: SpeakerNames = "change"  # when names are written; txt and vtt know only "never" and all else
    recut: bool | None = None  # cut subtitles anew; None: of subtitles those that break the rules, else all if any does
    notes: bool = False  # comments and flags too, where the format has a place for them; json always has
    date: str = ""  # the day of the recording as documents show it; "": no day is shown


@dataclass(frozen=True, slots=True)
class Parsed:
    """A transcript that was read, and what could not be kept, one sentence each with the line number."""

    transcript: Transcript
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `read` raises FormatError with the line; `write` raises it for what it cannot hold."""

    id: str
    title: str
    suffix: str  # ".srt"
    write: Callable[[Transcript, WriteOptions], str | bytes]  # bytes: no text file
    read: Callable[[str], Parsed] | None  # None: can be written only
    group: Group = "Subtitles"
    encoding: Literal["any", "utf-8", "none"] = "any"  # what it may be stored in; "none": it is bytes


_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ENDLESS = re.compile("&#[0-9]{100,};?")  # Python reads no more than 4,300 digits
_NAMED = re.compile(r"([^\W\d_][^:\n]{0,39}):[ \t]+(?=[^ \t\n])")
_STAMP = r"(?:([0-9]+)\s*:\s*)?([0-9]{1,3})\s*:\s*([0-9]{1,2})(?:\s*[,.:]\s*([0-9]{1,9}))?"
_TIMES = re.compile(rf"\s*{_STAMP}\s*-{{1,3}}>\s*{_STAMP}(?![0-9:,.])\s*(.*)", re.DOTALL)


def printable(text: str) -> str:
    """The text on one line, single-spaced, without control characters, which no text format can hold."""
    return SPACES.sub(" ", _CONTROL.sub("", text)).strip(" ")


def require_times(transcript: Transcript) -> None:
    """Raises FormatError if the transcript came from plain text, so that nothing says when a word is shown."""
    if transcript.segments and not any(s.end for s in transcript.segments):
        raise FormatError(
            "This transcript has no times, and this kind of file needs them.",
            "Save it as text, or transcribe the recording it belongs to.",
        )


def unescaped(text: str) -> str:
    """The text with the characters that references of HTML stand for. One of thousands of digits is none of them."""
    return unescape(_ENDLESS.sub("\ufffd", text))


def lines_of(text: str) -> list[str]:
    """The lines of a file, whatever ends them, without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def quoted(text: str) -> str:
    """A line of a file for a message, shortened."""
    text = printable(text)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def loose_times(line: str) -> tuple[int, int, str] | None:
    """(start, end, what follows) of a line like "0:01,5 --> 00:00:02.04", in milliseconds; None for other lines."""
    match = _TIMES.match(line)
    if not match:
        return None
    return _milliseconds(*match.groups()[0:4]), _milliseconds(*match.groups()[4:8]), match[9].strip()


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    whole = (int((hours or "0")[-9:]) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0")[:3].ljust(3, "0"))


def split_name(text: str) -> tuple[str | None, str]:
    """ "Anna: Hello" -> ("Anna", "Hello"); no name -> (None, text)."""
    match = _NAMED.match(text)
    if match and len(match[1].split()) <= 4:
        return match[1].rstrip(), text[match.end() :]
    return None, text


def with_speakers(read: Iterable[Read], language: str | None = None) -> Transcript:
    """A transcript of segments ordered by start; each distinct name becomes a speaker, in order of appearance."""
    ordered = sorted(read, key=lambda r: r[1].start)
    names = dict.fromkeys(name for name, _ in ordered if name)
    ids = {name: f"S{n}" for n, name in enumerate(names, 1)}
    segments = tuple(s._replace(speaker=ids[name]) if name else s for name, s in ordered)
    return Transcript(
        segments=segments,
        speakers=tuple(Speaker(id, name) for name, id in ids.items()),
        language=language,
        duration=max((s.end for s in segments), default=0),
    )
