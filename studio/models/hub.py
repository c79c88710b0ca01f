"""Downloads from the Hugging Face hub at pinned revisions: proxies, certificates, resume, stop.

Runs in the thread of the pull. The network itself is read by a helper thread for each request, because name
look-up, connect and read can all hang longer than a stop may take; only the pull's own thread writes files.
"""

from __future__ import annotations

import os
import queue
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx

from studio.core.errors import ModelError
from studio.core.jobs import StopToken
from studio.net import USER_AGENT, certificates

from .catalogue import Model, WeightFile

DECIDE = 5.0  # seconds until the first byte; after that the hub counts as unreachable
_STALL = 30.0  # seconds without a byte before a running download counts as broken
_TRIES = 3  # in a row without a new byte
_POLL = 0.05


class Hub:
    """One pull's conversation with the hub. The time to decide whether it can be reached starts here."""

    def __init__(self, model: Model, token: str | None = None) -> None:
        self._model = model
        self.endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        self._headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        token = token or os.environ.get("HF_TOKEN")
        if token and model.gated:
            self._headers["Authorization"] = f"Bearer {token}"  # httpx drops it when a redirect leaves the host
        self._ssl = certificates()
        self._deadline = time.monotonic() + DECIDE
        self._reached = False

    def reported(self, file: WeightFile, stop: StopToken) -> WeightFile:
        """The file with the size and hash that the hub states for the pinned revision."""
        flow = self._request("HEAD", file.name)
        try:
            head = self._wait(flow, stop)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        finally:
            flow.abandon()
        assert isinstance(head, httpx.Response)
        self._refuse(head, file.name)
        self._reached = True
        # large files: the hub's own redirect to the storage states their SHA-256; a storage's word does not count
        own = [r for r in (*head.history, head) if r.url.host == httpx.URL(self.endpoint).host]
        large = next((r for r in own if "x-linked-etag" in r.headers), None)
        last = large or own[-1]
        etag = last.headers.get("x-linked-etag" if large else "etag", "").removeprefix("W/").strip('"')
        size = last.headers.get("x-linked-size" if large else "content-length", "")
        if len(etag) not in (40, 64) or not size.isdigit():
            raise ModelError(
                f"The hub states no hash for “{file.name}” of “{self._model.id}”.", detail=str(head.headers)
            )
        known = {"sha256": etag} if len(etag) == 64 else {"git_blob": etag}
        return replace(file, bytes=int(size), **known)

    def download(self, file: WeightFile, target: Path, stop: StopToken) -> Iterator[int]:
        """Brings `target` to `file.bytes`, going on where an earlier download ended; yields bytes on disk.

        Raises ModelError with one plain sentence, Stopped, OSError (disk).
        """
        if _size(target) > file.bytes:
            target.unlink()
        failures = 0
        while (have := _size(target)) < file.bytes:
            error: Exception | None = None
            try:
                yield from self._transfer(file, have, target, stop)
            except httpx.HTTPError as broken:
                error = broken
            failures = 0 if _size(target) > have else failures + 1
            if failures and (not self._reached or failures == _TRIES):
                raise self._unreachable(error) from error
            if failures and stop.wait(failures * 0.5):
                stop.check()

    def _transfer(self, file: WeightFile, have: int, target: Path, stop: StopToken) -> Iterator[int]:
        flow = self._request("GET", file.name, {"Range": f"bytes={have}-"} if have else {})
        try:
            head = self._wait(flow, stop)
            assert isinstance(head, httpx.Response)
            if have and (head.status_code == 416 or not _goes_on(head, have)):
                target.unlink()  # the server will not continue it: from the beginning
                have = 0
                if head.status_code != 200:
                    return
            self._refuse(head, file.name)
            with target.open("ab" if have else "wb") as out:
                while (chunk := self._wait(flow, stop)) is not None:
                    assert isinstance(chunk, bytes)
                    self._reached = True
                    out.write(chunk)
                    out.flush()  # what came is on disk, whatever happens next
                    yield out.tell()
                    if out.tell() > file.bytes:
                        return  # not our file; the check will say so
        finally:
            flow.abandon()

    def _request(self, method: str, name: str, headers: dict[str, str] | None = None) -> _Flow:
        url = f"{self.endpoint}/{self._model.hub}/resolve/{self._model.revision}/{name}"
        return _Flow(method, url, {**self._headers, **(headers or {})}, self._ssl)

    def _wait(self, flow: _Flow, stop: StopToken) -> httpx.Response | bytes | None:
        """The next thing of the flow. Raises httpx.HTTPError when it breaks or nothing comes for too long."""
        until = time.monotonic() + _STALL if self._reached else self._deadline
        while True:
            stop.check()
            try:
                thing = flow.things.get(timeout=_POLL)
            except queue.Empty:
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("nothing came in time") from None
                continue
            if isinstance(thing, httpx.HTTPError):
                raise thing
            if isinstance(thing, Exception):
                raise httpx.UnsupportedProtocol(str(thing)) from thing
            return thing

    def _refuse(self, head: httpx.Response, name: str) -> None:
        """Raises what an HTTP error means, as one sentence."""
        code, model = head.status_code, self._model
        if code in (200, 206):
            return
        detail = f"HTTP {code} for {head.url}"
        if code in (401, 403) and model.gated:
            raise ModelError(
                f"The hub gives “{model.title}” only to people who accepted its terms.",
                f"Accept them once at {self.endpoint}/{model.hub} and give the access token of that account.",
                detail,
            )
        if code in (401, 403):
            what = f"The hub refused “{name}” of “{model.title}”."
        elif code == 404:
            what = f"The hub has no “{name}” of “{model.title}” any more."
        elif code == 407:
            what = "The proxy asks for a name and a password."
        else:
            what = f"The hub answered with an error ({code})."
        raise ModelError(what, detail=detail)

    def _unreachable(self, error: Exception | None) -> ModelError:
        """A broken connection in the user's words."""
        text = f"{type(error).__name__}: {error}" if error else "the connection ended early"
        if "CERTIFICATE_VERIFY_FAILED" in text:
            return ModelError(
                "The hub's certificate could not be verified.",
                "If your company checks encrypted traffic, point SSL_CERT_FILE to its certificate.",
                text,
            )
        if isinstance(error, httpx.ProxyError):
            wants = "asks for a name and a password" if "407" in text else "refused the connection"
            return ModelError(f"The proxy {wants}.", "Check HTTPS_PROXY.", text)
        if isinstance(error, httpx.UnsupportedProtocol):
            return ModelError(
                "The settings for the proxy or the hub cannot be used.", "Check HTTPS_PROXY and HF_ENDPOINT.", text
            )
        if self._reached:
            return ModelError("The connection to the hub broke off.", "Try again: it goes on where it ended.", text)
        return ModelError("The hub cannot be reached.", "", text)


class _Flow:
    """One request, read by a thread of its own into a short queue: the response, chunks, then None or an exception."""

    def __init__(self, method: str, url: str, headers: dict[str, str], tls: ssl.SSLContext):
        self.things: queue.Queue[httpx.Response | bytes | Exception | None] = queue.Queue(maxsize=8)
        self._abandoned = threading.Event()
        threading.Thread(target=self._run, args=(method, url, headers, tls), name="hub", daemon=True).start()

    def abandon(self) -> None:
        """Nobody listens any more. The thread ends by itself, at the latest when its read times out."""
        self._abandoned.set()

    def _run(self, method: str, url: str, headers: dict[str, str], tls: ssl.SSLContext) -> None:
        timeout = httpx.Timeout(_STALL, connect=DECIDE)
        try:
            with (
                httpx.Client(verify=tls, timeout=timeout, follow_redirects=True) as client,
                client.stream(method, url, headers=headers) as response,
            ):
                self._put(response)
                if response.status_code in (200, 206):
                    for chunk in response.iter_raw():
                        if not self._put(chunk):
                            return
                self._put(None)
        except Exception as error:  # crosses to the pull's thread, which raises it
            self._put(error)

    def _put(self, thing: httpx.Response | bytes | Exception | None) -> bool:
        while not self._abandoned.is_set():
            try:
                self.things.put(thing, timeout=_POLL)
                return True
            except queue.Full:
                continue
        return False


def _goes_on(head: httpx.Response, have: int) -> bool:
    return head.status_code == 206 and head.headers.get("content-range", "").startswith(f"bytes {have}-")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
