"""How one speaker is spoken: voice, pitch, tempo, and a button to hear it. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.speaking import PITCHES, TEMPOS, Delivery, Manner
from studio.ui import theme
from studio.ui.icons import icon
from studio.ui.inspector.speaker_card import Chip
from studio.ui.widgets.sign import Sign
from studio.ui.widgets.spin import pad

from .voice_picker import VoiceOffer, described

_NUMBER = 72  # pixels of a number field, at least
_SOON = 300  # milliseconds without another step of a number field before it counts


class MannerCard(QFrame):
    """`speaker` is an id; None for passages of nobody, and for all that have no manner of their own."""

    changed = Signal()
    voice_wanted = Signal()
    try_requested = Signal()

    def __init__(self, speaker: str | None, title: str, color: int | None, parent: QWidget) -> None:
        """`color`: the speaker's, None for nobody's."""
        super().__init__(parent)
        self.speaker = speaker
        self.title = title
        self._manner = Manner()
        self.setObjectName("mannerCard")
        self.setAccessibleName(f"How {title} speaks")
        self._title = QLabel(title)
        self._title.setFont(theme.font(weight=theme.SEMIBOLD))
        self.voice_button = QPushButton()
        self.voice_button.setObjectName("mannerVoiceButton")
        self.voice_button.setProperty("kind", "field")
        self.voice_button.setProperty("chosen", True)
        self.voice_button.setIcon(icon("chevron-down"))
        self.voice_button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # as wide as the panel
        self.voice_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow at the right
        self.voice_button.clicked.connect(self.voice_wanted)
        self._cloud = Sign("cloud", "text2", 16)
        self._cloud.setObjectName("mannerCloud")
        self._cloud.hide()
        self.try_button = QToolButton()
        self.try_button.setObjectName("mannerTryButton")
        self.try_button.setProperty("kind", "flat")
        self.try_button.setIcon(icon("play"))
        self.try_button.setToolTip("Hear this voice")
        self.try_button.setAccessibleName(f"Hear the voice of {title}")
        self.try_button.clicked.connect(self.try_requested)
        self.pitch = self._number("mannerPitch", f"Pitch of {title}", PITCHES, 0.5, 1)
        self.tempo = self._number("mannerTempo", f"Tempo of {title}", TEMPOS, 0.05, 2)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.changed)
        self._arrange(color)

    def _arrange(self, color: int | None) -> None:
        head, voice, numbers, column = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.setSpacing(6)
        voice.setSpacing(6)
        voice.addWidget(self._cloud)
        voice.addWidget(self.voice_button, 1)
        if color is not None:
            chip = Chip(self)
            chip.show_speaker(self.title, color)
            head.addWidget(chip)
        head.addWidget(self._title, 1)
        head.addWidget(self.try_button)
        numbers.setSpacing(6)
        for words, box in (("Pitch", self.pitch), ("Tempo", self.tempo)):
            label = QLabel(words)
            label.setProperty("role", "note")
            label.setBuddy(box)
            numbers.addWidget(label)
            numbers.addWidget(box, 1)
        column.setContentsMargins(16, 8, 16, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(voice)
        column.addLayout(numbers)

    def show_manner(self, manner: Manner, offer: VoiceOffer) -> None:
        """`offer`: the voice of the manner."""
        self._manner = manner
        account = offer.account
        words = f"{described(offer.voice)} · {account}" if account else described(offer.voice)
        self.voice_button.setText(words)
        self.voice_button.setToolTip(f"{words}. The text goes to {offer.voice.engine}." if account else words)
        self.voice_button.setAccessibleName(f"{self.title}: voice {words}")
        self._cloud.setVisible(bool(account))
        for box, value in ((self.pitch, manner.delivery.pitch), (self.tempo, manner.delivery.tempo)):
            if not box.hasFocus():
                box.blockSignals(True)
                box.setValue(value)
                box.blockSignals(False)

    def manner(self) -> Manner:
        """As it is chosen now."""
        return Manner(self._manner.voice, Delivery(self.pitch.value(), self.tempo.value()))

    def _number(self, name: str, words: str, bounds: tuple[float, float], step: float, decimals: int) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.setRange(*bounds)
        box.setSingleStep(step)
        box.setDecimals(decimals)
        box.setMinimumWidth(_NUMBER)
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if bounds is PITCHES:
            box.setToolTip("Semitones higher or lower; 0: as it is")
            box.setSuffix(" st")
        else:
            box.setToolTip("How many times as fast; 1: as it is")
            box.setSuffix("×")
        pad(box)
        box.valueChanged.connect(lambda _: self._soon.start())
        return box
