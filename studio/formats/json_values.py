"""Values out of JSON that others wrote: each is checked, and what is wrong is named by its place. Any thread.

A place reads like `segments[3].words[0].start`. All raise FormatError.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from studio.core.errors import FormatError

_MOST = 10**12  # no time in milliseconds is greater: 31 years; the library holds eighteen digits
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
    return min(value, _MOST)


def milliseconds(entry: dict[str, Any], key: str, at: str, default: int | None = None) -> int:
    """A time given in seconds. `default` is in milliseconds."""
    if default is not None and entry.get(key) is None:
        return default
    return round(min(number(entry, key, at), _MOST // 1000) * 1000)


def fraction(entry: dict[str, Any], key: str, at: str) -> float | None:
    return None if entry.get(key) is None else min(number(entry, key, at), 1)
