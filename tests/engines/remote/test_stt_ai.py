"""STT.ai: its own ways beyond the common contract, and its account's host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core.accounts import Account, Limits
from studio.core.errors import AuthError, InvalidRequest, RateLimited, UsageError
from studio.engines.remote.base import Order, Stage, Vendor
from studio.engines.remote.stt_ai import SttAi
from tests.engines.remote.contract import Case, Limit, finish, order
from tests.engines.remote.contract_jobs import AtOnce
from tests.engines.remote.driving import Drive
from tests.vendors.made_up import wav
from tests.vendors.stt_ai import SttAi as Stub

DEFAULTS = {
    "model": "large-v3-turbo",
    "language": "auto",
    "diarize": "true",
    "speakers": "0",
    "response_format": "json",
}
SIZES = {"Anonymous": 100_000_000, "Free": 500_000_000, "Paid": 2_000_000_000}


def sized(folder: Path, over: int) -> Order:
    path = folder / "large.wav"
    path.write_bytes(wav(1))
    with path.open("r+b") as file:
        file.truncate(SIZES["Free"] + over)
    return order(SttAi, path, 90_000)


class TestContract(AtOnce):
    case = Case(
        kind=SttAi,
        stub=Stub,
        base="/",
        submit="/v1/transcribe",
        repeats_503=True,
        limits=(Limit("bytes in the free tier", sized),),
    )

    def driven(self, stub: Any, folder: Path, seconds: int = 90, **how: Any) -> Drive:
        drive = super().driven(stub, folder, seconds, **how)
        drive.account = replace(drive.account, options={"account_url": f"{stub.url}/api"})
        return drive

    @pytest.mark.parametrize(
        ("wishes", "fields"),
        [
            ({}, {}),
            ({"language": "de", "model": "small"}, {"language": "de", "model": "small"}),
            ({"speakers": "off"}, {"diarize": "false"}),
            ({"speakers": "3"}, {"speakers": "3"}),
        ],
    )
    def test_wishes(self, drive: Drive, stub: Stub, wishes: dict[str, Any], fields: dict[str, str]) -> None:
        drive.order = replace(drive.order, **wishes)
        self.goes_well(drive, stub)
        sent = dict(stub.requests("POST")[0].fields)
        assert sent.pop("file")["bytes"] == drive.order.sound.path.stat().st_size
        assert sent == DEFAULTS | fields

    def test_speakers_words_and_confidence(self, drive: Drive, stub: Stub) -> None:
        stub.configure(some_speakerless=True)
        result = self.goes_well(drive, stub)
        assert {s.speaker for s in result.segments} == {"Speaker 1", "Speaker 2", None}
        assert all(s.words and s.confidence is not None for s in result.segments)
        assert all(w.confidence is None for s in result.segments for w in s.words)
        assert (result.marks, result.language, result.duration) == (frozenset(), "en", 90_000)

    @pytest.mark.parametrize("way", ["missing", "empty"])
    def test_without_speakers_and_words(self, drive: Drive, stub: Stub, way: str) -> None:
        stub.configure(undiarized=way, words=False)
        drive.order = replace(drive.order, speakers="off")
        result = self.goes_well(drive, stub)
        assert {s.speaker for s in result.segments} == {None}
        assert result.marks == {"no_word_times"}

    @pytest.mark.parametrize("key_of_message", ["error", "detail"])
    def test_refusals_in_both_dialects(self, drive: Drive, stub: Stub, key_of_message: str) -> None:
        stub.configure(error_key=key_of_message, auth_status=403)
        drive.order = replace(drive.order, model="huge")
        self.fails(drive, InvalidRequest, "Invalid model: huge")
        drive.key = "stub-bad"
        self.fails(drive, AuthError)
        assert drive.stage == Stage.NEW

    def test_no_graphics_card_for_long(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", "/v1/transcribe", times=3, status=503)
        self.goes_well(drive, stub)
        assert len(stub.requests("POST")) == 4

    def test_without_a_key(self, drive: Drive, stub: Stub) -> None:
        drive.key = ""
        self.goes_well(drive, stub)
        assert "authorization" not in stub.requests("POST")[0].headers
        stub.configure(daily=1)
        again = replace(drive, stage=Stage.NEW, data={})
        with pytest.raises(RateLimited):
            again.go()
        assert again.stage == Stage.NEW
        assert len(stub.requests("POST")) == 1 + 3

    def test_a_tier_decides_on_size_and_concurrency(self, drive: Drive) -> None:
        for key, tier, kind, at_once in (
            ("", "Paid", "Anonymous", 1),
            ("stub-ok", "", "Free", 2),
            ("stub-ok", "Anonymous", "Anonymous", 1),
            ("stub-ok", "Paid", "Paid", 5),
        ):
            drive.key, drive.account = key, replace(drive.account, tier=tier)
            with drive.vendor() as vendor:
                formats = ("opus", "flac", "mp3", "wav")
                assert vendor.limits("small") == Limits(SIZES[kind], formats=formats, at_once=at_once)
        drive.account = replace(drive.account, tier="Golden")
        with pytest.raises(UsageError, match="no tier “Golden”"):
            drive.vendor()

    def test_parts_only_if_wanted(self, drive: Drive) -> None:
        drive.account = replace(drive.account, options={"parts": "yes"})
        with drive.vendor() as vendor:
            assert vendor.limits("small").part == 1_800_000

    def test_what_the_account_says(self, drive: Drive, stub: Stub) -> None:
        stub.configure(tier="paid", credits=120)
        with drive.vendor() as vendor:
            assert finish(vendor.check()) == "STT.ai takes the key: plan paid, credits 120."
        stub.configure(gpu=False)
        drive.key = ""
        with drive.vendor() as vendor:
            assert finish(vendor.check()).endswith("It has no graphics card free at the moment.")
        assert [seen.path for seen in stub.requests() if seen.key] == ["/api/v1/account/"]

    def test_models_speak_the_languages_that_are_listed(self, drive: Drive, stub: Stub) -> None:
        with drive.vendor() as vendor:
            models = finish(vendor.models())
        assert [m.id for m in models] == ["large-v3-turbo", "large-v3", "medium", "small"]
        assert models[0].title == "Whisper Large V3 Turbo"
        assert models[0].languages == ("en", "es", "fr", "de", "id", "jw")
        assert not any(seen.key for seen in stub.requests())


class TestAccount:
    @pytest.fixture
    def stub(self) -> Iterator[Stub]:
        with Stub(transcripts=205) as stub:
            yield stub

    @pytest.fixture
    def vendor(self, stub: Stub, tmp_path: Path) -> Iterator[Vendor]:
        account = Account("mine", "stt-ai", stub.url, options={"account_url": f"{stub.url}/api/"})
        with Drive(SttAi, account, order(SttAi, tmp_path, 1)).vendor() as vendor:
            yield vendor

    def test_all_pages_of_transcripts(self, stub: Stub, vendor: SttAi) -> None:
        found = finish(vendor.kept())
        assert [int(kept.id) for kept in found] == list(range(205, 0, -1))
        assert (found[-1].title, found[-1].status, found[-1].language) == ("Recording 1", "completed", "de")
        assert found[-1].created.startswith("2026-01-01")
        assert [seen.query["offset"] for seen in stub.requests()] == ["0", "100", "200"]

    def test_exports(self, vendor: SttAi) -> None:
        files = {format: finish(vendor.export("1", format)) for format in SttAi.exports}
        assert files["pdf"].startswith(b"%PDF")
        assert files["docx"].startswith(b"PK")
        assert b"-->" in files["srt"]
        assert all(files.values())

    def test_exports_that_cannot_be(self, stub: Stub, vendor: SttAi) -> None:
        with pytest.raises(UsageError, match="does not export “odt”"):
            finish(vendor.export("1", "odt"))
        assert not stub.requests()
        with pytest.raises(InvalidRequest, match="not ready"):
            finish(vendor.export("3", "txt"))
        with pytest.raises(InvalidRequest):
            finish(vendor.export("../account", "txt"))
        assert stub.requests()[-1].status == 404

    def test_use_day_by_day(self, vendor: SttAi) -> None:
        days = finish(vendor.usage())
        assert len(days) == 30
        assert days[-1].keys() == {"date", "minutes", "transcriptions"}
