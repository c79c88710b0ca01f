"""A recording without its noise, or as loud as speech should be: made once, kept, and played or recognised instead.

Worker threads. The cleaned file has the times of the recording. It is kept as long as a job of the recording is, and
the oldest ones go when all together take too much room.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from studio import media
from studio.core.jobs import Progress, StopToken
from studio.core.progress import ProgressMeter
from studio.engines.local.cleaning import DeepFilter
from studio.models import catalogue

from .studio import Studio

MODEL = "deepfilternet-3"
_KEPT_BYTES = 5_000_000_000  # of all cleaned recordings, about 30 hours
_Result = TypeVar("_Result")
_WEIGHTS = {"models": 20.0, "cleaning": 80.0}


@dataclass(frozen=True, slots=True)
class Care:
    """What is done to a recording: noise taken out (it is mono then), made as loud as `loudness` says (LUFS)."""

    noise: bool = True
    loudness: float | None = None

    @property
    def name(self) -> str:
        """Part of the name of the file."""
        loud = "" if self.loudness is None else f"{-self.loudness:g}lufs"
        return "-".join(filter(None, ("quiet" if self.noise else "", loud)))


def stored(studio: Studio, content_id: str, track: int, care: Care) -> Path | None:
    """The file, where it was made before."""
    file = studio.home.cleaned_file(content_id, track, care.name)
    return file if file.exists() else None


def clean(
    studio: Studio, path: Path, content_id: str, track: int, stop: StopToken, care: Care | None = None
) -> Generator[Progress, None, Path]:
    """Fetch what is missing and make the file; returns it. Raises StudioError and Stopped; then nothing is left."""
    care = care or Care()
    missing = studio.models.missing([MODEL]) if care.noise else []
    meter = ProgressMeter({k: w for k, w in _WEIGHTS.items() if k != "models" or missing}, time.monotonic())

    def told(stage: str, says: str, share: float) -> Progress:
        stop.check()
        overall, eta = meter.update(stage, share, time.monotonic())
        return Progress(says, overall, eta)

    for step in studio.models.require(missing, stop):
        share = step.done_bytes / step.total_bytes if step.total_bytes else 0.0
        yield told("models", f"Getting the model {MODEL}", share)
    says = "Taking the noise out" if care.noise else "Setting the loudness"
    steps = cleaned(studio, path, content_id, track, stop, care)
    while True:
        try:
            yield told("cleaning", says, next(steps))
        except StopIteration as end:
            file: Path = end.value
            return file


def cleaned(
    studio: Studio, path: Path, content_id: str, track: int, stop: StopToken, care: Care | None = None
) -> Generator[float, None, Path]:
    """The same with weights that are here; yields how much is done, 0..1."""
    care = care or Care()
    target = studio.home.cleaned_file(content_id, track, care.name)
    if not target.exists():
        if care.loudness is None:
            yield from _without_noise(studio, path, track, target, stop)
        else:
            source, shares = media.recorded(path, track), (0.0, 0.5, 1.0)
            if care.noise:
                steps = cleaned(studio, path, content_id, track, stop)
                quiet = yield from _scaled(steps, 0.0, 0.9)
                source, shares = media.recorded(quiet), (0.9, 0.95, 1.0)
            loudness = yield from _scaled(media.measure(source, stop), *shares[:2])
            louder = media.normalised(source, loudness, care.loudness)
            yield from _scaled(_written(louder, target, stop), *shares[1:])
        _make_room(target)
    with suppress(OSError):  # in use: the last to be thrown away
        target.touch()
    yield 1.0
    return target


def _without_noise(studio: Studio, path: Path, track: int, target: Path, stop: StopToken) -> Iterator[float]:
    weights = studio.models.path(MODEL) / catalogue()[MODEL].files[0].name
    with closing(DeepFilter(weights)) as engine:
        yield from _written(_Quiet(media.recorded(path, track, mono=True), engine), target, stop)


def _written(sound: media.Sound, target: Path, stop: StopToken) -> Generator[float, None, None]:
    yield from media.write_sound(sound, target, media.SOUND_FORMATS["flac"], stop)


@dataclass(frozen=True, slots=True)
class _Quiet:
    """A Sound: the other one, which is mono at 48 kHz, without its noise."""

    sound: media.Recorded
    engine: DeepFilter
    rate: int = media.FULL_RATE
    channels: int = 1

    @property
    def samples(self) -> int:
        return self.sound.samples

    def blocks(self, stop: StopToken) -> Iterator[media.Block]:
        noisy = (block[0] for block in self.sound.blocks(stop))
        for quiet in self.engine.clean(noisy, stop):
            yield np.atleast_2d(quiet)


def _scaled(steps: Generator[float, None, _Result], first: float, last: float) -> Generator[float, None, _Result]:
    """0..1 as a part of the whole."""
    while True:
        try:
            yield first + (last - first) * next(steps)
        except StopIteration as end:
            result: _Result = end.value
            return result


def _make_room(newest: Path) -> None:
    """Throw away what was not used for longest; what a player holds open goes another time."""
    files = sorted(newest.parent.glob("*.flac"), key=lambda file: file.stat().st_mtime, reverse=True)
    taken = 0
    for file in [newest, *(file for file in files if file != newest)]:
        taken += file.stat().st_size
        if taken > _KEPT_BYTES and file != newest:
            with suppress(OSError):
                file.unlink()
