"""The imitation of AssemblyAI: raw upload, strict JSON, a job that is polled, the list, deletion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from .assemblyai import AssemblyAI
from .heard import silence

RAW = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def server() -> Iterator[AssemblyAI]:
    with AssemblyAI(polls_until_done=0) as server:
        yield server


@pytest.fixture
def stub(server: AssemblyAI) -> AssemblyAI:
    server.reset()
    return server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


@pytest.fixture
def bare(client: httpx.Client, stub: AssemblyAI) -> httpx.Client:
    """Without a key."""
    client.base_url, client.headers = httpx.URL(stub.url), httpx.Headers()
    return client


@pytest.fixture
def http(bare: httpx.Client) -> httpx.Client:
    bare.headers.update({"authorization": "stub-ok"})
    return bare


def upload(http: httpx.Client, audio: bytes | None = None) -> str:
    reply = http.post("/v2/upload", content=silence(20) if audio is None else audio, headers=RAW)
    return str(reply.raise_for_status().json()["upload_url"])


def submit(http: httpx.Client, **options: Any) -> dict[str, Any]:
    asked = {"audio_url": upload(http)} | options
    submitted: dict[str, Any] = http.post("/v2/transcript", json=asked).raise_for_status().json()
    return submitted


def finished(http: httpx.Client, **options: Any) -> dict[str, Any]:
    reply: dict[str, Any] = http.get(f"/v2/transcript/{submit(http, **options)['id']}").raise_for_status().json()
    return reply


def test_the_answer_has_the_fields_of_the_public_example(http: httpx.Client, shared_data: Path) -> None:
    folder = shared_data / "vendor-json/assemblyai_spec"
    example = json.loads((folder / "Transcript.json").read_text())
    utterance = json.loads((folder / "TranscriptUtterance.json").read_text())
    reply = finished(http, speaker_labels=True)
    assert set(reply) == set(example)
    assert set(reply["words"][0]) == set(example["words"][0])
    assert set(reply["utterances"][0]) == set(utterance)
    assert set(submit(http)) == set(example)


def test_from_upload_to_text(stub: AssemblyAI, http: httpx.Client) -> None:
    stub.configure(polls_until_done=2)
    job = submit(http)
    assert (job["status"], job["text"], job["words"], job["audio_duration"]) == ("queued", None, None, None)
    polls = [http.get(f"/v2/transcript/{job['id']}").json() for _ in range(3)]
    assert [poll["status"] for poll in polls] == ["processing", "processing", "completed"]
    reply = polls[-1]
    assert reply["audio_duration"] == 20
    assert " ".join(word["text"] for word in reply["words"]) == reply["text"]
    assert all(type(word["start"]) is int and word["start"] < word["end"] <= 20_000 for word in reply["words"])
    assert reply["words"][-1]["end"] > 15_000  # milliseconds
    assert (reply["utterances"], reply["words"][0]["speaker"], reply["language_code"]) == (None, None, "en_us")


def test_speakers(stub: AssemblyAI, http: httpx.Client) -> None:
    reply = finished(http, speaker_labels=True)
    assert [utterance["speaker"] for utterance in reply["utterances"]][:3] == ["A", "B", "A"]
    assert [word for utterance in reply["utterances"] for word in utterance["words"]] == reply["words"]
    assert {u["speaker"] for u in finished(http, speaker_labels=True, speakers_expected=1)["utterances"]} == {"A"}
    stub.configure(word_speakers=False)
    reply = finished(http, speaker_labels=True)
    assert (reply["words"][0]["speaker"], reply["utterances"][0]["words"][0]["speaker"]) == (None, "A")


def test_language_and_wording(http: httpx.Client) -> None:
    assert finished(http, language_code="id")["language_code"] == "id"
    reply = finished(http, language_detection=True)
    assert (reply["language_code"], reply["language_confidence"]) == ("en", 0.9959)
    reply = finished(http, punctuate=False, format_text=False)
    assert reply["text"] == reply["text"].lower()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"audio_url": None}, "audio_url is required"),
        ({"speaker_label": True}, "Invalid endpoint schema"),
        ({"speaker_labels": "true"}, "Invalid endpoint schema"),
        ({"speakers_expected": True, "speaker_labels": True}, "Invalid endpoint schema"),
        ({"speech_models": "universal-2"}, "Invalid endpoint schema"),
        ({"speech_models": []}, '"speech_models" must be a non-empty list'),
        ({"speech_models": ["nano"]}, '"speech_models" must be a non-empty list'),
        ({"speech_model": "whisper"}, '"speech_models" must be a non-empty list'),
        ({"language_code": "en", "language_detection": True}, "cannot be used together"),
        ({"speaker_labels": True, "punctuate": False}, "requires punctuate"),
        ({"speakers_expected": 2}, "requires speaker_labels"),
    ],
)
def test_wrong_options_are_refused(http: httpx.Client, options: dict[str, Any], message: str) -> None:
    reply = http.post("/v2/transcript", json={"audio_url": "https://example.org/a.mp3"} | options)
    assert reply.status_code == 400
    assert message in reply.json()["error"]


def test_models_in_both_spellings(stub: AssemblyAI, http: httpx.Client) -> None:
    submit(http, speech_models=["universal-3-pro", "universal-2"])
    assert submit(http, speech_model="best")["speech_model"] == "best"
    stub.configure(models_required=True)
    for options in ({}, {"speech_model": "best"}):
        assert http.post("/v2/transcript", json={"audio_url": "https://example.org/a.mp3"} | options).status_code == 400
    submit(http, speech_models=["universal-2"])


def test_uploads_are_raw_bytes_of_a_limited_size(stub: AssemblyAI, http: httpx.Client) -> None:
    audio = silence(2)
    stub.configure(max_bytes=len(audio))
    upload(http, audio)
    assert http.post("/v2/upload", content=audio + b"0", headers=RAW).status_code == 413
    assert http.post("/v2/upload", content=iter([audio, b"0"]), headers=RAW).status_code == 413
    assert http.post("/v2/upload", content=b"", headers=RAW).status_code == 422
    assert http.post("/v2/upload", files={"audio": audio[:-500]}).status_code == 415


def test_a_lost_upload_fails_the_job_not_the_submit(stub: AssemblyAI, http: httpx.Client) -> None:
    url = upload(http)
    stub.configure(clock_offset_s=24 * 3600 - 60)
    assert finished(http, audio_url=url)["status"] == "completed"
    stub.configure(clock_offset_s=24 * 3600 + 60)
    for lost in (url, "https://cdn.assemblyai.com/upload/never"):
        reply = finished(http, audio_url=lost)
        assert reply["status"] == "error"
        assert reply["error"].startswith(f"Download error, unable to download {lost}")
        assert reply["text"] is None


def test_recordings_that_cannot_be_transcribed(stub: AssemblyAI, http: httpx.Client) -> None:
    def error(audio: bytes, **options: Any) -> str:
        return str(finished(http, audio_url=upload(http, audio), **options)["error"])

    assert error(silence(0.1)) == "Audio duration is too short."
    assert "no spoken audio" in error(silence(0.2), language_detection=True)
    assert finished(http, audio_url=upload(http, silence(0.2)))["text"] == ""
    stub.configure(longest_s=5)
    assert error(silence(6)) == "Audio duration is too long."
    stub.configure(failure="Transcription failed.")
    assert error(silence(5)) == "Transcription failed."


@pytest.mark.parametrize("status", [400, 404])
def test_unknown_and_forgotten_ids(stub: AssemblyAI, http: httpx.Client, status: int) -> None:
    stub.configure(unknown_id_status=status)
    id = submit(http)["id"]
    stub.configure(clock_offset_s=91 * 24 * 3600)
    for gone in (id, "never"):
        reply = http.get(f"/v2/transcript/{gone}")
        assert (reply.status_code, reply.json()["error"]) == (
            status,
            "Transcript lookup error, transcript id not found",
        )
        assert http.delete(f"/v2/transcript/{gone}").status_code == status


def test_keys_and_their_uploads(stub: AssemblyAI, http: httpx.Client) -> None:
    stub.configure(valid_keys=["stub-ok", "second"])
    url, id = upload(http), submit(http)["id"]

    del http.headers["authorization"]

    def post(key: str | None, path: str = "/v2/transcript") -> httpx.Response:
        return http.post(path, json={"audio_url": url}, headers={"authorization": key} if key else {})

    for key in (None, "stub-bad", "Bearer stub-ok", "Token stub-ok"):
        reply = post(key)
        assert (reply.status_code, reply.json()["error"]) == (
            401,
            "Authentication error, API token missing/invalid",
        )
    assert post("stub-broke").status_code == post("stub-broke", "/v2/upload").status_code == 400
    assert "Please top up" in post("stub-broke").json()["error"]
    assert post("stub-slow").status_code == 429
    assert (post("second").status_code, post("second").json()["error"]) == (403, "Cannot access uploaded file")
    assert http.get(f"/v2/transcript/{id}", headers={"authorization": "second"}).status_code == 400
    assert http.get("/v2/transcript?limit=1", headers={"authorization": "stub-broke"}).status_code == 200


def test_the_list_is_paged_newest_first(stub: AssemblyAI, http: httpx.Client) -> None:
    ids = [submit(http)["id"] for _ in range(3)]
    http.get(f"/v2/transcript/{ids[0]}")
    page = http.get("/v2/transcript", params={"limit": 2}).json()
    assert [row["id"] for row in page["transcripts"]] == [ids[2], ids[1]]
    assert (page["page_details"]["limit"], page["page_details"]["result_count"]) == (2, 2)
    assert set(page["transcripts"][0]) == {"id", "resource_url", "status", "created", "completed", "audio_url", "error"}
    older = http.get("/v2/transcript", params=httpx.URL(page["page_details"]["prev_url"]).params).json()
    assert [row["id"] for row in older["transcripts"]] == [ids[0]]
    newer = http.get("/v2/transcript", params=httpx.URL(older["page_details"]["next_url"]).params).json()
    assert [row["id"] for row in newer["transcripts"]] == [ids[2], ids[1]]
    done = http.get("/v2/transcript", params={"status": "completed"}).json()
    assert [row["id"] for row in done["transcripts"]] == [ids[0]]
    assert http.get("/v2/transcript", params={"limit": 201}).status_code == 400


def test_deletion_leaves_an_empty_transcript(http: httpx.Client) -> None:
    job = finished(http)
    for reply in (http.delete(f"/v2/transcript/{job['id']}"), http.get(f"/v2/transcript/{job['id']}")):
        body = reply.json()
        assert reply.status_code == 200
        assert (body["text"], body["words"], body["audio_url"]) == ("Deleted by user.", None, "http://deleted_by_user")


def test_statuses_may_be_anything(stub: AssemblyAI, http: httpx.Client) -> None:
    stub.configure(running_statuses=["queued", "Pondering"], polls_until_done=None)
    job = submit(http)
    assert [http.get(f"/v2/transcript/{job['id']}").json()["status"] for _ in range(3)] == ["Pondering"] * 3


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/v2/transcript", 405), ("POST", "/v2/transcript/", 404), ("GET", "/v2", 404)],
)
def test_wrong_addresses(http: httpx.Client, method: str, path: str, status: int) -> None:
    reply = http.request(method, path)
    assert (reply.status_code, set(reply.json())) == (status, {"error"})
