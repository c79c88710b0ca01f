"""Plain text: one paragraph per speaker's turn, "Name: text", with a blank line between.

Plain text has no times: a transcript read from it has segments from 0 to 0, which subtitles refuse. Any thread.
"""

from __future__ import annotations

from studio.core.breaks import HAS_CJK
from studio.core.transcript import Segment, Transcript

from .base import Parsed, Read, WriteOptions, lines_of, printable, split_name, with_speakers

_PARAGRAPH_PAUSE = 2000  # milliseconds of silence that begin a paragraph within one speaker's turn


def write(transcript: Transcript, options: WriteOptions) -> str:
    paragraphs: list[str] = []
    previous: Segment | None = None
    for segment in transcript.segments:
        text = printable(segment.text)
        if not text:
            continue
        if (
            previous is None
            or segment.speaker != previous.speaker
            or segment.start - previous.end >= _PARAGRAPH_PAUSE
            or not segment.end
        ):
            name = printable(transcript.name_of(segment.speaker)) if options.speaker_names != "never" else ""
            paragraphs.append(f"{name}: {text}" if name else text)
        else:
            apart = not (HAS_CJK.match(text) and HAS_CJK.match(paragraphs[-1][-1]))
            paragraphs[-1] += " " * apart + text
        previous = segment
    return "\n".join(f"{paragraph}\n" for paragraph in paragraphs)


def read(text: str) -> Parsed:
    """Names are recognised if at least half of the paragraphs begin with one; a name holds for its paragraph."""
    paragraphs: list[list[str]] = [[]]
    for line in lines_of(text):
        if line := printable(line):
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    paragraphs = [p for p in paragraphs if p]
    named = sum(split_name(p[0])[0] is not None for p in paragraphs)
    segments: list[Read] = []
    for paragraph in paragraphs:
        for nth, line in enumerate(paragraph):
            name, said = split_name(line) if named * 2 >= len(paragraphs) else (None, line)
            if nth and not name:
                before, segment = segments[-1]
                segments[-1] = before, Segment(0, 0, f"{segment.text} {said}")
            else:
                segments.append((name, Segment(0, 0, said)))
    return Parsed(with_speakers(segments))
