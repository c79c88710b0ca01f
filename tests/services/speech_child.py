"""A process that has a text spoken, to be killed: `python speech_child.py HOME VOICE TEXT [HOLD]`.

It tells on its standard output how it goes, and waits to be killed at the first sentence that ends with HOLD.
"""

from __future__ import annotations

import sys
from pathlib import Path

from remote_jobs import hasty

from studio.core.jobs import StopToken
from studio.library import Home
from studio.services import speech_orders
from studio.services.single_orders import Told


def main(home: str, voice: str, text: str, hold: str = "\0") -> None:
    studio = hasty(Home(Path(home)))
    for event in speech_orders.order(studio, "a", voice, text, None, StopToken()):
        if isinstance(event, Told):
            print(event.says, flush=True)
            if event.says.endswith(hold):
                sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
