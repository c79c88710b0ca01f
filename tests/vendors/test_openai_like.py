"""The imitation of OpenAI and its look-alikes keeps to the contract: fields, formats, dialects, refusals."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from .heard import silence
from .openai_like import OpenAILike
from .whisper_cpp import WhisperCpp

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
SOUND = silence(12)
WORDS = {"response_format": "verbose_json", "timestamp_granularities[]": ["word", "segment"]}
DIARIZE = {"model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json"}


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
    with httpx.Client(base_url=stub.url + "/v1", headers=headers, verify=NO_TLS, trust_env=False) as client:
        yield client


def send(
    client: httpx.Client,
    fields: dict[str, Any] | None = None,
    sound: bytes = SOUND,
    name: str = "talk.wav",
    **more: Any,
) -> httpx.Response:
    task = more.pop("task", "transcriptions")
    data = {"model": "whisper-1"} | (fields or {}) | more
    return client.post(f"/audio/{task}", files={"file": (name, sound, "audio/wav")}, data=data)


def test_json_is_the_usual_format(client: httpx.Client) -> None:
    reply = send(client)
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json().keys() == {"text", "usage"}
    assert reply.json()["usage"] == {"type": "duration", "seconds": 12}
    assert send(client).json() == reply.json()  # the same bytes, the same words


def test_plain_formats(client: httpx.Client) -> None:
    text = send(client).json()["text"]
    assert send(client, response_format="text").text == text + "\n"
    srt, vtt = send(client, response_format="srt").text, send(client, response_format="vtt").text
    assert srt.startswith("1\n00:00:00,320 --> 00:00:0")
    assert vtt.startswith("WEBVTT\n\n00:00:00.320 --> 00:00:0")
    assert " ".join(line for line in vtt.splitlines()[1:] if line and "-->" not in line) == text


def test_verbose(client: httpx.Client) -> None:
    body = send(client, WORDS).json()
    assert body["task"] == "transcribe"
    assert (body["language"], body["duration"]) == ("english", 12.0)
    assert " ".join(each["text"].strip() for each in body["segments"]) == body["text"]
    assert body["segments"][0]["text"].startswith(" ")
    assert body["segments"][0].keys() >= {"id", "seek", "tokens", "avg_logprob", "compression_ratio", "no_speech_prob"}
    times = [(each["start"], each["end"]) for each in body["words"]]
    assert times == sorted(times)
    assert times[0][0] == pytest.approx(0.32)
    assert times[-1][1] <= 12
    assert not any("." in each["word"] for each in body["words"])


@pytest.mark.parametrize(
    ("granularities", "present"),
    [
        ([], {"segments"}),
        (["segment"], {"segments"}),
        (["word"], {"words"}),
        (["word", "segment"], {"words", "segments"}),
    ],
)
def test_granularities(client: httpx.Client, granularities: list[str], present: set[str]) -> None:
    body = send(client, {**WORDS, "timestamp_granularities[]": granularities}).json()
    assert body.keys() & {"words", "segments"} == present


def test_diarized(client: httpx.Client) -> None:
    body = send(client, DIARIZE).json()
    assert [each["speaker"] for each in body["segments"]][:2] == ["A", "B"]
    assert {each["type"] for each in body["segments"]} == {"transcript.text.segment"}
    known = {"known_speaker_names[]": ["Zoë"], "known_speaker_references[]": ["data:audio/wav;base64,UklG"]}
    body = send(client, DIARIZE | known).json()
    assert [each["speaker"] for each in body["segments"]][:2] == ["Zoë", "A"]


def test_diarizing_above_half_a_minute_needs_a_strategy(client: httpx.Client) -> None:
    exact, long = silence(30), silence(30.1)
    assert send(client, DIARIZE, exact).status_code == 200
    reply = send(client, DIARIZE, long)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "chunking_strategy")
    assert send(client, DIARIZE, long, chunking_strategy="auto").status_code == 200
    assert send(client, DIARIZE, long, chunking_strategy='{"type": "server_vad"}').status_code == 200


def test_events(client: httpx.Client) -> None:
    reply = send(client, model="gpt-4o-transcribe", stream="true")
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    found = [json.loads(line.removeprefix("data: ")) for line in reply.text.splitlines() if line]
    assert "".join(each["delta"] for each in found[:-1]) == found[-1]["text"]
    assert found[-1]["type"] == "transcript.text.done"
    kinds = [line.split('"')[3] for line in send(client, DIARIZE, stream="true").text.splitlines() if line]
    assert "transcript.text.segment" in kinds
    assert send(client, stream="true").json().keys() == {"text", "usage"}  # whisper-1 does not stream


def test_log_probabilities(client: httpx.Client) -> None:
    body = send(client, {"model": "gpt-4o-transcribe", "include[]": "logprobs"}).json()
    assert "".join(each["token"] for each in body["logprobs"]) == body["text"]
    assert body["usage"]["type"] == "tokens"


def test_translation(client: httpx.Client) -> None:
    body = send(client, task="translations", response_format="verbose_json").json()
    assert (body["task"], body["language"]) == ("translate", "english")
    assert send(client, task="translations", language="de").status_code == 400
    assert send(client, task="translations", model="gpt-4o-transcribe").status_code == 400


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"model": ""}, "model"),
        ({"response_format": "docx"}, "response_format"),
        ({"response_format": "diarized_json"}, "response_format"),
        ({"model": "gpt-4o-transcribe", "response_format": "verbose_json"}, "response_format"),
        ({"language": "english"}, "language"),
        ({"language": "auto"}, "language"),
        ({"temperature": "1.1"}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"timestamp_granularities[]": "word"}, "timestamp_granularities"),
        (WORDS | {"timestamp_granularities[]": "letter"}, "timestamp_granularities"),
        ({"include[]": "logprobs"}, "include"),
        ({"chunking_strategy": "never"}, "chunking_strategy"),
        ({"known_speaker_names[]": "Zoë"}, "known_speaker_names"),
        (DIARIZE | {"known_speaker_names[]": "Zoë"}, "known_speaker_names"),
        (DIARIZE | {"prompt": "names"}, "prompt"),
        ({"language": ["en", "de"]}, "language"),
        ({"diarize": "true"}, "diarize"),
    ],
)
def test_refused_fields(client: httpx.Client, fields: dict[str, Any], param: str) -> None:
    reply = send(client, fields)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["type"], error["param"]) == ("invalid_request_error", param)


def test_refused_files(client: httpx.Client) -> None:
    assert send(client, name="talk").status_code == 400
    assert send(client, name="talk.docx").status_code == 400
    assert send(client, sound=b"").status_code == 400
    data = {"model": "whisper-1", "file": "talk.wav"}
    assert client.post("/audio/transcriptions", data=data).status_code == 415
    assert client.post("/audio/transcriptions", files={"model": (None, "whisper-1")}).status_code == 400
    assert client.post("/audio/transcriptions/", json={}).status_code == 404


def test_an_unknown_model(client: httpx.Client) -> None:
    reply = send(client, model="whisper-9")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "model_not_found")


def test_models(stub: OpenAILike, client: httpx.Client) -> None:
    listed = [each["id"] for each in client.get("/models").json()["data"]]
    assert listed == [*stub["models"], *stub["speech_models"]]
    stub.configure(models_404=True)
    assert client.get("/models").status_code == 404


def test_the_limit_is_that_of_the_request(stub: OpenAILike, client: httpx.Client) -> None:
    assert stub["max_body"] == 25_000_000
    send(client)
    length = stub.requests()[0].length
    stub.configure(max_body=length)
    assert send(client).status_code == 200
    reply = send(client, sound=SOUND + b"x")
    assert reply.status_code == 413
    assert str(length + 1) in reply.json()["error"]["message"]


def test_dialects(stub: OpenAILike, client: httpx.Client) -> None:
    stub.configure(duration="string", language="code", words=False, segments="null", usage=False)
    body = send(client, WORDS).json()
    assert (body["duration"], body["language"], body["segments"]) == ("12.0", "en", None)
    assert not body.keys() & {"words", "usage"}
    stub.configure(segments="missing", spoken="id")
    body = send(client, WORDS).json()
    assert body["language"] == "id"
    assert "segments" not in body
    assert send(client, WORDS, language="de").json()["language"] == "de"


def test_json_as_text(stub: OpenAILike, client: httpx.Client) -> None:
    stub.configure(json_as_text=True)
    reply = send(client, WORDS)
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert json.loads(reply.text)["task"] == "transcribe"


def test_a_server_that_knows_few_formats(stub: OpenAILike, client: httpx.Client) -> None:
    stub.configure(formats=["json"], models=["my-whisper"])
    reply = send(client, model="my-whisper", response_format="verbose_json")
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "response_format")
    assert send(client, model="my-whisper").status_code == 200


def test_a_server_without_keys(stub: OpenAILike, client: httpx.Client) -> None:
    stub.configure(keyless=True)
    client.headers["Authorization"] = "Bearer whatever"
    assert send(client).status_code == 200
    del client.headers["Authorization"]
    assert send(client).status_code == 200
    assert client.get("/models").status_code == 200


def test_url_instead_of_file(stub: OpenAILike, client: httpx.Client) -> None:
    fields = {name: (None, value) for name, value in {"model": "whisper-1", "url": "https://a.example/b.mp3"}.items()}
    assert client.post("/audio/transcriptions", files=fields).status_code == 400
    stub.configure(accepts_url=True)
    assert client.post("/audio/transcriptions", files=fields).json()["text"]


def test_no_credit(stub: OpenAILike, client: httpx.Client) -> None:
    client.headers["Authorization"] = "Bearer stub-broke"
    assert send(client).status_code == 402
    stub.configure(out_of_credit=429)
    reply = send(client)
    assert (reply.status_code, reply.json()["error"]["code"]) == (429, "insufficient_quota")


@pytest.mark.parametrize("text", ["", "Ça va ? Größe, 日本語.\nשלום 😀"])
def test_given_words(stub: OpenAILike, client: httpx.Client, text: str) -> None:
    stub.configure(transcript=text)
    body = send(client, WORDS).json()
    assert body["text"] == " ".join(text.split())
    assert len(body["segments"]) == len(text.splitlines())


# --- whisper.cpp


@pytest.fixture
def local() -> Iterator[WhisperCpp]:
    with WhisperCpp() as stub:
        yield stub


def test_whisper_cpp(local: WhisperCpp) -> None:
    with httpx.Client(base_url=local.url, verify=NO_TLS, trust_env=False) as client:

        def infer(sound: bytes = SOUND, path: str = "/inference", **data: str) -> httpx.Response:
            return client.post(path, files={"file": ("talk.wav", sound)}, data=data)

        body = infer(response_format="verbose_json").json()
        assert body["language"] == "english"
        assert "words" not in body
        assert "".join(each["text"] + "\n" for each in body["segments"]) == body["text"] == infer().json()["text"]
        for segment in body["segments"]:
            assert "".join(piece["word"] for piece in segment["words"]) == segment["text"]  # tokens, not words
        assert infer(response_format="text").headers["Content-Type"].startswith("text/html")
        assert infer(response_format="srt").text.startswith("1\n00:00:00,320 --> ")
        timeless = infer(response_format="verbose_json", no_timestamps="true").json()["segments"][0]
        assert not {"start", "end"} & (timeless.keys() | timeless["words"][0].keys())

        mistake = infer(b"ID3 not a WAV")
        assert (mistake.status_code, mistake.json()) == (200, {"error": "failed to read WAV file"})
        assert "error" in client.post("/inference", files={"sound": ("talk.wav", SOUND)}).json()
        assert infer(temperature="hot").status_code == 500
        local.configure(error_status=400)
        assert infer(b"ID3 not a WAV").status_code == 400
        local.configure(converts=True)
        assert infer(b"ID3 not a WAV").json()["text"]

        assert infer(path="/v1/audio/transcriptions").status_code == 404
        local.configure(inference_path="/v1/audio/transcriptions")
        assert infer(path="/v1/audio/transcriptions").status_code == 200
        assert infer().status_code == 404
        assert client.get("/v1/models").status_code == 404


# --- as recorded


def test_words_look_as_recorded(client: httpx.Client, shared_data: Path) -> None:
    recorded = json.loads((shared_data / "vendor-json/vercel_ai/openai-transcription.json").read_text())
    body = send(client, WORDS | {"timestamp_granularities[]": "word"}).json()
    assert list(body) == list(recorded)
    assert body["words"][0].keys() == recorded["words"][0].keys()
    assert body["usage"].keys() == recorded["usage"].keys()


def test_segments_look_as_documented(client: httpx.Client, shared_data: Path) -> None:
    text = (shared_data / "vendor-json/openai_spec/CreateTranscriptionResponseVerboseJson.json").read_text()
    documented = json.loads(text.replace("},\n    ...", "}"))
    body = send(client, response_format="verbose_json").json()
    assert list(body) == list(documented)
    assert list(body["segments"][0]) == list(documented["segments"][0])


def test_tokens_look_as_documented(client: httpx.Client, shared_data: Path) -> None:
    documented = json.loads((shared_data / "vendor-json/openai_spec/0_default.json").read_text())
    body = send(client, model="gpt-4o-transcribe").json()
    assert body["usage"].keys() == documented["usage"].keys()
    assert body["usage"]["input_token_details"].keys() == documented["usage"]["input_token_details"].keys()
