"""The imitation of Deepgram: strict options, and answers in the shapes of recorded ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from .deepgram import Deepgram
from .heard import silence

OK = {"Authorization": "Token stub-ok"}
SOUND = OK | {"Content-Type": "audio/wav"}


@pytest.fixture(scope="module")
def server() -> Iterator[Deepgram]:
    with Deepgram() as server:
        yield server


@pytest.fixture
def stub(server: Deepgram) -> Deepgram:
    server.reset()
    return server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


@pytest.fixture
def bare(client: httpx.Client, stub: Deepgram) -> httpx.Client:
    """Without a key."""
    client.base_url, client.headers = httpx.URL(stub.url), httpx.Headers()
    return client


@pytest.fixture
def http(bare: httpx.Client) -> httpx.Client:
    bare.headers.update(SOUND)
    return bare


def listen(http: httpx.Client, audio: bytes | None = None, **options: Any) -> httpx.Response:
    return http.post("/v1/listen", params=options, content=silence(20) if audio is None else audio)


def shape(value: Any) -> Any:
    """Names and types; of a list the first element, for a list may not mix."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) else type(value).__name__


def without_models(reply: dict[str, Any]) -> dict[str, Any]:
    """model_info has the model's id as a name."""
    info = reply["metadata"].pop("model_info")
    return reply | {"one_model": next(iter(info.values()))}


def test_shapes_are_those_of_recorded_replies(http: httpx.Client, shared_data: Path) -> None:
    recorded = json.loads((shared_data / "vendor-json/deepgram_go/resp0.json").read_text())
    del recorded["metadata"]["summary_info"], recorded["results"]["summary"]  # were asked for
    ours = listen(http, model="nova-2", punctuate="true").json()
    assert shape(without_models(ours)) == shape(without_models(recorded))

    recorded = json.loads((shared_data / "vendor-json/vercel_ai/deepgram-transcription.json").read_text())
    ours = listen(http, model="nova-3", diarize="true", detect_language="true").json()
    assert shape(without_models(ours)) == shape(without_models(recorded))


def test_a_plain_request_has_lower_case_words_only(http: httpx.Client) -> None:
    reply = listen(http, model="nova-3").json()
    (channel,) = reply["results"]["channels"]
    (alternative,) = channel["alternatives"]
    assert reply["metadata"]["duration"] == 20
    assert alternative["transcript"] == alternative["transcript"].lower()
    assert set(alternative["words"][0]) == {"word", "start", "end", "confidence"}
    assert " ".join(word["word"] for word in alternative["words"]) == alternative["transcript"]
    assert all(0 <= word["start"] < word["end"] <= 20 for word in alternative["words"])
    assert alternative["words"][-1]["end"] > 15  # seconds
    assert "utterances" not in reply["results"]


def test_the_same_bytes_are_heard_the_same(http: httpx.Client) -> None:
    first, second, other = (listen(http, audio).json() for audio in (silence(9), silence(9), silence(9.5)))
    assert first["results"] == second["results"]
    assert first["metadata"]["request_id"] != second["metadata"]["request_id"]
    assert first["metadata"]["sha256"] != other["metadata"]["sha256"]


def test_speakers_utterances_and_paragraphs(http: httpx.Client) -> None:
    reply = listen(http, smart_format="true", utterances="true", diarize="true").json()["results"]
    alternative = reply["channels"][0]["alternatives"][0]
    assert {word["speaker"] for word in alternative["words"]} == {0, 1}
    assert [word for utterance in reply["utterances"] for word in utterance["words"]] == alternative["words"]
    assert reply["utterances"][0]["speaker"] == 0
    paragraphs = alternative["paragraphs"]
    assert [p["speaker"] for p in paragraphs["paragraphs"]] == [u["speaker"] for u in reply["utterances"]]
    assert paragraphs["transcript"].startswith("\nSpeaker 0: ")


def test_two_channels_are_two_streams(stub: Deepgram, http: httpx.Client) -> None:
    stereo = silence(20, channels=2)
    assert len(listen(http, stereo).json()["results"]["channels"]) == 1  # mixed
    reply = listen(http, stereo, multichannel="true", utterances="true", diarize="true").json()
    assert reply["metadata"]["channels"] == len(reply["results"]["channels"]) == 2
    utterances = reply["results"]["utterances"]
    assert {utterance["channel"] for utterance in utterances} == {0, 1}
    assert utterances == sorted(utterances, key=lambda utterance: utterance["start"])
    assert [u["speaker"] for u in utterances][:2] == [0, 0]  # numbers start again in each channel
    stub.configure(channels=2)
    assert listen(http, silence(20), multichannel="true").json()["metadata"]["channels"] == 2


def test_an_address_may_stand_for_the_recording(http: httpx.Client) -> None:
    reply = http.post(
        "/v1/listen", json={"url": "https://example.org/a.mp3"}, headers={"Content-Type": "application/json"}
    )
    assert reply.json()["results"]["channels"][0]["alternatives"][0]["words"]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ({"punctuate": "True"}, "INVALID_QUERY_PARAMETER", "punctuate: provided string was not `true` or `false`"),
        ({"punctuation": "true"}, "INVALID_QUERY_PARAMETER", "unknown field `punctuation`"),
        ({"language": "en", "detect_language": "true"}, "INVALID_QUERY_PARAMETER", "exclude each other"),
        ({"model": ["nova-2", "nova-3"]}, "INVALID_QUERY_PARAMETER", "duplicate field `model`"),
        ({"language": ""}, "INVALID_QUERY_PARAMETER", "language: empty"),
        ({"model": "nova-9"}, "Bad Request", "No such model/language/tier combination found."),
        ({"model": "nova-3", "language": "en_US"}, "Bad Request", "No such model/language/tier combination found."),
        ({"model": "nova-2", "keyterm": "studio"}, "Bad Request", "Nova-3"),
        ({"model": "nova-3", "keywords": "studio"}, "Bad Request", "Nova-3"),
    ],
)
def test_wrong_options_are_refused(http: httpx.Client, options: dict[str, Any], code: str, message: str) -> None:
    reply = listen(http, **options)
    assert (reply.status_code, reply.json()["err_code"]) == (400, code)
    assert message in reply.json()["err_msg"]
    assert reply.json()["request_id"] == reply.headers["dg-request-id"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "audio/wav"),
        (b"<html>", "text/html"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b'{"url": 3}', "application/json"),
        (b"RIFF", "application/json"),
    ],
)
def test_wrong_bodies_are_refused(http: httpx.Client, body: bytes, kind: str) -> None:
    reply = http.post("/v1/listen", content=body, headers={"Content-Type": kind})
    assert (reply.status_code, reply.json()["err_code"]) == (400, "Bad Request")


def test_bytes_that_are_no_sound_can_be_refused(stub: Deepgram, http: httpx.Client) -> None:
    assert listen(http, b"no sound").status_code == 200
    stub.configure(only_sound=True)
    assert "corrupt or unsupported data" in listen(http, b"no sound").json()["err_msg"]
    assert listen(http).status_code == 200


def test_keys(bare: httpx.Client) -> None:
    def answer(authorization: str | None, path: str = "/v1/listen") -> tuple[int, str]:
        headers = {"Authorization": authorization} if authorization else {}
        if path == "/v1/listen":
            reply = bare.post(path, content=silence(5), headers=headers)
        else:
            reply = bare.get(path, headers=headers)
        body = reply.json()
        return reply.status_code, body.get("err_code") or body.get("category") or ""

    assert answer("Token stub-ok") == (200, "")
    assert answer(None) == answer("Token stub-bad") == answer("Bearer stub-ok") == (401, "INVALID_AUTH")
    assert answer("Token stub-broke") == (402, "ASR_PAYMENT_REQUIRED")
    assert answer("Token stub-slow") == (429, "TOO_MANY_REQUESTS")
    assert answer("Token stub-bad", "/v1/projects") == (401, "UNAUTHORIZED")  # another body than elsewhere
    assert answer("Token stub-broke", "/v1/projects") == (200, "")


def test_projects_and_models(stub: Deepgram, http: httpx.Client) -> None:
    assert set(http.get("/v1/projects").json()["projects"][0]) == {"project_id", "name"}
    models = http.get("/v1/models").json()
    assert "nova-3" in [model["canonical_name"] for model in models["stt"]]
    assert models["tts"]
    stub.configure(models=["nova-2"])
    assert listen(http, model="nova-3").json()["err_code"] == "INSUFFICIENT_PERMISSIONS"


def test_limits_hold_to_the_byte_and_second(stub: Deepgram, http: httpx.Client) -> None:
    audio = silence(5)
    stub.configure(max_bytes=len(audio), longest_s=5)
    assert listen(http, audio).status_code == 200
    stub.configure(longest_s=4.9)
    assert listen(http, audio).json()["err_code"] == "GATEWAY_TIMEOUT"
    reply = listen(http, audio + b"0")
    assert (reply.status_code, reply.json()["err_code"]) == (413, "PAYLOAD_TOO_LARGE")
    chunked = http.post("/v1/listen", content=iter([audio, b"0"]))
    assert chunked.status_code == 413


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/listen", 405), ("POST", "/v1/listen/", 404)])
def test_wrong_addresses(http: httpx.Client, method: str, path: str, status: int) -> None:
    assert http.request(method, path).status_code == status
