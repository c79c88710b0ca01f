"""The voice-over as the waveform draws it, put together off the window's thread. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio import media
from studio.ui.lane import Lane
from studio.ui.models.voiceover import VoiceOver
from studio.ui.waveform import WaveformView, speech_of


class Drawn(QObject):
    def __init__(self, voiceover: VoiceOver, waveform: WaveformView, parent: QObject) -> None:
        super().__init__(parent)
        self._voiceover, self._waveform = voiceover, waveform
        self._lane = Lane(self)
        voiceover.changed.connect(self._refresh)

    def shut_down(self) -> None:
        self._lane.shut_down()

    def _refresh(self) -> None:
        """The speech as it stands now; what is still put together of before is of no interest."""
        made, model = self._voiceover, self._voiceover.model
        self._lane.stop()
        if not made.placed:
            self._waveform.set_speech(None)
            return
        rows, parts, end = [], [], made.end
        for placed in made.placed.values():
            cue = model.segment(model.row_of(placed.id))
            color = model.speaker_color(cue.speaker)
            rows.append((placed.start, placed.end, cue.end, color, made.is_outdated(cue)))
            parts.append((placed.start, placed.end, made.spoke[placed.id].peaks))
        self._lane.run(lambda _: speech_of(rows, media.joined(parts, end)), self._waveform.set_speech)
