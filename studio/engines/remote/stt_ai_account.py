"""What STT.ai's account host knows: transcripts made earlier, their exports, and use day by day. Only read."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import httpx

from studio.core.errors import UsageError

from .base import Traffic
from .errors import bad_response
from .line import reply_object
from .reading import Object, language, name, objects, real, text
from .stt_ai import SttAi

FORMATS = ("txt", "srt", "vtt", "json", "csv", "docx", "pdf")
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """A transcript that STT.ai keeps."""

    id: str  # a number or a slug
    title: str
    status: str  # "completed", "processing", "failed"
    language: str | None = None  # ISO 639-1
    created: str = ""


def transcripts(vendor: SttAi) -> Traffic[tuple[Kept, ...]]:
    """All of them, page by page."""
    found: list[Kept] = []
    offset, count = 0, 1
    while offset < count:
        page = {"limit": str(_PAGE), "offset": str(offset)}
        response = yield from vendor.line.send("GET", "v1/transcripts/", params=page, base=vendor.account_url)
        listed = reply_object(vendor.info.title, response)
        entries = objects(listed.get("results"))
        found += [_kept(e) for e in entries if name(e.get("id")) or name(e.get("slug"))]
        offset += len(entries)
        count = int(real(listed.get("count")) or 0) if entries else 0
    return tuple(found)


def export(vendor: SttAi, id: str, format: str) -> Traffic[bytes]:
    """The file of a transcript in one of FORMATS."""
    if format not in FORMATS:
        raise UsageError(f"STT.ai does not export “{format}”.", f"Choose one of {', '.join(FORMATS)}.")
    path = f"v1/transcripts/{quote(id, safe='')}/export/{format}/"
    response = yield from vendor.line.send("GET", path, base=vendor.account_url)
    return response.content


def usage(vendor: SttAi) -> Traffic[tuple[Object, ...]]:
    """The last 30 days, as STT.ai tells them: which values a day has is not documented."""
    response = yield from vendor.line.send("GET", "v1/usage/", base=vendor.account_url)
    return tuple(_days(vendor, response))


def _days(vendor: SttAi, response: httpx.Response) -> list[Object]:
    try:
        told = response.json()
    except ValueError as error:
        raise bad_response(vendor.info.title, "something that is not JSON", response.content) from error
    if isinstance(told, dict):
        told = next((value for value in told.values() if isinstance(value, list)), [])
    return objects(told)


def _kept(entry: Object) -> Kept:
    return Kept(
        name(entry.get("id")) or name(entry.get("slug")) or "",
        text(entry.get("title")) or text(entry.get("name")),
        text(entry.get("status")).lower(),
        language(entry.get("language")),
        text(entry.get("created_at")) or text(entry.get("created")),
    )
