"""Other spellings of a word that recognition was not sure of, out of the user's glossary. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import OSA

from .glossary import Entry, sound

_CORE = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_FAR = 3  # of so many letters that are heard, one may be another


def spellings(word: str, entries: Iterable[Entry], others: Sequence[str] = ()) -> list[str]:
    """The word with its marks around it, in each other way that `others` have or that names are written.

    A name is meant where the word is one of its variants, or sounds similar. Best first, none twice.
    """
    found = _CORE.search(word)
    if not found:
        return []
    core, head, tail = found[0], word[: found.start()], word[found.end() :]
    names = [*map(bare, others), *(name for _, name in sorted(_named(core, entries)))]
    return [f"{head}{name}{tail}" for name in dict.fromkeys(names) if name and name != core]


def _named(core: str, entries: Iterable[Entry]) -> Iterator[tuple[float, str]]:
    """Names that may be meant, with how far they are from the word, 0..1."""
    plain, heard = core.casefold(), sound(core)
    for entry in entries:
        if plain == entry.written.casefold() or any(plain == v.casefold() for v in entry.heard):
            yield 0.0, entry.written
            continue
        wanted = sound(entry.written)
        distance = OSA.distance(wanted, heard)
        if wanted and heard and distance <= max(len(wanted), len(heard)) // _FAR:
            yield distance / len(wanted), entry.written


def bare(word: str) -> str:
    """The word without the marks around it, "" where there is nothing else."""
    found = _CORE.search(word)
    return found[0] if found else ""
