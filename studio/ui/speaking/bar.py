"""The bar that stands above the transport while something is spoken: what, in which voice, and what comes after.

Runs on the window's thread.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from studio.services.speaking import Utterance
from studio.ui import theme
from studio.ui.commands import Commands
from studio.ui.icons import icon


class SpeechBar(QFrame):
    toggle_requested = Signal()
    stop_requested = Signal()
    voices_requested = Signal()

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("speechBar")
        self.setAccessibleName("Speaking")
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.EDIT_BAR)
        self._commands = commands
        self._words = ""  # what is being said
        self._toggle = self._button("speechToggleButton", "pause")
        self._stop = self._button("speechStopButton", "close")
        self._text = _Line()
        self._waiting = QLabel()
        self._waiting.setObjectName("speechWaitingLabel")
        self._waiting.setProperty("role", "note")
        self.voices = QToolButton()
        self.voices.setObjectName("speechVoicesButton")
        self.voices.setProperty("kind", "flat")
        self.voices.setDefaultAction(commands["speechVoicesAction"])
        self.voices.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.clicked.connect(self.toggle_requested)
        self._stop.clicked.connect(self.stop_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 2, 12, 2)
        row.setSpacing(6)
        row.addWidget(self._toggle)
        row.addWidget(self._stop)
        row.addWidget(self._text, 1)
        row.addWidget(self._waiting)
        row.addWidget(self.voices)
        self.show_playing(False)
        self.show_waiting(0)
        self.hide()

    def show_told(self, text: str) -> None:
        """What is done before anything is heard."""
        self._words = ""
        self._text.show_text(text, "")

    def show_text(self, utterance: Utterance) -> None:
        """What is being said."""
        self._words = " ".join(utterance.text.split())
        self._text.show_text(self._doing, self._words)

    def show_playing(self, playing: bool) -> None:
        self._doing = "Speaking" if playing else "Paused"
        if self._words:
            self._text.show_text(self._doing, self._words)
        name = "Pause speaking" if playing else "Go on speaking"
        self._toggle.setIcon(icon("pause" if playing else "play"))
        self._name(self._toggle, name, "speakAction")
        self._name(self._stop, "Stop speaking", "stopSpeakingAction")

    def show_waiting(self, count: int) -> None:
        """How many passages come after what is being said."""
        self._waiting.setText(f"{count} more after it" if count else "")
        self._waiting.setVisible(bool(count))

    def _name(self, button: QToolButton, name: str, command: str) -> None:
        keys = self._commands[command].shortcut().toString()
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({keys})" if keys else name)

    def _button(self, name: str, picture: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("kind", "flat")
        button.setIcon(icon(picture))
        button.setIconSize(QSize(18, 18))
        return button


class _Line(QWidget):
    """“Speaking  Good morning, and welcome …”: as much of it as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("speechText")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._label = self._words = ""
        theme.current().changed.connect(self.update)

    def show_text(self, label: str, words: str) -> None:
        if (label, words) != (self._label, self._words):
            self._label, self._words = label, words
            self.setAccessibleName(f"{label} {words}".strip())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        with QPainter(self) as painter:
            painter.setFont(theme.font(theme.BODY))
            painter.setPen(look.color("text3"))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), middle, self._label)
            left = painter.fontMetrics().horizontalAdvance(self._label) + 10
            painter.setPen(look.color("text"))
            room = self.rect().adjusted(left, 0, 0, 0)
            words = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, middle, words)
