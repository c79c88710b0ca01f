"""The stub of AI/ML API speaks: models and their limits, three shapes of replies, streams that break off."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from . import aimlapi_voices, spoken
from .aimlapi import AimlApi
from .made_up import NO_TLS

TEXT = "Nobody in the café believed it 👋🏽"
OPENAI, AURA, ELEVEN = "openai/tts-1", "#g1_aura-asteria-en", "elevenlabs/eleven_multilingual_v2"


@pytest.fixture(scope="module")
def server() -> Iterator[AimlApi]:
    with AimlApi() as stub:
        yield stub


@pytest.fixture
def stub(server: AimlApi) -> AimlApi:
    server.reset()
    return server


@pytest.fixture
def client(stub: AimlApi) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer stub-ok"}
    with httpx.Client(base_url=stub.url + "/v1", headers=headers, verify=NO_TLS, trust_env=False, timeout=60) as client:
        yield client


def ask(client: httpx.Client, model: str = OPENAI, text: Any = TEXT, **options: Any) -> httpx.Response:
    return client.post("/tts", json={"model": model, "text": text, **options})


def heard(file: bytes) -> tuple[Any, int]:
    sound, rate = spoken.listen(io.BytesIO(file))
    return sound.shape[1] / rate, spoken.bursts(sound[0], rate)


WHOLE = (pytest.approx(spoken.seconds_of(TEXT), abs=0.001), 7)


def fetched(url: str) -> httpx.Response:
    return httpx.get(url, verify=NO_TLS)


def test_json_with_an_object_or_a_string(stub: AimlApi, client: httpx.Client) -> None:
    reply = ask(client)
    assert reply.headers["x-inference-id"]
    assert reply.json()["meta"]["usage"] == {"credits_used": 990, "usd_spent": 0.000495}
    file = fetched(reply.json()["audio"]["url"])
    assert (file.headers["content-type"], heard(file.content)) == ("audio/mpeg", WHOLE)
    stub.configure(speech_json="string", speech_meta=False)
    body = ask(client).json()
    assert body.keys() == {"audio"}
    assert heard(fetched(body["audio"]).content) == WHOLE
    assert [seen.key for seen in stub.requests("GET")] == [None, None]
    assert [seen.charged for seen in stub.requests("POST")] == [{"characters": 33, "usd": 0.000495}] * 2


def test_bytes_of_streaming_models(stub: AimlApi, client: httpx.Client) -> None:
    reply = ask(client, AURA)
    assert (reply.headers["content-type"], reply.headers["transfer-encoding"]) == ("audio/wav", "chunked")
    assert heard(reply.content) == WHOLE
    assert stub.requests()[0].fields["model"] == AURA  # the # arrived
    assert "audio" in ask(client, AURA, stream=False).json()
    stub.configure(speech_reply="bytes", speech_type="application/octet-stream", speech_framing="length")
    reply = ask(client)
    assert (reply.headers["content-type"], heard(reply.content)) == ("application/octet-stream", WHOLE)
    assert int(reply.headers["content-length"]) == len(reply.content)
    stub.configure(speech_reply="json")
    assert "audio" in ask(client, ELEVEN).json()


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_a_stream_that_breaks_off(stub: AimlApi, client: httpx.Client, framing: str) -> None:
    stub.configure(speech_framing=framing)
    whole = ask(client, AURA).content
    stub.script("POST", "/v1/tts", drop="mid_body")  # of the request: nothing was made
    with pytest.raises(httpx.RemoteProtocolError):
        ask(client, AURA)
    stub.script("POST", "/v1/tts", truncate=len(whole) // 2)
    if framing == "close":
        assert ask(client, AURA).content == whole[: len(whole) // 2]  # nothing but the sound itself tells
    else:
        with pytest.raises(httpx.RemoteProtocolError):
            ask(client, AURA)
    stub.script("POST", "/v1/tts", trickle_s=0.001)
    assert ask(client, AURA).content == whole
    charged = {"characters": 33, "usd": 0.000495}
    assert [seen.charged for seen in stub.requests()] == [charged, None, charged, charged]


@pytest.mark.parametrize(
    ("model", "limit", "field"),
    [
        (OPENAI, 4096, "text"),
        ("minimax/speech-2.6-hd", 5000, "text"),
        ("microsoft/vibevoice-1.5b", 5000, "script"),
        ("alibaba/qwen3-tts-flash", 600, "text"),
        ("hume/octave-2", 500_000, "text"),
    ],
)
def test_limits(stub: AimlApi, client: httpx.Client, model: str, limit: int, field: str) -> None:
    stub.configure(audio_base="https://elsewhere.invalid")
    text = "日👋" * (limit // 2)
    assert client.post("/tts", json={"model": model, field: f"\n {text} "}).status_code == 200
    reply = client.post("/tts", json={"model": model, field: text + "x"})
    assert reply.status_code == 400
    assert str(limit) in reply.json()["message"]
    assert [seen.charged and seen.charged["characters"] for seen in stub.requests()] == [limit, None]


@pytest.mark.parametrize("model", [*aimlapi_voices.LISTED, "#g1_aura-luna-en", "minimax/speech-2.5-turbo-preview"])
def test_models(stub: AimlApi, client: httpx.Client, model: str) -> None:
    talker = aimlapi_voices.talker_of(model)
    assert talker
    stub.configure(speech_reply="bytes")
    assert heard(client.post("/tts", json={"model": model, talker.text: TEXT}).content) == WHOLE


@pytest.mark.parametrize(
    ("model", "options", "type"),
    [
        (OPENAI, {"response_format": "opus", "voice": "verse", "style": "glad"}, "audio/ogg"),
        (OPENAI, {"response_format": "flac", "speed": 2}, "audio/flac"),
        (OPENAI, {"response_format": "pcm"}, "audio/pcm"),
        (AURA, {"encoding": "mulaw", "sample_rate": "8000"}, "audio/wav"),
        (AURA, {"encoding": "alaw", "container": "none"}, "audio/alaw"),
        (AURA, {"encoding": "mp3"}, "audio/mpeg"),
        (ELEVEN, {"output_format": "pcm_16000", "voice": "Rachel", "seed": 7}, "audio/pcm"),
        (ELEVEN, {"output_format": "opus_48000_64", "voice_settings": {"speed": 1.1}}, "audio/ogg"),
        ("minimax/speech-2.6-turbo", {"audio_setting": {"format": "flac"}, "subtitle_enable": True}, "audio/flac"),
        ("inworld/tts-1-max", {"format": "mp3"}, "audio/mpeg"),
    ],
)
def test_options(stub: AimlApi, client: httpx.Client, model: str, options: dict[str, Any], type: str) -> None:
    stub.configure(speech_reply="bytes")
    reply = ask(client, model, **options)
    assert (reply.status_code, reply.headers["content-type"]) == (200, type)
    if type in ("audio/wav", "audio/mpeg", "audio/ogg", "audio/flac"):
        seconds = spoken.seconds_of(TEXT, options.get("speed", 1))
        assert heard(reply.content) == (pytest.approx(seconds, abs=0.001), 7)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("openai/tts-9", {}),
        ("g1_aura-asteria-en", {}),
        (OPENAI, {"text": ""}),
        (OPENAI, {"text": " \n"}),
        (OPENAI, {"text": 7}),
        (OPENAI, {"voice": "Rachel"}),
        (OPENAI, {"speed": 4.01}),
        (OPENAI, {"speed": "1"}),
        (OPENAI, {"response_format": "ogg"}),
        (OPENAI, {"stream": True}),
        (AURA, {"sample_rate": 24000}),
        (AURA, {"container": "ogg"}),
        (AURA, {"speed": 1}),
        (ELEVEN, {"output_format": "wav"}),
        (ELEVEN, {"apply_text_normalization": "yes"}),
        ("minimax/speech-2.6-hd", {"voice": "Wise_Woman"}),
        ("minimax/speech-2.6-hd", {"voice_setting": "Wise_Woman"}),
        ("minimax/speech-2.6-hd", {"audio_setting": {"format": "ogg"}}),
        ("microsoft/vibevoice-7b", {}),
        ("microsoft/vibevoice-7b", {"script": TEXT, "cfg_scale": 3}),
        ("hume/octave-2", {"format": "flac"}),
    ],
)
def test_refused_fields(stub: AimlApi, client: httpx.Client, model: str, options: dict[str, Any]) -> None:
    reply = client.post("/tts", json={"model": model, "text": TEXT} | options)
    assert reply.status_code == 400
    assert reply.json()["message"].startswith("Body validation error\n")
    assert [seen.charged for seen in stub.requests()] == [None]


def test_the_catalogue_has_the_voices(client: httpx.Client) -> None:
    listed = client.get("/models").json()["data"]
    assert [each["id"] for each in listed if each["type"] == "tts"] == [*aimlapi_voices.LISTED]


def test_refusals(stub: AimlApi, client: httpx.Client) -> None:
    assert client.post("/tts", data={"model": OPENAI, "text": TEXT}).status_code == 400
    assert client.get("/tts").status_code == 405
    for key, status in {"stub-bad": 401, "stub-broke": 403, "stub-slow": 429}.items():
        reply = client.post("/tts", json={}, headers={"Authorization": f"Bearer {key}"})
        assert (reply.status_code, reply.json()["path"]) == (status, "/v1/tts")
    assert not any(seen.charged for seen in stub.requests())


def test_addresses_expire(stub: AimlApi, client: httpx.Client) -> None:
    stub.configure(audio_url_s=60, audio="page")
    url = ask(client).json()["audio"]["url"]
    assert fetched(url).content.startswith(b"<!DOCTYPE")
    stub.configure(clock_offset_s=61)
    assert fetched(url).status_code == 403
