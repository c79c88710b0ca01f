"""Song texts and the like (.lrc): lines with the time they begin, in hundredths of a second.

A time with nothing after it ends the line before; this is how ends are written. Lines cannot be broken and lines of
two speakers cannot overlap. Also read are repeated lines ([00:12.00][00:30.00]text) and times of words (<00:12.00>).
Any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Transcript

from .base import Parsed, WriteOptions, lines_of, printable, quoted, with_speakers
from .subtitles import Piece, cues_for, end_after, named, segments_of

_STAMP = r"(?:([0-9]{1,9}):)?([0-9]{1,9}):([0-9]{1,2})(?:[.:,]([0-9]{1,9}))?"
_LINE_TIME = re.compile(rf"\s*\[{_STAMP}\]")
_WORD_TIME = re.compile(rf"<{_STAMP}>")
_HEAD = re.compile(r"\s*\[\s*([a-zA-Z#]+)\s*:(.*)\]\s*")
_LIKE_TIME = re.compile(r"\s*\[[0-9]+\s*:")
_JOINER = "\u2060"  # invisible; keeps text like "[00:12.00]" from being read as a time
_GUARDED = re.compile(rf"(?<=[\[<]){_JOINER}(?=[0-9]+:)")


def write(transcript: Transcript, options: WriteOptions) -> str:
    """Each cue on one line, names before the text. Raises FormatError for a transcript without times."""
    cues = cues_for(transcript, options, options.speaker_names)
    written: list[str] = []
    for cue, after in zip_longest(cues, cues[1:]):
        text = re.sub(r"([\[<])(?=[0-9]+:)", rf"\1{_JOINER}", " ".join(cue.lines))
        written.append(f"{_stamp(cue.start)}{text}\n")
        if after is None or _hundredths(after.start) > _hundredths(cue.end):
            written.append(f"{_stamp(cue.end)}\n")
    return "".join(written)


def _hundredths(ms: int) -> int:
    return (ms + 5) // 10


def _stamp(ms: int) -> str:
    hundredths = _hundredths(ms)
    return f"[{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}]"


@dataclass(slots=True)
class _Line:
    start: int
    pieces: list[Piece] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        return not any(printable(p.text) for p in self.pieces)


def read(text: str) -> Parsed:
    """Segments, with words where the file times each one. Lines that begin at the same time make one segment."""
    lines: list[_Line] = []
    warnings: list[str] = []
    offset = 0
    latest: list[_Line] = []  # those of the last line of the file that had a time
    for number, line in enumerate(lines_of(text), 1):
        starts, said = _starts(line)
        if starts:
            latest = [_Line(start, _pieces(said)) for start in starts]
            lines += latest
        elif head := _HEAD.fullmatch(line):
            if head[1].lower() == "offset" and re.fullmatch(r"\s*[+-]?[0-9]{1,9}\s*", head[2]):
                offset = int(head[2])
        elif _LIKE_TIME.match(line) or (line.strip() and not lines):
            raise FormatError(
                f"Line {number}: {quoted(line)} does not begin with a time.", "Lines begin like [00:12.00]."
            )
        elif line.strip():
            warnings.append(f"Line {number}: {quoted(line)} has no time; it was added to the line before it.")
            for each in latest:
                each.pieces += [Piece("\n"), *_pieces(line)]
    if not lines:
        warnings.append("Line 1: the file holds no lines with times.")
    return Parsed(with_speakers(named(_segments(lines, offset))), tuple(warnings))


def _starts(line: str) -> tuple[list[int], str]:
    """The times at the beginning of a line, and what follows them."""
    starts = []
    at = 0
    while match := _LINE_TIME.match(line, at):
        starts.append(_milliseconds(*match.groups()))
        at = match.end()
    return starts, line[at:]


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0")[:3].ljust(3, "0"))


def _pieces(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    at, start = 0, None
    for match in _WORD_TIME.finditer(text):
        pieces.append(Piece(_GUARDED.sub("", text[at : match.start()]), None, start))
        at, start = match.end(), _milliseconds(*match.groups())
    return [*pieces, Piece(_GUARDED.sub("", text[at:]), None, start)]


def _segments(lines: list[_Line], offset: int) -> list[Segment]:
    """An offset above zero shows everything earlier, as most players understand it."""
    groups: dict[int, list[_Line]] = {}
    for line in sorted(lines, key=lambda line: line.start):
        groups.setdefault(line.start, []).append(line)
    times = list(groups)
    segments = []
    for start, group in groups.items():
        shown = [line for line in group if not line.blank]
        if not shown:
            continue
        pieces = [piece for line in shown for piece in (Piece("\n"), *line.pieces)]
        ((_, segment),) = segments_of(pieces, start, end_after(start, times))
        segments.append(_shifted(segment, -offset))
    return segments


def _shifted(segment: Segment, by: int) -> Segment:
    words = tuple(w._replace(start=max(0, w.start + by), end=max(0, w.end + by)) for w in segment.words)
    return Segment(max(0, segment.start + by), max(0, segment.end + by), segment.text, words)
