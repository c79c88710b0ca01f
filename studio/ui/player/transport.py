"""The bar below the text: time, playing, speed, loop, volume. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from studio.ui import theme
from studio.ui.commands import Commands
from studio.ui.icons import icon
from studio.ui.models.wording import time_code
from studio.ui.player.clean_chip import CleanChip
from studio.ui.player.player import FASTEST, SLOWEST, Player, Range
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.fitting import fit
from studio.ui.widgets.steady import SteadyButton

RATES = (0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 1.75, 2.0, 3.0, 4.0)
REWINDS = (0, 500, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000)
MORE = ("pauseTypingAction", "skipSilenceAction", "videoAction", "pedalAction")
# Labels of the selectors, that of the chip, captions of the steps back and forward.
_SHAPES = ((True, True, True), (True, False, True), (False, False, True), (False, False, False))


class TransportBar(QFrame):
    """Drives a Player; what needs more than the player is an action of the window."""

    state_changed = Signal()  # speed, volume or rewind: see `state`
    cue_requested = Signal(int)  # -1: the cue before, 1: the next one

    def __init__(self, player: Player, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player, self._commands = player, commands
        self._play_action = commands["playAction"]
        self.setObjectName("transportBar")
        self.setAccessibleName("Playback")
        self.setProperty("role", "transport")
        self.setFixedHeight(theme.TRANSPORT)
        self.time = TimeCode()
        self._play = self._button("playButton", "play", "Play", "", self._play_action.trigger)
        self._play.setProperty("kind", "primary")
        self._play.setFixedSize(44, 36)
        self._play.setIconSize(QSize(20, 20))
        cue, back, forward = self.cue_requested, commands["backAction"], commands["forwardAction"]
        self._buttons = [
            self._button("previousCueButton", "to-start", "To the cue before", "", lambda: cue.emit(-1)),
            self._button("backButton", "back", "Back 2 s", "backAction", back.trigger, "2 s"),
            self._play,
            self._button("forwardButton", "forward", "Forward 2 s", "forwardAction", forward.trigger, "2 s"),
            self._button("nextCueButton", "to-end", "To the next cue", "", lambda: cue.emit(1)),
        ]
        self.speed = self._choice("Speed", "speedChoice", {rate: _times(rate) for rate in RATES}, 1.0)
        self.loop = self._loop_button()
        self.rewind = self._choice("Rewind on stop", "rewindChoice", {ms: _seconds(ms) for ms in REWINDS}, 1_500)
        self.clean = CleanChip(commands)
        self._more = self._more_button()
        self._pedal = self._pedal_chip()
        self._mute = self._button("muteButton", "volume", "Sound off", "muteAction", commands["muteAction"].toggle)
        self._mute.setCheckable(True)
        commands.connect_switch("muteAction", self._on_mute)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setObjectName("volumeSlider")
        self.volume.setAccessibleName("Volume")
        self.volume.setToolTip("Volume")
        self.volume.setRange(0, 100)
        self.volume.setFixedWidth(96)
        self._percent = QLabel()
        self._percent.setFixedWidth(QFontMetrics(theme.font()).horizontalAdvance("100 %") + 4)
        self._arrange()
        self._connect()
        self.volume.setValue(80)
        self._on_rewind()
        self._on_duration(player.duration)
        self._on_playing(player.playing)

    def state(self) -> dict[str, Any]:
        """What to remember: speed, rewind (ms), volume (0..100)."""
        return {"speed": self._player.rate, "rewind": self.rewind.currentData(), "volume": self.volume.value()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take what `state` gave; unknown values are left out."""
        speed = state.get("speed")
        if isinstance(speed, int | float) and SLOWEST <= speed <= FASTEST:
            self._player.set_rate(speed)
        if self.rewind.findData(state.get("rewind")) >= 0:
            self.rewind.select(state["rewind"])
        self.volume.setValue(int(state.get("volume", self.volume.value())))

    def show_pedal(self, on: bool) -> None:
        """Whether a foot pedal is in use."""
        self._pedal.setVisible(on)
        self._fit()

    def show_pressed(self, pressed: bool) -> None:
        """A pedal went down or up."""
        self._pedal.setChecked(pressed)

    def _arrange(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(4)
        row.addWidget(self.time)
        row.addSpacing(8)
        for button in self._buttons:
            row.addWidget(button)
        row.addSpacing(12)
        for choice in (self.speed, self.loop, self.rewind, self.clean, self._more):
            row.addWidget(choice)
            row.addSpacing(2)
        row.addStretch(1)
        for part in (self._pedal, self._mute, self.volume):
            row.addWidget(part)
        row.addSpacing(4)
        row.addWidget(self._percent)

    def _connect(self) -> None:
        self._player.position_changed.connect(self.time.set_position)
        self._player.duration_changed.connect(self._on_duration)
        self._player.playing_changed.connect(self._on_playing)
        self._player.rate_changed.connect(self._on_rate)
        self._player.loop_changed.connect(self._on_loop)
        self._play_action.enabledChanged.connect(lambda _: self._on_duration(self._player.duration))
        self.speed.currentIndexChanged.connect(lambda _: self._player.set_rate(self.speed.currentData()))
        self.rewind.currentIndexChanged.connect(self._on_rewind)
        self.volume.valueChanged.connect(self._on_volume)
        for changed in (self._player.rate_changed, self.rewind.currentIndexChanged, self.volume.valueChanged):
            changed.connect(lambda _: self.state_changed.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fit(self, _SHAPES, self._show)

    def _show(self, shape: tuple[bool, bool, bool]) -> None:
        labels, chip, captions = shape
        for choice in (self.speed, self.rewind):
            choice.set_label_hidden(not labels)
        self.clean.set_narrow(not chip)
        self._percent.setVisible(labels)
        self.volume.setFixedWidth(96 if labels else 64)
        style = Qt.ToolButtonStyle
        steps = [button for button in self._buttons if button.text()]
        for buttons, words in (([self._pedal], labels), (steps, captions)):
            for button in buttons:
                button.setToolButtonStyle(style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly)
        self._row.invalidate()  # what was shown or hidden just now counts

    def _on_duration(self, ms: int) -> None:
        on = self._play_action.isEnabled()
        self.time.set_duration(ms)
        for part in (*self._buttons, self.time):
            part.setEnabled(on)

    def _on_playing(self, playing: bool) -> None:
        keys = self._play_action.shortcut().toString()
        name = "Stop" if playing else "Play"
        self._play.setIcon(icon("pause" if playing else "play", "on_accent"))
        self._play.setAccessibleName(name)
        self._play.setToolTip(f"{name} ({keys})" if keys else name)
        self.time.announce()

    def _on_rate(self, rate: float) -> None:
        """Show the speed, in the list for as long as it is chosen if it is none of the usual ones."""
        choice = self.speed
        choice.blockSignals(True)
        for index in reversed(range(choice.count())):
            if choice.itemData(index) not in RATES:
                choice.removeItem(index)
        if rate not in RATES:
            choice.insertItem(sum(usual < rate for usual in RATES), _times(rate), rate)
        choice.select(rate)
        choice.blockSignals(False)
        choice.setToolTip(f"Speed: {_times(rate)}")
        choice.update()

    def _on_loop(self, loop: Range | None) -> None:
        self.loop.setText(f"Loop {(loop[1] - loop[0]) / 1000:.1f} s" if loop else "Loop off")
        stretch = f": {time_code(loop[0])} to {time_code(loop[1])}" if loop else ""
        self.loop.setToolTip(self._commands["loopAction"].toolTip() + stretch)
        self.loop.setAccessibleName(f"Loop{stretch}" if loop else "Loop off")

    def _on_rewind(self) -> None:
        self._player.rewind = self.rewind.currentData()

    def _on_volume(self, value: int) -> None:
        self._percent.setText(f"{value} %")
        self.volume.setToolTip(f"Volume: {value} %")
        self._player.set_volume(value / 100)

    def _on_mute(self, muted: bool) -> None:
        self._mute.setChecked(muted)
        self._mute.setIcon(icon("volume-off" if muted else "volume"))
        self._player.set_muted(muted)

    def _button(
        self, name: str, picture: str, text: str, command: str, do: Callable[[], object], caption: str = ""
    ) -> QToolButton:
        keys = self._commands[command].shortcut().toString() if command else ""
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({keys})" if keys else text)
        button.setIcon(icon(picture))
        button.setIconSize(QSize(18, 18))
        button.setProperty("kind", "flat")
        if caption:
            button.setText(caption)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda: do())
        return button

    def _loop_button(self) -> QToolButton:
        button = SteadyButton("Loop 000.0 s")
        button.setObjectName("loopButton")
        button.setDefaultAction(self._commands["loopAction"])
        self._commands["loopAction"].changed.connect(lambda: self._on_loop(self._player.loop))
        self.loop = button
        self._on_loop(None)
        return button

    def _more_button(self) -> QToolButton:
        button = self._button("playbackMoreButton", "more", "More for playing", "", lambda: None)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setObjectName("playbackMenu")
        menu.setAccessibleName("More for playing")
        menu.addActions([self._commands[name] for name in MORE])
        button.setMenu(menu)
        return button

    def _pedal_chip(self) -> QToolButton:
        chip = self._button(
            "pedalChip", "pedal", "Pedal on: change its keys", "", self._commands["pedalAction"].trigger
        )
        chip.setText("Pedal on")
        chip.setProperty("small", True)
        chip.setProperty("kind", "chip")
        chip.setCheckable(True)
        chip.clicked.connect(lambda: chip.setChecked(False))
        chip.hide()
        return chip

    def _choice(self, label: str, name: str, entries: dict[Any, str], chosen: object) -> Choice:
        choice = Choice(label, name)
        for value, text in entries.items():
            choice.addItem(text, value)
        choice.select(chosen)
        return choice


class TimeCode(QWidget):
    """“00:12:47.320 of 00:42:18.064”, painted by itself: sixty times a second would be too much for a label."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._position = self._duration = 0
        self._big, self._small = theme.font(theme.TIMECODE, theme.SEMIBOLD), theme.font(theme.BODY)
        self._split = QFontMetrics(self._big).horizontalAdvance("00:00:00.000") + 8
        self.setObjectName("timeCode")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.update)
        self.announce()

    def set_position(self, ms: int) -> None:
        if ms != self._position:
            self._position = ms
            self.update()

    def set_duration(self, ms: int) -> None:
        self._duration = ms
        self.announce()
        self.update()

    def announce(self) -> None:
        """Bring the accessible name up to date; not done for every frame."""
        self.setAccessibleName(f"Position {full_time_code(self._position)} of {full_time_code(self._duration)}")

    def sizeHint(self) -> QSize:
        width = self._split + QFontMetrics(self._small).horizontalAdvance("of 00:00:00.000") + 4
        return QSize(width, QFontMetrics(self._big).height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        base = (self.height() + QFontMetrics(self._big).capHeight()) / 2
        with QPainter(self) as painter:
            painter.setFont(self._big)
            painter.setPen(look.color("text") if self.isEnabled() else look.faint("text3"))
            painter.drawText(0, round(base), full_time_code(self._position))
            painter.setFont(self._small)
            painter.setPen(look.color("text3"))
            painter.drawText(self._split, round(base), f"of {full_time_code(self._duration)}")


def full_time_code(ms: int) -> str:
    """ "00:12:47.320": always the same width."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _times(rate: float) -> str:
    return f"{rate:.2f}".rstrip("0").ljust(3, "0") + "×"


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s" if ms else "Off"
