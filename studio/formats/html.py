"""A web page that needs nothing else: light and dark, printable, each paragraph with its time and an id. Any thread."""

from __future__ import annotations

from html import escape

from studio.core.transcript import Transcript

from .base import WriteOptions
from .document import Document, Paragraph, clock, document

_STYLE = """\
:root { color-scheme: light dark; }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; font: 1.05rem/1.6 Inter, system-ui, sans-serif; \
color: #1c2230; background: #fff; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 0 2rem; color: #545d70; }
dd { margin: 0; }
p { margin: 0 0 1.1rem; overflow-wrap: anywhere; }
.head { display: block; }
time { color: #545d70; font-size: .85em; font-variant-numeric: tabular-nums; }
p:target { outline: 2px solid #3b4bc8; outline-offset: .4rem; border-radius: 2px; }
mark { background: #ffefc9; color: inherit; }
.note { margin: -.5rem 0 1.1rem 1rem; padding-left: .8rem; border-left: 3px solid #b9770e; color: #545d70; }
@media (prefers-color-scheme: dark) {
body { color: #e4e7ee; background: #15181f; }
dl, time, .note { color: #a3acbd; }
mark { background: #4d3a10; }
p:target { outline-color: #8d99ff; }
}
@media print { body { margin: 0; max-width: none; font-size: 11pt; } p { break-inside: avoid-page; } }
"""


def write(transcript: Transcript, options: WriteOptions) -> str:
    made = document(transcript, options)
    ids: dict[int, int] = {}
    body = "\n".join(_paragraph(paragraph, ids) for paragraph in made.paragraphs)
    lang = f' lang="{escape(made.language)}"' if made.language else ""
    title = escape(made.title)
    return f"""<!DOCTYPE html>
<html{lang}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{_STYLE}</style>
</head>
<body>
<main>
<h1 dir="auto">{title}</h1>
{_facts(made)}{body}
</main>
</body>
</html>
"""


def _facts(made: Document) -> str:
    """In English like their values, whatever language is spoken."""
    if not made.facts:
        return ""
    rows = "\n".join(f'<dt>{key}</dt><dd dir="auto">{escape(value)}</dd>' for key, value in made.facts)
    return f'<dl lang="en">\n{rows}\n</dl>\n'


def _paragraph(paragraph: Paragraph, ids: dict[int, int]) -> str:
    text = "".join(
        f"<mark>{escape(piece.text)}</mark>" if piece.flagged else escape(piece.text) for piece in paragraph.pieces
    )
    name = f"<strong>{escape(paragraph.name)}</strong>" if paragraph.name else ""
    head = " ".join(filter(None, (name, _time(paragraph.start))))
    head = f'<span class="head">{head}</span>\n' if head else ""
    notes = "".join(
        f'\n<p class="note" dir="auto">{" ".join(filter(None, (_time(piece.start), escape(note))))}</p>'
        for piece in paragraph.pieces
        for note in ("Flagged" if piece.flagged else "", piece.comment)
        if note
    )
    return f'<p{_id(paragraph.start, ids)} dir="auto">{head}{text}</p>{notes}'


def _id(start: int | None, ids: dict[int, int]) -> str:
    """The id is the time in milliseconds: t83000, and t83000-2 for another that starts then."""
    if start is None:
        return ""
    ids[start] = ids.get(start, 0) + 1
    return f' id="t{start}"' if ids[start] == 1 else f' id="t{start}-{ids[start]}"'


def _time(start: int | None) -> str:
    if start is None:
        return ""
    seconds = f"{start // 1000}.{start % 1000:03}".rstrip("0").rstrip(".")
    return f'<time datetime="PT{seconds}S">{clock(start)}</time>'
