"""At the right of the edit bar: what there is to look at, and the button to the next. Runs on the window's thread."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ..commands import Commands, key_text
from ..models.wording import counted
from ..widgets.key_button import KeyButton

Shape = Literal["all", "text", "icon", "number"]


class ProblemsLeft(QWidget):
    changed = Signal()  # what it says is longer or shorter now

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problemsLeft")
        self._told: tuple[str, int] | None = None
        self._text = ""
        self._words = QLabel()
        self._words.setObjectName("problemsLeftLabel")
        self._words.setProperty("role", "note")
        self._commands = commands
        self.next = KeyButton("nextProblemButton", "Next problem", "chevron-right", self._key())
        commands["nextProblemAction"].changed.connect(self._show_key)
        self.next.clicked.connect(commands["nextProblemAction"].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._words)
        row.addWidget(self.next)

    def _key(self) -> str:
        return key_text((*self._commands.keys("nextProblemAction"), "")[0])

    def _show_key(self) -> None:
        self.next.set_keys(self._key())
        self.changed.emit()

    def show_as(self, shape: Shape) -> None:
        """Less words where there is less room."""
        self.next.show_as("icon" if shape == "number" else shape)
        self._words.setText(self._text if shape != "number" else self._text.partition(" ")[0])
        self._words.setToolTip(self._text if shape == "number" else "")
        self.updateGeometry()

    def show_left(self, mode: str, count: int) -> None:
        """Nothing where there is nothing left, or where differences are looked at."""
        if (mode, count) == self._told:
            return
        self._told = mode, count
        self.setVisible(count > 0 and mode != "compare")
        unsure = mode == "transcript"
        one, many = ("unsure word left", "unsure words left") if unsure else ("problem", "problems")
        self._text = counted(count, one, many)
        self._words.setText(self._text)
        self._words.setAccessibleName(self._text)
        self.next.set_words("Next unsure" if unsure else "Next problem")
        self.changed.emit()
