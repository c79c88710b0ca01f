"""The imitation of STT.ai keeps to the contract: fields, formats, limits of the tiers, the account API."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from .heard import silence
from .stt_ai import SttAi

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
SOUND = silence(12)


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


def send(client: httpx.Client, sound: bytes = SOUND, name: str = "talk.wav", **data: str) -> httpx.Response:
    return client.post("/v1/transcribe", files={"file": (name, sound, "audio/wav")}, data=data)


def test_the_usual_reply(client: httpx.Client) -> None:
    body = send(client).json()
    assert (body["language"], body["duration"], body["speakers"]) == ("en", 12.0, ["Speaker 1", "Speaker 2"])
    assert " ".join(each["text"] for each in body["segments"]) == body["text"]
    segment = body["segments"][0]
    assert segment.keys() == {"start", "end", "text", "speaker", "confidence", "words"}
    assert segment["words"][0].keys() == {"word", "start", "end"}
    assert (segment["start"], segment["words"][0]["start"], segment["words"][-1]["end"]) == (0.32, 0.32, segment["end"])
    asked: dict[str, Any] = {"model": "large-v3-turbo", "language": "auto", "diarize": "true", "speakers": "0"}
    assert send(client, response_format="json", **asked).json() == body  # the documented defaults


def test_fields(client: httpx.Client) -> None:
    assert send(client, language="id").json()["language"] == "id"
    assert send(client, speakers="1").json()["speakers"] == ["Speaker 1"]
    assert send(client, speakers="3").json()["speakers"] == ["Speaker 1", "Speaker 2", "Speaker 3"]


@pytest.mark.parametrize("speakers", [None, []])
def test_not_diarized(stub: SttAi, client: httpx.Client, speakers: list[str] | None) -> None:
    stub.configure(undiarized="missing" if speakers is None else "empty")
    body = send(client, diarize="false").json()
    assert body.get("speakers") == speakers
    assert not any("speaker" in each for each in body["segments"])


def test_formats(stub: SttAi, client: httpx.Client) -> None:
    text = send(client).json()["text"]
    assert send(client, response_format="txt").text == text
    assert send(client, response_format="srt").text.startswith("1\n00:00:00,320 --> ")
    vtt = send(client, response_format="vtt")
    assert vtt.headers["Content-Type"].startswith("text/vtt")
    assert vtt.text.startswith("WEBVTT\n\n00:00:00.320 --> ")
    assert send(client, response_format="text").status_code == 400
    stub.configure(formats=["json", "text", "srt", "vtt", "verbose_json"])
    assert send(client, response_format="text").text == text
    assert send(client, response_format="verbose_json").json()["text"] == text
    assert send(client, response_format="txt").status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "large-v9"},
        {"model": ""},
        {"model": "stt-ai-enhanced"},
        {"language": "english"},
        {"diarize": "True"},
        {"diarize": "1"},
        {"speakers": "two"},
        {"speakers": "-1"},
        {"response_format": "pdf"},
        {"timestamps": "word"},
    ],
)
def test_refused_fields(client: httpx.Client, fields: dict[str, Any]) -> None:
    reply = send(client, **fields)
    assert reply.status_code == 400
    assert next(iter(fields)) in reply.json()["error"]


def test_refused_files(client: httpx.Client) -> None:
    assert client.post("/v1/transcribe", files={"audio": ("talk.wav", SOUND)}).json() == {"error": "No file provided."}
    assert client.post("/v1/transcribe", files={"file": (None, "talk")}).status_code == 400
    assert client.post("/v1/transcribe", json={"url": "https://a.example/b.mp3"}).status_code == 415
    assert "Unsupported" in send(client, name="talk.docx").json()["error"]
    assert send(client, name="talk.WMA").status_code == 200
    assert send(client, sound=b"").status_code == 400


def test_more_models(stub: SttAi, client: httpx.Client) -> None:
    stub.configure(models=["nvidia-canary"], paid_models=["stt-ai-enhanced"], described_models=True)
    assert send(client, model="nvidia-canary").status_code == 200
    assert send(client, model="stt-ai-enhanced").status_code == 402
    stub.configure(tier="paid")
    assert send(client, model="stt-ai-enhanced").status_code == 200
    (listed,) = client.get("/v1/models").json()["models"]
    assert (listed["id"], "description" in listed) == ("nvidia-canary", True)


def test_information_needs_no_key(stub: SttAi, client: httpx.Client) -> None:
    del client.headers["Authorization"]
    models = client.get("/v1/models").json()["models"]
    assert [each["id"] for each in models] == ["large-v3-turbo", "large-v3", "medium", "small"]
    assert models[0].keys() == {"id", "name", "languages", "speed"}
    assert {"code": "en", "name": "english"} in client.get("/v1/languages").json()["languages"]
    assert client.get("/health").json()["gpu_available"] is True
    assert client.get("/v1/health").status_code == 404


@pytest.mark.parametrize(("key", "status"), [("stub-bad", 401), ("stub-broke", 402), ("stub-slow", 429)])
@pytest.mark.parametrize("name", ["error", "detail"])
def test_keys(stub: SttAi, client: httpx.Client, key: str, status: int, name: str) -> None:
    stub.configure(error_key=name)
    client.headers["Authorization"] = f"Bearer {key}"
    reply = send(client)
    assert (reply.status_code, reply.json().keys()) == (status, {name})
    if status == 401:
        stub.configure(auth_status=403)
        assert send(client).status_code == 403
        assert client.get("/api/v1/account/").status_code == 403


def test_size_by_tier(stub: SttAi, client: httpx.Client) -> None:
    stub.configure(max_file={"anonymous": 1, "free": len(SOUND), "paid": len(SOUND) + 1})
    assert [send(client, SOUND + tail).status_code for tail in (b"", b"x")] == [200, 413]
    stub.configure(tier="paid", too_large=400)
    assert [send(client, SOUND + tail).status_code for tail in (b"x", b"xx")] == [200, 400]
    del client.headers["Authorization"]
    assert send(client).status_code == 400


def test_without_a_key_three_a_day(stub: SttAi, client: httpx.Client) -> None:
    del client.headers["Authorization"]
    replies = [send(client) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert "Retry-After" not in replies[3].headers
    stub.configure(clock_offset_s=86400)
    assert send(client).status_code == 200
    stub.configure(anonymous=False)
    assert send(client).status_code == 401


def test_minutes(stub: SttAi, client: httpx.Client) -> None:
    stub.configure(monthly_minutes=2)
    assert [send(client).status_code for _ in range(3)] == [200, 200, 429]  # each minute begun counts
    stub.configure(tier="paid", credits=3)
    assert [send(client).status_code for _ in range(2)] == [200, 402]
    account = client.get("/api/v1/account/").json()
    assert (account["plan"], account["credits"], account["minutes_used"]) == ("paid", 0, 3)
    assert client.get("/api/v1/usage/").json()["usage"][-1]["minutes"] == 3


@pytest.mark.parametrize(("tier", "most"), [("anonymous", 1), ("free", 2), ("paid", 5)])
def test_concurrent_requests(stub: SttAi, client: httpx.Client, tier: str, most: int) -> None:
    stub.configure(tier=tier, hold=True)
    if tier == "anonymous":
        del client.headers["Authorization"]
    with ThreadPoolExecutor(most) as pool:
        held = [pool.submit(send, client) for _ in range(most)]
        stub.wait_busy(most)
        refused = send(client)
        stub.configure(hold=False)
        assert [each.result().status_code for each in held] == [200] * most
    assert refused.status_code == 429
    assert "concurrent" in refused.json()["error"]
    stub.wait_busy(0)
    assert send(client).status_code == 200


def test_a_held_transcription_does_not_outlive_the_server() -> None:
    with SttAi(hold=True) as stub, httpx.Client(base_url=stub.url, verify=NO_TLS) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/transcribe", files={"file": ("talk.wav", SOUND)}, timeout=httpx.Timeout(5, read=0.05))
        stub.wait_busy(1)


def test_silence_before_the_reply(stub: SttAi, client: httpx.Client) -> None:
    stub.configure(work_s=30)
    with pytest.raises(httpx.ReadTimeout):
        client.post("/v1/transcribe", files={"file": ("talk.wav", SOUND)}, timeout=httpx.Timeout(5, read=0.05))
    stub.wait_busy(1)
    stub.configure(work_s=0)
    stub.wait_busy(0)


def test_without_a_gpu(stub: SttAi, client: httpx.Client) -> None:
    stub.configure(gpu=False, monthly_minutes=1)
    assert send(client).json() == {"error": "GPU temporarily unavailable."}
    assert client.get("/health").json()["gpu_available"] is False
    stub.configure(gpu=True)
    assert send(client).status_code == 200  # the refused one was not charged


def test_gaps(stub: SttAi, client: httpx.Client) -> None:
    stub.configure(some_speakerless=True, words=False, transcript="Ça va ?\n日本語\nשלום 😀\nNaïve.")
    body = send(client).json()
    assert [each.get("speaker") for each in body["segments"]] == ["Speaker 1", "Speaker 2", None, "Speaker 2"]
    assert not any("words" in each for each in body["segments"])
    assert body["segments"][2]["text"] == "שלום 😀"
    stub.configure(transcript="")
    assert send(client).json() | {"duration": 0} == {
        "text": "",
        "language": "en",
        "duration": 0,
        "segments": [],
        "speakers": [],
    }


# --- the account API


def test_the_account(client: httpx.Client) -> None:
    account = client.get("/api/v1/account/").json()
    assert (account["plan"], account["email"]) == ("free", "zoë@example.org")
    changed = client.patch("/api/v1/account/", json={"email_preferences": {"newsletter": False}}).json()
    assert changed["email_preferences"]["newsletter"] is False
    assert client.patch("/api/v1/account/", json={"plan": "paid"}).status_code == 400
    assert len(client.get("/api/v1/usage/").json()["usage"]) == 30


@pytest.mark.parametrize("path", ["account", "usage", "transcripts", "transcripts/1"])
def test_the_account_needs_key_and_slash(client: httpx.Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 404
    assert client.get(f"/api/v1/{path}/").status_code == 200
    del client.headers["Authorization"]
    assert client.get(f"/api/v1/{path}/").status_code == 401


def test_pages(client: httpx.Client) -> None:
    def page(**query: Any) -> tuple[list[int], int]:
        body = client.get("/api/v1/transcripts/", params=query).json()
        return [each["id"] for each in body["results"]], body["count"]

    assert page() == ([*range(45, 25, -1)], 45)
    assert page(offset=40) == ([5, 4, 3, 2, 1], 45)
    assert page(limit=3, offset=1) == ([44, 43, 42], 45)
    assert page(offset=45) == ([], 45)
    assert page(status="failed", limit=100) == ([44, 39, 34, 29, 24, 19, 14, 9, 4], 9)
    assert page(language="id", status="processing") == ([38, 23, 8], 3)
    assert page(date="2026-01-02") == ([2], 1)
    for query in ({"limit": "x"}, {"limit": 0}, {"offset": -1}, {"status": "done"}, {"page": 2}):
        assert client.get("/api/v1/transcripts/", params=query).status_code == 400


def test_a_page_has_at_most_a_hundred(stub: SttAi, client: httpx.Client) -> None:
    stub.configure(transcripts=120)
    stub.clear()
    assert len(client.get("/api/v1/transcripts/", params={"limit": 110}).json()["results"]) == 100


def test_one_transcript(client: httpx.Client) -> None:
    entry = client.get("/api/v1/transcripts/5/").json()
    assert client.get(f"/api/v1/transcripts/{entry['slug']}/").json() == entry
    assert " ".join(each["text"] for each in entry["segments"]) == entry["text"]
    assert client.get("/api/v1/transcripts/3/").json()["segments"] == []  # still processing
    assert client.delete("/api/v1/transcripts/5/").status_code == 204
    assert client.get("/api/v1/transcripts/5/").status_code == 404
    assert client.delete("/api/v1/transcripts/5/").status_code == 404
    assert client.get("/api/v1/transcripts/").json()["count"] == 44


@pytest.mark.parametrize(
    ("format", "start"),
    [
        ("txt", b""),
        ("srt", b"1\n00:00:00,320 --> "),
        ("vtt", b"WEBVTT\n\n"),
        ("json", b"{"),
        ("csv", b"start,end,speaker,text\r\n0.32,"),
        ("docx", b"PK"),
        ("pdf", b"%PDF-"),
    ],
)
def test_export(client: httpx.Client, format: str, start: bytes) -> None:
    reply = client.get(f"/api/v1/transcripts/recording-5/export/{format}/")
    assert reply.status_code == 200
    assert reply.content.startswith(start)
    assert len(reply.content) > 40


def test_export_of_what_is_not_there(client: httpx.Client) -> None:
    assert client.get("/api/v1/transcripts/5/export/odt/").status_code == 404
    assert client.get("/api/v1/transcripts/99/export/txt/").status_code == 404
    assert client.get("/api/v1/transcripts/3/export/txt/").status_code == 400
    assert client.get("/api/v1/transcripts/5/export/txt").status_code == 404


@pytest.mark.parametrize("kept", [False, True])
def test_whether_transcriptions_appear_in_the_account(stub: SttAi, client: httpx.Client, kept: bool) -> None:
    stub.configure(keeps_inference=kept)
    text = send(client).json()["text"]
    listed = client.get("/api/v1/transcripts/").json()
    assert listed["count"] == 45 + kept
    newest = client.get(f"/api/v1/transcripts/{listed['results'][0]['id']}/").json()
    assert (newest["text"] == text) is kept
