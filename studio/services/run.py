"""What the steps of one job share while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.jobs import Job, Progress, StopToken
from studio.core.progress import ProgressMeter
from studio.engines.local.device import Device

from .studio import Studio

# Shares of the time a job usually takes: on a processor (see tests/benchmarks), and at a vendor.
WEIGHTS = {"models": 8.0, "reading": 3.0, "cleaning": 25.0, "text": 60.0, "speakers": 35.0}
REMOTE_WEIGHTS = {"reading": 3.0, "cleaning": 25.0, "text": 60.0, "words": 60.0, "models": 8.0, "speakers": 35.0}
_LOOK = 0.5  # seconds between looks at the stop token, of hundreds of jobs perhaps
SAYS = {
    "models": "Getting the model",
    "reading": "Reading the recording",
    "cleaning": "Taking the noise out",
    "text": "Writing the text",
    "words": "Finding the times of words",
    "speakers": "Telling the speakers apart",
}


# Jobs at vendors go on side by side, but reading and packing the sound is work for this computer: more of it at once
# would only hold up everything else.
_PREPARING = threading.Semaphore(2)


@contextmanager
def in_turn(stop: StopToken) -> Iterator[None]:
    """For the time that a job at a vendor keeps this computer busy. Raises Stopped."""
    while not _PREPARING.acquire(timeout=_LOOK):
        stop.check()
    try:
        yield
    finally:
        _PREPARING.release()


@dataclass(slots=True)
class Run:
    studio: Studio
    job: Job
    stop: StopToken
    meter: ProgressMeter
    transcript_id: int = 0
    duration: int = 0  # milliseconds of decoded sound
    _device: Device | None = field(default=None, init=False)

    @property
    def audio(self) -> Path:
        """The decoded sound."""
        return self.studio.home.audio_file(self.job.id)

    @property
    def offset(self) -> int:
        """Where in the recording the decoded sound begins, in milliseconds."""
        return self.job.options.again.first if self.job.options.again else 0

    @property
    def device(self) -> Device:
        """Where local work is done; found out when it is needed. Raises DeviceError."""
        if self._device is None:
            self._device = self.studio.engines.device(self.job.options.device)
        return self._device

    def progress(self, stage: str, fraction: float) -> Progress:
        self.stop.check()
        return self.told(stage, fraction, SAYS[stage])

    def told(self, stage: str, fraction: float, says: str) -> Progress:
        overall, eta = self.meter.update(stage, fraction, time.monotonic())
        return Progress(says, overall, eta)
