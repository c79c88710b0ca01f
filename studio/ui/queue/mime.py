"""Which files a drop or a paste means. The one helper for every place that takes files."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QMimeData

_MOST_LINES = 10_000  # of pasted text; more is a document, not a list of files


def paths_from_mime(data: QMimeData) -> list[Path]:
    """Local files and folders, each once, in their order: from URLs, else from lines of text that name existing ones.

    Plain text must give absolute paths; anything else is not taken for a file.
    """
    if data.hasUrls():
        found = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    else:
        lines = data.text().splitlines() if data.hasText() else []
        named = [path for line in lines[:_MOST_LINES] if (path := _path_in(line))]
        found = [Path(path) for path in named if os.path.isabs(path) and os.path.exists(path)]
    return list(dict.fromkeys(found))


def _path_in(line: str) -> str:
    line = line.strip().strip("\"'")
    return unquote(urlsplit(line).path) if line.startswith("file://") else os.path.expanduser(line)
