"""What people do with the queue: add, pause, resume, cancel, retry, remove, move.

Safe from any thread. Running jobs are stopped through `Running`, the tokens of the jobs that this process works on.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio import media
from studio.core.errors import Problem, StudioError, UsageError
from studio.core.jobs import UNFINISHED, Job, JobOptions, JobState, StopReason, StopToken
from studio.models import catalogue

from .studio import Studio

# What a job needs to run: the processor, the graphics card, or whichever of them serves best.
CPU, GPU, EITHER = "cpu", "gpu", "either"
LOCAL = (CPU, GPU, EITHER)
_NEEDS = {"cpu": CPU, "cuda": GPU, "auto": EITHER}


def share(studio: Studio, runner: str) -> tuple[str, ...]:
    """Which jobs the CPU's or the GPU's runner takes, so that both work where both are.

    May take seconds: the graphics card is tried. Without one that works the CPU's runner takes all, and those that
    insist on the card fail with the reason.
    """
    if studio.engines.device("auto").kind == "cuda":
        return (GPU, EITHER) if runner == GPU else (CPU,)
    return LOCAL if runner == CPU else ()


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding recordings: new jobs, jobs that were there already, and what could not be taken."""

    jobs: tuple[Job, ...] = ()
    known: tuple[Job, ...] = ()
    problems: tuple[Problem, ...] = ()
    tracks: dict[int, tuple[media.Track, ...]] = field(default_factory=dict)  # by job id, where there are several


class Running:
    """The stop tokens of the jobs this process is working on."""

    def __init__(self) -> None:
        self._tokens: dict[int, StopToken] = {}
        self._guard = threading.Lock()

    def begin(self, job: int) -> StopToken:
        with self._guard:
            token = self._tokens[job] = StopToken()
        return token

    def end(self, job: int) -> None:
        with self._guard:
            self._tokens.pop(job, None)

    def stop(self, job: int, reason: StopReason) -> bool:
        """Ask a job to stop; False if it does not run here."""
        with self._guard:
            token = self._tokens.get(job)
        if token:
            token.request(reason)
        return token is not None

    def stop_all(self, reason: StopReason) -> None:
        with self._guard:
            tokens = list(self._tokens.values())
        for token in tokens:
            token.request(reason)


def check_options(options: JobOptions) -> None:
    """Raises UsageError for options that can never work."""
    models = catalogue()
    if options.model not in models or models[options.model].kind != "speech":
        names = ", ".join(id for id, m in models.items() if m.kind == "speech")
        raise UsageError(f"There is no speech model “{options.model}”.", f"Choose one of: {names}.")
    if options.speakers not in ("auto", "off") and not (
        options.speakers.isdigit() and 1 <= int(options.speakers) <= 50
    ):
        raise UsageError(
            f"“{options.speakers}” is not a number of speakers.", "Say auto, off, or a number from 1 to 50."
        )
    only = models[options.model].languages
    if only == ("en",) and (options.task == "translate" or options.language not in ("auto", "en")):
        raise UsageError(
            f"The model “{options.model}” only writes English speech as English text.", "Choose whisper-base."
        )


def add(studio: Studio, paths: Iterable[Path], options: JobOptions) -> Added:
    """Queue recordings and all recordings in folders. A bad file is told about and stops nothing."""
    check_options(options)
    jobs, known, problems = list[Job](), list[Job](), list[Problem]()
    tracks: dict[int, tuple[media.Track, ...]] = {}
    before = {j.id for j in studio.library.jobs.all()}
    for file in recordings(paths, problems):
        try:
            job, info = add_one(studio, file, options)
        except StudioError as e:
            problems.append(e.problem)
            continue
        (known if job.id in before else jobs).append(job)
        if len(info.tracks) > 1:
            tracks[job.id] = info.tracks
    return Added(tuple(jobs), tuple(known), tuple(problems), tracks)


def recordings(paths: Iterable[Path], problems: list[Problem]) -> list[Path]:
    """The files meant by paths of files and folders; what cannot be found is added to `problems`."""
    files = list[Path]()
    before = len(problems)
    for path in paths:
        try:
            files += media.expand([path])
        except StudioError as e:
            problems.append(e.problem)
    files = list(dict.fromkeys(files))
    if not files and len(problems) == before:
        problems.append(Problem("No recordings were found there.", "Add sound or video files, or a folder with some."))
    return files


def add_one(
    studio: Studio, file: Path, options: JobOptions, known: Collection[JobState] = UNFINISHED
) -> tuple[Job, media.MediaInfo]:
    """Queue one recording, unless a job in one of the `known` states does the same: then that one is put back to work
    (a finished one is left as it is). Raises MediaError for what is no recording."""
    info = media.probe(file)
    content = media.fingerprint(file)
    same = studio.library.jobs.same(content, options, known)
    if same is None:
        path = str(file.absolute())
        return studio.library.jobs.add(path, file.name, content, info.duration, _NEEDS[options.device], options), info
    same = _found_again(studio, same, file)
    retry(studio, same)
    return studio.library.jobs.get(same.id) or same, info


def use_track(studio: Studio, running: Running, job: Job, track: int) -> Job:
    """Do a job on another audio track of the same recording instead."""
    remove(studio, running, [job])
    return add_one(studio, Path(job.path), replace(job.options, track=track))[0]


def _found_again(studio: Studio, job: Job, file: Path) -> Job:
    """The same recording, added again from where it lies now."""
    if Path(job.path).exists():
        return job
    studio.library.jobs.set_path(job.id, str(file.absolute()))
    return replace(job, path=str(file.absolute()))


def cancel(studio: Studio, running: Running, job: Job) -> None:
    if not running.stop(job.id, StopReason.CANCEL) and job.state in UNFINISHED:
        _not_elsewhere(studio, job)
        studio.library.jobs.set_state(job.id, JobState.CANCELLED)


def pause(studio: Studio, running: Running, job: Job) -> None:
    if not running.stop(job.id, StopReason.PAUSE) and job.state in UNFINISHED:
        _not_elsewhere(studio, job)
        studio.library.jobs.set_state(job.id, JobState.PAUSED)


def retry(studio: Studio, job: Job) -> None:
    """Put a paused, failed or cancelled job back; it goes on from the last stored segment."""
    if job.state in (JobState.PAUSED, JobState.FAILED, JobState.CANCELLED):
        studio.library.jobs.set_state(job.id, JobState.WAITING)


def remove(studio: Studio, running: Running, jobs: Iterable[Job]) -> None:
    """Take jobs and their transcripts out of the library; a running one is stopped first."""
    for job in jobs:
        if not running.stop(job.id, StopReason.REMOVE):
            _not_elsewhere(studio, job)
            forget(studio, job)


def forget(studio: Studio, job: Job) -> None:
    """Take a job that does not run out of the library, with its transcript and its decoded sound."""
    studio.home.audio_file(job.id).unlink(missing_ok=True)
    studio.library.jobs.remove([job.id])


def _not_elsewhere(studio: Studio, job: Job) -> None:
    if job.state == JobState.RUNNING and not studio.library.jobs.is_ours(job.id):
        studio.library.jobs.recover()
        now = studio.library.jobs.get(job.id)
        if now and now.state == JobState.RUNNING:
            raise UsageError(f"“{job.name}” is being done by another window or command.", "Stop it there.")
