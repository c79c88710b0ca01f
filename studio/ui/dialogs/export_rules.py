"""The middle of the export dialog: speaker names and the rules of subtitles. Runs on the window's thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.core.cues import CueRules, SpeakerNames
from studio.formats import WriteOptions
from studio.ui.spin import pad

_Box = TypeVar("_Box", QSpinBox, QDoubleSpinBox)
_NAMES: dict[str, SpeakerNames] = {
    "When the speaker changes": "change",
    "Always": "always",
    "Never": "never",
}


class RulesForm(QWidget):
    """Fields for WriteOptions; starts with the rules given."""

    changed = Signal()

    def __init__(self, rules: CueRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = rules
        self._names = QComboBox(self)
        self._names.addItems(list(_NAMES))
        self._names.currentIndexChanged.connect(self.changed)
        self._line = self._whole("maxLineSpin", "Longest line, in characters", 10, 200, rules.max_line)
        self._lines = self._whole("maxLinesSpin", "Most lines of one subtitle", 1, 4, rules.max_lines)
        self._speed = self._whole(
            "maxSpeedSpin", "Fastest reading, in characters a second", 5, 60, round(rules.max_cps)
        )
        self._gap = self._whole("gapSpin", "Smallest gap, in frames", 0, 50, rules.gap_frames)
        self._short = self._seconds("minDurationSpin", "Shortest subtitle, in seconds", rules.min_duration)
        self._long = self._seconds("maxDurationSpin", "Longest subtitle, in seconds", rules.max_duration)
        self._short.valueChanged.connect(lambda value: self._long.setMinimum(max(value, 0.5)))
        self._arrange()

    def options(self) -> WriteOptions:
        rules = replace(
            self._rules,
            max_line=self._line.value(),
            max_lines=self._lines.value(),
            max_cps=float(self._speed.value()),
            gap_frames=self._gap.value(),
            min_duration=round(self._short.value() * 1000),
            max_duration=round(self._long.value() * 1000),
        )
        return WriteOptions(rules, _NAMES[self._names.currentText()])

    def fields(self) -> list[QWidget]:
        """In the order of the tab key."""
        return [self._names, self._line, self._lines, self._speed, self._short, self._long, self._gap]

    def _arrange(self) -> None:
        self._names.setObjectName("speakerNamesBox")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addWidget(_section("What goes in", self))
        column.addLayout(self._grid([("Speaker names", [self._names], "")]))
        column.addSpacing(8)
        column.addWidget(_section("Subtitle rules", self))
        column.addLayout(
            self._grid(
                [
                    ("Longest line", [self._line], "characters"),
                    ("Most lines", [self._lines], "lines"),
                    ("Fastest reading", [self._speed], "characters a second"),
                    ("Shortest, longest", [self._short, self._long], ""),
                    ("Smallest gap", [self._gap], f"frames at {self._rules.frame_rate:g} a second"),
                ]
            )
        )
        column.addStretch()

    def _grid(self, rows: list[tuple[str, list[QWidget], str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 116)
        grid.setColumnStretch(1, 1)
        for at, (words, fields, unit) in enumerate(rows):
            label = QLabel(words, self)
            label.setBuddy(fields[0])
            line = QHBoxLayout()
            line.setSpacing(8)
            for field in fields:
                line.addWidget(field)
                field.setAccessibleName(field.accessibleName() or words)
            note = QLabel(unit, self)
            note.setProperty("role", "note")
            line.addWidget(note, 1)
            grid.addWidget(label, at, 0)
            grid.addLayout(line, at, 1)
        return grid

    def _whole(self, name: str, words: str, least: int, most: int, value: int) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(least, most)
        box.setValue(value)
        box.valueChanged.connect(self.changed)
        return self._dress(box, name, words)

    def _seconds(self, name: str, words: str, value: int) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setRange(0.1, 60.0)
        box.setSingleStep(0.1)
        box.setSuffix(" s")
        box.setValue(value / 1000)
        box.valueChanged.connect(self.changed)
        return self._dress(box, name, words)

    def _dress(self, box: _Box, name: str, words: str) -> _Box:
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.setToolTip(words)
        box.setFixedWidth(84)
        pad(box)
        return box


def _section(words: str, parent: QWidget) -> QLabel:
    label = QLabel(words, parent)
    label.setProperty("role", "section")
    return label
