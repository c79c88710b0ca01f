"""Deepgram: its own ways beyond the common contract."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core.accounts import RemoteModel
from studio.core.errors import Ambiguous, AuthError, BadResponse, InvalidRequest
from studio.engines.remote.base import Order, Stage
from studio.engines.remote.deepgram import Deepgram
from tests.engines.remote.contract import Case, Limit, finish, order
from tests.engines.remote.contract_jobs import AtOnce
from tests.engines.remote.driving import Drive
from tests.vendors.deepgram import Deepgram as Stub
from tests.vendors.made_up import wav

ALWAYS = {"punctuate": "true", "smart_format": "true", "utterances": "true"}


def sized(folder: Path, over: int) -> Order:
    path = folder / "large.wav"
    path.write_bytes(wav(1))
    with path.open("r+b") as file:
        file.truncate(2_000_000_000 + over)
    return order(Deepgram, path, 90_000)


class TestContract(AtOnce):
    case = Case(
        kind=Deepgram,
        stub=Stub,
        base="/",
        submit="/v1/listen",
        limits=(Limit("bytes", sized),),
    )

    @pytest.mark.parametrize(
        ("wishes", "query"),
        [
            ({}, {"model": "nova-3", "diarize": "true", "detect_language": "true"}),
            ({"language": "en"}, {"model": "nova-3", "diarize": "true", "language": "en"}),
            ({"speakers": "off"}, {"model": "nova-3", "detect_language": "true"}),
            (
                {"vocabulary": "Zoë, Käse "},
                {"model": "nova-3", "diarize": "true", "detect_language": "true", "keyterm": ["Zoë", "Käse"]},
            ),
            (
                {"vocabulary": "Zoë,Käse", "model": "nova-2"},
                {"model": "nova-2", "diarize": "true", "detect_language": "true", "keywords": ["Zoë", "Käse"]},
            ),
            (
                {"vocabulary": "Zoë", "model": "whisper-large"},
                {"model": "whisper-large", "diarize": "true", "detect_language": "true"},
            ),
        ],
    )
    def test_wishes(self, drive: Drive, stub: Stub, wishes: dict[str, Any], query: dict[str, Any]) -> None:
        drive.order = replace(drive.order, **wishes)
        self.goes_well(drive, stub)
        [seen] = stub.requests("POST")
        assert seen.query == ALWAYS | query
        assert seen.headers["content-type"] == "audio/wav"
        assert seen.length == drive.order.sound.path.stat().st_size

    def test_speakers_words_and_facts(self, drive: Drive, stub: Stub) -> None:
        result = self.goes_well(drive, stub)
        assert {s.speaker for s in result.segments} == {"0", "1"}
        assert all(s.words and s.confidence for s in result.segments)
        assert result.marks == frozenset()
        assert result.language == "en"
        assert result.duration == 90_000
        assert result.facts["request"] == "00000001-0000-4000-8000-000000000001"
        assert result.facts["model"] == "general-nova-3"

    def test_too_long_for_it(self, drive: Drive, stub: Stub) -> None:
        stub.configure(longest_s=60)
        self.fails(drive, Ambiguous, "cannot be told")
        assert drive.stage == Stage.SUBMITTING

    def test_not_allowed_for_this_key(self, drive: Drive, stub: Stub) -> None:
        stub.configure(models=["nova-2"])
        self.fails(drive, AuthError)

    def test_a_language_that_the_model_lacks(self, drive: Drive, stub: Stub) -> None:
        drive.order = replace(drive.order, model="nova-9")
        self.fails(drive, InvalidRequest, "No such model/language/tier combination found.")
        assert drive.stage == Stage.NEW

    def test_an_answer_without_results(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", "/v1/listen", body={"request_id": "1"})
        self.fails(drive, BadResponse)
        assert drive.stage == Stage.RECEIVED

    def test_what_the_account_has(self, drive: Drive, stub: Stub) -> None:
        stub.configure(models=["nova-3", "nova-2-general"])
        with drive.vendor() as vendor:
            assert finish(vendor.check()) == "Deepgram takes the key: Stub."
            assert finish(vendor.models()) == (
                RemoteModel("nova-3", languages=("en",)),
                RemoteModel("nova-2-general", languages=("en",)),
            )

    def test_models_listed_several_times(self, drive: Drive, stub: Stub) -> None:
        entries = [
            {"name": "general", "canonical_name": "nova-2-general", "languages": ["en", "en-US"], "batch": True},
            {"name": "general", "canonical_name": "nova-2-general", "languages": ["id", "xx"], "batch": True},
            {"name": "live", "canonical_name": "flux", "languages": ["en"], "batch": False},
        ]
        stub.script("GET", "/v1/models", body={"stt": entries})
        with drive.vendor() as vendor:
            assert finish(vendor.models()) == (RemoteModel("nova-2-general", languages=("en", "id")),)
