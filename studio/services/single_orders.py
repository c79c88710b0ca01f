"""Orders that belong to no job: a text to be spoken, sound to be cleaned. Worker threads.

Each is stored before it is sent and never placed twice without the user's word. What was under way when the program
ended is asked after. Two who want the same at the same time, be it in two programs, order it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from filelock import FileLock, Timeout

from studio.core import errors
from studio.core.accounts import Account
from studio.core.errors import BadResponse, JobFailed, JobLost, RemoteError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.engines.remote import flow
from studio.engines.remote.line import Sent, Waiting
from studio.engines.remote.service import Received, Service, Stage, W, Working
from studio.library import Ordered

from . import accounts, ordering
from .ordering import ENDS
from .studio import Studio

_LOOK = 0.1  # seconds between looks at the stop token


@dataclass(frozen=True, slots=True)
class Told:
    """How an order goes: a sentence."""

    says: str


@contextmanager
def alone(studio: Studio, fingerprint: str, stop: StopToken) -> Iterator[None]:
    """Nobody else orders the same meanwhile, in no process. Raises Stopped while it waits."""
    lock = FileLock(studio.home.run / f"order-{fingerprint[:2]}", thread_local=False)
    while True:
        try:
            lock.acquire(timeout=_LOOK)
            break
        except Timeout:
            stop.check()
    try:
        yield
    finally:
        lock.release()


def take_up(studio: Studio, account: Account, fingerprint: str, again: bool) -> Ordered | None:
    """The order of this content to go on with; None if it is to be placed. Raises what it has failed with."""
    orders = studio.library.orders
    known = orders.find(fingerprint, account.name)
    if known is None or known.ended in ("again", "cancelled"):
        return None
    stuck = known.stage == Stage.SUBMITTING or known.problem is not None
    doubtful = known.ended is None and stuck and orders.reply(known.uid) is None
    if again and (known.ended in ENDS or doubtful):
        orders.end(known.uid, "again")
        return None
    if known.ended in ENDS:
        raise ended(known)
    return known


def ended(known: Ordered) -> RemoteError:
    """What an order has failed with."""
    problem = known.problem
    if problem is None:
        return JobFailed("The vendor could not do it.")
    kind: type[RemoteError] = getattr(errors, problem.kind, JobFailed)
    return kind(problem.what, problem.hint, problem.detail)


def carry_out(
    studio: Studio,
    account: Account,
    opened: Callable[[Account, StopToken], AbstractContextManager[Service[W]]],
    order: W,
    given: Ordered,
    stop: StopToken,
) -> Iterator[Told]:
    """Have it done, until its reply is stored. `opened`: a connection for it, of Accounts. Raises RemoteError, Stopped.

    A stop to PAUSE or QUIT leaves the order to be taken up by the next call, one to CANCEL has the vendor drop it.
    """
    orders, info = studio.library.orders, accounts.info_of(account.kind)
    try:
        with opened(account, stop) as vendor:
            if given.stage != Stage.SUBMITTED:
                vendor.fits(order)
                ordering.check_cap(studio, account, given)
            yield Told(f"Waiting for {info.title}")
            for event in ordering.obtain(studio, account, vendor, order, given, orders, stop):
                yield Told(_says(event, info.title))
    except (Stopped, GeneratorExit):  # the latter where the listener heard of the stop first
        if stop.reason in (StopReason.CANCEL, StopReason.REMOVE):
            now = orders.get(given.uid) or given
            ordering.forget(now, orders, opened(account, StopToken()), info.cancels)
        raise
    except (JobFailed, JobLost) as error:
        orders.end(given.uid, "lost" if isinstance(error, JobLost) else "failed", error.problem)
        raise
    except BadResponse as error:
        orders.end(given.uid, None, error.problem)  # it may be better tomorrow
        raise


def _says(event: flow.RemoteEvent, title: str) -> str:
    match event:
        case Waiting(_, why):
            return why
        case Working():
            return f"{title} works on it"
        case Received():
            return f"{title} has done it"
        case Sent():
            return f"Sending to {title}"
    return f"Waiting for {title}"
