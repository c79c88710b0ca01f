"""YouTube's plain captions (.sbv), and SubViewer (.sub), which differs by a header and hundredths.

A line "start,end", lines of text, a blank line. Nothing can be escaped; an invisible word joiner keeps text that looks
like times apart. Any thread.
"""

from __future__ import annotations

import re

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Transcript

from .base import Parsed, WriteOptions, lines_of, quoted, with_speakers
from .subtitles import NOTHING, checked_end, cues_for, named, no_times_before, printable_lines

_STAMP = r"([0-9]{1,9}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?"
_TIMES = re.compile(rf"\s*{_STAMP}\s*,\s*{_STAMP}\s*")
_LIKE_TIMES = re.compile(r"\s*[0-9]+\s*:[^,]*,\s*[0-9]+\s*:\S*\s*|\s*[0-9]+:[0-9]+:[0-9.]+\s*,?\s*")
_HEADER = re.compile(r"\s*\[/?[A-Z ]+\].*")  # of SubViewer: [INFORMATION], [TITLE], ...
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)
_JOINER = "\u2060"
_GUARDED_BREAK = re.compile(rf"\[{_JOINER}(?=br\])", re.IGNORECASE)


def write(transcript: Transcript, options: WriteOptions) -> str:
    """Cues with names before the text. Raises FormatError for a transcript without times."""
    return "\n".join(
        f"{_stamp(cue.start)},{_stamp(cue.end)}\n{chr(10).join(_guarded(line) for line in cue.lines)}\n"
        for cue in cues_for(transcript, options, options.speaker_names)
    )


def _stamp(ms: int) -> str:
    return f"{ms // 3600000}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def _guarded(line: str) -> str:
    line = _BREAK.sub(lambda match: f"[{_JOINER}{match[0][1:]}", line)
    return _JOINER + line if _TIMES.fullmatch(line) else line


def read(text: str) -> Parsed:
    """Segments without words. Text after a blank line stays with the subtitle before it, with a warning."""
    segments: list[Segment] = []
    warnings: list[str] = []
    said: list[str] = []
    blank = False
    for number, line in enumerate(lines_of(text), 1):
        if match := _TIMES.fullmatch(line):
            start, end = _milliseconds(*match.groups()[:4]), _milliseconds(*match.groups()[4:])
            _close(segments, said)
            segments.append(Segment(start, checked_end(number, start, end, warnings), ""))
        elif _LIKE_TIMES.fullmatch(line) and (blank or not segments):
            raise FormatError(f"Line {number}: {quoted(line)} is not a pair of times.", "Correct this line.")
        elif not segments:
            if line.strip() and not _HEADER.fullmatch(line):
                raise no_times_before(number, line)
        elif line.strip():
            if blank and said:
                warnings.append(f"Line {number}: {quoted(line)} has no times; it was added to the subtitle before it.")
            said.append(line)
        blank = not line.strip()
    _close(segments, said)
    if not segments:
        warnings.append(NOTHING)
    return Parsed(with_speakers(named(segments)), tuple(warnings))


def _close(segments: list[Segment], said: list[str]) -> None:
    """Give the last segment its text."""
    if segments:
        lines = (line[1:] if line.startswith(_JOINER) and _TIMES.fullmatch(line[1:]) else line for line in said)
        text = printable_lines(_GUARDED_BREAK.sub("[", _BREAK.sub("\n", "\n".join(lines))))
        segments[-1] = Segment(segments[-1].start, segments[-1].end, text)
    said.clear()


def _milliseconds(hours: str, minutes: str, seconds: str, fraction: str | None) -> int:
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0")[:3].ljust(3, "0"))
