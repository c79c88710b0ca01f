"""The one check that all weights pass, whichever way they came. Runs in the thread that fetches."""

from __future__ import annotations

import hashlib
from pathlib import Path

from studio.core.errors import ModelError
from studio.core.jobs import StopToken

from .catalogue import WeightFile

_BLOCK = 1 << 20


def check(path: Path, file: WeightFile, model: str, stop: StopToken) -> str:
    """The SHA-256 of `path` if it is the file it should be.

    Raises ModelError and removes the file if it is not. Reads the whole file; looks at `stop` after every megabyte.
    """
    size = path.stat().st_size
    sha256, git_blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    if size == file.bytes:
        with path.open("rb") as source:
            while block := source.read(_BLOCK):
                stop.check()
                sha256.update(block)
                if file.git_blob:
                    git_blob.update(block)
        if file.sha256 and sha256.hexdigest() == file.sha256:
            return file.sha256
        if file.git_blob and git_blob.hexdigest() == file.git_blob:
            return sha256.hexdigest()
    path.unlink()
    raise ModelError(
        f"“{file.name}” of the model “{model}” is not the file it should be, and was removed.",
        "Fetch the model again; if it happens again, something between here and the source changes files.",
        f"expected {file.bytes} bytes, {file.sha256 or file.git_blob}; got {size} bytes, {sha256.hexdigest()}",
    )
