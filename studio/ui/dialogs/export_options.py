"""What the export dialog asks for, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from studio.formats import WriteOptions
from studio.services.export import IfExists, TextStyle


@dataclass(frozen=True, slots=True)
class ExportRequest:
    formats: tuple[str, ...]  # ids, in the order of the dialog
    folder: Path
    stem: str  # file name without suffix; "" while what was typed gives none
    options: WriteOptions
    if_exists: IfExists = IfExists.REFUSE  # REFUSE: write nothing, come back with the question
    style: TextStyle = field(default_factory=TextStyle)
    segments: tuple[int, ...] | None = None  # ids of the chosen ones; None: the whole file
    from_zero: bool = False  # the chosen range begins at 0:00
    open_folder: bool = False  # when all is written
