"""espeak-ng: over a hundred languages, spoken by a program of the system. Runs on the thread that calls it.

The program is under the GPL: it is run, never imported or linked.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from functools import cache

import numpy as np

from studio.core.errors import EngineError, UsageError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.core.languages import LANGUAGES
from studio.core.speaking import Voice
from studio.core.word_times import estimate
from studio.engines.base import Spoken

from .sound import Samples, trimmed

PROGRAM = "espeak-ng"
MISSING = "espeak-ng is not installed on this computer."
INSTALL = "Install the package espeak-ng of your system, for example: sudo apt install espeak-ng"
_LOOK = 0.02  # seconds
_CODES = {"cmn": "zh", "nb": "no", "fil": "tl", "jv": "jw"}  # what espeak-ng calls otherwise
_ROW = re.compile(r"^\s*\d+\s+(?P<code>\S+)\s+\S*/?(?P<gender>[MF])?\s+(?P<title>\S+)\s+(?P<file>\S+)", re.MULTILINE)


def installed() -> bool:
    return shutil.which(PROGRAM) is not None


@cache
def version() -> str:
    """ "1.51"; raises EngineError where the program is missing."""
    words = run(["--version"], "", StopToken()).decode(errors="replace").split()
    return next((word for word in words if word[0].isdigit()), "unknown")


@cache
def _listed() -> tuple[Voice, ...]:
    rows = _ROW.finditer(run(["--voices"], "", StopToken()).decode(errors="replace"))
    found = {row["code"]: _voice(row) for row in reversed(list(rows))}  # of equal codes the first counts
    return tuple(sorted(found.values(), key=lambda voice: voice.title))


def voices() -> tuple[Voice, ...]:
    """None where the program is not installed."""
    return _listed() if installed() else ()


def _voice(row: re.Match[str]) -> Voice:
    code, *region = row["code"].split("-")
    language = _CODES.get(code, code)
    title = row["title"].replace("_", " ").strip()
    if not region and language in LANGUAGES:
        title = LANGUAGES[language]
    return Voice(f"{PROGRAM}/{row['code']}", title, (language,), PROGRAM, "female" if row["gender"] == "F" else "male")


class Espeak:
    """A process for each piece; it takes a few milliseconds to start."""

    name = PROGRAM

    def __init__(self) -> None:
        self._closed = threading.Event()

    def say(self, text: str, voice: str, language: str | None, stop: StopToken) -> Spoken:
        if f"{PROGRAM}/{voice}" not in (known := {v.id for v in voices()}) and known:
            raise UsageError(f"espeak-ng has no voice “{voice}”.", "See them with: studio voices")
        # doubled brackets would be read as phonemes
        sound = run(["--stdout", "-v", voice], text.replace("[[", "[ ["), stop, self._closed)
        samples, rate = _samples(sound)
        samples = trimmed(samples, rate)
        return Spoken(samples, rate, estimate(text, samples, rate))

    def close(self) -> None:
        self._closed.set()


def run(arguments: list[str], text: str, stop: StopToken, closed: threading.Event | None = None) -> bytes:
    """What the program writes, given `text` to read. Raises EngineError, Stopped (the program is killed then)."""
    stop.check()
    command = [PROGRAM, *arguments, "-b", "1"]
    pipe = subprocess.PIPE
    try:
        program = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        what = MISSING if missing else f"espeak-ng cannot be started: {error.strerror}."
        raise EngineError(what, INSTALL if missing else "", repr(error)) from error
    given: bytes | None = text.encode()
    try:
        while True:
            try:
                output, said = program.communicate(given, timeout=_LOOK)
                break
            except subprocess.TimeoutExpired:
                given = None  # it is on its way
                stop.check()
                if closed is not None and closed.is_set():
                    raise Stopped(StopReason.QUIT) from None
    finally:
        program.kill()
        program.wait()
    if program.returncode:
        detail = said.decode(errors="replace").strip()
        raise EngineError(f"espeak-ng could not speak this (exit code {program.returncode}).", detail=detail)
    return output


def _samples(wav: bytes) -> tuple[Samples, int]:
    """espeak-ng writes 16-bit mono; the lengths in its header are not true, because it does not know them yet."""
    start = wav.find(b"data", 12) + 8
    if not wav.startswith(b"RIFF") or start < 20:
        return np.zeros(0, np.float32), 22_050  # it writes nothing where there is nothing to say
    rate = int.from_bytes(wav[24:28], "little")
    body = wav[start : len(wav) - (len(wav) - start) % 2]
    return np.frombuffer(body, "<i2").astype(np.float32) / np.float32(32768), rate
