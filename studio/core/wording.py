"""What tools that go over the whole text have in common: another text for many segments as one Edit, and parts of it.

Pure functions. A tool gives an Edit whose every pair of segments stands for itself, so that people may take some of
them and leave others: `part`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache

from .collector import resting, spare
from .edits import Edit
from .retext import retext_later
from .transcript import Segment

NOT_MARKED = r"(?![\u0300-\u036f\u1160-\u11ff\u3099\u309a])"  # no mark makes another letter of the one before


def whole_words(pattern: str, also: str = "", knows_marks: bool = False) -> str:
    """The pattern where no word goes on before and behind it; `also`: characters that words go on with here.

    `\\w` of the standard library leaves out the marks that are set to letters, with which Hindi, Arabic and Thai are
    written, and “ü” on some computers; that of `regex` knows them.
    Apostrophes part words (“l’eau”, “Miller’s”), but what English has shortened is none: neither the “t” of “don’t”
    nor its “don” is a word of its own, while the “we” of “we’re” is.
    """
    letter = rf"[\w{also}\u00ad\u200c\u200d{'' if knows_marks else marks()}]"  # with soft hyphens and joiners
    shortened = rf"(?<=['’])(?<={letter}.)(?i:t|s|d|m|re|ve|ll)(?!{letter})"
    return rf"(?<!{letter})(?!{shortened})(?:{pattern})(?!{letter}|(?<=[nN])['’][tT](?!{letter}))"


def letters_of(text: str) -> list[str]:
    """Each with the marks that are set to it: “ü” may be one sign or two."""
    return re.findall(rf".[{marks()}\u1160-\u11ff]*", text, re.DOTALL)  # with the later parts of Korean letters


def forms(letter: str) -> list[str]:
    """How else a letter may be written with its marks in it or set to it; the usual way first."""
    if letter.isascii():
        return [letter]
    first, *rest = list(unicodedata.normalize("NFD", letter))
    found = {letter, first + "".join(rest)}
    for size in range(1, len(rest) + 1):
        for n in range(len(rest)):  # Vietnamese is typed with one mark in the letter and the other set to it
            within, behind = rest[n : n + size], rest[:n] + rest[n + size :]
            found |= {sign + "".join(behind) for sign in _signs().get(first + "".join(within), ())}
    usual = unicodedata.normalize("NFC", letter)
    return [usual, *sorted(found - {usual})]


def any_of(forms: Iterable[str]) -> str:
    """The pattern of a letter that may be written in these ways."""
    return f"(?:{'|'.join(map(re.escape, forms))})"


def either_form(text: str) -> str:
    """The pattern of a text, in whatever form its letters are written."""
    return "".join(any_of(forms(letter)) for letter in letters_of(text))


@cache
def _signs() -> dict[str, list[str]]:
    """What signs there are for a letter and its marks."""
    signs: dict[str, list[str]] = {}
    for sign in map(chr, range(0x10000)):
        if unicodedata.decomposition(sign)[:1] not in ("", "<") or "\uac00" <= sign <= "\ud7a3":
            signs.setdefault(unicodedata.normalize("NFD", sign), []).append(sign)
    return signs


@cache
def marks() -> str:
    """All that are set to letters, for the inside of “[ ]”."""
    return "".join(chr(n) for n in range(0x10000) if unicodedata.category(chr(n))[0] == "M")


def reworded(name: str, texts: Iterable[tuple[Segment, str]]) -> Edit | None:
    """The segments with these texts; one that is left without a word goes away. None if no text is another."""
    before, after, exact = list[Segment](), list[Segment](), True
    with resting():
        for segment, text in texts:
            if text == segment.text:
                continue
            before.append(segment)
            put = [retext_later(segment, text)] if text.strip() else []
            exact &= [s.text for s in put] == [text]
            after += put
        spare(len(after))
    return Edit(name, tuple(before), tuple(after), retexted=exact) if before else None


def part(edit: Edit, ids: Collection[int]) -> Edit:
    """Only what an edit does to the segments with these ids."""
    return Edit(
        edit.name,
        tuple(s for s in edit.before if s.id in ids),
        tuple(s for s in edit.after if s.id in ids),
    )
