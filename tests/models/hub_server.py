"""A small real HTTP server that plays the hub, or a proxy in front of it, and can misbehave. It keeps a journal."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from studio.models import Model, WeightFile
from studio.models.catalogue import Wheel


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class HubServer:
    """Serves `files` (path -> content). The switches below make it misbehave."""

    files: dict[str, bytes]
    cut_after: list[int] = field(default_factory=list)  # each entry: one response ends after so many bytes
    corrupt: bool = False  # flips a byte in the middle
    ignore_range: bool = False
    status: int = 0  # answer every request with this
    redirect: str = ""  # send GET requests to this address + path
    silent: bool = False  # accept, and answer nothing
    hold_after: int = -1  # stop after so many bytes until `release` is set
    git_etags: bool = False  # state git's hash, as the hub does for small files
    tls: ssl.SSLContext | None = None
    journal: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.holding, self.release = threading.Event(), threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if self.tls else ''}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def seen(self, method: str = "GET") -> list[Request]:
        return [request for request in self.journal if request.method == method]


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, body: bool) -> None:
            hub.journal.append(Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
            self.close_connection = True
            path = re.sub(r"^http://[^/]+", "", self.path)
            if hub.silent:
                hub.release.wait(60)
            elif hub.status:
                self._head(hub.status, {})
            elif path not in hub.files:
                self._head(404, {})
            elif hub.redirect and body:
                self._head(302, {"Location": hub.redirect + path})
            else:
                self._send(hub.files[path], body)

        def _send(self, content: bytes, body: bool) -> None:
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            headers = (
                {"ETag": f'"{blob}"'}
                if hub.git_etags
                else {"X-Linked-Etag": f'"{hashlib.sha256(content).hexdigest()}"'}
            )
            headers["X-Linked-Size"] = str(len(content))
            start, wanted = 0, re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            if wanted and not hub.ignore_range:
                start = int(wanted[1])
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            if hub.corrupt:
                middle = len(content) // 2
                content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            self._head(206 if start else 200, {**headers, "Content-Length": str(len(content) - start)})
            if not body:
                return
            rest = content[start:]
            if hub.hold_after >= 0 and not hub.release.is_set():
                self._write(rest[: hub.hold_after])
                rest = rest[hub.hold_after :]
                hub.holding.set()
                hub.release.wait(60)
            self._write(rest[: hub.cut_after.pop(0)] if hub.cut_after else rest)

        def _head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": "0", "Connection": "close", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def _write(self, data: bytes) -> None:
            try:
                self.wfile.write(data)
                self.wfile.flush()
            except OSError:
                self.close_connection = True  # the other side went away, which some tests want

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def content(size: int, seed: str = "") -> bytes:
    """Bytes that look random and are always the same."""
    return hashlib.shake_128(f"{seed}{size}".encode()).digest(size)


def model(files: dict[str, bytes], hub: bool = True, gated: bool = False, wheels: tuple[Wheel, ...] = ()) -> Model:
    """A catalogue entry for these contents."""
    return Model(
        id="test-model",
        kind="speech",
        title="Test model",
        languages=(),
        licence="MIT",
        files=tuple(WeightFile(n, len(c), hashlib.sha256(c).hexdigest()) for n, c in files.items()),
        hub="owner/repo" if hub else "",
        revision="0123abc" if hub else "",
        gated=gated,
        wheels=wheels,
    )


def served(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same contents under the addresses that the hub has for them."""
    return {f"/owner/repo/resolve/0123abc/{name}": body for name, body in files.items()}


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
