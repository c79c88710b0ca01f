"""At the right of the edit bar: what there is to look at, and the button to the next. Runs on the window's thread."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from .commands import Commands, key_text
from .compare.key_button import KeyButton
from .models.wording import counted


class ProblemsLeft(QWidget):
    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problemsLeft")
        self._told: tuple[str, int] | None = None
        self._words = QLabel()
        self._words.setObjectName("problemsLeftLabel")
        self._words.setProperty("role", "note")
        key = key_text((*commands.keys("nextProblemAction"), "")[0])
        self.next = KeyButton("nextProblemButton", "Next problem", "chevron-right", key)
        self.next.clicked.connect(commands["nextProblemAction"].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._words)
        row.addWidget(self.next)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The bar that this stands in has another width."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        """Less words where there is less room."""
        bar = self.parentWidget()
        layout = bar.layout() if bar else None
        if bar is None or layout is None:
            return
        shapes: tuple[Literal["all", "text", "icon"], ...] = ("all", "text", "icon")
        for shape in shapes:
            self.next.show_as(shape)
            self.updateGeometry()
            if layout.sizeHint().width() <= bar.width():
                break

    def show_left(self, mode: str, count: int) -> None:
        """Nothing where there is nothing left, or where differences are looked at."""
        if (mode, count) == self._told:
            return
        self._told = mode, count
        self.setVisible(count > 0 and mode != "compare")
        unsure = mode == "transcript"
        one, many = ("unsure word left", "unsure words left") if unsure else ("problem", "problems")
        self._words.setText(counted(count, one, many))
        self.next.set_words("Next unsure" if unsure else "Next problem")
        self._fit()
