"""Old subtitles of one line each, read only: MicroDVD and SubViewer (.sub), MPlayer (.mpl2), Spruce (.stl).

Lines of text stand behind one another with "|" between. Any thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from studio.core.errors import FormatError
from studio.core.transcript import Segment

from . import sbv
from .base import Parsed, lines_of, quoted, with_speakers
from .subtitles import NOTHING, checked_end, end_after, named, printable_lines

_FILM = 24000 / 1001  # frames a second that MicroDVD files mean where they do not say it
_TELEVISION = 25.0  # those of Spruce files, which never say it
_MICRODVD = re.compile(r"\s*\{\s*([0-9]{1,9})\s*\}\s*\{\s*([0-9]{0,9})\s*\}(.*)")
_MPL2 = re.compile(r"\s*\[\s*([0-9]{1,9})\s*\]\s*\[\s*([0-9]{0,9})\s*\](.*)")
_CODE = "([0-9]{1,4}:[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,3})"
_SPRUCE = re.compile(rf"\s*{_CODE}\s*,\s*{_CODE}\s*,(.*)")
_SPRUCE_ASIDE = re.compile(r"\s*(//|\$).*")
_RATE = re.compile(r"\s*([0-9]{1,3}[.,][0-9]{1,6})\s*")
_FORMATTING = re.compile(r"\{/?[a-zA-Z]:[^{}]*\}|\^[BIU]|(?:(?<=\n)|^)/")

Row = tuple[int, str, str, str]  # (line of the file, start, end, text)


def read_sub(text: str) -> Parsed:
    """MicroDVD, or SubViewer if no line is like that. Frames a second are those that the first line names."""
    lines = lines_of(text)
    if not any(_MICRODVD.match(line) for line in lines):
        return sbv.read(text)
    rows = _rows(lines, _MICRODVD)
    rate, warnings = _FILM, []
    if int(rows[0][1]) <= 1 and (named_rate := _RATE.fullmatch(rows[0][3])):
        rate = float(named_rate[1].replace(",", ".")) or _FILM
        rows = rows[1:]
    else:
        warnings.append("Line 1: the file does not say how many frames a second it counts; 23.976 were assumed.")
    return _parsed(rows, lambda frames: round(int(frames) * 1000 / rate), warnings)


def read_mpl2(text: str) -> Parsed:
    return _parsed(_rows(lines_of(text), _MPL2), lambda tenths: int(tenths) * 100, [])


def read_stl(text: str) -> Parsed:
    """Spruce files. The binary files of the European Broadcasting Union with the same ending are refused."""
    lines = lines_of(text)
    if re.match(r".{3}STL[0-9]{2}", lines[0]):
        raise FormatError(
            "Line 1: the file is an EBU subtitle file, which is no text and cannot be read here.",
            "Convert it to SubRip (.srt) with the program it came from.",
        )
    rows = _rows([line if not _SPRUCE_ASIDE.fullmatch(line) else "" for line in lines], _SPRUCE)
    warning = "Line 1: the file does not say how many frames a second it counts; 25 were assumed."
    return _parsed(rows, _spruce_time, [warning] if rows else [])


def _spruce_time(code: str) -> int:
    hours, minutes, seconds, frames = (int(part) for part in code.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + round(frames * 1000 / _TELEVISION)


def _rows(lines: list[str], pattern: re.Pattern[str]) -> list[Row]:
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        if match := pattern.fullmatch(line):
            rows.append((number, match[1], match[2], match[3]))
        elif line.strip():
            raise FormatError(f"Line {number}: {quoted(line)} does not begin with two times.", "Correct this line.")
    return rows


def _parsed(rows: list[Row], time: Callable[[str], int], warnings: list[str]) -> Parsed:
    starts = sorted(time(start) for _, start, _, _ in rows)
    segments: list[Segment] = []
    for number, first, last, said in rows:
        start = time(first)
        end = time(last) if last else end_after(start, starts)
        if not last:
            warnings.append(f"Line {number}: the subtitle has no end; it lasts until the next one.")
        text = printable_lines(_FORMATTING.sub("", said.replace("|", "\n")))
        segments.append(Segment(start, checked_end(number, start, end, warnings), text))
    if not segments:
        warnings.append(NOTHING)
    return Parsed(with_speakers(named(segments)), tuple(warnings))
