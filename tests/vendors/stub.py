"""What all vendor stubs share: routes, strict refusals, scripted misbehaviour, the journal, the control plane.

A stub is a real HTTP server on 127.0.0.1 with threads of its own; tests call its methods from theirs. A vendor is a
subclass with `routes`, `defaults` (its dialect switches) and `error()` (its error bodies); wire.py moves the bytes.
"""

from __future__ import annotations

import argparse
import copy
import email.utils
import threading
import time
from typing import Any, ClassVar, Self

from . import wire
from .messages import SOCKET, Reply, Request, Route, Script, Seen, key_hash, matches

__all__ = ["KEYS", "Elsewhere", "Reply", "Request", "Route", "Seen", "Stub", "key_hash", "main"]

KEYS = {
    "stub-ok": "valid",
    "stub-bad": "refused",
    "stub-broke": "valid, but no credit is left",
    "stub-slow": "every request is rate-limited",
}


class Stub:
    """One vendor. `with Vendor(polls_until_done=3) as stub:` serves at `stub.url` until the end of the block."""

    routes: ClassVar[tuple[Route, ...]] = ()
    key_header: ClassVar[str] = "authorization"
    key_scheme: ClassVar[str] = "Bearer "
    # which status each refusal of the framework has; a vendor may change some
    statuses: ClassVar[dict[str, int]] = {
        "unknown": 404,  # path
        "method": 405,
        "upgrade": 426,  # only a WebSocket can be opened there
        "no_key": 401,
        "bad_key": 401,
        "broke": 402,
        "slow": 429,
        "large": 413,
        "type": 415,
        "syntax": 400,
    }
    common: ClassVar[dict[str, Any]] = {
        "valid_keys": ["stub-ok"],  # others than the four named ones may be added
        "clock_offset_s": 0.0,  # the stub's clock is this much ahead
        "polls_until_done": 1,  # so many polls find the job unfinished; None: it never finishes
        "retention_s": None,  # a job older than this is gone
        "transcript": None,  # None: made from the upload's hash
        "retry_after": None,  # of stub-slow: None, seconds, or "date" (30 s from now)
        "over_limit": "reply",  # "close": the connection is cut instead
        "largest_message": 1_000_000,  # bytes of a WebSocket message; a larger one ends it with 1009
    }
    defaults: ClassVar[dict[str, Any]] = {}  # further settings of the vendor

    def __init__(self, port: int = 0, **config: Any) -> None:
        self.lock = threading.RLock()
        self._port, self._initial = port, config
        self._changed = threading.Condition(self.lock)
        self.faults: list[BaseException] = []  # errors of the stub itself; leaving the block raises them
        self._server: wire.Server | None = None
        self.reset()

    def __enter__(self) -> Self:
        self._server = wire.Server(self, self._port)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._server:
            self._server.stop()
            self._server = None
        if self.faults and kind is None:
            raise self.faults[0]

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT, without a slash at the end."""
        assert self._server, "not started"
        return f"http://127.0.0.1:{self._server.server_port}"

    # --- the control plane, also over HTTP under /__stub__/

    def script(
        self,
        method: str,
        path: str,
        *,
        times: int | None = 1,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        body: Any = None,
        delay_s: float = 0,
        drop: str | None = None,
        truncate: int | None = None,
        trickle_s: float = 0,
        close: int | None = None,
    ) -> None:
        """Queue a misbehaviour for the next `times` (None: all) requests to `path`, a pattern; both may be "*".

        With `status` or `body` the vendor does nothing and this is the reply (without `body`: the vendor's usual error
        body); else its own reply is sent, late (`delay_s`), with further `headers`, cut after `truncate` bytes, or in
        eight pieces `trickle_s` apart. drop "before_response": the whole body is read, the vendor does its work, the
        connection closes. drop "mid_body": it closes half-way through the request's body or, without one, the reply's.

        Of a WebSocket (method "WS") `status` refuses the handshake, `body` lists the messages that are sent in place of
        the vendor's own, the first of them after the client's first, `close` is the code at its end, `truncate` breaks
        the connection after so many of the vendor's messages, and drop "mid_body" at the client's first binary one.
        """
        if drop not in (None, "before_response", "mid_body"):
            raise ValueError(f"drop cannot be {drop!r}")
        with self.lock:
            self._scripts.append(
                Script(method.upper(), path, times, status, headers, body, delay_s, drop, truncate, trickle_s, close)
            )

    def configure(self, **settings: Any) -> None:
        """Change settings; they hold until reset()."""
        with self.lock:
            if unknown := settings.keys() - self._config.keys():
                raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
            self._config.update(settings)

    def requests(self, method: str | None = None, path: str | None = None) -> list[Seen]:
        """The journal, oldest first; a request is in it as soon as its body was read. `path` may be a pattern."""
        with self.lock:
            return [
                seen
                for seen in self._journal
                if method in (None, seen.method) and (path is None or matches(path, seen.path) is not None)
            ]

    def wait_for(
        self, count: int, method: str | None = None, path: str | None = None, timeout: float = 5, *, ended: bool = False
    ) -> list[Seen]:
        """Wait until the journal holds `count` such requests. `ended`: WebSockets, and over. Raises TimeoutError."""

        def found() -> list[Seen]:
            return [seen for seen in self.requests(method, path) if not ended or seen.closed is not None]

        with self._changed:
            if not self._changed.wait_for(lambda: len(found()) >= count, timeout):
                raise TimeoutError(f"{len(found())} of {count} requests came")
            return found()

    def reset(self) -> None:
        """As after the start: no scripts, no journal, no jobs, first settings."""
        with self.lock:
            self._scripts: list[Script] = []
            self._journal: list[Seen] = []
            self._counter = 0
            self._config: dict[str, Any] = copy.deepcopy({**self.common, **self.defaults})
            self.configure(**copy.deepcopy(self._initial))
            self.clear()

    # --- for vendors

    def clear(self) -> None:
        """Forget all jobs; a subclass sets its state up here."""

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        """The vendor's error body. `why` is a name from `statuses`, or empty for a scripted status."""
        return Reply({"error": detail or why or str(status)}, status)

    def __getitem__(self, setting: str) -> Any:
        return self._config[setting]

    def now(self) -> float:
        """Seconds since 1970 on the vendor's clock."""
        return time.time() + float(self["clock_offset_s"])

    def count(self) -> int:
        """1, 2, 3…: for ids."""
        with self.lock:
            self._counter += 1
            return self._counter

    def expired(self, created: float) -> bool:
        return self["retention_s"] is not None and self.now() - created > self["retention_s"]

    def key(self, request: Request) -> str | None:
        """The key that came with a request the way this vendor wants it."""
        value = request.headers.get(self.key_header, "")
        return value[len(self.key_scheme) :].strip() or None if value.startswith(self.key_scheme) else None

    # --- for wire.py

    def refuse(self, why: str, detail: str = "") -> Reply:
        return self.error(self.statuses[why], why, detail)

    def route(self, request: Request) -> Route | Reply:
        """The route of a request whose body is still to come, or what speaks against it."""
        found = [route for route in self.routes if matches(route.path, request.path) is not None]
        if not found:
            return self.refuse("unknown", request.path)
        methods = {route.method: route for route in found if route.path == found[0].path}
        if request.method not in methods:
            usual = [method for method in methods if method != SOCKET]
            reply = self.refuse("method", request.method) if usual else self.refuse("upgrade")
            reply.headers |= {"Allow": ", ".join(usual)} if usual else {"Upgrade": "websocket"}
            return reply
        route = methods[request.method]
        request.params = matches(route.path, request.path) or {}
        request.key = self.key(request)
        return self.admit(route, request.key) or route

    def admit(self, route: Route, key: str | None) -> Reply | None:
        """What speaks against this key; None if nothing does."""
        if route.auth == "own":
            return None
        if key == "stub-slow":
            reply = self.refuse("slow")
            if (after := self["retry_after"]) is not None:
                when = email.utils.formatdate(time.time() + 30, usegmt=True)
                reply.headers["Retry-After"] = when if after == "date" else str(after)
            return reply
        if route.auth == "none" or (route.auth == "optional" and key is None):
            return None
        if key is None:
            return self.refuse("no_key")
        if key == "stub-broke":
            return self.refuse("broke") if route.paid else None
        return None if key in self["valid_keys"] else self.refuse("bad_key")

    def take_script(self, method: str, path: str) -> Script | None:
        with self.lock:
            for script in self._scripts:
                if script.method in ("*", method) and matches(script.path, path) is not None:
                    if script.times is not None:
                        script.times -= 1
                        if script.times <= 0:
                            self._scripts.remove(script)
                    return script
        return None

    def saw(self, seen: Seen) -> None:
        with self._changed:
            self._journal.append(seen)
            self._changed.notify_all()

    def changed(self) -> None:
        """An entry of the journal is another one now."""
        with self._changed:
            self._changed.notify_all()


class Elsewhere(Stub):
    """Another host, to which redirects and result URLs can point. Answers everything; see its journal for keys."""

    def _any(self, request: Request) -> Reply:
        return Reply({"elsewhere": True})

    routes = (
        Route("GET", "*", _any, ("*",), auth="none"),
        Route("HEAD", "*", _any, ("*",), auth="none"),
        Route("POST", "*", _any, ("*",), auth="none"),
        Route("PUT", "*", _any, ("*",), auth="none"),
        Route("DELETE", "*", _any, ("*",), auth="none"),
    )

    def keys(self) -> list[str]:
        """The keys (as hashes) that arrived."""
        return [seen.key for seen in self.requests() if seen.key]


def main(vendor: type[Stub], argv: list[str] | None = None) -> None:
    """Serve a vendor until Ctrl+C: `python -m tests.vendors.NAME [--port N]`."""
    parser = argparse.ArgumentParser(description=vendor.__doc__)
    parser.add_argument("--port", type=int, default=0)
    with vendor(parser.parse_args(argv).port) as stub:
        print(f"{vendor.__name__} at {stub.url}", flush=True)
        for key, meaning in KEYS.items():
            print(f"  {key:11} {meaning}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()
