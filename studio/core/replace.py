"""Find and replace in a transcript. Pure functions; a search looks at one segment after the other.

A match lies inside one segment: what is split between two of them is not found. Plain text is searched with `re`, which
cannot run away on it. Regular expressions of users can (“(a|aa)+$” over a long line takes years), and the standard
library's engine can neither be stopped nor does it let other threads work meanwhile; so they run in `regex`, which
knows the same language and takes a time limit.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from .collector import resting, spare
from .edits import Edit
from .errors import UsageError
from .retext import retext, retext_later
from .transcript import Segment, Transcript
from .wording import NOT_MARKED, either_form, forms, letters_of, whole_words

LIMIT = 0.5  # seconds that a search with a regular expression may take
_SHOWN = 24  # characters of what was searched that the name of a step shows

_WRONG = {  # what the engine says of a wrong expression, in plain words
    "missing )": "a “(” has no “)”",
    "unbalanced parenthesis": "a “)” has no “(”",
    "unterminated character set": "a “[” has no “]”",
    "nothing to repeat": "there is nothing to repeat before “*”, “+” or “?”",
    "multiple repeat": "two repeats follow one another",
    "bad escape (end of pattern)": "it ends with “\\”",
    "bad character range": "a range in “[ ]” runs backwards",
    "unknown property": "it names a property that does not exist",
}


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    case: bool = False  # capitals differ from small letters
    whole_word: bool = False
    regex: bool = False


class Match(NamedTuple):
    segment: int  # Segment.id
    start: int  # offsets in its text, in characters
    end: int


class _Found(Protocol):
    def span(self) -> tuple[int, int]: ...
    def expand(self, template: str) -> str: ...


def find(segments: Iterable[Segment], query: Query, ids: Collection[int] | None = None) -> list[Match]:
    """All places, in order, of all segments or of those with these ids.

    Raises UsageError for a wrong expression, and for one that takes too long.
    """
    with resting():
        return [Match(s.id, *m.span()) for s, found in _search(segments, query, ids) for m in found]


def first_places(segments: Iterable[Segment], query: Query) -> Iterator[tuple[Segment, int]]:
    """Segment by segment with a match, and the offset of the first one in it. Raises like `find`."""
    return ((s, found[0].span()[0]) for s, found in _search(segments, query, None))


def replace_all(
    transcript: Transcript, query: Query, replacement: str, ids: Collection[int] | None = None
) -> Edit | None:
    """Put the replacement in all places; None where there is none. Word times stay where words do.

    With a regular expression \\1, $1 and \\g<name> stand for groups, $$ for a dollar sign. Raises like `find`.
    """
    template = _template(query, replacement)
    with resting():
        found = list(_texts(transcript.segments, query, template, ids))
        if not found:
            return None
        before, texts, counts = zip(*found, strict=True)
        after = tuple(map(retext_later, before, texts))
        spare(len(after))
    places = sum(counts)
    where = f" in {places:,} places" if places > 1 else ""
    exact = all(put.text == text for put, text in zip(after, texts, strict=True))
    return Edit(_name(query, replacement) + where, before, after, retexted=exact)


def replace_one(segment: Segment, match: Match, query: Query, replacement: str) -> Edit | None:
    """The same for one place that `find` gave; None where it is not there any more."""
    for _, found in _search([segment], query, None):
        chosen = [m for m in found if m.span() == match[1:]]
        if chosen:
            text = _replaced(segment, chosen, query, _template(query, replacement))
            return Edit(_name(query, replacement), (segment,), (retext(segment, text),))
    return None


def _texts(
    segments: Iterable[Segment], query: Query, template: str, ids: Collection[int] | None
) -> Iterator[tuple[Segment, str, int]]:
    """Segments with matches, their text with the replacement, and how many there are."""
    if query.regex or not query.text:
        for segment, found in _search(segments, query, ids):
            yield segment, _replaced(segment, found, query, template), len(found)
        return
    segments = tuple(segments)
    subn, template = _plain(query, segments).subn, template.replace("\\", r"\\")  # which `re` reads back as it was
    for segment in segments:
        if ids is None or segment.id in ids:
            text, count = subn(template, segment.text)
            if count:
                yield segment, text, count


def _search(
    segments: Iterable[Segment], query: Query, ids: Collection[int] | None
) -> Iterator[tuple[Segment, Sequence[_Found]]]:
    """Segments with their matches, where there are any; a match that is empty is none."""
    if not query.text:
        return
    if ids is not None:
        segments = [s for s in segments if s.id in ids]
    if not query.regex:
        segments = tuple(segments)
        finditer = _plain(query, segments).finditer
        for segment in segments:
            if found := list(finditer(segment.text)):
                yield segment, found
        return
    search = _expression(query).finditer
    end = time.monotonic() + LIMIT
    try:
        for segment in segments:
            left = max(end - time.monotonic(), 0.001)
            if found := [m for m in search(segment.text, timeout=left) if m[0]]:
                yield segment, sorted(found, key=lambda m: m.span())  # “(?r)” searches backwards
    except TimeoutError as e:
        raise UsageError(f"“{_short(query.text)}” takes too long here.", "Write it in a simpler way.") from e


def _plain(query: Query, segments: Iterable[Segment]) -> re.Pattern[str]:
    """Finds letters in either form, which takes more time, where any is written in another than the usual one."""
    usual, either, signs = _patterns(query)
    text = "".join([s.text for s in segments]) if signs else ""
    return either if any(sign in text for sign in signs) else usual


@lru_cache(maxsize=8)
def _patterns(query: Query) -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    """For letters in their usual form; in every form; and signs of which a letter in another form has one."""

    def compiled(pattern: str) -> re.Pattern[str]:
        pattern = whole_words(pattern + NOT_MARKED) if query.whole_word else pattern + NOT_MARKED
        return re.compile(pattern, re.NOFLAG if query.case else re.IGNORECASE)

    letters = [forms(letter) for letter in letters_of(query.text)]
    signs = {sign for _, *others in letters for form in others for sign in form if not sign.isascii()}
    usual = "".join(usual for usual, *_ in letters)
    return compiled(re.escape(usual)), compiled(either_form(query.text)), frozenset(signs)


@lru_cache(maxsize=8)
def _expression(query: Query) -> Any:
    import regex  # here, because it is slow to load and most searches go without

    pattern = whole_words(query.text, knows_marks=True) if query.whole_word else query.text
    try:
        regex.compile(query.text)  # by itself first, so that an error tells of what was typed
        return regex.compile(pattern, regex.MULTILINE | (0 if query.case else regex.IGNORECASE))
    except regex.error as e:
        why = _WRONG.get(e.msg, e.msg)
        raise UsageError(f"“{_short(query.text)}” cannot be searched: {why}.") from e
    except RecursionError as e:
        raise UsageError(f"“{_short(query.text)}” cannot be searched: its brackets are nested too deeply.") from e


def _template(query: Query, replacement: str) -> str:
    """What `expand` takes: the engine's own groups, and those with a dollar sign."""
    if not query.regex:
        return replacement
    groups = _expression(query).groups

    def dollar(match: re.Match[str]) -> str:
        return "$" if match[1] == "$" else rf"\g<{match[1]}>"

    template = re.sub(r"\$(\$|[0-9]{1,2})", dollar, replacement)
    for number in re.findall(r"(?<!\\)(?:\\\\)*\\(?:g<)?([0-9]{1,2})", template):
        if int(number) > groups:
            raise UsageError(f"There is no group {number} in “{_short(query.text)}”.", "Groups stand in ( ).")
    return template


def _replaced(segment: Segment, found: Iterable[_Found], query: Query, template: str) -> str:
    text, at = "", 0
    for match in found:
        start, end = match.span()
        text += segment.text[at:start] + (_expanded(match, template) if query.regex else template)
        at = end
    return text + segment.text[at:]


def _expanded(match: _Found, template: str) -> str:
    import regex

    try:
        return match.expand(template)
    except (regex.error, IndexError) as e:
        raise UsageError(f"“{_short(template)}” cannot be put in: it names a group that does not exist.") from e


def _name(query: Query, replacement: str) -> str:
    return (
        f"replace “{_short(query.text)}” by “{_short(replacement)}”"
        if replacement
        else f"remove “{_short(query.text)}”"
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
