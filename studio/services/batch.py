"""Many recordings to files in one go: which jobs to run, where each result goes. Used by the command line."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import Problem, StudioError
from studio.core.jobs import UNFINISHED, Job, JobOptions, JobState
from studio.core.transcript import Transcript

from . import export, queue
from .export import IfExists
from .studio import Studio


@dataclass(frozen=True, slots=True)
class Output:
    """Where the result of a job goes."""

    job: Job
    folder: Path
    stem: str
    formats: tuple[str, ...]
    if_exists: IfExists

    def transcript(self, studio: Studio) -> Transcript:
        return studio.library.transcripts.get(self.job.transcript_id or 0) or Transcript()


@dataclass(slots=True)
class Batch:
    outputs: list[Output] = field(default_factory=list)  # jobs to run
    ready: list[Output] = field(default_factory=list)  # done by an earlier run: only to be written
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what the user may want to choose otherwise


def plan(
    studio: Studio,
    inputs: Iterable[Path],
    options: JobOptions,
    folder: Path,
    formats: Iterable[str],
    *,
    overwrite: bool,
    told: Callable[[int, int], object] = lambda done, total: None,
) -> Batch:
    """Queue what must be done. Unfinished jobs of an earlier run with the same options are taken up again; finished
    ones are done anew only if `overwrite`. What costs money is held back until `queue.retry`. `told` hears how many
    files were looked at, and of how many.

    Raises UsageError for options that can never work, StorageError for a folder that cannot be written to.
    """
    formats = tuple(dict.fromkeys(formats))
    export.check_formats(formats)
    queue.check_options(studio, options)
    export.check_folder(folder)
    batch = Batch()
    files = queue.recordings(inputs, batch.problems)
    recordings = {os.path.realpath(f) for f in files}
    if_exists = IfExists.REPLACE if overwrite else IfExists.REFUSE
    for n, (file, stem) in enumerate(stems(files).items()):
        told(n, len(files))
        there = export.conflicts(folder, stem, formats)
        if overwrite:  # but never a recording
            there = [p for p in there if os.path.realpath(p) in recordings]
        if there:
            batch.problems.append(export.exists_error(there[0]).problem)
            continue
        states = UNFINISHED + ((JobState.FAILED, JobState.CANCELLED) if overwrite else tuple(JobState))
        try:
            job, info = queue.add_one(studio, file, options, known=states, held=bool(options.account))
        except StudioError as e:
            batch.problems.append(e.problem)
            continue
        output = Output(job, folder, stem, formats, if_exists)
        (batch.ready if job.state == JobState.DONE else batch.outputs).append(output)
        if len(info.tracks) > 1:
            names = ", ".join(str(t) for t in info.tracks)
            batch.notes.append(f"“{file.name}” has several audio tracks: {names}. Track {options.track} is taken.")
    return batch


def stems(files: Collection[Path]) -> dict[Path, str]:
    """What the results of each file are called, without an ending: no two the same, on any file system.

    The stem of the file's name, where several have it the whole name, then with the folder's name, then a number.
    """
    left, found, taken = list(files), dict[Path, str](), set[str]()
    ways: tuple[Callable[[Path], str], ...] = (
        lambda f: f.stem,
        lambda f: f.name,
        lambda f: f"{f.absolute().parent.name} - {f.name}",
    )
    for way in ways:
        wanted = Counter(_key(way(f)) for f in left)
        for file in left:
            key = _key(way(file))
            if wanted[key] == 1 and key not in taken:
                found[file] = way(file)
        taken |= {_key(stem) for stem in found.values()}
        left = [f for f in left if f not in found]
    for file in left:
        number = 2
        while _key(stem := f"{number} - {file.name}") in taken:
            number += 1
        found[file] = stem
        taken.add(_key(stem))
    return {file: found[file] for file in files}


def _key(stem: str) -> str:
    """Equal for names that some file system takes for the same, or that `export.target` shortens to the same."""
    return export.target(Path(), unicodedata.normalize("NFC", stem).casefold(), "json").name
