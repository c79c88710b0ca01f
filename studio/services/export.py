"""Transcripts to files: a format makes the text, this writes it, whole or not at all. For file names from a template
see file_names.py.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal

from studio.core.checks import Kind, check
from studio.core.errors import FormatError, StorageError, UsageError
from studio.core.transcript import Segment, Transcript
from studio.formats import FORMATS, Parsed, WriteOptions, as_text, cues_for, decode_text, named_format, read_any

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows knows no quota error
_LONGEST_NAME = 255  # bytes, on every common file system


class IfExists(StrEnum):
    REFUSE = "refuse"
    REPLACE = "replace"
    KEEP_BOTH = "keep both"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How text files are stored. Formats that must be UTF-8 stay so, without a mark."""

    encoding: Literal["utf-8", "utf-8-sig", "cp1252"] = "utf-8"
    line_end: Literal["\n", "\r\n"] = "\n"


@dataclass(frozen=True, slots=True)
class BrokenRules:
    """Subtitles that will not obey the rules: how many, of which kinds, and where the first words of each are."""

    cues: int = 0
    kinds: tuple[tuple[Kind, int], ...] = ()  # the most frequent first
    segments: tuple[int, ...] = ()  # positions in Transcript.segments


def target(folder: Path, stem: str, format_id: str) -> Path:
    """Where a transcript goes; a stem that is too long for the file system is shortened."""
    suffix = FORMATS[format_id].suffix
    room = _LONGEST_NAME - len(suffix.encode()) - len(" (99)")
    while len(stem.encode()) > room:
        stem = stem[:-1]
    return folder / f"{stem}{suffix}"


def check_formats(formats: Collection[str]) -> None:
    """Raises UsageError for a format that does not exist, or none at all."""
    if not formats:
        raise UsageError("No format is named.", f"Choose from: {', '.join(FORMATS)}.")
    for id in formats:
        if id not in FORMATS:
            raise UsageError(f"There is no format “{id}”.", f"Choose from: {', '.join(FORMATS)}.")


def format_of(path: Path) -> str:
    """The format that a file's ending stands for. Raises UsageError."""
    if format := named_format(path.name):
        return format.id
    raise UsageError(
        f"The ending of “{path.name}” is of no known format.",
        f"Use one of: {', '.join(f.suffix for f in FORMATS.values())}.",
    )


def check_folder(folder: Path) -> None:
    """Make the folder and try to write there, before an hour of work is done for it. Raises StorageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as e:
        raise storage_error(folder, e) from e


def exists_error(path: Path) -> StorageError:
    return StorageError(
        f"“{path.name}” is already in “{path.parent}” and was not touched.",
        "Allow overwriting (--overwrite), or choose another folder.",
    )


def conflicts(folder: Path, stem: str, formats: Iterable[str]) -> list[Path]:
    """Files that are there already."""
    return [p for p in (target(folder, stem, f) for f in formats) if p.exists()]


def free_version(folder: Path, stem: Callable[[int], str]) -> int:
    """The first version, from 1 on, under whose name `stem(version)` no format lies in the folder yet."""
    version = 1
    while stem(version) != stem(version + 1) and conflicts(folder, stem(version), FORMATS):
        version += 1
    return version


def part_of(transcript: Transcript, segments: Sequence[int] | None, from_zero: bool = False) -> Transcript:
    """Only the segments with these ids, None for all; `from_zero`: as if the recording began with the first."""
    if segments is None:
        return transcript
    wanted = set(segments)
    kept = [s for s in transcript.segments if s.id in wanted]
    speakers = tuple(s for s in transcript.speakers if any(k.speaker == s.id for k in kept))
    if from_zero and kept:
        offset = min(s.start for s in kept)
        kept = [
            s._replace(
                start=s.start - offset,
                end=s.end - offset,
                words=tuple(w._replace(start=max(0, w.start - offset), end=w.end - offset) for w in s.words),
            )
            for s in kept
        ]
        transcript = replace(transcript, duration=max(s.end for s in kept))
    return replace(transcript, segments=tuple(kept), speakers=speakers)


def broken_rules(transcript: Transcript, options: WriteOptions) -> BrokenRules:
    """What a subtitle file of this transcript will leave broken. Raises FormatError for one without times."""
    cues = cues_for(transcript, options, options.speaker_names)
    rows = [Segment(c.start, c.end, "\n".join(c.lines), (), c.speaker, id=n) for n, c in enumerate(cues)]
    found = [f for f in check(rows, options.rules) if f.kind not in ("odd characters", "unpaired", "empty")]
    broken = dict.fromkeys(f.segment for f in found)
    places = dict.fromkeys(cues[n].segments[0] for n in broken if cues[n].segments)
    return BrokenRules(len(broken), tuple(Counter(f.kind for f in found).most_common()), tuple(places))


def preview(transcript: Transcript, format_id: str, options: WriteOptions) -> str:
    """What a file will look like; of documents their text, of what cannot be written the reason."""
    format = FORMATS[format_id]
    try:
        text = as_text(transcript, options) if format.encoding == "none" else format.write(transcript, options)
    except FormatError as e:
        return str(e)
    assert isinstance(text, str)  # else its encoding is "none"
    return text


def export(
    transcript: Transcript,
    folder: Path,
    stem: str,
    formats: Iterable[str],
    options: WriteOptions | None = None,
    if_exists: IfExists = IfExists.REFUSE,
    style: TextStyle | None = None,
) -> list[Path]:
    """Write a transcript in each format to `folder`; returns the files.

    Raises FormatError before anything is written if a format or encoding cannot hold it, StorageError; no file is
    ever half-written.
    """
    formats = list(formats)
    check_formats(formats)
    if if_exists is IfExists.REFUSE and (there := conflicts(folder, stem, formats)):
        raise exists_error(there[0])
    # Whoever gets the file learns the recording's name, not where it lies on this computer.
    transcript = replace(transcript, source=replace(transcript.source, path=""))
    files = {target(folder, stem, id): _made(transcript, id, options, style) for id in formats}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise storage_error(folder, e) from e
    return [write_file(path, content, if_exists) for path, content in files.items()]


def _made(transcript: Transcript, format_id: str, options: WriteOptions | None, style: TextStyle | None) -> bytes:
    format, style = FORMATS[format_id], style or TextStyle()
    try:
        content = format.write(transcript, options or WriteOptions())
        encoding = style.encoding if format.encoding == "any" else "utf-8"
        return content if isinstance(content, bytes) else encoded(content, replace(style, encoding=encoding))
    except FormatError as e:
        raise FormatError(f"{format.title}: {e.problem.what}", e.problem.hint, e.problem.detail) from e


def encoded(text: str, style: TextStyle) -> bytes:
    """The bytes of a text file. Raises FormatError that names the first character the encoding does not have."""
    try:
        return text.replace("\n", style.line_end).encode(style.encoding)
    except UnicodeEncodeError as e:
        line = text.count("\n", 0, e.start) + 1
        raise FormatError(
            f"“{e.object[e.start]}” in line {line} does not exist in Windows-1252.", "Choose UTF-8 as text encoding."
        ) from e


def write_file(path: Path, content: str | bytes, if_exists: IfExists) -> Path:
    """Write a whole file or nothing, text as UTF-8; returns the path used, which differs for KEEP_BOTH."""
    data = content.encode() if isinstance(content, str) else content
    if if_exists is IfExists.REPLACE:
        path = path.resolve()  # a link keeps pointing at what it points at
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".studio-", suffix=".part")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
            return place(temporary, path, if_exists)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as e:
        raise storage_error(path, e) from e


def read_file(path: Path) -> Parsed:
    """Read a transcript or subtitle file. Raises FormatError, which names file and line, or StorageError."""
    try:
        data = path.read_bytes()
    except OSError as e:
        raise StorageError(f"“{path.name}” cannot be read: {e.strerror or e}.", "", repr(e)) from e
    return read_any(decode_text(data), path.name)


def place(temporary: Path, path: Path, if_exists: IfExists) -> Path:
    """Give a finished file its name; returns the path used. Raises OSError."""
    if if_exists is IfExists.REPLACE:
        temporary.replace(path)
        return path
    number = 1
    chosen = path
    while True:
        try:
            _move_to_free(temporary, chosen)
            return chosen
        except FileExistsError:
            if if_exists is IfExists.REFUSE:
                raise
            number += 1
            chosen = path.with_name(f"{path.stem} ({number}){path.suffix}")


def _move_to_free(temporary: Path, path: Path) -> None:
    """Rename without ever replacing: a hard link fails if the name is taken, in one step."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: reserve the name first
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        temporary.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def storage_error(path: Path, error: OSError) -> StorageError:
    """The same in the user's words."""
    if error.errno in _FULL:
        why, hint = "the disk is full", "Free some space, then export again; the transcript is safe in the library."
    elif isinstance(error, FileExistsError):
        why, hint = "a file of that name is already there", "Allow overwriting, or choose another name."
    elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
        why, hint = "you may not write there", "Choose a folder that is yours."
    else:
        why, hint = (error.strerror or str(error)), "Choose another folder; the transcript is safe in the library."
    return StorageError(f"“{path.name}” cannot be written: {why}.", hint, repr(error))
