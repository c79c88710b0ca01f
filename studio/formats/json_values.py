"""Values out of JSON that others wrote: each is checked, and what is wrong is named by its place. Any thread.

A place reads like `segments[3].words[0].start`. All raise FormatError.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from studio.core.errors import FormatError
from studio.core.transcript import Word

_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def load(text: str) -> dict[str, Any]:
    """The object that a JSON file holds."""

    def refuse(constant: str) -> NoReturn:
        raise FormatError(f"This JSON file holds {constant} where a number must be.")

    try:
        root = json.loads(text.removeprefix("\ufeff"), parse_constant=refuse)
        if "\\ud" in text.lower():  # half a character, written as an escape, cannot be stored as UTF-8
            root = json.loads(dump(root).encode("utf-8", "replace"))
    except json.JSONDecodeError as error:
        raise FormatError(
            f"Line {error.lineno}, column {error.colno}: this is not valid JSON.",
            "The file may be cut off or damaged.",
            str(error),
        ) from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets without end
        raise FormatError("This JSON file cannot be read.", "The file may be damaged.", str(error)) from error
    loaded: dict[str, Any] = checked(root, dict, "the whole file")
    return loaded


def checked(value: object, kind: type, at: str) -> Any:
    if not isinstance(value, kind):
        found = "nothing" if value is None else f"“{str(value)[:40]}”"
        raise FormatError(f"{at}: there must be {_KINDS[kind]}, not {found}.", "Correct this value.")
    return value


def path(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def optional(entry: dict[str, Any], key: str, kind: type, at: str) -> Any:
    value = entry.get(key)
    return None if value is None else checked(value, kind, path(at, key))


def list_of(entry: dict[str, Any], key: str, at: str) -> list[Any]:
    return optional(entry, key, list, at) or []


def objects(entry: dict[str, Any], key: str, at: str) -> list[tuple[str, dict[str, Any]]]:
    """The objects of a list, each with its place."""
    places = ((f"{path(at, key)}[{i}]", value) for i, value in enumerate(list_of(entry, key, at)))
    return [(place, checked(value, dict, place)) for place, value in places]


def number(entry: dict[str, Any], key: str, at: str, default: int | None = None) -> float:
    value = entry.get(key, default)
    if value is None and default is not None:
        value = default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        found = "nothing" if value is None else f"“{str(value)[:40]}”"
        raise FormatError(f"{path(at, key)}: there must be a number from 0 on, not {found}.", "Correct this value.")
    return value


def milliseconds(entry: dict[str, Any], key: str, at: str, default: int | None = None) -> int:
    """A time given in seconds. `default` is in milliseconds."""
    if default is not None and entry.get(key) is None:
        return default
    return round(min(number(entry, key, at), 1e9) * 1000)


def fraction(entry: dict[str, Any], key: str, at: str) -> float | None:
    return None if entry.get(key) is None else number(entry, key, at)


def fitted(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """The words of another program, spelled and spaced as in its text; empty if they do not match."""
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
