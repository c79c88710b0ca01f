"""The right panel's voices: who speaks for whom, how high, how fast. Runs on the window's thread.

Tells of wishes by signals; ui/desks/casting_desk.py fulfils them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.core.speaking import Manner
from studio.ui import theme
from studio.ui.inspector.speaker_card import line
from studio.ui.models.transcript_model import TranscriptModel

from .manner_card import MannerCard
from .voice_picker import VoiceOffer, VoicePicker

_USUAL = "Usual voice"
NOTE = "Voices speak on this computer, but for those with a cloud: their text goes to the account that is named."


class VoicesPanel(QFrame):
    changed = Signal(object, object)  # speaker id or None for the usual voice, Manner
    try_requested = Signal(object, object)  # the same

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("voicesPanel")
        self.setAccessibleName("Voices")
        self.setProperty("role", "panel")
        self.setMinimumWidth(theme.RIGHT_MIN)
        self.offers: Callable[[], Sequence[VoiceOffer]] = lambda: ()
        self._picker = VoicePicker(self)
        self._picker.chosen.connect(self._on_chosen)
        self._asking: MannerCard | None = None
        self.cards: list[MannerCard] = []
        title = QLabel("Voices")
        title.setProperty("role", "heading")
        title.setContentsMargins(16, 12, 16, 4)
        note = QLabel(NOTE)
        note.setProperty("role", "note")
        note.setWordWrap(True)
        note.setContentsMargins(16, 8, 16, 12)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._list)
        column.addWidget(note)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("voicesScroll")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(title)
        whole.addWidget(area, 1)

    def show_manners(self, manners: dict[str | None, Manner], named: Callable[[str], VoiceOffer]) -> None:
        """By speaker id, None for the usual voice; `named` finds a voice by its id."""
        if [card.speaker for card in self.cards] != list(manners) or self._titles() != [c.title for c in self.cards]:
            self._make(list(manners))
        for card in self.cards:
            manner = manners[card.speaker]
            card.show_manner(manner, named(manner.voice))

    def focus_first(self) -> None:
        if self.cards:
            self.cards[0].voice_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _titles(self) -> list[str]:
        return [self._title(card.speaker) for card in self.cards]

    def _title(self, speaker: str | None) -> str:
        return self._model.speaker_name(speaker) if speaker else _USUAL

    def _make(self, speakers: Sequence[str | None]) -> None:
        while item := self._list.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self.cards = []
        for speaker in speakers:
            color = self._model.speaker_color(speaker) if speaker else None
            card = MannerCard(speaker, self._title(speaker), color, self)
            card.changed.connect(lambda c=card: self.changed.emit(c.speaker, c.manner()))
            card.try_requested.connect(lambda c=card: self.try_requested.emit(c.speaker, c.manner()))
            card.voice_wanted.connect(lambda c=card: self._ask(c))
            self.cards.append(card)
            self._list.addWidget(card)
            self._list.addWidget(line(self))

    def _ask(self, card: MannerCard) -> None:
        self._asking = card
        self._picker.open_below(card.voice_button, self.offers(), self._model.language, card.manner().voice)

    def _on_chosen(self, id: str) -> None:
        if self._asking is not None:
            self._asking.voice_button.setFocus(Qt.FocusReason.PopupFocusReason)
            self.changed.emit(self._asking.speaker, Manner(id, self._asking.manner().delivery))
