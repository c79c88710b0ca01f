"""What people do with the queue: add, pause, resume, cancel, retry, remove, move.

Safe from any thread. Running jobs are stopped through `Running`, the tokens of the jobs that this process works on.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio import media
from studio.core.errors import MediaError, Problem, StudioError, UsageError
from studio.core.jobs import UNFINISHED, Again, Job, JobOptions, JobState, StopReason, StopToken
from studio.core.languages import LANGUAGES
from studio.core.parts import between
from studio.models import catalogue

from . import accounts
from .studio import Studio

# What a job needs to run: the processor, the graphics card, or whichever of them serves best.
CPU, GPU, EITHER = "cpu", "gpu", "either"
LOCAL = (CPU, GPU, EITHER)
_ACCOUNT = "account:"  # and its name: done at a vendor
_NEEDS = {"cpu": CPU, "cuda": GPU, "auto": EITHER}


def resource(options: JobOptions) -> str:
    """What a job with these options needs to run."""
    return of_account(options.account) if options.account else _NEEDS[options.device]


def of_account(name: str) -> str:
    """What jobs for this account need."""
    return f"{_ACCOUNT}{name}"


def waiting_for(studio: Studio) -> dict[str, int]:
    """How many jobs wait for each account, also for those that are gone."""
    waiting = studio.library.jobs.waiting()
    return {needs.removeprefix(_ACCOUNT): n for needs, n in waiting.items() if needs.startswith(_ACCOUNT)}


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
        # Held while a job changes hands. Re-entrant: a signal handler may call `stop_all` while its thread holds it.
        self.guard = threading.RLock()

    def claim(
        self, studio: Studio, resources: Collection[str], only: Collection[int] | None
    ) -> tuple[Job, StopToken] | None:
        """Take the next job; from then on `stop` reaches it."""
        with self.guard:
            job = studio.library.jobs.claim(resources, only)
            if job is None:
                return None
            token = self._tokens[job.id] = StopToken()
            return job, token

    def end(self, job: int) -> None:
        with self.guard:
            self._tokens.pop(job, None)

    def stop(self, job: int, reason: StopReason) -> bool:
        """Ask a job to stop; False if it does not run here."""
        with self.guard:
            token = self._tokens.get(job)
            if token:
                token.request(reason)
            return token is not None

    def stop_all(self, reason: StopReason) -> None:
        with self.guard:
            for token in self._tokens.values():
                token.request(reason)


def check_options(studio: Studio, options: JobOptions) -> None:
    """Raises UsageError for options that can never work."""
    if options.account:
        _check_account(studio, options)
    else:
        _check_model(options)
    if options.speakers not in ("auto", "off") and not (
        options.speakers.isdecimal() and 1 <= int(options.speakers) <= 50
    ):
        raise UsageError(
            f"“{options.speakers}” is not a number of speakers.", "Say auto, off, or a number from 1 to 50."
        )
    if options.language != "auto" and options.language not in LANGUAGES:
        raise UsageError(
            f"“{options.language}” is not the code of a language that can be recognised.",
            f"Say auto, or one of: {', '.join(sorted(LANGUAGES))}.",
        )
    if options.track < 0:
        raise UsageError(f"There is no audio track {options.track}.", "Tracks are counted from 0.")


def _check_model(options: JobOptions) -> None:
    models = catalogue()
    if options.model not in models or models[options.model].kind != "speech":
        names = ", ".join(id for id, m in models.items() if m.kind == "speech")
        raise UsageError(f"There is no speech model “{options.model}”.", f"Choose one of: {names}.")
    only = models[options.model].languages
    if only == ("en",) and (options.task == "translate" or options.language not in ("auto", "en")):
        raise UsageError(
            f"The model “{options.model}” only writes English speech as English text.", "Choose whisper-base."
        )


def _check_account(studio: Studio, options: JobOptions) -> None:
    account = studio.accounts.usable(options.account)
    info = accounts.kind(account.kind).info
    if options.task == "translate" and not info.translates:
        raise UsageError(f"{info.title} does not translate.", "Choose another back end, or only transcribe.")
    model = studio.accounts.model(account, options.model)
    if options.language != "auto" and model.languages is not None and options.language not in model.languages:
        names = ", ".join(LANGUAGES.get(code, code) for code in model.languages)
        raise UsageError(
            f"“{model.id}” of {info.title} does not know {LANGUAGES.get(options.language, options.language)}.",
            f"It knows {names}.",
        )


def add(studio: Studio, paths: Iterable[Path], options: JobOptions) -> Added:
    """Queue recordings and all recordings in folders; what is queued or done already with these options is not done
    again. A bad file is told about and stops nothing."""
    check_options(studio, options)
    jobs, known, problems = list[Job](), list[Job](), list[Problem]()
    tracks: dict[int, tuple[media.Track, ...]] = {}
    last = studio.library.jobs.last_id()
    for file in recordings(paths, problems):
        try:
            job, info = add_one(studio, file, options, known=(*UNFINISHED, JobState.DONE))
        except StudioError as e:
            problems.append(e.problem)
            continue
        (jobs if job.id > last else known).append(job)
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
    studio: Studio, file: Path, options: JobOptions, known: Collection[JobState] = UNFINISHED, *, held: bool = False
) -> tuple[Job, media.MediaInfo]:
    """Queue one recording, unless a job in one of the `known` states does the same: then that one is put back to work
    (a finished one is left as it is). `held`: nobody shall begin it before `retry`. Raises MediaError for what is no
    recording."""
    info = media.probe(file)
    if options.track >= len(info.tracks):
        there = ", ".join(map(str, info.tracks))
        raise MediaError(f"“{file.name}” has no audio track {options.track}.", f"Choose another one: {there}.")
    content, path, jobs = media.fingerprint(file), str(file.absolute()), studio.library.jobs
    name, duration = _stretch(file, options.again) if options.again else (file.name, info.duration)
    if not path.isprintable() and any("\ud800" <= c <= "\udfff" for c in path):
        shown = path.encode(errors="replace").decode()
        raise MediaError(f"The name “{shown}” is not text that this computer can read.", "Rename the file or folder.")
    same = jobs.same(content, options, known)
    if same is None:
        state = JobState.PAUSED if held else JobState.WAITING
        return jobs.add(path, name, content, duration, resource(options), options, state), info
    if same.path != path:
        jobs.set_path(same.id, path, name)
    if not held:
        retry(studio, same)
    return jobs.get(same.id) or same, info


def _stretch(file: Path, again: Again) -> tuple[str, int]:
    """What a job is called that is about a stretch of a recording, and how long that is."""
    return f"{file.name}, {between(again.start, again.end)}", again.last - again.first


def again(studio: Studio, job: Job, options: JobOptions) -> Job:
    """The recording of a job, or a stretch of it, with other options: what was asked for before is not done anew.

    Raises UsageError, MediaError.
    """
    check_options(studio, options)
    return add_one(studio, Path(job.path), options, known=(*UNFINISHED, JobState.DONE, JobState.FAILED))[0]


def redo(studio: Studio, job: Job) -> Job:
    """Do a finished job again, as a new one; the old transcript stays."""
    return add_one(studio, Path(job.path), job.options)[0]


def use_track(studio: Studio, running: Running, job: Job, track: int) -> Job:
    """Do a job on another audio track of the same recording instead."""
    other, _ = add_one(studio, Path(job.path), replace(job.options, track=track))
    remove(studio, running, [job])
    return other


def cancel(studio: Studio, running: Running, job: Job) -> None:
    with running.guard:
        if not running.stop(job.id, StopReason.CANCEL) and _end(studio, job, JobState.CANCELLED):
            drop_sound(studio, job)


def pause(studio: Studio, running: Running, job: Job) -> None:
    with running.guard:
        if not running.stop(job.id, StopReason.PAUSE):
            _end(studio, job, JobState.PAUSED)


def retry(studio: Studio, job: Job) -> None:
    """Put a paused, failed or cancelled job back; it goes on from the last stored segment.

    One that waits for an answer to “send it again?” is not sent again by that: see `send_again`.
    """
    since = (JobState.PAUSED, JobState.FAILED, JobState.CANCELLED)
    if job.state in (JobState.FAILED, JobState.CANCELLED):  # a paused one goes on without ordering anything twice
        studio.library.submissions.again(job.id)
    if job.state in since:
        studio.library.jobs.set_state(job.id, JobState.WAITING, since=since)


def send_again(studio: Studio, job: Job) -> None:
    """Put a job back whose order may have reached its vendor, and may have been charged: the user has agreed to it."""
    studio.library.submissions.again(job.id, doubtful=True)
    retry(studio, job)


def leave(studio: Studio, job: Job) -> None:
    """Let a failed job be: it needs nobody any more, and still says why it failed."""
    studio.library.jobs.set_state(job.id, JobState.CANCELLED, since=(JobState.FAILED,), problem=job.problem)


def go_on(studio: Studio, account: str, kinds: Collection[str]) -> None:
    """Put jobs of an account back that wait because of a problem of these kinds (names of StudioErrors)."""
    for job in studio.library.jobs.all():
        waits = job.options.account == account and job.state == JobState.PAUSED
        if waits and job.problem and job.problem.kind in kinds:
            retry(studio, job)


def remove(studio: Studio, running: Running, jobs: Iterable[Job]) -> None:
    """Take jobs and their transcripts out of the library; a running one is stopped first."""
    for job in jobs:
        with running.guard:
            if not running.stop(job.id, StopReason.REMOVE):
                studio.library.jobs.recover()
                if not studio.library.jobs.remove(job.id):
                    _not_elsewhere(studio, job)
                drop_sound(studio, job)


def drop_sound(studio: Studio, job: Job) -> None:
    """Remove the decoded sound of a job; what is still held open is removed when the library is opened next."""
    for file in studio.home.audio.glob(f"{job.id}.*"):
        with suppress(OSError):
            file.unlink()


def _end(studio: Studio, job: Job, state: JobState) -> bool:
    """Give up or put off a job that does not run; False if it has ended already."""
    studio.library.jobs.recover()
    ended = studio.library.jobs.set_state(job.id, state, since=UNFINISHED)
    if ended is None:
        _not_elsewhere(studio, job)
    return ended is not None


def _not_elsewhere(studio: Studio, job: Job) -> None:
    now = studio.library.jobs.get(job.id)
    if now and now.state == JobState.RUNNING:
        raise UsageError(f"“{job.name}” is being done by another window or command.", "Stop it there.")
