"""The log of a home: what a person need not read, of the window and of commands. A file of at most 2 MB."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path


def log_to(path: Path) -> None:
    """Let everything of this program that is worth a warning go to a file; called once by each process."""
    log = logging.getLogger("studio")
    if not any(isinstance(h, RotatingFileHandler) for h in log.handlers):
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
        log.propagate = False
