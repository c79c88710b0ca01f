"""Audacity's label track: start, end and text, parted by tabs, times in seconds. Any thread."""

from __future__ import annotations

import re

from studio.core.errors import FormatError
from studio.core.transcript import Segment, Transcript

from .base import Parsed, Read, WriteOptions, lines_of, printable, quoted, require_times, split_name, with_speakers

_JOINER = "\u2060"  # invisible; keeps words and a colon from being read as somebody's name
_SECONDS = r"[0-9]{1,9}(?:[.,][0-9]*)?"
_LABEL = re.compile(rf"\s*({_SECONDS})\t\s*({_SECONDS})(?:\t(.*))?")


def write(transcript: Transcript, options: WriteOptions) -> str:
    require_times(transcript)
    lines = []
    for segment in transcript.segments:
        name = printable(transcript.name_of(segment.speaker)) if options.speaker_names != "never" else ""
        text = printable(segment.text)
        unclear = not name and _split(text)[0] is not None
        label = f"{name}: {text}" if name else text.replace(":", f":{_JOINER}", 1) if unclear else text
        lines.append(f"{segment.start / 1000:.6f}\t{segment.end / 1000:.6f}\t{label}\n")
    return "".join(lines)


def looks_alike(text: str) -> bool:
    """Whether the first line with anything in it is a label."""
    first = next((line for line in lines_of(text) if line.strip()), "")
    return bool(_LABEL.fullmatch(first)) and first.count("\t") >= 2


def read(text: str) -> Parsed:
    """Names are recognised if at least half of the labels begin with one."""
    labels: list[tuple[int, int, str]] = []
    warnings: list[str] = []
    for number, line in enumerate(lines_of(text), 1):
        if not line.strip() or line.startswith("\\"):  # the frequencies of the label before
            continue
        match = _LABEL.fullmatch(line)
        if not match:
            raise FormatError(
                f"Line {number}: {quoted(line)} is no label.", "There must be a start, an end and a text, with tabs."
            )
        start, end = _milliseconds(match[1]), _milliseconds(match[2])
        if end < start:
            warnings.append(f"Line {number}: it ends before it starts, so it was given no length.")
        labels.append((start, max(start, end), printable(match[3] or "")))
    named = sum(_split(label)[0] is not None for *_, label in labels) * 2 >= len(labels)
    segments: list[Read] = []
    for start, end, label in labels:
        name, said = _split(label) if named else (None, label)
        segments.append((name, Segment(start, end, said.replace(f":{_JOINER}", ":"))))
    return Parsed(with_speakers(segments), tuple(warnings))


def _split(label: str) -> tuple[str | None, str]:
    """Name and text; behind a name there may be none."""
    name, said = split_name(label)
    alone = split_name(f"{label} x")[0] if label.endswith(":") else None
    return (alone, "") if alone else (name, said)


def _milliseconds(seconds: str) -> int:
    return round(float(seconds.replace(",", ".")) * 1000)
