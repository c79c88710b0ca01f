"""The command line: the services of the window, without it. Exit codes: 0 all done, 1 some failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table

from studio import __version__
from studio.core.errors import Problem, StudioError, UsageError
from studio.core.jobs import Job, JobOptions, JobState, Note, Stopped, StopReason, StopToken
from studio.core.jobs import Progress as JobProgress
from studio.formats import FORMATS, WriteOptions
from studio.library import Home, outdated
from studio.services import doctor, export, queue
from studio.services.batch import Output, plan
from studio.services.logs import log_to
from studio.services.runner import JobChanged, RunnerEvent, run_next
from studio.services.studio import Studio
from studio.services.together import Failed, together

from . import backends, speaking
from .terminal import err, out

_LOOK_EVERY = 0.5  # seconds, while another process does what we wait for
# Ctrl+C, the end of the session, a closed terminal
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

log = logging.getLogger(__name__)


def run(arguments: list[str]) -> int:
    """Do what the arguments say; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        with _signals(signal.default_int_handler):
            code: int = options.do(options)
            return code
    except StudioError as e:
        _tell(e.problem)
        return 2 if isinstance(e, UsageError) else 1
    except (KeyboardInterrupt, Stopped):
        err.print("Stopped. The same command goes on from there.")
        return 1
    except Exception as e:
        log.exception("command %s", arguments)
        err.print(f"The program met an error of its own ({type(e).__name__}: {e}). Please report it with its log.")
        return 1


@contextmanager
def _signals(handler: Callable[..., object]) -> Iterator[None]:
    """What asks the program to end calls `handler`; what was told to be ignored (nohup) stays so."""
    previous = {s: signal.getsignal(s) for s in _SIGNALS if signal.getsignal(s) is not signal.SIG_IGN}
    for number in previous:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)


@contextmanager
def _studio() -> Iterator[Studio]:
    home = Home.default()
    log_to(home.log)
    if outdated(home.database):
        err.print("The library is brought to the form of this version; this may take a minute.")
    studio = Studio.open(home)
    try:
        yield studio
    finally:
        studio.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="studio",
        description="Recordings into text and subtitles, on this computer. Without a command: the window.",
    )
    parser.add_argument("--version", action="version", version=f"Transcription Studio {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    c = commands.add_parser("transcribe", help="write the text and subtitles of recordings")
    c.add_argument("input", nargs="+", type=Path, help="sound or video files, or folders with some")
    c.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    c.add_argument("--format", default="txt,srt,vtt,json", help=f"some of {','.join(FORMATS)} (txt,srt,vtt,json)")
    defaults = JobOptions()
    c.add_argument(
        "--model", metavar="ID", help=f"see `studio models list` ({defaults.model}), or one of the back end's"
    )
    c.add_argument("--backend", default="", metavar="NAME", help="have it done by this account; see `studio backends`")
    c.add_argument("--language", default="auto", metavar="auto|xx", help="spoken language, e.g. de (auto)")
    c.add_argument("--task", default="transcribe", choices=["transcribe", "translate"], help="translate: to English")
    c.add_argument("--speakers", default="auto", metavar="auto|off|N", help="tell the speakers apart (auto)")
    c.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    c.add_argument("--vocabulary", default="", metavar="TEXT", help="names and terms to expect")
    c.add_argument("--track", type=int, default=0, metavar="N", help="which audio track, counted from 0 (0)")
    c.add_argument("--clean", action="store_true", help="take the noise out first; it may cost words")
    c.add_argument("--overwrite", action="store_true", help="write anew what is already there")
    c.add_argument("--complete-words", action="store_true", help="find times of words here if the back end gives none")
    c.add_argument("--yes", action="store_true", help="do not ask before a recording that costs more than you have set")
    c.add_argument(
        "--send-again", action="store_true", help="send what may have arrived, and may have been charged, once more"
    )
    c.set_defaults(do=_transcribe)

    endings = ", ".join(f.suffix for f in FORMATS.values())
    c = commands.add_parser("convert", help="turn a transcript or subtitle file into another format")
    c.add_argument("source", type=Path, metavar="IN")
    c.add_argument("target", type=Path, metavar="OUT", help=f"its ending says the format: {endings}")
    c.add_argument("--overwrite", action="store_true")
    c.set_defaults(do=_convert)

    c = commands.add_parser("models", help="weights: list, pull, verify, remove, path")
    c.add_argument("action", choices=["list", "pull", "verify", "remove", "path"])
    c.add_argument("id", nargs="*", help="model ids; none for list")
    c.add_argument("--from", dest="source", type=Path, metavar="FOLDER", help="pull: take the files from here")
    c.set_defaults(do=_models)

    backends.add_parser(commands, _studio)
    speaking.add_parsers(commands, _studio, _shown)

    c = commands.add_parser("doctor", help="what works here, what does not, what to do about it")
    c.add_argument("--json", action="store_true")
    c.set_defaults(do=_doctor)
    return parser


def _transcribe(a: argparse.Namespace) -> int:
    formats = [f.strip() for f in a.format.split(",") if f.strip()]
    model = a.model or ("" if a.backend else JobOptions().model)
    options = JobOptions(
        model, a.language, a.task, a.speakers, a.device, a.vocabulary, a.track, a.backend, a.complete_words, a.clean
    )
    with _studio() as studio:
        if a.backend and not backends.agreed(studio, a.backend):
            return 1
        new = studio.library.jobs.last_id()
        with _bars("Looking at the recordings", "{task.completed:.0f} of {task.total:.0f}") as bars:
            bar = bars.add_task("", total=0)
            batch = plan(
                studio,
                a.input,
                options,
                a.output,
                formats,
                overwrite=a.overwrite,
                told=lambda done, total: bars.update(bar, completed=done, total=total),
            )
        for problem in batch.problems:
            _tell(problem)
        for note in batch.notes:
            err.print(note)
        failed = len(batch.problems)
        if a.backend and not _released(studio, a, [output.job for output in batch.outputs], new):
            return 1
        for output in batch.ready:
            failed += not _write(studio, output, batch.outputs == [] and len(batch.ready) == 1)
        failed += _work(studio, batch.outputs, quiet=len(batch.outputs) + len(batch.ready) > 1)
        return 1 if failed else 0


def _released(studio: Studio, a: argparse.Namespace, jobs: list[Job], last: int) -> bool:
    """Let jobs at a vendor begin, if what they cost is agreed to; else forget the new ones, those after `last`."""
    agreed = False
    try:
        agreed = backends.affordable(studio, a.backend, jobs, a.yes)
    finally:
        if not agreed:
            queue.remove(studio, queue.Running(), [job for job in jobs if job.id > last])
    for job in jobs if agreed else []:
        (queue.send_again if a.send_again else queue.retry)(studio, job)
    return agreed


def _work(studio: Studio, outputs: list[Output], quiet: bool) -> int:
    """Run the jobs with a progress bar each, and wait for those that others run; returns how many outputs failed."""
    waiting: dict[int, list[Output]] = {}
    for output in outputs:  # copies of one recording are one job
        waiting.setdefault(output.job.id, []).append(output)
    running, failed = queue.Running(), 0
    interrupted = threading.Event()

    def stop(*_: object) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        running.stop_all(StopReason.QUIT)

    told = False
    with _signals(stop), _bars("{task.fields[name]}", "{task.description}") as bars:
        while waiting and not interrupted.is_set():
            ended = False
            for job in chain(_run_free(studio, running, waiting, bars, interrupted), _ended_elsewhere(studio, waiting)):
                failed += sum(not _finish(studio, output, job, quiet) for output in waiting.pop(job.id))
                ended = True
            if not ended:
                if not told:
                    err.print("What is left is being done by another window or command; this one waits for it.")
                told = True
                interrupted.wait(_LOOK_EVERY)
    if interrupted.is_set():
        err.print("Stopped. What was written is kept; the same command goes on from there.")
    return failed + sum(map(len, waiting.values()))


def _run_free(
    studio: Studio, running: queue.Running, ids: dict[int, list[Output]], bars: Progress, interrupted: threading.Event
) -> Iterator[Job]:
    """Do those of these jobs that are free, with a progress bar each; yields each as it ended."""
    shown: dict[int, TaskID] = {}
    for id, event in _events(studio, running, [outputs[0].job for outputs in ids.values()], interrupted):
        match event:
            case JobChanged(job) if job.state == JobState.RUNNING:
                shown[id] = bars.add_task("", name=_short(job.name), total=1.0)
            case JobChanged(job):
                if id in shown:
                    bars.remove_task(shown.pop(id))
                yield job
            case JobProgress(stage, fraction, eta) if id in shown:
                left = f", {_time(eta)} left" if eta else ""
                bars.update(shown[id], completed=fraction, description=f"{stage}, {fraction:.0%}{left}")
            case Note(text):
                err.print(text)


def _events(
    studio: Studio, running: queue.Running, jobs: list[Job], interrupted: threading.Event
) -> Iterator[tuple[int, RunnerEvent]]:
    """What happens to the free ones of these jobs: one at a time here, at a vendor as many as its account allows."""
    resources = {*queue.LOCAL, *(queue.resource(job.options) for job in jobs)}
    ids = {job.id for job in jobs}

    def lane() -> Generator[tuple[int, RunnerEvent], None, None]:
        found = True
        while found and not interrupted.is_set():
            found = False
            for id, event in run_next(studio, running, resources, ids):
                found = True
                if interrupted.is_set():  # the signal may have come before the job began
                    running.stop_all(StopReason.QUIT)
                yield id, event

    width = min(len(jobs), max(backends.at_once(studio, job.options.account) for job in jobs))
    if width == 1:
        yield from lane()
        return
    for _, told in together([lane] * width, width, lambda: running.stop_all(StopReason.QUIT)):
        match told:
            case Failed(error):
                raise error
            case (id, event):
                yield id, event


def _ended_elsewhere(studio: Studio, waiting: dict[int, list[Output]]) -> Iterator[Job]:
    """Those of the jobs that another window or command has ended, or taken out of the queue."""
    for id, outputs in list(waiting.items()):
        job = studio.library.jobs.get(id) or replace(outputs[0].job, state=JobState.CANCELLED)
        if job.state not in (JobState.WAITING, JobState.RUNNING):
            yield job


def _finish(studio: Studio, output: Output, job: Job, quiet: bool) -> bool:
    if job.state == JobState.DONE:
        return _write(studio, replace(output, job=job), not quiet)
    if job.problem:
        _tell(job.problem)
    elif job.state != JobState.WAITING:
        err.print(f"“{job.name}” was {job.state} in another window. The same command takes it up again.")
    return False


def _write(studio: Studio, output: Output, show_text: bool) -> bool:
    """Export a finished job; with one recording only, print its text too."""
    try:
        transcript = output.transcript(studio)
        files = export.export(transcript, output.folder, output.stem, output.formats, if_exists=output.if_exists)
    except StudioError as e:
        _tell(e.problem)
        return False
    if not transcript.segments:
        err.print(f"No speech was heard in “{output.job.name}”.")
    elif show_text:
        out.print(export.preview(transcript, "txt", WriteOptions()).rstrip())
    for file in files:
        err.print(f"Written: {file}")
    return True


def _convert(a: argparse.Namespace) -> int:
    if a.target.resolve() == a.source.resolve():
        raise UsageError(f"“{a.source.name}” cannot be turned into itself.", "Name another file for the result.")
    parsed = export.read_file(a.source)
    for warning in parsed.warnings:
        err.print(f"“{a.source.name}”: {warning}")
    format = export.format_of(a.target)
    content = FORMATS[format].write(parsed.transcript, WriteOptions())
    export.write_file(a.target, content, export.IfExists.REPLACE if a.overwrite else export.IfExists.REFUSE)
    return 0


def _models(a: argparse.Namespace) -> int:
    with _studio() as studio:
        if a.action == "list":
            _list_models(studio)
            return 0
        if not a.id:
            err.print(f"Which model? For example: studio models {a.action} whisper-base")
            return 2
        return max([_each_model(studio, a.action, id, a.source) for id in a.id])


def _each_model(studio: Studio, action: str, id: str, source: Path | None) -> int:
    store = studio.models
    try:
        match action:
            case "path":
                out.print(str(store.path(id)))
                return 0 if store.is_ready(id) else 1
            case "remove":
                store.remove(id)
                err.print(f"{id} was removed.")
            case "verify":
                store.verify(id)
                err.print(f"{id} is complete and unchanged.")
            case _:
                _pull(studio, id, source)
    except StudioError as e:
        _tell(e.problem)
        return 2 if isinstance(e, UsageError) else 1
    return 0


def _pull(studio: Studio, id: str, source: Path | None) -> None:
    stop = StopToken()
    steps = studio.models.adopt(id, source, stop) if source else studio.models.pull(id, stop)
    with (
        _signals(lambda *_: stop.request(StopReason.QUIT)),
        _bars("{task.description}", "{task.percentage:.0f} %") as bars,
    ):
        bar = bars.add_task(id, total=None)
        for step in steps:
            bars.update(bar, completed=step.done_bytes, total=step.total_bytes, description=f"{id} ({step.source})")
    err.print(f"{id} is ready: {studio.models.path(id)}")


def _list_models(studio: Studio) -> None:
    table = Table("id", "what", "size", "here", "licence", box=None, pad_edge=False)
    for status in studio.models.list():
        model = status.model
        table.add_row(
            model.id, model.title, f"{model.bytes / 1e6:.0f} MB", "yes" if status.ready else "", model.licence
        )
    out.print(table)


def _doctor(a: argparse.Namespace) -> int:
    findings = doctor.examine()
    if a.json:
        out.print(json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            out.print(f"{'ok ' if finding.ok else '-- '} {finding.title}: {finding.text}")
            if finding.hint:
                out.print(f"     {finding.hint}")
    return 0 if all(f.ok or not f.needed for f in findings) else 1


def _bars(before: str, after: str) -> Progress:
    """Bars on a terminal, nothing elsewhere."""
    columns = TextColumn(before), BarColumn(), TextColumn(after)
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


@contextmanager
def _shown(stop: StopToken) -> Iterator[Callable[[str, float | None], None]]:
    """One bar for work that tells what it does and how much of it is done; a signal asks it to stop."""
    with _signals(lambda *_: stop.request(StopReason.QUIT)), _bars("{task.description}", "") as bars:
        bar = bars.add_task("", total=1.0)
        yield lambda says, fraction: bars.update(bar, description=says, completed=fraction)


def _tell(problem: Problem) -> None:
    err.print(problem.sentence)
    if problem.kind == "Ambiguous":
        err.print("To send it again: the same command with --send-again.")


def _short(name: str, width: int = 32) -> str:
    return name if len(name) <= width else f"{name[: width // 2 - 1]}…{name[-width // 2 :]}"


def _time(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"
