"""Which keys an editor of text leaves to the window. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

_Modifier = Qt.KeyboardModifier
_COMMANDS = _Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier
_CLIPBOARD = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.SelectAll,
)


def is_command(event: QKeyEvent, window: QWidget) -> bool:
    """Whether a key starts an action of the window, while text has the focus.

    What writes a character never does, nor do the keys of the clipboard.
    """
    if event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
        return False
    keys = QKeySequence(event.keyCombination())
    return any(keys in action.shortcuts() for action in window.actions()) and not any(map(event.matches, _CLIPBOARD))
