"""Ways the tests pull: in a child process that tells its parent, and until something happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path

from studio.core.jobs import StopReason, StopToken
from studio.models import Model, ModelStore, PullProgress


def pull(root: Path, model: Model, report: Connection) -> None:
    """Sends every PullProgress and at last whether the model is ready."""
    store = ModelStore(root, {model.id: model})
    for step in store.pull(model.id, StopToken()):
        report.send(step)
    report.send(store.is_ready(model.id))


def stop_when(happened: Callable[[PullProgress], object], steps: Iterable[PullProgress], stop: StopToken) -> None:
    for step in steps:
        if happened(step):
            stop.request(StopReason.CANCEL)
