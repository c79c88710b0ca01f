"""The line to one vendor: every request goes through `Line.send`, which knows when a request may be sent again.

What may cost money is never sent twice: after its body may have arrived, a broken connection is `Ambiguous`. Waiting,
sending and reading all end within 50 ms when a stop is asked for. A Line belongs to one thread; what the lines of one
account share is in `Shared`.
"""

from __future__ import annotations

import asyncio
import email.utils
import ipaddress
import logging
import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain

import httpx

from studio.core.accounts import Account
from studio.core.errors import Ambiguous, AuthError, BadResponse, RateLimited, RemoteError, UsageError
from studio.core.jobs import StopToken
from studio.net import USER_AGENT, certificates

from .bodies import Arguments, Body
from .errors import bad_response, of_transport, unreadable

_LOOK = 0.05  # seconds between looks at the stop token
_TELL = 0.2  # seconds between two tellings of how much is sent
_TRIES = 5
_LONGEST_BACKOFF = 60.0
_LONGEST_WAIT = 15 * 60.0  # a vendor that wants us to wait longer is given up for now
_LARGEST_REPLY = 256 * 2**20
_SECRET_LENGTH = 16  # a shorter key may be a word that somebody says; in a refusal half of that is enough
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """How many bytes of the sound are on their way, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing happens for so many seconds; `why` is a sentence for the user."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a line is. Seconds; `unit` stretches or shrinks all waits that the line chooses by itself."""

    connect: float = 10.0
    write: float = 60.0  # without progress
    read: float = 30.0
    unit: float = 1.0


@dataclass(slots=True)
class Shared:
    """What all lines of one account have in common. Any thread."""

    _free_at: float = 0.0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def cool_down(self, seconds: float) -> None:
        with self._guard:
            self._free_at = max(self._free_at, time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until the account may be used again."""
        with self._guard:
            return max(0.0, self._free_at - time.monotonic())


def check_address(account: Account, base: str) -> httpx.URL:
    """The base address of an account. Raises UsageError for one that cannot or must not be used."""
    try:
        url = httpx.URL(base if base.endswith("/") else f"{base}/")
    except httpx.InvalidURL as error:
        raise UsageError(f"“{base}” is not an address.", "Give one like https://example.com/v1.", str(error)) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(f"“{base}” is not an address.", "Give one like https://example.com/v1.")
    if url.scheme == "http" and not account.insecure and not on_this_computer(url.host):
        raise UsageError(
            f"“{base}” is not encrypted: others could listen in.",
            "Give an https address, or allow an insecure server in the account.",
        )
    return url


def _host(url: httpx.URL) -> str:
    return url.netloc.decode() if url.port else url.host


def on_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Line:
    """Requests to one account. Close it in the thread that used it."""

    def __init__(
        self, account: Account, base: str, title: str, stop: StopToken, shared: Shared, pace: Pace | None = None
    ) -> None:
        self._account, self._base = account, check_address(account, base)
        self._title, self._stop, self._shared, self.pace = title, stop, shared, pace or Pace()
        self._headers: dict[str, str] = {}
        self._secrets: list[str] = []
        self._explain: Callable[[httpx.Response], RemoteError] = lambda r: RemoteError(f"{title}: {r.status_code}.")
        self.delivered = False  # the last request may have arrived as a whole, and was not turned away
        self._loop = asyncio.new_event_loop()
        self._clients: dict[tuple[str, bool], tuple[httpx.AsyncClient, httpx.AsyncClient]] = {}
        self._open(self._base)

    @property
    def host(self) -> str:
        return _host(self._base)

    @property
    def stays_here(self) -> bool:
        """Whether the account's server is this computer."""
        return on_this_computer(self._base.host)

    def use(self, headers: Mapping[str, str], explain: Callable[[httpx.Response], RemoteError]) -> None:
        """The headers of the account, and what its vendor's errors mean."""
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise AuthError(f"The key for {self._title} holds characters that no key has.", "Paste it again.")
        self._headers, self._explain = {"Accept": "application/json", **headers}, explain
        self._secrets = [part for value in headers.values() for part in value.split()]  # of "Bearer KEY", the key

    def cool_down(self, seconds: float) -> None:
        """Nothing more is asked of this account for so long, by any of its lines."""
        self._shared.cool_down(seconds)

    def close(self) -> None:
        for client in chain.from_iterable(self._clients.values()):
            self._loop.run_until_complete(client.aclose())
        self._loop.close()

    def _open(self, url: httpx.URL) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
        """A client for questions and one for orders, which go over a fresh connection each: on a kept one, nobody
        could tell a stale connection from a lost answer. Reading the certificates takes long, so only if need be."""
        kind = url.scheme, on_this_computer(url.host)
        if kind not in self._clients:
            secure = url.scheme == "https"
            tls = certificates(self._account.certificates) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._clients[kind] = _client(tls, 1, direct=kind[1]), _client(tls, 0, direct=kind[1])
        return self._clients[kind]

    def send(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        params: Mapping[str, str | list[str]] | None = None,
        order: bool = False,
        not_taken: Callable[[httpx.Response], bool] = lambda _: False,
        read_timeout: float | None = None,
        tries: int = _TRIES,
        resends: int = _TRIES,
        base: str = "",
        with_key: bool = True,
        explain: Callable[[httpx.Response], RemoteError] | None = None,
    ) -> Generator[Sent | Waiting, None, httpx.Response]:
        """A successful answer, read completely.

        `order`: it may cost money, so it is sent again only if it surely did not arrive or `not_taken` says of the
        answer that nothing was begun. `resends`: how often it may be sent again after anything else than a polite
        refusal. `base`: another address than the account's; `explain`: what errors mean there. Raises RemoteError,
        Stopped.
        """
        root = check_address(self._account, base) if base else self._base
        url = root.join(path.lstrip("/"))
        if url.netloc != root.netloc:
            raise ValueError(f"{path} leads to another host")
        self.delivered = False
        for attempt in range(1, tries + 1):
            yield from self._until_cool()
            error, hint = None, 0.0
            try:
                response = yield from self._exchange(method, url, body, params, order, read_timeout, with_key)
            except _NEVER_SENT as e:
                error = of_transport(self._title, _host(url), e)
                again = not _hopeless(e)
                self.delivered = False
            except OSError as e:
                if order and self.delivered:  # so it was not the sound that could not be read
                    raise ambiguous(self._title, of_transport(self._title, _host(url), e)) from e
                self.delivered = False
                raise unreadable(e) from e
            except httpx.HTTPError as e:
                error = of_transport(self._title, _host(url), e)
                if order:
                    raise ambiguous(self._title, error) from e
                again = True
            else:
                if response.is_success:
                    return response
                error, hint = (explain or self._explain)(response), retry_after(response)
                refused = isinstance(error, RateLimited)
                # a server's error, or that of a proxy on the way that ran out of patience
                broken = response.status_code >= 500 or response.status_code == 408
                again = refused or (broken and (not order or not_taken(response)))
                if order and broken and not again:
                    raise ambiguous(self._title, error)
                self.delivered = False
            if not isinstance(error, RateLimited):
                resends -= 1
            wait = max(hint, random.uniform(0, min(_LONGEST_BACKOFF, 2.0**attempt)) * self.pace.unit)
            if isinstance(error, RateLimited):  # all jobs of the account slow down together
                self._shared.cool_down(min(wait, _LONGEST_WAIT))
            if not again or attempt == tries or resends < 0 or hint > _LONGEST_WAIT:
                raise error
            log.info("%s %s: try %d failed: %s", method, url.path, attempt, self._safe(error.problem.detail))
            if not isinstance(error, RateLimited):
                yield Waiting(wait, error.problem.what)
                self.rest(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    def _safe(self, text: str) -> str:
        return redacted(text, *self._secrets)

    def rest(self, seconds: float) -> None:
        """Wait. Raises Stopped as soon as a stop is asked for."""
        if self._stop.wait(seconds):
            self._stop.check()

    def _until_cool(self) -> Iterator[Waiting]:
        while left := self._shared.left():
            yield Waiting(left, f"{self._title} is busy. Your job keeps its place.")
            self.rest(left)

    def _exchange(
        self,
        method: str,
        url: httpx.URL,
        body: Body | None,
        params: Mapping[str, str | list[str]] | None,
        order: bool,
        read_timeout: float | None,
        with_key: bool,
    ) -> Generator[Sent | Waiting, None, httpx.Response]:
        """One try. What the network needs runs in this thread's own event loop, so that a stop ends it at once."""
        self._stop.check()
        sent = [0]
        total = body.size() if body else 0
        pace = self.pace
        timeout = httpx.Timeout(read_timeout or pace.read, connect=pace.connect, pool=pace.connect, write=pace.write)
        with _opened(body, sent) as arguments:
            headers = {**(self._headers if with_key else {}), **arguments.pop("headers", {})}
            client = self._open(url)[order]
            request = client.build_request(
                method, url, params=params and dict(params), headers=headers, timeout=timeout, **arguments
            )
            task = self._loop.create_task(_read(client, request, self._secrets))
            told = 0.0
            try:
                while not self._over(task):
                    self._stop.check()
                    if total and sent[0] and time.monotonic() - told > _TELL:
                        told = time.monotonic()
                        yield Sent(min(sent[0], total), total)
                response = task.result()
            finally:
                self.delivered = sent[0] >= total
                if not task.done():
                    task.cancel()
                    self._loop.run_until_complete(asyncio.wait({task}))
        log.info("%s %s: %d", method, url.path, response.status_code)
        if total:
            yield Sent(total, total)
        return response

    def _over(self, task: asyncio.Task[httpx.Response]) -> bool:
        """Let the network work for a moment; whether the exchange has ended."""
        done, _ = self._loop.run_until_complete(asyncio.wait({task}, timeout=_LOOK))
        return bool(done)


def _client(tls: ssl.SSLContext, kept: int, *, direct: bool) -> httpx.AsyncClient:
    """No redirect is followed: the key must not go anywhere else. `direct`: not through any proxy."""
    return httpx.AsyncClient(
        verify=tls,
        trust_env=not direct,
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=kept),
        headers={"User-Agent": USER_AGENT},
    )


@contextmanager
def _opened(body: Body | None, sent: list[int]) -> Iterator[Arguments]:
    def count(done: int) -> None:
        sent[0] = done

    if body is None:
        yield {}
    else:
        with body.opened(count) as arguments:
            yield arguments


async def _read(client: httpx.AsyncClient, request: httpx.Request, secrets: list[str]) -> httpx.Response:
    """The answer with its whole body, which must not be larger than any sensible reply nor repeat the key to us."""
    response = await client.send(request, stream=True)
    try:
        pieces, size = [], 0
        async for piece in response.aiter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > _LARGEST_REPLY:
                raise BadResponse(f"{request.url.host} sends an answer without end.", "Report this to the vendor.")
    finally:
        await response.aclose()
    headers = {k: v for k, v in response.headers.items() if k.lower() not in ("content-encoding", "transfer-encoding")}
    content = b"".join(pieces)
    shortest = _SECRET_LENGTH if response.is_success else _SECRET_LENGTH // 2
    for secret in secrets:
        if len(secret) >= shortest:
            content = content.replace(secret.encode(), b"***")
    return httpx.Response(response.status_code, headers=headers, content=content, request=request)


def ambiguous(title: str, error: RemoteError) -> Ambiguous:
    return Ambiguous(
        f"Whether {title} got the order cannot be told: {_lower(error.problem.what)}",
        "It may have been charged already, so it is not sent again unless you say so.",
        error.problem.detail,
    )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:] if sentence[:4] == "The " else sentence


def retry_after(response: httpx.Response) -> float:
    """Seconds that the answer asks us to wait, in its header (seconds or a date) or in its body; 0 if it does not."""
    header = response.headers.get("retry-after", "").strip()
    if header.isascii() and header.isdigit():
        return float(header)
    if header and (date := _date(header)) is not None:
        return max(0.0, date - time.time())
    try:
        hint = response.json()["recovery"]["retry_after_seconds"]
        return max(0.0, float(hint))
    except (ValueError, TypeError, KeyError, IndexError):
        return 0.0


def _date(header: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(header).timestamp()
    except (ValueError, OverflowError):
        return None


def reply_object(title: str, response: httpx.Response | bytes) -> dict[str, object]:
    """The JSON object of an answer. Raises BadResponse."""
    content = response if isinstance(response, bytes) else response.content
    try:
        value = httpx.Response(200, content=content).json()
    except ValueError as error:
        raise bad_response(title, "something that is not JSON", content) from error
    if not isinstance(value, dict):
        raise bad_response(title, "JSON of another shape", content)
    return value


_SECRET = re.compile(
    r"(?i)(\b(?:authorization|x-api-key|token|xi-api-key|ocp-apim-subscription-key|key)\b\W{1,4})(\S+)"
)
_QUERY = re.compile(r"(https?://[^\s\"'?]+)\?[^\s\"']+")
_LONG = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")


def redacted(text: str, *secrets: str) -> str:
    """Text for the log: no keys, no signed addresses, no sound in base64."""
    for secret in secrets:
        if len(secret) > 7:
            text = text.replace(secret, "…")
    text = _SECRET.sub(r"\1…", _QUERY.sub(r"\1?…", text))
    return _LONG.sub(lambda m: f"<{len(m[0])} characters>", text)


def _hopeless(error: Exception) -> bool:
    """Trying again cannot help."""
    text = str(error)
    return isinstance(error, httpx.UnsupportedProtocol) or "CERTIFICATE_VERIFY_FAILED" in text or "407" in text
