"""What passes between a stub's parts: requests, replies, routes, the journal's entries, scripts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from .body import Blob

SOCKET = "WS"  # the method, as routes, scripts and the journal call it, of a request to open a WebSocket


def key_hash(key: str) -> str:
    """How a key appears in the journal."""
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass
class Request:
    """One request as a route's handler sees it."""

    method: str
    path: str
    query: dict[str, Any]  # a repeated name is a list
    headers: dict[str, str]  # lower-case names
    params: dict[str, str] = field(default_factory=dict)  # from the path's pattern
    key: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)  # JSON object or form; files and long strings are Blobs
    body: Blob | None = None  # only on routes that accept "*": the raw bytes
    length: int = 0
    sha256: str = ""


@dataclass
class Reply:
    """bytes and str go out as they are, everything else but None as JSON."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    type: str | None = None
    charged: dict[str, float] | None = None  # for the journal: what this request costs, such as {"characters": 280}
    framing: str = "length"  # or "chunked", or "close": the end of the connection is the end of the body


@dataclass(frozen=True)
class Route:
    """`path` may hold {names}. Of several patterns that match a path the first one counts, for every method."""

    method: str
    path: str
    handler: Callable[..., Any]  # a function of the Stub's class: (Request) -> Reply; of a socket: (Request, Talk)
    accepts: tuple[str, ...] = ()  # content types; "*" hands over the raw body; none: a body is refused
    auth: str = "key"  # "key" needed, "optional" (but a wrong one is refused), "none", "own" (by the handler itself)
    paid: bool = False  # refused to stub-broke
    limit: str = ""  # the setting that holds the largest body in bytes


@dataclass
class Seen:
    """A request in the journal. `status` is that of the reply; None while there is none or when it was dropped."""

    method: str
    path: str
    query: dict[str, Any]
    headers: dict[str, str]
    key: str | None  # key_hash() of whatever key came with it, in any header, query or field that may hold one
    length: int = 0
    sha256: str = ""
    complete: bool = True  # the whole body arrived
    fields: dict[str, Any] = field(default_factory=dict)  # a file or long string as {"bytes", "sha256", …}
    status: int | None = None
    charged: dict[str, float] | None = None  # what the vendor bills for it, also when the reply was lost; None: nothing
    frames: int = 0  # binary messages; `length` and `sha256` are of all of them
    closed: int | None = None  # the code with which a WebSocket ended


@dataclass
class Script:
    """Misbehaviour for the next `times` requests that match."""

    method: str
    path: str
    times: int | None = 1
    status: int | None = None
    headers: dict[str, str] | None = None
    body: Any = None
    delay_s: float = 0
    drop: str | None = None
    truncate: int | None = None
    trickle_s: float = 0
    close: int | None = None

    @property
    def replaces(self) -> bool:
        """Whether the vendor's own work is left out."""
        return self.status is not None or self.body is not None


def matches(pattern: str, path: str) -> dict[str, str] | None:
    """What stands for the {names} of `pattern` in `path`; None where it does not match."""
    if pattern == "*":
        return {}
    parts = re.split(r"\{(\w+)\}", pattern)
    expression = "".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    found = re.fullmatch(expression, path)
    return {name: unquote(value) for name, value in found.groupdict().items()} if found else None
