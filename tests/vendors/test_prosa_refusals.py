"""What the Prosa stub refuses, and in which words."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest

from .made_up import NO_TLS, Body, job, refused, submitted, wav
from .prosa import Prosa


@pytest.fixture
def stub() -> Iterator[Prosa]:
    with Prosa() as stub:
        yield stub


@pytest.fixture
def client(stub: Prosa) -> Iterator[httpx.Client]:
    headers = {"x-api-key": "stub-ok", "Accept": "application/json"}
    with httpx.Client(base_url=stub.base_url, headers=headers, verify=NO_TLS, trust_env=False) as client:
        yield client


# --- what is refused


@pytest.mark.parametrize(
    ("body", "status", "id"),
    [
        ({}, 422, "request_validation_error"),
        ({"config": {"model": "stt-general"}}, 422, "request_validation_error"),
        ({"config": [], "request": {}}, 422, "request_validation_error"),
        ({"config": {}, "request": {"data": "QQ=="}}, 422, "request_validation_error"),
        (job(config={"model": 7}), 422, "request_validation_error"),
        (job(config={"wait": "true"}), 422, "request_validation_error"),
        (job(config={"speaker_count": 0}), 422, "request_validation_error"),
        (job(config={"speaker_count": True}), 422, "request_validation_error"),
        (job(label=7), 422, "request_validation_error"),
        (job(config={"model": "nobody"}), 404, "asr_model_not_found"),
        (job(data=""), 400, "asr_request_no_audio_data"),
        (job(data=None), 400, "asr_request_no_audio_data"),
        (job(data=7), 422, "request_validation_error"),
        (job(data=None, audio="UklGRgAAAABXQVZF"), 400, "asr_request_no_audio_data"),
        (job(data="UklGRgAAAABXQVZ"), 400, "asr_request_invalid_data"),
        (job(data="UklGRg\nAAAABXQVZF"), 400, "asr_request_invalid_data"),
        (job(data="UklG-_AAAABXQVZF"), 400, "asr_request_invalid_data"),
        (job(data="data:audio/wav;base64,UklGRgAAAABXQVZF"), 400, "asr_request_invalid_data"),
        (job(b"raw samples are not taken"), 415, "asr_request_unsupported_media_type"),
        (job(uri="http://example.org/a.mp3"), 400, "asr_request_invalid_uri"),
        (job(uri="file:///etc/passwd"), 400, "asr_request_invalid_uri"),
        (job(uri="https://example.org/a", data="UklGRgAAAABXQVZF"), 422, "request_validation_error"),
    ],
)
def test_bad_requests(stub: Prosa, client: httpx.Client, body: Body, status: int, id: str) -> None:
    assert refused(client.post("stt", json=body)) == (status, id)
    assert stub.jobs == {}


def test_bad_base64_deep_in_a_long_body(client: httpx.Client) -> None:
    data = base64.b64encode(wav(30, rate=44_100)).decode()
    middle = len(data) // 8 * 4
    assert client.post("stt", json=job(data=data)).status_code == 200
    assert refused(client.post("stt", json=job(data=data[:middle] + "QQ==" + data[middle:]))) == (
        400,
        "asr_request_invalid_data",
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "id"),
    [
        ("POST", "stt/", 404, "not_found"),
        ("GET", "stt/1/result", 404, "not_found"),
        ("PUT", "stt", 405, "method_not_allowed"),
        ("DELETE", "stt/count", 405, "method_not_allowed"),
        ("GET", "stt/1", 404, "job_not_found"),
        ("GET", "stt/1/status", 404, "job_not_found"),
        ("DELETE", "stt/1", 404, "job_not_found"),
    ],
)
def test_bad_paths(client: httpx.Client, method: str, path: str, status: int, id: str) -> None:
    assert refused(client.request(method, path)) == (status, id)


def test_bad_content_types(client: httpx.Client) -> None:
    assert refused(client.post("stt", data={"config": "{}"})) == (415, "request_validation_error")
    assert refused(client.post("stt", content=b"{", headers={"Content-Type": "application/json"})) == (
        422,
        "request_validation_error",
    )


@pytest.mark.parametrize(
    ("key", "submit", "poll"),
    [
        ("stub-bad", (401, "auth_invalid_api_key"), (401, "auth_invalid_api_key")),
        ("", (401, "auth_unauthorized"), (401, "auth_unauthorized")),
        ("stub-broke", (403, "quota_empty"), (404, "job_not_found")),
        ("stub-slow", (429, "rate_limited"), (429, "rate_limited")),
    ],
)
def test_keys(client: httpx.Client, key: str, submit: tuple[int, str], poll: tuple[int, str]) -> None:
    client.headers["x-api-key"] = key
    assert refused(client.post("stt", json=job())) == submit
    assert refused(client.get("stt/1")) == poll


def test_too_little_credit(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(quota_error="quota_insufficient")
    reply = client.post("stt", json=job(), headers={"x-api-key": "stub-broke"})
    assert refused(reply) == (403, "quota_insufficient")
    assert reply.json()["context"] == {"current": 10, "required": 60}


def test_a_key_as_bearer_is_none(client: httpx.Client) -> None:
    del client.headers["x-api-key"]
    reply = client.get("stt", headers={"Authorization": "Bearer stub-ok"})
    assert refused(reply) == (401, "auth_unauthorized")


def test_the_newer_shape_of_errors(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(error_dialect="new")
    reply = client.get("stt/77")
    body = reply.json()
    assert body["code"] == "job_not_found"
    assert body["context"] == {"job_id": "77"}
    assert body["recovery"] == {"retryable": False}
    assert body["version"] == 1
    assert body["request_id"] == reply.headers["X-Request-ID"]
    slow = client.get("stt", headers={"x-api-key": "stub-slow"}).json()
    assert slow["recovery"] == {"retryable": True, "retry_after_seconds": 5}


def test_the_queue_is_away_and_comes_back(stub: Prosa, client: httpx.Client) -> None:
    stub.script("POST", "/v2/speech/stt", status=500, body=stub.error_body("job_queue_unavailable"))
    assert refused(client.post("stt", json=job())) == (500, "job_queue_unavailable")
    assert stub.jobs == {}
    assert client.post("stt", json=job()).status_code == 200


def test_scripted_statuses_have_the_vendors_body(stub: Prosa, client: httpx.Client) -> None:
    heard = {}
    for status in (401, 403, 404, 413, 415, 422, 429, 500, 503):
        stub.script("GET", "/v2/speech/stt/{id}", status=status)
        heard[status] = refused(client.get("stt/1"))[1]
    assert heard == {
        401: "auth_invalid_api_key",
        403: "forbidden",
        404: "job_not_found",
        413: "asr_request_file_too_large",
        415: "asr_request_unsupported_media_type",
        422: "request_validation_error",
        429: "rate_limited",
        500: "internal_server_error",
        503: "internal_server_error",
    }


def test_a_lost_reply_leaves_a_job_that_its_label_finds(stub: Prosa, client: httpx.Client) -> None:
    submitted(client, label="first")
    stub.script("POST", "/v2/speech/stt", drop="before_response")
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("stt", json=job(label="Local-UUID-2"))
    found = client.get("stt", params={"query_text": "local-uuid-2"}).json()
    assert [each["request"]["label"] for each in found["data"]] == ["Local-UUID-2"]
