"""What voices sound like, as vectors to compare: the parent's side. Runs on the worker threads that call it.

A process of its own, not the diarizer's: it needs neither pyannote nor to wait for a recording that is being worked on.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.core.jobs import StopToken

from .child import LOOK_SECONDS, Child

Vector = npt.NDArray[np.float32]


_REST = 60  # seconds without work after which the process gives its memory back


class VoiceReader:
    """CAM++ with these weights. Use as a context manager, or `close` it: the process keeps the network loaded.

    Who asks while another thread is served waits.
    """

    def __init__(self, weights: Path) -> None:
        setup = {"weights": weights}
        self._child = Child("studio.engines.local.voices_child:Session", setup, "The look at the voices", rest=_REST)
        self._turn = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process id while there is a process."""
        return self._child.pid

    def voices(
        self, audio: Path, ranges: Mapping[str, Sequence[tuple[int, int]]], stop: StopToken
    ) -> dict[str, Vector]:
        """For each id of `ranges` the voice heard in its (start, end) milliseconds: a unit vector, float32 (192,).

        `audio`: as media.decode writes it. Compare vectors by their dot product: about 0 for strangers, above 0.6 for
        one person (see tests/benchmarks/voices.py). Ids with less than a tenth of a second are left out. Raises
        ModelError when the weights cannot be loaded, EngineError when the process fails, Stopped when asked to stop.
        """
        while not self._turn.acquire(timeout=LOOK_SECONDS):
            stop.check()
        try:
            return dict(self._child.call("voices", stop, audio=audio, ranges=ranges))
        finally:
            self._turn.release()

    def close(self) -> None:
        self._child.close()

    def __enter__(self) -> VoiceReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
