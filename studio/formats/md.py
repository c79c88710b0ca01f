"""Markdown: a heading, what is known of the recording, and a paragraph per turn. Text is escaped. Any thread."""

from __future__ import annotations

import re

from studio.core.transcript import Transcript

from .base import WriteOptions
from .document import Paragraph, clock, document

_MARKS = re.compile(r"([\\`*_\[\]<>#|~$&])")
_LIST = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([-+=])")


def write(transcript: Transcript, options: WriteOptions) -> str:
    made = document(transcript, options)
    parts = [f"# {_plain(made.title)}"]
    if made.facts:
        parts.append("\n".join(f"- **{key}:** {_plain(value)}" for key, value in made.facts))
    for paragraph in made.paragraphs:
        parts += [_paragraph(paragraph), *_notes(paragraph)]
    return "\n\n".join(parts) + "\n"


def _paragraph(paragraph: Paragraph) -> str:
    time = f"({clock(paragraph.start)})" if paragraph.start is not None else ""
    name = f"**{_plain(paragraph.name)}**" if paragraph.name else ""
    head = " ".join(filter(None, (name, time)))
    return f"{head}: {_plain(paragraph.text)}" if head else _plain(paragraph.text)


def _notes(paragraph: Paragraph) -> list[str]:
    notes = []
    for piece in paragraph.pieces:
        time = f", {clock(piece.start)}" if piece.start is not None else ""
        if piece.flagged:
            notes.append(f"> **Flagged{time}:** {_plain(piece.text.strip())}")
        if piece.comment:
            notes.append(f"> **Comment{time}:** {_plain(piece.comment)}")
    return notes


def _plain(text: str) -> str:
    """The text so that Markdown shows it as it is."""
    return _LIST.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", _MARKS.sub(r"\\\1", text))
