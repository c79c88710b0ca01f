"""Words with times brought into the spelling of a text: programs and vendors often give both, and not alike. Pure."""

from __future__ import annotations

import re

from .transcript import Word


def fitted(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """The words, spelled and spaced as in its text; empty if they do not match."""
    return _found(words, text) or _counted(words, text) or _spelled(words, text)


def _found(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """Each word stands in the text as it is, and nothing else does."""
    fits = []
    at = 0
    for word in words:
        bare = word.text.strip()
        found = text.find(bare, at)
        if found < 0 or text[at:found].strip():
            return ()
        spaced = found > at or (found == 0 and word.space)
        fits.append(word._replace(text=bare, space=spaced, line=at > 0 and "\n" in text[at:found]))
        at = found + len(bare)
    return () if text[at:].strip() else tuple(w for w in fits if w.text)


def _counted(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """There are as many words as the text has between its spaces."""
    shown = re.findall(r"(\s*)(\S+)", text)
    if len(shown) != len(words):
        return ()
    pairs = enumerate(zip(words, shown, strict=True))
    return tuple(w._replace(text=s, space=True, line=n > 0 and "\n" in gap) for n, (w, (gap, s)) in pairs)


def _spelled(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """The words have the letters of the text, in lower case perhaps and without its punctuation."""
    places = [at for at, char in enumerate(text) if char.isalnum()]
    counts = [sum(char.isalnum() for char in word.text) for word in words]
    spelled = "".join(char for word in words for char in word.text if char.isalnum())
    if spelled.casefold() != "".join(text[at] for at in places).casefold() or sum(counts) != len(places):
        return ()
    fits: list[Word] = []
    done = begin = 0
    for word, count in zip(words, counts, strict=True):
        if not count:
            continue
        done += count
        last = places[done - 1] + 1
        following = places[done] if done < len(places) else len(text)
        gap = re.search(r"\s", text[last:following])
        end = len(text) if done == len(places) else last + gap.start() if gap else following
        shown = text[begin:end]
        before = shown[: len(shown) - len(shown.lstrip())]
        fits.append(
            word._replace(text=shown.strip(), space=bool(before) or not fits, line="\n" in before and bool(fits))
        )
        begin = end
    return tuple(fits)
