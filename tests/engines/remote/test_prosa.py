"""Prosa.ai: its own ways beyond the common contract."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core.accounts import Account
from studio.core.errors import (
    AuthError,
    BadResponse,
    InvalidRequest,
    JobFailed,
    JobLost,
    QuotaError,
    RemoteError,
    TooLarge,
    Unavailable,
)
from studio.engines.remote.base import Order, Stage, Working
from studio.engines.remote.prosa import Prosa
from tests.engines.remote.contract import Case, Limit, finish, order
from tests.engines.remote.contract_jobs import Polled
from tests.engines.remote.driving import Drive
from tests.vendors.made_up import wav
from tests.vendors.prosa import PATH
from tests.vendors.prosa import Prosa as Stub

HOURS = 3_600_000
JOB = f"{PATH}/{{id}}"


def sized(folder: Path, over: int) -> Order:
    """A request of 10,000,000 bytes, measured against one that was sent."""
    path = folder / "large.wav"
    path.write_bytes(wav(1))
    with Stub() as stub:
        Drive(Prosa, Account("mine", "prosa", stub.base_url), order(Prosa, path, 90_000, uid="")).go()
        (seen,) = stub.requests("POST", PATH)
    base64 = 4 * -(-path.stat().st_size // 3)
    label = (10_000_000 - (seen.length - base64)) % 4
    with path.open("r+b") as file:
        file.truncate((10_000_000 - (seen.length - base64) - label) // 4 * 3)
    return order(Prosa, path, 90_000, uid="u" * (label + over))


def long(folder: Path, over: int) -> Order:
    path = folder / "long.wav"
    path.write_bytes(wav(1))
    return order(Prosa, path, 4 * HOURS + over)


class TestContract(Polled):
    case = Case(
        kind=Prosa,
        stub=Stub,
        base="/v2/speech/",
        submit=PATH,
        poll=JOB,
        seconds=(3, 90),
        failing={"outcome": "failed"},
        reason="The recogniser gave up.",
        strange={"pending": ["warming_up"]},
        limits=(Limit("bytes of a request", sized), Limit("duration", long)),
    )


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.wav"
    path.write_bytes(wav(50))
    return path


@pytest.fixture
def driven(stub: Stub, sound: Path) -> Callable[..., Drive]:
    """driven(duration, options={...}, **wishes of the order): an order that waits to be driven."""

    def make(duration: int = 50_000, options: dict[str, str] | None = None, **wishes: Any) -> Drive:
        account = Account("mine", "prosa", stub.base_url, options=options or {})
        return Drive(Prosa, account, order(Prosa, sound, duration, **wishes))

    return make


def sent(stub: Stub) -> dict[str, Any]:
    """The fields of the only order."""
    (seen,) = stub.requests("POST", PATH)
    return seen.fields


def test_the_order_as_it_is_sent(stub: Stub, sound: Path, driven: Callable[..., Drive]) -> None:
    driven(speakers="2").result()
    fields = sent(stub)
    assert base64.b64decode(fields["request"]["data"]) == sound.read_bytes()
    assert fields["request"]["label"] == "order-1"
    assert fields["config"] == {"model": "stt-general", "wait": True, "auto_punctuation": True, "speaker_count": 2}


@pytest.mark.parametrize(("duration", "waits"), [(55_000, True), (55_001, False)])
def test_only_short_sound_is_waited_for(stub: Stub, driven: Callable[..., Drive], duration: int, waits: bool) -> None:
    driven(duration).result()
    assert sent(stub)["config"]["wait"] is waits
    assert bool(stub.requests("GET", JOB)) is not waits


def test_a_server_that_does_not_want_to_wait_is_asked_to_poll(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(wait_limit_s=10)
    assert driven().result().segments
    first, second = stub.requests("POST", PATH)
    assert (first.status, second.status) == (400, 200)
    assert (first.fields["config"]["wait"], second.fields["config"]["wait"]) == (True, False)


def test_a_server_that_waited_long_enough_is_polled(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(work_s=40)
    assert driven().result().segments
    assert sent(stub)["config"]["wait"] is True
    assert stub.requests("GET", JOB)


@pytest.mark.parametrize("dialect", ["classic", "new"])
def test_a_queue_that_is_down_took_nothing(stub: Stub, driven: Callable[..., Drive], dialect: str) -> None:
    stub.configure(error_dialect=dialect)
    body = stub.error_body("job_queue_unavailable")
    body.get("recovery", {})["retry_after_seconds"] = 0.01
    stub.script("POST", PATH, times=2, status=500, body=body)
    assert driven().result().segments
    assert [s.status for s in stub.requests("POST", PATH)] == [500, 500, 200]


@pytest.mark.parametrize("dialect", ["classic", "new"])
@pytest.mark.parametrize(
    ("id", "status", "error"),
    [
        ("auth_invalid_api_key", 401, AuthError),
        ("auth_token_expired", 401, AuthError),
        ("forbidden", 403, AuthError),
        ("quota_empty", 403, QuotaError),
        ("quota_insufficient", 403, QuotaError),
        ("request_validation_error", 422, InvalidRequest),
        ("asr_model_not_found", 404, InvalidRequest),
        ("asr_request_no_audio_data", 400, InvalidRequest),
        ("asr_request_unsupported_media_type", 415, InvalidRequest),
        ("asr_request_file_too_large", 413, TooLarge),
    ],
)
def test_errors_in_both_dialects(
    stub: Stub, driven: Callable[..., Drive], dialect: str, id: str, status: int, error: type[RemoteError]
) -> None:
    stub.configure(error_dialect=dialect)
    stub.script("POST", PATH, status=status, body=stub.error_body(id))
    drive = driven()
    with pytest.raises(error) as raised:
        drive.go()
    assert type(raised.value) is error
    assert drive.stage == Stage.NEW
    assert len(stub.requests("POST", PATH)) == 1


def test_a_connection_that_is_closed_on_what_is_too_large_leaves_nothing_behind(
    stub: Stub, driven: Callable[..., Drive]
) -> None:
    stub.configure(max_body=100, over_limit="close")
    drive = driven()
    with pytest.raises(Unavailable):
        drive.go()
    assert drive.stage == Stage.NEW


# Orders whose answer was lost


def lost_order(stub: Stub, driven: Callable[..., Drive], others: int) -> Drive:
    """An order that arrived just before the program ended; since then others were placed."""
    driven().go()
    ((id, job),) = stub.jobs.items()
    for n in range(others):
        stub.jobs[f"{id}{n}"] = replace(job, id=f"{id}{n}", created=job.created + n, request={"label": f"other-{n}"})
    drive = driven()
    drive.stage = Stage.SUBMITTING
    return drive


@pytest.mark.parametrize("others", [0, 99, 100, 250])
def test_a_lost_order_is_found_by_its_label_on_any_page(stub: Stub, driven: Callable[..., Drive], others: int) -> None:
    drive = lost_order(stub, driven, others)
    assert drive.result().segments
    assert len(stub.requests("POST", PATH)) == 1
    assert len(stub.requests("GET", PATH)) == others // 100 + 1


def test_an_order_that_is_in_no_list_never_arrived(stub: Stub, driven: Callable[..., Drive]) -> None:
    drive = driven(uid="order-2")
    lost_order(stub, driven, 3)
    drive.stage = Stage.SUBMITTING
    assert drive.result().segments
    assert len(stub.requests("POST", PATH)) == 2


@pytest.mark.parametrize("answer", [{"data": [{"job_id": "1", "request": {}}]}, {"jobs": []}, {"data": None}])
def test_a_list_that_tells_nothing_leaves_the_order_in_doubt(
    stub: Stub, driven: Callable[..., Drive], answer: dict[str, Any]
) -> None:
    stub.script("GET", PATH, times=None, body=answer)
    drive = driven()
    drive.stage = Stage.SUBMITTING
    with pytest.raises(BadResponse):
        drive.go()
    assert drive.stage == Stage.SUBMITTING
    assert not stub.requests("POST")


def test_a_list_that_cannot_be_had_leaves_the_order_in_doubt(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.script("POST", PATH, drop="before_response")
    stub.script("GET", PATH, times=5, status=503)
    drive = driven()
    with pytest.raises(Unavailable):
        drive.go()
    assert drive.stage == Stage.SUBMITTING
    assert drive.result().segments
    assert len(stub.requests("POST", PATH)) == 1


# Statuses


@pytest.mark.parametrize("word", ["complete", "COMPLETE ", "completed", "done"])
def test_ways_to_spell_success(stub: Stub, driven: Callable[..., Drive], word: str) -> None:
    stub.configure(done_status=word)
    assert driven(90_000).result().segments


@pytest.mark.parametrize(("outcome", "error"), [("failed", JobFailed), ("cancelled", JobFailed), ("archived", JobLost)])
@pytest.mark.parametrize("duration", [50_000, 90_000])
def test_ends_without_a_result(
    stub: Stub, driven: Callable[..., Drive], outcome: str, error: type[RemoteError], duration: int
) -> None:
    stub.configure(outcome=outcome)
    drive = driven(duration)
    with pytest.raises(error):
        drive.go()
    assert drive.stage == Stage.SUBMITTED


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ({"code": "download_error", "message": "no such file"}, "no such file"),
        ({"code": "download_error", "error": {"message": "gone"}}, "gone"),
        ({"code": "download_error"}, "download_error"),
    ],
)
def test_the_reason_of_a_failure(
    stub: Stub, driven: Callable[..., Drive], failure: dict[str, Any], reason: str
) -> None:
    stub.configure(outcome="failed", failure=failure)
    with pytest.raises(JobFailed, match=reason):
        driven().go()


@pytest.mark.parametrize(("total", "fraction"), [(0.25, 0.25), (40, 0.4), (0, 0.0), (1e9, 1.0), ("?", None)])
def test_progress_in_either_scale(
    stub: Stub, driven: Callable[..., Drive], total: object, fraction: float | None
) -> None:
    stub.configure(progress={"total": total, "details": {}})
    drive = driven(90_000).go()
    assert Working(fraction) in drive.events


# Results


def test_what_a_result_tells(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(
        transcript=[
            {"transcript": "Selamat pagi.", "final": True, "time_start": 0.25, "time_end": 3.6},
            {"transcript": "Terima kasih.", "final": True, "time_start": "4.0", "time_end": 5},
        ]
    )
    result = driven().result()
    assert [(s.start, s.end, s.text, s.words, s.confidence) for s in result.segments] == [
        (250, 3600, "Selamat pagi.", (), None),
        (4000, 5000, "Terima kasih.", (), None),
    ]
    assert result.language == "id"
    assert result.marks == {"no_word_times", "no_confidence"}
    assert result.facts["language"] == "Bahasa Indonesia"
    assert result.facts["model"] == "stt-general"


@pytest.mark.parametrize("duration", [50_000, 90_000])
def test_a_result_without_a_job_around_it(stub: Stub, driven: Callable[..., Drive], duration: int) -> None:
    plain = driven(duration).result()
    stub.reset()
    stub.configure(bare_result=True)
    assert driven(duration).result().segments == plain.segments


@pytest.mark.parametrize("name", ["speaker_tag", "speaker"])
def test_speakers_under_either_name(stub: Stub, driven: Callable[..., Drive], name: str) -> None:
    stub.configure(extended=True, speaker_field=name)
    assert {s.speaker for s in driven(speakers="2").result().segments} == {"1", "2"}
    assert {s.speaker for s in driven(speakers="off").result().segments} == {None}


def test_speakers_of_two_channels_are_not_the_same(stub: Stub, driven: Callable[..., Drive]) -> None:
    spoken = {"transcript": "ya", "time_start": 1.0, "time_end": 2.0, "speaker_tag": 1}
    stub.configure(transcript=[spoken | {"channel": 0}, spoken | {"channel": 1}])
    assert [s.speaker for s in driven().result().segments] == ["ch0:1", "ch1:1"]


def test_sentences_without_times(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(transcript=[{"transcript": "satu"}, {"transcript": "dua", "time_start": None}])
    result = driven().result()
    assert [s.text for s in result.segments] == ["satu", "dua"]
    assert "no_times" in result.marks


def test_a_finished_job_without_a_result(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.script("POST", PATH, body={"job_id": "1", "status": "complete"})
    with pytest.raises(BadResponse):
        driven().result()


# The account


def test_the_older_name_of_the_model(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(legacy_engine=True)
    with pytest.raises(InvalidRequest, match="engine"):
        driven().go()
    stub.reset()
    stub.configure(legacy_engine=True)
    assert driven(options={"legacy_engine": "yes"}).result().segments
    assert sent(stub)["config"]["engine"] == sent(stub)["config"]["model"] == "stt-general"


def test_models_are_listed(stub: Stub, driven: Callable[..., Drive]) -> None:
    with driven().vendor() as vendor:
        models = finish(vendor.models())
    assert [(m.id, m.title, m.languages, m.word_times) for m in models] == [
        ("stt-general", "ASR General", ("id",), False),
        ("stt-general-online", "ASR General Online", ("id",), False),
    ]


@pytest.mark.parametrize(
    "settings",
    [{"delete_reply": "job"}, {"delete_reply": "empty"}, {"delete_reply": "none"}, {"cancel_running": False}],
)
def test_jobs_are_dropped_where_it_can_be_done(
    stub: Stub, driven: Callable[..., Drive], settings: dict[str, Any]
) -> None:
    stub.configure(polls_until_done=None, **settings)
    drive = driven(90_000)
    drive.go(until=lambda _: drive.stage == Stage.SUBMITTED)
    with drive.vendor() as vendor:
        finish(vendor.forget(drive.data))
    (seen,) = stub.requests("DELETE", JOB)
    assert seen.status == (409 if "cancel_running" in settings else 204 if settings["delete_reply"] == "none" else 200)
