"""An order from sound to reply: what is stored when, and that nothing is ever ordered twice unasked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from studio.core.accounts import Account, Limits, RemoteModel, VendorInfo
from studio.core.errors import (
    Ambiguous,
    AuthError,
    BadResponse,
    Deadline,
    InvalidRequest,
    JobFailed,
    JobLost,
    QuotaError,
    RateLimited,
    RemoteError,
    TooLarge,
    Unavailable,
)
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.engines.remote.base import Data, Mark, Order, Received, Result, Stage, Traffic, Vendor, Working
from studio.engines.remote.flow import RemoteEvent, run
from studio.engines.remote.line import Line, Pace, Sent, Shared, Waiting
from tests.engines.remote.contract import order

PACE = Pace(unit=0.001)  # so a deadline of ten minutes is 600 ms
HOUR = 3600.0


@dataclass
class Script:
    """What a made-up vendor does, and what was asked of it. An error is raised, anything else is the answer."""

    submit: Any = field(default_factory=lambda: {"job": "7"})
    polls: list[Any] = field(default_factory=lambda: [b"done"])  # the last one stays
    found: Any = None
    delivered: bool | None = None  # None: as the line has it
    calls: list[str] = field(default_factory=list)


class Plain(Vendor):
    """Says what its script says, without any network."""

    info = VendorInfo("plain", "Plain", "", "http://127.0.0.1:9", "", "", (RemoteModel("m"),))
    script: ClassVar[Script]

    def headers(self) -> dict[str, str]:
        return {"x-api-key": self.key}

    def limits(self, model: str) -> Limits:
        return Limits()

    def check(self) -> Traffic[str]:
        return "Fine."
        yield

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        self.script.calls.append("submit")
        yield Sent(1, 1)
        if self.script.delivered is not None:
            self.line.delivered = self.script.delivered
        answer: Data | bytes = answered(self.script.submit)
        return answer

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        assert data["job"] == "7"
        self.script.calls.append("poll")
        answer: bytes | Working = answered(
            self.script.polls.pop(0) if len(self.script.polls) > 1 else self.script.polls[0]
        )
        return answer
        yield

    def read(self, reply: bytes, order: Order) -> Result:
        return Result(())

    def error(self, response: httpx.Response) -> RemoteError:
        raise AssertionError("no network")


class Uploads(Plain):
    uploads = True
    upload_keeps = 24 * HOUR

    def upload(self, order: Order) -> Traffic[Data]:
        self.script.calls.append("upload")
        return {"url": "u"}
        yield


class Finds(Plain):
    finds = True

    def find(self, order: Order) -> Traffic[Data | None]:
        self.script.calls.append("find")
        found: Data | None = answered(self.script.found)
        return found
        yield


def answered(answer: Any) -> Any:
    if isinstance(answer, BaseException):
        raise answer
    return answer


class Noting(Line):
    """Notes how long it is to rest."""

    rests: ClassVar[list[float]] = []

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        super().rest(seconds)


@dataclass
class Going:
    """One order; `go` drives it and notes what was told."""

    vendor: Vendor
    order: Order
    stop: StopToken
    events: list[RemoteEvent] = field(default_factory=list)

    @property
    def script(self) -> Script:
        assert isinstance(self.vendor, Plain)
        return self.vendor.script

    def go(self, stage: Stage = Stage.NEW, **data: Any) -> list[RemoteEvent]:
        self.events = []
        for event in run(self.vendor, self.order, stage, data):
            self.events.append(event)
        return self.events

    @property
    def marks(self) -> list[Stage]:
        return [event.stage for event in self.events if isinstance(event, Mark)]

    @property
    def data(self) -> Data:
        """What was stored last."""
        return [event.data for event in self.events if isinstance(event, Mark)][-1]


@pytest.fixture
def going(tmp_path: Path) -> Iterator[Callable[..., Going]]:
    """going(kind, submit=..., polls=...): an order at a made-up vendor."""
    lines: list[Line] = []
    Noting.rests.clear()

    def make(kind: type[Plain] = Plain, **script: Any) -> Going:
        kind.script = Script(**script)
        stop = StopToken()
        account = Account("mine", "plain")
        lines.append(Noting(account, kind.info.url, "Plain", stop, Shared(), PACE))
        return Going(kind(account, "key", lines[-1]), order(kind, tmp_path / "sound", 1000), stop)

    yield make
    for line in lines:
        line.close()


# What is stored


def test_stages_of_an_order_that_is_polled_for(going: Callable[..., Going]) -> None:
    it = going(polls=[Working(0.5), b"done"])
    events = it.go(kept="from before")
    assert it.marks == [Stage.SUBMITTING, Stage.SUBMITTED]
    assert events[-1] == Received(b"done")
    assert Working(0.5) in events
    assert (it.data["kept"], it.data["job"]) == ("from before", "7")
    assert abs(it.data["at"][Stage.SUBMITTED] - time.time()) < 60


def test_stages_of_an_order_that_is_answered_at_once(going: Callable[..., Going]) -> None:
    it = going(submit=b"done")
    assert it.go()[-1] == Received(b"done")
    assert it.marks == [Stage.SUBMITTING]
    assert it.script.calls == ["submit"]


def test_stages_of_an_order_with_an_upload(going: Callable[..., Going]) -> None:
    it = going(Uploads)
    it.go()
    assert it.marks == [Stage.UPLOADING, Stage.UPLOADED, Stage.SUBMITTING, Stage.SUBMITTED]
    assert (it.data["url"], it.data["job"]) == ("u", "7")
    assert it.data["at"].keys() == {"uploaded", "submitted"}


def test_a_stage_is_stored_before_its_step_begins(going: Callable[..., Going]) -> None:
    it = going(Uploads)
    before = {Stage.UPLOADING: [], Stage.SUBMITTING: ["upload"], Stage.SUBMITTED: ["upload", "submit"]}
    for event in run(it.vendor, it.order, Stage.NEW, {}):
        if isinstance(event, Mark) and event.stage in before:
            assert it.script.calls == before[event.stage]


# Going on


def test_a_reply_that_is_stored_is_not_ordered_again(going: Callable[..., Going]) -> None:
    it = going()
    with pytest.raises(ValueError, match="stored already"):
        it.go(Stage.RECEIVED)
    assert not it.script.calls


def test_a_job_goes_on_by_its_id(going: Callable[..., Going]) -> None:
    it = going(Uploads)
    assert it.go(Stage.SUBMITTED, job="7")[-1] == Received(b"done")
    assert it.script.calls == ["poll"]


@pytest.mark.parametrize("kind", [Plain, Uploads])
def test_an_order_in_doubt_is_not_placed_again(going: Callable[..., Going], kind: type[Plain]) -> None:
    it = going(kind)
    with pytest.raises(Ambiguous, match="on its way"):
        it.go(Stage.SUBMITTING, url="u")
    assert not it.script.calls
    assert not it.events


def test_an_order_in_doubt_is_looked_for(going: Callable[..., Going]) -> None:
    it = going(Finds, found={"job": "7"})
    assert it.go(Stage.SUBMITTING)[-1] == Received(b"done")
    assert it.script.calls == ["find", "poll"]
    assert it.marks == [Stage.SUBMITTED]
    assert Stage.SUBMITTED in it.data["at"]


def test_an_order_that_surely_did_not_arrive_is_placed(going: Callable[..., Going]) -> None:
    it = going(Finds)
    it.go(Stage.SUBMITTING)
    assert it.script.calls == ["find", "submit", "poll"]


@pytest.mark.parametrize("error", [Unavailable, AuthError, BadResponse, RateLimited])
def test_a_search_that_fails_leaves_the_order_in_doubt(going: Callable[..., Going], error: type[RemoteError]) -> None:
    it = going(Finds, found=error("no"))
    with pytest.raises(error):
        it.go(Stage.SUBMITTING)
    assert not it.events
    it = going(Finds, found=error("no"), submit=Ambiguous("who knows"))
    with pytest.raises(error):
        it.go()
    assert it.marks == [Stage.SUBMITTING]


@pytest.mark.parametrize(("age", "again"), [(0, False), (22.9, False), (23.1, True), (100, True)])
def test_an_upload_is_made_again_when_it_is_nearly_gone(going: Callable[..., Going], age: float, again: bool) -> None:
    it = going(Uploads)
    it.go(Stage.UPLOADED, url="old", at={"uploaded": time.time() - age * HOUR})
    assert ("upload" in it.script.calls) is again
    assert it.data["url"] == ("u" if again else "old")


def test_an_upload_that_broke_off_is_made_again(going: Callable[..., Going]) -> None:
    it = going(Uploads)
    it.go(Stage.UPLOADING)
    assert it.script.calls == ["upload", "submit", "poll"]


# Orders that fail


@pytest.mark.parametrize("kind", [Plain, Uploads])
@pytest.mark.parametrize("error", [AuthError, QuotaError, RateLimited, Unavailable, TooLarge, JobFailed])
def test_an_order_that_was_refused_can_be_placed_again(
    going: Callable[..., Going], kind: type[Plain], error: type[RemoteError]
) -> None:
    it = going(kind, submit=error("no"))
    with pytest.raises(error):
        it.go()
    assert it.marks[-1] == (Stage.UPLOADED if kind.uploads else Stage.NEW)
    assert it.script.calls.count("submit") == 1


def test_what_makes_no_sense_may_be_the_upload(going: Callable[..., Going]) -> None:
    it = going(Uploads, submit=InvalidRequest("no such file"))
    with pytest.raises(InvalidRequest):
        it.go()
    assert it.marks[-1] == Stage.NEW


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("error", [BadResponse("what?"), Stopped(StopReason.CANCEL)], ids=["what", "stop"])
def test_an_order_is_in_doubt_only_if_it_may_have_arrived(
    going: Callable[..., Going], error: BaseException, delivered: bool
) -> None:
    it = going(submit=error, delivered=delivered)
    with pytest.raises(type(error)):
        it.go()
    assert it.marks[-1] == (Stage.SUBMITTING if delivered else Stage.NEW)


def test_an_earlier_request_does_not_put_an_order_in_doubt(going: Callable[..., Going]) -> None:
    it = going(submit=Stopped(StopReason.CANCEL))
    it.vendor.line.delivered = True
    with pytest.raises(Stopped):
        it.go()
    assert it.marks[-1] == Stage.NEW


def test_an_answer_that_was_lost(going: Callable[..., Going]) -> None:
    it = going(submit=Ambiguous("who knows"))
    with pytest.raises(Ambiguous):
        it.go()
    assert it.marks == [Stage.SUBMITTING]
    it = going(Finds, submit=Ambiguous("who knows"), found={"job": "7"})
    assert it.go()[-1] == Received(b"done")
    assert it.script.calls == ["submit", "find", "poll"]
    it = going(Finds, submit=Ambiguous("who knows"))
    with pytest.raises(Unavailable, match="not ordered"):
        it.go()
    assert it.marks == [Stage.SUBMITTING, Stage.NEW]


def test_killed_in_the_middle_nothing_more_is_stored(going: Callable[..., Going]) -> None:
    it = going(Finds)
    work = run(it.vendor, it.order, Stage.NEW, {})
    assert isinstance(next(work), Mark)
    assert next(work) == Sent(1, 1)
    work.close()  # type: ignore[attr-defined]
    assert it.script.calls == ["submit"]


# Waiting for a job


def test_polls_that_fail_do_not_fail_the_job(going: Callable[..., Going]) -> None:
    it = going(polls=[*[Unavailable("Gone.")] * 11, RateLimited("Busy."), b"done"])
    assert it.go()[-1] == Received(b"done")
    waits = [event.why for event in it.events if isinstance(event, Waiting)]
    assert waits == ["Gone. Still trying."] * 2


@pytest.mark.parametrize("error", [AuthError, QuotaError, InvalidRequest, BadResponse, JobFailed])
def test_other_errors_end_the_wait_but_not_the_job(going: Callable[..., Going], error: type[RemoteError]) -> None:
    it = going(polls=[error("no")])
    with pytest.raises(error):
        it.go()
    assert it.marks[-1] == Stage.SUBMITTED


@pytest.mark.parametrize("misses", [3, 4])
def test_a_fresh_job_may_be_unknown_for_a_moment(going: Callable[..., Going], misses: int) -> None:
    it = going(polls=[*[JobLost("who?")] * misses, b"done"])
    if misses == 3:
        assert it.go()[-1] == Received(b"done")
    else:
        with pytest.raises(JobLost):
            it.go()


def test_an_older_job_that_is_unknown_is_lost(going: Callable[..., Going]) -> None:
    it = going(polls=[JobLost("who?"), b"done"])
    with pytest.raises(JobLost):
        it.go(Stage.SUBMITTED, job="7", at={"submitted": time.time() - 31})
    assert it.script.calls == ["poll"]


def test_after_a_time_no_answer_will_come_any_more(going: Callable[..., Going]) -> None:
    it = going(polls=[Working()])
    it.vendor.latest = HOUR  # type: ignore[misc]
    with pytest.raises(JobLost):
        it.go(Stage.SUBMITTED, job="7", at={"submitted": time.time() - HOUR - 1})
    assert it.script.calls == ["poll"]  # asked once more: the vendor's clock decides


def test_a_deadline_leaves_the_job_as_it_is(going: Callable[..., Going]) -> None:
    it = going(polls=[Working()])
    with pytest.raises(Deadline, match=r"after 10 minutes.*not sent or charged again"):
        it.go()
    assert it.marks[-1] == Stage.SUBMITTED
    it.script.polls = [b"done"]
    assert it.go(Stage.SUBMITTED, **it.data)[-1] == Received(b"done")
    assert it.script.calls.count("submit") == 1


def test_a_long_recording_may_take_three_times_as_long(going: Callable[..., Going]) -> None:
    it = going(polls=[Working()])
    it.order = replace(it.order, sound=replace(it.order.sound, duration=400_000))
    with pytest.raises(Deadline, match="after 20 minutes"):
        it.go()


def test_polls_become_rarer(going: Callable[..., Going]) -> None:
    it = going(polls=[Working()])
    with pytest.raises(Deadline):
        it.go()
    first, last = Noting.rests[0] / PACE.unit, Noting.rests[-1] / PACE.unit
    assert 4.5 <= first <= 5.5
    assert 27 <= last <= 33
    assert max(Noting.rests) <= 33 * PACE.unit


def test_a_stop_ends_the_wait_and_keeps_the_job(going: Callable[..., Going]) -> None:
    it = going(polls=[Working()])
    it.vendor.line.pace = Pace()  # so it would rest for five seconds
    it.stop.request(StopReason.PAUSE)
    with pytest.raises(Stopped):
        it.go()
    assert it.marks[-1] == Stage.SUBMITTED
    assert it.script.calls == ["submit", "poll"]
