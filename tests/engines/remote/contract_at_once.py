"""What vendors whose answer to an order is the transcript must survive beyond contract.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.core.errors import Ambiguous, TooLarge
from studio.engines.remote.base import Stage
from studio.engines.remote.line import Pace
from tests.engines.remote.contract import Contract
from tests.engines.remote.driving import HASTY, Drive
from tests.vendors.stub import Stub


class AtOnce(Contract):
    """Vendors whose answer to the order is the transcript."""

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

    def test_long_sound_is_waited_for(self, drive: Drive) -> None:
        drive.pace = Pace()
        with drive.vendor() as vendor:
            for seconds, patience in ((10, 300), (3600, 7200), (36_000, 14_400)):
                sound = replace(drive.order.sound, duration=seconds * 1000)
                assert vendor.patience(replace(drive.order, sound=sound)) == patience
