"""What the export dialog asks for, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.formats import WriteOptions
from studio.services.export import IfExists


@dataclass(frozen=True, slots=True)
class ExportRequest:
    formats: tuple[str, ...]  # ids, in the order of the dialog
    folder: Path
    stem: str  # file name without suffix
    options: WriteOptions
    if_exists: IfExists = IfExists.REFUSE  # REFUSE: write nothing, come back with the question
