"""Opening subtitles and other transcripts: they become a job that is done, with the recording that lies beside them.

Runs in a worker thread or in the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from studio import media
from studio.core.errors import MediaError
from studio.core.jobs import Job, JobOptions, JobState
from studio.core.transcript import EngineInfo, Source
from studio.formats import FORMATS, READ_ONLY

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


def is_transcript(path: Path) -> bool:
    """Whether the file's name ends like a transcript's or subtitles'."""
    return path.name.lower().endswith(SUFFIXES)


def open_file(studio: Studio, path: Path) -> Opened:
    """Put a transcript file in the library. Raises FormatError with line and reason, StorageError."""
    parsed = read_file(path)
    transcript = parsed.transcript
    recording, info = _recording_of(path)
    content = media.fingerprint(recording) if recording else ""
    duration = max(info.duration if info else 0, transcript.duration)
    place = recording or path.absolute().with_suffix("")
    name = path.name
    options = JobOptions(model="", language=transcript.language or "auto", speakers="off")
    job = studio.library.jobs.add(str(place), name, content, duration, CPU, options, JobState.DONE)
    source = Source(str(place), recording.name if recording else name, content, duration)
    transcripts = studio.library.transcripts
    id = transcripts.create(source, EngineInfo(), job.id)
    transcripts.replace(id, transcript.segments, transcript.speakers, EngineInfo())
    transcripts.describe(id, language=transcript.language, duration=duration)
    has_times = any(s.end for s in transcript.segments)
    return Opened(replace(job, transcript_id=id), parsed.warnings, recording is not None, has_times)


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
