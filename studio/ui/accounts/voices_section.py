"""The voices in which an account speaks. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from studio.core.accounts import RemoteVoice
from studio.core.languages import LANGUAGES
from studio.services.standing import Standing, State
from studio.ui.models.wording import counted

from .parts import Section

_SHOWN = 24  # names of a language; the picker has all of them
_ANY = "Any language"
_MADE = (
    "It speaks in voices that are made from recordings: “Make a voice from this stretch” in the menu Speech. "
    "The few seconds of sound go there with each text."
)


class VoicesSection(Section):
    def __init__(self) -> None:
        super().__init__("Voices")
        self._count, self._names, self._note = QLabel(), QLabel(), QLabel()
        self._count.setObjectName("accountVoiceCount")
        self._names.setObjectName("accountVoices")
        self._note.setProperty("role", "note")
        for label in (self._count, self._names, self._note):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            self.body.addWidget(label)

    def show_standing(self, standing: Standing) -> None:
        voices = standing.voices
        groups = _by_language(voices)
        self._count.setText(counted(len(voices), "voice", "voices") if voices else _MADE)
        self._names.setText("\n".join(f"{language}: {_listed(names)}" for language, names in groups.items()))
        self._names.setVisible(bool(voices))
        self._note.setText("As documented; a test of the connection asks the vendor which there are now.")
        self._note.setVisible(bool(voices) and standing.state is not State.CONNECTED)


def _by_language(voices: tuple[RemoteVoice, ...]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for voice in voices:
        for code in voice.languages or ("",):
            groups.setdefault(LANGUAGES.get(code, code) or _ANY, []).append(voice.title or voice.id)
    return dict(sorted(groups.items()))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
