"""What the benchmarks share: running a program with its costs, reading the speech set, counting errors."""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("STUDIO_TEST_DATA", ROOT.parent / "shared" / "data"))


@dataclass(frozen=True)
class Cost:
    wall: float  # seconds
    cpu: float  # seconds, user and system, with all children
    peak: float  # MB resident, of the largest process


def run(command: list[str], env: dict[str, str] | None = None) -> Cost:
    """Run a program to its end and add up what it and its children used. Raises if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, check=True, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, after.ru_maxrss / 1024)


@dataclass(frozen=True)
class Clip:
    path: Path
    seconds: float
    language: str
    text: str


def clips(data: Path, languages: Iterable[str]) -> list[Clip]:
    """The recordings with a reference that is meant for word error rates."""
    wanted = set(languages)
    found = []
    with (data / "speech" / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["language"] in wanted and row["reference"] and "excluded from WER" not in (row["note"] or ""):
                path = data / "speech" / row["path"]
                found.append(Clip(path, float(row["seconds"]), row["language"], row["reference"]))
    return found


def table(head: list[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a Markdown table."""
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(c) for c in row) + " |", flush=True)
    print()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
