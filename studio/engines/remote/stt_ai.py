"""STT.ai: one long request whose answer is the transcript. Orders and account live on two hosts.

Without a key it takes three recordings a day from one address.
"""

from __future__ import annotations

from studio.core.accounts import Account, Limits, RemoteModel, VendorInfo
from studio.core.errors import UsageError

from . import openai_shape as shape
from .base import Data, Order, Result, Traffic
from .bodies import Multipart
from .line import Line, reply_object
from .reading import language, objects, text
from .stt_ai_account import ACCOUNT_URL, SttAiAccount

_TIERS = {  # bytes of a file, orders at the same time
    "Anonymous": (100_000_000, 1),
    "Free": (500_000_000, 2),
    "Paid": (2_000_000_000, 5),
}
_PART = 30 * 60_000  # milliseconds
_TRIES = 5
_ANONYMOUS_TRIES = 3  # then the day's allowance is used up


class SttAi(SttAiAccount):
    info = VendorInfo(
        kind="stt-ai",
        title="STT.ai",
        host="api.stt.ai",
        url="https://api.stt.ai/",
        website="https://stt.ai",
        retention="STT.ai does not say how long it keeps sound and text.",
        models=(
            RemoteModel("large-v3-turbo", "Whisper Large V3 Turbo"),
            RemoteModel("large-v3", "Whisper Large V3"),
            RemoteModel("medium", "Whisper Medium"),
            RemoteModel("small", "Whisper Small"),
            RemoteModel("stt-ai-enhanced", "STT.ai Enhanced (paid)"),
            RemoteModel("nvidia-canary", "NVIDIA Canary"),
        ),
        key_needed=False,
        resumes=False,
        tiers=("Free", "Anonymous", "Paid"),
        switches={
            "parts": "“yes”: send what is longer than an hour in half hours, each charged by started minutes",
            "account_url": f"where the account is asked for; without it {ACCOUNT_URL}",
        },
        note="If the connection breaks while it works, the result is lost and may be charged.",
    )

    def __init__(self, account: Account, key: str, line: Line) -> None:
        super().__init__(account, key, line)
        self.tier = (account.tier or "Free") if self.key else "Anonymous"
        if self.tier not in _TIERS:
            raise UsageError(f"STT.ai has no tier “{self.tier}”.", f"Choose one of {', '.join(_TIERS)}.")

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def limits(self, model: str) -> Limits:
        largest, at_once = _TIERS[self.tier]
        part = _PART if self.account.options.get("parts", "").lower() == "yes" else None
        return Limits(largest, part=part, formats=("opus", "flac", "mp3", "wav"), at_once=at_once)

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

    def models(self) -> Traffic[tuple[RemoteModel, ...]]:
        response = yield from self.line.send("GET", "v1/models", with_key=False)
        entries = objects(reply_object(self.info.title, response).get("models"))
        languages = (yield from self.languages()) or None
        found = [RemoteModel(text(e.get("id")), text(e.get("name")), languages) for e in entries if text(e.get("id"))]
        return tuple(found) or self.info.models

    def languages(self) -> Traffic[tuple[str, ...]]:
        """ISO 639-1 of what can be recognised."""
        response = yield from self.line.send("GET", "v1/languages", with_key=False)
        entries = objects(reply_object(self.info.title, response).get("languages"))
        codes = (language(e.get("code")) or language(e.get("name")) for e in entries)
        return tuple(dict.fromkeys(filter(None, codes)))

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        self.fits(order)
        sound = order.sound
        body = Multipart("file", sound.path, sound.name, sound.mime, _wishes(order))
        response = yield from self.line.send(
            "POST",
            "v1/transcribe",
            body,
            order=True,
            not_taken=lambda answer: answer.status_code == 503,  # documented: no graphics card, nothing was done
            read_timeout=self.patience(order),
            tries=_TRIES if self.key else _ANONYMOUS_TRIES,
        )
        reply_object(self.info.title, response)
        return response.content

    def read(self, reply: bytes, order: Order) -> Result:
        return shape.read(self.info.title, reply_object(self.info.title, reply), order.sound.duration)


def _wishes(order: Order) -> dict[str, str | list[str]]:
    return {
        "model": order.model,
        "language": order.language or "auto",
        "diarize": "false" if order.speakers == "off" else "true",
        "speakers": order.speakers if order.speakers.isdigit() else "0",
        "response_format": "json",
    }
