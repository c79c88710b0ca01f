"""A PDF to print and to pass on: A4, Inter, and this computer's fonts for the scripts that Inter lacks. Any thread.

A character that no font has is shown as a replacement mark, never dropped.
"""

from __future__ import annotations

import logging
import unicodedata
from typing import TYPE_CHECKING

from studio.core.transcript import Transcript
from studio.resources import resource

from . import fonts
from .base import WriteOptions
from .document import Document, Paragraph, clock, document, right_to_left

if TYPE_CHECKING:
    from fpdf import FPDF

_REGULAR, _BOLD = "fonts/Inter-Regular.ttf", "fonts/Inter-SemiBold.ttf"
_UNKNOWN = "\ufffd"
_TEXT, _SMALL, _TITLE = 10.5, 9, 20  # points
_LINE = 5.6  # millimetres
_INK, _GREY, _MARK = (28, 34, 48), (84, 93, 112), (255, 239, 201)


def write(transcript: Transcript, options: WriteOptions) -> bytes:
    made = document(transcript, options)
    pdf, known = _opened(made)
    pdf.add_page()
    pdf.set_font("Inter", "B", _TITLE)
    _block(pdf, known(made.title), 9)
    pdf.ln(2)
    pdf.set_text_color(*_GREY)
    pdf.set_font("Inter", "", _SMALL)
    for key, value in made.facts:
        _block(pdf, known(f"{key}: {value}"), 5)
    for paragraph in made.paragraphs:
        _paragraph(pdf, paragraph, known)
    return bytes(pdf.output())


class _Known(dict[int, str]):
    """Text with the characters that can be shown, for str.translate."""

    def __call__(self, text: str) -> str:
        return text.translate(self)


def _opened(made: Document) -> tuple[FPDF, _Known]:
    """An empty document that knows all characters of this one, and what turns the others into replacement marks."""
    from fpdf import FPDF

    class Numbered(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font("Inter", "", _SMALL)
            self.set_text_color(*_GREY)
            self.cell(0, 5, str(self.page_no()), align="C")

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it reports every table it leaves out
    used = {char for char in _all_text(made) if not char.isspace()}
    others, unknown = fonts.covering(fonts.missing(used, resource(_REGULAR)) | fonts.missing(used, resource(_BOLD)))
    mark = "?"
    if unknown:
        marks, none = fonts.covering({_UNKNOWN})
        others = list(dict.fromkeys([*others, *marks]))
        mark = mark if none else _UNKNOWN
    pdf = Numbered(format="A4")
    pdf.set_title(made.title)
    if made.language:
        pdf.set_lang(made.language)
    pdf.set_margins(22, 20)
    pdf.set_auto_page_break(True, 22)
    pdf.add_font("Inter", "", resource(_REGULAR))
    pdf.add_font("Inter", "B", resource(_BOLD))
    for place, (file, number) in enumerate(others):
        pdf.add_font(f"other{place}", "", file, collection_font_number=number)
    pdf.set_fallback_fonts([f"other{n}" for n in range(len(others))], exact_match=False)
    if any(_is_shaped(char) for char in used):
        pdf.set_text_shaping(True, features={"calt": False})  # Inter makes arrows of "-->"
    return pdf, _Known({ord(char): mark for char in unknown})


def _paragraph(pdf: FPDF, paragraph: Paragraph, known: _Known) -> None:
    pdf.ln(3.5)
    if pdf.will_page_break(3 * _LINE):
        pdf.add_page()
    _head(pdf, known(paragraph.name), paragraph)
    pdf.set_font("Inter", "", _TEXT)
    pdf.set_text_color(*_INK)
    _block(pdf, known(paragraph.text), _LINE)
    for piece in paragraph.pieces:
        time = f", {clock(piece.start)}" if piece.start is not None else ""
        if piece.flagged:
            _note(pdf, known(f"Flagged{time}: {piece.text.strip()}"))
        if piece.comment:
            _note(pdf, known(f"Comment{time}: {piece.comment}"))


def _head(pdf: FPDF, name: str, paragraph: Paragraph) -> None:
    time = clock(paragraph.start) if paragraph.start is not None else ""
    if name:
        pdf.set_font("Inter", "B", _TEXT)
        pdf.set_text_color(*_INK)
        pdf.write(_LINE, f"{name}  " if time else name)
    if time:
        pdf.set_font("Inter", "", _SMALL)
        pdf.set_text_color(*_GREY)
        pdf.write(_LINE, time)
    if name or time:
        pdf.ln(_LINE)


def _note(pdf: FPDF, text: str) -> None:
    pdf.set_font("Inter", "", _SMALL)
    pdf.set_fill_color(*_MARK)
    pdf.ln(1)
    _block(pdf, text, 4.8, fill=True)


def _block(pdf: FPDF, text: str, line: float, fill: bool = False) -> None:
    align = "R" if right_to_left(text) else "L"
    pdf.multi_cell(0, line, text, align=align, fill=fill, new_x="LMARGIN", new_y="NEXT")


def _all_text(made: Document) -> str:
    parts = [made.title, *(value for _, value in made.facts)]
    for paragraph in made.paragraphs:
        parts += [paragraph.name, *(f"{piece.text}{piece.comment}" for piece in paragraph.pieces)]
    return "".join(parts)


def _is_shaped(char: str) -> bool:
    """Whether letters join, stack or run from right to left, so that one picture per character is not enough."""
    return unicodedata.bidirectional(char) in ("R", "AL", "NSM") or "\u0900" <= char <= "\u109f"
