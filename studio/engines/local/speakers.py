"""Who speaks when, with pyannote.audio on this computer: the parent's side. Runs on the worker thread that calls it.

The models live in a child process (`speakers_child`) and stay loaded between recordings.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.core.errors import DeviceError, EngineError
from studio.core.jobs import StopToken
from studio.engines.base import DiarizationEvent, Notice

from .child import Child
from .device import physical_cores

COMMUNITY_FILES = (
    "config.yaml",
    "segmentation/pytorch_model.bin",
    "embedding/pytorch_model.bin",
    "plda/plda.npz",
    "plda/xvec_transform.npz",
)


class Pyannote:
    """A Diarizer. `segmentation` and `embedding` are files of weights, `device` is "cpu" or "cuda".

    `community`, the folder of pyannote-community-1, is used instead of the two if it is there and complete. When the
    graphics card fails, the processor starts over; `device` tells.
    """

    def __init__(
        self, segmentation: Path, embedding: Path, community: Path | None, device: str, threads: int | None = None
    ) -> None:
        if community is not None and not all((community / name).is_file() for name in COMMUNITY_FILES):
            community = None
        self.name = "pyannote, community-1" if community else "pyannote, segmentation-3.0 + CAM++"
        self._setup = {
            "segmentation": segmentation,
            "embedding": embedding,
            "community": community,
            "threads": threads or physical_cores(),
        }
        self._use(device)

    def _use(self, device: str) -> None:
        self.device = device
        # a graphics card that takes the process down with it is a reason for the processor, not for giving up
        death = DeviceError if device == "cuda" else EngineError
        setup = {**self._setup, "device": device}
        self._child = Child("studio.engines.local.speakers_child:Session", setup, "The search for speakers", death)

    def diarize(self, audio: Path, speakers: int | None, stop: StopToken) -> Iterator[DiarizationEvent]:
        """See Diarizer. Without speech there are no turns; with little speech there may be fewer than `speakers`.

        Raises ModelError when the models cannot be loaded.
        """
        try:
            yield from self._child.call("diarize", stop, audio=audio, speakers=speakers)
        except DeviceError as error:
            if self.device == "cpu":
                raise
            self.close()
            self._use("cpu")
            yield Notice(f"{error.problem.what} The processor does it, which takes longer.")
            yield from self.diarize(audio, speakers, stop)

    def close(self) -> None:
        self._child.close()
