"""What every vendor must survive, as tests to inherit: one class for each way of working, one Case for each vendor.

Orders is for all, whatever is ordered; Contract for those that hear; those that speak are in speaking/contract.py.

    class TestMine(Polled, Uploading):
        case = Case(kind=Mine, stub=MyStub, base="/v1/", submit="/v1/jobs", poll="/v1/jobs/{id}", upload="/v1/files")

In contract_jobs.py, Polled is for those whose jobs are asked after, AtOnce for those whose
answer to the order is the transcript, Uploading for those that take the sound before the order. The stub imitates the
vendor: see tests/vendors/stub.py and docs/vendors.md.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest

from studio.core.accounts import Account
from studio.core.errors import (
    Ambiguous,
    AuthError,
    BadResponse,
    InvalidRequest,
    QuotaError,
    RateLimited,
    RemoteError,
    TooLarge,
    Unavailable,
)
from studio.core.jobs import Stopped, StopReason
from studio.engines.remote.base import Order, Received, Result, Service, Sound, Stage, Vendor
from studio.engines.remote.flow import RemoteEvent
from studio.engines.remote.line import Sent, Waiting
from tests.engines.remote.driving import Drive
from tests.vendors.made_up import wav
from tests.vendors.stub import Elsewhere, Seen, Stub

LONG = 90  # seconds of sound, too long to be waited for anywhere
T = TypeVar("T")
E = TypeVar("E", bound=RemoteError)


@dataclass(frozen=True)
class Limit:
    """`order(folder, over)` makes one that is `over` units above the limit; 0: exactly on it."""

    name: str
    order: Callable[[Path, int], Order]


@dataclass(frozen=True)
class Case:
    """A vendor, its stub, and where and how the stub is made to misbehave. Paths are those of the stub."""

    kind: type[Service[Any]]
    stub: type[Stub]
    base: str  # of the account's address
    submit: str  # where orders are placed, by POST
    poll: str = ""  # where a job is found: "/jobs/{id}"
    upload: str = ""
    seconds: tuple[int, ...] = (LONG,)  # of sound: lengths that the vendor treats differently
    options: Mapping[str, str] = field(default_factory=dict)  # of the account
    setup: Mapping[str, Any] = field(default_factory=dict)  # of the stub, for all tests
    failing: Mapping[str, Any] = field(default_factory=dict)  # of the stub: all jobs fail ...
    reason: str = ""  # ... for this reason
    strange: Mapping[str, Any] = field(default_factory=dict)  # of the stub: unfinished jobs are "warming_up"
    repeats_503: bool = False  # such an answer to an order means that nothing was begun
    limits: tuple[Limit, ...] = ()


def order(kind: type[Vendor], path: Path, duration: int, **wishes: Any) -> Order:
    sound = Sound(path, "sound.wav", "audio/wav", duration)
    return Order(sound, **{"uid": "order-1", "model": kind.info.models[0].id} | wishes)


def finish(work: Generator[Any, None, T]) -> T:
    """What a conversation returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def nth(number: int) -> Callable[[RemoteEvent], bool]:
    """True for the event with this number, counted from 0."""
    left = iter(range(number))
    return lambda _: next(left, None) is None


class Orders:
    """Whatever is ordered."""

    case: ClassVar[Case]

    def order(self, folder: Path, seconds: int = LONG) -> Any:
        """An order, of sound or speech of about that length."""
        raise NotImplementedError

    def offered(self, vendor: Any) -> Any:
        """What the vendor offers: models or voices."""
        raise NotImplementedError

    def is_whole(self, drive: Drive, result: Any) -> None:
        """Fails if something is missing in the result."""
        raise NotImplementedError

    def driven(self, stub: Stub, folder: Path, seconds: int = LONG, **how: Any) -> Drive:
        account = Account("mine", self.case.kind.info.kind, stub.url + self.case.base, options=self.case.options)
        return Drive(self.case.kind, account, self.order(folder, seconds), **how)

    def goes_well(self, drive: Drive, stub: Stub) -> Any:
        result = drive.result()
        self.is_whole(drive, result)
        assert len(self.orders(stub)) == 1
        return result

    @pytest.fixture
    def stub(self) -> Iterator[Stub]:
        with self.case.stub(**self.case.setup) as stub:
            yield stub

    @pytest.fixture(autouse=True)
    def no_key_in_the_log(self, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
        """Nor anywhere else, see `fails` and `drive`."""
        caplog.set_level(logging.DEBUG, logger="studio")
        yield
        assert "stub-" not in caplog.text

    @pytest.fixture
    def drive(self, stub: Stub, tmp_path: Path) -> Iterator[Drive]:
        made = self.driven(stub, tmp_path)
        yield made
        assert "stub-ok" not in json.dumps(made.data)

    def orders(self, stub: Stub) -> list[Seen]:
        """Those that the vendor got as a whole and did not turn away: what must be paid for."""
        seen = stub.requests("POST", self.case.submit)
        return [s for s in seen if s.complete and (s.status is None or s.status < 400)]

    def fails(self, drive: Drive, error: type[E], quoting: str = "") -> E:
        with pytest.raises(error) as raised:
            drive.result()
        assert drive.key not in "".join(traceback.format_exception(raised.value))
        assert drive.key not in repr(raised.value.problem)
        assert quoting in str(raised.value)
        return raised.value

    # What goes well

    def test_fields_that_nobody_knows(self, drive: Drive, stub: Stub) -> None:
        stub.configure(extra={"new": {"field": [None]}})
        self.goes_well(drive, stub)

    def test_a_reply_in_drops(self, drive: Drive, stub: Stub) -> None:
        stub.script("*", self.case.poll or self.case.submit, trickle_s=0.02)
        self.goes_well(drive, stub)

    def test_the_account_can_be_tried(self, drive: Drive, stub: Stub) -> None:
        with drive.vendor() as vendor:
            assert finish(vendor.check()).endswith(".")
            assert finish(self.offered(vendor))
        assert not self.orders(stub)

    # What the vendor refuses

    def test_a_wrong_key(self, stub: Stub, tmp_path: Path) -> None:
        drive = self.driven(stub, tmp_path, key="stub-bad")
        self.fails(drive, AuthError)
        assert drive.stage != Stage.SUBMITTING
        with drive.vendor() as vendor, pytest.raises(AuthError):
            finish(vendor.check())

    def test_a_key_that_cannot_be_one(self, stub: Stub, tmp_path: Path) -> None:
        self.fails(self.driven(stub, tmp_path, key="schlüssel"), AuthError)
        assert not stub.requests()

    def test_no_credit(self, stub: Stub, tmp_path: Path) -> None:
        drive = self.driven(stub, tmp_path, key="stub-broke")
        self.fails(drive, QuotaError)
        assert drive.stage != Stage.SUBMITTING

    @pytest.mark.parametrize("after", [None, "1", "date"])
    def test_too_many_requests(self, drive: Drive, stub: Stub, after: str | None) -> None:
        when = formatdate(time.time() + 1.5, usegmt=True) if after == "date" else after
        stub.script("POST", self.case.submit, status=429, headers={"Retry-After": when} if when else None)
        self.goes_well(drive, stub)
        assert len(stub.requests("POST", self.case.submit)) == 2
        waits = [event.seconds for event in drive.events if isinstance(event, Waiting)]
        assert not after or max(waits) > 0.1

    def test_too_many_requests_for_good(self, stub: Stub, tmp_path: Path) -> None:
        drive = self.driven(stub, tmp_path, key="stub-slow")
        self.fails(drive, RateLimited)
        assert drive.stage != Stage.SUBMITTING
        assert 1 < len(stub.requests("POST")) < 10

    def test_limits(self, tmp_path: Path) -> None:
        """What is over a limit is refused here, before a byte is sent; what is exactly on it is sent."""
        for limit in self.case.limits:
            with self.case.stub(**self.case.setup) as fresh:
                over = replace(self.driven(fresh, tmp_path), order=limit.order(tmp_path, 1))
                self.fails(over, TooLarge)
                assert not fresh.requests(), limit.name
                assert over.stage != Stage.SUBMITTING
                exact = replace(over, order=limit.order(tmp_path, 0), stage=Stage.NEW, data={}, events=[])
                exact.go(until=lambda event: isinstance(event, Sent))
                assert isinstance(exact.events[-1], Sent), limit.name

    # What breaks

    def test_no_network(self, stub: Stub, tmp_path: Path) -> None:
        drive = self.driven(stub, tmp_path)
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        drive.account = replace(drive.account, url=f"http://127.0.0.1:{port}{self.case.base}")
        self.fails(drive, Unavailable)
        assert drive.stage != Stage.SUBMITTING

    def in_doubt(self, drive: Drive, stub: Stub) -> None:
        """The answer to the order was lost, and nothing was begun."""
        if self.case.kind.finds:  # so it could be asked
            self.fails(drive, Unavailable)
            assert drive.stage == Stage.NEW
        else:
            self.fails(drive, Ambiguous)
            self.fails(drive, Ambiguous)
            assert drive.stage == Stage.SUBMITTING
        assert len(stub.requests("POST", self.case.submit)) == 1

    def test_an_error_at_the_order(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", self.case.submit, status=500)
        self.in_doubt(drive, stub)

    def test_out_of_service_at_the_order(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", self.case.submit, status=503)
        if self.case.repeats_503:
            self.goes_well(drive, stub)
        else:
            self.in_doubt(drive, stub)

    @pytest.mark.parametrize("how", ["before_response", "mid_answer"])
    def test_an_answer_to_an_order_that_is_lost(self, drive: Drive, stub: Stub, how: str) -> None:
        drop = {"drop": how} if how == "before_response" else {"truncate": 10}
        stub.script("POST", self.case.submit, **drop)
        if self.case.kind.finds:
            self.goes_well(drive, stub)
        else:
            self.fails(drive, Ambiguous)
            self.fails(drive, Ambiguous)
        assert len(self.orders(stub)) == 1

    @pytest.mark.parametrize(
        ("body", "type"), [('{"id": ', "application/json"), ("[1]", "application/json"), ("<html>", "text/html")]
    )
    def test_an_answer_to_an_order_that_makes_no_sense(self, drive: Drive, stub: Stub, body: str, type: str) -> None:
        stub.script("POST", self.case.submit, body=body, headers={"Content-Type": type})
        error = self.fails(drive, BadResponse)
        assert "<" not in str(error)
        assert drive.stage in (Stage.SUBMITTING, Stage.RECEIVED)
        assert len(self.orders(stub)) == 1

    def test_an_order_sent_on_to_another_host(self, drive: Drive, stub: Stub) -> None:
        with Elsewhere() as elsewhere:
            headers = {"Location": f"{elsewhere.url}/v1"}
            stub.script("POST", self.case.submit, status=307, body="", headers=headers)
            self.fails(drive, BadResponse)
            assert elsewhere.requests() == []
        assert drive.stage != Stage.SUBMITTING
        self.goes_well(drive, stub) if not self.orders(stub) else drive.result()

    def test_killed_anywhere(self, stub: Stub, tmp_path: Path) -> None:
        """However far it came, it is ordered once; only where nobody can tell it stays in doubt."""
        for step in range(100):
            stub.reset()
            drive = self.driven(stub, tmp_path)
            drive.go(until=nth(step))
            stage = drive.stage
            if stage == Stage.SUBMITTING and not self.case.kind.finds:
                self.fails(drive, Ambiguous)
                assert len(self.orders(stub)) <= 1
            elif stage != Stage.RECEIVED:
                self.goes_well(drive, stub)
            else:
                assert len(self.orders(stub)) == 1
                return
        raise AssertionError("it never ended")

    def stops(self, drive: Drive, seen: Callable[[RemoteEvent], bool], until: Callable[[], object]) -> None:
        """A stop ends it within a second, whatever it waits for."""
        ended: list[BaseException] = []

        def work() -> None:
            try:
                drive.go(seen)
            except BaseException as error:
                ended.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        assert until()
        drive.stop.request(StopReason.CANCEL)
        thread.join(1.0)
        assert not thread.is_alive()
        assert isinstance(ended[0], Stopped)


class Contract(Orders):
    """Vendors that hear."""

    def order(self, folder: Path, seconds: int = LONG) -> Order:
        path = folder / "sound.wav"
        path.write_bytes(wav(seconds))
        return order(self.case.kind, path, seconds * 1000)

    def offered(self, vendor: Vendor) -> Any:
        return vendor.models()

    def is_whole(self, drive: Drive, result: Result) -> None:
        assert result.segments

    def test_sound_becomes_segments(self, stub: Stub, tmp_path: Path) -> None:
        for seconds in self.case.seconds:
            stub.reset()
            drive = self.driven(stub, tmp_path, seconds)
            result = self.goes_well(drive, stub)
            assert drive.stage == Stage.RECEIVED
            assert isinstance(drive.events[-1], Received)
            starts = [s.start for s in result.segments]
            assert starts == sorted(starts)
            assert all(0 <= s.start <= s.end <= seconds * 1000 + 500 and s.text for s in result.segments)

    def test_sent_counts_up_to_the_whole(self, drive: Drive, stub: Stub) -> None:
        self.goes_well(drive, stub)
        sent = [event for event in drive.events if isinstance(event, Sent)]
        assert sent
        assert sent[-1].done == sent[-1].total > 0

    @pytest.mark.parametrize("text", ["Þetta er ágætt.", "مرحبا بالعالم 👋🏽", "日本語 テスト"])
    def test_text_of_any_script(self, drive: Drive, stub: Stub, text: str) -> None:
        stub.configure(transcript=text)
        assert " ".join(s.text for s in self.goes_well(drive, stub).segments) == text

    def test_nothing_said(self, drive: Drive, stub: Stub) -> None:
        stub.configure(transcript="")
        assert drive.result().segments == ()

    def test_sound_that_is_gone(self, drive: Drive, stub: Stub) -> None:
        drive.order.sound.path.unlink()
        self.fails(drive, InvalidRequest, "cannot be read any more")
        assert drive.stage != Stage.SUBMITTING
        assert not stub.requests()

    def test_stopped_while_the_sound_is_sent(self, stub: Stub, tmp_path: Path) -> None:
        drive = self.driven(stub, tmp_path)
        drive.order.sound.path.write_bytes(wav(1) + bytes(7_000_000))
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            drive.account = replace(drive.account, url=f"http://127.0.0.1:{deaf.getsockname()[1]}{self.case.base}")
            began = threading.Event()

            def seen(event: RemoteEvent) -> bool:
                if isinstance(event, Sent):
                    began.set()
                return False

            self.stops(drive, seen, lambda: began.wait(5))
        assert drive.stage in (Stage.NEW, Stage.UPLOADING)
