"""Engines kept alive between jobs, so that a model is loaded once for a hundred files.

Speech and speakers of a device are used by one worker thread at a time, voices by any; `close` and `rest` may come
from any thread.
"""

from __future__ import annotations

import threading
from pathlib import Path

from studio.engines.base import Diarizer, SpeechEngine
from studio.engines.local.device import Device, choose, has_driver
from studio.engines.local.speakers import Pyannote
from studio.engines.local.speech import FasterWhisper
from studio.engines.local.voices import VoiceReader


class EnginePool:
    """One speech engine and one diarizer live on each device at a time; another model ends the one before. What voices
    sound like is read beside them by one more, which ends by itself when it has rested.

    A device's engines are used by the one runner of that device.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._speech: dict[str, tuple[object, SpeechEngine]] = {}
        self._speakers: dict[str, tuple[object, Diarizer]] = {}
        self._voices: VoiceReader | None = None
        self._told = {""}

    def device(self, wanted: str) -> Device:
        """What "auto", "cpu" or "cuda" means on this computer. Raises DeviceError if "cuda" does not work."""
        return choose(wanted)

    def news(self, device: Device) -> str:
        """Why the graphics card is not used; told once, and not where there is none."""
        known, self._told = self._told, self._told | {device.why}
        return "" if device.why in known or not has_driver() else device.why

    def speech(self, model: Path, device: Device) -> SpeechEngine:
        with self._guard:
            held = self._speech.get(device.kind)
            if held and held[0] == model:
                return held[1]
            if held:
                held[1].close()
            engine = FasterWhisper(model, device.kind)
            self._speech[device.kind] = (model, engine)
            return engine

    def speakers(self, segmentation: Path, embedding: Path, community: Path | None, device: Device) -> Diarizer:
        key = (segmentation, embedding, community)
        with self._guard:
            held = self._speakers.get(device.kind)
            if held and held[0] == key:
                return held[1]
            if held:
                held[1].close()
            engine = Pyannote(segmentation, embedding, community, device.kind)
            self._speakers[device.kind] = (key, engine)
            return engine

    def voices(self, weights: Path) -> VoiceReader:
        """The same one for everybody; its weights are always those."""
        with self._guard:
            self._voices = self._voices or VoiceReader(weights)
            return self._voices

    def rest(self, kind: str) -> None:
        """End the processes of a device's engines ("cpu" or "cuda"); they start again when needed."""
        with self._guard:
            if speech := self._speech.pop(kind, None):
                speech[1].close()
            if speakers := self._speakers.pop(kind, None):
                speakers[1].close()

    def close(self) -> None:
        """End all processes and give their memory back; they start again when needed."""
        for kind in ("cpu", "cuda"):
            self.rest(kind)
        with self._guard:
            if self._voices:
                self._voices.close()
                self._voices = None
