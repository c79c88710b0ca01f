"""The rules of subtitles in the export dialog: a preset, and fields to differ from it. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.core.profiles import OWN, PROFILES, CueRules
from studio.ui.widgets.spin import pad

_Box = TypeVar("_Box", QSpinBox, QDoubleSpinBox)
Row = tuple[str, Sequence[QWidget], str]  # what it is, the fields, their unit


class RulesForm(QWidget):
    """Starts with the rules given; they count as the user's own unless they are those of a preset."""

    changed = Signal()

    def __init__(self, rules: CueRules, parent: QWidget | None = None, with_rate: bool = False) -> None:
        """`with_rate`: the frame rate can be changed, too."""
        super().__init__(parent)
        self._rules = self._own = rules
        self._preset = QComboBox(self)
        self._line = self._whole("maxLineSpin", "Longest line, in characters", 10, 200)
        self._lines = self._whole("maxLinesSpin", "Most lines of one subtitle", 1, 4)
        self._speed = self._whole("maxSpeedSpin", "Fastest reading, in characters a second", 5, 60)
        self._gap = self._whole("gapSpin", "Smallest gap, in frames", 0, 50)
        self._short = self._seconds("minDurationSpin", "Shortest subtitle, in seconds")
        self._long = self._seconds("maxDurationSpin", "Longest subtitle, in seconds")
        self._rate = self._frames("frameRateSpin", "Pictures a second, which the gap is counted in")
        self._with_rate = with_rate
        self._rate.setVisible(with_rate)
        self._arrange()
        self._show(rules)
        self._name()
        self._short.valueChanged.connect(lambda value: self._long.setMinimum(max(value, 0.5)))
        for box in self.fields()[1:]:
            box.valueChanged.connect(self._edited)  # type: ignore[attr-defined]
        self._preset.activated.connect(self._choose)

    def rules(self) -> CueRules:
        return self._rules

    def fields(self) -> list[QWidget]:
        """In the order of the tab key."""
        fields = [self._preset, self._line, self._lines, self._speed, self._short, self._long, self._gap]
        return [*fields, self._rate] if self._with_rate else fields

    def _choose(self, index: int) -> None:
        id = self._preset.itemData(index)
        self._rules = self._own if id == OWN else PROFILES[id].rules
        self._show(self._rules)
        self.changed.emit()

    def _edited(self) -> None:
        self._rules = self._own = replace(
            self._rules,
            max_line=self._line.value(),
            max_lines=self._lines.value(),
            max_cps=float(self._speed.value()),
            gap_frames=self._gap.value(),
            min_duration=round(self._short.value() * 1000),
            max_duration=round(self._long.value() * 1000),
            frame_rate=self._rate.value(),
        )
        self._name()
        self.changed.emit()

    def _name(self) -> None:
        """Show the preset that the rules are."""
        id = next((p.id for p in PROFILES.values() if p.rules == self._rules), OWN)
        self._preset.setCurrentIndex(self._preset.findData(id))

    def _show(self, rules: CueRules) -> None:
        values: list[tuple[QSpinBox | QDoubleSpinBox, float]] = [
            (self._line, rules.max_line),
            (self._lines, rules.max_lines),
            (self._speed, rules.max_cps),
            (self._gap, rules.gap_frames),
            (self._long, rules.max_duration / 1000),
            (self._short, rules.min_duration / 1000),
            (self._rate, rules.frame_rate),
        ]
        self._long.setMinimum(max(rules.min_duration / 1000, 0.5))
        for box, value in values:
            box.blockSignals(True)
            box.setValue(round(value) if isinstance(box, QSpinBox) else value)  # type: ignore[arg-type]
            box.blockSignals(False)

    def _arrange(self) -> None:
        self._preset.setObjectName("presetBox")
        self._preset.setAccessibleName("Preset of the rules")
        for profile in PROFILES.values():
            self._preset.addItem(profile.title, profile.id)
        self._preset.addItem("My own", OWN)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(section("Subtitle rules", self))
        frames = "frames" if self._with_rate else f"frames at {self._rules.frame_rate:g} a second"
        rows: list[Row] = [
            ("&Preset", [self._preset], ""),
            ("&Longest line", [self._line], "characters"),
            ("&Most lines", [self._lines], "lines"),
            ("Fastest rea&ding", [self._speed], "characters a second"),
            ("S&hortest, longest", [self._short, self._long], ""),
            ("Smallest &gap", [self._gap], frames),
        ]
        if self._with_rate:
            rows.append(("Frame ra&te", [self._rate], "frames a second"))
        column.addLayout(grid(rows, self))

    def _whole(self, name: str, words: str, least: int, most: int) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(least, most)
        return self._dress(box, name, words)

    def _seconds(self, name: str, words: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setDecimals(3)
        box.setRange(0.1, 60.0)
        box.setSingleStep(0.1)
        box.setSuffix(" s")
        return self._dress(box, name, words)

    def _frames(self, name: str, words: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setDecimals(3)
        box.setRange(10, 240)
        return self._dress(box, name, words)

    def _dress(self, box: _Box, name: str, words: str) -> _Box:
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.setToolTip(words)
        box.setFixedWidth(92)
        pad(box)
        return box


def grid(rows: Sequence[Row], parent: QWidget) -> QGridLayout:
    """Labelled fields below each other, their units behind them."""
    made = QGridLayout()
    made.setHorizontalSpacing(12)
    made.setVerticalSpacing(8)
    made.setColumnMinimumWidth(0, 116)
    made.setColumnStretch(1, 1)
    for at, (words, fields, unit) in enumerate(rows):
        label = QLabel(words, parent)
        label.setBuddy(fields[0])
        line = QHBoxLayout()
        line.setSpacing(8)
        for field in fields:
            line.addWidget(field)
            field.setAccessibleName(field.accessibleName() or words.replace("&", ""))
        if unit:
            note = QLabel(unit, parent)
            note.setProperty("role", "note")
            line.addWidget(note)
        line.addStretch(1)
        made.addWidget(label, at, 0)
        made.addLayout(line, at, 1)
    return made


def section(words: str, parent: QWidget) -> QLabel:
    label = QLabel(words, parent)
    label.setProperty("role", "section")
    return label


def scroll_plainly(area: QScrollArea, inner: QWidget, width: int) -> None:
    """Show a column of fields that scrolls up and down where the dialog is low, without a frame of its own."""
    area.setWidget(inner)
    inner.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFixedWidth(width)
