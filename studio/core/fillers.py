"""Filler words (“um”, “äh”) out of the text, with the commas around them. Pure functions.

Only sounds are fillers here, no words that can mean something (“well”, “also”, “este”), and none that answer (“mhm”).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from .edits import Edit
from .transcript import Segment, Transcript
from .wording import any_of, forms, letters_of, reworded, whole_words

# By language; a letter may be drawn out (“ummm”).
FILLERS: dict[str, tuple[str, ...]] = {
    "en": ("um", "uh", "uhm", "er", "erm", "hmm"),
    "de": ("äh", "ähm", "öh", "öhm", "ehm", "hm", "hmm"),
    "fr": ("euh", "heu", "euhm", "hum", "hem"),
    "es": ("eh", "ehm", "em", "hmm", "mmm"),
    "it": ("eh", "ehm", "uhm", "mmm"),
    "pt": ("eh", "ehm", "ahn", "hum", "hmm"),
    "nl": ("eh", "ehm", "euh", "uh", "uhm", "hm"),
    "id": ("eh", "ehm", "em", "emm", "hmm"),
    "ms": ("eh", "ehm", "em", "hmm"),
    "sv": ("eh", "ehm", "öh", "öhm", "hmm"),
    "da": ("øh", "øhm", "eh", "hmm"),
    "no": ("øh", "øhm", "eh", "hmm"),
    "fi": ("öö", "ööh", "ää", "hmm"),
    "pl": ("yyy", "eee", "yhm", "hmm"),
    "cs": ("eee", "ehm", "hmm"),
    "tr": ("ıı", "ııı", "eee", "hımm"),
    "ru": ("э", "эм", "эээ", "ммм", "хм"),
    "uk": ("е", "ем", "еее", "ммм", "хм"),
    "hu": ("ö", "öö", "őő", "hmm"),
    "ro": ("ăă", "ăăă", "hmm"),
}
_ENDS, _OPENING, _CLOSING = ".?!…", "“„«‚(¿¡", "\"'”’»)"


def fillers_of(language: str | None) -> tuple[str, ...]:
    """The fillers of a language; those of English where it is unknown."""
    return FILLERS.get(language or "en", FILLERS["en"])


def remove_fillers(transcript: Transcript, fillers: Sequence[str], ids: Collection[int] | None = None) -> Edit | None:
    """Take these words out; passages of nothing else go away. None where there are none."""
    if not fillers:
        return None
    pattern = _pattern(fillers)

    def texts() -> Iterator[tuple[Segment, str]]:
        for segment in transcript.segments:
            if (ids is None or segment.id in ids) and pattern.search(segment.text):
                yield segment, _without(segment.text, pattern)

    return reworded("remove filler words", texts())


def _pattern(fillers: Sequence[str]) -> re.Pattern[str]:
    """Fillers in a row with what stands between them, a comma before and a mark behind."""
    words = sorted({f.strip().lower() for f in fillers if f.strip()}, key=len, reverse=True)
    one = "|".join("".join(f"{any_of(forms(c))}{'+' if c[0].isalpha() else ''}" for c in letters_of(w)) for w in words)
    filler = whole_words(one, also=r"'’\-")
    return re.compile(
        rf"(?P<comma>[,;]?)(?P<gap>\s*)(?P<run>{filler}(?:[\s,;.…]*{filler})*)(?P<mark>\s?(?:\.\.\.|[,;.…?!]))?",
        re.IGNORECASE,
    )


def _without(text: str, pattern: re.Pattern[str]) -> str:
    made, at, raise_next = "", 0, False
    for match in pattern.finditer(text):
        between = text[at : match.start()]
        made += _raised(between) if raise_next else between
        at, mark = match.end(), (match["mark"] or "").strip()
        ahead = made.rstrip()
        begins = not ahead or ahead[-1] in _OPENING or ahead.rstrip(_CLOSING)[-1:] in tuple(_ENDS)
        raise_next = begins and (match["run"][0].isupper() or (raise_next and not between.strip()))
        if not begins and mark in (".", "?", "!"):
            made = ahead + mark
        elif not begins and match["comma"] and not mark:
            made += match["comma"]
        if begins or "\n" in match["gap"]:
            made += match["gap"] if ahead else ""
            at = _behind(text, at)
    rest = text[at:]
    return (made + (_raised(rest) if raise_next else rest)).strip()


def _behind(text: str, at: int) -> int:
    """Where the text goes on: at a sentence's start its first word follows at once."""
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _raised(text: str) -> str:
    """With a capital letter at the start, however quotation marks stand before it."""
    for number, char in enumerate(text):
        if char.isalnum():
            return text[:number] + char.upper() + text[number + 1 :]
    return text
