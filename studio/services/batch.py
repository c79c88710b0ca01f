"""Many recordings to files in one go: which jobs to run, where each result goes. Used by the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
) -> Batch:
    """Queue what must be done. Unfinished jobs of an earlier run with the same options are taken up again; finished
    ones are done anew only if `overwrite`. Raises UsageError for options that can never work."""
    formats = tuple(formats)
    export.check_formats(formats)
    queue.check_options(options)
    batch = Batch()
    files = queue.recordings(inputs, batch.problems)
    stems = Counter(f.stem for f in files)
    if_exists = IfExists.REPLACE if overwrite else IfExists.REFUSE
    for file in files:
        stem = file.stem if stems[file.stem] == 1 else file.name
        there = [] if overwrite else export.conflicts(folder, stem, formats)
        if there:
            batch.problems.append(export.exists_error(there[0]).problem)
            continue
        states = UNFINISHED + ((JobState.FAILED, JobState.CANCELLED) if overwrite else tuple(JobState))
        try:
            job, info = queue.add_one(studio, file, options, known=states)
        except StudioError as e:
            batch.problems.append(e.problem)
            continue
        output = Output(job, folder, stem, formats, if_exists)
        (batch.ready if job.state == JobState.DONE else batch.outputs).append(output)
        if len(info.tracks) > 1:
            names = ", ".join(str(t) for t in info.tracks)
            batch.notes.append(f"“{file.name}” has several audio tracks: {names}. Track {options.track} is taken.")
    return batch
