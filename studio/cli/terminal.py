"""The terminal: what commands print, and questions where somebody sits there."""

from __future__ import annotations

import os
import sys

from rich.console import Console


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Nobody reads any more, as in `studio … | head`: go on in silence, the files are what counts."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


# Rows of a table stay on their lines where nobody looks at them.
out = _Console(soft_wrap=True, highlight=False, markup=False, width=None if sys.stdout.isatty() else 500)
err = _Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def asks() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty() and err.is_terminal


def confirmed(question: str) -> bool:
    """The answer to a question; anything but yes is no."""
    return err.input(f"{question} [y/N] ", markup=False).strip().lower() in ("y", "yes")
