"""A transcript as people read it: paragraphs of one speaker, for txt, md, html, docx and pdf. Any thread."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from studio.core.breaks import HAS_CJK
from studio.core.languages import LANGUAGES
from studio.core.transcript import Segment, Transcript

from .base import WriteOptions, printable

_PAUSE = 2000  # milliseconds of silence that begin a paragraph within one speaker's turn
_LONG = 1200  # characters after which a turn that goes on gets another paragraph


@dataclass(frozen=True, slots=True)
class Piece:
    """What a segment adds to its paragraph."""

    text: str  # with the space that sets it off
    start: int | None  # milliseconds; None where no times are known
    comment: str = ""
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    name: str  # who speaks; "" if nobody knows or names are left out
    start: int | None  # milliseconds; None where no times are known
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    facts: tuple[tuple[str, str], ...]  # ("Length", "0:42:18"), ...
    language: str  # as in HTML's lang, "" if unknown
    paragraphs: tuple[Paragraph, ...]


def document(transcript: Transcript, options: WriteOptions) -> Document:
    names = [printable(s.name) for s in transcript.speakers] if options.speaker_names != "never" else []
    length = transcript.duration or transcript.source.duration
    facts = {
        "Date": printable(options.date),
        "Length": clock(length) if length else "",
        "Language": LANGUAGES.get(transcript.language or "", transcript.language or ""),
        "Speakers": ", ".join(dict.fromkeys(filter(None, names))),
    }
    return Document(
        title=printable(PurePath(transcript.source.name).stem) or "Transcript",
        facts=tuple((key, value) for key, value in facts.items() if value),
        language={"jw": "jv"}.get(transcript.language or "", transcript.language or ""),
        paragraphs=tuple(paragraphs(transcript, options)),
    )


def as_text(transcript: Transcript, options: WriteOptions) -> str:
    """What a document says, without its looks: to show what a docx or pdf will hold."""
    made = document(transcript, options)
    parts = [made.title, "\n".join(f"{key}: {value}" for key, value in made.facts)]
    for paragraph in made.paragraphs:
        time = clock(paragraph.start) if paragraph.start is not None else ""
        parts.append("\n".join(filter(None, ("  ".join(filter(None, (paragraph.name, time))), paragraph.text))))
        parts += [f"Comment: {piece.comment}" for piece in paragraph.pieces if piece.comment]
    return "\n\n".join(filter(None, parts)) + "\n"


def paragraphs(transcript: Transcript, options: WriteOptions) -> list[Paragraph]:
    """Consecutive segments of one speaker in one paragraph; segments without text and notes are left out."""
    found: list[Paragraph] = []
    previous: Segment | None = None
    for segment in transcript.segments:
        text = printable(segment.text)
        comment = printable(segment.comment) if options.notes else ""
        if not text and not comment:
            continue
        start = segment.start if segment.end else None
        piece = Piece(text, start, comment, segment.flagged and options.notes)
        if previous is not None and _goes_on(previous, segment, found[-1]):
            last = found[-1]
            apart = bool(text) and not (HAS_CJK.match(text) and HAS_CJK.match(last.text[-1:]))
            piece = Piece(" " * apart + text, start, comment, piece.flagged)
            found[-1] = Paragraph(last.name, last.start, (*last.pieces, piece))
        else:
            name = printable(transcript.name_of(segment.speaker)) if options.speaker_names != "never" else ""
            found.append(Paragraph(name, start, (piece,)))
        previous = segment
    return found


def _goes_on(previous: Segment, segment: Segment, last: Paragraph) -> bool:
    return (
        bool(segment.end)
        and segment.speaker == previous.speaker
        and segment.start - previous.end < _PAUSE
        and sum(len(piece.text) for piece in last.pieces) < _LONG
    )


def clock(time: int) -> str:
    """Milliseconds as "0:01:23"."""
    seconds = time // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def right_to_left(text: str) -> bool:
    """Whether a text is set from right to left: its first letter with a direction decides."""
    direction = next((d for d in map(unicodedata.bidirectional, text) if d in ("L", "R", "AL")), "L")
    return direction != "L"
