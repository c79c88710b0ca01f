"""AI/ML API: one key for the voices of many vendors. The answer is the sound, or says where it lies."""

from __future__ import annotations

from dataclasses import replace

from studio.core.accounts import Account, SpeechLimits
from studio.engines.remote.aimlapi import AimlApi, AimlApiAccount
from studio.engines.remote.bodies import Json
from studio.engines.remote.errors import bad_response
from studio.engines.remote.line import reply_object
from studio.engines.remote.reading import object_, text
from studio.engines.remote.service import Working

from .aimlapi_voices import KNOWN, asked, family, parts
from .base import Data, SpeakingVendor, TextOrder, Traffic
from .fetching import fetch


class AimlApiVoices(AimlApiAccount[TextOrder], SpeakingVendor):
    info = replace(AimlApi.info, switches={})
    known = KNOWN

    @classmethod
    def limits(cls, account: Account, voice: str) -> SpeechLimits:
        return SpeechLimits(family(parts(voice)[0]).characters)

    def submit(self, order: TextOrder, data: Data) -> Traffic[Data | bytes]:
        """Where the sound lies is kept as a job is: to fetch it again costs nothing."""
        self.fits(order)
        body = Json(asked(order.voice, order.text))
        response = yield from self.line.send("POST", "tts", body, order=True, read_timeout=self.patience)
        if "json" not in response.headers.get("content-type", "").lower():
            return response.content
        audio = reply_object(self.info.title, response).get("audio")
        address = text(audio) or text(object_(audio).get("url"))
        if not address:
            raise bad_response(self.info.title, "no address of the sound", response.content)
        charge = response.headers.get("x-inference-id")
        return {"url": address, "facts": {"charge": charge} if charge else {}}

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        return (yield from fetch(self.line, self.info.title, data["url"]))
