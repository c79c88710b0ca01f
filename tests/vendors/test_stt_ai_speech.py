"""The stub of STT.ai speaks with a borrowed voice and cleans sound: multipart in, WAV out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest

from . import spoken
from .heard import silence
from .made_up import NO_TLS
from .stt_ai import SttAi

TEXT, VOICE = "Nobody in the café believed it 👋🏽", silence(5)


@pytest.fixture(scope="module")
def server() -> Iterator[SttAi]:
    with SttAi() as stub:
        yield stub


@pytest.fixture
def stub(server: SttAi) -> SttAi:
    server.reset()
    return server


@pytest.fixture
def client(stub: SttAi) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer stub-ok"}
    with httpx.Client(base_url=stub.url, headers=headers, verify=NO_TLS, trust_env=False) as client:
        yield client


def speak(client: httpx.Client, voice: bytes = VOICE, name: str = "me.wav", **data: str) -> httpx.Response:
    return client.post("/v1/tts", files={"reference": (name, voice, "audio/wav")}, data={"text": TEXT} | data)


def enhance(client: httpx.Client, sound: bytes = VOICE, name: str = "talk.wav", **data: str) -> httpx.Response:
    return client.post("/v1/enhance-audio", files={"file": (name, sound, "audio/wav")}, data=data)


def test_speech(stub: SttAi, client: httpx.Client) -> None:
    reply = speak(client)
    assert reply.headers["content-type"] == "audio/wav"
    sound, rate = spoken.listen(io.BytesIO(reply.content))
    seconds = spoken.seconds_of(TEXT)
    assert sound.shape[1] / rate == pytest.approx(seconds, abs=0.001)
    assert spoken.bursts(sound[0], rate) == 7
    assert float(reply.headers["x-duration"]) == pytest.approx(seconds, abs=0.01)
    assert float(reply.headers["x-generation-time"]) > 0
    (seen,) = stub.requests()
    assert seen.charged == {"characters": len(TEXT), "seconds": seconds}
    assert seen.fields["reference"]["bytes"] == len(VOICE)
    stub.configure(speech_headers=False, audio="cut")
    cut = speak(client)
    assert "x-duration" not in cut.headers
    assert cut.content == reply.content[: len(reply.content) // 2]


@pytest.mark.parametrize(
    ("seconds", "status"), [(2.9, 400), (2.999, 400), (3, 200), (10, 200), (10.001, 400), (30, 400)]
)
def test_how_long_a_reference_may_be(client: httpx.Client, seconds: float, status: int) -> None:
    assert speak(client, silence(seconds)).status_code == status


def test_references_of_other_formats(client: httpx.Client) -> None:
    for format in ("mp3", "flac", "webm"):
        voice = spoken.encoded(spoken.samples("x" * 240, 48_000), 48_000, format)
        assert speak(client, voice, f"me.{format}").status_code == 200


def test_refused_speech(stub: SttAi, client: httpx.Client) -> None:
    refused = {
        "No reference": client.post("/v1/tts", files={"file": ("a.wav", VOICE)}, data={"text": TEXT}),
        "No reference ": client.post("/v1/tts", files={"reference": (None, "me"), "text": (None, TEXT)}),
        "No text": client.post("/v1/tts", files={"reference": ("a.wav", VOICE)}),
        "No text ": speak(client, text=" \n"),
        "Unsupported": speak(client, name="me.txt"),
        "Unsupported ": speak(client, b"no sound at all"),
        "Unknown field: language": speak(client, language="en"),
    }
    for words, reply in refused.items():
        assert reply.status_code == 400
        assert words.strip() in reply.json()["error"]
    assert client.post("/v1/tts", json={"text": TEXT}).status_code == 415
    assert client.get("/v1/tts").status_code == 405
    assert not any(seen.charged for seen in stub.requests())
    stub.configure(speech_limit=len(TEXT), any_field=True)
    assert speak(client, text=f" {TEXT} ", language="en").status_code == 200
    assert speak(client, text=TEXT + "!").status_code == 400


def test_cleaning_keeps_the_length(stub: SttAi, client: httpx.Client) -> None:
    spoken_text = spoken.samples(TEXT)
    quiet = np.stack([spoken_text // 3, spoken_text // 6])
    reply = enhance(client, spoken.encoded(quiet, spoken.RATE, "flac"), "talk.flac")
    assert reply.headers["content-type"] == "audio/wav"
    sound, rate = spoken.listen(io.BytesIO(reply.content))
    assert (sound.shape, rate) == (quiet.shape, spoken.RATE)
    assert np.abs(sound.astype(int)).max() == pytest.approx(0.9 * 32767, abs=2)
    assert enhance(client, silence(61)).status_code == 200
    assert [seen.charged for seen in stub.requests()] == [{"minutes": 1}, {"minutes": 2}]


def test_refused_cleaning(stub: SttAi, client: httpx.Client) -> None:
    assert client.post("/v1/enhance-audio", files={"audio": ("a.wav", VOICE)}).json() == {"error": "No file provided."}
    assert enhance(client, b"no sound").status_code == 400
    assert enhance(client, name="talk.docx").status_code == 400
    assert "strength" in enhance(client, strength="1").json()["error"]
    stub.configure(max_file={"free": len(VOICE) - 1})
    assert enhance(client).status_code == 413
    stub.configure(max_file={"free": len(VOICE)})
    assert enhance(client).status_code == 200


@pytest.mark.parametrize("ask", [speak, enhance])
def test_keys_and_the_graphics_card(stub: SttAi, client: httpx.Client, ask: Any) -> None:
    stub.configure(gpu=False)
    assert ask(client).status_code == 503
    stub.configure(gpu=True)
    assert ask(client).status_code == 200
    for key, status in {"stub-bad": 401, "stub-broke": 402, "stub-slow": 429}.items():
        client.headers["Authorization"] = f"Bearer {key}"
        assert ask(client).status_code == status
    del client.headers["Authorization"]
    assert ask(client).status_code == 401  # only transcription is for everybody


def test_so_many_at_the_same_time(stub: SttAi, client: httpx.Client) -> None:
    stub.configure(hold=True)
    with ThreadPoolExecutor() as pool:
        under_way = [pool.submit(speak, client), pool.submit(enhance, client)]
        stub.wait_busy(2)
        assert speak(client).status_code == 429
        stub.configure(hold=False)
        assert [each.result().status_code for each in under_way] == [200, 200]
