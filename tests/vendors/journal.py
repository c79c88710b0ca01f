"""What the journal keeps of requests and messages: keys as hashes, long values as their size and hash."""

from __future__ import annotations

from typing import Any

from .body import Blob, BodyReader
from .messages import Request, Seen, key_hash

SECRET_NAMES = ("token", "key", "api_key", "apikey", "access_token")  # of query and body fields
SECRET_HEADERS = (
    *("authorization", "x-api-key", "xi-api-key", "ocp-apim-subscription-key", "x-gladia-key", "cookie"),
    *SECRET_NAMES,
)


def seen_of(request: Request, reader: BodyReader, complete: bool = True) -> Seen:
    """The request as the journal keeps it."""
    found: list[str] = []
    headers = masked(request.headers, SECRET_HEADERS, found)
    query = masked(request.query, SECRET_NAMES, found)
    fields = masked({name: summary(value) for name, value in request.fields.items()}, SECRET_NAMES, found)
    key = found[0] if found else None
    return Seen(request.method, request.path, query, headers, key, reader.count, reader.sha256, complete, fields)


def masked(values: dict[str, Any], secret: tuple[str, ...], found: list[str]) -> dict[str, Any]:
    """The values with each key replaced by its hash, a scheme before it stays. The hashes join `found`."""
    shown = dict(values)
    for name, value in values.items():
        if name.lower() in secret and isinstance(value, str):
            scheme, _, key = value.rpartition(" ")
            found.append(key_hash(key))
            shown[name] = f"{scheme} {found[-1]}".strip()
    return shown


def summary(value: Any) -> Any:
    if isinstance(value, Blob):
        return value.summary()
    if isinstance(value, dict):
        return {name: summary(each) for name, each in value.items()}
    if isinstance(value, list):
        return [summary(each) for each in value]
    return value
