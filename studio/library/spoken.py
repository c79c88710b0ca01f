"""Speech that this computer has made: sound and word times by content, so that nothing is made twice. Any thread.

A piece of speech is a FLAC file and a JSON file of the same name, which is written first: where the sound is, all is.
What was not heard for longest gives way when it takes too much room. (What vendors have made is in orders.py.)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from studio.core.errors import StorageError
from studio.core.speaking import SpokenWord

ROOM = 500_000_000  # bytes of speech made on this computer; an hour of it takes about 100 million
_LOUDEST = 32_767


@dataclass(frozen=True, slots=True)
class Kept:
    samples: NDArray[np.float32]  # mono, shape (n,), -1..1, to 16 bits
    rate: int
    words: tuple[SpokenWord, ...]


def key(what: Mapping[str, object]) -> str:
    """The name under which speech is kept: the same for the same text, voice and everything that changes the sound."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class SpokenStore:
    def __init__(self, folder: Path, room: int = ROOM) -> None:
        self._folder, self._room = folder, room

    def get(self, key: str) -> Kept | None:
        """None where it was never made, is gone, or was damaged."""
        sound = self._path(key)
        try:
            samples, rate = soundfile.read(sound, dtype="float32")
            words = json.loads(sound.with_suffix(".json").read_bytes())
            os.utime(sound)
            return Kept(samples, rate, tuple(SpokenWord(*word) for word in words))
        except (OSError, ValueError, TypeError, soundfile.LibsndfileError):
            return None

    def put(self, key: str, spoken: Kept) -> None:
        """Raises StorageError when it cannot be written; then nothing is kept of it."""
        sound = self._path(key)
        part = sound.with_name(f"{sound.name}.{os.getpid()}.part")
        samples = np.round(np.clip(spoken.samples, -1, 1) * _LOUDEST).astype(np.int16)
        try:
            sound.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sound.with_suffix(".json").write_text(json.dumps(spoken.words), encoding="utf-8")
            with part.open("wb") as file:
                soundfile.write(file, samples, spoken.rate, format="FLAC", subtype="PCM_16")
            part.replace(sound)
        except (OSError, soundfile.LibsndfileError) as error:
            raise StorageError(
                f"Speech cannot be kept in “{self._folder}”: {getattr(error, 'strerror', None) or error}.",
                "Make room on the disk, then try again.",
                repr(error),
            ) from error
        finally:
            with suppress(OSError):
                part.unlink()

    def tidy(self) -> None:
        """Remove what was not heard for longest, until the rest has room."""
        files = sorted(self._made(), key=lambda found: found[1], reverse=True)
        total = 0
        for path, _, size in files:
            total += size
            if total > self._room:
                path.unlink(missing_ok=True)
                path.with_suffix(".json").unlink(missing_ok=True)

    def _made(self) -> Iterator[tuple[Path, float, int]]:
        """All sound: where, when it was last heard, bytes."""
        for path in self._folder.glob("*/*.flac"):
            try:
                info = path.stat()
            except OSError:  # another process was faster
                continue
            yield path, info.st_mtime, info.st_size

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.flac"
