"""The Prosa stub speaks as its contract says: submit, poll, limits, signed addresses, dialects, refusals."""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from . import spoken
from .made_up import NO_TLS, Body, job, refused
from .prosa import Prosa
from .shelf import Shelf
from .stub import Elsewhere, key_hash

VOICE, TEXT = "tts-dimas-formal", "Hasil akhir dari pekerjaan ini cukup memuaskan"
WIDE = "é日👋"  # one, three and four bytes of UTF-8


@pytest.fixture
def stub() -> Iterator[Prosa]:
    with Prosa() as stub:
        yield stub


@pytest.fixture
def client(stub: Prosa) -> Iterator[httpx.Client]:
    headers = {"x-api-key": "stub-ok", "Accept": "application/json"}
    with httpx.Client(base_url=stub.base_url, headers=headers, verify=NO_TLS, trust_env=False, timeout=60) as client:
        yield client


def order(text: str | None = TEXT, /, wait: bool = False, config: Body | None = None, **request: Any) -> Body:
    given = {} if text is None else {"text": text}
    return {"config": {"model": VOICE, "wait": wait, **(config or {})}, "request": {**given, **request}}


def submitted(client: httpx.Client, *args: Any, **how: Any) -> Body:
    reply = client.post("tts", json=order(*args, **how))
    assert reply.status_code == 200, reply.text
    found: Body = reply.json()
    return found


def sound_of(job: Body) -> tuple[Any, int]:
    """Seconds and words of a finished job."""
    sound, rate = spoken.listen(io.BytesIO(base64.b64decode(job["result"]["data"], validate=True)))
    return sound.shape[1] / rate, spoken.bursts(sound[0], rate)


# --- submit, poll


def test_a_waited_job_is_complete_at_once(client: httpx.Client) -> None:
    found = submitted(client, wait=True, label="ü-1")
    assert (found["status"], found["request"]) == ("complete", {"text": TEXT, "label": "ü-1"})
    assert found["job_config"] == {"model": VOICE, "wait": False, "pitch": 0, "tempo": 1, "audio_format": "opus"}
    assert found["model"]["name"] == VOICE
    assert found["result"].keys() == {"data"}
    assert sound_of(found) == (pytest.approx(spoken.seconds_of(TEXT), abs=0.001), 7)


def test_a_polled_job(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(polls_until_done=2)
    id = submitted(client)["job_id"]
    polls = [client.get(f"tts/{id}").json() for _ in range(4)]
    assert [poll["status"] for poll in polls] == ["queued", "in_progress", "complete", "complete"]
    assert ["result" in poll for poll in polls] == [False, False, True, True]
    light = client.get(f"tts/{id}/status").json()
    assert (light["status"], "result" in light) == ("complete", False)


@pytest.mark.parametrize(("format", "head"), [("opus", b"\x1aE\xdf\xa3"), ("mp3", b"ID3"), ("wav", b"RIFF")])
def test_formats(stub: Prosa, client: httpx.Client, format: str, head: bytes) -> None:
    found = submitted(client, wait=True, config={"audio_format": format, "tempo": 0.5, "sample_rate": 24000})
    assert base64.b64decode(found["result"]["data"]).startswith(head)
    assert sound_of(found) == (pytest.approx(spoken.seconds_of(TEXT, 0.5), abs=0.001), 7)
    stub.configure(opus_container="ogg")
    if format == "opus":
        assert base64.b64decode(submitted(client, wait=True)["result"]["data"]).startswith(b"OggS")


def test_when_the_time_box_runs_out_the_job_goes_on(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(work_s=31, polls_until_done=0)
    found = submitted(client, wait=True)
    assert (found["status"], "result" in found) == ("queued", False)
    assert "result" in client.get(f"tts/{found['job_id']}").json()
    assert [seen.charged for seen in stub.requests("POST")] == [{"characters": len(TEXT)}]


def test_jobs_fail_never_end_and_are_forgotten(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(outcome="failed", retention_s=60)
    found = submitted(client, wait=True)
    assert (found["status"], found["result"]["code"]) == ("failed", "engine_error")
    stub.configure(polls_until_done=None, pending=["pondering"])
    id = submitted(client)["job_id"]
    assert {client.get(f"tts/{id}").json()["status"] for _ in range(9)} == {"pondering"}
    stub.configure(clock_offset_s=61)
    assert refused(client.get(f"tts/{id}")) == (404, "job_not_found")


def test_each_direction_has_jobs_of_its_own(client: httpx.Client) -> None:
    spoken_id = submitted(client, label="mine")["job_id"]
    heard_id = client.post("stt", json=job(label="mine")).json()["job_id"]
    assert client.get(f"stt/{spoken_id}").status_code == client.get(f"tts/{heard_id}").status_code == 404
    assert client.get("tts/count").json() == client.get("stt/count").json() == 1
    (listed,) = client.get("tts").json()["data"]
    assert (listed["job_id"], listed["request"]["label"], "result" in listed) == (spoken_id, "mine", False)
    assert client.get("tts", params={"query_text": "AKHIR"}).json()["length"] == 1
    assert client.get("tts", params={"query_text": "mine"}).json()["length"] == 0  # here it looks into the text
    assert client.delete(f"tts/{spoken_id}").json()["status"] == "archived"
    assert client.get("tts/count").json() == 0


def test_the_same_order_twice_is_charged_twice(stub: Prosa, client: httpx.Client) -> None:
    first, second = (submitted(client, label="once") for _ in range(2))
    assert first["job_id"] != second["job_id"]
    assert [seen.charged for seen in stub.requests("POST", "/v2/speech/tts")] == [{"characters": len(TEXT)}] * 2


def test_a_lost_reply_is_charged_and_a_refusal_is_not(stub: Prosa, client: httpx.Client) -> None:
    stub.script("POST", "/v2/speech/tts", drop="before_response")
    with pytest.raises(httpx.RemoteProtocolError):
        submitted(client)
    stub.script("POST", "/v2/speech/tts", status=500, body=stub.error_body("job_queue_unavailable"))
    assert refused(client.post("tts", json=order())) == (500, "job_queue_unavailable")
    assert client.post("tts", json=order("")).status_code == 400
    assert [seen.charged for seen in stub.requests("POST")] == [{"characters": len(TEXT)}, None, None]
    assert len(stub.speeches) == 1


# --- limits


def test_characters_that_can_be_waited_for(stub: Prosa, client: httpx.Client) -> None:
    text = f"\n  {WIDE * 93}x\u3000"  # the blanks at the ends do not count
    assert submitted(client, text, wait=True)["status"] == "complete"
    assert refused(client.post("tts", json=order(text + "y", wait=True))) == (400, "tts_request_not_waitable")
    assert len(stub.speeches) == 1
    assert submitted(client, text + "y")["status"] == "queued"
    assert [seen.charged for seen in stub.requests("POST")] == [{"characters": 280}, None, {"characters": 282}]


def test_characters_of_one_request(stub: Prosa, client: httpx.Client) -> None:
    text = WIDE * 1666 + "xy"
    assert submitted(client, text)["status"] == "queued"
    for more in ("z", "z" * 2_000_000):
        assert refused(client.post("tts", json=order(text + more))) == (413, "tts_request_too_large")
    assert [seen.charged for seen in stub.requests("POST")] == [{"characters": 5000}, None, None]


def test_tags_may_count(stub: Prosa, client: httpx.Client) -> None:
    ssml = "<speak>Apa <break time='1s'/>kabar</speak>"
    found = submitted(client, None, wait=True, ssml=ssml, config={"audio_format": "wav"})
    assert sound_of(found) == (pytest.approx(spoken.seconds_of("Apa kabar")), 2)
    stub.configure(ssml_tags_count=False)
    submitted(client, None, ssml=ssml)
    assert [seen.charged for seen in stub.requests("POST")] == [{"characters": len(ssml)}, {"characters": 9}]


def test_the_quota(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(speech_quota=60)
    submitted(client)
    reply = client.post("tts", json=order())
    assert refused(reply) == (403, "quota_insufficient")
    assert reply.json()["context"] == {"current": 60 - len(TEXT), "required": len(TEXT)}
    client.headers["x-api-key"] = "stub-broke"
    assert refused(client.post("tts", json=order())) == (403, "quota_empty")


# --- results


def test_signed_addresses(stub: Prosa, client: httpx.Client) -> None:
    posted = client.post("tts", params={"as_signed_url": "true"}, json=order(wait=True)).json()
    assert posted["result"].keys() == {"path"}
    path = client.get(f"tts/{posted['job_id']}", params={"as_signed_url": "true"}).json()["result"]["path"]
    assert path != posted["result"]["path"]
    with httpx.Client(verify=NO_TLS, trust_env=False) as bare:
        reply = bare.get(path)
        assert reply.headers["content-type"] == "audio/webm"
        assert reply.content == base64.b64decode(client.get(f"tts/{posted['job_id']}").json()["result"]["data"])
        assert [seen.key for seen in stub.requests("GET", "/audio/{name}")] == [None]
        assert bare.get(path.replace("X-Signature=", "X-Signature=1")).status_code == 403
        assert bare.get(path.partition("?")[0]).status_code == 403
        assert bare.get(path.replace(".webm", ".ogg")).status_code == 404
        stub.configure(clock_offset_s=7199)
        assert bare.get(path).status_code == 200
        stub.configure(clock_offset_s=7202)
        assert bare.get(path).status_code == 403
    assert "data" in client.get(f"tts/{posted['job_id']}", params={"as_signed_url": "false"}).json()["result"]
    assert refused(client.get(f"tts/{posted['job_id']}", params={"as_signed_url": "1"}))[0] == 422
    assert isinstance(stub.shelf, Shelf)


def test_signed_addresses_of_another_host(stub: Prosa, client: httpx.Client) -> None:
    with Elsewhere() as elsewhere:
        stub.configure(audio_base=elsewhere.url)
        path = client.post("tts", params={"as_signed_url": "true"}, json=order(wait=True)).json()["result"]["path"]
        client.get(path)  # a client that takes its key along
        assert elsewhere.keys() == [key_hash("stub-ok")]


def test_damaged_data(stub: Prosa, client: httpx.Client) -> None:
    whole = base64.b64decode(submitted(client, wait=True)["result"]["data"])

    def data(**settings: Any) -> str:
        stub.configure(**settings)
        return str(submitted(client, wait=True)["result"]["data"])

    assert base64.b64decode(data(audio="cut")) == whole[: len(whole) // 2]
    assert data(audio="empty") == ""
    assert base64.b64decode(data(audio="page")).startswith(b"<!DOCTYPE")
    for how in ("invalid", "url", "broken"):
        with pytest.raises(binascii.Error):
            base64.b64decode(data(audio="whole", speech_base64=how), validate=True)
    stub.configure(speech_base64="none")
    assert submitted(client, wait=True)["result"] == {}


def test_details(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(speech_details=True)
    result = submitted(client, "Apa kabar?", wait=True, config={"tempo": 2})["result"]
    assert (result["format"], result["samplerate"], result["channels"]) == ("opus", 48000, 1)
    assert result["duration"] == spoken.seconds_of("Apa kabar?", 2)
    assert result["texts"] == [
        {"text": "Apa", "start": 0.05, "end": 0.08},
        {"text": "kabar?", "start": 0.09, "end": 0.15},
    ]
    stub.configure(texts="whole", rate_field="sample_rate")
    result = submitted(client, "Apa kabar?", wait=True)["result"]
    assert result["texts"] == [{"text": "Apa kabar?", "start": 0.1, "end": 0.3}]
    assert "sample_rate" in result
    stub.configure(texts="none", bare_result=True)
    assert "texts" not in submitted(client, wait=True)


def test_voices(client: httpx.Client) -> None:
    voices = client.get("tts/models").json()
    keys = {"name", "label", "language", "domain", "voice", "gender", "channels", "samplerate"}
    assert all(voice.keys() == keys for voice in voices)
    assert voices[0]["label"] == "TTS Dimas Formal"
    assert [voice["language"] for voice in voices if voice["name"] == "tts-roger"] == ["English"]


# --- refusals


@pytest.mark.parametrize(
    ("body", "status", "id"),
    [
        ({}, 422, "request_validation_error"),
        ({"config": [], "request": {}}, 422, "request_validation_error"),
        (order(config={"model": None}), 422, "request_validation_error"),
        (order(config={"model": "tts-nobody"}), 404, "tts_model_not_found"),
        (order(config={"wait": "true"}), 422, "request_validation_error"),
        (order(config={"audio_format": "flac"}), 422, "request_validation_error"),
        (order(config={"audio_format": None}), 422, "request_validation_error"),
        (order(config={"pitch": 1.01}), 422, "request_validation_error"),
        (order(config={"pitch": True}), 422, "request_validation_error"),
        (order(config={"tempo": 0.49}), 422, "request_validation_error"),
        (order(config={"tempo": 2.01}), 422, "request_validation_error"),
        (order(config={"tempo": "1"}), 422, "request_validation_error"),
        (order(config={"sample_rate": 12345}), 422, "request_validation_error"),
        (order(None), 400, "tts_request_no_text_data"),
        (order(" \n\u3000"), 400, "tts_request_no_text_data"),
        (order(None, ssml="<speak> </speak>"), 400, "tts_request_no_text_data"),
        (order(None, ssml="<speak>Apa"), 422, "request_validation_error"),
        (order(ssml="<speak>Apa</speak>"), 422, "request_validation_error"),
        (order(None, text=7), 422, "request_validation_error"),
        (order(label=7), 422, "request_validation_error"),
    ],
)
def test_bad_requests(stub: Prosa, client: httpx.Client, body: Body, status: int, id: str) -> None:
    assert refused(client.post("tts", json=body)) == (status, id)
    assert stub.speeches == {}
    assert [seen.charged for seen in stub.requests()] == [None]


def test_ranges_of_pitch(stub: Prosa, client: httpx.Client) -> None:
    for pitch in (-1, -0.5, 1.0):
        assert client.post("tts", json=order(config={"pitch": pitch})).status_code == 200
    stub.configure(pitch="int")
    assert client.post("tts", json=order(config={"pitch": -10})).status_code == 200
    for pitch in (0.5, 11):
        assert client.post("tts", json=order(config={"pitch": pitch})).status_code == 422


def test_unknown_fields_are_passed_over(client: httpx.Client) -> None:
    assert submitted(client, config={"mood": "glad"}, speed=7)["status"] == "queued"


def test_keys(stub: Prosa, client: httpx.Client) -> None:
    def answer(key: str | None) -> tuple[int, str]:
        headers = {} if key is None else {"x-api-key": key}
        return refused(httpx.post(stub.base_url + "tts", json=order(), headers=headers, verify=NO_TLS))

    assert answer(None) == (401, "auth_unauthorized")
    assert answer("stub-bad") == (401, "auth_invalid_api_key")
    assert answer("stub-slow") == (429, "rate_limited")
    stub.configure(valid_keys=["stub-ok", "for-speech"], speech_keys=["for-speech"])
    assert refused(client.post("tts", json=order())) == (401, "auth_invalid_api_key")
    assert client.post("stt", json=job()).status_code == 200
    client.headers["x-api-key"] = "for-speech"
    assert client.post("tts", json=order()).status_code == 200
    assert refused(client.post("stt", json=job())) == (401, "auth_invalid_api_key")


def test_wrong_addresses_and_types(client: httpx.Client) -> None:
    assert client.post("tts/", json=order()).status_code == 404
    assert client.put("tts", json=order()).status_code == 405
    assert refused(client.post("tts", data={"text": TEXT}))[0] == 415
    half = json.dumps(order("\ud800")).encode()  # of a character beyond the sixteen bits
    for body in (b"{", half):
        assert refused(client.post("tts", content=body, headers={"Content-Type": "application/json"}))[0] == 422
