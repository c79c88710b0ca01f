"""What every vendor's client must survive can be staged with each of these stubs."""

from __future__ import annotations

import email.utils
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from . import slashml
from .assemblyai import AssemblyAI
from .deepgram import Deepgram
from .heard import silence
from .jobs import PolledStub
from .slashml import SlashML
from .stub import Elsewhere, Stub, key_hash

URL = "https://example.org/a.mp3"


@dataclass
class Case:
    """How to hand a vendor a recording, and where the text is."""

    kind: type[Stub]
    key: str
    path: str
    content: dict[str, Any]
    text: Callable[[dict[str, Any]], str]
    poll: str = ""  # where the job is found; empty where there is nothing to poll


CASES = [
    Case(
        Deepgram,
        "Token {}",
        "/v1/listen",
        {"content": silence(20), "headers": {"Content-Type": "audio/wav"}, "params": {"punctuate": "true"}},
        lambda reply: str(reply["results"]["channels"][0]["alternatives"][0]["transcript"]),
    ),
    Case(
        AssemblyAI,
        "{}",
        "/v2/transcript",
        {"json": {"audio_url": URL}},
        lambda reply: str(reply["text"]),
        "/v2/transcript/{}",
    ),
    Case(
        SlashML,
        "Token {}",
        f"{slashml.BASE}/jobs/",
        {"data": {"uploaded_audio_url": URL, "service_provider": "assembly"}},
        lambda reply: str(reply["text"]),
        f"{slashml.BASE}/jobs/{{}}/?service_provider=assembly",
    ),
]
POLLED = [case for case in CASES if case.poll]


class Bench:
    """A running stub and a client of it."""

    def __init__(self, case: Case, stub: Stub, http: httpx.Client) -> None:
        self.case, self.stub, self.http = case, stub, http

    def send(self, key: str = "stub-ok") -> httpx.Response:
        headers = self.case.content.get("headers", {}) | {"Authorization": self.case.key.format(key)}
        return self.http.post(self.stub.url + self.case.path, **self.case.content | {"headers": headers})

    def poll(self, id: str) -> httpx.Response:
        headers = {"Authorization": self.case.key.format("stub-ok")}
        return self.http.get(self.stub.url + self.case.poll.format(id), headers=headers)

    def finish(self) -> dict[str, Any]:
        """The final answer, after as many polls as it takes."""
        reply = self.send().raise_for_status()
        if not self.case.poll:
            return dict(reply.json())
        for _ in range(3):
            found = self.poll(reply.json()["id"]).raise_for_status().json()
        return dict(found)


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client() as http:
        yield http


@pytest.fixture(params=CASES, ids=lambda case: case.kind.__name__)
def bench(request: pytest.FixtureRequest, http: httpx.Client) -> Iterator[Bench]:
    with request.param.kind() as stub:
        yield Bench(request.param, stub, http)


@pytest.fixture(params=POLLED, ids=lambda case: case.kind.__name__)
def polled(request: pytest.FixtureRequest, http: httpx.Client) -> Iterator[Bench]:
    with request.param.kind() as stub:
        yield Bench(request.param, stub, http)


def test_it_works(bench: Bench) -> None:
    assert bench.case.text(bench.finish()).count(" ") > 5


def test_rate_limits_with_and_without_a_time(bench: Bench) -> None:
    assert "retry-after" not in bench.send("stub-slow").headers
    bench.stub.configure(retry_after=7)
    assert bench.send("stub-slow").headers["retry-after"] == "7"
    bench.stub.configure(retry_after="date")
    reply = bench.send("stub-slow")
    assert reply.status_code == 429
    assert email.utils.parsedate_to_datetime(reply.headers["retry-after"]).tzinfo


def test_a_scripted_status_has_the_body_of_the_real_one(bench: Bench) -> None:
    def words(reply: httpx.Response) -> dict[str, Any]:
        return {name: text for name, text in reply.json().items() if name != "request_id"}

    bench.stub.script("POST", bench.case.path, status=429)
    assert words(bench.send()) == words(bench.send("stub-slow"))
    bench.stub.script("POST", bench.case.path, status=401)
    assert words(bench.send()) == words(bench.send("stub-bad"))


def test_unavailable_then_well(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, status=503)
    assert [bench.send().status_code for _ in range(2)] == [503, 200]


def test_a_broken_submit_is_in_the_journal(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, status=500)
    assert bench.send().status_code == 500
    (seen,) = bench.stub.requests("POST", bench.case.path)
    assert (seen.status, seen.key, seen.complete) == (500, key_hash("stub-ok"), True)


def test_a_connection_lost_after_the_body(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, drop="before_response")
    with pytest.raises(httpx.RemoteProtocolError):
        bench.send()
    (seen,) = bench.stub.requests("POST")
    assert (seen.complete, seen.status) == (True, None)
    if isinstance(bench.stub, PolledStub):
        assert len(bench.stub.jobs) == 1  # and will be charged


def test_a_connection_lost_during_a_poll(polled: Bench) -> None:
    id = polled.send().json()["id"]
    polled.stub.script("GET", "*", drop="mid_body")
    with pytest.raises(httpx.RemoteProtocolError):
        polled.poll(id)
    assert polled.poll(id).json()["id"] == id


def test_jobs_that_never_end_and_jobs_that_are_forgotten(polled: Bench) -> None:
    polled.stub.configure(polls_until_done=None, retention_s=60)
    id = polled.send().json()["id"]
    assert {polled.poll(id).json()["text"] for _ in range(5)} == {None}
    polled.stub.configure(clock_offset_s=61)
    assert polled.poll(id).status_code in (400, 404)


def test_answers_that_are_no_json(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, body='{"id": ', headers={"Content-Type": "application/json"})
    bench.stub.script("POST", bench.case.path, status=502, body="<html>", headers={"Content-Type": "text/html"})
    bench.stub.script("POST", bench.case.path, truncate=10)
    with pytest.raises(ValueError, match="Expecting value"):
        bench.send().json()
    assert bench.send().headers["content-type"] == "text/html"
    with pytest.raises(httpx.RemoteProtocolError):
        bench.send()


@pytest.mark.parametrize("text", ["", "Þetta er ágætt.\nمرحبا بالعالم 👋🏽\n日本語 テスト"])
def test_other_texts(bench: Bench, text: str) -> None:
    bench.stub.configure(transcript=text)
    reply = bench.finish()
    assert bench.case.text(reply) == " ".join(text.split())


def test_unknown_fields(bench: Bench) -> None:
    bench.stub.configure(extra={"new": {"field": [None]}})
    assert bench.finish()["new"] == {"field": [None]}


def test_a_slow_trickle(bench: Bench) -> None:
    bench.stub.script("POST", bench.case.path, trickle_s=0.001)
    assert bench.send().json()


def test_a_redirect_to_another_host(bench: Bench) -> None:
    with Elsewhere() as elsewhere:
        headers = {"Location": f"{elsewhere.url}/v1"}
        bench.stub.script("POST", bench.case.path, status=307, body="", headers=headers)
        assert bench.send().status_code == 307
        assert elsewhere.keys() == []
        bench.http.post(headers["Location"], headers={"Authorization": bench.case.key.format("stub-ok")})
        assert elsewhere.keys() == [key_hash("stub-ok")]  # it would have been seen
