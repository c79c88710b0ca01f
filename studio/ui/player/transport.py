"""The bar below the text: time, playing, speed, volume. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from studio.ui import theme
from studio.ui.choice import Choice
from studio.ui.icons import icon
from studio.ui.player.player import Player

STEP = 2_000  # milliseconds of “back” and “forward”
RATES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 1.75, 2.0, 3.0, 4.0)
REWINDS = (0, 500, 1_000, 1_500, 2_000, 3_000, 5_000)
_NARROW = 1_200  # logical pixels; below it the selectors' labels hide


class TransportBar(QFrame):
    """Drives a Player. `play_action` is the window's one action for play and stop."""

    state_changed = Signal()  # speed, volume or rewind: see `state`

    def __init__(self, player: Player, play_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self.play_action = play_action
        self.setObjectName("transportBar")
        self.setAccessibleName("Playback")
        self.setProperty("role", "transport")
        self.setFixedHeight(theme.TRANSPORT)
        self.time = TimeCode()
        self._buttons = [
            self._button("toStartButton", "to-start", "To the start", "Home", lambda: player.seek(0)),
            self._button("backButton", "back", "Back 2 s", "F7", lambda: self._step(-STEP), "2 s"),
            self._button("playButton", "play", "Play", "", play_action.trigger),
            self._button("forwardButton", "forward", "Forward 2 s", "F8", lambda: self._step(STEP), "2 s"),
            self._button("toEndButton", "to-end", "To the end", "End", lambda: player.seek(player.duration)),
        ]
        self._play = self._buttons[2]
        self._play.setProperty("kind", "primary")
        self._play.setFixedSize(44, 36)
        self._play.setIconSize(QSize(20, 20))
        self.speed = self._choice("Speed", "speedChoice", {r: _times(r) for r in RATES}, 1.0)
        self.rewind = self._choice("Rewind on stop", "rewindChoice", {ms: _seconds(ms) for ms in REWINDS}, 1_500)
        self._mute = self._button("muteButton", "volume", "Sound off", "", lambda: None)
        self._mute.setCheckable(True)
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
        self._on_duration(player.duration)
        self._on_playing(player.playing)

    def state(self) -> dict[str, Any]:
        """What to remember: speed, rewind (ms), volume (0..100)."""
        return {
            "speed": self.speed.currentData(),
            "rewind": self.rewind.currentData(),
            "volume": self.volume.value(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take what `state` gave; unknown values are left out."""
        for choice, name in ((self.speed, "speed"), (self.rewind, "rewind")):
            if choice.findData(state.get(name)) >= 0:
                choice.select(state[name])
        self.volume.setValue(int(state.get("volume", self.volume.value())))

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(4)
        row.addWidget(self.time)
        row.addSpacing(12)
        for button in self._buttons:
            row.addWidget(button)
        row.addSpacing(20)
        row.addWidget(self.speed)
        row.addSpacing(4)
        row.addWidget(self.rewind)
        row.addStretch(1)
        row.addWidget(self._mute)
        row.addWidget(self.volume)
        row.addSpacing(4)
        row.addWidget(self._percent)

    def _connect(self) -> None:
        self._player.position_changed.connect(self.time.set_position)
        self._player.duration_changed.connect(self._on_duration)
        self._player.playing_changed.connect(self._on_playing)
        self.play_action.enabledChanged.connect(lambda _: self._on_duration(self._player.duration))
        self.speed.currentIndexChanged.connect(lambda _: self._player.set_rate(self.speed.currentData()))
        self.rewind.currentIndexChanged.connect(self._on_rewind)
        self.volume.valueChanged.connect(self._on_volume)
        self._mute.toggled.connect(self._on_mute)
        for changed in (self.speed.currentIndexChanged, self.rewind.currentIndexChanged, self.volume.valueChanged):
            changed.connect(lambda _: self.state_changed.emit())
        self._on_rewind()

    def resizeEvent(self, event: QResizeEvent) -> None:
        for choice in (self.speed, self.rewind):
            choice.set_label_hidden(self.width() < _NARROW)

    def _step(self, ms: int) -> None:
        self._player.seek(self._player.position() + ms)

    def _on_duration(self, ms: int) -> None:
        self.time.set_duration(ms)
        for button in self._buttons:
            button.setEnabled(self.play_action.isEnabled())
        self.time.setEnabled(self.play_action.isEnabled())

    def _on_playing(self, playing: bool) -> None:
        keys = self.play_action.shortcut().toString()
        name = "Stop" if playing else "Play"
        self._play.setIcon(icon("pause" if playing else "play", "on_accent"))
        self._play.setAccessibleName(name)
        self._play.setToolTip(f"{name} ({keys})" if keys else name)
        self.time.announce()

    def _on_rewind(self) -> None:
        self._player.rewind = self.rewind.currentData()

    def _on_volume(self, value: int) -> None:
        self._percent.setText(f"{value} %")
        self._player.set_volume(value / 100)

    def _on_mute(self, muted: bool) -> None:
        self._mute.setIcon(icon("volume-off" if muted else "volume"))
        self._player.set_muted(muted)

    def _button(
        self, name: str, picture: str, text: str, keys: str, do: Callable[[], object], caption: str = ""
    ) -> QToolButton:
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
