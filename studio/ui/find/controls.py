"""The settings of the tools that go over the text, shown above their preview. Runs on the window's thread."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from studio.core.tidy import Rules

_RULES = {
    "capitals": "Sentences begin with a capital",
    "spaces": "No spaces twice or before commas",
    "stops": "Turns end with a full stop",
    "quotes": "“Typographic” quotation marks",
    "repeats": "Words said twice in a row once only",
    "shouts": "CAPITALS ALONE written small",
}


class TidyControls(QWidget):
    """One box for each rule."""

    changed = Signal()

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(0)
        self._boxes: dict[str, QCheckBox] = {}
        for place, field in enumerate(fields(Rules)):
            box = self._boxes[field.name] = QCheckBox(_RULES[field.name])
            box.setObjectName(f"tidy{field.name.capitalize()}Box")
            box.setAccessibleName(box.text())
            box.setChecked(getattr(rules, field.name))
            box.toggled.connect(self.changed)
            grid.addWidget(box, place // 3, place % 3)
        grid.setColumnStretch(3, 1)
        self.setFocusProxy(next(iter(self._boxes.values())))

    def rules(self) -> Rules:
        return Rules(**{name: box.isChecked() for name, box in self._boxes.items()})


class FillerControls(QWidget):
    """The words that are taken out, to be changed."""

    changed = Signal()

    def __init__(self, fillers: tuple[str, ...]) -> None:
        super().__init__()
        label = QLabel("&Words to take out")
        self._field = QLineEdit(", ".join(fillers))
        self._field.setObjectName("fillersField")
        self.setFocusProxy(self._field)
        self._field.setAccessibleName("Words to take out, with commas between them")
        self._field.textChanged.connect(self.changed)
        label.setBuddy(self._field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self._field, 1)

    def fillers(self) -> tuple[str, ...]:
        return tuple(word for part in self._field.text().split(",") if (word := " ".join(part.split())))
