"""STT.ai: one long request whose answer is the transcript. Orders and account live on two hosts.

Without a key it takes three recordings a day from one address.
"""

from __future__ import annotations

from studio.core.accounts import Limits, RemoteModel, VendorInfo

from . import openai_shape as shape
from .base import Data, Order, Result, Traffic
from .bodies import Multipart
from .line import reply_object
from .reading import language, objects, text
from .stt_ai_account import ACCOUNT_URL, TIERS, SttAiAccount, not_taken

_PART = 30 * 60_000  # milliseconds


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
        tiers=TIERS,
        switches={
            "parts": "“yes”: send what is longer than an hour in half hours, each charged by started minutes",
            "account_url": f"where the account is asked for; without it {ACCOUNT_URL}",
        },
        note="If the connection breaks while it works, the result is lost and may be charged.",
    )

    def limits(self, model: str) -> Limits:
        part = _PART if self.account.options.get("parts", "").lower() == "yes" else None
        return Limits(self.largest, part=part, formats=("opus", "flac", "mp3", "wav"), at_once=self.at_once)

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
            not_taken=not_taken,
            read_timeout=self.patience(order),
            tries=self.tries,
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
