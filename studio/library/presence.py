"""Which processes that work on jobs are alive: each holds a lock that the system frees when it dies."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path

from filelock import FileLock, Timeout


class Presence:
    """This process, as the owner of the jobs it runs. Hold on to it for as long as the process works."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.owner = uuid.uuid4().hex
        self._lock = FileLock(self._path(self.owner), thread_local=False)
        self._lock.acquire(timeout=0)

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

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"
