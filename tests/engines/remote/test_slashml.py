"""SlashML: its own ways beyond the common contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core.accounts import Account
from studio.core.errors import InvalidRequest, JobFailed, RateLimited, Unavailable, UsageError
from studio.engines.remote.base import Stage
from studio.engines.remote.line import Pace, Waiting
from studio.engines.remote.slashml import PROVIDERS, SlashML
from tests.engines.remote.contract import Case, order
from tests.engines.remote.contract_jobs import Polled, Uploading
from tests.engines.remote.driving import Drive
from tests.vendors.heard import silence
from tests.vendors.slashml import BASE
from tests.vendors.slashml import SlashML as Stub

UPLOAD, JOBS, JOB = f"{BASE}/upload/", f"{BASE}/jobs/", f"{BASE}/jobs/{{id}}/"


class TestContract(Polled, Uploading):
    case = Case(
        kind=SlashML,
        stub=Stub,
        base=f"{BASE}/",
        submit=JOBS,
        poll=JOB,
        upload=UPLOAD,
        failing={"failure": "the provider gave up"},
        reason="the provider gave up",
        strange={"running_statuses": ["warming_up"]},
    )


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


@pytest.fixture
def driven(stub: Stub, tmp_path: Path) -> Callable[..., Drive]:
    """driven(key=..., provider="aws"): an order that waits to be driven."""
    path = tmp_path / "sound.wav"
    path.write_bytes(silence(20))

    def make(key: str = "stub-ok", **options: str) -> Drive:
        account = Account("mine", "slashml", f"{stub.url}{BASE}", options=options)
        return Drive(SlashML, account, order(SlashML, path, 20_000), key)

    return make


def test_the_calls_as_they_are_made(stub: Stub, driven: Callable[..., Drive]) -> None:
    drive = driven()
    drive.result()
    upload, submit, poll = stub.requests()[:3]
    audio = upload.fields["audio"]
    assert (audio["bytes"], audio["filename"], audio["content_type"]) == (
        drive.order.sound.path.stat().st_size,
        "sound.wav",
        "audio/wav",
    )
    assert upload.headers["authorization"].startswith("Token sha256:")
    assert submit.headers["content-type"] == "application/x-www-form-urlencoded"
    assert submit.fields == {"uploaded_audio_url": drive.data["url"], "service_provider": "assembly"}
    assert poll.path == f"{JOBS}{drive.data['job']}/"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_call_names_the_provider(stub: Stub, driven: Callable[..., Drive], provider: str) -> None:
    driven(provider=provider).result()
    upload, submit, *polls = stub.requests()
    assert upload.fields["service_provider"] == submit.fields["service_provider"] == provider
    assert {poll.query["service_provider"] for poll in polls} == {provider}


def test_a_provider_that_is_none(driven: Callable[..., Drive]) -> None:
    with pytest.raises(UsageError, match="nobody"):
        driven(provider="nobody").go()


@pytest.mark.parametrize("stage", [Stage.UPLOADED, Stage.SUBMITTED])
def test_a_job_keeps_its_provider(stub: Stub, driven: Callable[..., Drive], stage: Stage) -> None:
    drive = driven(provider="aws")
    drive.go(until=lambda _: drive.stage == stage)
    drive.account = replace(drive.account, options={"provider": "google"})
    assert drive.result().segments
    assert {poll.query["service_provider"] for poll in stub.requests("GET")} == {"aws"}
    (submit,) = stub.requests("POST", JOBS)
    assert submit.fields["service_provider"] == "aws"


# Spellings


@pytest.mark.parametrize("word", ["QUEUED", "IN_PROGRESS", "IN_PROGESS", "PENDING", "processing", "queued"])
def test_ways_to_spell_at_work(
    stub: Stub, driven: Callable[..., Drive], word: str, caplog: pytest.LogCaptureFixture
) -> None:
    stub.configure(running_statuses=[word], polls_until_done=2)
    assert driven().result().segments
    assert "unknown status" not in caplog.text


@pytest.mark.parametrize("word", ["COMPLETED", "completed", " Completed "])
def test_ways_to_spell_done(stub: Stub, driven: Callable[..., Drive], word: str) -> None:
    stub.configure(done_status=word)
    assert driven().result().segments


@pytest.mark.parametrize("key", ["uploaded_url", "upload_url"])
def test_ways_to_name_the_upload(stub: Stub, driven: Callable[..., Drive], key: str) -> None:
    stub.configure(upload_key=key)
    assert driven().result().segments


@pytest.mark.parametrize("key", ["ERROR", "error", "error.message", "reason"])
@pytest.mark.parametrize("word", ["ERROR", "error"])
def test_places_of_the_reason(stub: Stub, driven: Callable[..., Drive], key: str, word: str) -> None:
    stub.configure(failure="no speech engine", failure_key=key, error_status=word)
    with pytest.raises(JobFailed, match="no speech engine"):
        driven().go()


# Results


def test_words_are_in_milliseconds_and_the_whole_in_seconds(stub: Stub, driven: Callable[..., Drive]) -> None:
    result = driven().result()
    (job,) = stub.jobs.values()
    words = [word for segment in result.segments for word in segment.words]
    assert [(w.text, w.start, w.end, w.confidence) for w in words] == [
        (w.text, w.start, w.end, w.confidence) for w in job.heard.words
    ]
    assert result.duration == 20_000
    assert result.marks == frozenset()


@pytest.mark.parametrize("settings", [{"words": "null"}, {"words": "missing"}, {"result": "transcription_data"}])
def test_text_without_words(stub: Stub, driven: Callable[..., Drive], settings: dict[str, Any]) -> None:
    stub.configure(transcript="Good morning. It is late.", **settings)
    result = driven().result()
    assert [(s.text, s.words) for s in result.segments] == [("Good morning. It is late.", ())]
    assert result.marks == {"no_times", "no_word_times", "no_confidence"}


# Uploads


def test_an_upload_that_is_gone_is_made_again(stub: Stub, driven: Callable[..., Drive]) -> None:
    drive = driven()
    drive.go(until=lambda _: drive.stage == Stage.UPLOADED)
    stub.configure(clock_offset_s=25 * 3600)
    with pytest.raises(InvalidRequest, match="expired"):
        drive.go()
    assert drive.stage == Stage.NEW
    assert drive.result().segments
    assert [s.status for s in stub.requests("POST", JOBS)] == [400, 200]


def test_an_error_in_plain_words(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.script("POST", UPLOAD, times=2, status=500)
    with pytest.raises(Unavailable, match=r"“Server Error \(500\)”"):
        driven().go()


# Without a key


def test_without_a_key_nothing_is_said_of_one(stub: Stub, driven: Callable[..., Drive]) -> None:
    assert driven(key="").result().segments
    assert not any("authorization" in seen.headers for seen in stub.requests())


def test_without_a_key_calls_are_far_apart(driven: Callable[..., Drive]) -> None:
    drive = driven(key="")
    drive.pace = Pace()
    drive.go(until=lambda event: isinstance(event, Waiting))
    assert drive.stage == Stage.SUBMITTING  # so the upload was made, and the next call waits
    wait = drive.events[-1]
    assert isinstance(wait, Waiting)
    assert 3 < wait.seconds <= 60 / 8
    with drive.vendor() as slow, driven().vendor() as fast:
        assert (slow.poll_every, fast.poll_every) == (10.0, 5.0)


def test_too_many_calls_without_a_key(stub: Stub, driven: Callable[..., Drive]) -> None:
    stub.configure(anonymous_per_minute=1)
    drive = driven(key="")
    with pytest.raises(RateLimited):
        drive.go()
    assert drive.stage == Stage.UPLOADED
