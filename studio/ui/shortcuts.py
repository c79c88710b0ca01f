"""Which keys a command may have, and all keys as a page to print. Pure functions of Commands."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from .commands import COMMANDS, Commands, key_text, plain

_Standard = QKeySequence.StandardKey
# What keys do in every text, the same everywhere on a system
_IN_TEXT = {
    _Standard.Copy: "copies",
    _Standard.Cut: "cuts",
    _Standard.Paste: "pastes",
    _Standard.SelectAll: "selects all",
    _Standard.MoveToNextWord: "goes on by a word",
    _Standard.MoveToPreviousWord: "goes back by a word",
    _Standard.SelectNextWord: "selects the next word",
    _Standard.SelectPreviousWord: "selects the word before",
    _Standard.MoveToStartOfDocument: "goes to the start",
    _Standard.MoveToEndOfDocument: "goes to the end",
    _Standard.SelectStartOfDocument: "selects up to the start",
    _Standard.SelectEndOfDocument: "selects up to the end",
    _Standard.DeleteStartOfWord: "deletes the word before",
    _Standard.DeleteEndOfWord: "deletes the next word",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Keyboard shortcuts</title><style>
body {{ font: 11pt sans-serif; margin: 2em; columns: 2; column-gap: 3em; }}
h1 {{ column-span: all; font-size: 16pt; }} h2 {{ font-size: 12pt; margin: 1em 0 .3em; break-after: avoid; }}
table {{ width: 100%; border-collapse: collapse; }} td {{ padding: 2px 0; border-bottom: 1px solid #ccc; }}
td + td {{ text-align: right; white-space: nowrap; }} tr {{ break-inside: avoid; }}
</style></head><body><h1>Keyboard shortcuts</h1>
{menus}
</body></html>
"""


def refusal(key: str, menus: Iterable[str]) -> str:
    """Why no command can have this key, as a sentence; "" where one can."""
    sequence = QKeySequence(key)
    if sequence.isEmpty():
        return "This is no key."
    pressed = sequence[0]  # type: ignore[index]  # the stubs do not know it
    strong = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    function = Qt.Key.Key_F1 <= pressed.key() <= Qt.Key.Key_F35 or pressed.key() >= Qt.Key.Key_Back
    if not pressed.keyboardModifiers() & strong and not function:
        return f"{key_text(key)} alone is for typing. Press it together with Ctrl or Alt."
    does = next((does for standard, does in _IN_TEXT.items() if sequence in QKeySequence.keyBindings(standard)), "")
    if does:
        return f"{key_text(key)} {does} in every text. Press other keys."
    opened = next((m for m in menus if sequence == QKeySequence(f"Alt+{m[0]}")), "")
    return f"{key_text(key)} opens the menu {opened}. Press other keys." if opened else ""


def as_html(commands: Commands) -> str:
    """All commands that have keys, by menu, as a page to print."""
    parts = []
    for menu in commands.menus:
        rows = [
            f"<tr><td>{escape(plain(c.text))}</td><td>{escape(keys)}</td></tr>"
            for c in COMMANDS
            if c.menu.partition("/")[0] == menu and (keys := ", ".join(map(key_text, commands.keys(c.name))))
        ]
        if rows:
            parts.append(f"<h2>{escape(menu)}</h2><table>{''.join(rows)}</table>")
    return _PAGE.format(menus="\n".join(parts))
