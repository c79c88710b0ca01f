"""WebVTT subtitles (.vtt), read as the W3C standard says, with speakers as voice tags.

The standard has players skip what they cannot read; here each skipped block becomes a warning with its line. Source:
WebVTT: The Web Video Text Tracks Format, sections 6.1 to 6.3. Any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.errors import FormatError
from studio.core.transcript import Transcript

from . import vtt_text
from .base import Parsed, Read, WriteOptions, lines_of, loose_times, printable, quoted, with_speakers
from .subtitles import NOTHING, checked_end, cues_for, looks_lost, places_lost, segments_of, stamp


@dataclass(frozen=True, slots=True)
class RawCue:
    """A cue as it stands in the file. Times in milliseconds; `text` with its tags."""

    id: str
    start: int
    end: int
    settings: str  # what stands after the times
    text: str
    line: int  # of the times, from 1


@dataclass(slots=True)
class RawFile:
    cues: list[RawCue]
    header: list[str]  # the lines between the signature and the first blank line
    styled: int | None  # the line of the first STYLE or REGION block
    skipped: list[str]  # what a player would skip, one sentence each


def write(transcript: Transcript, options: WriteOptions) -> str:
    """Cues; each has the voice of its speaker unless names are off.

    Raises FormatError for a transcript without times.
    """
    blocks = ["WEBVTT\n"]
    for cue in cues_for(transcript, options):
        name = printable(transcript.name_of(cue.speaker)) if options.speaker_names != "never" else ""
        voice = f"<v {_escape(name)}>" if name else ""
        blocks.append(f"{stamp(cue.start)} --> {stamp(cue.end)}\n{voice}{_escape(chr(10).join(cue.lines))}\n")
    return "\n".join(blocks)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read(text: str) -> Parsed:
    """Segments, with words only where the file times each word. Raises FormatError if the signature is missing."""
    raw = parse(text, lenient=True)
    warnings = list(raw.skipped)
    warnings += places_lost([cue.line for cue in raw.cues if cue.settings])
    if raw.styled:
        warnings.append(f"Line {raw.styled}: colours, fonts and regions are not kept.")
    if not raw.cues:
        warnings.append(NOTHING)
    segments: list[Read] = []
    trees = [vtt_text.parse(cue.text) for cue in raw.cues]
    warnings += looks_lost([cue.line for cue, tree in zip(raw.cues, trees, strict=True) if vtt_text.has_looks(tree)])
    for cue, tree in zip(raw.cues, trees, strict=True):
        end = checked_end(cue.line, cue.start, cue.end, warnings)
        segments += segments_of(vtt_text.pieces(tree), cue.start, end)
    return Parsed(with_speakers(segments, _language(raw.header)), tuple(warnings))


def parse(text: str, lenient: bool = False) -> RawFile:
    """The cues of a file exactly as the standard finds them. Raises FormatError if the signature is missing.

    `lenient` also takes cues whose times are badly written but clear, like 00:01:39 or 0:01,5.
    """
    lines = lines_of(text.replace("\0", "\ufffd"))
    signature = lines[0]
    if signature[:6] != "WEBVTT" or signature[6:7] not in ("", " ", "\t"):
        raise FormatError(
            f"Line 1: {quoted(signature)} is not “WEBVTT”, with which every such file starts.",
            "Is it another kind of file with the wrong ending?",
        )
    raw = RawFile([], [], None, [])
    at = 1
    while at < len(lines) and lines[at] and "-->" not in lines[at]:
        raw.header.append(lines[at])
        at += 1
    while at < len(lines):
        at = _block(lines, at, raw, lenient) if lines[at] else at + 1
    return raw


def _block(lines: list[str], first: int, raw: RawFile, lenient: bool) -> int:
    """Read the block that begins at a line; returns the line after it."""
    times = next((n for n in (first, first + 1) if n < len(lines) and lines[n] and "-->" in lines[n]), None)
    at = first if times is None else times + 1
    while at < len(lines) and lines[at] and "-->" not in lines[at]:
        at += 1
    if times is None:
        kind = lines[first].rstrip(" \t")
        if kind in ("STYLE", "REGION") or kind.startswith("Region:"):
            raw.styled = raw.styled or first + 1
        elif kind != "NOTE" and not kind.startswith(("NOTE ", "NOTE\t")):
            raw.skipped.append(f"Line {first + 1}: {quoted(lines[first])} has no times and was left out.")
        return at
    text = "\n".join(lines[times + 1 : at])
    line = times + 1
    read = _times(lines[times])
    if not read and lenient and (read := loose_times(lines[times])):
        raw.skipped.append(f"Line {line}: {quoted(lines[times])} is not written as the standard wants; it was read.")
    if read:
        raw.cues.append(RawCue(lines[first] if times > first else "", *read, text, line))
    else:
        raw.skipped.append(f"Line {line}: {quoted(lines[times])} is not a pair of times; {quoted(text)} was left out.")
    return at


def _times(line: str) -> tuple[int, int, str] | None:
    """(start, end, settings) of the line above a cue, None if the standard does not allow it."""
    line = line.strip(" \t\f")
    start = vtt_text.timestamp(line)
    arrow = line[start[1] :].lstrip(" \t\f") if start else ""
    if not start or not arrow.startswith("-->"):
        return None
    rest = arrow[3:].lstrip(" \t\f")
    end = vtt_text.timestamp(rest)
    return (start[0], end[0], rest[end[1] :].lstrip(" \t\f")) if end else None


def _language(header: list[str]) -> str | None:
    """The language of files from YouTube and the like, which note it in the header."""
    for line in header:
        key, _, value = line.partition(":")
        if key.strip().lower() == "language" and value.strip():
            return value.strip().partition("-")[0].lower()
    return None
