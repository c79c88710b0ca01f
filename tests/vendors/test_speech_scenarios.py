"""What every client that has text spoken must survive can be staged with each stub."""

from __future__ import annotations

import email.utils
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from . import slashml_speech
from .aimlapi import AimlApi
from .heard import silence
from .made_up import NO_TLS
from .openai_like import OpenAILike
from .prosa import Prosa
from .slashml import SlashML
from .stt_ai import SttAi
from .stub import Elsewhere, Stub, key_hash

TEXT = "Zoë sagt: 日本 👋🏽"


@dataclass
class Case:
    """How a vendor is asked to speak, and how it is asked after a job."""

    kind: type[Stub]
    key: tuple[str, str]  # the header, and what it holds
    path: str
    content: dict[str, Any]
    poll: str = ""  # empty where there is nothing to poll

    def headers(self, key: str = "stub-ok") -> dict[str, str]:
        return {self.key[0]: self.key[1].format(key)}


BEARER = ("Authorization", "Bearer {}")
CASES = [
    Case(
        Prosa,
        ("x-api-key", "{}"),
        "/v2/speech/tts",
        {"json": {"config": {"model": "tts-dini"}, "request": {"text": TEXT, "label": "uuid"}}},
        "/v2/speech/tts/{job_id}",
    ),
    Case(
        SlashML,
        ("Authorization", "Token {}"),
        f"{slashml_speech.BASE}/jobs/",
        {"data": {"text": TEXT, "service_provider": "aws"}},
        slashml_speech.BASE + "/jobs/{id}/?service_provider=aws",
    ),
    Case(AimlApi, BEARER, "/v1/tts", {"json": {"model": "deepgram/aura-2", "text": TEXT}}),
    Case(
        SttAi,
        BEARER,
        "/v1/tts",
        {"files": {"reference": ("me.wav", silence(4), "audio/wav")}, "data": {"text": TEXT}},
    ),
    Case(OpenAILike, BEARER, "/v1/audio/speech", {"json": {"model": "tts-1", "input": TEXT, "voice": "nova"}}),
]


@dataclass
class Bench:
    """A running stub and a client of it."""

    case: Case
    stub: Stub
    http: httpx.Client

    def send(self, key: str = "stub-ok") -> httpx.Response:
        return self.http.post(self.stub.url + self.case.path, headers=self.case.headers(key), **self.case.content)

    def poll(self, submitted: httpx.Response) -> httpx.Response:
        path = self.case.poll.format(**submitted.json())
        return self.http.get(self.stub.url + path, headers=self.case.headers())

    def charges(self) -> list[float | None]:
        journal = self.stub.requests("POST", self.case.path)
        return [seen.charged["characters"] if seen.charged else None for seen in journal]


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(verify=NO_TLS, trust_env=False) as http:
        yield http


@pytest.fixture(params=CASES, ids=lambda case: case.kind.__name__)
def bench(request: pytest.FixtureRequest, http: httpx.Client) -> Iterator[Bench]:
    with request.param.kind() as stub:
        yield Bench(request.param, stub, http)


@pytest.fixture(params=[case for case in CASES if case.poll], ids=lambda case: case.kind.__name__)
def polled(request: pytest.FixtureRequest, http: httpx.Client) -> Iterator[Bench]:
    later = {"speech_at_once": False} if request.param.kind is SlashML else {}
    with request.param.kind(**later) as stub:
        yield Bench(request.param, stub, http)


def test_each_submission_is_charged(bench: Bench) -> None:
    assert [bench.send().status_code for _ in range(2)] == [200, 200]
    assert bench.charges() == [len(TEXT)] * 2
    assert {seen.key for seen in bench.stub.requests()} == {key_hash("stub-ok")}
    journal = bench.http.get(f"{bench.stub.url}/__stub__/requests").json()
    assert [seen["charged"]["characters"] for seen in journal] == [len(TEXT)] * 2


def test_rate_limits_with_seconds_or_a_date(bench: Bench) -> None:
    bench.stub.configure(retry_after=7)
    assert bench.send("stub-slow").headers["retry-after"] == "7"
    bench.stub.configure(retry_after="date")
    reply = bench.send("stub-slow")
    assert reply.status_code == 429
    assert email.utils.parsedate_to_datetime(reply.headers["retry-after"]).tzinfo
    bench.stub.script("POST", bench.case.path, status=429, headers={"Retry-After": "1"})
    assert [bench.send().status_code for _ in range(2)] == [429, 200]
    assert bench.charges() == [None, None, None, len(TEXT)]


def test_errors_cost_nothing(bench: Bench) -> None:
    for status in (503, 500, 401):
        bench.stub.script("POST", bench.case.path, status=status)
    assert [bench.send().status_code for _ in range(4)] == [503, 500, 401, 200]
    assert bench.charges() == [None, None, None, len(TEXT)]


def test_a_connection_lost_after_the_body_costs(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, drop="before_response")
    with pytest.raises(httpx.RemoteProtocolError):
        bench.send()
    assert bench.charges() == [len(TEXT)]


def test_a_connection_lost_within_the_body_does_not(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, drop="mid_body")
    with pytest.raises((httpx.RemoteProtocolError, httpx.WriteError, httpx.ReadError)):
        bench.send()
    (seen,) = bench.stub.requests()
    assert (seen.complete, seen.charged) == (False, None)


def test_a_reply_that_breaks_off_and_one_that_trickles(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, truncate=20)
    with pytest.raises(httpx.RemoteProtocolError):
        bench.send()
    bench.stub.script("POST", bench.case.path, trickle_s=0.001)
    assert len(bench.send().content) > 20
    assert bench.charges() == [len(TEXT)] * 2


def test_answers_of_another_kind(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, body='{"id": ', headers={"Content-Type": "application/json"})
    bench.stub.script("POST", bench.case.path, status=502, body="<html>", headers={"Content-Type": "text/html"})
    with pytest.raises(ValueError, match="Expecting value"):
        bench.send().json()
    reply = bench.send()
    assert (reply.status_code, reply.headers["content-type"]) == (502, "text/html")


def test_a_redirect_to_another_host(bench: Bench) -> None:
    with Elsewhere() as elsewhere:
        bench.stub.script("POST", bench.case.path, status=307, body="", headers={"Location": elsewhere.url})
        assert bench.send().status_code == 307
        assert (elsewhere.keys(), bench.charges()) == ([], [None])


def test_a_poll_whose_connection_is_lost(polled: Bench) -> None:
    job = polled.send()
    polled.stub.script("GET", "*", drop="mid_body")
    polled.stub.script("GET", "*", status=503)
    with pytest.raises(httpx.RemoteProtocolError):
        polled.poll(job)
    assert [polled.poll(job).status_code for _ in range(2)] == [503, 200]
    assert polled.charges() == [len(TEXT)]


def test_further_fields(polled: Bench) -> None:
    polled.stub.configure(extra={"new": {"field": [None]}}, polls_until_done=0)
    assert polled.poll(polled.send()).json()["new"] == {"field": [None]}


def test_the_plain_text_is_in_the_journal(bench: Bench) -> None:
    bench.send()
    fields = bench.stub.requests()[0].fields
    assert TEXT in (fields.get("text"), fields.get("input"), fields.get("request", {}).get("text"))
