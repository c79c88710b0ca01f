"""STT.ai's account: what its tier allows, whatever is ordered; and its host, which tells of transcripts made earlier,
gives out their files, and knows what was used."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

import httpx

from studio.core.accounts import Account
from studio.core.errors import UsageError

from .base import Kept, Order, Traffic, Vendor
from .errors import bad_response
from .line import Line, reply_object
from .reading import Object, language, name, objects, real, text
from .service import Service, W

ACCOUNT_URL = "https://stt.ai/api/"
_PAGE = 100
_ALLOWED = {  # bytes of a file, orders at the same time
    "Anonymous": (100_000_000, 1),
    "Free": (500_000_000, 2),
    "Paid": (2_000_000_000, 5),
}
TIERS = ("Free", "Anonymous", "Paid")  # the first is that of an account whose tier is not said
_TRIES = 5
_ANONYMOUS_TRIES = 3  # then the day's allowance is used up


def not_taken(response: httpx.Response) -> bool:
    """Documented: no graphics card was free, nothing was done."""
    return response.status_code == 503


class SttAiTier(Service[W]):
    """What holds for the account, whatever is ordered."""

    def __init__(self, account: Account, key: str, line: Line) -> None:
        super().__init__(account, key, line)
        self.tier = (account.tier or TIERS[0]) if self.key else "Anonymous"
        if self.tier not in _ALLOWED:
            raise UsageError(f"STT.ai has no tier “{self.tier}”.", f"Choose one of {', '.join(TIERS)}.")
        self.largest, self._at_once = _ALLOWED[self.tier]
        self.tries = _TRIES if self.key else _ANONYMOUS_TRIES

    @property
    def at_once(self) -> int | None:
        return self._at_once

    @property
    def account_url(self) -> str:
        return self.account.options.get("account_url") or ACCOUNT_URL

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def check(self) -> Traffic[str]:
        """The host that does the work tells nothing of the key, the account's host does."""
        response = yield from self.line.send("GET", "health", with_key=False)
        health = reply_object(self.info.title, response)
        busy = " It has no graphics card free at the moment." if health.get("gpu_available") is False else ""
        if not self.key:
            return f"STT.ai answers; without a key it takes three recordings a day.{busy}"
        response = yield from self.line.send("GET", "v1/account/", base=self.account_url)
        account = reply_object(self.info.title, response)
        told = ((word, account.get(word)) for word in ("plan", "credits"))
        known = ", ".join(f"{word} {value}" for word, value in told if isinstance(value, str | int | float))
        return f"STT.ai takes the key{f': {known}' if known else ''}.{busy}"


class SttAiAccount(SttAiTier[Order], Vendor):
    """The part of the vendor that is about the account; everything here only reads."""

    exports: ClassVar[tuple[str, ...]] = ("txt", "srt", "vtt", "json", "csv", "docx", "pdf")

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
