"""What tells jobs of the same name apart: another model, language, track or folder. Pure functions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import PurePath

from studio.core.jobs import Job
from studio.core.languages import LANGUAGES

_PLAIN = "not translated"


def apart(jobs: Iterable[Job]) -> dict[int, str]:
    """By job id: "small, German, track 1", of jobs that share their name with others only what these do not share.

    Jobs that are the same in all of this are numbered, the oldest first.
    """
    named: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        named[job.name].append(job)
    found: dict[int, str] = {}
    for group in named.values():
        if len(group) > 1:
            found |= _within(sorted(group, key=lambda j: j.id))
    return found


def _within(group: list[Job]) -> dict[int, str]:
    traits = [_traits(job) for job in group]
    differing = [n for n, values in enumerate(zip(*traits, strict=True)) if len(set(filter(None, values))) > 1]
    words = [_said([trait[n] for n in differing]) for trait in traits]
    times, met = Counter(words), Counter[str]()
    found: dict[int, str] = {}
    for job, said in zip(group, words, strict=True):
        met[said] += 1
        number = f"no. {met[said]}" if times[said] > 1 else ""
        found[job.id] = ", ".join(filter(None, (said, number)))
    return found


def _said(traits: list[str]) -> str:
    """What goes without saying is said only where there is nothing else."""
    words = [trait for trait in traits if trait]
    return ", ".join([w for w in words if w != _PLAIN] or words)


def _traits(job: Job) -> tuple[str, ...]:
    used = job.options
    read = not used.model
    return (
        "from a file" if read else used.model.removeprefix("whisper-"),
        "" if read else LANGUAGES.get(used.language, used.language) if used.language != "auto" else "language detected",
        "" if read else "translated" if used.task == "translate" else _PLAIN,
        "" if read else f"track {used.track}",
        f"in {PurePath(job.path).parent.name}",
    )
