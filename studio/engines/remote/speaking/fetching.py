"""Fetching the sound that a vendor has put somewhere: without the key, and not from where nobody should look."""

from __future__ import annotations

import ipaddress

import httpx

from studio.core.errors import RemoteError
from studio.engines.remote.errors import bad_response, lost, of_status
from studio.engines.remote.line import Line, on_this_computer
from studio.engines.remote.service import Traffic, said

_GONE = (400, 403, 404, 410)  # signed addresses that have expired are forbidden, not unknown
_NO_SOUND = ("text/", "json", "xml")


def fetch(line: Line, title: str, address: str) -> Traffic[bytes]:
    """The sound at an address that the vendor gave. Raises JobLost where it is not kept any more, RemoteError."""
    url = _allowed(line, title, address)

    def explain(response: httpx.Response) -> RemoteError:
        status = response.status_code
        return lost(title) if status in _GONE else of_status(title, status, said(response), url.host)

    root = str(url.copy_with(raw_path=b"/", fragment=None))
    path = f"./{url.raw_path.decode().lstrip('/')}"
    response = yield from line.send("GET", path, base=root, with_key=False, explain=explain)
    kind = response.headers.get("content-type", "").lower()
    if any(sign in kind for sign in _NO_SOUND):
        raise bad_response(title, "something that is no sound", response.content[:200])
    return response.content


def _allowed(line: Line, title: str, address: str) -> httpx.URL:
    """The address, encrypted unless it is the account's own server. Raises BadResponse for one that is not fetched."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise bad_response(title, "an address that is none", address)
    if url.netloc.decode() == line.host or (line.stays_here and on_this_computer(url.host)):
        return url
    if _private(url.host):
        raise bad_response(title, "an address inside of your own network", address)
    return url.copy_with(scheme="https")


def _private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
