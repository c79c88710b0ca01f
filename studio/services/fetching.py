"""Weights that a job needs and that are not here yet. Worker threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio.core.jobs import JobEvent

from .run import SAYS, Run


def fetch_models(run: Run, missing: Sequence[str]) -> Iterator[JobEvent]:
    for n, id in enumerate(missing):
        for step in run.studio.models.pull(id, run.stop, waiting=missing[n + 1 :]):
            share = step.done_bytes / step.total_bytes if step.total_bytes else 0.0
            told = run.progress("models", (n + share) / len(missing))
            yield replace(told, stage=f"{SAYS['models']} {id}, {round(100 * share)} %")
