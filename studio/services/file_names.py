"""File names from a template like "{name}_{language}_{version}". Pure functions; any thread."""

from __future__ import annotations

import re
from pathlib import PurePath

from studio.core.errors import UsageError
from studio.core.transcript import Transcript

# What each placeholder stands for, as the window explains it.
PLACEHOLDERS = {
    "name": "the name of the recording",
    "language": "its language, like en",
    "version": "v1, and one more for each export to the same folder",
    "date": "the day of the recording, like 2026-11-22",
    "model": "the model that wrote the text",
    "speakers": "who speaks",
}
# The same for the files of single cues.
CUE_PLACEHOLDERS = {
    "number": "the number of the cue",
    "speaker": "who speaks",
    "words": "the first words",
}
_PLACEHOLDER = re.compile(r"([ _.,-]*)\{([^{}]*)\}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # devices of Windows
_LONGEST, _LONGEST_SPEAKERS = 200, 60  # bytes, characters
_WORDS, _DIGITS = 5, 3  # of the first words; of a number, so that files stand in order


def file_stem(template: str, transcript: Transcript, *, name: str = "", date: str = "", version: int = 1) -> str:
    """The name of an export without its ending. `name`: of the recording, by default what the transcript says.

    What is not known leaves nothing behind, neither do the separators before it. Characters that some system forbids
    become "_". A long {name} is shortened until all is at most 200 bytes. Raises UsageError for an unknown
    placeholder and for a name that is empty.
    """
    values = {
        "name": name or PurePath(transcript.source.name).stem,
        "language": transcript.language or "",
        "version": f"v{version}",
        "date": date,
        "model": transcript.engine.model,
        "speakers": ", ".join(dict.fromkeys(s.name for s in transcript.speakers))[:_LONGEST_SPEAKERS],
    }
    stem = _filled(template, values)
    while len(stem.encode()) > _LONGEST and values["name"]:
        values["name"] = values["name"][:-1]
        stem = _filled(template, values)
    stem = stem.encode()[:_LONGEST].decode(errors="ignore").strip(" .")
    if not stem:
        raise UsageError("A file needs a name.", "Type one, or insert {name}.")
    return f"{stem}_" if _RESERVED.fullmatch(stem) else stem


def cue_stem(template: str, number: int, speaker: str, text: str) -> str:
    """The name of the file of one cue, by the same rules."""
    values = {"number": f"{number:0{_DIGITS}}", "speaker": speaker, "words": " ".join(text.split()[:_WORDS])}
    stem = _filled(template, values).encode()[:_LONGEST].decode(errors="ignore").strip(" .")
    return stem or values["number"]


def _filled(template: str, values: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[2] not in values:
            known = ", ".join(f"{{{p}}}" for p in values)
            raise UsageError(f"“{{{match[2]}}}” is no placeholder for file names.", f"These are: {known}.")
        found = _UNSAFE.sub("_", values[match[2]]).strip(" .")
        return f"{match[1]}{found}" if found else ""

    filled = _UNSAFE.sub("_", _PLACEHOLDER.sub(value, template))
    first = _PLACEHOLDER.match(template)
    if first and not first[1] and not values[first[2]]:
        filled = filled.lstrip(" _.,-")
    return filled.strip(" .")
