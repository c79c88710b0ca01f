"""Entry of the `studio` command: arguments, then the command line or the window."""

from __future__ import annotations

import multiprocessing
import sys

_SPEECH = ("speak", "voices", "voiceover")
_COMMANDS = ("transcribe", "convert", *_SPEECH, "models", "backends", "doctor", "-h", "--help", "--version")


def main() -> int:
    multiprocessing.freeze_support()
    arguments = sys.argv[1:]
    try:
        if arguments and arguments[0] in _COMMANDS:
            from studio.cli import run

            return run(arguments)
        from studio.app import main as window

        return window(arguments)
    except KeyboardInterrupt:  # while the program itself is being loaded
        return 1


if __name__ == "__main__":
    sys.exit(main())
