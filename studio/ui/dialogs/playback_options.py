"""Foot pedals and the pause for typing; what is changed counts at once. Runs on the window's thread."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.ui import theme
from studio.ui.commands import key_text
from studio.ui.player.pedal import DEFAULT_KEYS, Pedal, Pedals, PedalSetup
from studio.ui.widgets.spin import pad

_DOES = {Pedal.LEFT: "Goes back 2 s", Pedal.MIDDLE: "Plays", Pedal.RIGHT: "Goes forward 2 s"}


class PlaybackOptionsDialog(QDialog):
    """While it is open, pedals are shown as they are pressed, and may be taught another key."""

    resume_after_changed = Signal(int)  # milliseconds

    def __init__(self, pedals: Pedals, resume_after: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("playbackOptionsDialog")
        self.setWindowTitle("Foot pedal and typing")
        self.setAccessibleName("Foot pedal and typing")
        self.setMinimumWidth(560)
        self._pedals = pedals
        self._lights = {pedal: Light(pedal) for pedal in Pedal}
        self._keys = {pedal: QLabel() for pedal in Pedal}
        self._learn = {pedal: self._learn_button(pedal) for pedal in Pedal}
        self._on = QCheckBox("Use a foot pedal")
        self._on.setObjectName("pedalOnBox")
        self._on.setAccessibleName(self._on.text())
        self._hold = self._radio("Hold to play", "pedalHoldButton")
        self._switch = self._radio("Press to play, press again to stop", "pedalSwitchButton")
        self._said = QLabel()
        self._said.setObjectName("pedalSaid")
        self._said.setProperty("role", "note")
        self._said.setWordWrap(True)
        self._wait = QDoubleSpinBox()
        self._wait.setObjectName("resumeAfterSpin")
        self._wait.setAccessibleName("Play on after a pause for typing of")
        self._wait.setRange(0.5, 3.0)
        self._wait.setSingleStep(0.5)
        self._wait.setDecimals(1)
        self._wait.setSuffix(" s without a key")
        self._wait.setValue(resume_after / 1000)
        pad(self._wait)
        self._arrange()
        self._show(pedals.setup)
        self._connect()

    def _connect(self) -> None:
        pedals = self._pedals
        pedals.watch(True)
        self.finished.connect(lambda _: pedals.watch(False))
        pedals.pressed.connect(self._on_pressed)
        pedals.released.connect(lambda pedal: self._lights[pedal].set_lit(False))
        pedals.changed.connect(self._show)
        pedals.refused.connect(
            lambda key: self._say(
                f"“{key_text(key)}” is needed for writing. Press the pedal, or another key; Esc keeps it."
            )
        )
        self._on.toggled.connect(lambda on: pedals.set_setup(replace(pedals.setup, enabled=on)))
        self._hold.toggled.connect(lambda hold: pedals.set_setup(replace(pedals.setup, hold=hold)))
        self._wait.valueChanged.connect(lambda seconds: self.resume_after_changed.emit(round(seconds * 1000)))

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, pedal in enumerate(Pedal):
            name = QLabel(f"{pedal.capitalize()} pedal")
            name.setProperty("role", "heading")
            does = QLabel(_DOES[pedal])
            does.setProperty("role", "muted")
            for place, part in enumerate((self._lights[pedal], name, does, self._keys[pedal], self._learn[pedal])):
                grid.addWidget(part, row, place)
        grid.setColumnStretch(3, 1)
        typing = QFormLayout()
        typing.addRow(_section("Pause while typing"))
        typing.addRow("Play on after", self._wait)
        roles = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(roles.Close | roles.RestoreDefaults)
        buttons.rejected.connect(self.reject)
        for role in (roles.Close, roles.RestoreDefaults):
            buttons.button(role).setObjectName(f"pedal{role.name}Button")
        buttons.button(roles.Close).setProperty("kind", "primary")
        buttons.button(roles.RestoreDefaults).setText("Restore defaults")
        buttons.button(roles.RestoreDefaults).clicked.connect(self._restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        for part in (_section("Foot pedal"), self._on, self._hold, self._switch):
            column.addWidget(part)
        column.addLayout(grid)
        column.addWidget(self._said)
        column.addLayout(typing)
        column.addWidget(buttons)

    def _restore(self) -> None:
        self._pedals.set_setup(replace(self._pedals.setup, hold=False, keys=DEFAULT_KEYS))
        self._wait.setValue(1.0)

    def _show(self, setup: PedalSetup) -> None:
        self._on.setChecked(setup.enabled)
        (self._hold if setup.hold else self._switch).setChecked(True)
        for pedal, label in self._keys.items():
            label.setWordWrap(True)
            label.setText(", ".join(key_text(key) for key in setup.keys[pedal]) or "no key")
        self._say("Press a pedal: it lights up here. One that does not sends another key, which it can be taught.")

    def _on_pressed(self, pedal: Pedal) -> None:
        self._lights[pedal].set_lit(True)
        self._say(f"That is the {pedal} pedal. It works.")

    def _on_learn(self, pedal: Pedal) -> None:
        self._pedals.learn(pedal)
        self._say(f"Press the {pedal} pedal now, or the key that is to stand for it; Esc keeps it as it is.")

    def _say(self, text: str) -> None:
        self._said.setText(text)

    def _learn_button(self, pedal: Pedal) -> QPushButton:
        button = QPushButton("Teach")
        button.setObjectName(f"{pedal}LearnButton")
        button.setAccessibleName(f"Teach the {pedal} pedal another key")
        button.setProperty("small", True)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._on_learn(pedal))
        return button

    def _radio(self, text: str, name: str) -> QRadioButton:
        button = QRadioButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        return button


class Light(QWidget):
    """Filled while its pedal is down; says so to assistive technology, too."""

    def __init__(self, pedal: Pedal, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pedal = pedal
        self.setObjectName(f"{pedal}Light")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_lit(False)

    def set_lit(self, lit: bool) -> None:
        self.lit = lit
        self.setAccessibleName(f"{self._pedal.capitalize()} pedal {'down' if lit else 'up'}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(look.color("accent" if self.lit else "ctl"))
            painter.setBrush(look.color("accent") if self.lit else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(2.5, 2.5, 11, 11))


def _section(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "section")
    return label
