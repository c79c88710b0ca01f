"""Opening subtitles and other transcripts: they become a job that is done, with the recording that lies beside them.

Runs in a worker thread or in the command line.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from studio import media
from studio.core.errors import MediaError
from studio.core.jobs import Job, JobOptions, JobState
from studio.core.transcript import EngineInfo, Source
from studio.formats import FORMATS, READ_ONLY, named_format

from . import finding
from .export import read_file
from .queue import CPU
from .studio import Studio

SUFFIXES = tuple(f.suffix.lower() for f in FORMATS.values() if f.read) + tuple(READ_ONLY)


@dataclass(frozen=True, slots=True)
class Opened:
    job: Job
    warnings: tuple[str, ...]  # what could not be kept, one sentence each
    has_recording: bool
    has_times: bool  # False: a plain text
    known: bool = False  # it was opened before: the job is the one that was there, with what was done to it since
    changed: bool = False  # and the file has another content now


def is_transcript(path: Path) -> bool:
    """Whether the file's name ends like a transcript's or subtitles'."""
    return path.name.lower().endswith(SUFFIXES)


def is_subtitles(name: str) -> bool:
    """Whether a file's name ends like that of subtitles, rather than of a text or of data."""
    named = named_format(name)
    return named.group == "Subtitles" if named else name.lower().endswith(tuple(READ_ONLY))


def open_file(studio: Studio, path: Path, again: bool = False) -> Opened:
    """Put a transcript file in the library, or find it there; `again`: as another job even so.

    Raises FormatError with line and reason, StorageError.
    """
    parsed = read_file(path)
    transcript = parsed.transcript
    recording, info = _recording_of(path)
    content = media.fingerprint(recording) if recording else ""
    file, file_id = str(path.absolute()), hashlib.sha256(path.read_bytes()).hexdigest()
    has_times = any(s.end for s in transcript.segments)
    known = None if again else _known(studio, file, file_id, content)
    if known:
        if recording and not known.content_id:
            known = finding.use(studio, known, recording)
        changed = known.options.file_id != file_id
        return Opened(known, (), bool(known.content_id), has_times, known=True, changed=changed)
    duration = max(info.duration if info else 0, transcript.duration)
    place = recording or path.absolute().with_suffix("")
    name = path.name
    language = transcript.language or "auto"
    options = JobOptions(model="", language=language, speakers="off", file=file, file_id=file_id)
    job = studio.library.jobs.add(str(place), name, content, duration, CPU, options, JobState.DONE)
    source = Source(str(place), recording.name if recording else name, content, duration)
    transcripts = studio.library.transcripts
    id = transcripts.create(source, EngineInfo(), job.id)
    transcripts.replace(id, transcript.segments, transcript.speakers, EngineInfo())
    transcripts.describe(id, language=transcript.language, duration=duration)
    return Opened(replace(job, transcript_id=id), parsed.warnings, recording is not None, has_times)


def _known(studio: Studio, file: str, file_id: str, content: str) -> Job | None:
    """The job that this file was opened as: the same content at this place, else for the same recording, else what
    lay at this place when it had another content. Of several the latest."""
    jobs = sorted((j for j in studio.library.jobs.all() if j.options.file_id), key=lambda j: -j.id)
    same = [j for j in jobs if j.options.file_id == file_id]
    here = [j for j in jobs if j.options.file == file]
    moved = [j for j in same if j.content_id == content]
    return next(iter([*(j for j in same if j in here), *moved, *here]), None)


def _recording_of(path: Path) -> tuple[Path | None, media.MediaInfo | None]:
    """The recording beside a file: "talk.mp4" for "talk.srt", "talk.en.srt" or "talk.mp4.srt"."""
    stems = [path.name[: -len(s)] for s in SUFFIXES if path.name.lower().endswith(s)]
    shortest = min(stems, key=len, default=path.stem)
    shorter = shortest.rpartition(".")[0]
    beside = {p.name.lower(): p for p in _beside(path)}
    for stem in (shortest, *((shorter,) if shorter else ())):
        for name, file in sorted(beside.items()):
            if name == stem.lower() or name.rpartition(".")[0] == stem.lower():
                try:
                    return file, media.probe(file)
                except MediaError:
                    continue
    return None, None


def _beside(path: Path) -> list[Path]:
    try:
        return [p for p in path.absolute().parent.iterdir() if p.suffix.lower() in media.SUFFIXES]
    except OSError:
        return []
