"""A recording recognised by a vendor: sent in as many orders as its limits ask for, each stored before it is sent.

Part of services/transcribe.py; worker threads. Whatever happens, an order that may have arrived is not sent again
unless the user says so, and a reply that was paid for is stored before it is read. A part that fails leaves a gap with
a note; only when the user tries the job again is that part ordered anew, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import asdict, astuple, dataclass, replace
from functools import partial
from pathlib import Path

from studio import media
from studio.core import parts
from studio.core.accounts import Account, Limits
from studio.core.errors import (
    MAY_GO_ON,
    Ambiguous,
    JobFailed,
    JobLost,
    RemoteError,
    StudioError,
    TooLarge,
    UsageError,
)
from studio.core.jobs import (
    Job,
    JobEvent,
    Stopped,
    StopReason,
    StopToken,
)
from studio.core.parts import Part
from studio.engines.remote import flow
from studio.engines.remote.base import Mark, Order, Received, Result, Sound, Stage, Vendor, Working
from studio.engines.remote.line import Sent, Waiting
from studio.library import Submission

from . import accounts, money, ordering
from .ordering import ENDS, ORDERED
from .placing import Placing
from .run import Run, in_turn
from .studio import Studio
from .together import Done, Failed, together

# How much of an order is done after each step, seen from its sound to its reply.
_ENCODED, _SENT, _MOST = 0.1, 0.4, 0.95


@dataclass(frozen=True, slots=True)
class _Told:
    """How an order goes: what it does, and how much of it is done."""

    says: str
    fraction: float


def recognise(run: Run) -> Iterator[JobEvent]:
    """Have the recording recognised; what is stored already is not asked for again. Raises RemoteError, Stopped."""
    account = run.studio.accounts.usable(run.job.options.account)
    orders = _orders(run, account)
    placing = Placing(run, orders, accounts.kind(account.kind).info.title)
    failed: dict[int, Exception] = {}  # by part
    for order in orders:
        if order.ended in ENDS:  # in an earlier run; the user has not tried it again
            failed[order.part] = missing = _ended(order)
            yield from placing.leave_gap(order, missing)
    open_orders = [s for s in orders if s.ended is None]
    shares = {s.part: 0.0 for s in open_orders}
    given_up = threading.Event()
    works = [partial(_work, run, account, s, len(orders), given_up) for s in open_orders]
    with closing(together(works, account.at_once, partial(run.stop.request, StopReason.QUIT))) as events:
        for n, event in events:
            order = open_orders[n]
            try:
                match event:
                    case _Told(says, fraction):
                        shares[order.part] = max(shares[order.part], fraction)
                        done = len(orders) - len(open_orders) + sum(shares.values())
                        yield run.told("text", done / len(orders), says)
                    case Done(Result() as result):
                        yield from placing.put(order, result)
                    case Failed(JobFailed() | JobLost() as error) if len(orders) > 1:
                        failed[order.part] = error
                        yield from placing.leave_gap(order, error)
                    case Failed(error):
                        raise error
            except Exception as error:  # the other parts go on: they are paid for
                failed[order.part] = error
    run.stop.check()
    if failed:
        raise _worst(failed, orders)
    yield from placing.finish()


def _worst(failed: dict[int, Exception], orders: list[Submission]) -> Exception:
    """What the job ends with: an error of our own, else what needs the user, else what passes by itself."""
    n, error = min(
        failed.items(),
        key=lambda pair: (isinstance(pair[1], StudioError), isinstance(pair[1], MAY_GO_ON), pair[0]),
    )
    return _named(error, orders[n], len(orders)) if isinstance(error, StudioError) else error


# The orders of a job


def _orders(run: Run, account: Account) -> list[Submission]:
    """One for each part of the recording; those of an earlier run are taken up, those tried again made anew."""
    known = run.studio.library.submissions.of_job(run.job.id)
    if known:
        return [_taken_up(run, account, s) for s in known]
    with run.studio.accounts.open(account, run.stop) as vendor:
        planned = _plan(run, vendor.limits(run.studio.accounts.model(account, run.job.options.model).id))
    return [_add(run, account, n, part) for n, part in enumerate(planned)]


def _taken_up(run: Run, account: Account, known: Submission) -> Submission:
    if known.ended == "done" or known.ended in ENDS:
        return known
    if known.ended is None and known.vendor == account.kind:
        return known
    if known.ended is None and known.stage in ORDERED:
        raise UsageError(
            f"“{run.job.name}” was ordered when “{account.name}” was an account at another vendor.",
            "Make it one there again to have the result; or add the recording anew, which costs again.",
        )
    return _add(run, account, known.part, known.span)


def _ended(order: Submission) -> RemoteError:
    """What an order has ended with."""
    problem = order.problem
    kind = ENDS[order.ended or ""]
    return kind(problem.what, problem.hint, problem.detail) if problem else kind("The vendor could not do it.")


def _plan(run: Run, limits: Limits) -> list[Part]:
    rate = min(media.ENCODINGS[f].rate for f in limits.formats)
    by_size = limits.bytes * 1000 // rate if limits.bytes else None
    part = limits.part if limits.part and run.duration > 2 * limits.part else None
    longest = min((n for n in (part, limits.duration, by_size) if n), default=None)
    if longest is None or run.duration <= longest:
        return [Part(run.offset, run.offset + run.duration, run.offset, run.offset + run.duration)]
    peaks = media.Peaks.load(run.studio.home.peaks_file(run.job.content_id, run.job.options.track))
    found = parts.plan(run.duration, longest, peaks.levels[0][run.offset // media.BIN_MS :])
    return [Part(*(run.offset + at for at in astuple(p))) for p in found]


def _add(run: Run, account: Account, n: int, part: Part) -> Submission:
    price = money.cost(account, part.end - part.start)
    return run.studio.library.submissions.add(
        run.job.id, n, part, account.name, account.kind, _fingerprint(run.job, part), run.job.name, price
    )


def _fingerprint(job: Job, part: Part) -> str:
    """The same sound with the same options has the same."""
    whole = [job.content_id, job.options.as_dict(), asdict(part)]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


# One order; in a thread of its own


def _work(
    run: Run, account: Account, given: Submission, count: int, given_up: threading.Event
) -> Generator[_Told, None, Result | None]:
    """From the stored stage to the result; None if it was not begun, as another part has met what stops all."""
    if given_up.is_set():
        return None
    store = run.studio.library.submissions
    with run.studio.accounts.open(account, run.stop) as vendor:
        order = _order(run, account, given, vendor, count)
        try:
            if given.stage != Stage.RECEIVED:
                yield from _obtain(run, account, given, vendor, order)
            result = vendor.read(store.reply(given.uid), order)
            now = store.get(given.uid) or given  # what no reply repeats was kept with it
            job = {"job": now.data["job"]} if now.data.get("job") else {}
            return replace(result, facts={**job, **now.data.get("facts", {}), **result.facts})
        except (Stopped, GeneratorExit):  # the latter where the listener heard of the stop first
            if run.stop.reason in (StopReason.CANCEL, StopReason.REMOVE):
                _forget(run.studio, account, given, StopToken())
            raise
        except MAY_GO_ON:
            given_up.set()
            raise
        except tuple(ENDS.values()) as error:
            ended = next(how for how, kind in ENDS.items() if isinstance(error, kind))
            store.end(given.uid, ended, error.problem)
            raise


def _obtain(run: Run, account: Account, given: Submission, vendor: Vendor, order: Order) -> Iterator[_Told]:
    """Have the order done, until its reply is stored."""
    store, title = run.studio.library.submissions, vendor.info.title
    if given.stage != Stage.SUBMITTED:
        yield from _encode(run, account, given, vendor, order.sound)
    yield _Told(f"Waiting for {title}", _ENCODED)
    for event in ordering.obtain(run.studio, account, vendor, order, given, store, run.stop):
        yield _told(event, title)


def _order(run: Run, account: Account, given: Submission, vendor: Vendor, count: int) -> Order:
    options, model = run.job.options, run.studio.accounts.model(account, run.job.options.model)
    limits = vendor.limits(model.id)
    span = given.span
    fits = [f for f in limits.formats if not limits.bytes or media.ENCODINGS[f].rate * _seconds(span) <= limits.bytes]
    encoding = media.ENCODINGS[(fits or limits.formats)[0]]
    stem = given.uid[:12] if account.random_names else Path(run.job.name).stem
    sound = Sound(
        run.studio.home.part_file(run.job.id, given.part, encoding.suffix),
        f"{stem}{encoding.suffix}",
        encoding.mime,
        span.end - span.start,
    )
    return Order(
        sound=sound,
        uid=given.uid,
        model=model.id,
        language=None if options.language == "auto" else options.language,
        task=options.task,
        # Voices of several parts cannot be told to be the same: then they are told apart here, over the whole.
        speakers=options.speakers if count == 1 and model.speakers else "off",
        vocabulary=options.vocabulary,
        prompt=options.decode.prompt,
    )


def _seconds(span: Part) -> float:
    return (span.end - span.start) / 1000


def _encode(run: Run, account: Account, given: Submission, vendor: Vendor, sound: Sound) -> Iterator[_Told]:
    """Make the sound to be sent, and look at the limits before a byte leaves."""
    ordering.check_cap(run.studio, account, given)
    if not sound.path.exists():
        encoding = next(e for e in media.ENCODINGS.values() if e.suffix == sound.path.suffix)
        with in_turn(run.stop):
            for done in media.encode(run.audio, sound.path, encoding, _within(run, given.span), run.stop):
                yield _Told("Preparing the sound", _ENCODED * done)
    most = vendor.limits(run.studio.accounts.model(account, run.job.options.model).id).bytes
    if most and (size := sound.path.stat().st_size) > most:
        raise TooLarge(
            f"“{run.job.name}” is too large for {vendor.info.title}: {size / 1e6:.1f} MB of {most / 1e6:.1f} MB.",
            "Choose another back end for it; nothing was sent.",
        )


def _within(run: Run, span: Part) -> tuple[int, int]:
    """Where a part lies in the decoded sound."""
    return span.start - run.offset, span.end - run.offset


def _told(event: flow.RemoteEvent, title: str) -> _Told:
    match event:
        case Sent(done, total):
            share = done / total if total else 1.0
            return _Told(f"Sending to {title}, {share:.0%}", _ENCODED + (_SENT - _ENCODED) * share)
        case Waiting(_, why):
            return _Told(why, 0.0)
        case Working(fraction):
            share = fraction or 0.0
            says = f"{title} is writing the text" + (f", {share:.0%}" if fraction else "")
            return _Told(says, _SENT + (_MOST - _SENT) * share)
        case Received():
            return _Told(f"{title} has written the text", _MOST)
        case Mark(Stage.UPLOADING | Stage.UPLOADED | Stage.SUBMITTING):
            return _Told(f"Sending to {title}", _ENCODED)
    return _Told(f"Waiting for {title}", 0.0)


def forget_abandoned(studio: Studio, stop: StopToken) -> None:
    """Tell vendors of orders whose jobs were cancelled or removed while nobody worked at them. Raises Stopped."""
    for order in studio.library.submissions.abandoned():
        account = studio.library.accounts.get(order.account)
        if account and account.kind == order.vendor:
            _forget(studio, account, order, stop)
        else:  # nobody can be told any more
            studio.library.submissions.end(order.uid, "cancelled")


def _forget(studio: Studio, account: Account, given: Submission, stop: StopToken) -> None:
    """After a cancel: tell the vendor where that is possible."""
    store = studio.library.submissions
    now = store.get(given.uid) or given
    cancels = accounts.kind(account.kind).info.cancels
    ordering.forget(now, store, studio.accounts.open(account, stop), cancels)


def _named(error: StudioError, order: Submission, count: int) -> StudioError:
    """The error with the part that it is about, where there are several."""
    if count == 1:
        return error
    problem = error.problem
    span = parts.between(order.span.first, order.span.last)
    hint = problem.hint if isinstance(error, Ambiguous) else f"{problem.hint} The rest is written.".strip()
    return type(error)(f"Part {order.part + 1} of {count} ({span}): {problem.what}", hint, problem.detail)
