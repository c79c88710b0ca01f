"""An order on its way: what is stored before each step, and the month's limit before it is placed. Worker threads.

The same for parts of recordings, texts and sound: whatever happens, an order that may have arrived is not sent again
unless the user says so, and a reply that was paid for is stored before it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from studio.core.accounts import Account
from studio.core.errors import JobFailed, JobLost, Problem, RemoteError
from studio.core.jobs import StopToken
from studio.engines.remote import flow
from studio.engines.remote.service import Mark, Received, Service, Stage, W

from . import money
from .studio import Studio

ORDERED = (Stage.SUBMITTING, Stage.SUBMITTED, Stage.RECEIVED)
ENDS: dict[str, type[RemoteError]] = {"failed": JobFailed, "lost": JobLost}


class Stored(Protocol):
    """An order as it is stored."""

    @property
    def uid(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def cost(self) -> float | None: ...
    @property
    def ordered(self) -> str | None: ...


class Store(Protocol):
    """Where it is stored."""

    def mark(self, uid: str, stage: str, data: dict[str, Any], *, ordered: bool) -> None: ...
    def order(self, uid: str, stage: str, data: dict[str, Any]) -> float | None: ...
    def receive(self, uid: str, stage: str, reply: bytes) -> None: ...
    def end(self, uid: str, ended: str, problem: Problem | None = None) -> None: ...


def obtain(
    studio: Studio, account: Account, vendor: Service[W], order: W, given: Stored, store: Store, stop: StopToken
) -> Iterator[flow.RemoteEvent]:
    """Have the order done from its stored stage on, when it is its turn, until its reply is stored."""
    with studio.accounts.turn(account, vendor, stop):
        for event in flow.run(vendor, order, Stage(given.stage), given.data):
            match event:
                case Mark(Stage.SUBMITTING, data):
                    if (cap := store.order(given.uid, Stage.SUBMITTING, data)) is not None:
                        raise money.over(account.name, cap)
                case Mark(stage, data):
                    store.mark(given.uid, stage, data, ordered=stage in ORDERED)
                case Received(reply):
                    store.receive(given.uid, Stage.RECEIVED, reply)
            yield event


def check_cap(studio: Studio, account: Account, given: Stored) -> None:
    """What was ordered before is counted already."""
    money.check_cap(studio, account, given.cost if given.ordered is None else 0.0)


def forget(now: Stored, store: Store, opened: AbstractContextManager[Service[Any]], cancels: bool) -> None:
    """After a cancel: tell the vendor where that is possible."""
    if now.stage == Stage.SUBMITTING:
        return  # it may be charged: it stays to be seen
    problem = None
    if now.stage == Stage.SUBMITTED and cancels:
        try:
            with opened as vendor:
                for _ in vendor.forget(now.data):
                    pass
        except RemoteError as error:
            problem = error.problem
    store.end(now.uid, "cancelled", problem)
