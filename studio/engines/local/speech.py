"""Speech to text with faster-whisper on this computer: the parent's side. Runs on the worker thread that calls it.

The model lives in a child process (`speech_child`) and stays loaded between recordings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from studio.core.errors import DeviceError, EngineError
from studio.core.jobs import StopToken
from studio.engines.base import Heard, Language, Notice, SpeechEvent, SpeechRequest

from .child import Child
from .device import physical_cores

MOST_THREADS = 8  # more make Whisper no faster


class FasterWhisper:
    """A SpeechEngine. `model_dir` is a folder with a CTranslate2 Whisper model, `device` "cpu" or "cuda".

    When the graphics card fails in mid-recording, the processor goes on from the last word; `device` tells.
    """

    name = "faster-whisper"

    def __init__(self, model_dir: Path, device: str, threads: int | None = None) -> None:
        self._model_dir = model_dir
        self._threads = threads or min(physical_cores(), MOST_THREADS)
        self._use(device)

    def _use(self, device: str) -> None:
        self.device = device
        setup = {"model_dir": self._model_dir, "device": device, "threads": self._threads}
        # a graphics card that takes the process down with it is a reason for the processor, not for giving up
        death = DeviceError if device == "cuda" else EngineError
        self._child = Child("studio.engines.local.speech_child:Session", setup, death=death)

    def transcribe(self, request: SpeechRequest, stop: StopToken) -> Iterator[SpeechEvent]:
        """See SpeechEngine. Raises ModelError too, when the model cannot be loaded."""
        told = False
        try:
            for event in self._child.call("transcribe", stop, request=request):
                if isinstance(event, Language):
                    told = True
                    request = replace(request, language=event.code)
                elif isinstance(event, Heard):
                    request = replace(request, start=event.until)
                yield event
        except DeviceError as error:
            if self.device == "cpu":
                raise
            self.close()
            self._use("cpu")
            yield Notice(f"{error.problem.what} The processor goes on from there, which takes longer.")
        else:
            return
        for event in self.transcribe(request, stop):
            if not (told and isinstance(event, Language)):
                yield event

    def close(self) -> None:
        self._child.close()
