"""Who speaks for whom in the open recording: from the voices panel to the library. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.core.errors import StudioError
from studio.core.speaking import Casting, Manner, Voice
from studio.services import speaking, speech_orders
from studio.services.speaking import Utterance
from studio.services.studio import Studio

from ..commands import Commands
from ..inspector.inspector import Inspector
from ..speaking import VoiceOffer, VoicesPanel
from .speaking_desk import SpeakingDesk
from .transcript_desk import TranscriptDesk

_SAMPLES = {
    "en": "This is how I sound.",
    "de": "So klinge ich.",
    "es": "Así sueno yo.",
    "fr": "Voilà comment je parle.",
    "id": "Beginilah suara saya.",
    "it": "Ecco come suono.",
    "pt": "É assim que eu falo.",
}  # for whoever has not said anything yet; other languages have their first passage read


class CastingDesk(QObject):
    changed = Signal()  # somebody is said in another way

    def __init__(
        self,
        studio: Studio,
        desk: TranscriptDesk,
        speaking_desk: SpeakingDesk,
        inspector: Inspector,
        commands: Commands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio, self._desk, self._speaking, self._inspector = studio, desk, speaking_desk, inspector
        self.panel = VoicesPanel(desk.model)
        self.panel.offers = self._offers
        self.panel.changed.connect(self._change)
        self.panel.try_requested.connect(self._try)
        inspector.add("voices", "Voices", self.panel)
        inspector.currentChanged.connect(lambda _: self.refresh())
        for changed in (desk.model.modelReset, desk.model.speakers_changed):
            changed.connect(self.refresh)
        self._commands = commands
        commands.connect("speechVoicesAction", self.show)
        commands["speechVoicesAction"].setEnabled(desk.job is not None)
        desk.opened.connect(lambda job: commands["speechVoicesAction"].setEnabled(job is not None))

    def show(self) -> None:
        """The panel comes into view, wherever it is."""
        self._commands["queuePageAction"].setChecked(False)
        if not self._inspector.isVisible():
            self._commands["speakersAction"].trigger()
        self._inspector.show_tab("voices")
        self.panel.focus_first()

    def refresh(self) -> None:
        """Show who speaks for whom, where that can be seen."""
        if self._inspector.shown != "voices":
            return
        usual = speaking.usual(self._studio, self._desk.transcript.language)
        casting = self._casting()
        manners: dict[str | None, Manner] = {None: usual}
        manners |= {s.id: casting.manner(s.id, usual) for s in self._desk.model.speakers}
        self.panel.show_manners(manners, self._named)

    def _casting(self) -> Casting:
        return self._studio.library.casting.get(self._desk.job.id) if self._desk.job else Casting()

    def _offers(self) -> list[VoiceOffer]:
        return [self._offer(voice) for voice in speaking.voices(self._studio)]

    def _offer(self, voice: Voice) -> VoiceOffer:
        if speaking.is_remote(voice.id):
            return VoiceOffer(voice, account=speech_orders.split(voice.id)[0])
        return VoiceOffer(voice, self._studio.talkers.to_fetch(voice))

    def _named(self, id: str) -> VoiceOffer:
        """The voice of this id; one that is gone has its id for a name."""
        try:
            return self._offer(speaking.find(self._studio, id))
        except StudioError:
            return VoiceOffer(Voice(id, id, (), ""))

    def _change(self, speaker: str | None, manner: Manner) -> None:
        language = self._desk.transcript.language
        if speaker is None:
            speaking.set_usual(self._studio, language, manner)
        elif self._desk.job:
            self._studio.library.casting.put(self._desk.job.id, self._casting().with_manner(speaker, manner))
        self.refresh()
        self.changed.emit()

    def _try(self, speaker: str | None, manner: Manner) -> None:
        """Something that the speaker has said, in this voice."""
        language = self._desk.transcript.language
        said = next((s.text for s in self._desk.model.segments() if s.speaker == speaker and s.text.strip()), "")
        text = said[:120] if said else _SAMPLES.get(language or "en", "")
        self._speaking.stop()
        self._speaking.speak([Utterance(text, manner, language)])
