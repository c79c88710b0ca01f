r"""Advanced SubStation Alpha (.ass) and its forerunner SubStation Alpha (.ssa).

There is no standard; what libass shows is the measure. One plain style is written. Read are text, lines (\N, \n), who
speaks (the Name field) and word times (karaoke tags, \k); what else stands in override tags, and every event that is
no subtitle, becomes a warning with its line. Any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.core.errors import FormatError
from studio.core.transcript import Transcript

from .base import Parsed, Read, WriteOptions, lines_of, printable, quoted, with_speakers
from .subtitles import NOTHING, Piece, checked_end, cues_for, joined, segments_of

_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_LINE = re.compile(r"\s*(Format|Dialogue|Comment|Picture|Sound|Movie|Command)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_TIME = re.compile(r"\s*([0-9]{1,9}):([0-9]{1,2}):([0-9]{1,2})(?:[.,:]([0-9]{1,9}))?\s*")
_MARKUP = re.compile(r"\\[Nnh{}]|\{[^{}]*\}")
_TAG = re.compile(r"\\(kt|[kK][fo]?|p(?=[0-9]))\s*([0-9]{1,9})|\\[^\\]*")
_CODES = {"\\N": "\n", "\\n": "\n", "\\h": "\u00a0", "\\{": "{", "\\}": "}"}
_JOINER = "\u2060"  # invisible; keeps a backslash and what follows from being read as a code
_COMMA = "‚"  # looks like the comma that would end the Name field, and is read back as one
_NOBODY = ("NTP",)  # what programs write into the Name field when nobody is named

_HEAD = """\
[Script Info]
ScriptType: {version}
WrapStyle: 0
ScaledBorderAndShadow: yes
PlayResX: 1920
PlayResY: 1080

[{version_name} Styles]
{style}
[Events]
Format: {first}, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_ASS_STYLE = """\
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,64,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,60,60,54,1
"""
_SSA_STYLE = """\
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, BackColour, Bold, Italic, \
BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, AlphaLevel, Encoding
Style: Default,Arial,64,16777215,255,0,0,0,0,1,3,1,2,60,60,54,0,1
"""


def write(transcript: Transcript, options: WriteOptions) -> str:
    """Cues in one style, who speaks in the Name field unless names are off. Times in hundredths of a second.

    Raises FormatError for a transcript without times.
    """
    head = _HEAD.format(version="v4.00+", version_name="V4+", style=_ASS_STYLE, first="Layer")
    return head + _events(transcript, options, "0")


def write_ssa(transcript: Transcript, options: WriteOptions) -> str:
    """As `write`, in the older dialect."""
    head = _HEAD.format(version="v4.00", version_name="V4", style=_SSA_STYLE, first="Marked")
    return head + _events(transcript, options, "Marked=0")


def _events(transcript: Transcript, options: WriteOptions, first: str) -> str:
    lines = []
    for cue in cues_for(transcript, options):
        name = printable(transcript.name_of(cue.speaker)) if options.speaker_names != "never" else ""
        name = name.replace(",", _COMMA)
        text = "\\N".join(_escape(line) for line in cue.lines)
        lines.append(f"Dialogue: {first},{_stamp(cue.start)},{_stamp(cue.end)},Default,{name},0,0,0,,{text}\n")
    return "".join(lines)


def _stamp(ms: int) -> str:
    hundredths = (ms + 5) // 10
    return f"{hundredths // 360000}:{hundredths // 6000 % 60:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _escape(text: str) -> str:
    return re.sub(r"\\(?=[Nnh{}])", "\\\\" + _JOINER, text).replace("{", "\\{").replace("}", "\\}")


@dataclass(slots=True)
class _File:
    """What was read so far."""

    fields: tuple[str, ...] = _FIELDS
    segments: list[Read] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    formatted: list[int] = field(default_factory=list)  # lines with override tags that are not kept


def read(text: str) -> Parsed:
    """Segments, with words where karaoke tags time each one. Raises FormatError if the file has no events at all."""
    lines = lines_of(text)
    file = _File()
    section = ""
    has_events = False
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        match = _LINE.match(line)
        if stripped.startswith("[") and stripped.endswith("]"):
            section = stripped[1:-1].lower()
            has_events = has_events or section == "events"
        elif match and match[1].lower() == "format":
            fields = tuple(name.strip().lower() for name in match[2].split(","))
            if "text" in fields or section == "events":
                file.fields = _checked(fields, number, line)
        elif match:
            has_events = True
            if match[1].lower() == "dialogue":
                _dialogue(file, number, match[2], line)
            else:
                file.warnings.append(f"Line {number}: {quoted(stripped)} is not shown by players and was left out.")
        elif section == "events" and stripped and not stripped.startswith((";", "!")):
            file.warnings.append(f"Line {number}: {quoted(stripped)} is not a subtitle and was left out.")
    if not has_events:
        raise FormatError(f"Line {len(lines)}: the file ends without “[Events]”.", "Is it a whole SubStation file?")
    if file.formatted:
        found = len(file.formatted)
        file.warnings.append(f"Line {file.formatted[0]}: fonts, colours and positions are not kept ({found} in all).")
    if not file.segments:
        file.warnings.append(NOTHING)
    return Parsed(with_speakers(file.segments), tuple(file.warnings))


def _checked(fields: tuple[str, ...], number: int, line: str) -> tuple[str, ...]:
    fields = tuple("name" if name == "actor" else name for name in fields)
    if fields[-1] != "text" or "start" not in fields or "end" not in fields:
        raise FormatError(f"Line {number}: {quoted(line)} does not name Start, End and, at the end, Text.")
    return fields


def _dialogue(file: _File, number: int, values: str, line: str) -> None:
    parts = values.split(",", len(file.fields) - 1)
    event = dict(zip(file.fields, parts, strict=False))
    start, end = _milliseconds(event.get("start", "")), _milliseconds(event.get("end", ""))
    if start is None or end is None or "text" not in event:
        file.warnings.append(f"Line {number}: {quoted(line)} has no pair of times or no text and was left out.")
        return
    end = checked_end(number, start, end, file.warnings)
    shown = _Shown(start)
    pieces = shown.read(event["text"])
    if shown.formatted:
        file.formatted.append(number)
    file.warnings += (f"Line {number}: the note {quoted(note)} was left out." for note in shown.notes)
    if shown.drawn:
        file.warnings.append(f"Line {number}: a drawing was left out.")
        if not any(p.text.strip() for p in pieces):
            return
    name = printable(event.get("name", "")).replace(_COMMA, ",")
    ((_, segment),) = segments_of(pieces, start, end)
    file.segments.append((name if name and name not in _NOBODY else None, segment))


def _milliseconds(stamp: str) -> int | None:
    match = _TIME.fullmatch(stamp)
    if not match:
        return None
    whole = (int(match[1]) * 60 + int(match[2])) * 60 + int(match[3])
    return whole * 1000 + int((match[4] or "0")[:3].ljust(3, "0"))


class _Shown:
    """The text of one event taken apart: what is shown, and what is not kept."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.clock: int | None = None  # of the next syllable
        self.stop: int | None = None
        self.notes: list[str] = []
        self.formatted = self.drawing = self.drawn = False

    def read(self, text: str) -> list[Piece]:
        """The text in pieces, each syllable that a karaoke tag times being one."""
        pieces: list[Piece] = []
        at = 0
        for match in _MARKUP.finditer(text):
            self._add(pieces, text[at : match.start()])
            at = match.end()
            if match[0].startswith("\\"):
                self._add(pieces, _CODES[match[0]])
            else:
                self._override(match[0][1:-1])
        self._add(pieces, text[at:])
        return [p._replace(text=p.text.replace("\\" + _JOINER, "\\")) for p in joined(pieces)]

    def _add(self, pieces: list[Piece], text: str) -> None:
        if self.drawing:
            self.drawn = self.drawn or bool(text.strip())
        else:
            pieces.append(Piece(text, None, self.clock, self.stop))

    def _override(self, block: str) -> None:
        if note := re.sub(r"\\[^\\]*", "", block).strip():
            self.notes.append(note)
        for match in _TAG.finditer(block):
            tag, value = match[1], int(match[2] or 0)
            if tag == "p":
                self.drawing = value > 0
            elif tag == "kt":
                self.stop = self.start + value * 10
            elif tag:
                self.clock = self.start if self.stop is None else self.stop
                self.stop = self.clock + value * 10
            else:
                self.formatted = True
