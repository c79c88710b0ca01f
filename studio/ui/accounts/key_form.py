"""A new key, and where it is to be kept. Runs on the window's thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from studio.library import Place

# What is said of a key in this place: icon, colour, what is so, what follows from that.
PLACES = {
    "keyring": ("lock", "ok", "Kept in the system keyring.", "Never written to a settings file, log or project."),
    "file": ("lock", "warn", "Kept in a file that only you can read.", "It is not encrypted."),
    "memory": ("clock", "warn", "Kept for this run only.", "It is gone when the program ends."),
    "variable": ("info", "ok", "Read from an environment variable.", "It is not kept anywhere else."),
    "": ("info", "muted", "There is no key yet.", ""),
}
_CHOICES = {
    "keyring": "In the system keyring",
    "file": "In a file that only you can read",
    "memory": "Until the program ends",
    "variable": "In an environment variable",
}
_NO_KEYRING = "This computer has no keyring that could keep it."


@dataclass(frozen=True, slots=True)
class GivenKey:
    """`variable` names the environment variable that holds the key instead."""

    key: str = ""
    place: Place = "keyring"
    variable: str = ""


class KeyForm(QWidget):
    changed = Signal()
    entered = Signal()  # Enter was pressed

    def __init__(self, prefix: str, has_keyring: bool) -> None:
        super().__init__()
        self._key = QLineEdit()
        self._key.setObjectName(f"{prefix}KeyField")
        self._place = QComboBox()
        self._place.setObjectName(f"{prefix}KeyPlace")
        self._place.setAccessibleName("Where the key is kept")
        self._place.setAccessibleDescription("Where the key is kept")
        for place, words in _CHOICES.items():
            if place != "keyring" or has_keyring:
                self._place.addItem(words, place)
        self._note = QLabel()
        self._note.setObjectName(f"{prefix}KeyNote")
        self._note.setProperty("role", "note")
        self._note.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._key, 1)
        row.addWidget(self._place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._note)
        self._has_keyring = has_keyring
        self._key.textChanged.connect(lambda _: self.changed.emit())
        self._key.returnPressed.connect(self.entered)
        self._place.currentIndexChanged.connect(lambda _: self._on_place())
        self._on_place()
        self.setFocusProxy(self._key)

    def given(self) -> GivenKey | None:
        """None while there is nothing."""
        text, place = self._key.text().strip(), self._place.currentData()
        if not text:
            return None
        return GivenKey(variable=text) if place == "variable" else GivenKey(text, place)

    def clear(self) -> None:
        self._key.clear()

    def _on_place(self) -> None:
        place = self._place.currentData()
        variable = place == "variable"
        self._key.setEchoMode(QLineEdit.EchoMode.Normal if variable else QLineEdit.EchoMode.Password)
        self._key.setPlaceholderText("Name of the variable" if variable else "Paste the key")
        self._key.setAccessibleName("Name of the environment variable" if variable else "New key")
        _, _, says, follows = PLACES[place]
        self._note.setText(f"{says} {follows}" if self._has_keyring else f"{says} {follows} {_NO_KEYRING}")
        self.changed.emit()
