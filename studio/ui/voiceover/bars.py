"""Above the table of the voice-over: how far it is and what is heard; what can be done with cues. Window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from studio.core.voiceover import LIMITS
from studio.ui import icons, theme
from studio.ui.commands import Commands, key_text, plain
from studio.ui.models.wording import counted
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.fitting import fit
from studio.ui.widgets.key_button import KeyButton, Much
from studio.ui.widgets.spin import pad
from studio.ui.widgets.tag import Tag

from .preview import Heard

_HEARD = {
    Heard.BOTH: "Over the quiet recording",
    Heard.SPEECH: "Voice-over only",
    Heard.RECORDING: "Recording only",
}
_DUCKED = 0.0, 40.0  # decibels
_TOLD_EVERY = 80  # milliseconds
_ACTIONS = ("hearCueAction", "hurryAction", "leaveAction", "reflowCueAction")
_SHORT = {"hearCueAction": "Hear", "hurryAction": "Speed up", "leaveAction": "Leave", "reflowCueAction": "Re-flow …"}

_Shape = tuple[bool, bool, bool, Much]  # what is made, label of the choice, words of the export, of the button
_SHAPES: tuple[_Shape, ...] = (
    (True, True, True, "all"),
    (True, False, True, "all"),
    (True, False, True, "text"),
    (True, False, False, "text"),
    (False, False, False, "text"),
)


class _Bar(QFrame):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.EDIT_BAR + 4)
        self.row = QHBoxLayout(self)
        self.row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.row.setContentsMargins(12, 2, 12, 2)
        self.row.setSpacing(8)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.CENTRE_MIN, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        raise NotImplementedError


class MakingBar(_Bar):
    """“Make the voice-over”, or how far it is; how many overrun; what is heard; export."""

    stop_requested = Signal()
    heard_chosen = Signal(object)  # Heard

    def __init__(self, commands: Commands) -> None:
        super().__init__("voiceoverBar")
        self._make_action = commands["makeVoiceoverAction"]
        self._since = QElapsedTimer()  # it was told how far it is
        self.make = QPushButton()
        self.make.setObjectName("makeVoiceoverButton")
        self.make.clicked.connect(self._make_action.trigger)
        self._told = _Line("voiceoverTold")
        self._progress = QProgressBar()
        self._progress.setObjectName("voiceoverProgress")
        self._progress.setAccessibleName("Speaking the cues")
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._progress.setFixedWidth(120)
        self.stop = QPushButton("Stop")
        self.stop.setObjectName("stopVoiceoverButton")
        self.stop.setAccessibleName("Stop making the voice-over")
        self.stop.clicked.connect(self.stop_requested)
        self._over, self._missed = Tag("", "warn", "warning"), Tag("", "err", "error")
        self._over.setObjectName("overrunTag")
        self._commands = commands
        self.undecided = KeyButton("undecidedButton", "To decide", "chevron-right", self._key())
        self.undecided.clicked.connect(commands["nextProblemAction"].trigger)
        commands["nextProblemAction"].changed.connect(lambda: self.undecided.set_keys(self._key()))
        self._missed.setObjectName("missedTag")
        self.heard = Choice("Hear", "heardBox")
        for heard, words in _HEARD.items():
            self.heard.addItem(words, heard)
        self.heard.activated.connect(lambda _: self.heard_chosen.emit(self.heard.currentData()))
        self.export = QToolButton()
        self.export.setObjectName("exportSpeechButton")
        commands["exportSpeechAction"].setIconText("Export …")
        self.export.setDefaultAction(commands["exportSpeechAction"])
        self.export.setAccessibleName("Export the speech")
        self.export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for part in (self.make, self._told, self._progress, self.stop, self._over, self.undecided, self._missed):
            self.row.addWidget(part)
        self.row.addStretch(1)
        self.row.addWidget(self.heard)
        self.row.addWidget(self.export)
        self.show_made(0, 0, 0, 0, 0, 0)

    def show_making(self, says: str, fraction: float | None) -> None:
        if not self.stop.isHidden() and self._since.isValid() and self._since.elapsed() < _TOLD_EVERY:
            return  # of what is made, hundreds of cues a second come from the disk
        self._since.start()
        self._told.show_text(says)
        if fraction is not None:
            self._progress.setValue(round(1000 * fraction))
        if self.stop.isHidden():
            self._show(making=True)

    def show_made(self, made: int, waiting: int, outdated: int, over: int, open: int, missed: int) -> None:
        """How many cues are spoken, wait to be, were changed since, overrun, want a decision, could not be."""
        primary, to_make = not made and not missed, waiting + outdated
        if primary:
            words = "Make the voice-over"
        elif to_make:
            words = f"Make {counted(to_make + missed, 'cue', 'cues')}{'' if waiting or missed else ' again'}"
        else:
            words = f"Try {counted(missed, 'cue', 'cues')} again"
        self.make.setText(words)
        self.make.setAccessibleName(words)
        self.make.setIcon(icons.icon("speak", "on_accent" if primary else "text2"))
        self.make.setProperty("kind", "primary" if primary else "")
        self.make.style().polish(self.make)
        self.make.setVisible(primary or to_make > 0 or missed > 0)
        self._told.show_text(f"{counted(made, 'cue', 'cues')} spoken" if made and not to_make else "")
        words = f"{over} of {made} overrun{'s' if over == 1 else ''}"
        self._over.set_tag(words, "warn" if open else "plain", "warning" if open else "")
        self._over.setVisible(over > 0)
        self.undecided.set_words(f"{open} to decide")
        self.undecided.setVisible(open > 0)
        self._missed.set_tag(f"{missed} not spoken", "err", "error")
        self._missed.setVisible(missed > 0)
        self._show(making=False)

    def show_heard(self, heard: Heard) -> None:
        self.heard.select(heard)

    def _show(self, making: bool) -> None:
        if making:
            self.make.hide()
        for part in (self._progress, self.stop):
            part.setVisible(making)
        self.fit()

    def fit(self) -> None:
        fit(self, _SHAPES, self._shape)

    def _key(self) -> str:
        return key_text((*self._commands.keys("nextProblemAction"), "")[0])

    def _shape(self, shape: _Shape) -> None:
        told, label, words, next = shape
        self._told.setVisible(told and bool(self._told.text()))
        self.undecided.show_as(next)
        self.row.invalidate()  # what was shown or hidden just now counts
        self.heard.set_label_hidden(not label)
        style = Qt.ToolButtonStyle
        self.export.setToolButtonStyle(style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly)


class CuesBar(_Bar):
    """What can be done with the selected cues; how much faster a cue may be said, how soft the recording is."""

    limit_changed = Signal(float)
    ducked_changed = Signal(float)

    def __init__(self, commands: Commands) -> None:
        super().__init__("voiceoverCuesBar")
        self._commands = commands
        self.buttons = [self._button(name) for name in _ACTIONS]
        self.all = self._button("hurryAllAction")
        self.limit = _spin("hurryLimitSpin", "How much faster a cue may be said at most", LIMITS, 2, 0.05, "×")
        self.ducked = _spin("duckedSpin", "By how much the recording is softer under speech", _DUCKED, 0, 1, " dB")
        self.limit.valueChanged.connect(self.limit_changed)
        self.ducked.valueChanged.connect(self.ducked_changed)
        self._labels = [_note("At most", self.limit), _note("Recording softer by", self.ducked)]
        for button in self.buttons:
            self.row.addWidget(button)
        self.row.addStretch(1)
        self.row.addWidget(self.all)
        self.row.addWidget(self._labels[0])
        self.row.addWidget(self.limit)
        self.row.addSpacing(8)
        self.row.addWidget(self._labels[1])
        self.row.addWidget(self.ducked)

    def show_decisions(self, limit: float, ducked: float) -> None:
        for box, value in ((self.limit, limit), (self.ducked, ducked)):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)

    def fit(self) -> None:
        shapes = ((True, True, True), (True, False, True), (True, False, False), (False, False, False))
        fit(self, shapes, self._shape)

    def _shape(self, shape: tuple[bool, bool, bool]) -> None:
        words, all_words, labels = shape
        self.row.invalidate()
        for label in self._labels:
            label.setVisible(labels)
        style = Qt.ToolButtonStyle
        for button, on in (*((b, words) for b in self.buttons), (self.all, all_words)):
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if on else style.ToolButtonIconOnly)

    def _button(self, name: str) -> QToolButton:
        button, action = QToolButton(), self._commands[name]
        button.setObjectName(name.replace("Action", "Button"))
        button.setProperty("kind", "flat")
        action.setIconText(_SHORT.get(name, plain(action.text())))  # what buttons show
        button.setDefaultAction(action)
        button.setAccessibleName(plain(action.text()))
        return button


class _Line(QLabel):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))


def _note(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "note")
    label.setBuddy(field)
    return label


def _spin(name: str, words: str, limits: Sequence[float], decimals: int, step: float, unit: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.setToolTip(words)
    box.setRange(*limits)
    box.setDecimals(decimals)
    box.setSingleStep(step)
    box.setSuffix(unit)
    box.setFixedWidth(80)
    box.setKeyboardTracking(False)
    pad(box)
    return box
