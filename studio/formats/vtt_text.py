"""The text of a WebVTT cue as a tree: tags, voices, times and character references, as the W3C standard parses it.

Source: WebVTT: The Web Video Text Tracks Format, sections 6.4 and 6.5 (cue text parsing). Any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .base import unescaped
from .subtitles import Piece, joined

_TIMESTAMP = re.compile(r"(?:([0-9]+):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})(?![0-9])")
_TAG = re.compile(r"<([^>]*)(?:>|\Z)")
_START = re.compile(r"([^.\s]*)((?:\.[^.\s]*)*)(?:\s(.*))?", re.DOTALL)
_ELEMENTS = ("b", "i", "u", "c", "ruby", "v", "lang")


@dataclass(slots=True)
class Node:
    """An element of the tree; `name` is "" for the root."""

    name: str
    classes: tuple[str, ...] = ()
    annotation: str = ""  # the speaker of a voice, the code of a language
    children: list[Node | str | int] = field(default_factory=list)  # str: text; int: a time in milliseconds


def timestamp(text: str, at: int = 0) -> tuple[int, int] | None:
    """The time at a position as (milliseconds, position after it), None if there is none."""
    match = _TIMESTAMP.match(text, at)
    if not match:
        return None
    hours, minutes, seconds, fraction = (int((part or "0")[-9:]) for part in match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction, match.end()


def parse(text: str) -> Node:
    """The tree of a cue's text. Never fails: unknown and misplaced tags are ignored, open ones closed at the end."""
    root = Node("")
    stack = [root]
    at = 0
    for match in _TAG.finditer(text):
        _add_text(stack[-1], text[at : match.start()])
        at = match.end()
        tag = match[1]
        if tag.startswith("/"):
            _close(stack, tag[1:])
        elif tag[:1].isdigit():
            time = timestamp(tag)
            if time and time[1] == len(tag):
                stack[-1].children.append(time[0])
        else:
            _open(stack, tag)
    _add_text(stack[-1], text[at:])
    return root


def _add_text(node: Node, text: str) -> None:
    if text:
        node.children.append(unescaped(text))


def _open(stack: list[Node], tag: str) -> None:
    match = _START.match(tag)
    name = match[1] if match else ""
    if not match or not (name in _ELEMENTS or (name == "rt" and stack[-1].name == "ruby")):
        return
    classes = tuple(c for c in match[2].split(".") if c)
    annotation = " ".join(unescaped(match[3] or "").split()) if name in ("v", "lang") else ""
    node = Node(name, classes, annotation)
    stack[-1].children.append(node)
    stack.append(node)


def _close(stack: list[Node], name: str) -> None:
    if len(stack) == 1:
        return
    if name == stack[-1].name:
        stack.pop()
    elif name == "ruby" and stack[-1].name == "rt":
        del stack[-2:]


def has_looks(root: Node) -> bool:
    """Whether a part of the text looks different or has a text above it: what `pieces` leaves out."""
    waiting: list[Node | str | int] = [root]
    while waiting:
        if isinstance(item := waiting.pop(), Node):
            if item.name not in ("", "v", "lang") or item.classes:
                return True
            waiting += item.children
    return False


def pieces(root: Node) -> list[Piece]:
    """The text of a tree in order, cut where voice or time changes. Ruby annotations are left out."""
    found: list[Piece] = []
    time: int | None = None
    waiting: list[tuple[Node | str | int, str | None]] = [(root, None)]  # a stack: tags may nest without bound
    while waiting:
        item, voice = waiting.pop()
        if isinstance(item, int):
            time = item
        elif isinstance(item, Node):
            if item.name == "v":
                voice = item.annotation or None
            if item.name != "rt":
                waiting += ((child, voice) for child in reversed(item.children))
        else:
            found.append(Piece(item, voice, time))
    return joined(found)
