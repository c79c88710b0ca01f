"""Foot pedals. They are keyboards: each of their keys sends a key that one can choose. Runs on the window's thread.

`Pedals` looks at keys before anybody else does, wherever the focus is in the program, so that a pedal works in the
middle of a word and a held key is seen to go down and up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication

_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}
_EDITING = {
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space),
    *(Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
}


class Pedal(StrEnum):
    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


DEFAULT_KEYS: Mapping[Pedal, tuple[str, ...]] = {
    Pedal.LEFT: ("F7", "Media Previous"),
    Pedal.MIDDLE: ("F4", "Media Play", "Toggle Media Play/Pause"),
    Pedal.RIGHT: ("F8", "Media Next"),
}


@dataclass(frozen=True, slots=True)
class PedalSetup:
    """Keys are written as QKeySequence writes them: "F7", "Ctrl+Shift+F9", "Media Play"."""

    enabled: bool = False
    hold: bool = False  # play while it is held down; else each press starts or stops
    keys: Mapping[Pedal, tuple[str, ...]] = field(default_factory=lambda: DEFAULT_KEYS)

    def as_dict(self) -> dict[str, Any]:
        return {"enabled": self.enabled, "hold": self.hold, "keys": {p.value: list(k) for p, k in self.keys.items()}}

    @staticmethod
    def from_dict(state: Mapping[str, Any]) -> PedalSetup:
        """What `as_dict` gave; what is missing is as at first."""
        stored = state.get("keys", {})
        keys = {pedal: tuple(stored.get(pedal.value, DEFAULT_KEYS[pedal])) for pedal in Pedal}
        return PedalSetup(bool(state.get("enabled", False)), bool(state.get("hold", False)), keys)

    def with_key(self, pedal: Pedal, key: str) -> PedalSetup:
        """This key, and no other, is this pedal; a pedal that had it loses it."""
        keys = {p: tuple(k for k in names if k != key) for p, names in self.keys.items()}
        return replace(self, keys={**keys, pedal: (key,)})


class Pedals(QObject):
    """Tells of pedals going down and up. It looks at keys only while the setup has pedals on, or while watched."""

    pressed = Signal(object)  # Pedal
    released = Signal(object)  # Pedal
    changed = Signal(object)  # the new PedalSetup
    refused = Signal(str)  # why the key pressed cannot be a pedal

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._setup = PedalSetup()
        self._by_key = _by_key(self._setup)
        self._held: dict[int, Pedal] = {}  # by Qt.Key: modifiers may come up first
        self._learning: Pedal | None = None
        self._watched = self._installed = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app = app
        app.applicationStateChanged.connect(self._on_application_state)

    @property
    def setup(self) -> PedalSetup:
        return self._setup

    def set_setup(self, setup: PedalSetup) -> None:
        self.release_all()
        changed = setup != self._setup
        self._setup = setup
        self._by_key = _by_key(setup)
        self._install()
        if changed:
            self.changed.emit(setup)

    def watch(self, on: bool) -> None:
        """Tell of pedals even while they are off: their settings are open."""
        self._watched = on
        self._learning = None
        self._install()

    def learn(self, pedal: Pedal | None) -> None:
        """The next key pressed becomes this pedal's; Esc, or None, leaves all as it is."""
        self._learning = pedal

    @property
    def learning(self) -> Pedal | None:
        return self._learning

    def release_all(self) -> None:
        """As if every pedal had come up: the key's release may go to another program."""
        held, self._held = list(self._held.values()), {}
        for pedal in held:
            self.released.emit(pedal)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        if self._learning is not None:
            return self._learn_from(event)
        if event.type() == QEvent.Type.KeyRelease:
            return self._on_release(event)
        pedal = self._by_key.get(_name(event))
        if pedal is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # it comes as a key press, then, and not as a command
        elif not event.isAutoRepeat() and event.key() not in self._held:
            self._held[event.key()] = pedal
            self.pressed.emit(pedal)
        return True

    def _on_release(self, event: QKeyEvent) -> bool:
        pedal = self._held.get(event.key())
        if pedal is None:
            return False
        if not event.isAutoRepeat():
            del self._held[event.key()]
            self.released.emit(pedal)
        return True

    def _learn_from(self, event: QKeyEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress and event.key() not in _MODIFIERS and not event.isAutoRepeat():
            pedal, self._learning = self._learning, None
            assert pedal is not None
            key = _name(event)
            if event.key() == Qt.Key.Key_Escape:
                self.changed.emit(self._setup)
            elif _types(event):
                self._learning = pedal
                self.refused.emit(key)
            else:
                self.set_setup(self._setup.with_key(pedal, key))
        return True

    def _install(self) -> None:
        wanted = self._setup.enabled or self._watched
        if wanted and not self._installed:
            self._app.installEventFilter(self)
        elif self._installed and not wanted:
            self.release_all()
            self._app.removeEventFilter(self)
        self._installed = wanted

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.release_all()


def _by_key(setup: PedalSetup) -> dict[str, Pedal]:
    return {key: pedal for pedal, keys in setup.keys.items() for key in keys}


def _name(event: QKeyEvent) -> str:
    """The key as it is stored: "Ctrl+F9". The number pad's keys count as the others."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))).toString()


def _types(event: QKeyEvent) -> bool:
    """Whether writing needs this key."""
    command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    return not event.modifiers() & command and (
        event.key() in _EDITING or (event.text().isprintable() and event.text() != "")
    )
