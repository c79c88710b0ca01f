"""What is to be sent to a vendor, and whether the user has to be asked before. Worker threads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from studio import media
from studio.core.accounts import Account
from studio.core.errors import StudioError
from studio.core.jobs import UNFINISHED, Job, JobOptions, JobState, StopToken
from studio.library import Spent

from . import money, queue
from .money import Estimate
from .studio import Studio

ASK = "ask_before_sending"  # setting: before any file is sent, whatever it costs


@dataclass(frozen=True, slots=True)
class Plan:
    """A batch of recordings for one account."""

    account: Account
    count: int
    estimate: Estimate
    spent: Spent
    dear: bool  # one of them costs more than the user wants to spend unasked
    over: bool  # together they would pass the month's stop
    ask: bool


def plan(studio: Studio, account: Account, durations: Iterable[int]) -> Plan:
    """Of recordings of these lengths in milliseconds."""
    lengths = list(durations)
    cost, spent = money.estimate(account, lengths), money.spent(studio, account)
    dear = account.ask_above is not None and (cost.dearest or 0.0) > account.ask_above
    over = account.monthly_cap is not None and spent.cost + (cost.cost or 0.0) > account.monthly_cap
    ask = bool(lengths) and (dear or over or asks_always(studio))
    return Plan(account, len(lengths), cost, spent, dear, over, ask)


def asks_always(studio: Studio) -> bool:
    return bool(studio.library.settings.get(ASK, True))


def length(studio: Studio, job: Job, wanted: JobOptions) -> list[int]:
    """Of what would be sent when a recording of the library, or a stretch of it, is recognised with these options:
    nothing where that is there or on its way. Raises UsageError for options that can never work."""
    queue.check_options(studio, wanted)
    same = studio.library.jobs.same(job.content_id, wanted, (*UNFINISHED, JobState.DONE, JobState.FAILED))
    if same and not (same.problem and same.problem.kind in ("JobFailed", "JobLost")):
        return []
    return [wanted.again.last - wanted.again.first if wanted.again else job.duration]


def lengths(studio: Studio, paths: Iterable[Path], options: JobOptions, stop: StopToken) -> list[int]:
    """Of the recordings that would be sent: those that are queued or done already, and those that cannot be read, are
    not. Raises UsageError for options that can never work, Stopped."""
    queue.check_options(studio, options)
    found = []
    for file in queue.recordings(paths, []):
        stop.check()
        try:
            info, content = media.probe(file), media.fingerprint(file)
        except StudioError:
            continue  # told when it is to be queued
        if studio.library.jobs.same(content, options, (*UNFINISHED, JobState.DONE)) is None:
            found.append(info.duration)
    return found
