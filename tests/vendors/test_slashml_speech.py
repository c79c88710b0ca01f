"""The SlashML stub speaks: jobs that are over at once or later, an MP3 at a public address."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from . import slashml, spoken
from .made_up import NO_TLS
from .slashml import SlashML
from .slashml_speech import BASE
from .stub import key_hash

TEXT = "Nobody in the café believed it 👋🏽"


@pytest.fixture
def stub() -> Iterator[SlashML]:
    with SlashML() as stub:
        yield stub


@pytest.fixture
def http(stub: SlashML) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Token stub-ok"}
    with httpx.Client(base_url=f"{stub.url}{BASE}", headers=headers, verify=NO_TLS, trust_env=False) as http:
        yield http


def submit(http: httpx.Client, path: str = "jobs/", **fields: Any) -> httpx.Response:
    return http.post(path, data={"text": TEXT, "service_provider": "google"} | fields)


def poll(http: httpx.Client, id: str, provider: str = "google") -> httpx.Response:
    return http.get(f"jobs/{id}/", params={"service_provider": provider})


def test_over_at_once(stub: SlashML, http: httpx.Client) -> None:
    reply = submit(http).json()
    assert (reply.keys(), reply["status"]) == ({"id", "status", "audio_url"}, "COMPLETED")
    assert poll(http, reply["id"]).json() == reply
    sound = httpx.get(reply["audio_url"], verify=NO_TLS)
    assert sound.headers["content-type"] == "audio/mpeg"
    heard, rate = spoken.listen(io.BytesIO(sound.content))
    assert heard.shape[1] / rate == pytest.approx(spoken.seconds_of(TEXT), abs=0.001)
    assert spoken.bursts(heard[0], rate) == 7
    assert [seen.key for seen in stub.requests()] == [key_hash("stub-ok")] * 2 + [None]
    assert [seen.charged for seen in stub.requests()] == [{"characters": len(TEXT)}, None, None]


def test_over_later(stub: SlashML, http: httpx.Client) -> None:
    stub.configure(speech_at_once=False, polls_until_done=2, speech_running=["QUEUED", "IN_PROGRESS", "IN_PROGESS"])
    reply = submit(http, service_provider="aws").json()
    assert reply == {"id": reply["id"], "status": "QUEUED"}
    polls = [poll(http, reply["id"], "aws").json() for _ in range(3)]
    assert [each["status"] for each in polls] == ["IN_PROGRESS", "IN_PROGESS", "COMPLETED"]
    assert ["audio_url" in each for each in polls] == [False, False, True]


def test_json_and_paths_without_the_slash(http: httpx.Client) -> None:
    assert submit(http, "jobs").status_code == 200
    reply = http.post("jobs/", json={"text": TEXT, "service_provider": "google"})
    assert reply.status_code == 200
    assert http.get(f"jobs/{reply.json()['id']}", params={"service_provider": "google"}).status_code == 200


def test_slips_of_the_documentation(stub: SlashML, http: httpx.Client) -> None:
    assert http.post("upload/", data={"text": TEXT}).status_code == 404
    id = submit(http).json()["id"]
    wrong = f"{stub.url}{slashml.BASE}/jobs/{id}/"
    assert http.get(wrong, params={"service_provider": "google"}).status_code == 404
    assert http.put("jobs/").status_code == 405


def test_a_poll_names_the_provider(stub: SlashML, http: httpx.Client) -> None:
    id = submit(http).json()["id"]
    assert poll(http, id, "aws").status_code == 404
    assert http.get(f"jobs/{id}/").status_code == 404
    stub.configure(strict_provider=False)
    assert http.get(f"jobs/{id}/").status_code == 200


def test_failures_and_forgetting(stub: SlashML, http: httpx.Client) -> None:
    stub.configure(failure="no such voice", retention_s=60)
    reply = submit(http).json()
    assert (reply["status"], reply["ERROR"], "audio_url" in reply) == ("ERROR", "no such voice", False)
    stub.configure(failure=None, polls_until_done=None, speech_at_once=False)
    id = submit(http).json()["id"]
    assert {poll(http, id).json()["status"] for _ in range(9)} == {"IN_PROGRESS"}
    stub.configure(clock_offset_s=61)
    assert poll(http, id).status_code == 404


def test_an_address_that_expires(stub: SlashML, http: httpx.Client) -> None:
    stub.configure(audio_url_s=60, audio="cut")
    url = submit(http).json()["audio_url"]
    assert 0 < len(httpx.get(url, verify=NO_TLS).content) < 4000
    stub.configure(clock_offset_s=61)
    assert httpx.get(url, verify=NO_TLS).status_code == 403


@pytest.mark.parametrize(
    "fields", [{"text": ""}, {"text": " \n"}, {"text": ["a", "b"]}, {"service_provider": "assembly"}]
)
def test_refused_fields(stub: SlashML, http: httpx.Client, fields: dict[str, Any]) -> None:
    reply = submit(http, **fields)
    assert reply.status_code == 400
    assert next(iter(fields)) in reply.json()["error"]["message"]
    assert stub.speeches == {}


def test_a_limit_can_be_set(stub: SlashML, http: httpx.Client) -> None:
    stub.configure(speech_limit=len(TEXT))
    assert submit(http, text=f" {TEXT}\n").status_code == 200
    assert submit(http, text=TEXT + "!").status_code == 400
    assert [seen.charged for seen in stub.requests()] == [{"characters": len(TEXT)}, None]


def test_without_a_key_ten_calls_a_minute(stub: SlashML, http: httpx.Client) -> None:
    del http.headers["Authorization"]
    urls = [submit(http).json()["audio_url"] for _ in range(10)]
    assert submit(http).status_code == 429
    assert httpx.get(urls[0], verify=NO_TLS).status_code == 200  # files are not counted
