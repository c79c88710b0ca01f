"""The imitation of OpenAI speaks: formats, limits, refusals, and the dialects of self-hosted servers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from . import spoken
from .made_up import NO_TLS
from .openai_like import OpenAILike

TEXT = "Nobody in the café believed it 👋🏽"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAILike]:
    with OpenAILike() as stub:
        yield stub


@pytest.fixture
def stub(server: OpenAILike) -> OpenAILike:
    server.reset()
    return server


@pytest.fixture
def client(stub: OpenAILike) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer stub-ok"}
    with httpx.Client(base_url=stub.url + "/v1", headers=headers, verify=NO_TLS, trust_env=False, timeout=60) as client:
        yield client


def ask(client: httpx.Client, **fields: Any) -> httpx.Response:
    return client.post("/audio/speech", json={"model": "tts-1", "input": TEXT, "voice": "alloy"} | fields)


def heard(file: bytes) -> tuple[Any, int]:
    sound, rate = spoken.listen(io.BytesIO(file))
    return sound.shape[1] / rate, spoken.bursts(sound[0], rate)


@pytest.mark.parametrize(
    ("format", "type"),
    [("mp3", "audio/mpeg"), ("opus", "audio/ogg"), ("aac", "audio/aac"), ("flac", "audio/flac"), ("wav", "audio/wav")],
)
def test_formats(client: httpx.Client, format: str, type: str) -> None:
    reply = ask(client, response_format=format, speed=0.5)
    assert (reply.headers["content-type"], reply.headers["transfer-encoding"]) == (type, "chunked")
    tolerance = 0.1 if format == "aac" else 0.001
    assert heard(reply.content) == (pytest.approx(spoken.seconds_of(TEXT, 0.5), abs=tolerance), 7)


def test_defaults_and_bare_samples(client: httpx.Client) -> None:
    assert ask(client).content == ask(client, response_format="mp3", speed=1).content
    assert len(ask(client, response_format="pcm").content) == 2 * round(spoken.seconds_of(TEXT) * 24_000)


def test_the_limit(stub: OpenAILike, client: httpx.Client) -> None:
    text = "é日👋x" * 1024
    assert ask(client, input=f"\n{text} ").status_code == 200
    reply = ask(client, input=text + "x")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "string_above_max_length")
    assert ask(client, input="x" * 2_000_000).status_code == 400
    assert [seen.charged for seen in stub.requests()] == [{"characters": 4096}, None, None]
    stub.configure(speech_limit=None)
    assert ask(client, input=text + "x").status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"model": "tts-9"}, 404, "model"),
        ({"model": "whisper-1"}, 404, "model"),
        ({"model": None}, 400, "model"),
        ({"input": ""}, 400, "input"),
        ({"input": " \u3000"}, 400, "input"),
        ({"input": ["a"]}, 400, "input"),
        ({"voice": "Rachel"}, 400, "voice"),
        ({"response_format": "ogg"}, 400, "response_format"),
        ({"speed": 0.24}, 400, "speed"),
        ({"speed": 4.01}, 400, "speed"),
        ({"speed": "1"}, 400, "speed"),
        ({"language": "en"}, 400, "language"),
    ],
)
def test_refused_fields(
    stub: OpenAILike, client: httpx.Client, fields: dict[str, Any], status: int, param: str
) -> None:
    reply = ask(client, **fields)
    assert (reply.status_code, reply.json()["error"]["param"]) == (status, param)
    assert [seen.charged for seen in stub.requests()] == [None]


@pytest.mark.parametrize("missing", ["model", "input", "voice"])
def test_missing_fields(client: httpx.Client, missing: str) -> None:
    fields = {"model": "tts-1", "input": TEXT, "voice": "alloy"}
    del fields[missing]
    error = client.post("/audio/speech", json=fields).json()["error"]
    assert (error["param"], error["code"]) == (missing, "missing_required_parameter")


def test_keys_types_and_paths(stub: OpenAILike, client: httpx.Client) -> None:
    assert client.post("/audio/speech", data={"model": "tts-1"}).status_code == 415
    assert client.post("/audio/speech/", json={}).status_code == 404
    assert client.get("/audio/speech").status_code == 405
    for key, status in {"stub-bad": 401, "stub-broke": 402, "stub-slow": 429}.items():
        client.headers["Authorization"] = f"Bearer {key}"
        assert ask(client).status_code == status
    del client.headers["Authorization"]
    assert ask(client).status_code == 401
    stub.configure(keyless=True)
    assert ask(client).status_code == 200


def test_servers_of_ones_own(stub: OpenAILike, client: httpx.Client) -> None:
    stub.configure(speech_models=["kokoro"], voices=None, any_field=True, speech_formats=["wav"])
    stub.configure(endless_wav=True, speech_framing="close", speech_type="application/octet-stream")
    reply = ask(client, model="kokoro", voice="af_bella", lang_code="a", response_format="wav")
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.content[4:8] == b"\xff" * 4
    assert heard(reply.content) == (pytest.approx(spoken.seconds_of(TEXT), abs=0.001), 7)
    assert ask(client, model="kokoro").json()["error"]["param"] == "response_format"
    assert client.get("/models").json()["data"][-1]["id"] == "kokoro"
