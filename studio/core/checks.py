"""What is wrong with subtitles: rules that cues break, and characters that do not belong there.

Pure functions: `check` looks at everything, `check_row` at one row and the ones near it, for every keystroke.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from .breaks import reading_columns, text_width
from .pairs import QUOTES, unpaired
from .profiles import CueRules
from .transcript import Segment

Kind = Literal[
    "too fast",
    "too long",
    "too short",
    "overlap",
    "gap",
    "line length",
    "too many lines",
    "empty",
    "odd characters",
    "unpaired",
]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Finding:
    """A segment that breaks a rule. `text` says by how much, `excess` too: in the rule's own unit, above 0."""

    segment: int  # Segment.id
    kind: Kind
    text: str
    excess: float


# Characters that show nothing or a box, or that only look like a space
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028\u2029\u2060\ufeff\ufff9-\ufffb\ufffe\uffff\t]")
_DAMAGED = "\ufffd"  # stands where a letter could not be read
_SPACES = re.compile(r"\s\s")
# Letters of Cyrillic and Greek that look like Latin ones, and those.
_CYRILLIC, _AS_LATIN = "асеорхуіјѕԁһАВСЕНІЈКМОРЅТХ", "aceopxyijsdhABCEHIJKMOPSTX"
_GREEK, _GREEK_AS_LATIN = "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oABEZHIKMNOPTYX"
TO_LATIN = str.maketrans(_CYRILLIC + _GREEK, _AS_LATIN + _GREEK_AS_LATIN)
TO_CYRILLIC = str.maketrans(_AS_LATIN, _CYRILLIC)
_LATIN_IN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_WORD = re.compile(r"[^\W\d_]+")


def reading_speed(segment: Segment) -> float:
    """Characters a second; of a segment that lasts no time, as if it lasted a millisecond."""
    return reading_columns(segment.text) * 1000 / max(segment.end - segment.start, 1)


def check(segments: Sequence[Segment], rules: CueRules) -> list[Finding]:
    """All findings, in the order of the segments."""
    return [finding for row in range(len(segments)) for finding in check_row(segments, row, rules)]


def check_row(segments: Sequence[Segment], row: int, rules: CueRules) -> list[Finding]:
    """Findings of segments[row]. Those of the rows within `pairs.REACH` may change with it: ask for them, too.

    Overlap and gap are of the later of two rows.
    """
    segment = segments[row]
    found: list[Finding] = []
    text, duration = segment.text, segment.end - segment.start
    if row:
        gap = segment.start - segments[row - 1].end
        if gap < 0:
            found.append(Finding(segment.id, "overlap", f"starts {-gap} ms before the one before it ends", -gap))
        elif gap < rules.min_gap:
            what = f"starts {gap} ms after the one before it, at least {rules.min_gap}"
            found.append(Finding(segment.id, "gap", what, rules.min_gap - gap))
    if duration < rules.min_duration:
        what = f"{duration / 1000:.2f} s, at least {rules.min_duration / 1000:.2f}"
        found.append(Finding(segment.id, "too short", what, rules.min_duration - duration))
    elif duration > rules.max_duration:
        what = f"{duration / 1000:.2f} s, at most {rules.max_duration / 1000:.2f}"
        found.append(Finding(segment.id, "too long", what, duration - rules.max_duration))
    if not text or text.isspace():
        found.append(Finding(segment.id, "empty", "no text", 1))
        return found
    columns = reading_columns(text)
    if columns > rules.max_line or "\n" in text:
        found += _line_findings(segment, rules)
    if columns * 1000 > rules.max_cps * duration:
        speed = reading_speed(segment)
        what = f"{speed:.1f} characters a second, at most {rules.max_cps:g}"
        found.append(Finding(segment.id, "too fast", what, speed - rules.max_cps))
    if odd := [*_oddities(text)]:
        found.append(Finding(segment.id, "odd characters", ", ".join(odd), len(odd)))
    if lone := unpaired(segments, row):
        said = dict.fromkeys(f"{_named(text[m.at])} is not {'closed' if m.opens else 'opened'}" for m in lone)
        found.append(Finding(segment.id, "unpaired", ", ".join(said), len(lone)))
    return found


def _named(mark: str) -> str:
    return "a quotation mark" if mark in QUOTES else f"“{mark}”"


def _line_findings(segment: Segment, rules: CueRules) -> Iterator[Finding]:
    lines = segment.text.split("\n")
    if len(lines) > rules.max_lines:
        what = f"{len(lines)} lines, at most {rules.max_lines}"
        yield Finding(segment.id, "too many lines", what, len(lines) - rules.max_lines)
    longest = max(map(text_width, lines))
    if longest > rules.max_line:
        what = f"{longest} characters, at most {rules.max_line}"
        yield Finding(segment.id, "line length", what, longest - rules.max_line)


def _oddities(text: str) -> Iterator[str]:
    plain = text.isprintable()  # true of nearly all texts, and found out at once
    if not plain and INVISIBLE.search(text):
        yield "invisible characters"
    if _DAMAGED in text:
        yield "a damaged character"
    if text != text.strip() or "  " in text or (not plain and _SPACES.search(text)):
        yield "spaces too many"
    if mixed := next(mixed_words(text), None):
        yield f"letters of two alphabets in “{mixed}”"


def mixed_words(text: str) -> Iterator[str]:
    """Words in which a letter of another alphabet stands for one that looks alike."""
    if text.isascii() or not (_FOREIGN.search(text) and _LATIN_IN.search(text)):
        return
    for word in _WORD.findall(text):
        if _FOREIGN.search(word) and _LATIN_IN.search(word) and one_alphabet(word) != word:
            yield word


def one_alphabet(word: str) -> str:
    """A mixed word in one alphabet, as far as look-alikes allow; the word itself where they do not."""
    for table in (TO_LATIN, TO_CYRILLIC) if _mostly_latin(word) else (TO_CYRILLIC, TO_LATIN):
        plain = word.translate(table)
        if not (_FOREIGN.search(plain) and _LATIN_IN.search(plain)):
            return plain
    return word


def _mostly_latin(word: str) -> bool:
    return len(_LATIN_IN.findall(word)) >= len(_FOREIGN.findall(word))
