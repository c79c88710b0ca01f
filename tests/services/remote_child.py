"""A process that does the jobs of account "a" of a home, to be killed: `python remote_child.py HOME [HOLD]`.

It tells each stage on its standard output, and waits to be killed at the first that begins or ends with HOLD. What
hears of the stages also stores the segments, so these are not stored then; what talks to the vendor goes on.
"""

from __future__ import annotations

import sys
from pathlib import Path

from remote_jobs import hasty

from studio.core.jobs import Progress
from studio.library import Home
from studio.services import queue
from studio.services.runner import run_next


def main(home: str, hold: str = "\0") -> None:
    studio = hasty(Home(Path(home)))
    for _, event in run_next(studio, queue.Running(), (queue.of_account("a"),)):
        if isinstance(event, Progress):
            print(event.stage, flush=True)
            if event.stage.startswith(hold) or event.stage.endswith(hold):
                sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
