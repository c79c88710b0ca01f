"""Dictation by WebSocket at the stubs, as an independent client sees it: order, keys, limits, drops, close codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from .made_up import NO_TLS, wav
from .messages import key_hash
from .prosa import Prosa
from .stt_ai import SttAi
from .stub import Stub

CONFIG = {"model": "stt-general-online", "audio": {"format": "wav", "channels": 1, "sample_rate": 16000}}
LIVE = {"language": "en", "model": "large-v3-turbo"}
BEARER = {"Authorization": "Bearer stub-ok"}
SOUND = wav(8, 16_000)
PCM = bytes(range(250)) * 128  # one second


@pytest.fixture
def prosa() -> Iterator[Prosa]:
    with Prosa() as stub:
        yield stub


@pytest.fixture
def stt_ai() -> Iterator[SttAi]:
    with SttAi() as stub:
        yield stub


@contextmanager
def at(stub: Stub, path: str = "/v2/speech/stt", **headers: str) -> Iterator[ClientConnection]:
    address = stub.url.replace("http", "ws", 1) + path
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with connect(address, additional_headers=names, proxy=None, open_timeout=5, close_timeout=5) as socket:
        yield socket


def say(socket: ClientConnection, *messages: Any) -> None:
    """All of them, or as many as the other side listens to; why it does not is the last that is heard."""
    with suppress(ConnectionClosed):
        for message in messages:
            socket.send(message if isinstance(message, bytes) else json.dumps(message))


def heard(socket: ClientConnection) -> list[dict[str, Any]]:
    """All messages until the end."""
    found = []
    try:
        while True:
            found.append(json.loads(socket.recv(5)))
    except ConnectionClosed:
        return found


def ended(socket: ClientConnection) -> tuple[int | None, str | None]:
    heard(socket)
    return socket.close_code, socket.close_reason


def cut(sound: bytes, size: int) -> list[bytes]:
    return [sound[at : at + size] for at in range(0, len(sound), size)]


# --- Prosa


def test_prosa_from_the_key_to_the_end(prosa: Prosa) -> None:
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, CONFIG | {"include_partial": True}, *cut(SOUND, 16_000), b"")
        said = heard(socket)
    assert socket.close_code == 1000
    assert [each["type"] for each in said] == [
        *("created", *["partial"] * 5, "result", *["partial"] * 2, "result", "metadata", "status")
    ]
    first, second = (each for each in said if each["type"] == "result")
    assert (first["time_start"], first["time_end"], second["time_start"]) == (0.0, 6.0, 6.0)
    assert said[5]["transcript"] == first["transcript"].rsplit(" ", 1)[0]
    assert said[-2] == {"type": "metadata", "duration": 8.0, "quota_used": 8}
    assert said[-1] == {"type": "status", "status": "complete"}
    (seen,) = prosa.wait_for(1, "WS", "/v2/speech/stt", ended=True)
    assert (seen.status, seen.closed, seen.complete, seen.key) == (101, 1000, True, key_hash("stub-ok"))
    assert (seen.length, seen.frames) == (len(SOUND), len(cut(SOUND, 16_000)) + 1)
    assert seen.fields["messages"] == [CONFIG | {"include_partial": True}]


def test_prosa_hears_the_same_however_the_sound_is_cut(prosa: Prosa) -> None:
    def results(size: int) -> list[str]:
        with at(prosa, x_api_key="stub-ok") as socket:
            say(socket, CONFIG, *cut(SOUND, size), b"")
            return [each["transcript"] for each in heard(socket) if each["type"] == "result"]

    assert results(16_000) == results(77_777)
    prosa.configure(transcript="satu dua\ntiga")
    assert results(50_000) == ["satu dua", "tiga"]
    prosa.configure(transcript="")
    assert results(50_000) == []


def test_prosa_takes_the_key_as_the_first_message(prosa: Prosa) -> None:
    prosa.configure(stream_greeting="status")
    with at(prosa) as socket:
        say(socket, {"token": "stub-ok"}, CONFIG, SOUND, b"")
        assert [each.get("status") for each in heard(socket)][:2] == ["created", "queued"]
    (seen,) = prosa.wait_for(1, ended=True)
    assert seen.key == key_hash("stub-ok")
    assert seen.fields["messages"][0] == {"token": key_hash("stub-ok")}


@pytest.mark.parametrize(
    ("key", "code", "id"),
    [
        ("stub-bad", 4000, "auth_invalid_api_key"),
        ("stub-broke", 4005, "quota_empty"),
        ("stub-slow", 4029, "rate_limited"),
    ],
)
@pytest.mark.parametrize("early", [True, False])
def test_prosa_refuses_keys(prosa: Prosa, key: str, code: int, id: str, early: bool) -> None:
    with at(prosa, **({"x_api_key": key} if early else {})) as socket:
        say(socket, CONFIG if early else {"token": key})
        (error,) = heard(socket)
    assert (socket.close_code, socket.close_reason) == (code, id)
    assert (error["type"], error["code"]) == ("error", id)
    assert error["recovery"]["retryable"] is (code == 4029)
    assert error["context"] == ({"retry_after": 5} if code == 4029 else {})


def test_prosa_without_error_messages_tells_by_the_code_alone(prosa: Prosa) -> None:
    prosa.configure(stream_errors=False)
    with at(prosa, x_api_key="stub-bad") as socket:
        say(socket, CONFIG)
        assert heard(socket) == []
    assert (socket.close_code, socket.close_reason) == (4000, "auth_invalid_api_key")


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([SOUND], 4001),  # sound before the configuration
        ([{"audio": {"format": "wav"}}], 4001),
        ([{"model": 7}], 4001),
        ([CONFIG | {"audio": {"channels": 1}}], 4001),
        ([CONFIG | {"include_partial": "yes"}], 4001),
        ([CONFIG | {"colour": "red"}], 4001),
        ([["a", "list"]], 4001),
        ([{"model": "whisper"}], 4002),
        ([CONFIG, b"no sound at all"], 4001),
        ([CONFIG, SOUND[:16_000], CONFIG], 4001),  # twice
    ],
)
def test_prosa_refuses_what_is_wrong_or_out_of_order(prosa: Prosa, messages: list[Any], code: int) -> None:
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, *messages)
        assert ended(socket)[0] == code
    (seen,) = prosa.wait_for(1, ended=True)
    assert seen.closed == code


def test_prosa_needs_a_key_before_anything_else(prosa: Prosa) -> None:
    with at(prosa) as socket:
        say(socket, CONFIG)
        assert ended(socket) == (4000, "auth_unauthorized")


def test_prosa_fails_in_mid_stream(prosa: Prosa) -> None:
    prosa.configure(stream_failure={"code": "engine_timeout", "after": 100_000, "context": {"waited": 30}})
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, CONFIG, *cut(SOUND, 16_000))
        error = heard(socket)[-1]
    assert (error["code"], error["context"], error["recovery"]) == (
        "engine_timeout",
        {"waited": 30},
        {"retryable": True},
    )
    assert socket.close_code == 1011


def test_prosa_cut_short_has_no_complete(prosa: Prosa) -> None:
    prosa.configure(stream_completes=False)
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, CONFIG, SOUND, b"")
        assert [each["type"] for each in heard(socket)] == ["created", "result", "result"]


def test_the_list_of_jobs_is_still_at_the_same_path(prosa: Prosa) -> None:
    headers = {"x-api-key": "stub-ok"}
    reply = httpx.get(prosa.base_url + "stt", headers=headers, verify=NO_TLS, trust_env=False)
    assert reply.json()["data"] == []


# --- STT.ai


def test_stt_ai_from_the_configuration_to_the_end(stt_ai: SttAi) -> None:
    with at(stt_ai, "/v1/stream", **BEARER) as socket:
        say(socket, LIVE)
        assert json.loads(socket.recv(5)) == {"status": "ready"}
        say(socket, *[PCM] * 8, {"action": "stop"})
        said = heard(socket)
    assert [*map(sorted, said)] == [*[["partial"]] * 5, ["text"], *[["partial"]] * 2, ["is_final", "text"]]
    assert said[4]["partial"] == said[5]["text"].rsplit(" ", 1)[0]
    assert said[-1]["is_final"] is True
    assert socket.close_code == 1000
    (seen,) = stt_ai.wait_for(1, "WS", ended=True)
    assert (seen.length, seen.frames, seen.key) == (8 * len(PCM), 8, key_hash("stub-ok"))
    assert seen.fields["messages"] == [LIVE, {"action": "stop"}]
    assert stt_ai.minutes_used == 1


def test_stt_ai_as_its_sdk_has_it(stt_ai: SttAi) -> None:
    stt_ai.configure(stream_dialect="sdk", anonymous=False, transcript="Zoë.")
    with at(stt_ai, "/v1/stream?token=stub-ok&model=small&language=auto") as socket:
        say(socket, PCM, b"")
        assert heard(socket) == [{"status": "ready"}, {"text": "Zoë.", "final": True}]
    (seen,) = stt_ai.wait_for(1, ended=True)
    assert seen.query == {"token": key_hash("stub-ok"), "model": "small", "language": "auto"}
    with pytest.raises(InvalidStatus) as refused, at(stt_ai, "/v1/stream", **BEARER):
        pass
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize(("key", "status"), [("stub-bad", 401), ("stub-broke", 402), ("stub-slow", 429)])
def test_stt_ai_refuses_keys_before_it_opens(stt_ai: SttAi, key: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused, at(stt_ai, "/v1/stream", Authorization=f"Bearer {key}"):
        pass
    assert refused.value.response.status_code == status
    (seen,) = stt_ai.requests("WS")
    assert (seen.status, seen.key, seen.closed) == (status, key_hash(key), None)


def test_stt_ai_without_a_key(stt_ai: SttAi) -> None:
    with at(stt_ai, "/v1/stream") as socket:
        say(socket, {"model": "small"}, PCM, {"action": "stop"})
        assert heard(socket)[-1]["is_final"] is True
    stt_ai.configure(anonymous=False, auth_status=403)
    with pytest.raises(InvalidStatus) as refused, at(stt_ai, "/v1/stream"):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([PCM], "before the audio"),
        ([{"action": "stop"}], "Unknown field: action"),
        ([{"model": "huge"}], "Invalid model"),
        ([{"language": "English"}], "Invalid language"),
        ([LIVE, PCM[:-1]], "whole 16-bit samples"),
        ([LIVE, b""], "Empty audio"),  # the SDK's way
        ([LIVE, LIVE], "Only audio"),
    ],
)
def test_stt_ai_refuses_what_is_wrong_or_out_of_order(stt_ai: SttAi, messages: list[Any], why: str) -> None:
    with at(stt_ai, "/v1/stream", **BEARER) as socket:
        say(socket, *messages)
        error = heard(socket)[-1]["error"]
    assert why in error
    assert (socket.close_code, socket.close_reason) == (1008, error)


def test_stt_ai_counts_conversations_and_minutes(stt_ai: SttAi) -> None:
    stt_ai.configure(tier="paid", credits=1, concurrent={"paid": 1})
    with at(stt_ai, "/v1/stream", **BEARER) as socket:
        say(socket, LIVE)
        socket.recv(5)
        with at(stt_ai, "/v1/stream", **BEARER) as other:
            say(other, LIVE)
            assert "concurrent" in heard(other)[0]["error"]
        say(socket, *[PCM] * 61)
        assert "No credits" in heard(socket)[-1]["error"]
    assert stt_ai.minutes_used == 1


EVERY = [
    {"status": "ready"},
    {"partial": "Guten"},
    {"partial": "Guten Mor", "text": "Vorher."},
    {"text": "Guten Morgen.", "partial": "", "confidence": 0.9},
    {"unheard_of": True},
    {"text": "", "is_final": True},
]


def test_a_script_says_every_event(stt_ai: SttAi) -> None:
    stt_ai.script("WS", "/v1/stream", body=EVERY)
    stt_ai.script("WS", "/v1/stream", body=["not JSON"], close=1011)
    with at(stt_ai, "/v1/stream") as socket:
        say(socket, LIVE)
        assert heard(socket) == EVERY
    assert socket.close_code == 1000
    with at(stt_ai, "/v1/stream") as socket:
        say(socket, LIVE)
        assert socket.recv(5) == "not JSON"
        assert ended(socket)[0] == 1011


# --- what all share


def test_a_message_may_be_as_large_as_the_limit(prosa: Prosa) -> None:
    prosa.configure(largest_message=len(SOUND))
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, CONFIG, SOUND, b"")
        assert heard(socket)[-1]["status"] == "complete"
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, CONFIG, SOUND + b"x")
        assert ended(socket)[0] == 1009
    assert [seen.closed for seen in prosa.wait_for(2, ended=True)] == [1000, 1009]


def test_a_message_may_come_in_fragments(prosa: Prosa) -> None:
    with at(prosa, x_api_key="stub-ok") as socket:
        text = json.dumps(CONFIG)
        socket.send([text[:9], text[9:]])
        socket.send(cut(SOUND, 10_000))
        socket.ping().wait(5)
        say(socket, b"")
        assert heard(socket)[-1]["status"] == "complete"
    (seen,) = prosa.wait_for(1, ended=True)
    assert (seen.length, seen.frames) == (len(SOUND), 2)


def test_text_must_be_utf_8(prosa: Prosa) -> None:
    with at(prosa, x_api_key="stub-ok") as socket:
        socket.send(b"\xff\xfe", text=True)
        assert ended(socket)[0] == 1007


def test_a_handshake_can_be_refused_or_lost(prosa: Prosa) -> None:
    prosa.script("WS", "*", status=503, headers={"Retry-After": "3"})
    prosa.script("WS", "*", drop="before_response")
    with pytest.raises(InvalidStatus) as refused, at(prosa):
        pass
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (503, "3")
    with pytest.raises(Exception, match="did not receive a valid HTTP response"), at(prosa):
        pass
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, CONFIG, SOUND, b"")
        assert heard(socket)[-1]["status"] == "complete"


@pytest.mark.parametrize("script", [{"truncate": 3}, {"drop": "mid_body"}])
def test_a_connection_can_break_in_mid_stream(prosa: Prosa, script: dict[str, Any]) -> None:
    prosa.script("WS", "*", **script)
    with at(prosa, x_api_key="stub-ok") as socket:
        socket.send(json.dumps(CONFIG | {"include_partial": True}))
        got = [json.loads(socket.recv(5))]
        socket.send(SOUND)
        got += heard(socket)
    assert len(got) == (3 if "truncate" in script else 1)
    assert socket.close_code == 1006
    (seen,) = prosa.wait_for(1, ended=True)
    assert (seen.closed, seen.complete, seen.length) == (1006, False, len(SOUND))


def test_the_client_hangs_up(prosa: Prosa) -> None:
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, CONFIG)
        socket.recv(5)
        socket.send(SOUND[:16_000])
        socket.socket.shutdown(2)
    with at(prosa, x_api_key="stub-ok") as socket:
        say(socket, CONFIG)
        socket.close(4999, "enough")
    lost, left = prosa.wait_for(2, ended=True)
    assert (lost.closed, lost.complete, lost.length) == (1006, False, 16_000)
    assert (left.closed, left.complete) == (4999, True)


def test_only_a_websocket_opens_there(stt_ai: SttAi) -> None:
    with httpx.Client(base_url=stt_ai.url, headers=BEARER, verify=NO_TLS, trust_env=False) as client:
        plain = client.get("/v1/stream")
        assert (plain.status_code, plain.headers["Upgrade"]) == (426, "websocket")
        assert client.get("/v1/stream/").status_code == 404
        broken = client.get("/v1/stream", headers={"Upgrade": "websocket", "Connection": "Upgrade"})
        assert broken.status_code == 400  # without the key of the handshake
    with pytest.raises(InvalidStatus) as refused, at(stt_ai, "/health"):
        pass
    assert refused.value.response.status_code == 405


def test_the_end_of_the_stub_ends_a_conversation() -> None:
    with Prosa() as stub, at(stub, x_api_key="stub-ok") as socket:
        say(socket, CONFIG)
        socket.recv(5)
        stub.__exit__(None)
        assert ended(socket)[0] == 1006


def test_the_control_plane_shows_conversations(prosa: Prosa) -> None:
    with httpx.Client(base_url=prosa.url, verify=NO_TLS, trust_env=False) as client:
        script = {"match": {"method": "WS", "path": "/v2/speech/stt"}, "body": [{"type": "created"}], "close": 4029}
        assert client.post("/__stub__/script", json=script).status_code == 200
        with at(prosa) as socket:
            say(socket, CONFIG)
            assert ended(socket)[0] == 4029
        prosa.wait_for(1, ended=True)
        (seen,) = client.get("/__stub__/requests", params={"method": "WS"}).json()
    assert (seen["closed"], seen["fields"]["messages"]) == (4029, [CONFIG])
