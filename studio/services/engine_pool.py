"""Engines kept alive between jobs, so that a model is loaded once for a hundred files.

Used by one worker thread at a time; `close` may come from any thread.
"""

from __future__ import annotations

import threading
from pathlib import Path

from studio.engines.base import Diarizer, SpeechEngine
from studio.engines.local.device import Device, choose
from studio.engines.local.speakers import Pyannote
from studio.engines.local.speech import FasterWhisper


class EnginePool:
    """At most one speech engine and one diarizer live at a time; another model ends the one before."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._speech: tuple[object, SpeechEngine] | None = None
        self._speakers: tuple[object, Diarizer] | None = None

    def device(self, wanted: str) -> Device:
        """What "auto", "cpu" or "cuda" means on this computer. Raises DeviceError if "cuda" does not work."""
        return choose(wanted)

    def speech(self, model: Path, device: Device) -> SpeechEngine:
        with self._guard:
            if self._speech is None or self._speech[0] != (model, device.kind):
                if self._speech:
                    self._speech[1].close()
                self._speech = ((model, device.kind), FasterWhisper(model, device.kind))
            return self._speech[1]

    def speakers(self, segmentation: Path, embedding: Path, community: Path | None, device: Device) -> Diarizer:
        key = (segmentation, embedding, community, device.kind)
        with self._guard:
            if self._speakers is None or self._speakers[0] != key:
                if self._speakers:
                    self._speakers[1].close()
                self._speakers = (key, Pyannote(segmentation, embedding, community, device.kind))
            return self._speakers[1]

    def close(self) -> None:
        """End the engines' processes and give their memory back; they start again when needed."""
        with self._guard:
            for held in (self._speech, self._speakers):
                if held:
                    held[1].close()
            self._speech = self._speakers = None
