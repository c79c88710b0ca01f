"""STT.ai's account host, which tells of transcripts made earlier, gives out their files, and knows what was used."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

import httpx

from studio.core.errors import UsageError

from .base import Kept, Traffic, Vendor
from .errors import bad_response
from .line import reply_object
from .reading import Object, language, name, objects, real, text

ACCOUNT_URL = "https://stt.ai/api/"
_PAGE = 100


class SttAiAccount(Vendor):
    """The part of the vendor that is about the account; everything here only reads."""

    exports: ClassVar[tuple[str, ...]] = ("txt", "srt", "vtt", "json", "csv", "docx", "pdf")

    @property
    def account_url(self) -> str:
        return self.account.options.get("account_url") or ACCOUNT_URL

    def kept(self) -> Traffic[tuple[Kept, ...]]:
        """All of them, page by page."""
        found: list[Kept] = []
        offset, count = 0, 1
        while offset < count:
            page = {"limit": str(_PAGE), "offset": str(offset)}
            response = yield from self.line.send("GET", "v1/transcripts/", params=page, base=self.account_url)
            listed = reply_object(self.info.title, response)
            entries = objects(listed.get("results"))
            found += [_kept(e) for e in entries if name(e.get("id")) or name(e.get("slug"))]
            offset += len(entries)
            count = int(real(listed.get("count")) or 0) if entries else 0
        return tuple(found)

    def export(self, id: str, ending: str) -> Traffic[bytes]:
        if ending not in self.exports:
            raise UsageError(f"STT.ai does not export “{ending}”.", f"Choose one of {', '.join(self.exports)}.")
        path = f"v1/transcripts/{quote(id, safe='')}/export/{ending}/"
        response = yield from self.line.send("GET", path, base=self.account_url)
        return response.content

    def usage(self) -> Traffic[tuple[Object, ...]]:
        """The last 30 days; which values a day has is not documented."""
        response = yield from self.line.send("GET", "v1/usage/", base=self.account_url)
        return tuple(self._days(response))

    def _days(self, response: httpx.Response) -> list[Object]:
        try:
            told = response.json()
        except ValueError as error:
            raise bad_response(self.info.title, "something that is not JSON", response.content) from error
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
