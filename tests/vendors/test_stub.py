"""The common part of the stubs: strict refusals, bodies of any kind, scripts, the journal, the control plane."""

from __future__ import annotations

import hashlib
import io
import json
import re
import socket
from collections.abc import Iterator

import httpx
import pytest

from .made_up import NO_TLS
from .stub import Elsewhere, Reply, Request, Route, Stub, key_hash


class Vendor(Stub):
    """A vendor small enough to be read at a glance."""

    defaults = {"max_body": 100}  # noqa: RUF012

    def clear(self) -> None:
        self.submitted = 0

    def submit(self, request: Request) -> Reply:
        self.submitted += 1
        return Reply({"id": self.count()})

    def upload(self, request: Request) -> Reply:
        return Reply({"names": sorted(request.fields)})

    def raw(self, request: Request) -> Reply:
        assert request.body
        return Reply(request.body.bytes())

    def get(self, request: Request) -> Reply:
        return Reply({"id": request.params["id"]})

    def broken(self, request: Request) -> Reply:
        raise ZeroDivisionError

    routes = (
        Route("POST", "/jobs", submit, ("application/json",), paid=True, limit="max_body"),
        Route("GET", "/jobs/{id}", get),
        Route("DELETE", "/jobs/{id}", get),
        Route(
            "POST",
            "/upload/",
            upload,
            ("multipart/form-data", "application/json", "application/x-www-form-urlencoded"),
            auth="optional",
        ),
        Route("PUT", "/raw", raw, ("*",), auth="none"),
        Route("GET", "/broken", broken, auth="none"),
    )


@pytest.fixture
def stub() -> Iterator[Vendor]:
    with Vendor() as stub:
        yield stub


@pytest.fixture
def client(stub: Vendor) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer stub-ok"}
    with httpx.Client(base_url=stub.url, headers=headers, verify=NO_TLS, trust_env=False) as client:
        yield client


def key(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


# --- what is refused


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/", 404),
        ("POST", "/jobs/", 404),  # a slash too many is not redirected
        ("POST", "/upload", 404),  # nor one too few
        ("GET", "/jobs/1/2", 404),
        ("GET", "/jobs", 405),
        ("PUT", "/jobs/1", 405),
        ("PATCH", "/jobs/1", 405),
    ],
)
def test_unknown_paths_and_methods_are_refused(client: httpx.Client, method: str, path: str, status: int) -> None:
    reply = client.request(method, path)
    assert reply.status_code == status
    assert not reply.has_redirect_location
    if status == 405:
        assert reply.headers["Allow"] == ("POST" if path == "/jobs" else "GET, DELETE")


@pytest.mark.parametrize(
    ("headers", "submit", "get", "upload"),
    [
        ({}, 401, 401, 200),
        ({"Authorization": "stub-ok"}, 401, 401, 200),  # no scheme: no key
        (key("stub-ok"), 200, 200, 200),
        (key("stub-bad"), 401, 401, 401),
        (key("made-up"), 401, 401, 401),
        (key("stub-broke"), 402, 200, 200),
        (key("stub-slow"), 429, 429, 429),
    ],
)
def test_keys(client: httpx.Client, headers: dict[str, str], submit: int, get: int, upload: int) -> None:
    del client.headers["Authorization"]
    client.headers.update(headers)
    assert client.post("/jobs", json={}).status_code == submit
    assert client.get("/jobs/1").status_code == get
    assert client.post("/upload/", data={"a": "b"}).status_code == upload
    assert client.put("/raw", content=b"x").status_code == (429 if submit == 429 else 200)


def test_another_key_can_be_valid(stub: Vendor, client: httpx.Client) -> None:
    stub.configure(valid_keys=["mine"])
    assert client.get("/jobs/1", headers=key("mine")).status_code == 200
    assert client.get("/jobs/1", headers=key("stub-ok")).status_code == 401


def test_a_slow_key_hears_how_long_to_wait(stub: Vendor, client: httpx.Client) -> None:
    def heard() -> str | None:
        value: str | None = client.get("/jobs/1", headers=key("stub-slow")).headers.get("Retry-After")
        return value

    assert heard() is None
    stub.configure(retry_after=7)
    assert heard() == "7"
    stub.configure(retry_after="date")
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", heard() or "")


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 200),
        ("application/json; charset=UTF-8", '{"a": "ü"}'.encode(), 200),
        ("text/plain", b"{}", 415),
        ("application/x-www-form-urlencoded", b"a=b", 415),
        ("application/json", b"", 400),
        ("application/json", b"[]", 400),
        ("application/json", b'{"a": ', 400),
        ("application/json", b'{"a": "b', 400),
        ("application/json", b'{"a": "\xff"}', 400),
        ("application/json", b"\\{}", 400),
    ],
)
def test_a_body_must_be_what_its_type_says(client: httpx.Client, kind: str, body: bytes, status: int) -> None:
    assert client.post("/jobs", content=body, headers={"Content-Type": kind}).status_code == status


def test_a_body_where_none_belongs_is_refused(client: httpx.Client) -> None:
    assert client.request("GET", "/jobs/1", content=b"x").status_code == 400


def test_the_limit_of_a_body_is_exact(stub: Vendor, client: httpx.Client) -> None:
    def sent(size: int, chunked: bool = False) -> int:
        body = b'{"a": "' + b"x" * (size - 9) + b'"}'
        headers = {"Content-Type": "application/json"}
        return client.post("/jobs", content=iter([body]) if chunked else body, headers=headers).status_code

    assert [sent(100), sent(101), sent(100, True), sent(101, True)] == [200, 413, 200, 413]
    assert [seen.length for seen in stub.requests()] == [100, 101, 100, 101]
    stub.configure(over_limit="close")
    with pytest.raises(httpx.TransportError):
        sent(101)
    assert stub.submitted == 2


# --- bodies


def test_multipart(stub: Vendor, client: httpx.Client) -> None:
    sound = b"\r\n--\r\n\x00--boundary" * 100_000  # 2 MB, looks like boundaries everywhere
    reply = client.post(
        "/upload/",
        files={"file": ("rapat ü.wav", io.BytesIO(sound), "audio/wav")},
        data={"lang": ["id", "en"], "e": ""},
    )
    assert reply.json() == {"names": ["e", "file", "lang"]}
    fields = stub.requests()[0].fields
    assert fields["lang"] == ["id", "en"]
    assert fields["e"] == ""
    assert fields["file"] == {
        "bytes": len(sound),
        "sha256": hashlib.sha256(sound).hexdigest(),
        "filename": "rapat ü.wav",
        "content_type": "audio/wav",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"text\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x\r\n',
        b"--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--\r\n",
        b"--x\r\nContent-Type: text/plain\r\n\r\nb\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n',
    ],
)
def test_broken_multipart_is_refused(client: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/upload/", content=body, headers=headers).status_code == 400


def test_multipart_needs_a_boundary(client: httpx.Client) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    assert client.post("/upload/", content=b"--x--\r\n", headers=headers).status_code == 400


def test_forms(stub: Vendor, client: httpx.Client) -> None:
    client.post("/upload/", data={"text": ["a & ü", "c"], "e": ""})
    assert stub.requests()[0].fields == {"text": ["a & ü", "c"], "e": ""}


def test_long_strings_in_json_leave_memory(stub: Vendor, client: httpx.Client) -> None:
    long = ("Terima kasih banyak. " * 20 + 'ü😀\\"/\n') * 3000
    short = {"deep": ['"', "\\", "é€😀"], "n": 1.5, "none": None}
    for escaped in (True, False):
        body = json.dumps({"before": short, "long": long, "after": [short]}, ensure_ascii=escaped).encode()
        client.post("/upload/", content=body, headers={"Content-Type": "application/json"})
    for seen in stub.requests():
        expected = {"bytes": len(long.encode()), "sha256": hashlib.sha256(long.encode()).hexdigest()}
        assert seen.fields == {"before": short, "long": expected, "after": [short]}


def test_raw_bodies_chunked_or_not(stub: Vendor, client: httpx.Client) -> None:
    pieces = [b"a", b"bc" * 200_000, b"d"]
    whole = b"".join(pieces)
    assert client.put("/raw", content=iter(pieces)).content == whole
    assert client.put("/raw", content=whole).content == whole
    assert {seen.sha256 for seen in stub.requests("PUT", "/raw")} == {hashlib.sha256(whole).hexdigest()}


# --- scripts


def test_a_scripted_status_leaves_the_work_out(stub: Vendor, client: httpx.Client) -> None:
    stub.script("POST", "/jobs", status=503, times=2, headers={"Retry-After": "3"})
    replies = [client.post("/jobs", json={}) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [503, 503, 200]
    assert replies[0].headers["Retry-After"] == "3"
    assert stub.submitted == 1
    assert [seen.status for seen in stub.requests()] == [503, 503, 200]


def test_scripts_come_in_order_and_by_path(stub: Vendor, client: httpx.Client) -> None:
    stub.script("GET", "/jobs/{id}", status=500)
    stub.script("*", "*", status=418, times=None)
    stub.script("GET", "/jobs/1", status=502)
    assert [client.get("/jobs/1").status_code for _ in range(3)] == [500, 418, 418]
    stub.reset()
    assert client.get("/jobs/1").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("{oops", "text/plain; charset=utf-8", "{oops"),
        ({"a": "ü"}, "application/json", '{"a": "ü"}'),
        ([], "application/json", "[]"),
        (b"RIFF", "application/octet-stream", "RIFF"),
    ],
)
def test_scripted_bodies(stub: Vendor, client: httpx.Client, body: object, kind: str, text: str) -> None:
    stub.script("GET", "/jobs/1", body=body)
    reply = client.get("/jobs/1")
    assert (reply.status_code, reply.headers["Content-Type"], reply.text) == (200, kind, text)


def test_an_error_page(stub: Vendor, client: httpx.Client) -> None:
    stub.script("GET", "/jobs/1", status=502, body="<html>", headers={"Content-Type": "text/html"})
    reply = client.get("/jobs/1")
    assert (reply.status_code, reply.headers.get_list("Content-Type")) == (502, ["text/html"])


def test_dropped_after_the_whole_body_the_work_was_done(stub: Vendor, client: httpx.Client) -> None:
    stub.script("POST", "/jobs", drop="before_response")
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/jobs", json={"a": 1})
    (seen,) = stub.requests()
    assert (seen.complete, seen.fields, seen.status, stub.submitted) == (True, {"a": 1}, None, 1)


def test_dropped_while_the_body_arrives(stub: Vendor, client: httpx.Client) -> None:
    stub.script("POST", "/upload/", drop="mid_body")
    with pytest.raises(httpx.TransportError):
        client.post("/upload/", files={"file": io.BytesIO(bytes(4_000_000))})
    (seen,) = stub.wait_for(1)
    assert not seen.complete
    assert 0 < seen.length < 3_000_000


def test_replies_that_are_cut(stub: Vendor, client: httpx.Client) -> None:
    stub.script("GET", "/jobs/1", truncate=3)
    stub.script("GET", "/jobs/1", drop="mid_body")
    stub.script("GET", "/jobs/1", truncate=0)
    for _ in range(3):
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/jobs/1")
    assert client.get("/jobs/1").json() == {"id": "1"}


def test_a_late_trickle_arrives_whole(stub: Vendor, client: httpx.Client) -> None:
    stub.script("GET", "/jobs/1", delay_s=0.01, trickle_s=0.001)
    assert client.get("/jobs/1").json() == {"id": "1"}


def test_a_late_reply_runs_into_the_clients_limit(stub: Vendor, client: httpx.Client) -> None:
    stub.script("POST", "/jobs", delay_s=600)
    with pytest.raises(httpx.ReadTimeout):
        client.post("/jobs", json={}, timeout=0.05)
    assert stub.wait_for(1)[0].complete  # and leaving the block does not wait ten minutes


def test_a_script_must_be_known(stub: Vendor) -> None:
    with pytest.raises(ValueError, match="sometimes"):
        stub.script("GET", "/jobs/1", drop="sometimes")


# --- elsewhere, journal, life


def test_what_follows_a_redirect_is_seen_elsewhere(stub: Vendor, client: httpx.Client) -> None:
    with Elsewhere() as elsewhere:
        stub.script("GET", "/jobs/1", status=302, headers={"Location": elsewhere.url + "/stolen"}, times=None)
        headers = {"x-api-key": "stub-ok"}
        careful = client.get("/jobs/1", headers=headers)
        assert (careful.status_code, careful.content, elsewhere.requests()) == (302, b"", [])
        careless = client.get("/jobs/1", headers=headers, follow_redirects=True)
        assert careless.json() == {"elsewhere": True}
        assert [seen.path for seen in elsewhere.requests()] == ["/stolen"]
        assert elsewhere.keys() == [key_hash("stub-ok")]  # httpx holds back the Authorization header only


def test_the_journal_knows_keys_by_their_hash_only(stub: Vendor, client: httpx.Client) -> None:
    client.get("/jobs/1?token=secret&page=2", headers={"xi-api-key": "hidden", **key("stub-ok")})
    client.post("/upload/", json={"token": "buried"})
    text = client.get("/__stub__/requests").text
    assert key_hash("stub-ok") in text
    assert not any(secret in text for secret in ("stub-ok", "secret", "hidden", "buried"))
    seen, second = stub.requests()
    assert seen.headers["authorization"] == f"Bearer {key_hash('stub-ok')}"
    assert seen.query == {"token": key_hash("secret"), "page": "2"}
    assert second.fields == {"token": key_hash("buried")}


def test_waiting_for_a_request_that_does_not_come(stub: Vendor) -> None:
    with pytest.raises(TimeoutError, match="0 of 1"):
        stub.wait_for(1, timeout=0.01)


def test_a_connection_is_used_again(stub: Vendor, client: httpx.Client) -> None:
    host, port = stub.url.removeprefix("http://").split(":")
    assert host == "127.0.0.1"
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        stream = connection.makefile("rwb")
        for _ in range(2):
            stream.write(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
            stream.flush()
            assert stream.readline() == b"HTTP/1.1 404 Not Found\r\n"
            length = next(int(line.split()[1]) for line in stream if line.lower().startswith(b"content-length"))
            stream.read(2 + length)
    assert len(stub.requests()) == 2


def test_an_error_of_the_stub_itself_is_raised() -> None:
    with pytest.raises(ZeroDivisionError), Vendor() as stub, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(stub.url + "/broken")


def test_after_the_block_nothing_answers() -> None:
    with httpx.Client(verify=NO_TLS) as client:
        with Vendor() as stub:
            url = stub.url + "/nothing"
            assert client.get(url).status_code == 404
        with pytest.raises(httpx.ConnectError):
            client.get(url)


def test_settings() -> None:
    with Vendor(max_body=5) as stub:
        stub.configure(max_body=7, clock_offset_s=3600.0, retention_s=60)
        assert stub["max_body"] == 7
        assert not stub.expired(stub.now())
        assert stub.expired(stub.now() - 61)
        with pytest.raises(ValueError, match="colour"):
            stub.configure(colour="red")
        stub.reset()
        assert (stub["max_body"], stub["retention_s"]) == (5, None)


def test_the_control_plane_over_http(stub: Vendor, client: httpx.Client) -> None:
    def control(action: str, **body: object) -> int:
        return client.post(f"/__stub__/{action}", json=body).status_code

    assert control("script", match={"method": "GET", "path": "/jobs/{id}"}, times=1, status=503, body={"a": 1}) == 200
    assert control("config", max_body=50) == 200
    assert client.get("/jobs/1").json() == {"a": 1}
    assert client.post("/jobs", json={"a": "x" * 60}).status_code == 413
    journal = client.get("/__stub__/requests", params={"path": "/jobs/{id}"}).json()
    assert [(seen["method"], seen["path"], seen["status"]) for seen in journal] == [("GET", "/jobs/1", 503)]
    assert control("config", colour="red") == 400
    assert control("script", status=503) == 400
    assert control("script", match={"method": "GET", "path": "*"}, colour="red") == 400
    assert control("nothing") == 404
    assert client.post("/__stub__/reset").status_code == 200
    assert stub.requests() == []
    assert stub["max_body"] == 100
