"""The imitation of SlashML: each contradiction of its documentation can be switched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from .heard import silence
from .slashml import BASE, SlashML


@pytest.fixture(scope="module")
def server() -> Iterator[SlashML]:
    with SlashML(polls_until_done=0) as server:
        yield server


@pytest.fixture
def stub(server: SlashML) -> SlashML:
    server.reset()
    return server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


@pytest.fixture
def bare(client: httpx.Client, stub: SlashML) -> httpx.Client:
    """Without a key."""
    client.base_url, client.headers = httpx.URL(stub.url + BASE), httpx.Headers()
    return client


@pytest.fixture
def http(bare: httpx.Client) -> httpx.Client:
    bare.headers.update({"Authorization": "Token stub-ok"})
    return bare


def upload(http: httpx.Client, slash: str = "/") -> dict[str, str]:
    files = {"audio": ("a.wav", silence(20), "audio/wav")}
    found: dict[str, str] = http.post(f"upload{slash}", files=files).raise_for_status().json()
    return found


def submit(http: httpx.Client, **fields: str) -> dict[str, Any]:
    (url,) = upload(http).values()
    asked = {"uploaded_audio_url": url, "service_provider": "assembly"} | fields
    job: dict[str, Any] = http.post("jobs/", data=asked).raise_for_status().json()
    return job


def finished(http: httpx.Client, provider: str = "assembly") -> dict[str, Any]:
    job = submit(http, service_provider=provider)
    poll: dict[str, Any] = http.get(f"jobs/{job['id']}/", params={"service_provider": provider}).json()
    return poll


def test_from_upload_to_text(stub: SlashML, http: httpx.Client) -> None:
    stub.configure(polls_until_done=2)
    job = submit(http)
    assert set(job) == {"id", "status", "audio_duration", "audio_url", "text"}
    assert (job["status"], job["text"]) == ("IN_PROGESS", None)
    polls = [http.get(f"jobs/{job['id']}/", params={"service_provider": "assembly"}).json() for _ in range(3)]
    assert [poll["status"] for poll in polls] == ["IN_PROGESS", "IN_PROGESS", "COMPLETED"]
    assert set(polls[0]) == set(polls[2])
    assert (polls[0]["words"], polls[0]["dual_channel"]) == (None, None)
    done = polls[2]
    assert done["audio_duration"] == 20.0
    assert " ".join(word["text"] for word in done["words"]) == done["text"]
    assert set(done["words"][0]) == {"confidence", "end", "start", "text"}
    assert all(type(word["start"]) is int and word["start"] < word["end"] <= 20_000 for word in done["words"])
    assert done["words"][-1]["end"] > 15_000  # milliseconds


@pytest.mark.parametrize("slash", ["/", ""])
@pytest.mark.parametrize("body", ["form", "json"])
@pytest.mark.parametrize("name", ["uploaded_audio_url", "audio_url"])
def test_both_addresses_bodies_and_names_do(http: httpx.Client, slash: str, body: str, name: str) -> None:
    url = upload(http, slash)["uploaded_url"]
    asked = {name: url, "service_provider": "assembly"}
    job = http.post(f"jobs{slash}", json=asked) if body == "json" else http.post(f"jobs{slash}", data=asked)
    assert (job.status_code, job.json()["audio_url"]) == (200, url)
    poll = http.get(f"jobs/{job.json()['id']}{slash}", params={"service_provider": "assembly"})
    assert poll.json()["status"] == "COMPLETED"


def test_the_key_of_the_upload_address(stub: SlashML, http: httpx.Client) -> None:
    assert set(upload(http)) == {"uploaded_url"}
    stub.configure(upload_key="upload_url")
    assert set(upload(http)) == {"upload_url"}


def test_uploads_that_are_refused(stub: SlashML, http: httpx.Client) -> None:
    wav = silence(1)
    for request in (
        {"files": {"file": wav}},
        {"files": {"audio": b""}},
        {"files": {"other": b""}, "data": {"audio": "text"}},
        {"files": {"audio": wav}, "data": {"service_provider": "azure"}},
    ):
        reply = http.post("upload/", **request)
        assert reply.status_code == 400
        assert isinstance(reply.json()["error"]["message"], str)
    reply = http.post("upload/", content=wav, headers={"Content-Type": "audio/wav"})
    assert (reply.status_code, set(reply.json())) == (415, {"detail"})
    size = int(http.post("upload/", files={"audio": wav}).request.headers["content-length"])
    stub.configure(max_bytes=size)
    assert http.post("upload/", files={"audio": wav}).status_code == 200
    assert http.post("upload/", files={"audio": wav + b"0"}).status_code == 413


@pytest.mark.parametrize(
    "fields", [{"service_provider": "azure"}, {"service_provider": ""}, {"uploaded_audio_url": "a.wav"}]
)
def test_submits_that_are_refused(http: httpx.Client, fields: dict[str, str]) -> None:
    asked = {"uploaded_audio_url": "https://example.org/a.mp3", "service_provider": "assembly"} | fields
    assert set(http.post("jobs/", data=asked).json()["error"]) == {"message"}
    assert http.post("jobs/", json=asked).status_code == 400


def test_an_upload_is_kept_for_a_day(stub: SlashML, http: httpx.Client) -> None:
    asked = {"uploaded_audio_url": upload(http)["uploaded_url"], "service_provider": "assembly"}
    stub.configure(clock_offset_s=24 * 3600 - 60)
    assert http.post("jobs/", data=asked).status_code == 200
    stub.configure(clock_offset_s=24 * 3600 + 60)
    assert "expired" in http.post("jobs/", data=asked).json()["error"]["message"]
    asked["uploaded_audio_url"] = "https://cdn.slashml.com/upload/never"
    assert http.post("jobs/", data=asked).status_code == 400


def test_a_poll_names_the_provider(stub: SlashML, http: httpx.Client) -> None:
    id = submit(http)["id"]
    for params in ({}, {"service_provider": "aws"}):
        assert http.get(f"jobs/{id}/", params=params).status_code == 404
    stub.configure(strict_provider=False)
    for params in ({}, {"service_provider": "aws"}):
        assert http.get(f"jobs/{id}/", params=params).status_code == 200
    assert http.get("jobs/never/", params={"service_provider": "assembly"}).json() == {"detail": "Not found."}


@pytest.mark.parametrize("spelling", ["QUEUED", "IN_PROGRESS", "IN_PROGESS", "PENDING", "processing", "queued", "odd"])
def test_status_spellings(stub: SlashML, http: httpx.Client, spelling: str) -> None:
    stub.configure(running_statuses=[spelling], polls_until_done=None)
    assert submit(http)["status"] == spelling
    assert finished(http)["status"] == spelling


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ERROR", {"ERROR": "no sound"}),
        ("error", {"error": "no sound"}),
        ("error.message", {"error": {"message": "no sound"}}),
        ("reason", {"reason": "no sound"}),
    ],
)
def test_failures_in_every_dialect(stub: SlashML, http: httpx.Client, key: str, expected: dict[str, Any]) -> None:
    stub.configure(failure="no sound", failure_key=key)
    reply = finished(http)
    assert reply["status"] == "ERROR"
    assert reply["text"] is None
    assert expected.items() <= reply.items()


def test_words_and_the_other_result(stub: SlashML, http: httpx.Client) -> None:
    assert finished(http, "whisper")["words"] is None
    stub.configure(words="all")
    assert finished(http, "whisper")["words"]
    stub.configure(words="null")
    assert finished(http)["words"] is None
    stub.configure(words="missing")
    assert "words" not in finished(http)
    stub.configure(result="transcription_data")
    reply = finished(http)
    assert set(reply) == {"id", "status", "transcription_data"}
    assert reply["transcription_data"]["transcription"]


def test_keys(bare: httpx.Client) -> None:
    def answer(**headers: str) -> tuple[int, str]:
        reply = bare.post("upload/", files={"audio": silence(1)}, headers=headers)
        return reply.status_code, reply.json().get("detail", "")

    assert answer(authorization="Token stub-ok") == (200, "")
    for wrong in ("Token stub-bad", "Bearer stub-ok", "stub-ok", "Token"):
        assert answer(authorization=wrong) == (401, "Invalid token.")
    assert answer(authorization="Token stub-broke") == (402, "Your account has no credit left.")
    assert answer(authorization="Token stub-slow") == (429, "Request was throttled.")


def test_without_a_key_ten_calls_a_minute(stub: SlashML, bare: httpx.Client) -> None:
    def call(**headers: str) -> httpx.Response:
        return bare.get("jobs/never/", params={"service_provider": "assembly"}, headers=headers)

    assert [call().status_code for _ in range(10)] == [404] * 10
    reply = call()
    assert reply.status_code == 429
    assert reply.json()["detail"].startswith("Request was throttled. Expected available in ")
    assert "retry-after" not in reply.headers
    assert call(authorization="Token stub-ok").status_code == 404  # a key lifts the limit
    stub.configure(clock_offset_s=61)
    assert call().status_code == 404


def test_a_broken_server_writes_plain_text(stub: SlashML, http: httpx.Client) -> None:
    stub.script("POST", f"{BASE}/jobs/", status=500)
    reply = http.post("jobs/", data={})
    assert (reply.status_code, reply.text) == (500, "Server Error (500)")
    assert reply.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "upload/", 405), ("POST", "job/", 404)])
def test_wrong_addresses(http: httpx.Client, method: str, path: str, status: int) -> None:
    reply = http.request(method, path)
    assert (reply.status_code, set(reply.json())) == (status, {"detail"})
