"""What the tests of the main job share: the command in a process of its own, and what is truly said in the sample."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from typing import Any

import jiwer
import pytest
from whisper_normalizer.english import EnglishTextNormalizer

from studio.library import Home
from studio.resources import resource

TINY = "whisper-tiny.en"
TRUTH = json.loads(resource("sample.json").read_text("utf-8"))


def studio_command(home: Home, *arguments: str, start_new_session: bool = False, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "studio", *arguments],
        env={**os.environ, "STUDIO_HOME": str(home.root), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=start_new_session,
    )


def count(home: Home, table: str) -> int:
    """How many rows the library has, seen from outside."""
    if not home.database.exists():
        return 0
    try:
        with sqlite3.connect(home.database) as db:
            return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:  # the tables are not made yet
        return 0


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=280)
    return process.returncode, out, err


def word_errors(reference: str, heard: str) -> float:
    tidy = EnglishTextNormalizer()
    return jiwer.wer(tidy(reference), tidy(heard))


def until(condition: Any, seconds: float = 120) -> Any:
    """Look until something is so; fails after a long while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        threading.Event().wait(0.05)
    pytest.fail("that did not happen")
