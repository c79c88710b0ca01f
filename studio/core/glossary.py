"""Names as they are to be written, and what recognition makes of them. Pure functions.

An entry is one line of text: “Müller: Mueller, Miller”. A “~” in front takes what only sounds similar, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from .edits import Edit
from .transcript import Segment, Transcript
from .wording import either_form, reworded, whole_words

_WORD = re.compile(r"[^\W\d_][\w'’-]*")

# Letters that are heard alike. After accents and doubled letters are gone, in this order.
_ALIKE = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"sch|sh|sz", "s"),
        (r"tz|ts|z", "s"),
        (r"ph|v|w", "f"),
        (r"ck|qu|q|x|c(?![eiy])", "k"),
        (r"c", "s"),
        (r"th|dt|d", "t"),
        (r"[aou]e", lambda m: m[0][0]),
        (r"[jy]", "i"),
        (r"ie|ee|ei|ai", "i"),
        (r"b", "p"),
        (r"g", "k"),
        (r"(?<=.)h", ""),
        (r"(.)\1+", r"\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Entry:
    written: str
    heard: tuple[str, ...] = ()  # what stands for it in transcripts, whole words, capitals or not
    similar: bool = False  # words that sound alike are meant, too


def parse(text: str) -> tuple[Entry, ...]:
    """One entry a line; empty lines and those that begin with # are passed over."""
    entries = []
    for line in text.splitlines():
        name, _, heard = line.strip().partition(":")
        written = " ".join(name.removeprefix("~").split())
        if written and not written.startswith("#"):
            entries.append(Entry(written, tuple(_variants(heard)), name.startswith("~")))
    return tuple(entries)


def as_text(entries: Iterable[Entry]) -> str:
    """What `parse` reads."""
    return "".join(
        ("~" if e.similar else "") + e.written + (f": {', '.join(e.heard)}" if e.heard else "") + "\n" for e in entries
    )


def from_setting(value: object) -> tuple[Entry, ...]:
    """What `as_text` gave, from the settings; anything else is an empty glossary."""
    return parse(value) if isinstance(value, str) else ()


def apply_glossary(transcript: Transcript, entries: Sequence[Entry], ids: Collection[int] | None = None) -> Edit | None:
    """Write the names as the glossary has them; None where that changes nothing."""
    segments = [s for s in transcript.segments if ids is None or s.id in ids]
    exact = {_plain(v): e.written for e in entries for v in (*e.heard, e.written)}
    if not exact:
        return None
    pattern = _whole(sorted(exact, key=len, reverse=True))
    similar = _similar(segments, [e for e in entries if e.similar], exact)
    alike = _whole(sorted(similar, key=len, reverse=True), case=True) if similar else None

    def text_of(text: str) -> str:
        text = pattern.sub(lambda m: exact[_plain(m[0])], text)
        return alike.sub(lambda m: similar[" ".join(m[0].split())], text) if alike else text

    return reworded("apply the glossary", ((s, text_of(s.text)) for s in segments))


def _variants(text: str) -> Iterator[str]:
    for variant in text.split(","):
        if variant := " ".join(variant.split()):
            yield variant


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    return " ".join(text.lower().split())


def _whole(variants: Sequence[str], case: bool = False) -> re.Pattern[str]:
    """Any of these as whole words, however the spaces between them look."""
    choice = "|".join(r"\s+".join(map(either_form, v.split())) for v in variants)
    return re.compile(whole_words(choice), re.NOFLAG if case else re.IGNORECASE)


def _similar(segments: Sequence[Segment], entries: Sequence[Entry], exact: Mapping[str, str]) -> dict[str, str]:
    """Words of the text that are written with a capital and sound like an entry, and the entry."""
    found: dict[str, str] = {}
    sounds = [(e.written, len(e.written.split()), sound(e.written)) for e in entries]
    for size in {size for _, size, _ in sounds}:
        heard = _groups(segments, size)
        for written, _, wanted in (s for s in sounds if s[1] == size):
            most = len(wanted) // 5
            for words, sounded in heard.items():
                if (
                    words not in found
                    and _plain(words) not in exact
                    and OSA.distance(wanted, sounded, score_cutoff=most) <= most
                ):
                    found[words] = written
    return found


def _groups(segments: Iterable[Segment], size: int) -> dict[str, str]:
    """Runs of `size` words in the texts that all begin with capitals, with how they sound."""
    groups: set[str] = set()
    for text in (s.text for s in segments):
        words = _WORD.findall(text)
        for at in range(len(words) - size + 1):
            run = [_root(w) for w in words[at : at + size]]
            if all(w[0].isupper() for w in run):
                groups.add(" ".join(run))
    return {g: sound(g) for g in groups}


def _root(word: str) -> str:
    """“Miller” of “Miller's”."""
    return re.sub(r"['’]\w*$|[-'’]+$", "", word)


@lru_cache(maxsize=100_000)
def sound(text: str) -> str:
    """How a name sounds, roughly, to European ears: letters that are heard alike are one letter."""
    text = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    text = "".join(c for c in text if c.isalpha())
    for pattern, alike in _ALIKE:
        text = pattern.sub(alike, text)
    return text
