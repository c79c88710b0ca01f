"""Prosa.ai's voices: their own ways beyond the common contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from studio.core.errors import (
    AuthError,
    BadResponse,
    InvalidRequest,
    QuotaError,
    RemoteError,
    TooLarge,
    UsageError,
)
from studio.engines.remote.base import Stage
from studio.engines.remote.speaking.prosa import ProsaVoices
from tests.engines.remote.contract import finish
from tests.engines.remote.driving import HASTY, Drive
from tests.engines.remote.speaking.contract import lasting
from tests.engines.remote.speaking.driving import speaks
from tests.vendors import spoken
from tests.vendors.prosa import Prosa
from tests.vendors.prosa_speech import PATH

JOB = f"{PATH}/{{id}}"
VOICE = "tts-dini"


@pytest.fixture
def stub() -> Iterator[Prosa]:
    with Prosa() as stub:
        yield stub


def driven(stub: Prosa, text: str = "Halo dunia.", **options: str) -> Drive:
    return speaks(ProsaVoices, stub.base_url, VOICE, text, options=options)


def sent(stub: Prosa) -> dict[str, Any]:
    (seen,) = stub.requests("POST", PATH)
    return seen.fields


def test_the_order_as_it_is_sent(stub: Prosa) -> None:
    driven(stub).result()
    assert sent(stub) == {
        "config": {"model": VOICE, "wait": True, "audio_format": "opus"},
        "request": {"label": "order-1", "text": "Halo dunia."},
    }


def test_the_manner_of_the_account_is_sent_with_every_order(stub: Prosa) -> None:
    driven(stub, pitch="-0.5", tempo="1.5", audio_format="wav").result()
    config = sent(stub)["config"]
    assert (config["pitch"], config["tempo"], config["audio_format"]) == (-0.5, 1.5, "wav")


@pytest.mark.parametrize("options", [{"pitch": "2"}, {"tempo": "0.1"}, {"tempo": "quick"}, {"audio_format": "aiff"}])
def test_a_manner_that_cannot_be(stub: Prosa, options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        driven(stub, **options).go()
    assert not stub.requests()


@pytest.mark.parametrize(("length", "waits"), [(280, True), (281, False)])
@pytest.mark.parametrize("letter", ["a", "ü", "日", "👋"])
def test_only_short_texts_are_waited_for(stub: Prosa, letter: str, length: int, waits: bool) -> None:
    driven(stub, letter * length).result()
    assert sent(stub)["config"]["wait"] is waits
    assert bool(stub.requests("GET", JOB)) is not waits


def test_a_server_that_does_not_want_to_wait_is_asked_to_poll(stub: Prosa) -> None:
    stub.configure(speech_wait_limit=5)
    assert driven(stub).result().sound
    first, second = stub.requests("POST", PATH)
    assert (first.status, second.status) == (400, 200)
    assert (first.fields["config"]["wait"], second.fields["config"]["wait"]) == (True, False)


def test_a_server_that_waited_long_enough_is_polled(stub: Prosa) -> None:
    stub.configure(work_s=40)
    assert driven(stub).result().sound
    assert sent(stub)["config"]["wait"] is True
    assert stub.requests("GET", JOB)


@pytest.mark.parametrize(
    ("format", "container", "suffix"),
    [("opus", "webm", ".webm"), ("opus", "ogg", ".ogg"), ("mp3", "ogg", ".mp3"), ("wav", "ogg", ".wav")],
)
def test_what_kind_of_file_it_is_its_bytes_say(stub: Prosa, format: str, container: str, suffix: str) -> None:
    stub.configure(opus_container=container)
    speech = driven(stub, audio_format=format).result()
    assert speech.suffix == suffix
    assert lasting(speech) == pytest.approx(spoken.seconds_of("Halo dunia."), abs=0.1)


@pytest.mark.parametrize("how", ["invalid", "url", "broken", "none"])
@pytest.mark.parametrize("letters", [20, 300])
def test_damaged_base64_is_asked_for_again_and_never_ordered_again(stub: Prosa, how: str, letters: int) -> None:
    stub.configure(speech_base64=how)
    drive = driven(stub, "a" * letters)
    drive.pace = replace(HASTY, unit=0.02)  # the stub makes the sound anew for each poll
    with pytest.raises(BadResponse):
        drive.go()
    assert drive.stage == Stage.SUBMITTED
    assert 5 <= len(stub.requests("GET", JOB)) <= 6, "the first may find it unfinished"
    stub.configure(speech_base64="whole")
    assert drive.result().sound
    assert len(stub.requests("POST", PATH)) == 1


@pytest.mark.parametrize("field", ["samplerate", "sample_rate"])
def test_the_times_of_words(stub: Prosa, field: str) -> None:
    stub.configure(speech_details=True, rate_field=field)
    text = "Zoë, 日本 👋🏽 Zoë"
    words = driven(stub, text).result().words
    assert [text[w.first : w.last] for w in words] == text.split()
    told = [(round(start * 1000), round(end * 1000)) for _, start, end in spoken.words_of(text)]
    assert [(w.start, w.end) for w in words] == told


def test_a_result_without_a_job_around_it(stub: Prosa) -> None:
    stub.configure(bare_result=True)
    assert driven(stub).result().sound


@pytest.mark.parametrize("dialect", ["classic", "new"])
@pytest.mark.parametrize(
    ("id", "status", "error"),
    [
        ("auth_invalid_api_key", 401, AuthError),
        ("quota_empty", 403, QuotaError),
        ("quota_insufficient", 403, QuotaError),
        ("request_validation_error", 422, InvalidRequest),
        ("tts_model_not_found", 404, InvalidRequest),
        ("tts_request_no_text_data", 400, InvalidRequest),
        ("tts_request_too_large", 413, TooLarge),
    ],
)
def test_errors_in_both_dialects(stub: Prosa, dialect: str, id: str, status: int, error: type[RemoteError]) -> None:
    stub.configure(error_dialect=dialect)
    stub.script("POST", PATH, status=status, body=stub.error_body(id))
    drive = driven(stub)
    with pytest.raises(error) as raised:
        drive.go()
    assert type(raised.value) is error
    assert drive.stage == Stage.NEW
    assert len(stub.requests("POST", PATH)) == 1


def test_a_queue_that_is_down_took_nothing(stub: Prosa) -> None:
    stub.script("POST", PATH, times=2, status=500, body=stub.error_body("job_queue_unavailable"))
    assert driven(stub).result().sound
    assert [s.status for s in stub.requests("POST", PATH)] == [500, 500, 200]


@pytest.mark.parametrize("others", [0, 100, 250])
def test_a_lost_order_is_found_by_its_label_on_any_page(stub: Prosa, others: int) -> None:
    driven(stub).go()
    ((id, job),) = stub.speeches.items()
    for n in range(others):
        changed = {"id": f"{id}{n}", "created": job.created + n, "request": {"label": f"other-{n}", "text": "x"}}
        stub.speeches[f"{id}{n}"] = replace(job, **changed)
    drive = driven(stub)
    drive.stage = Stage.SUBMITTING
    assert drive.result().sound
    assert len(stub.requests("POST", PATH)) == 1


def test_a_key_for_recognition_is_not_one_for_voices(stub: Prosa) -> None:
    stub.configure(valid_keys=["stub-ok", "for-voices"], speech_keys=["for-voices"])
    with pytest.raises(AuthError):
        driven(stub).go()
    drive = driven(stub)
    drive.key = "for-voices"
    assert drive.result().sound


def test_the_voices_as_the_vendor_tells_them(stub: Prosa) -> None:
    with driven(stub).vendor() as vendor:
        voices = {voice.id: voice for voice in finish(vendor.voices())}
    dimas, roger = voices["tts-dimas-formal"], voices["tts-roger"]
    assert (dimas.title, dimas.languages, dimas.gender) == ("TTS Dimas Formal", ("id",), "male")
    assert roger.languages == ("en",)


def test_a_job_at_work_may_not_be_stopped(stub: Prosa) -> None:
    stub.configure(cancel_running=False, polls_until_done=None)
    drive = driven(stub, "a" * 300)
    drive.go(until=lambda _: drive.stage == Stage.SUBMITTED)
    with drive.vendor() as vendor:
        finish(vendor.forget(drive.data))
    assert stub.requests("DELETE", JOB)
