"""What every vendor's client must survive can be staged with each of the stubs that take an upload with the request."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from .aimlapi import AimlApi
from .heard import silence
from .openai_like import OpenAILike
from .stt_ai import SttAi
from .stub import Elsewhere, Stub, key_hash
from .whisper_cpp import WhisperCpp

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
FILE = ("talk.wav", silence(3), "audio/wav")


@dataclass(frozen=True)
class Case:
    vendor: Callable[[], Stub]
    submit: str  # the path that work is sent to
    look: str  # the path of a GET that needs the key or at least answers
    part: str = "file"
    model: str = ""
    keyless: bool = False
    broke: int = 402


CASES = {
    "STT.ai": Case(SttAi, "/v1/transcribe", "/api/v1/account/"),
    "AI/ML API": Case(AimlApi, "/v1/stt/create", "/v1/billing/balance", "audio", "#g1_whisper-tiny", broke=403),
    "OpenAI": Case(OpenAILike, "/v1/audio/transcriptions", "/v1/models", model="whisper-1"),
    "whisper.cpp": Case(WhisperCpp, "/inference", "/", keyless=True),
}


@pytest.fixture(scope="module", params=CASES)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Case, Stub]]:
    case = CASES[request.param]
    with case.vendor() as stub:
        yield case, stub


@pytest.fixture
def case(served: tuple[Case, Stub]) -> Case:
    return served[0]


@pytest.fixture
def stub(served: tuple[Case, Stub]) -> Stub:
    served[1].reset()
    return served[1]


@pytest.fixture
def client(stub: Stub) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer stub-ok"}
    with httpx.Client(base_url=stub.url, headers=headers, verify=NO_TLS, trust_env=False) as client:
        yield client


def submit(client: httpx.Client, case: Case) -> httpx.Response:
    return client.post(case.submit, files={case.part: FILE}, data={"model": case.model} if case.model else {})


def test_keys(client: httpx.Client, case: Case) -> None:
    expected = {"stub-ok": 200, "stub-bad": 401, "stub-broke": case.broke, "stub-slow": 429}
    for key, status in expected.items():
        client.headers["Authorization"] = f"Bearer {key}"
        reply = submit(client, case)
        assert reply.status_code in ((200, 201) if status == 200 or (case.keyless and status != 429) else (status,))
        assert isinstance(reply.json(), dict)


def test_rate_limits_with_and_without_a_time(stub: Stub, client: httpx.Client, case: Case) -> None:
    stub.script("POST", case.submit, status=429)
    stub.script("POST", case.submit, status=429, headers={"Retry-After": "2"})
    stub.script("POST", case.submit, status=429, headers={"Retry-After": "Thu, 01 Jan 2026 00:00:00 GMT"})
    replies = [submit(client, case) for _ in range(4)]
    assert [reply.status_code for reply in replies[:3]] == [429] * 3
    assert [reply.headers.get("Retry-After", "")[:3] for reply in replies] == ["", "2", "Thu", ""]
    assert replies[3].is_success


def test_unavailable_then_well(stub: Stub, client: httpx.Client, case: Case) -> None:
    stub.script("POST", case.submit, status=503)
    assert [submit(client, case).is_success for _ in range(2)] == [False, True]


def test_whether_it_was_sent_again_is_in_the_journal(stub: Stub, client: httpx.Client, case: Case) -> None:
    stub.script("POST", case.submit, status=500)
    assert submit(client, case).status_code == 500
    stub.script("POST", case.submit, drop="before_response")
    with pytest.raises(httpx.RemoteProtocolError):
        submit(client, case)
    seen = stub.requests("POST", case.submit)
    assert [(each.status, each.complete) for each in seen] == [(500, True), (None, True)]
    assert seen[0].fields[case.part]["bytes"] == len(FILE[1])
    assert seen[0].key == key_hash("stub-ok")


def test_dropped_half_way(stub: Stub, client: httpx.Client, case: Case) -> None:
    stub.script("GET", case.look, drop="mid_body")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(case.look)
    stub.script("POST", case.submit, drop="mid_body")
    with pytest.raises(httpx.TransportError):
        submit(client, case)
    assert not stub.wait_for(1, "POST", case.submit)[0].complete


@pytest.mark.parametrize(("body", "kind"), [('{"text": "cut', "application/json"), ("<html>busy</html>", "text/html")])
def test_no_json(stub: Stub, client: httpx.Client, case: Case, body: str, kind: str) -> None:
    stub.script("POST", case.submit, status=200, body=body, headers={"Content-Type": kind})
    reply = submit(client, case)
    assert (reply.status_code, reply.text) == (200, body)
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_a_trickle(stub: Stub, client: httpx.Client, case: Case) -> None:
    stub.script("POST", case.submit, trickle_s=0.001)
    assert submit(client, case).json()


def test_a_redirect_to_another_host(stub: Stub, client: httpx.Client, case: Case) -> None:
    with Elsewhere() as elsewhere:
        stub.script("*", "*", status=307, headers={"Location": elsewhere.url + "/x"}, times=2)
        assert [submit(client, case).status_code, client.get(case.look).status_code] == [307, 307]
        assert elsewhere.requests() == []


def test_exactly_at_the_limit_and_one_byte_over(stub: Stub, client: httpx.Client, case: Case) -> None:
    submit(client, case)
    length = stub.requests()[0].length
    stub.configure(max_body=length)
    assert submit(client, case).is_success
    stub.configure(max_body=length - 1)
    assert submit(client, case).status_code == 413
    stub.configure(over_limit="close")
    with pytest.raises(httpx.TransportError):
        submit(client, case)


def test_unknown_fields(stub: Stub, client: httpx.Client, case: Case) -> None:
    stub.configure(extra={"new": {"field": [None]}})
    reply = submit(client, case).json()
    if case.vendor is AimlApi:
        stub.configure(polls_until_done=0)
        reply = client.get(f"/v1/stt/{reply['generation_id']}").json()
    assert reply["new"] == {"field": [None]}


def test_wrong_ways(client: httpx.Client, case: Case) -> None:
    assert client.put(case.submit).status_code == 405
    assert client.post(case.submit + "/", files={"file": FILE}).status_code == 404
    assert client.post(case.submit, content=b"x", headers={"Content-Type": "audio/wav"}).status_code in (400, 415)
    assert client.get("/v2/nothing").status_code == 404
