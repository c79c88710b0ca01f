"""Transcripts to files: a format makes the text, this writes it, whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from studio.core.errors import FormatError, StorageError, UsageError
from studio.core.transcript import Transcript
from studio.formats import FORMATS, Parsed, WriteOptions, decode_text, read_any

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows knows no quota error
_LONGEST_NAME = 255  # bytes, on every common file system


class IfExists(StrEnum):
    REFUSE = "refuse"
    REPLACE = "replace"
    KEEP_BOTH = "keep both"


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
    for format in FORMATS.values():
        if path.suffix.lower() == format.suffix:
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
        raise _storage_error(folder, e) from e


def exists_error(path: Path) -> StorageError:
    return StorageError(
        f"“{path.name}” is already in “{path.parent}” and was not touched.",
        "Allow overwriting (--overwrite), or choose another folder.",
    )


def conflicts(folder: Path, stem: str, formats: Iterable[str]) -> list[Path]:
    """Files that are there already."""
    return [p for p in (target(folder, stem, f) for f in formats) if p.exists()]


def export(
    transcript: Transcript,
    folder: Path,
    stem: str,
    formats: Iterable[str],
    options: WriteOptions | None = None,
    if_exists: IfExists = IfExists.REFUSE,
) -> list[Path]:
    """Write a transcript in each format to `folder`; returns the files. Raises StorageError, nothing half-written."""
    formats = list(formats)
    check_formats(formats)
    if if_exists is IfExists.REFUSE and (there := conflicts(folder, stem, formats)):
        raise exists_error(there[0])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise _storage_error(folder, e) from e
    # Whoever gets the file learns the recording's name, not where it lies on this computer.
    transcript = replace(transcript, source=replace(transcript.source, path=""))
    return [
        write_file(target(folder, stem, id), FORMATS[id].write(transcript, options or WriteOptions()), if_exists)
        for id in formats
    ]


def write_file(path: Path, text: str, if_exists: IfExists) -> Path:
    """Write a whole text file or nothing; returns the path used, which differs for KEEP_BOTH."""
    if if_exists is IfExists.REPLACE:
        path = path.resolve()  # a link keeps pointing at what it points at
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".studio-", suffix=".part")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
            return _place(temporary, path, if_exists)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as e:
        raise _storage_error(path, e) from e


def read_file(path: Path) -> Parsed:
    """Read a transcript or subtitle file. Raises FormatError or StorageError."""
    try:
        data = path.read_bytes()
    except OSError as e:
        raise StorageError(f"“{path.name}” cannot be read: {e.strerror or e}.", "", repr(e)) from e
    try:
        return read_any(decode_text(data), path.name)
    except FormatError as e:
        raise FormatError(f"“{path.name}”: {e.problem.what}", e.problem.hint, e.problem.detail) from e


def _place(temporary: Path, path: Path, if_exists: IfExists) -> Path:
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


def _storage_error(path: Path, error: OSError) -> StorageError:
    if error.errno in _FULL:
        why, hint = "the disk is full", "Free some space, then export again; the transcript is safe in the library."
    elif isinstance(error, FileExistsError):
        why, hint = "a file of that name is already there", "Allow overwriting, or choose another name."
    elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
        why, hint = "you may not write there", "Choose a folder that is yours."
    else:
        why, hint = (error.strerror or str(error)), "Choose another folder; the transcript is safe in the library."
    return StorageError(f"“{path.name}” cannot be written: {why}.", hint, repr(error))
