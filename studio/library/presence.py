"""Which processes that work on jobs are alive: each holds a lock that the system frees when it dies."""

from __future__ import annotations

import contextlib
import time
import uuid
from pathlib import Path

from filelock import FileLock, Timeout

from studio.core.errors import StorageError

_FRESH_SECONDS = 60


class Presence:
    """This process, as the owner of the jobs it runs. Hold on to it for as long as the process works."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.owner = uuid.uuid4().hex
        self._lock = FileLock(self._path(self.owner), thread_local=False)
        try:
            self._lock.acquire(timeout=0)
            self._remove_stale()
        except OSError as e:
            raise StorageError(
                f"The folder “{folder}” cannot be written to: {e.strerror or e}.",
                "Set STUDIO_HOME to a folder that you may write to.",
                repr(e),
            ) from e

    def alive(self, owner: str) -> bool:
        if owner == self.owner:
            return True
        path = self._path(owner)
        if not path.exists():
            return False
        try:
            with FileLock(path, timeout=0, thread_local=False):
                pass
        except Timeout:
            return True
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return False

    def close(self) -> None:
        self._lock.release()
        with contextlib.suppress(OSError):
            self._path(self.owner).unlink(missing_ok=True)

    def _remove_stale(self) -> None:
        """Locks of killed processes; a fresh one may be of a process that is just about to take it."""
        for path in self._folder.glob("*.lock"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _FRESH_SECONDS:
                    self.alive(path.stem)

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"
