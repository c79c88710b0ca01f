"""AssemblyAI: its own ways beyond the common contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.accounts import Account
from studio.core.errors import InvalidRequest, JobLost
from studio.engines.remote.assemblyai import AssemblyAI
from studio.engines.remote.base import Order, Stage
from tests.engines.remote.contract import Case, Limit, order
from tests.engines.remote.contract_jobs import Polled, Uploading
from tests.engines.remote.driving import Drive
from tests.vendors.assemblyai import AssemblyAI as Stub
from tests.vendors.heard import silence
from tests.vendors.made_up import wav


def sized(folder: Path, over: int) -> Order:
    path = folder / "large.wav"
    path.write_bytes(wav(1))
    with path.open("r+b") as file:
        file.truncate(2_200_000_000 + over)
    return order(AssemblyAI, path, 90_000)


def long(folder: Path, over: int) -> Order:
    path = folder / "long.wav"
    path.write_bytes(wav(1))
    return order(AssemblyAI, path, 36_000_000 + over)


class TestContract(Polled, Uploading):
    case = Case(
        kind=AssemblyAI,
        stub=Stub,
        base="/",
        submit="/v2/transcript",
        poll="/v2/transcript/{id}",
        upload="/v2/upload",
        failing={"failure": "Audio file could not be decoded."},
        reason="could not be decoded",
        strange={"running_statuses": ["warming_up"]},
        limits=(Limit("bytes of an upload", sized), Limit("duration", long)),
    )


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


@pytest.fixture
def driven(stub: Stub, tmp_path: Path) -> Callable[..., Drive]:
    """driven(**wishes of the order): an order that waits to be driven."""
    path = tmp_path / "sound.wav"
    path.write_bytes(silence(20))

    def make(**wishes: Any) -> Drive:
        account = Account("mine", "assemblyai", stub.url)
        return Drive(AssemblyAI, account, order(AssemblyAI, path, 20_000, **wishes))

    return make


ALWAYS = {"punctuate": True, "format_text": True}
LABELS = {"speaker_labels": True}
GUESS = {"language_detection": True}
MODELS = {"speech_models": ["universal-3-5-pro", "universal-2"]}


@pytest.mark.parametrize(
    ("wishes", "fields"),
    [
        ({}, MODELS | LABELS | GUESS),
        ({"language": "de"}, MODELS | LABELS | {"language_code": "de"}),
        ({"speakers": "off"}, MODELS | GUESS),
        ({"speakers": "3"}, MODELS | LABELS | GUESS | {"speakers_expected": 3}),
        ({"vocabulary": "Zoë, Kuala Lumpur,"}, MODELS | LABELS | GUESS | {"keyterms_prompt": ["Zoë", "Kuala Lumpur"]}),
        ({"model": "universal-2"}, {"speech_models": ["universal-2"]} | LABELS | GUESS),
    ],
)
def test_the_order_as_it_is_sent(
    stub: Stub, driven: Callable[..., Drive], wishes: dict[str, Any], fields: dict[str, Any]
) -> None:
    drive = driven(**wishes)
    drive.result()
    (upload,) = stub.requests("POST", "/v2/upload")
    assert upload.length == drive.order.sound.path.stat().st_size
    assert upload.headers["authorization"].startswith("sha256:")  # the key and nothing else
    (submit,) = stub.requests("POST", "/v2/transcript")
    assert submit.fields == ALWAYS | fields | {"audio_url": drive.data["url"]}


def test_speakers_are_letters(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(transcript="Good morning. And to you.\nWhat did you do?\nWe waited. And waited.")
    result = driven(speakers="2").result()
    assert [(s.speaker, s.text) for s in result.segments] == [
        ("A", "Good morning."),
        ("A", "And to you."),
        ("B", "What did you do?"),
        ("A", "We waited."),
        ("A", "And waited."),
    ]
    assert result.marks == frozenset()
    assert {s.speaker for s in driven(speakers="off").result().segments} == {None}


def test_the_language_that_was_found(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(detected_language="pt")
    result = driven().result()
    assert (result.language, result.facts["language"]) == ("pt", "pt")
    assert driven(language="de").result().language == "de"


@pytest.mark.parametrize("status", [400, 404])
def test_ways_to_say_that_a_job_is_gone(stub: Stub, driven: Callable[..., Drive], status: int) -> None:
    drive = driven()
    drive.go(until=lambda _: drive.stage == Stage.SUBMITTED)
    stub.configure(unknown_id_status=status, clock_offset_s=91 * 24 * 3600)
    with pytest.raises(JobLost):
        drive.go()


def test_another_error_about_a_job_does_not_mean_that_it_is_gone(stub: Stub, driven: Callable[..., Drive]) -> None:
    drive = driven()
    drive.go(until=lambda _: drive.stage == Stage.SUBMITTED)
    stub.script("GET", "/v2/transcript/{id}", status=400)
    with pytest.raises(InvalidRequest):
        drive.go()
    assert drive.result().segments


def test_silence_is_not_a_failure(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(transcript="")
    result = driven().result()
    assert (result.segments, result.duration) == ((), 20_000)
