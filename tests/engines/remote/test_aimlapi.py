"""AI/ML API: its own ways beyond the common contract, for each family of models and in both dialects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from studio.core.accounts import RemoteModel
from studio.core.errors import AuthError, BadResponse, InvalidRequest, JobFailed, JobLost, QuotaError
from studio.engines.remote.aimlapi import AimlApi
from studio.engines.remote.aimlapi_models import MODELS
from studio.engines.remote.base import Mark, Stage
from tests.engines.remote.contract import Case, finish
from tests.engines.remote.contract_jobs import Polled
from tests.engines.remote.driving import Drive
from tests.vendors.aimlapi import AimlApi as Stub

WHISPER, NOVA_2, NOVA_3 = "#g1_whisper-large", "#g1_nova-2-general", "nova-3"
ASSEMBLYAI, OPENAI, MICROSOFT = "aai/universal", "openai/gpt-4o-transcribe", "microsoft/mai-transcribe-1.5"
AS_DEEPGRAM = {"punctuate": "true", "smart_format": "true", "utterances": "true", "diarize": "true"}
AS_ASSEMBLYAI = {"punctuate": "true", "format_text": "true", "speaker_labels": "true"}
DETECT, DETECT_AAI = {"detect_language": "true"}, {"language_detection": "true"}
TERMS = {"vocabulary": "Zoë, Käse", "prompt": "Names.", "language": "de"}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (WHISPER, {}, AS_DEEPGRAM | DETECT),
    (WHISPER, TERMS, AS_DEEPGRAM | {"language": "de"}),
    (NOVA_2, TERMS, AS_DEEPGRAM | {"language": "de", "keywords": "Zoë,Käse"}),
    (NOVA_3, TERMS, AS_DEEPGRAM | {"language": "de", "keyterm": ["Zoë", "Käse"]}),
    (NOVA_3, {"speakers": "off"}, {k: v for k, v in (AS_DEEPGRAM | DETECT).items() if k != "diarize"}),
    (ASSEMBLYAI, {"speakers": "2"}, AS_ASSEMBLYAI | DETECT_AAI | {"speakers_expected": "2"}),
    (ASSEMBLYAI, TERMS, AS_ASSEMBLYAI | {"language_code": "de", "word_boost": ["Zoë", "Käse"]}),
    (OPENAI, {}, {}),
    (OPENAI, TERMS, {"language": "de", "prompt": "Names. Zoë, Käse"}),
    (MICROSOFT, TERMS, {}),
]


class TestContract(Polled):
    case = Case(
        kind=AimlApi,
        stub=Stub,
        base="/v1",
        submit="/v1/stt/create",
        poll="/v1/stt/{id}",
        failing={"fail_at": 1},
        reason="could not be decoded",
        strange={"running": ["warming_up"]},
    )

    @pytest.mark.parametrize(("model", "wishes", "fields"), CASES)
    def test_wishes(self, drive: Drive, stub: Stub, model: str, wishes: dict[str, Any], fields: dict[str, Any]) -> None:
        drive.order = replace(drive.order, model=model, **wishes)
        self.goes_well(drive, stub)
        sent = dict(stub.requests("POST")[0].fields)
        part = "file" if model == OPENAI else "audio"
        assert sent.pop(part)["bytes"] == drive.order.sound.path.stat().st_size
        assert sent == {"model": model, **fields}

    def test_a_recording_that_lies_in_public(self, drive: Drive, stub: Stub) -> None:
        drive.data = {"url": "https://example.org/talk.mp3"}
        drive.order = replace(drive.order, model=NOVA_3, vocabulary="Zoë")
        self.goes_well(drive, stub)
        assert stub.requests("POST")[0].fields == {
            "model": NOVA_3,
            "url": "https://example.org/talk.mp3",
            **dict.fromkeys(("punctuate", "smart_format", "utterances", "diarize", "detect_language"), True),
            "keyterm": ["Zoë"],
        }

    @pytest.mark.parametrize("dialect", ["guide", "schema"])
    @pytest.mark.parametrize("model", [WHISPER, ASSEMBLYAI, OPENAI, MICROSOFT])
    def test_every_shape_in_every_dialect(self, drive: Drive, stub: Stub, dialect: str, model: str) -> None:
        stub.configure(dialect=dialect, polls_until_done=2)
        drive.order = replace(drive.order, model=model, language="en")
        result = self.goes_well(drive, stub)
        assert "Zoë" in " ".join(s.text for s in result.segments)
        if model in (OPENAI, MICROSOFT):
            assert result.marks == {"no_times", "no_word_times", "no_confidence"}
            return
        speakers = {"0", "1"} if model == WHISPER else {"A", "B"}
        assert {s.speaker for s in result.segments} == speakers
        assert all(s.words and s.confidence for s in result.segments)
        assert (result.marks, result.duration) == (frozenset(), 90_000)

    @pytest.mark.parametrize(
        "settings",
        [{"channels_object": True}, {"paragraphs": "array"}, {"done_status": "ready_to_fetch"}, {"create_status": 202}],
        ids=str,
    )
    def test_other_forms_of_the_same(self, drive: Drive, stub: Stub, settings: dict[str, Any]) -> None:
        stub.configure(**settings)
        assert {s.speaker for s in self.goes_well(drive, stub).segments} == {"0", "1"}

    @pytest.mark.parametrize(("model", "option"), [(NOVA_2, "multi_channel"), (NOVA_3, "multichannel")])
    def test_channels_apart(self, drive: Drive, stub: Stub, model: str, option: str) -> None:
        stub.configure(channels=2)
        drive.order = replace(drive.order, model=model)
        drive.account = replace(drive.account, options={"channels": "yes"})
        result = self.goes_well(drive, stub)
        assert {s.speaker for s in result.segments} == {"ch0:0", "ch0:1", "ch1:0", "ch1:1"}
        assert stub.requests("POST")[0].fields[option] == "true"

    def test_nothing_at_all(self, drive: Drive, stub: Stub) -> None:
        stub.configure(null_results=True)
        assert drive.result().segments == ()

    def test_a_failure_of_the_maker_behind_it(self, drive: Drive, stub: Stub) -> None:
        drive.order = replace(drive.order, model=ASSEMBLYAI)
        stub.configure(inner_status="error")
        self.fails(drive, JobFailed, "Download error")

    def test_the_maker_behind_it_is_not_done(self, drive: Drive, stub: Stub) -> None:
        drive.order = replace(drive.order, model=ASSEMBLYAI)
        stub.configure(inner_status="processing")
        drive.go(until=lambda _: len(stub.requests("GET")) > 3)
        assert drive.stage == Stage.SUBMITTED
        stub.configure(inner_status="completed")
        self.goes_well(drive, stub)

    def test_done_without_a_result(self, drive: Drive, stub: Stub) -> None:
        stub.script("GET", self.case.poll, body={"status": "completed", "result": None})
        self.fails(drive, BadResponse)
        assert drive.stage == Stage.RECEIVED

    @pytest.mark.parametrize("message", ["text", "list"])
    def test_two_meanings_of_forbidden(self, drive: Drive, stub: Stub, message: str) -> None:
        stub.configure(forbidden=True, message=message, status_code="int")
        self.fails(drive, AuthError)
        stub.configure(forbidden=False)
        drive.key = "stub-broke"
        self.fails(drive, QuotaError)
        assert drive.stage == Stage.NEW

    def test_what_is_wrong_is_quoted(self, drive: Drive, stub: Stub) -> None:
        drive.order = replace(drive.order, model="#g1_whisper-huge")
        self.fails(drive, InvalidRequest, "no such model: '#g1_whisper-huge'")

    def test_an_order_without_an_id(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", self.case.submit, body={"status": "queued"})
        self.fails(drive, BadResponse)
        assert drive.stage == Stage.SUBMITTING

    def test_the_charge_is_a_fact(self, drive: Drive, stub: Stub) -> None:
        stub.configure(dialect="schema")
        result = self.goes_well(drive, stub)
        assert len(drive.data["facts"]["charge"]) == 36
        assert result.facts["job"] == drive.data["job"]

    def test_an_hour_is_over(self, drive: Drive, stub: Stub) -> None:
        """It is asked for once more, since the vendor's clock decides."""
        stub.configure(polls_until_done=None)
        self.submitted(drive)
        drive.data["at"][Stage.SUBMITTED] -= 3700
        self.fails(drive, JobLost)
        assert len(stub.requests("GET")) == 1
        stub.configure(polls_until_done=0)
        self.goes_well(drive, stub)

    def test_it_is_kept_for_an_hour(self, drive: Drive, stub: Stub) -> None:
        assert (AimlApi.keeps, AimlApi.latest, AimlApi.poll_every) == (3600, 3480, 10)
        drive.go(until=lambda event: isinstance(event, Mark) and event.stage == Stage.SUBMITTED)
        stub.configure(clock_offset_s=3500)
        self.goes_well(drive, stub)

    def test_the_balance(self, drive: Drive, stub: Stub) -> None:
        stub.configure(balance=12.5)
        with drive.vendor() as vendor:
            assert finish(vendor.check()) == "AI/ML API takes the key; the balance is 12.5."
        drive.key = "stub-broke"
        stub.configure(valid_keys=["stub-ok", "stub-broke"])
        with drive.vendor() as vendor:
            assert finish(vendor.check()) == "AI/ML API takes the key; the balance is 0 and low."

    @pytest.mark.parametrize("typed", [True, False])
    def test_the_catalogue_needs_no_key(self, drive: Drive, stub: Stub, typed: bool) -> None:
        stub.configure(typed_models=typed)
        with drive.vendor() as vendor:
            assert finish(vendor.models()) == MODELS
        assert stub.requests()[0].key is None

    def test_a_catalogue_with_news(self, drive: Drive, stub: Stub) -> None:
        entries = [
            {"id": "nova-2-general"},
            {"id": "whisper-9", "type": "stt", "info": {"name": "Whisper 9"}},
            {"id": "gpt-9", "type": "chat-completion"},
        ]
        stub.script("GET", "/v1/models", body=entries)
        with drive.vendor() as vendor:
            found = finish(vendor.models())
        assert [m.id for m in found] == [NOVA_2, "whisper-9"]
        assert found[1] == RemoteModel("whisper-9", "Whisper 9")

    @pytest.mark.parametrize("trouble", [{"status": 404}, {"body": "<html>"}, {"body": {"data": []}}], ids=str)
    def test_a_catalogue_that_is_not_one(self, drive: Drive, stub: Stub, trouble: dict[str, Any]) -> None:
        stub.script("GET", "/v1/models", **trouble)
        with drive.vendor() as vendor:
            assert finish(vendor.models()) == MODELS
