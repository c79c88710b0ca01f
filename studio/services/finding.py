"""Recordings that were moved, replaced or cut short: what is the matter, where they are now, and taking them up.

Any thread. What searches looks at its stop token, and at no more files than `MOST`, because each is read for its
content.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from studio import media
from studio.core.errors import MediaError, UsageError
from studio.core.jobs import Job, StopToken

from .studio import Studio

MOST = 300  # files whose content is compared in one unasked search
SECONDS = 5.0  # that such a search may take
_SHORTER = 2_000  # milliseconds that a transcript may go on after the end of its recording
_LISTED = 5_000  # entries of folders that are looked at by name


class Matter(StrEnum):
    """What is the matter with the recording of a job."""

    NOTHING = "nothing"
    NEVER = "never"  # it never had one: subtitles that were opened alone
    MISSING = "missing"
    OTHER = "other"  # a file with that name is there, with another content
    SHORTER = "shorter"  # it ends before its transcript does


@dataclass(frozen=True, slots=True)
class State:
    matter: Matter
    duration: int = 0  # milliseconds, of the file that is there
    written: int = 0  # up to where (milliseconds) the transcript goes


def examine(studio: Studio, job: Job) -> State:
    """Look at the file of a job."""
    path = Path(job.path)
    if not path.is_file():
        return State(Matter.MISSING if job.content_id else Matter.NEVER)
    try:
        content, info = media.fingerprint(path), media.probe(path)
    except MediaError:
        return State(Matter.OTHER)
    written = studio.library.transcripts.end(job.transcript_id) if job.transcript_id else 0
    if content != job.content_id:
        return State(Matter.OTHER, info.duration, written)
    shorter = info.duration and written > info.duration + _SHORTER
    return State(Matter.SHORTER if shorter else Matter.NOTHING, info.duration, written)


def is_same(job: Job, path: Path) -> bool:
    """Whether a file has the content that the job was made from."""
    try:
        return path.is_file() and media.fingerprint(path) == job.content_id
    except MediaError:
        return False


def look_around(studio: Studio, job: Job, stop: StopToken, seconds: float = SECONDS) -> Path | None:
    """The recording of a job whose file is gone, in the places where it most likely is: its folder and those beside,
    below and above it, and the folders of other jobs. None where it is in none of them, or that takes too long."""
    end = time.monotonic() + seconds
    for path in sorted(_around(studio, job, end), key=lambda p: _unlikely(job, p))[:MOST]:
        stop.check()
        if time.monotonic() > end:
            return None
        if is_same(job, path):
            return path
    return None


def look_in(job: Job, place: Path, stop: StopToken) -> Path | None:
    """The recording of a job in a folder, at any depth, or None. A file stands for itself."""
    files = [place] if place.is_file() else media.expand([place])
    for path in sorted(files, key=lambda p: _unlikely(job, p)):
        stop.check()
        if is_same(job, path):
            return path
    return None


def use(studio: Studio, job: Job, path: Path) -> Job:
    """From now on the job's recording is this file, whatever it is; what was written stays as it is.

    Another content than the transcript was made from is noted: the transcript goes on naming the one that it came
    from, unless it came from none. Raises MediaError for what is no recording.
    """
    info, content = media.probe(path), media.fingerprint(path)
    if job.options.track >= len(info.tracks):
        raise MediaError(f"“{path.name}” has no audio track {job.options.track}.", "Choose another file.")
    place = str(path.absolute())
    if job.transcript_id:
        transcript = studio.library.transcripts.get(job.transcript_id)
        source = transcript.source if transcript else None
        if source and source.content_id in ("", content):
            source = replace(source, path=place, name=path.name, content_id=content, duration=info.duration)
            studio.library.transcripts.set_source(job.transcript_id, source)
    studio.library.jobs.set_recording(job.id, place, path.name, content, info.duration)
    found = studio.library.jobs.get(job.id)
    if found is None:
        raise UsageError(f"“{job.name}” is not in the library any more.", "Add the recording again.")
    return found


def _around(studio: Studio, job: Job, end: float) -> Iterator[Path]:
    """Recordings in likely places, each once."""
    home = Path(job.path).parent
    others = {Path(other.path).parent for other in studio.library.jobs.all()}
    near = [home, *_subfolders(home), home.parent, *_subfolders(home.parent)]
    left = _LISTED
    for folder in dict.fromkeys([*near[:2], *sorted(others), *near]):
        for path in _files(folder):
            left -= 1
            if left < 0 or time.monotonic() > end:
                return
            if path.suffix.lower() in media.SUFFIXES or path.suffix.lower() == Path(job.name).suffix.lower():
                yield path


def _subfolders(folder: Path) -> list[Path]:
    return [Path(entry.path) for entry in _entries(folder) if _is(entry, folder=True)]


def _files(folder: Path) -> Iterable[Path]:
    return [Path(entry.path) for entry in _entries(folder) if _is(entry, folder=False)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What may be seen of a folder; one that is gone, or may not be read, has nothing in it."""
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    except OSError:
        return []


def _is(entry: os.DirEntry[str], folder: bool) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) if folder else entry.is_file()
    except OSError:
        return False


def _unlikely(job: Job, path: Path) -> tuple[bool, bool]:
    """The key that puts files with the same name, then with the same ending first."""
    return path.name != Path(job.path).name, path.suffix.lower() != Path(job.path).suffix.lower()
