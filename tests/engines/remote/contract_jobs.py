"""The contract of vendors whose jobs are polled, that answer at once, or that take the sound first: see contract.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from studio.core.errors import (
    Ambiguous,
    BadResponse,
    Deadline,
    JobFailed,
    JobLost,
    TooLarge,
    Unavailable,
)
from studio.engines.remote.base import Mark, Stage, Working
from studio.engines.remote.flow import RemoteEvent
from studio.engines.remote.line import Pace, Sent
from tests.engines.remote.contract import Contract, Orders, finish
from tests.engines.remote.driving import HASTY, Drive
from tests.vendors.stub import Elsewhere, Stub


class PolledOrders(Orders):
    """Vendors that name a job, which is asked after until it is done."""

    def submitted(self, drive: Drive) -> Drive:
        drive.go(until=lambda event: isinstance(event, Mark) and event.stage == Stage.SUBMITTED)
        assert drive.stage == Stage.SUBMITTED
        return drive

    @pytest.mark.parametrize(
        "trouble",
        [
            {"status": 503},
            {"status": 500},
            {"status": 429},
            {"status": 502, "body": "<html>", "headers": {"Content-Type": "text/html"}},
            {"drop": "before_response"},
            {"drop": "mid_body"},
            {"truncate": 10},
        ],
        ids=str,
    )
    def test_trouble_while_polling(self, drive: Drive, stub: Stub, trouble: dict[str, Any]) -> None:
        stub.script("GET", self.case.poll, times=2, **trouble)
        self.goes_well(drive, stub)

    def test_a_network_that_is_gone_for_long(self, drive: Drive, stub: Stub) -> None:
        stub.script("GET", self.case.poll, times=12, status=502)
        drive.pace = replace(HASTY, unit=0.01)
        self.goes_well(drive, stub)

    @pytest.mark.parametrize("body", ['{"id": ', "<html>", "[]"])
    def test_an_answer_to_a_poll_that_makes_no_sense(self, drive: Drive, stub: Stub, body: str) -> None:
        """A portal's page goes away. What stays so is told, and the order can be taken up again."""
        stub.script("GET", self.case.poll, times=5, body=body)
        self.fails(drive, BadResponse)
        assert drive.stage == Stage.SUBMITTED
        stub.script("GET", self.case.poll, times=4, body=body)
        self.goes_well(drive, stub)

    def test_a_poll_sent_on_to_another_host(self, drive: Drive, stub: Stub) -> None:
        with Elsewhere() as elsewhere:
            stub.script(
                "GET", self.case.poll, times=5, status=302, body="", headers={"Location": f"{elsewhere.url}/v1"}
            )
            self.fails(drive, BadResponse)
            assert elsewhere.requests() == []
        assert drive.stage == Stage.SUBMITTED
        self.goes_well(drive, stub)

    def test_a_job_without_an_end(self, drive: Drive, stub: Stub) -> None:
        stub.configure(polls_until_done=None)
        drive.pace = replace(HASTY, unit=0.001)
        self.fails(drive, Deadline)
        assert drive.stage == Stage.SUBMITTED
        stub.configure(polls_until_done=0)
        self.goes_well(drive, stub)
        assert not self.case.upload or len(stub.requests("POST", self.case.upload)) == 1

    def test_a_job_that_fails(self, drive: Drive, stub: Stub) -> None:
        stub.configure(**self.case.failing)
        self.fails(drive, JobFailed, self.case.reason)
        self.fails(drive, JobFailed, self.case.reason)
        assert len(self.orders(stub)) == 1

    def test_a_job_that_was_kept_for_a_time_only(self, drive: Drive, stub: Stub) -> None:
        self.submitted(drive)
        stub.configure(retention_s=60, clock_offset_s=120)
        self.fails(drive, JobLost)
        assert len(self.orders(stub)) == 1

    def test_a_job_that_is_unknown_for_a_moment(self, drive: Drive, stub: Stub) -> None:
        stub.script("GET", self.case.poll, times=2, status=404)
        self.goes_well(drive, stub)

    def test_a_status_that_nobody_knows(self, drive: Drive, stub: Stub, caplog: pytest.LogCaptureFixture) -> None:
        stub.configure(polls_until_done=3, **self.case.strange)
        self.goes_well(drive, stub)
        assert sum("warming_up" in record.getMessage() for record in caplog.records) == 1

    def test_stopped_while_polling(self, stub: Stub, tmp_path: Path) -> None:
        stub.configure(polls_until_done=None)
        drive = self.driven(stub, tmp_path, pace=replace(HASTY, unit=1.0))
        self.stops(drive, lambda _: False, lambda: stub.wait_for(1, "GET", self.case.poll))
        assert drive.stage == Stage.SUBMITTED
        stub.configure(polls_until_done=0)
        again = replace(drive, stop=type(drive.stop)())
        self.goes_well(again, stub)

    def test_work_is_told(self, drive: Drive, stub: Stub) -> None:
        self.goes_well(drive, stub)
        assert any(isinstance(event, Working) for event in drive.events)

    def test_a_job_can_be_dropped(self, drive: Drive, stub: Stub) -> None:
        if not self.case.kind.info.cancels:
            return
        self.submitted(drive)
        with drive.vendor() as vendor:
            finish(vendor.forget(drive.data))
            finish(vendor.forget(drive.data))  # it may be gone already
        assert stub.requests("DELETE", self.case.poll)


class AtOnceOrders(Orders):
    """Vendors whose answer to the order is what was ordered."""

    def test_an_answer_that_takes_too_long(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", self.case.submit, delay_s=1)
        drive.pace = replace(HASTY, read=0.3, unit=0.001)
        self.fails(drive, Ambiguous)
        assert drive.stage == Stage.SUBMITTING

    @pytest.mark.parametrize("status", [408, 504])
    def test_a_proxy_that_lost_its_patience(self, drive: Drive, stub: Stub, status: int) -> None:
        stub.script("POST", self.case.submit, status=status, body="<html>", headers={"Content-Type": "text/html"})
        self.fails(drive, Ambiguous)
        assert drive.stage == Stage.SUBMITTING
        assert len(stub.requests("POST", self.case.submit)) == 1

    def test_a_file_that_a_proxy_finds_too_large(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", self.case.submit, status=413)
        self.fails(drive, TooLarge)
        assert drive.stage == Stage.NEW

    def test_stopped_while_it_works(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", self.case.submit, delay_s=2)
        self.stops(drive, lambda _: False, lambda: stub.wait_for(1, "POST", self.case.submit))
        assert drive.stage == Stage.SUBMITTING


class Polled(PolledOrders, Contract):
    """Of those that hear."""


class AtOnce(AtOnceOrders, Contract):
    """Of those that hear."""

    def test_long_sound_is_waited_for(self, drive: Drive) -> None:
        drive.pace = Pace()
        with drive.vendor() as vendor:
            for seconds, patience in ((10, 300), (3600, 7200), (36_000, 14_400)):
                sound = replace(drive.order.sound, duration=seconds * 1000)
                assert vendor.patience(replace(drive.order, sound=sound)) == patience


class Uploading(Contract):
    """Vendors that take the sound first."""

    @pytest.mark.parametrize("trouble", [{"drop": "before_response"}, {"drop": "mid_body"}, {"status": 503}], ids=str)
    def test_an_upload_that_breaks_is_made_again_once(self, drive: Drive, stub: Stub, trouble: dict[str, Any]) -> None:
        stub.script("POST", self.case.upload, **trouble)
        self.goes_well(drive, stub)
        assert len(stub.requests("POST", self.case.upload)) == 2
        stub.script("POST", self.case.upload, times=None, **trouble)
        again = replace(drive, stage=Stage.NEW, data={})
        self.fails(again, Unavailable)
        assert again.stage == Stage.UPLOADING
        assert len(stub.requests("POST", self.case.upload)) == 4

    def test_an_upload_without_an_address(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", self.case.upload, body={})
        self.fails(drive, BadResponse)
        assert not stub.requests("POST", self.case.submit)

    def test_an_upload_sent_on_to_another_host(self, drive: Drive, stub: Stub) -> None:
        with Elsewhere() as elsewhere:
            stub.script("POST", self.case.upload, status=308, body="", headers={"Location": elsewhere.url})
            self.fails(drive, BadResponse)
            assert elsewhere.requests() == []

    def test_what_was_uploaded_is_not_uploaded_again(self, drive: Drive, stub: Stub) -> None:
        drive.go(until=lambda event: isinstance(event, Mark) and event.stage == Stage.UPLOADED)
        self.goes_well(drive, stub)
        assert len(stub.requests("POST", self.case.upload)) == 1

    def test_an_upload_that_has_become_too_old(self, drive: Drive, stub: Stub) -> None:
        keeps = self.case.kind.upload_keeps
        if keeps is None:
            return
        drive.go(until=lambda event: isinstance(event, Mark) and event.stage == Stage.UPLOADED)
        drive.data["at"][Stage.UPLOADED] -= keeps
        self.goes_well(drive, stub)
        assert len(stub.requests("POST", self.case.upload)) == 2

    @pytest.mark.slow
    def test_half_a_gigabyte_in_little_memory(self, drive: Drive, stub: Stub) -> None:
        with drive.order.sound.path.open("r+b") as file:
            file.truncate(500_000_000)
        process = psutil.Process()
        drive.go(until=lambda event: isinstance(event, Sent))  # all that is needed is loaded now
        idle, most = process.memory_info().rss, 0

        def seen(event: RemoteEvent) -> bool:
            nonlocal most
            most = max(most, process.memory_info().rss)
            return isinstance(event, Mark) and event.stage == Stage.SUBMITTING

        drive.go(seen)
        assert drive.stage == Stage.SUBMITTING
        assert most - idle < 60 * 2**20
