"""The line to a vendor: what is sent again and what never, how long it waits, that a stop ends it."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.core.errors import (
    Ambiguous,
    AuthError,
    BadResponse,
    InvalidRequest,
    QuotaError,
    RateLimited,
    RemoteError,
    TooLarge,
    Unavailable,
)
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.engines.remote.bodies import Json, Raw
from studio.engines.remote.line import Line, Shared, Waiting, retry_after
from tests.engines.remote.driving import HASTY
from tests.engines.remote.echo import Echo, finish, line_to

# What is sent again


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_question_is_asked_again(line: Line, stub: Echo, status: int) -> None:
    stub.script("GET", "*", times=4, status=status)
    assert finish(line.send("GET", "jobs")).status_code == 200
    stub.script("GET", "*", times=5, status=status)
    with pytest.raises(Unavailable):
        finish(line.send("GET", "jobs"))
    assert len(stub.requests()) == 10


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_order_is_not_sent_again_when_it_may_have_arrived(line: Line, stub: Echo, status: int) -> None:
    stub.script("POST", "*", status=status)
    with pytest.raises(Ambiguous):
        finish(line.send("POST", "jobs", Json({}), order=True))
    assert line.delivered
    assert len(stub.requests()) == 1


@pytest.mark.parametrize("drop", ["before_response", "mid_body"])
def test_an_order_is_not_sent_again_over_a_broken_connection(line: Line, stub: Echo, tmp_path: Path, drop: str) -> None:
    (tmp_path / "sound").write_bytes(bytes(10_000_000))
    stub.script("POST", "*", drop=drop)
    with pytest.raises(Ambiguous):
        finish(line.send("POST", "raw", Raw(tmp_path / "sound", "audio/wav"), order=True))
    assert len(stub.requests()) == 1


def test_an_order_that_the_vendor_did_not_take_is_sent_again(line: Line, stub: Echo) -> None:
    stub.script("POST", "*", times=2, status=503, body={"code": "queue"})
    response = finish(line.send("POST", "jobs", Json({}), order=True, not_taken=lambda r: r.json()["code"] == "queue"))
    assert response.is_success
    assert len(stub.requests()) == 3


@pytest.mark.parametrize("order", [True, False])
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, BadResponse),
        (303, BadResponse),
        (400, InvalidRequest),
        (401, AuthError),
        (402, QuotaError),
        (403, AuthError),
        (404, InvalidRequest),
        (407, Unavailable),
        (413, TooLarge),
        (415, InvalidRequest),
        (422, InvalidRequest),
    ],
)
def test_a_refusal_is_final(line: Line, stub: Echo, status: int, error: type[RemoteError], order: bool) -> None:
    stub.script("POST", "*", status=status, body={"message": "no"})
    with pytest.raises(error):
        finish(line.send("POST", "jobs", Json({}), order=order))
    assert len(stub.requests()) == 1
    assert not line.delivered


@pytest.mark.parametrize("order", [True, False])
def test_a_server_that_is_not_there_got_nothing(order: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    events: list[Any] = []
    with line_to(f"http://127.0.0.1:{port}") as line, pytest.raises(Unavailable, match="cannot be reached"):
        finish(line.send("POST", "jobs", Json({}), order=order), events)
    assert len([event for event in events if isinstance(event, Waiting)]) == 4
    assert not line.delivered


def test_resends_counts_everything_but_polite_refusals(line: Line, stub: Echo) -> None:
    for status in (429, 503, 429, 503):
        stub.script("POST", "*", status=status)
    with pytest.raises(Unavailable):
        finish(line.send("POST", "jobs", Json({}), resends=1))
    assert len(stub.requests()) == 4


def test_an_order_never_goes_over_a_connection_that_may_be_stale() -> None:
    """The server would keep its connections, but each order comes over a fresh one."""
    got: list[bytes] = []
    kept: list[socket.socket] = []

    def serve(server: socket.socket) -> None:
        for _ in range(3):
            connection, _ = server.accept()
            kept.append(connection)
            got.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        with line_to(f"http://127.0.0.1:{server.getsockname()[1]}", pace=replace(HASTY, read=1)) as line:
            for method, order in (("GET", False), ("POST", True), ("POST", True)):
                assert finish(line.send(method, "jobs", order=order)).json() == {}
        thread.join()
    for connection in kept:
        connection.close()
    assert [data.split()[0] for data in got] == [b"GET", b"POST", b"POST"]


def test_a_server_that_does_not_speak_http() -> None:
    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        with line_to(f"http://127.0.0.1:{server.getsockname()[1]}") as line, pytest.raises(Ambiguous):
            finish(line.send("POST", "jobs", Json({}), order=True))
        thread.join()


def test_silence_is_not_waited_for_without_end(stub: Echo) -> None:
    stub.script("*", "*", times=None, delay_s=5)
    with line_to(f"{stub.url}/v1", pace=replace(HASTY, read=0.1)) as line:
        with pytest.raises(Unavailable, match="does not answer"):
            finish(line.send("GET", "jobs", tries=2))
        with pytest.raises(Ambiguous):
            finish(line.send("POST", "jobs", Json({}), order=True))
    assert len(stub.requests("GET")) == 2
    assert len(stub.requests("POST")) == 1


# How long it waits


def answered(headers: dict[str, str] | None = None, body: object = None) -> httpx.Response:
    return httpx.Response(429, headers=headers, content=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("9" * 400, float("inf")),
        ("-1", 0),
        ("1.5", 0),
        ("²", 0),
        ("soon", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", 0),
        ("Mon, 01 Jan 0001 00:00:00 -0000", 0),
    ],
)
def test_retry_after_in_the_header(header: str, seconds: float) -> None:
    response = answered()
    response.headers = httpx.Headers([(b"Retry-After", header.encode("latin-1"))])
    assert retry_after(response) == seconds


def test_retry_after_as_a_date() -> None:
    assert 50 < retry_after(answered({"Retry-After": formatdate(time.time() + 60, usegmt=True)})) <= 60


@pytest.mark.parametrize(
    ("hint", "seconds"), [(7, 7), (0.5, 0.5), ("3", 3), (-1, 0), (None, 0), ("x", 0), ([], 0), (float("nan"), 0)]
)
def test_retry_after_in_the_body(hint: object, seconds: float) -> None:
    assert retry_after(answered(body={"recovery": {"retry_after_seconds": hint}})) == seconds


@pytest.mark.parametrize("body", [None, [], "x", {"recovery": None}, {"recovery": []}])
def test_no_retry_after(body: object) -> None:
    assert retry_after(answered(body=body)) == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_is_as_long_as_the_vendor_says(line: Line, stub: Echo, status: int) -> None:
    stub.script("GET", "*", status=status, headers={"Retry-After": "60"})
    work = line.send("GET", "jobs")
    event = next(work)
    assert isinstance(event, Waiting)
    assert 50 < event.seconds <= 60
    work.close()
    assert len(stub.requests()) == 1


def test_too_long_a_wait_is_given_up(line: Line, stub: Echo) -> None:
    stub.script("GET", "*", status=429, headers={"Retry-After": "901"})
    with pytest.raises(RateLimited):
        finish(line.send("GET", "jobs"))
    assert len(stub.requests()) == 1


def test_all_lines_of_an_account_slow_down_together(stub: Echo) -> None:
    shared = Shared()
    stub.script("GET", "*", status=429, headers={"Retry-After": "60"})
    with line_to(f"{stub.url}/v1", shared=shared) as one, line_to(f"{stub.url}/v1", shared=shared) as other:
        with pytest.raises(RateLimited):
            finish(one.send("GET", "jobs", tries=1))
        work = other.send("GET", "jobs")
        event = next(work)
        assert isinstance(event, Waiting)
        assert 50 < event.seconds <= 60
        work.close()
    assert len(stub.requests()) == 1


# Stopping


def test_a_stop_before_the_start(stub: Echo) -> None:
    stop = StopToken()
    stop.request(StopReason.PAUSE)
    with line_to(f"{stub.url}/v1", stop=stop) as line, pytest.raises(Stopped):
        finish(line.send("GET", "jobs"))
    assert not stub.requests()


@pytest.mark.parametrize(
    "script",
    [
        {"delay_s": 30},  # no answer
        {"trickle_s": 5},  # an answer in drops
        {"status": 503, "headers": {"Retry-After": "30"}},  # a pause between tries
        {"status": 429, "headers": {"Retry-After": "30"}},  # the account's pause
    ],
    ids=str,
)
def test_a_stop_ends_every_wait(stub: Echo, script: dict[str, Any]) -> None:
    stub.script("GET", "*", **script)
    stop = StopToken()
    ended: list[BaseException] = []

    def work() -> None:
        with line_to(f"{stub.url}/v1", stop=stop) as line:
            try:
                finish(line.send("GET", "jobs"))
            except BaseException as error:
                ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    stub.wait_for(1)
    stop.request(StopReason.CANCEL)
    thread.join(1.0)
    assert not thread.is_alive()
    assert isinstance(ended[0], Stopped)


def test_an_order_that_was_turned_away_is_not_in_doubt_when_stopped(stub: Echo) -> None:
    stop = StopToken()
    stub.script("POST", "*", status=429, headers={"Retry-After": "30"})
    with line_to(f"{stub.url}/v1", stop=stop) as line:
        work = line.send("POST", "jobs", Json({}), order=True)
        assert isinstance(next(work), Waiting)
        stop.request(StopReason.QUIT)
        with pytest.raises(Stopped):
            finish(work)
        assert not line.delivered


# Proxies and replies without end


def test_a_local_server_is_not_asked_for_through_a_proxy(stub: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with line_to(f"{stub.url}/v1") as line:
        assert finish(line.send("GET", "jobs")).is_success


def test_another_server_is_asked_for_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[bytes] = []

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            got.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.getsockname()[1]}")
        with (
            line_to("http://studio.invalid/v1", insecure=True) as line,
            pytest.raises(Unavailable, match="HTTPS_PROXY"),
        ):
            finish(line.send("GET", "jobs"))
        thread.join()
    assert got[0].startswith(b"GET http://studio.invalid/v1/jobs ")


@pytest.mark.slow
def test_a_reply_without_end(stub: Echo, line: Line) -> None:
    bomb = gzip.compress(bytes(300 * 2**20), 1)
    stub.script("GET", "*", body=bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(BadResponse, match="without end"):
        finish(line.send("GET", "jobs"))
    assert finish(line.send("GET", "jobs")).is_success
