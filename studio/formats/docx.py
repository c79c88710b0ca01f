"""A Word document: a title, what is known of the recording, and a paragraph per turn. Any thread.

Comments become comments of Word, flagged text is highlighted. All looks are paragraph and character styles, so that
whoever gets the file can change them in one place.
"""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING, Any

from studio.core.transcript import Transcript

from .base import WriteOptions
from .document import Document, Paragraph, clock, document, right_to_left

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph as DocxParagraph

_GREY = 0x54, 0x5D, 0x70


def write(transcript: Transcript, options: WriteOptions) -> bytes:
    import docx

    made = document(transcript, options)
    file = docx.Document()
    _set_properties(file, made)
    _set_styles(file, made.language)
    _direct(file.add_heading(made.title, 0), made.title)
    for key, value in made.facts:
        line = _new(file, "Recording")
        line.add_run(f"{key}: {value}")
        _direct(line, value)
    for paragraph in made.paragraphs:
        _add(file, paragraph)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _set_properties(file: Any, made: Document) -> None:
    """The template of the library names its maker and a day; neither is ours."""
    properties = file.core_properties
    properties.title, properties.language = made.title, made.language
    properties.author = properties.comments = ""
    for name in ("created", "modified"):
        for element in file.part.package.core_properties._element.xpath(f"dcterms:{name}"):
            element.getparent().remove(element)


def _set_styles(file: Any, language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    grey = RGBColor(*_GREY)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.paragraph_format.space_after = Pt(8)
    for lang in file.styles.element.iter(qn("w:lang")):
        if language:
            lang.set(qn("w:val"), language)
            lang.set(qn("w:eastAsia"), language)
            lang.set(qn("w:bidi"), language)
    facts = file.styles.add_style("Recording", WD_STYLE_TYPE.PARAGRAPH)
    facts.base_style, facts.font.color.rgb = normal, grey
    facts.paragraph_format.space_after = Pt(0)
    head = file.styles.add_style("Turn", WD_STYLE_TYPE.PARAGRAPH)
    head.base_style = head.next_paragraph_style = normal
    head.paragraph_format.keep_with_next = True
    head.paragraph_format.space_before, head.paragraph_format.space_after = Pt(10), Pt(2)
    name = file.styles.add_style("Speaker", WD_STYLE_TYPE.CHARACTER)
    name.font.bold = True
    time = file.styles.add_style("Time", WD_STYLE_TYPE.CHARACTER)
    time.font.size, time.font.color.rgb = Pt(9), grey


def _add(file: Any, paragraph: Paragraph) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    time = clock(paragraph.start) if paragraph.start is not None else ""
    if paragraph.name or time:
        head = _new(file, "Turn")
        if paragraph.name:
            head.add_run(paragraph.name)._r.style = "Speaker"
        if time:
            head.add_run(f"  {time}" if paragraph.name else time)._r.style = "Time"
        _direct(head, paragraph.name or paragraph.text)
    line = _new(file, "Normal")
    for (flagged, comment), pieces in groupby(paragraph.pieces, lambda piece: (piece.flagged, piece.comment)):
        run = line.add_run("".join(piece.text for piece in pieces))
        if flagged:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        if comment:
            file.add_comment(run, comment)
    _direct(line, paragraph.text)


def _new(file: Any, style: str) -> DocxParagraph:
    """Another paragraph. `add_paragraph` looks through all paragraphs and styles before, minutes in a long talk."""
    from docx.oxml import OxmlElement
    from docx.text.paragraph import Paragraph

    element = OxmlElement("w:p")
    file.element.body[-1].addprevious(element)  # the last one says how large a page is
    element.style = style
    return Paragraph(element, file._body)


def _direct(paragraph: DocxParagraph, text: str) -> None:
    """Set the paragraph from right to left if its text is."""
    if right_to_left(text):
        from docx.oxml import OxmlElement

        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(OxmlElement("w:bidi"), "w:adjustRightInd", "w:jc", "w:rPr")
        for run in paragraph.runs:
            run.font.rtl = True
