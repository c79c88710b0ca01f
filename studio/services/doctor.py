"""Examines this computer: what works, what does not, what to do about it."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from studio import __version__
from studio.core.errors import StudioError
from studio.core.jobs import JobOptions
from studio.engines.local.device import describe
from studio.library import Home
from studio.models import ModelStore

from .transcribe import COMMUNITY, EMBEDDING, SEGMENTATION

_ENOUGH_DISK = 2_000_000_000  # bytes: the default models, and the sound of a long recording
_PACKAGES = ("PySide6", "faster-whisper", "ctranslate2", "pyannote.audio", "torch", "av", "soundfile", "httpx")


@dataclass(frozen=True, slots=True)
class Finding:
    id: str
    title: str
    ok: bool
    text: str
    hint: str = ""
    needed: bool = True  # without it the main job cannot be done

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine() -> list[Finding]:
    """All findings, the program's own first. Never raises: a check that fails is a finding."""
    return [check() for check in (_program, _packages, _home, _disk, _device, _models, _window, _playback)]


def _program() -> Finding:
    text = f"{__version__}, Python {platform.python_version()}, {platform.platform()}"
    return Finding("program", "Transcription Studio", sys.version_info >= (3, 11), text)


def _packages() -> Finding:
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    text = ", ".join(found) + (f"; missing: {', '.join(missing)}" if missing else "")
    return Finding("packages", "Packages", not missing, text, "Run the set-up again." if missing else "")


def _home() -> Finding:
    try:
        home = Home.default()
        probe = home.run / ".write-test"
        probe.write_bytes(b"")
        probe.unlink()
        return Finding("home", "Own files", True, str(home.root))
    except StudioError as e:
        return Finding("home", "Own files", False, e.problem.what, e.problem.hint)
    except OSError as e:
        return Finding("home", "Own files", False, str(e), "Set STUDIO_HOME to a folder that you may write to.")


def _disk() -> Finding:
    try:
        free = shutil.disk_usage(Home.default().root).free
    except (OSError, StudioError) as e:
        return Finding("disk", "Disk", False, str(e))
    hint = "" if free >= _ENOUGH_DISK else "Free some space: models and sound of long recordings need about 2 GB."
    return Finding("disk", "Disk", free >= _ENOUGH_DISK, f"{free / 1e9:.1f} GB free", hint)


def _device() -> Finding:
    machine = describe()
    memory = f", {machine.memory / 1e9:.0f} GB memory" if machine.memory else ""
    text = machine.gpu or f"{machine.cpu}, {machine.cores} cores{memory}"
    return Finding("device", "Runs on", True, text, machine.gpu_problem, needed=False)


def _models() -> Finding:
    try:
        store = ModelStore(Home.default().models)
        here = [s.model.id for s in store.list() if s.ready]
    except StudioError as e:
        return Finding("models", "Models", False, e.problem.what, e.problem.hint, needed=False)
    wanted = [JobOptions().model] + ([] if COMMUNITY in here else [SEGMENTATION, EMBEDDING])
    missing = [id for id in wanted if id not in here]
    hint = f"They are fetched on first use, or now by: studio models pull {' '.join(missing)}" if missing else ""
    return Finding("models", "Models", not missing, ", ".join(here) or "none here yet", hint, needed=False)


def _window() -> Finding:
    return _library_check(
        "window",
        "Window",
        ("EGL", "GL", "xkbcommon-x11", "xcb-cursor", "xcb-icccm", "xcb-keysyms"),
        "Install: libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1",
        lambda: bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")),
    )


def _playback() -> Finding:
    return _library_check("playback", "Playback", ("pulse",), "Install: libpulse0", lambda: True)


def _library_check(id: str, title: str, names: tuple[str, ...], hint: str, screen: Callable[[], bool]) -> Finding:
    """Whether the system libraries are there that Qt loads (Linux only; elsewhere they come with Qt)."""
    if not sys.platform.startswith("linux"):
        return Finding(id, title, True, "comes with the program", needed=False)
    missing = [n for n in names if ctypes.util.find_library(n) is None]
    if missing:
        return Finding(id, title, False, f"system libraries are missing: {', '.join(missing)}", hint, needed=False)
    if not screen():
        return Finding(id, title, False, "there is no screen here; the command line works", needed=False)
    return Finding(id, title, True, "ready", needed=False)
