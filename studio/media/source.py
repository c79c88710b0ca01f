"""Opens recordings and says in plain words why one cannot be opened. Any thread.

PyAV is given an open file, not a name: so every name the system allows works, "http:..." is a file name like any
other, a playlist cannot fetch anything, and an error of the disk arrives here as itself.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError

from studio.core.errors import MediaError

_READ_SIZE = 256 * 1024
_SIGNATURES = (b"RIFF", b"RF64", b"fLaC", b"OggS", b"ID3", b"FORM", b"caff", b"\x1aE\xdf\xa3", b"0&\xb2u", b"\xff\xfb")
COPY_AGAIN = "Copy it again from where it was recorded."


def shown(path: Path) -> str:
    """The file's name in quotes, printable whatever bytes it is made of."""
    return f"“{os.fsencode(path.name).decode('utf-8', 'replace')}”"


@contextmanager
def readable(path: Path) -> Iterator[FileIO]:
    """The file opened for reading, unbuffered. Raises MediaError where it is missing, empty, no file or not ours."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise MediaError(f"{shown(path)} is a folder, not a recording.", "Add the files in it.")
        if not stat.S_ISREG(mode):
            raise MediaError(f"{shown(path)} is a device or a pipe, not a file.", "Save the recording to a file first.")
        file = FileIO(path)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    with file:
        if os.fstat(file.fileno()).st_size == 0:
            raise MediaError(f"{shown(path)} is empty: the file has 0 bytes.", COPY_AGAIN)
        yield file


def unreadable(path: Path, error: OSError | ValueError) -> MediaError:
    """What the system's refusal to open or read the file means."""
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return gone(path, detail)
    if isinstance(error, PermissionError):
        return MediaError(
            f"{shown(path)} may not be read: its permissions forbid it.",
            "Change them, or copy the file to a folder of your own.",
            detail,
        )
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    return MediaError(
        f"{shown(path)} cannot be read: the system says “{reason}”.",
        "Check the disk or the network it is on, or copy the file to another disk.",
        detail,
    )


def gone(path: Path, detail: str = "") -> MediaError:
    return MediaError(
        f"{shown(path)} is not there any more.", "Put it back, or add it again from where it is now.", detail
    )


@contextmanager
def recording(path: Path) -> Iterator[tuple[InputContainer, FileIO]]:
    """The opened container and the file under it. Raises MediaError where FFmpeg cannot make sense of the file."""
    with readable(path) as file:
        try:
            container = av.open(
                file,
                "r",
                metadata_errors="replace",
                buffer_size=_READ_SIZE,
                container_options={"protocol_whitelist": "none"},
            )
        except FFmpegError as error:
            raise _not_a_recording(path, file, error) from error
        except OSError as error:
            raise unreadable(path, error) from error
        with container:
            yield container, file


def encrypted(path: Path) -> MediaError:
    return MediaError(
        f"{shown(path)} is copy-protected: its sound is encrypted.", "Ask whoever made it for an unprotected copy."
    )


def _not_a_recording(path: Path, file: FileIO, error: FFmpegError) -> MediaError:
    if error.errno == errno.EIO:
        return unreadable(path, OSError(errno.EIO, os.strerror(errno.EIO)))
    file.seek(0)
    head = file.read(12)
    if head.startswith(_SIGNATURES) or head[4:8] == b"ftyp":
        return MediaError(f"{shown(path)} is damaged: its beginning cannot be read.", COPY_AGAIN, repr(error))
    return MediaError(
        f"{shown(path)} is not a recording, whatever its name says.", "Add a sound or video file.", repr(error)
    )
