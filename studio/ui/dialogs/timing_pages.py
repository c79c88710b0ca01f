"""The ways to move many cues at once, one page each: shift, stretch, two points, frame rate.

A page makes the Edit that its fields mean; it refuses with a UsageError. Runs on the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.core import timing
from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.timing import FRAME_RATES, Ids
from studio.core.transcript import Segment, Transcript
from studio.ui.models.wording import time_code
from studio.ui.widgets.error_line import ErrorLine
from studio.ui.widgets.spin import pad

from .time_field import TimeField

Playhead = Callable[[], int]  # milliseconds


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be moved. `marked`: the selected cues, of which the first and last are proposed as points."""

    transcript: Transcript
    ids: Ids
    chosen: Sequence[Segment]  # those with these ids, in order; never empty
    marked: Sequence[Segment]  # in order, may be empty

    def number(self, cue: Segment) -> int:
        """Its place in the file, counted from 1."""
        return self.transcript.segments.index(cue) + 1


class Page(QWidget):
    """`title` stands on the tab. The sentence about what is wrong stands below the fields."""

    changed = Signal()
    title = ""

    def __init__(self, playhead: Playhead) -> None:
        super().__init__()
        self.playhead = playhead
        self.scope: Scope | None = None
        self.times: list[TimeField] = []
        self._problem = ErrorLine("timingProblem")
        self._problem.setContentsMargins(144, 0, 0, 0)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(12)
        self.grid.setVerticalSpacing(8)
        self.grid.setColumnMinimumWidth(0, 132)
        self.grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 14, 0, 8)
        column.addLayout(self.grid)
        column.addWidget(self._problem)
        column.addStretch()

    def show_scope(self, scope: Scope) -> None:
        """Other cues are to be moved."""
        self.scope = scope

    def make(self, transcript: Transcript, ids: Ids, clamp: bool = False) -> Edit:
        """`clamp`: cues that would begin before the recording begin with it. Raises UsageError."""
        raise NotImplementedError

    def show_problem(self, sentence: str) -> None:
        """Below the fields, of which the wrong one has a red edge; "" for none."""
        self._problem.show_text(sentence)
        used = self.used() if sentence else []
        unreadable = [field for field in used if not _readable(field)]
        for field in self.times:
            field.set_wrong(field in (unreadable or used))

    def used(self) -> list[TimeField]:
        """The times that count now."""
        return self.times

    def time(self, name: str, words: str, signed: bool = False) -> TimeField:
        field = TimeField(name, words, signed=signed)
        field.textChanged.connect(self.changed)
        self.times.append(field)
        return field

    def row(self, words: str | QWidget, *fields: QWidget) -> None:
        at = self.grid.rowCount()
        label = QLabel(words) if isinstance(words, str) else words
        if isinstance(label, QLabel):
            label.setBuddy(fields[0])
        line = QHBoxLayout()
        line.setSpacing(8)
        for field in fields:
            line.addWidget(field)
        line.addStretch()
        self.grid.addWidget(label, at, 0)
        self.grid.addLayout(line, at, 1)

    def note(self, words: str = "") -> QLabel:
        label = QLabel(words)
        label.setProperty("role", "note")
        label.setWordWrap(True)
        self.grid.addWidget(label, self.grid.rowCount(), 1)
        return label


class ShiftPage(Page):
    title = "Shift"

    def __init__(self, playhead: Playhead) -> None:
        super().__init__(playhead)
        self.by = self.time("shiftField", "Shift by", signed=True)
        self._here = _button("shiftPlayheadButton", "")
        self._here.clicked.connect(self._from_playhead)
        self.row("Shift by", self.by, self._here)
        self.note("Minus is earlier. The arrow keys change it by 0.1 s.")

    def show_scope(self, scope: Scope) -> None:
        super().show_scope(scope)
        self._here.setText(f"Cue {scope.number(self._cue(scope))} starts at the playhead")
        self._here.setAccessibleName(self._here.text())

    def make(self, transcript: Transcript, ids: Ids, clamp: bool = False) -> Edit:
        return timing.shift(transcript, ids, self.by.ms(), clamp)

    @staticmethod
    def _cue(scope: Scope) -> Segment:
        return scope.marked[0] if scope.marked else scope.chosen[0]

    def _from_playhead(self) -> None:
        if self.scope:
            self.by.set_ms(self.playhead() - self._cue(self.scope).start)


class StretchPage(Page):
    title = "Stretch"

    def __init__(self, playhead: Playhead) -> None:
        super().__init__(playhead)
        self._by = _radio("stretchByBox", "To a share of")
        self._to = _radio("stretchToBox", "Last cue ends at")
        self.factor = QDoubleSpinBox()
        self.factor.setObjectName("stretchFactorSpin")
        self.factor.setAccessibleName("Stretch to this share, in percent")
        self.factor.setDecimals(4)
        self.factor.setRange(10, 1000)
        self.factor.setSingleStep(0.1)
        self.factor.setSuffix(" %")
        self.factor.setFixedWidth(150)
        self.factor.setValue(100)
        pad(self.factor)
        self.end = self.time("stretchEndField", "The last cue ends at")
        here = _button("stretchPlayheadButton", "From the playhead")
        here.clicked.connect(lambda: self.end.set_ms(self.playhead()))
        self.row(self._by, self.factor)
        self.row(self._to, self.end, here)
        self.note("The first cue stays where it starts; all others move in proportion.")
        # what is changed is what counts
        self.factor.valueChanged.connect(lambda _: self._by.setChecked(True))
        self.end.textChanged.connect(lambda _: self._to.setChecked(True))
        self.factor.valueChanged.connect(self.changed)
        self._by.toggled.connect(self.changed)
        self._by.setChecked(True)

    def show_scope(self, scope: Scope) -> None:
        fresh = self.scope is None or _ends(self.scope.chosen) != _ends(scope.chosen)
        super().show_scope(scope)
        if fresh and self._by.isChecked():
            self.end.blockSignals(True)
            self.end.set_ms(_ends(scope.chosen)[1])
            self.end.blockSignals(False)

    def make(self, transcript: Transcript, ids: Ids, clamp: bool = False) -> Edit:
        assert self.scope is not None
        start, end = _ends(self.scope.chosen)
        if self._by.isChecked():
            share = Fraction(self.factor.value() / 100).limit_denominator(10**6)
            return timing.stretch(transcript, ids, share, start, clamp)
        wanted = self.end.ms()
        if wanted <= start:
            raise UsageError(f"The last cue would end before the first begins at {time_code(start)}.")
        return timing.stretch(transcript, ids, Fraction(wanted - start, max(1, end - start)), start, clamp)

    def used(self) -> list[TimeField]:
        return self.times if self._to.isChecked() else []


class AnchorsPage(Page):
    title = "Two points"

    def __init__(self, playhead: Playhead) -> None:
        super().__init__(playhead)
        self._cues = [self._spin("anchorCueSpinA", "First cue"), self._spin("anchorCueSpinB", "Second cue")]
        self.starts = [
            self.time("anchorFieldA", "First cue starts at"),
            self.time("anchorFieldB", "Second cue starts at"),
        ]
        self._said = [QLabel(), QLabel()]
        self._points = [0, 0]  # ids of the two
        for n, letter in enumerate("AB"):
            here = _button(f"anchorPlayheadButton{letter}", "From the playhead")
            here.setAccessibleName(f"{('First', 'Second')[n]} cue starts at the playhead")
            here.clicked.connect(lambda _=False, n=n: self.starts[n].set_ms(self.playhead()))
            self.row(f"{('First', 'Second')[n]} point, cue", self._cues[n], QLabel("starts at"), self.starts[n], here)
            self._said[n].setProperty("role", "note")
            self.grid.addWidget(self._said[n], self.grid.rowCount(), 1)
            self._cues[n].valueChanged.connect(lambda _, n=n: self._show_cue(n))
        self.note("All other cues move in proportion, before, between and behind the two.")

    def show_scope(self, scope: Scope) -> None:
        """Propose at first the first and last of the selected cues, or of all; then stay with what the user chose."""
        if self.scope is None:
            ends = scope.marked if len(scope.marked) > 1 else scope.chosen
            self._points = [ends[0].id, ends[-1].id]
        fresh = self.scope is None
        super().show_scope(scope)
        rows = {s.id: row for row, s in enumerate(scope.transcript.segments, 1)}
        for n, cue in enumerate(self._cues):
            cue.blockSignals(True)
            cue.setMaximum(len(rows))
            cue.setValue(rows.get(self._points[n], cue.value()))
            cue.blockSignals(False)
            if fresh or self._cue(n).id != self._points[n]:
                self._show_cue(n)

    def make(self, transcript: Transcript, ids: Ids, clamp: bool = False) -> Edit:
        a, b = ((self._cue(n).start, self.starts[n].ms()) for n in range(2))
        return timing.anchor(transcript, ids, a, b, clamp)

    def _cue(self, n: int) -> Segment:
        assert self.scope is not None
        return self.scope.transcript.segments[self._cues[n].value() - 1]

    def _show_cue(self, n: int) -> None:
        cue = self._cue(n)
        self._points[n] = cue.id
        self.starts[n].set_ms(cue.start)
        said = " ".join(cue.text.split())
        self._said[n].setText(f"now {time_code(cue.start)}, “{said[:44]}{'…' if len(said) > 44 else ''}”")
        self.changed.emit()

    def _spin(self, name: str, words: str) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName(name)
        box.setAccessibleName(f"{words}, its number")
        box.setMinimum(1)
        box.setFixedWidth(84)
        pad(box)
        return box


class RatePage(Page):
    title = "Frame rate"

    def __init__(self, playhead: Playhead) -> None:
        super().__init__(playhead)
        self.made_for = self._box("madeForBox", "Made for frames a second", "25")
        self.played_at = self._box("playedAtBox", "Played at frames a second", "23.976")
        self.row("Made for", self.made_for, QLabel("frames a second"))
        self.row("Played at", self.played_at, QLabel("frames a second"))
        self._says = self.note()
        self._show_share()
        for box in (self.made_for, self.played_at):
            box.currentTextChanged.connect(lambda _: self._show_share())

    def make(self, transcript: Transcript, ids: Ids, clamp: bool = False) -> Edit:
        return timing.change_frame_rate(transcript, ids, self.made_for.currentText(), self.played_at.currentText())

    def _box(self, name: str, words: str, rate: str) -> QComboBox:
        box = QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.addItems(list(FRAME_RATES))
        box.setCurrentText(rate)
        box.setFixedWidth(112)
        return box

    def _show_share(self) -> None:
        share = FRAME_RATES[self.made_for.currentText()] / FRAME_RATES[self.played_at.currentText()]
        self._says.setText(f"Times become {float(share) * 100:.3f} % of what they are, from the start of the film.")
        self.changed.emit()


def _ends(cues: Sequence[Segment]) -> tuple[int, int]:
    return min(c.start for c in cues), max(c.end for c in cues)


def _readable(field: TimeField) -> bool:
    try:
        field.ms()
    except UsageError:
        return False
    return True


def _radio(name: str, text: str) -> QRadioButton:
    box = QRadioButton(text)
    box.setObjectName(name)
    box.setAccessibleName(text)
    return box


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setProperty("kind", "link")
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
