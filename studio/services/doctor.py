"""Examines this computer: what works, what does not, what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from studio import __version__
from studio.core.errors import StudioError
from studio.core.jobs import JobOptions
from studio.engines.local import espeak
from studio.engines.local.device import describe
from studio.library import Home
from studio.models import ModelStore

from .transcribe import COMMUNITY, EMBEDDING, SEGMENTATION

_ENOUGH_DISK = 2_000_000_000  # bytes: the default models, and the sound of a long recording
_PACKAGES = (
    "PySide6",
    "faster-whisper",
    "ctranslate2",
    "pyannote.audio",
    "torch",
    "av",
    "soundfile",
    "hibari-tts",
    "httpx",
)
_PATIENCE = 60  # seconds
_LOAD = """
import ctypes, importlib, os, sys
importlib.import_module("PySide6." + sys.argv[1])
from PySide6.QtCore import QLibraryInfo
for name in sys.argv[2:]:
    ctypes.CDLL(os.path.join(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath), name))
"""


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
    return [check() for check in (_program, _packages, _home, _disk, _device, _models, _window, _playback, _voices)]


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
    linux = sys.platform.startswith("linux")
    wayland = bool(os.environ.get("WAYLAND_DISPLAY")) and not os.environ.get("DISPLAY")
    plugins = [f"platforms/libq{'wayland' if wayland else 'xcb'}.so"] if linux else []
    hint = "Install: libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1" if linux else ""
    found = _loads("window", "Window", "QtWidgets", plugins, hint)
    if found.ok and linux and not (wayland or os.environ.get("DISPLAY")):
        return Finding("window", "Window", False, "there is no screen here; the command line works", needed=False)
    return found


def _playback() -> Finding:
    linux = sys.platform.startswith("linux")
    plugins = ["multimedia/libffmpegmediaplugin.so"] if linux else []
    return _loads("playback", "Playback", "QtMultimedia", plugins, "Install: libpulse0" if linux else "")


def _voices() -> Finding:
    """Other languages than English are spoken, or told in sounds, by a program of the system."""
    try:
        text = f"espeak-ng {espeak.version()}, {len(espeak.voices())} voices"
    except StudioError as e:
        return Finding("espeak", "Other languages", False, e.problem.what, e.problem.hint, needed=False)
    return Finding("espeak", "Other languages", True, text, needed=False)


def _loads(id: str, title: str, module: str, plugins: list[str], hint: str) -> Finding:
    """Whether a part of Qt and its plugins load here; tried in a process of its own, which names what is missing."""
    command = [sys.executable, "-c", _LOAD, module, *plugins]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE)
    except (OSError, subprocess.SubprocessError) as e:
        return Finding(id, title, False, f"it cannot be tried: {e}", hint, needed=False)
    if tried.returncode == 0:
        return Finding(id, title, True, "ready", needed=False)
    why = (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
    return Finding(id, title, False, f"it does not load: {why}", hint, needed=False)
