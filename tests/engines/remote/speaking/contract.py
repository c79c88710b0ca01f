"""What every vendor that speaks must survive, as tests to inherit: one class for each way of working.

    class TestMine(SpeaksPolled, Fetched):
        case = Case(kind=Mine, stub=MyStub, base="/v1/", submit="/v1/speech", poll="/v1/speech/{id}")

What is the same for all vendors is in the contract of those that hear. Fetched is for those whose sound lies elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio import media
from studio.core.errors import BadResponse, InvalidRequest, JobLost, RemoteError, TooLarge
from studio.engines.remote.base import Mark, Received, Sound, Stage
from studio.engines.remote.speaking.base import Speech, TextOrder
from tests.engines.remote.contract import Orders
from tests.engines.remote.contract_jobs import AtOnceOrders, PolledOrders
from tests.engines.remote.driving import HASTY, Drive
from tests.vendors import spoken
from tests.vendors.heard import silence
from tests.vendors.stub import Elsewhere, Stub

FETCH = "/audio/{name}"
TEXTS = ["Þetta er ágætt.", "مرحبا بالعالم 👋🏽", "日本語 テスト", "a", "“Quotes” & <tags>\n\\x"]
NOWHERE = ["http://10.0.0.1", "http://192.168.1.1:80", "file:///etc", "https://[fe80::1]", "x"]
TEXT = "Zoë sagt: 日本 👋🏽 und noch etwas mehr. "


def reference(folder: Path, seconds: float = 4.0) -> Sound:
    path = folder / "voice.wav"
    path.write_bytes(silence(seconds))
    return Sound(path, "voice.wav", "audio/wav", round(seconds * 1000))


def lasting(speech: Speech) -> float:
    """Seconds of its sound, by decoding it."""
    samples, rate = media.read_sound(speech.sound)
    return len(samples) / rate


class Speaks(Orders):
    """Vendors that speak."""

    voice = ""  # that is asked for
    most: int | None = None  # characters
    short = TEXT  # a text that any of them takes

    def order(self, folder: Path, seconds: int = 0) -> TextOrder:
        voiced = reference(folder) if self.case.kind.clones else None
        return TextOrder(self.short.strip(), "order-1", self.voice, None, voiced)

    def offered(self, vendor: Any) -> Any:
        return self.voices(vendor)

    def voices(self, vendor: Any) -> Iterator[Any]:
        found = yield from vendor.voices()
        return found or ["made from recordings"] if vendor.clones else found

    def is_whole(self, drive: Drive, result: Speech) -> None:
        assert lasting(result) == pytest.approx(spoken.seconds_of(drive.order.text), abs=0.15)

    def said(self, drive: Drive, text: str) -> Drive:
        return replace(drive, order=replace(drive.order, text=text), stage=Stage.NEW, data={}, events=[])

    # What goes well

    @pytest.mark.parametrize("text", TEXTS)
    def test_text_of_any_script(self, drive: Drive, stub: Stub, text: str) -> None:
        told = self.said(drive, text)
        self.goes_well(told, stub)
        assert told.stage == Stage.RECEIVED
        assert isinstance(told.events[-1], Received)
        (charged,) = [s.charged for s in stub.requests("POST", self.case.submit) if s.charged]
        assert charged["characters"] == len(text)

    def test_the_voice_speaks_as_it_is(self, drive: Drive, stub: Stub) -> None:
        """Neither faster nor higher, unless the account says so: that is the studio's own work."""
        self.goes_well(drive, stub)
        (seen,) = stub.requests("POST", self.case.submit)
        assert "speed" not in seen.fields
        assert {"pitch", "tempo"}.isdisjoint(seen.fields.get("config", {}))

    # Limits

    def test_the_longest_text(self, drive: Drive, stub: Stub) -> None:
        if self.most is None:
            return
        drive.pace = replace(HASTY, read=60.0)  # the stub makes more than a minute of sound
        over = self.said(drive, "ü" * (self.most + 1))
        self.fails(over, TooLarge, f"{self.most:,}")
        assert not stub.requests("POST")
        assert over.stage != Stage.SUBMITTING
        self.goes_well(self.said(drive, "ü" * self.most), stub)

    def test_nothing_to_say(self, drive: Drive, stub: Stub) -> None:
        self.fails(self.said(drive, ""), InvalidRequest)
        assert not stub.requests("POST")

    # What is no sound

    def no_sound(self, drive: Drive, stub: Stub, how: str, error: type[RemoteError] = BadResponse) -> None:
        stub.configure(audio=how)
        said = self.fails(drive, error)
        assert "<" not in str(said)
        assert len(self.orders(stub)) == 1

    @pytest.mark.parametrize("how", ["empty", "page"])
    def test_what_is_no_sound(self, drive: Drive, stub: Stub, how: str) -> None:
        self.no_sound(drive, stub, how)


class SpeaksAtOnce(AtOnceOrders, Speaks):
    """Vendors whose answer to the order is the sound."""

    def test_an_answer_is_waited_for(self, drive: Drive) -> None:
        drive.pace = replace(drive.pace, read=30.0, unit=1.0)
        with drive.vendor() as vendor:
            assert vendor.patience == 120


class SpeaksPolled(PolledOrders, Speaks):
    """Vendors that name a job, which is asked after until it is done."""


class Fetched(Speaks):
    """Vendors whose sound lies somewhere, to be fetched without the key. Nothing that happens there orders again."""

    def driven(self, stub: Stub, folder: Path, seconds: int = 0, **how: Any) -> Drive:
        """The stub makes the sound anew for each poll, so polls must not be too close to the deadline."""
        return super().driven(stub, folder, seconds, **{"pace": replace(HASTY, unit=0.02), **how})

    def fetched(self, drive: Drive, stub: Stub) -> None:
        self.goes_well(drive, stub)
        assert all(seen.key is None for seen in stub.requests("GET", FETCH))

    def test_the_sound_is_fetched_without_the_key(self, drive: Drive, stub: Stub) -> None:
        self.fetched(drive, stub)
        assert len(stub.requests("GET", FETCH)) == 1

    @pytest.mark.parametrize(
        "trouble",
        [
            {"status": 503},
            {"status": 429},
            {"status": 404},
            {"drop": "before_response"},
            {"drop": "mid_body"},
            {"truncate": 100},
            {"status": 200, "body": "<html>", "headers": {"Content-Type": "text/html"}},
        ],
        ids=str,
    )
    def test_trouble_while_fetching(self, drive: Drive, stub: Stub, trouble: dict[str, Any]) -> None:
        stub.script("GET", FETCH, times=2, **trouble)
        self.fetched(drive, stub)

    def test_sound_in_drops(self, drive: Drive, stub: Stub) -> None:
        stub.script("GET", FETCH, trickle_s=0.02)
        self.fetched(drive, stub)

    def test_killed_before_it_is_fetched(self, drive: Drive, stub: Stub) -> None:
        drive.go(until=lambda event: isinstance(event, Mark) and event.stage == Stage.SUBMITTED)
        self.fetched(drive, stub)

    def test_an_address_that_sends_on_to_another_host(self, drive: Drive, stub: Stub) -> None:
        with Elsewhere() as elsewhere:
            stub.script("GET", FETCH, times=5, status=302, body="", headers={"Location": f"{elsewhere.url}/x"})
            self.fails(drive, BadResponse)
            assert elsewhere.requests() == []
        assert drive.stage == Stage.SUBMITTED
        self.fetched(drive, stub)

    def test_an_address_at_another_host_gets_no_key(self, drive: Drive, stub: Stub) -> None:
        with Elsewhere() as elsewhere:
            stub.configure(audio_base=elsewhere.url)
            self.fails(drive, BadResponse)  # what is there is JSON
            assert elsewhere.requests("GET", FETCH)
            assert elsewhere.keys() == []

    @pytest.mark.parametrize(
        "base", ["http://10.0.0.1", "http://192.168.1.1:80", "file:///etc", "https://[fe80::1]", "x"]
    )
    def test_an_address_where_nobody_should_look(self, drive: Drive, stub: Stub, base: str) -> None:
        stub.configure(audio_base=base)
        self.fails(drive, BadResponse)
        assert len(self.orders(stub)) == 1

    def test_an_address_that_holds_no_longer(self, drive: Drive, stub: Stub) -> None:
        stub.script("GET", FETCH, times=None, status=403)
        self.fails(drive, JobLost)
        assert len(self.orders(stub)) == 1
