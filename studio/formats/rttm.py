"""RTTM, the table of who speaks when that speaker diarization is measured with; one line per segment. Any thread.

Fields are parted by spaces: names get an underscore for each, and a number if two speakers share a name.
Segments whose speaker is not known are left out.
"""

from __future__ import annotations

from pathlib import PurePath

from studio.core.errors import FormatError
from studio.core.transcript import Transcript

from .base import WriteOptions, printable, require_times


def write(transcript: Transcript, options: WriteOptions) -> str:
    require_times(transcript)
    if transcript.segments and not any(s.speaker for s in transcript.segments):
        raise FormatError(
            "This transcript does not say who speaks, and a file of speaker turns needs it.",
            "Find the speakers first, or leave this format out.",
        )
    recording = _field(PurePath(transcript.source.name).stem) or "recording"
    names: dict[str, str] = {}
    for segment in transcript.segments:
        if segment.speaker and segment.speaker not in names:
            name = unique = _field(transcript.name_of(segment.speaker)) or "speaker"
            while unique in names.values():
                unique = f"{name}_{len(names) + 1}" if unique == name else f"{unique}_"
            names[segment.speaker] = unique
    return "".join(
        f"SPEAKER {recording} 1 {s.start / 1000:.3f} {(s.end - s.start) / 1000:.3f} "
        f"<NA> <NA> {names[s.speaker]} <NA> <NA>\n"
        for s in transcript.segments
        if s.speaker and s.end > s.start
    )


def _field(text: str) -> str:
    return "_".join(printable(text).split())
