"""OpenAI-compatible servers: what they have in common, and what each of the many does its own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core.accounts import Account, Limits, RemoteModel
from studio.core.errors import AuthError, InvalidRequest, QuotaError, UsageError
from studio.engines.remote.base import Order, Result, Stage
from studio.engines.remote.openai_like import OpenAILike
from tests.engines.remote.contract import Case, Limit, finish, order
from tests.engines.remote.contract_jobs import AtOnce
from tests.engines.remote.driving import Drive
from tests.vendors.made_up import wav
from tests.vendors.openai_like import OpenAILike as Stub
from tests.vendors.whisper_cpp import WhisperCpp

VERBOSE = {"response_format": "verbose_json", "timestamp_granularities[]": ["word", "segment"]}
TERMS = {"prompt": "A talk.", "vocabulary": "Zoë, Käse", "language": "de"}


def sized(folder: Path, over: int) -> Order:
    path = folder / "large.wav"
    path.write_bytes(wav(1))
    with path.open("r+b") as file:
        file.truncate(25_000_000 + over)
    return order(OpenAILike, path, 90_000)


def said(result: Result) -> str:
    return " ".join(s.text for s in result.segments)


class TestContract(AtOnce):
    case = Case(
        kind=OpenAILike,
        stub=Stub,
        base="/v1",
        submit="/v1/audio/transcriptions",
        limits=(Limit("bytes", sized),),
    )

    @pytest.mark.parametrize(
        ("wishes", "fields"),
        [
            ({}, {"model": "whisper-1"} | VERBOSE),
            (TERMS, {"model": "whisper-1", "language": "de", "prompt": "A talk. Zoë, Käse"} | VERBOSE),
            ({"model": "gpt-4o-transcribe"}, {"model": "gpt-4o-transcribe", "response_format": "json"}),
            (
                TERMS | {"model": "gpt-4o-transcribe-diarize"},
                {
                    "model": "gpt-4o-transcribe-diarize",
                    "language": "de",
                    "response_format": "diarized_json",
                    "chunking_strategy": "auto",
                },
            ),
        ],
    )
    def test_wishes(self, drive: Drive, stub: Stub, wishes: dict[str, Any], fields: dict[str, Any]) -> None:
        drive.order = replace(drive.order, **wishes)
        self.goes_well(drive, stub)
        sent = dict(stub.requests("POST")[0].fields)
        assert sent.pop("file")["bytes"] == drive.order.sound.path.stat().st_size
        assert sent == fields

    def test_words_and_confidence(self, drive: Drive, stub: Stub) -> None:
        result = self.goes_well(drive, stub)
        assert all(s.words and s.confidence and s.speaker is None for s in result.segments)
        assert result.segments[0].text[-1] in ".?"
        assert result.marks == {"derived_confidence"}
        assert result.language == "en"
        assert result.duration == 90_000

    def test_speakers_of_the_model_that_tells_them_apart(self, drive: Drive, stub: Stub) -> None:
        drive.order = replace(drive.order, model="gpt-4o-transcribe-diarize")
        result = self.goes_well(drive, stub)
        assert {s.speaker for s in result.segments} == {"A", "B"}
        assert result.marks == {"no_word_times", "no_confidence"}

    def test_into_english(self, drive: Drive, stub: Stub) -> None:
        drive.order = replace(drive.order, task="translate", language="de")
        assert drive.result().facts["task"] == "translate"
        [seen] = stub.requests("POST", "/v1/audio/translations")
        assert {name: value for name, value in seen.fields.items() if name != "file"} == {
            "model": "whisper-1",
            "response_format": "verbose_json",
        }

    @pytest.mark.parametrize(
        ("settings", "marks"),
        [
            ({"duration": "string", "language": "code"}, {"derived_confidence"}),
            ({"words": False}, {"derived_confidence", "no_word_times"}),
            ({"segments": "null"}, {"no_confidence"}),
            ({"segments": "missing", "words": False}, {"no_times", "no_word_times", "no_confidence"}),
            ({"json_as_text": True}, {"derived_confidence"}),
            ({"any_field": True, "usage": False}, {"derived_confidence"}),
        ],
    )
    def test_servers_that_differ(self, drive: Drive, stub: Stub, settings: dict[str, Any], marks: set[str]) -> None:
        stub.configure(**settings)
        result = self.goes_well(drive, stub)
        assert result.marks == marks
        assert (result.language, result.duration) == ("en", 90_000)
        assert said(result).count("Nobody in the café believed it, not even Zoë.") > 1

    def test_a_text_instead_of_json(self, drive: Drive, stub: Stub) -> None:
        stub.script("POST", "*", body="Hello there.\n", headers={"Content-Type": "text/plain; charset=utf-8"})
        result = drive.result()
        assert said(result) == "Hello there."
        assert "no_times" in result.marks

    def test_a_server_that_writes_only_text(self, drive: Drive, stub: Stub) -> None:
        stub.configure(formats=["json"])
        result = self.goes_well(drive, stub)
        forms = [seen.fields["response_format"] for seen in stub.requests("POST")]
        assert forms == ["verbose_json", "json"]
        assert result.marks == {"no_times", "no_word_times", "no_confidence"}

    @pytest.mark.parametrize("status", [400, 422])
    def test_any_other_refusal_is_final(self, drive: Drive, stub: Stub, status: int) -> None:
        body = {"error": {"message": "The audio file is corrupted."}}
        stub.script("POST", self.case.submit, status=status, body=body)
        self.fails(drive, InvalidRequest, "The audio file is corrupted.")
        assert drive.stage == Stage.NEW
        assert len(stub.requests("POST")) == 1

    def test_a_server_that_writes_nothing_that_is_known(self, drive: Drive, stub: Stub) -> None:
        stub.configure(formats=["srt"])
        self.fails(drive, InvalidRequest)
        assert len(stub.requests("POST")) == 2
        assert drive.stage == Stage.NEW

    def test_out_of_credit_by_another_status(self, drive: Drive, stub: Stub) -> None:
        stub.configure(out_of_credit=429)
        drive.key = "stub-broke"
        self.fails(drive, QuotaError)
        assert len(stub.requests("POST")) == 1

    def test_without_a_key(self, drive: Drive, stub: Stub) -> None:
        drive.key = ""
        with pytest.raises(AuthError):
            drive.go()
        stub.configure(keyless=True)
        self.goes_well(drive, stub)
        assert all("authorization" not in seen.headers for seen in stub.requests())
        with drive.vendor() as vendor:
            assert finish(vendor.check()) == f"{vendor.line.host} answers."

    def test_no_list_of_models(self, drive: Drive, stub: Stub) -> None:
        stub.configure(models_404=True)
        with drive.vendor() as vendor:
            assert finish(vendor.check()) == f"{vendor.line.host} answers, but does not list its models."
            assert finish(vendor.models()) == OpenAILike.info.models

    def test_models_that_hear(self, drive: Drive, stub: Stub) -> None:
        stub.configure(models=["gpt-4", "whisper-1", "gpt-4o-transcribe", "gpt-4o-transcribe-diarize"])
        with drive.vendor() as vendor:
            assert finish(vendor.models()) == (
                RemoteModel("whisper-1", speakers=False),
                RemoteModel("gpt-4o-transcribe", speakers=False, word_times=False, times=False),
                RemoteModel("gpt-4o-transcribe-diarize", word_times=False),
            )
            entry = {"id": "tiny", "task": "automatic-speech-recognition", "language": ["en", "de"]}
            stub.script("GET", "/v1/models", body={"data": [entry, {"id": "kokoro", "task": "text-to-speech"}]})
            assert finish(vendor.models()) == (RemoteModel("tiny", languages=("en", "de"), speakers=False),)
            stub.script("GET", "/v1/models", body={"data": [{"id": "mine"}]})
            assert [m.id for m in finish(vendor.models())] == ["mine"]

    @pytest.mark.parametrize(
        ("options", "limits"),
        [
            ({}, Limits(25_000_000, formats=("opus", "mp3", "flac", "wav"))),
            ({"max_mb": "100.5", "format": "flac"}, Limits(100_500_000, formats=("flac",))),
            ({"path": "/inference"}, Limits(25_000_000, formats=("wav",))),
        ],
    )
    def test_a_server_has_its_own_limits(self, drive: Drive, options: dict[str, str], limits: Limits) -> None:
        drive.account = replace(drive.account, options=options)
        with drive.vendor() as vendor:
            assert vendor.limits("whisper-1") == limits

    @pytest.mark.parametrize("options", [{"format": "aac"}, {"max_mb": "many"}, {"max_mb": "-1"}, {"path": "http://x"}])
    def test_options_that_make_no_sense(self, drive: Drive, options: dict[str, str]) -> None:
        drive.account = replace(drive.account, options=options)
        with pytest.raises(UsageError):
            drive.vendor()


class TestWhisperCpp:
    @pytest.fixture
    def stub(self) -> Iterator[WhisperCpp]:
        with WhisperCpp() as stub:
            yield stub

    @pytest.fixture
    def drive(self, stub: WhisperCpp, tmp_path: Path) -> Drive:
        path = tmp_path / "sound.wav"
        path.write_bytes(wav(30))
        account = Account("mine", "openai", stub.url, options={"path": "/inference"})
        return Drive(OpenAILike, account, order(OpenAILike, path, 30_000), key="")

    def test_words_of_several_pieces(self, drive: Drive) -> None:
        result = drive.result()
        assert all(s.words and s.confidence for s in result.segments)
        assert [w.text for s in result.segments for w in s.words] == said(result).split()
        assert all(w.confidence for s in result.segments for w in s.words)
        assert result.marks == {"derived_confidence"}
        assert (result.language, result.duration) == ("en", 30_000)

    @pytest.mark.parametrize("task", ["transcribe", "translate"])
    def test_one_address_for_both_tasks(self, drive: Drive, stub: WhisperCpp, task: str) -> None:
        drive.order = replace(drive.order, task=task, language="de")
        result = drive.result()
        assert (result.facts["task"], result.language) == (task, "de")
        assert [seen.path for seen in stub.requests()] == ["/inference"]

    @pytest.mark.parametrize("status", [200, 400])
    def test_a_refusal_that_looks_like_an_answer(self, drive: Drive, stub: WhisperCpp, status: int) -> None:
        stub.configure(error_status=status)
        drive.order.sound.path.write_bytes(b"OggS")
        with pytest.raises(InvalidRequest, match="failed to read WAV file"):
            drive.go()
        assert drive.stage == Stage.NEW

    def test_it_lists_no_models(self, drive: Drive) -> None:
        with drive.vendor() as vendor:
            assert "does not list" in finish(vendor.check())
