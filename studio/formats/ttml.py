"""Timed text of the W3C (.ttml, and .dfxp, the name of its first version).

Read are text, lines, times in all their notations, and who speaks (ttm:agent). Names are compared without their
namespaces, which changed from draft to draft. Documents that declare entities are refused: they may grow without
bound. Source: Timed Text Markup Language 2, sections 8, 12.3 and 14. Any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.entities import html5
from itertools import groupby
from xml.parsers import expat

from studio.core.breaks import SPACES
from studio.core.errors import FormatError
from studio.core.transcript import Transcript

from .base import Parsed, Read, WriteOptions, printable, quoted, with_speakers
from .subtitles import (
    NOTHING,
    Piece,
    checked_end,
    cues_for,
    end_after,
    looks_lost,
    printable_lines,
    segments_of,
    stamp,
)

_CLOCK = re.compile(r"(?:([0-9]{1,9}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,9})|[:;]([0-9]{1,3})(?:\.[0-9]+)?)?")
_OFFSET = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,18})?)\s*(h|ms|m|s|f|t|)")
_NO_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_ASIDE = ("metadata", "title", "desc", "copyright", "agent", "actor", "set", "animate")  # never shown
_LOOKS = {"color", "backgroundColor", "fontStyle", "fontWeight", "textDecoration"}

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" \
xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:timeBase="media" xml:lang="{language}">
"""


def write(transcript: Transcript, options: WriteOptions) -> str:
    """Cues, each with its speaker as ttm:agent unless names are off. Raises FormatError without times."""
    cues = cues_for(transcript, options)
    ids: dict[str, str] = {}
    if options.speaker_names != "never":
        spoken = dict.fromkeys(cue.speaker for cue in cues if cue.speaker)
        ids = {id: f"a{n}" for n, id in enumerate((s for s in spoken if _name(transcript, s)), 1)}
    lines = [_HEAD.format(language=escape(transcript.language or ""))]
    if ids:
        lines.append("  <head>\n    <metadata>\n")
        for id, agent in ids.items():
            name = f'<ttm:name type="full">{_name(transcript, id)}</ttm:name>'
            lines.append(f'      <ttm:agent xml:id="{agent}" type="person">{name}</ttm:agent>\n')
        lines.append("    </metadata>\n  </head>\n")
    lines.append("  <body>\n    <div>\n")
    for cue in cues:
        agent = f' ttm:agent="{ids[cue.speaker]}"' if cue.speaker in ids else ""
        text = "<br/>".join(_escape(line) for line in cue.lines)
        lines.append(f'      <p begin="{stamp(cue.start)}" end="{stamp(cue.end)}"{agent}>{text}</p>\n')
    lines.append("    </div>\n  </body>\n</tt>\n")
    return "".join(lines)


def _name(transcript: Transcript, speaker: str) -> str:
    return _escape(printable(transcript.name_of(speaker)))


def _escape(text: str) -> str:
    return escape(_NO_XML.sub("", text), quote=False)


def read(text: str) -> Parsed:
    """Segments, with words where each has its own span with times. Raises FormatError for what is no such document."""
    body = text.lstrip("\ufeff \t\r\n")
    reader = _Reader(text[: len(text) - len(body)].replace("\r\n", "\n").count("\n"))
    reader.parse(_ENTITY.sub(lambda match: _character(match[1]), body))
    return Parsed(with_speakers(reader.finished(), reader.language), tuple(reader.warnings))


def _character(name: str) -> str:
    """What a reference of HTML stands for: XML knows but five of them, files use more."""
    return html5[name] if name in html5 and name.lower() not in ("amp;", "lt;", "gt;", "quot;", "apos;") else f"&{name}"


@dataclass(slots=True)
class _Element:
    """An element that is open, with what it hands to those inside. Times in milliseconds from the start."""

    name: str = ""
    start: int | None = None
    end: int | None = None
    apart: bool = False  # it or one around it, inside a paragraph, has times of its own
    bad: str = ""  # a time that cannot be read, of this or one around
    sequence: bool = False  # its children follow one another
    clock: int = 0  # in a sequence: where the next child begins
    preserve: bool = False  # spaces and line ends count
    voice: str | None = None
    aside: bool = False


@dataclass(slots=True)
class _Paragraph:
    line: int
    element: _Element
    pieces: list[Piece] = field(default_factory=list)


class _Reader:
    """Follows the document and gathers its paragraphs."""

    def __init__(self, skipped: int) -> None:
        self.skipped = skipped  # lines before the document
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.SkippedEntityHandler = self._unknown
        self.language: str | None = None
        self.warnings: list[str] = []
        self.frames = self.ticks = 1.0  # a second
        self.names: dict[str, str] = {}  # of agents, by id
        self.agent = ""  # the id of the agent being read
        self.elements = [_Element()]
        self.paragraph: _Paragraph | None = None
        self.looks: dict[int, None] = {}  # lines of paragraphs of which a part looks different
        self.found: list[tuple[int, Read, bool]] = []  # (line, who and what, whether its end is known)

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber + self.skipped

    def parse(self, text: str) -> None:
        try:
            self.parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            what = expat.errors.messages[error.code]
            raise FormatError(f"Line {error.lineno + self.skipped}: the XML is broken here ({what}).") from error

    def finished(self) -> list[Read]:
        """Who says what, ends filled in."""
        if not self.found:
            self.warnings.append(NOTHING)
        self.warnings += looks_lost(list(self.looks))
        starts = sorted(segment.start for _, (_, segment), _ in self.found)
        read: list[Read] = []
        names = {id: printable(name) for id, name in self.names.items()}
        for line, (voice, segment), ended in self.found:
            if not ended:
                self.warnings.append(f"Line {line}: the subtitle has no end; it lasts until the next one.")
                ((_, segment),) = segments_of([Piece(segment.text)], segment.start, end_after(segment.start, starts))
            read.append((names.get(voice or "", voice), segment))
        return read

    def _entity(self, name: str, *_: object) -> None:
        raise FormatError(f"Line {self.line}: the file declares the entity {quoted(name)}; such files are not read.")

    def _unknown(self, name: str, _: bool) -> None:
        raise FormatError(f"Line {self.line}: nothing says what {quoted(f'&{name};')} stands for.")

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        around = self.elements[-1]
        if len(self.elements) == 1:
            self._document(name, values)
        element = _Element(name, preserve=values.get("space", "preserve" if around.preserve else "") == "preserve")
        element.voice = values.get("agent", "").partition(" ")[0] or around.voice
        element.aside = around.aside or name in _ASIDE or values.get("ruby") in ("text", "textContainer", "delimiter")
        element.sequence = values.get("timeContainer") == "seq"
        if name in ("body", "div", "p", "span"):
            self._set_times(element, around, values)
        else:
            element.start, element.end, element.bad, element.apart = around.start, around.end, around.bad, around.apart
        self.elements.append(element)
        if name == "agent":
            self.agent = values.get("id", "")
        elif name == "p" and self.paragraph is None:
            self.paragraph = _Paragraph(self.line, element)
        elif name == "br":
            self._add("\n")
        if self.paragraph and not _LOOKS.isdisjoint(values):
            self.looks[self.paragraph.line] = None

    def _document(self, name: str, values: dict[str, str]) -> None:
        if name != "tt":
            raise FormatError(f"Line {self.line}: the document is {quoted(name)}, not “tt”.", "Is it other XML?")
        self.language = values.get("lang", "").strip().partition("-")[0].lower() or None
        rate = _number(values.get("frameRate", "")) or 30.0
        factors = [_number(part) for part in re.split(r"[\s:]+", values.get("frameRateMultiplier", "").strip())]
        if len(factors) == 2 and factors[0] and factors[1]:
            rate *= factors[0] / factors[1]
        self.frames = rate
        default = rate * (_number(values.get("subFrameRate", "")) or 1.0) if "frameRate" in values else 1.0
        self.ticks = _number(values.get("tickRate", "")) or default

    def _set_times(self, element: _Element, around: _Element, values: dict[str, str]) -> None:
        """Times are relative to those of the element around, or in a sequence to the end of the one before."""
        element.bad = around.bad
        begin, end, lasts = (self._time(values, key, element) for key in ("begin", "end", "dur"))
        base = around.clock if around.sequence else around.start or 0
        if begin is not None and around.end is not None and base + begin >= around.end and not around.sequence:
            self.warnings.append(f"Line {self.line}: the times lie outside those around and were taken as they stand.")
            base, limit = 0, None
        else:
            limit = around.end
        timed = not (begin is end is lasts is None)
        element.apart = self.paragraph is not None and (timed or around.apart)
        element.start = around.start if not timed and not around.sequence else base + (begin or 0)
        ends = [limit, None if end is None else base + end, None if lasts is None else (element.start or 0) + lasts]
        element.end = min((e for e in ends if e is not None), default=None)
        element.clock = element.start or 0
        if around.sequence:
            around.clock = element.clock if element.end is None else element.end

    def _time(self, values: dict[str, str], key: str, element: _Element) -> int | None:
        value = values.get(key, "").strip()
        if not value or value == "indefinite":
            return None
        if match := _CLOCK.fullmatch(value):
            whole = (int(match[1] or 0) * 60 + int(match[2])) * 60 + int(match[3])
            frames = round(int(match[5] or 0) * 1000 / self.frames)
            return whole * 1000 + int((match[4] or "0")[:3].ljust(3, "0")) + frames
        if match := _OFFSET.fullmatch(value):
            lengths = {"h": 3600000.0, "m": 60000.0, "s": 1000.0, "": 1000.0, "ms": 1.0}
            lengths |= {"f": 1000 / self.frames, "t": 1000 / self.ticks}
            return round(min(float(match[1]) * lengths[match[2]], 1e12))
        element.bad = value
        return None

    def _text(self, text: str) -> None:
        element = self.elements[-1]
        if element.name == "name" and self.agent:
            self.names[self.agent] = self.names.get(self.agent, "") + text
        else:
            self._add(text if element.preserve else SPACES.sub(" ", text))

    def _add(self, text: str) -> None:
        element = self.elements[-1]
        if self.paragraph and not element.aside:
            times = (element.start, element.end) if element.apart else (None, None)
            self.paragraph.pieces.append(Piece(text, element.voice, *times))

    def _close(self, tag: str) -> None:
        element = self.elements.pop()
        if element.name == "agent":
            self.agent = ""
        elif self.paragraph and element is self.paragraph.element:
            self._finish(self.paragraph)
            self.paragraph = None

    def _finish(self, paragraph: _Paragraph) -> None:
        """Usually one subtitle; where only the spans have times, or show one text after another, one for each."""
        element, pieces = paragraph.element, paragraph.pieces
        text = printable_lines("".join(p.text for p in pieces))
        if element.bad:
            what = f"{quoted(element.bad)} is not a time; {quoted(text)} was left out."
            self.warnings.append(f"Line {paragraph.line}: {what}")
            return
        said = [p for p in pieces if p.text.strip()]
        apart = all(p.start is not None for p in said) and any(len(p.text.split()) > 1 for p in said)
        if element.start is not None and not (said and apart):
            self._found(paragraph.line, pieces, element.start, element.end)
            return
        for (start, end), group in groupby(pieces, key=lambda p: (p.start, p.end)):
            part = [Piece(p.text, p.voice) for p in group]
            if start is not None:
                self._found(paragraph.line, part, start, end)
            elif printable_lines(lost := "".join(p.text for p in part)):
                self.warnings.append(f"Line {paragraph.line}: {quoted(lost)} has no times and was left out.")

    def _found(self, line: int, pieces: list[Piece], start: int, end: int | None) -> None:
        if end is not None:
            end = checked_end(line, start, end, self.warnings)
        for read in segments_of(pieces, start, start if end is None else end):
            self.found.append((line, read, end is not None))


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text.strip()) and float(text) else None
