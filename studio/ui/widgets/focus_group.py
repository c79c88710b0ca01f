"""Controls that are one stop of the tab key; the arrow keys, Home and End go from one to the other.

Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_SHOWN = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.EnabledChange)


class FocusGroup(QObject):
    """The tab key comes back to where it was left; at first to the first that is there."""

    def __init__(self, members: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._members = members
        self.stop = members[0]
        for member in members:
            member.installEventFilter(self)
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.stop = watched
            self._settle()
        elif event.type() in _SHOWN:
            self._settle()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not event.modifiers():
            return self._go(Qt.Key(event.key()))
        return False

    def _go(self, key: Qt.Key) -> bool:
        there = self._there()
        if key in _ENDS:
            target = there[_ENDS[key]]
        elif key in _STEPS and self.stop in there:
            target = there[(there.index(self.stop) + _STEPS[key]) % len(there)]
        else:
            return False
        target.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _there(self) -> list[QWidget]:
        return [m for m in self._members if not m.isHidden() and m.isEnabled()]

    def _settle(self) -> None:
        there = self._there()
        if there and self.stop not in there:
            self.stop = there[0]
        for member in self._members:
            member.setFocusPolicy(Qt.FocusPolicy.StrongFocus if member is self.stop else Qt.FocusPolicy.ClickFocus)


def stops(widget: QWidget) -> bool:
    """Whether the tab key stops there."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
