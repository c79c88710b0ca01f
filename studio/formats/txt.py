"""Plain text: one paragraph per speaker's turn, "Name: text", with a blank line between.

Plain text has no times: a transcript read from it has segments from 0 to 0, which subtitles refuse. Any thread.
"""

from __future__ import annotations

from studio.core.transcript import Segment, Transcript

from .base import Parsed, Read, WriteOptions, lines_of, printable, split_name, with_speakers
from .document import paragraphs


def write(transcript: Transcript, options: WriteOptions) -> str:
    lines = []
    for paragraph in paragraphs(transcript, options):
        lines.append(f"{paragraph.name}: {paragraph.text}\n" if paragraph.name else f"{paragraph.text}\n")
    return "\n".join(lines)


def read(text: str) -> Parsed:
    """Names are recognised if at least half of the paragraphs begin with one; a name holds for its paragraph."""
    blocks: list[list[str]] = [[]]
    for line in lines_of(text):
        if line := printable(line):
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    blocks = [b for b in blocks if b]
    named = sum(split_name(b[0])[0] is not None for b in blocks)
    segments: list[Read] = []
    for block in blocks:
        for nth, line in enumerate(block):
            name, said = split_name(line) if named * 2 >= len(blocks) else (None, line)
            if nth and not name:
                before, segment = segments[-1]
                segments[-1] = before, Segment(0, 0, f"{segment.text} {said}")
            else:
                segments.append((name, Segment(0, 0, said)))
    return Parsed(with_speakers(segments))
