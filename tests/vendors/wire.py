"""The HTTP side of the stubs: one thread for each connection reads requests, misbehaves as scripted, and answers."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import threading
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .body import PIECE, Blob, BodyError, BodyReader, Incomplete, fields_of, gathered, media_type
from .journal import seen_of
from .messages import SOCKET, Reply, Request, Route, Script, Seen
from .sockets import Gone, Refused, Talk, recite

if TYPE_CHECKING:
    from .stub import Stub


class Server(socketserver.ThreadingTCPServer):
    """Serves one stub from a thread of its own; stop() ends all connections and waits for their threads."""

    daemon_threads = False  # so that they are waited for
    allow_reuse_address = os.name == "posix"
    request_queue_size = 64

    def __init__(self, stub: Stub, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.stub = stub
        self.server_port: int = self.server_address[1]
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name=type(stub).__name__)
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that broke are a stub's daily bread; other errors were kept by the handler."""

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                cut(connection)
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """The journal says what came."""

    def _answer(self) -> None:
        try:
            self._serve()
        except (Incomplete, ConnectionError):
            self.close_connection = True
        except BaseException as error:
            self.server.stub.faults.append(error)
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        method = SOCKET if headers.get("upgrade", "").lower() == "websocket" else self.command
        request = Request(method, path, gathered(parse_qsl(query, keep_blank_values=True)), headers)
        length: int | None = None  # chunked
        if headers.get("transfer-encoding", "").lower() != "chunked":
            announced = headers.get("content-length", "0")
            if not announced.isdecimal():
                self.send_error(400)
                return
            length = int(announced)
        reader = BodyReader(self.rfile, length)
        if path.startswith("/__stub__/"):
            self._send(control(self.server.stub, request, reader))
        else:
            self._vendor(request, reader)

    def _vendor(self, request: Request, reader: BodyReader) -> None:
        stub = self.server.stub
        script = stub.take_script(request.method, request.path)
        found = stub.route(request)
        if isinstance(found, Route) and found.method == SOCKET and not (script and script.status):
            self._talk(found, request, reader, script)
            return
        try:
            if script and script.drop == "mid_body" and reader.length != 0:
                reader.drain(1 if reader.length is None else reader.length // 2)
                raise Incomplete
            reply = found if isinstance(found, Reply) else self._read(found, request, reader)
            reader.drain()
        except (Incomplete, ConnectionError):
            stub.saw(seen_of(request, reader, complete=False))
            raise
        request.length, request.sha256 = reader.count, reader.sha256
        seen = seen_of(request, reader)
        stub.saw(seen)
        if script and script.replaces:
            status = script.status or 200
            usual = stub.error(status) if status >= 400 and script.body is None else Reply(script.body)
            reply = Reply(usual.body, status, dict(usual.headers), usual.type)
        elif reply is None and isinstance(found, Route):
            reply = found.handler(stub, request)
            seen.charged = reply.charged
        assert reply
        self._misbehave(reply, script, seen)

    def _talk(self, route: Route, request: Request, reader: BodyReader, script: Script | None) -> None:
        """The connection becomes a WebSocket; its entry in the journal grows with what the client says."""
        stub, seen = self.server.stub, seen_of(request, reader, complete=False)
        self.close_connection = True
        stub.saw(seen)
        if script and script.delay_s:
            self.server.stopping.wait(script.delay_s)
        if script and script.drop == "before_response":
            raise Incomplete
        talk = Talk(self.connection, self.rfile, stub["largest_message"], seen, script)
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        try:
            seen.status = talk.open(self.raw_requestline + f"{head}\r\n".encode(), (script and script.headers) or {})
            if seen.status == 101:
                self._hold(talk, route, request, script)
        except Gone:
            pass  # the journal tells how it ended
        seen.closed, seen.complete = talk.ended
        stub.changed()

    def _hold(self, talk: Talk, route: Route, request: Request, script: Script | None) -> None:
        try:
            if script and script.body is not None:
                recite(talk, script.body)
            else:
                route.handler(self.server.stub, request, talk)
            talk.close(1000 if script is None or script.close is None else script.close)
        except Refused as refused:
            if refused.message is not None:
                talk.send(refused.message)
            talk.close(refused.code, refused.reason)

    def _read(self, route: Route, request: Request, reader: BodyReader) -> Reply | None:
        """Read the body into the request's fields, or say what is wrong with it."""
        stub = self.server.stub
        limit = stub[route.limit] if route.limit else None
        if limit is not None and (reader.length or 0) > limit:
            if stub["over_limit"] == "close":
                raise Incomplete
            return stub.refuse("large", str(reader.length))
        kind = media_type(request.headers.get("content-type"))[0]
        try:
            if "*" in route.accepts:
                request.body = Blob(type=kind or None)
                while piece := reader.read():
                    request.body.write(piece)
            elif route.accepts and kind not in route.accepts:
                return stub.refuse("type", kind)
            elif route.accepts:
                request.fields = fields_of(reader, request.headers["content-type"])
            elif reader.read(1):
                return stub.refuse("syntax", "a body where none belongs")
        except BodyError as error:
            return stub.refuse("syntax", str(error))
        reader.drain()
        if limit is not None and reader.count > limit:  # was chunked
            return stub.refuse("large", str(reader.count))
        return None

    def _misbehave(self, reply: Reply, script: Script | None, seen: Seen) -> None:
        if script is None:
            seen.status = reply.status
            self._send(reply)
            return
        if script.delay_s:
            self.server.stopping.wait(script.delay_s)
        if script.drop == "before_response":
            raise Incomplete
        seen.status = reply.status
        reply.headers |= script.headers or {}
        cut_at = script.truncate
        if script.drop == "mid_body":
            cut_at = len(encoded(reply)[0]) // 2
        self._send(reply, cut_at, script.trickle_s)

    def _send(self, reply: Reply, cut_at: int | None = None, trickle_s: float = 0) -> None:
        data, kind = encoded(reply)
        self.send_response(reply.status)
        names = {name.lower() for name in reply.headers}
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if kind and "content-type" not in names:
            self.send_header("Content-Type", kind)
        if reply.framing == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        elif reply.framing == "close":
            self.send_header("Connection", "close")
        elif reply.status != 204 and "content-length" not in names:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(data, cut_at, trickle_s, reply.framing == "chunked")

    def _send_body(self, whole: bytes, cut_at: int | None, trickle_s: float, chunked: bool) -> None:
        data = whole[:cut_at]
        step = max(1, -(-len(data) // 8)) if trickle_s else PIECE
        for at in range(0, len(data), step):
            if trickle_s:
                self.server.stopping.wait(trickle_s)
            piece = data[at : at + step]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if len(data) < len(whole):
            raise Incomplete
        if chunked:
            self.wfile.write(b"0\r\n\r\n")


def cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was first


def encoded(reply: Reply) -> tuple[bytes, str | None]:
    """The bytes of a reply's body and their content type."""
    if reply.body is None:
        return b"", reply.type
    if isinstance(reply.body, bytes):
        return reply.body, reply.type or "application/octet-stream"
    if isinstance(reply.body, str):
        return reply.body.encode(), reply.type or "text/plain; charset=utf-8"
    return json.dumps(reply.body, ensure_ascii=False).encode(), reply.type or "application/json"


# --- the control plane over HTTP ---------------------------------------------------------------------------------


def control(stub: Stub, request: Request, reader: BodyReader) -> Reply:
    """/__stub__/: script, config, requests (filter by ?method= and ?path=), reset."""
    action = (request.method, request.path.removeprefix("/__stub__/"))
    try:
        body = fields_of(reader, "application/json") if reader.length != 0 else {}
        if action == ("POST", "script"):
            stub.script(**body.pop("match"), **body)
        elif action == ("POST", "config"):
            stub.configure(**body)
        elif action == ("POST", "reset"):
            stub.reset()
        elif action == ("GET", "requests"):
            return Reply([asdict(seen) for seen in stub.requests(**request.query)])
        else:
            return Reply({"error": "no such control"}, 404)
    except (BodyError, ValueError, TypeError, KeyError) as error:
        return Reply({"error": repr(error)}, 400)
    return Reply({"ok": True})
