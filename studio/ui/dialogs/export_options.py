"""What the export dialog asks for, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from studio.core.cues import CueRules, SpeakerNames


class IfThere(StrEnum):
    """What becomes of a file that is there already."""

    ASK = "refuse"  # write nothing, come back with the question
    KEEP_BOTH = "keep both"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    rules: CueRules = field(default_factory=CueRules)
    speaker_names: SpeakerNames = "change"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    formats: tuple[str, ...]  # ids, in the order of the dialog
    folder: Path
    stem: str  # file name without suffix
    options: ExportOptions
    if_there: IfThere = IfThere.ASK
