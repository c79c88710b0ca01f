"""Which keys an editor of text leaves to the window, and which play. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, SignalInstance
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


def taken(event: QKeyEvent, window: QWidget, tab: tuple[SignalInstance, SignalInstance] | None) -> bool | None:
    """What an editor's `event` returns for keys that are not its own; None for its own.

    `tab`: what the tab key asks for, and with shift, where it plays: hands on the keyboard play often; F6 leaves.
    """
    if _left_to_window(event, window):
        event.ignore()
        return False
    if tab and (pressed := _tab_pressed(event)):
        tab[0 if pressed > 0 else 1].emit()
        return True
    return None


def _left_to_window(event: QKeyEvent, window: QWidget) -> bool:
    """Whether Qt asks about a key that starts an action of the window, which the text is not to take then.

    What writes a character never does, nor do the keys of the clipboard.
    """
    if event.type() != QEvent.Type.ShortcutOverride:
        return False
    if event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
        return False
    keys = QKeySequence(event.keyCombination())
    return any(keys in action.shortcuts() for action in window.actions()) and not any(map(event.matches, _CLIPBOARD))


def _tab_pressed(event: QKeyEvent) -> int:
    """1 for the tab key, -1 with shift, 0 for all else."""
    if event.type() != QEvent.Type.KeyPress or event.modifiers() & ~_Modifier.ShiftModifier:
        return 0
    return {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()), 0)
