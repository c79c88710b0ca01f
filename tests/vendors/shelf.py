"""Finished sounds at public addresses, where no key is asked for and an address holds only for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .messages import Reply, Request, Route
from .stub import Stub

SETTINGS: dict[str, Any] = {
    "audio_base": None,  # the host of the addresses; None: the stub itself
    "audio_url_s": None,  # so long an address holds, 403 afterwards
}


@dataclass
class _Sound:
    data: bytes
    type: str
    put: float


class Shelf:
    """The sounds of one stub, kept until it forgets its jobs."""

    def __init__(self, stub: Stub) -> None:
        self._stub, self._sounds = stub, dict[str, _Sound]()

    def put(self, data: bytes, type: str, suffix: str) -> str:
        """Where the sound can be fetched from now on."""
        number = self._stub.count()
        name = f"{number:012x}.{suffix}"
        with self._stub.lock:
            self._sounds[name] = _Sound(data, type, self._stub.now())
        return f"{self._stub['audio_base'] or self._stub.url}/audio/{name}?X-Signature={number * 7919:016x}"

    def fetch(self, request: Request) -> Reply:
        with self._stub.lock:
            sound = self._sounds.get(request.params["name"])
        if sound is None:
            return _refusal(404, "NoSuchKey")
        signature = int(request.params["name"].partition(".")[0], 16) * 7919
        if request.query.get("X-Signature") != f"{signature:016x}":
            return _refusal(403, "SignatureDoesNotMatch")
        lifetime = self._stub["audio_url_s"]
        if lifetime is not None and self._stub.now() - sound.put > lifetime:
            return _refusal(403, "AccessDenied", "Request has expired")
        return Reply(sound.data, type=sound.type)


def _refusal(status: int, code: str, message: str = "") -> Reply:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Reply(text, status, type="application/xml")


def _fetch(stub: Any, request: Request) -> Reply:
    shelf: Shelf = stub.shelf
    return shelf.fetch(request)


ROUTES = (Route("GET", "/audio/{name}", _fetch, auth="none"), Route("HEAD", "/audio/{name}", _fetch, auth="none"))
