"""What is heard of a voice-over while it plays: recorded from a sound card of its own.

    python -m tests.benchmarks.listening [--rounds 10]

A rising tone tells by its pitch which of its moments is heard. Needs pulseaudio and its parec.

Seek: how long the speech of the old place is heard after a seek, by the clock of the computer.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from tests.ui import listening, machine
from tests.ui.listening import RATE

from .common import table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        (folder / "card").mkdir()
        with machine.card(folder / "card") as env:
            seeks(env, folder, a.rounds)


def seeks(env: dict[str, str], folder: Path, rounds: int) -> None:
    soundfile.write(folder / "quiet.wav", np.zeros(30 * RATE), RATE)
    rows = []
    for what, recording in (("no recording", "none.wav"), ("over a recording", "quiet.wav")):
        found = listening.seeks(env, folder, folder / recording, rounds)
        rows.append([what, len(found), *(text for values in zip(*found, strict=True) for text in around(values))])
    print("A seek from one speech into another, milliseconds, median and the farthest; + is late:\n")
    heads = ("the old one ends", "the new one begins", "it is off the player's clock")
    table(["", "seeks", *(text for head in heads for text in (head, "farthest"))], rows)


def around(values: Sequence[float]) -> tuple[str, str]:
    return f"{np.median(values):.0f}", f"{max(values, key=abs):.0f}"


if __name__ == "__main__":
    main()
