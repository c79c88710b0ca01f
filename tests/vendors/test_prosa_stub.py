"""The Prosa stub keeps to its contract: submit, poll, limits, list, delete, each dialect."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from .made_up import NO_TLS, flac, job, ogg, refused, submitted, wav
from .prosa import Prosa

MAX = 10_000_000


@pytest.fixture
def stub() -> Iterator[Prosa]:
    with Prosa() as stub:
        yield stub


@pytest.fixture
def client(stub: Prosa) -> Iterator[httpx.Client]:
    headers = {"x-api-key": "stub-ok", "Accept": "application/json"}
    with httpx.Client(base_url=stub.base_url, headers=headers, verify=NO_TLS, trust_env=False) as client:
        yield client


# --- submit, poll


def test_a_waited_job_is_complete_at_once(client: httpx.Client) -> None:
    found = submitted(client, wait=True, label="rapat ü")
    assert found["status"] == "complete"
    assert found["job_id"] == f"{1:032x}"
    assert found["request"] == {"label": "rapat ü"}
    assert found["job_config"]["wait"] is False
    assert found["model"]["language"] == "Bahasa Indonesia"
    (item,) = found["result"]["data"]
    assert (item["final"], item["time_start"], item["time_end"]) == (True, 0.0, 3.0)
    assert set(item) == {"transcript", "final", "time_start", "time_end"}


def test_a_polled_job(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(polls_until_done=3)
    id = submitted(client)["job_id"]
    polls = [client.get(f"stt/{id}").json() for _ in range(5)]
    assert [poll["status"] for poll in polls] == ["queued", "in_progress", "in_progress", "complete", "complete"]
    assert ["result" in poll for poll in polls] == [False, False, False, True, True]


def test_the_transcript_depends_on_the_audio_alone(stub: Prosa, client: httpx.Client) -> None:
    def words(audio: bytes) -> str:
        return " ".join(item["transcript"] for item in submitted(client, sound=audio, wait=True)["result"]["data"])

    first = words(wav(40))
    assert words(wav(40)) == first
    assert words(wav(41)) != first
    assert len(stub.requests("POST", "/v2/speech/stt")) == 3


def test_when_the_time_box_runs_out_the_job_goes_on(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(work_s=30.5)
    found = submitted(client, wait=True)
    assert found["status"] == "queued"
    assert "result" not in found
    assert [client.get(f"stt/{found['job_id']}").json()["status"] for _ in range(2)] == ["queued", "complete"]
    stub.configure(time_box_s=31)
    assert submitted(client, wait=True)["status"] == "complete"


def test_a_job_that_never_ends_and_a_status_nobody_knows(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(polls_until_done=None, pending=["created", "pondering"], progress={"total": 0.4})
    id = submitted(client)["job_id"]
    polls = [client.get(f"stt/{id}/status").json() for _ in range(50)]
    assert {poll["status"] for poll in polls[1:]} == {"pondering"}
    assert set(polls[0]) == {"job_id", "status", "created_at", "modified_at", "progress"}


@pytest.mark.parametrize("outcome", ["cancelled", "archived", "vanished"])
def test_other_ends(stub: Prosa, client: httpx.Client, outcome: str) -> None:
    stub.configure(outcome=outcome)
    found = submitted(client, wait=True)
    assert found["status"] == outcome
    assert "result" not in found


def test_a_failed_job_tells_how_to_recover(stub: Prosa, client: httpx.Client) -> None:
    context = {"reason": "forbidden", "upstream_status": 403}
    stub.configure(outcome="failed", failure={"code": "download_error", "message": "No.", "context": context})
    id = submitted(client, uri="https://example.org/a.mp3")["job_id"]
    client.get(f"stt/{id}")
    reply = client.get(f"stt/{id}")
    assert (reply.status_code, reply.json()["status"]) == (200, "failed")
    result = reply.json()["result"]
    assert result["error"] == result["code"] == "download_error"
    assert (result["message"], result["context"]) == ("No.", context)
    assert result["recovery"] == {"retryable": True, "retry_after_seconds": 5}


def test_given_transcripts(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(transcript=[])
    assert submitted(client, wait=True)["result"] == {"data": []}
    stub.configure(transcript="Apa kabar? 日本 😀", extra={"novelty": [1]})
    found = submitted(client, wait=True)
    assert found["result"]["data"][0]["transcript"] == "Apa kabar? 日本 😀"
    assert found["novelty"] == [1]


def test_speakers_channels_and_half_finished_results(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(extended=True)
    config = {"speaker_count": 2, "include_partial_results": True}
    items = submitted(client, sound=wav(12), wait=True, config=config)["result"]["data"]
    assert [(item["channel"], item["speaker_tag"], item["final"]) for item in items] == [
        (0, 1, True),
        (0, 2, True),
        (0, 1, False),
    ]
    stub.configure(speaker_field="speaker")
    assert submitted(client, wait=True)["result"]["data"][0]["speaker"] == 1


# --- limits


@pytest.mark.parametrize("make", [wav, ogg, flac])
def test_sixty_seconds_can_be_waited_for(stub: Prosa, client: httpx.Client, make: Any) -> None:
    assert submitted(client, sound=make(60), wait=True)["status"] == "complete"
    reply = client.post("stt", json=job(make(61), wait=True))
    assert refused(reply) == (400, "asr_request_waiting_not_allowed")
    assert len(stub.jobs) == 1
    assert submitted(client, sound=make(61))["status"] == "queued"


def test_four_hours_can_be_polled_for(stub: Prosa, client: httpx.Client) -> None:
    assert submitted(client, sound=ogg(4 * 3600))["status"] == "queued"
    reply = client.post("stt", json=job(ogg(4 * 3600 + 1)))
    assert refused(reply) == (413, "asr_request_file_too_large")
    assert reply.json()["context"] == {"duration": "14401.0", "max_duration": "14400.0"}
    stub.configure(uri_duration_s=14_401.0)
    assert client.post("stt", json=job(uri="https://example.org/a")).status_code == 413


def test_ten_million_bytes_are_the_limit(stub: Prosa, client: httpx.Client) -> None:
    audio = wav(100, rate=37_400)
    body = httpx.Request("POST", "http://x", json=job(audio)).content

    def sent(size: int) -> httpx.Response:
        return client.post("stt", content=body.ljust(size), headers={"Content-Type": "application/json"})

    assert sent(MAX).status_code == 200
    assert refused(sent(MAX + 1)) == (413, "asr_request_file_too_large")
    assert [seen.length for seen in stub.requests()] == [MAX, MAX + 1]
    assert stub.requests()[0].fields["request"]["data"]["bytes"] == 4 * -(-len(audio) // 3)
    stub.configure(over_limit="close")
    with pytest.raises(httpx.TransportError):
        sent(MAX + 1)
    assert len(stub.jobs) == 1


# --- uri


def test_audio_by_address(stub: Prosa, client: httpx.Client) -> None:
    uri = "https://example.org/a.mp3"
    found = submitted(client, uri=uri, duration=8, wait=True)
    assert found["request"] == {"uri": uri, "duration": 8}
    assert found["result"]["data"][-1]["time_end"] == 8.0
    assert submitted(client, uri="googledrive://abc")["status"] == "queued"
    assert refused(client.post("stt", json=job(uri=uri, duration=61, wait=True)))[0] == 400
    stub.configure(uri_failure={"reason": "forbidden", "upstream_status": 403})
    reply = client.post("stt", json=job(uri=uri))
    assert refused(reply) == (400, "asr_request_uri_download_error")
    assert reply.json()["context"] == {"reason": "forbidden", "upstream_status": 403}


# --- list, count, delete, models, time


def test_pages_of_jobs(stub: Prosa, client: httpx.Client) -> None:
    for at in range(5):
        submitted(client, label=f"Rapat {at}", wait=True)
    page = client.get("stt", params={"page": 2, "per_page": 2, "sort_by": "created_at", "sort_ascend": True}).json()
    assert page["pagination"] == {"page": 2, "per_page": 2, "page_count": 3}
    assert page["length"] == 2
    assert [each["request"]["label"] for each in page["data"]] == ["Rapat 2", "Rapat 3"]
    assert all("result" not in each for each in page["data"])
    newest = client.get("stt").json()["data"][0]
    assert newest["request"]["label"] == "Rapat 4"
    assert client.get("stt", params={"page": 9}).json()["data"] == []
    assert client.get("stt/count").json() == 5


def test_jobs_by_day(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(clock_offset_s=1_600_000_000 - stub.now())  # 2020-09-13
    submitted(client)
    stub.configure(clock_offset_s=stub["clock_offset_s"] + 86_400)
    submitted(client)
    counts = {
        ("2020-09-13", "2020-09-14"): 2,
        ("2020-09-13", "2020-09-13"): 1,
        ("2020-09-14", "2030-01-01"): 1,
        ("2020-09-15", "2030-01-01"): 0,
    }
    for (first, last), count in counts.items():
        days = {"from_date": first, "until_date": last}
        assert client.get("stt/count", params=days).json() == count
        assert client.get("stt", params=days).json()["length"] == count
    assert client.get("stt").json()["data"][1]["created_at"].startswith("2020-09-13T12:26:")


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"per_page": "x"}, {"sort_by": "taste"}, {"sort_ascend": "up"}, {"from_date": "13.9.2020"}]
)
def test_bad_queries(client: httpx.Client, query: dict[str, str]) -> None:
    assert refused(client.get("stt", params=query)) == (422, "request_validation_error")


@pytest.mark.parametrize(("style", "status", "empty"), [("job", 200, False), ("empty", 200, True), ("none", 204, True)])
def test_delete(stub: Prosa, client: httpx.Client, style: str, status: int, empty: bool) -> None:
    stub.configure(delete_reply=style)
    id = submitted(client)["job_id"]
    reply = client.delete(f"stt/{id}")
    assert (reply.status_code, reply.content == b"") == (status, empty)
    if not empty:
        assert (reply.json()["job_id"], reply.json()["status"]) == (id, "archived")
    assert client.get(f"stt/{id}").json()["status"] == "archived"
    assert client.get("stt").json()["length"] == client.get("stt/count").json() == 0
    assert refused(client.delete(f"stt/{id}")) == (404, "job_not_found")


def test_a_running_job_may_refuse_to_be_cancelled(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(cancel_running=False, polls_until_done=0)
    id = submitted(client)["job_id"]
    reply = client.delete(f"stt/{id}")
    assert refused(reply) == (409, "job_cancellation_failure")
    assert reply.json()["context"] == {"job_id": id}
    assert client.get(f"stt/{id}").json()["status"] == "complete"
    assert client.delete(f"stt/{id}").status_code == 200


def test_models(client: httpx.Client) -> None:
    first, _online = client.get("stt/models").json()
    assert first["name"] == "stt-general"
    assert set(first) == {"name", "label", "language", "domain", "acoustic", "channels", "samplerate"}


def test_jobs_are_kept_for_a_while(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(retention_s=3600)
    id = submitted(client)["job_id"]
    stub.configure(clock_offset_s=3590)
    assert client.get(f"stt/{id}").status_code == 200
    stub.configure(clock_offset_s=3610)
    assert refused(client.get(f"stt/{id}")) == (404, "job_not_found")
    assert client.get("stt").json()["length"] == 0


# --- dialects


def test_the_introductions_sample(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(intro_sample=True)
    audio = base64.b64encode(wav(1)).decode()
    body = {"config": {"model": "stt-general", "wait": True}, "request": {"audio": audio}}
    assert client.post("stt", json=body).json()["status"] == "complete"
    assert submitted(client, wait=True)["status"] == "complete"


def test_a_bare_result(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(bare_result=True)
    assert set(submitted(client, wait=True)) == {"data"}
    id = submitted(client)["job_id"]
    client.get(f"stt/{id}")
    assert set(client.get(f"stt/{id}").json()) == {"data"}


def test_engine_is_an_older_name_of_model(stub: Prosa, client: httpx.Client) -> None:
    audio = {"data": base64.b64encode(wav(1)).decode()}
    older = client.post("stt", json={"config": {"engine": "stt-general"}, "request": audio})
    assert older.json()["job_config"]["model"] == "stt-general"
    stub.configure(legacy_engine=True)
    reply = client.post("stt", json=job())
    assert refused(reply) == (422, "request_validation_error")
    assert "engine" in reply.json()["message"]
    assert client.post("stt", json=job(config={"engine": "stt-general"})).status_code == 200


def test_other_spellings(stub: Prosa, client: httpx.Client) -> None:
    stub.configure(done_status="compelete", uuid_ids=True)
    found = submitted(client, wait=True)
    assert found["status"] == "compelete"
    assert found["job_id"] == "00000000-0000-0000-0000-000000000001"
    assert "result" in client.get(f"stt/{found['job_id']}").json()
