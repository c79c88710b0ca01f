"""SubRip subtitles (.srt). There is no standard: writes the strictest form, reads what people really have.

The reader is lenient where nothing is lost: missing or wrong numbers, missing blank lines, dots for commas, hours
left out, blank lines inside a subtitle. What it cannot place raises FormatError; no subtitle is dropped. Any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Transcript

from .base import Parsed, WriteOptions, lines_of, loose_times, quoted, unescaped, with_speakers
from .subtitles import (
    NOTHING,
    checked_end,
    cues_for,
    looks_lost,
    named,
    no_times_before,
    places_lost,
    printable_lines,
    stamp,
)

_CLOCK = re.compile(r"[0-9]\s*:")
_NUMBER = re.compile(r"\s*[0-9]+\s*")
_TAG = re.compile(r"</?(?:b|i|u|s|em|strong|font|c|v|lang|ruby|rt|span)(?:[\s.][^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>|\\[Nn](?![a-z])", re.IGNORECASE)
_CODE = re.compile(r"\{\\[^{}]*\}|\{/?[biu]\}|\{[yYcCfFsSpP]:[^{}]*\}")
_LOOK = re.compile(f"{_TAG.pattern}|{_CODE.pattern}", re.IGNORECASE)
_ENTITY = re.compile(r"&(?=#?\w+;)")


@dataclass(slots=True)
class _Block:
    line: int  # of the times, from 1
    start: int
    end: int
    place: str  # what stands after the times
    text: list[str] = field(default_factory=list)


def write(transcript: Transcript, options: WriteOptions) -> str:
    """Cues with names before the text. Raises FormatError for a transcript without times."""
    cues = cues_for(transcript, options, options.speaker_names)
    return "\n".join(
        f"{number}\n{stamp(cue.start, ',')} --> {stamp(cue.end, ',')}\n{_escape(chr(10).join(cue.lines))}\n"
        for number, cue in enumerate(cues, 1)
    )


def _escape(text: str) -> str:
    """Only what a player would take for something else is escaped: many show "&amp;" as it stands."""
    text = _ENTITY.sub("&amp;", text)
    text = re.sub(r"<(?=[a-zA-Z/])", "&lt;", text)
    text = re.sub(r"\{(?=[\\/a-zA-Z])", "&#123;", text)
    text = re.sub(r"\\(?=[Nn])", "&#92;", text)
    return text.replace("-->", "--&gt;")


def read(text: str) -> Parsed:
    """Segments without words. Speakers come from "Name: " where the first subtitle has one and two names occur."""
    blocks = _blocks(lines_of(text))
    warnings: list[str] = []
    segments: list[Segment] = []
    for block in blocks:
        end = checked_end(block.line, block.start, block.end, warnings)
        segments.append(Segment(block.start, end, _plain("\n".join(block.text))))
    warnings += places_lost([b.line for b in blocks if b.place])
    warnings += looks_lost([b.line for b in blocks if any(map(_LOOK.search, b.text))])
    if not blocks:
        warnings.append(NOTHING)
    return Parsed(with_speakers(named(segments)), tuple(warnings))


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    for index, line in enumerate(lines):
        times = loose_times(line)
        blank_before = index == 0 or not lines[index - 1].strip()
        if times:
            if blocks:
                _drop_number(blocks[-1].text, len(blocks) + 1)
            blocks.append(_Block(index + 1, *times))
        elif "-->" in line and _CLOCK.search(line) and (blank_before or _NUMBER.fullmatch(lines[index - 1])):
            raise FormatError(f"Line {index + 1}: {quoted(line)} is not a pair of times.", "Correct this line.")
        elif not blocks:
            if line.strip() and not _NUMBER.fullmatch(line):
                raise no_times_before(index + 1, line)
        else:
            if blank_before and _NUMBER.fullmatch(line) and _timeless(lines, index, len(blocks) + 1):
                raise FormatError(f"Line {index + 1}: subtitle {line.strip()} has no times.", "Add its times.")
            blocks[-1].text.append(line)
    return blocks


def _drop_number(text: list[str], expected: int) -> None:
    """Take the number of the next subtitle off the end of this one's text.

    A number that stands as in most files is taken whatever it is; in any other place only if it is the expected one.
    """
    at = len(text)
    while at and not text[at - 1].strip():
        at -= 1
    if not at or not _NUMBER.fullmatch(text[at - 1]):
        return
    above_times = at == len(text) and at > 1
    alone = at == 1 or not text[at - 2].strip()
    if above_times or (alone and text[at - 1].strip() == str(expected) and (at > 1 or at == len(text))):
        del text[at - 1 :]


def _timeless(lines: list[str], index: int, expected: int) -> bool:
    """Whether a line that is the next subtitle's number is followed by text instead of times."""
    if lines[index].strip() != str(expected):
        return False
    following = next((n for n in range(index + 1, len(lines)) if lines[n].strip()), None)
    return following == index + 1 and not loose_times(lines[following])


def _plain(text: str) -> str:
    """The lines of the text without formatting tags and codes, entities decoded."""
    text = _CODE.sub("", _TAG.sub("", _BREAK.sub("\n", text)))
    return printable_lines(re.sub(r"&#?\w+;", lambda match: unescaped(match[0]), text))
