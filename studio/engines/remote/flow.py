"""An order from what is sent to the reply, going on after a crash at any point: upload, submit, poll. Worker threads.

Whoever drives the generator stores each Mark before asking for the next event, so that what is stored is never behind
what was sent. An order that may have arrived is never placed again here: that is `Ambiguous`, and the user decides.
"""

from __future__ import annotations

import random
import time
from collections.abc import Generator, Iterator

from studio.core.errors import (
    Ambiguous,
    BadResponse,
    Deadline,
    InvalidRequest,
    JobLost,
    RateLimited,
    RemoteError,
    Unavailable,
)
from studio.core.jobs import Stopped

from .errors import lost
from .line import Sent, Waiting
from .service import Data, Mark, Received, Service, Stage, Traffic, W, Working

_FRESH = 30.0  # seconds in which a job may be unknown yet
_FRESH_TRIES = 3
_SLOWER_AFTER = 120.0
_SLOWEST = 30.0
_LOST_CONNECTION = 5  # polls in a row
_SPARE = 3600.0  # an upload that expires this soon is made anew

RemoteEvent = Sent | Waiting | Working | Mark | Received


def run(vendor: Service[W], order: W, stage: Stage, data: Data) -> Iterator[RemoteEvent]:
    """From `stage` on, with the data that was stored with it; ends with Received. Raises RemoteError, Stopped.

    `data["at"]` holds wall-clock times (seconds since 1970) of stages, since retention is counted by the clock.
    """
    if stage == Stage.RECEIVED:
        raise ValueError("the reply is stored already")
    if stage == Stage.SUBMITTING:
        found = yield from _find(vendor, order, None)
        stage = Stage.NEW
        if found:
            stage, data = Stage.SUBMITTED, _timed(data | found, Stage.SUBMITTED)
            yield Mark(stage, data)
    if stage != Stage.SUBMITTED:
        data = yield from _place(vendor, order, stage, data)
        if "reply" in data:
            yield Received(data["reply"])
            return
    yield from _await(vendor, order, data)


def _place(vendor: Service[W], order: W, stage: Stage, data: Data) -> Generator[RemoteEvent, None, Data]:
    """Upload if need be, and submit; returns what to keep of the job, or its reply."""
    if vendor.uploads and not (stage == Stage.UPLOADED and _keeps(vendor, data)):
        yield Mark(Stage.UPLOADING, data)
        uploaded = yield from vendor.upload(order)
        data = _timed(data | uploaded, Stage.UPLOADED)
        yield Mark(Stage.UPLOADED, data)
    before = Mark(Stage.UPLOADED if vendor.uploads else Stage.NEW, data)
    yield Mark(Stage.SUBMITTING, data)
    vendor.line.delivered = False
    try:
        answer: Data | bytes = yield from vendor.submit(order, data)
    except Ambiguous as error:
        found = yield from _find(vendor, order, error)
        if found is None:
            yield before
            raise Unavailable(error.problem.what, "It was not ordered; try again.", error.problem.detail) from error
        answer = found
    except (BadResponse, Stopped):
        if not vendor.line.delivered:
            yield before
        raise  # else something may have been ordered: it stays as it is
    except InvalidRequest:
        yield Mark(Stage.NEW, data)  # what is wrong may be the upload
        raise
    except RemoteError:
        yield before  # refused, so nothing was ordered
        raise
    if isinstance(answer, bytes):
        return {"reply": answer}
    data = _timed(data | answer, Stage.SUBMITTED)
    yield Mark(Stage.SUBMITTED, data)
    return data


def _find(vendor: Service[W], order: W, error: Ambiguous | None) -> Traffic[Data | None]:
    """What an order has become whose answer was lost. Raises Ambiguous where the vendor cannot be asked."""
    if vendor.finds:
        return (yield from vendor.find(order))
    raise error or Ambiguous(
        f"An order was on its way to {vendor.info.title} when it was interrupted; whether it arrived cannot be told.",
        "It may have been charged already, so it is not sent again unless you say so.",
    )


def _await(vendor: Service[W], order: W, data: Data) -> Iterator[RemoteEvent]:
    line, unit = vendor.line, vendor.line.pace.unit
    began = time.monotonic()
    patience = vendor.deadline(order)
    every, unknown, broken = vendor.poll_every, 0, 0
    yield Working()
    while True:
        answer: bytes | Working = Working()
        try:
            answer = yield from vendor.poll(data)
            broken = 0
        except JobLost:
            unknown += 1
            if _age(data) > _FRESH or unknown > _FRESH_TRIES:
                raise
        except (Unavailable, RateLimited, BadResponse) as error:
            broken += 1
            if broken == _LOST_CONNECTION and isinstance(error, BadResponse):
                raise  # a portal's page goes away, a vendor's new ways stay; the order stays as it is
            if broken % _LOST_CONNECTION == 0:
                yield Waiting(every * unit, f"{error.problem.what} Still trying.")
        if isinstance(answer, bytes):
            yield Received(answer)
            return
        yield answer
        if vendor.latest is not None and _age(data) > vendor.latest:
            raise lost(vendor.info.title)
        if time.monotonic() - began > patience * unit:
            raise Deadline(
                f"{vendor.info.title} still works on it after {round(patience / 60)} minutes.",
                "Start it again to go on waiting; it is not sent or charged again.",
            )
        line.rest(every * random.uniform(0.9, 1.1) * unit)
        if time.monotonic() - began > _SLOWER_AFTER * unit:
            every = min(every * 1.5, max(_SLOWEST, vendor.poll_every))


def _timed(data: Data, stage: Stage) -> Data:
    return data | {"at": {**data.get("at", {}), str(stage): time.time()}}


def _age(data: Data) -> float:
    """Seconds since the vendor took the order, by the clock on the wall: the computer may have slept."""
    return time.time() - float(data.get("at", {}).get(str(Stage.SUBMITTED), time.time()))


def _keeps(vendor: Service[W], data: Data) -> bool:
    """Whether the vendor still has the upload, and for long enough."""
    if vendor.upload_keeps is None:
        return True
    return time.time() - float(data.get("at", {}).get(str(Stage.UPLOADED), 0)) < vendor.upload_keeps - _SPARE
