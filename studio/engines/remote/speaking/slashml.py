"""SlashML's speech: the text goes to one of two vendors, whose voice it is; done at once or to be polled for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from studio.core.accounts import Account, RemoteVoice, SpeechLimits
from studio.core.errors import InvalidRequest, JobLost, UsageError
from studio.engines.remote.bodies import Form
from studio.engines.remote.errors import bad_response
from studio.engines.remote.line import reply_object
from studio.engines.remote.reading import text
from studio.engines.remote.service import Working
from studio.engines.remote.slashml import SlashML, SlashMLJobs

from .base import Data, SpeakingVendor, TextOrder, Traffic
from .fetching import fetch

PROVIDERS = {"google": "Google", "aws": "Amazon Polly"}
_HEARS, _SPEAKS = "speech-to-text", "text-to-speech"  # in the address


class SlashMLVoices(SlashMLJobs[TextOrder], SpeakingVendor):
    info = replace(
        SlashML.info,
        switches={"speech_url": "where texts are spoken, if that cannot be told from the address"},
        retention="SlashML does not say how long it keeps text and sound; the sound lies in public storage.",
    )
    known = tuple(RemoteVoice(id, title) for id, title in PROVIDERS.items())

    @property
    def base(self) -> str:
        address = self.account.url or self.info.url
        if not (own := self.account.options.get("speech_url", "")) and _HEARS not in address:
            raise UsageError(
                f"Where SlashML speaks cannot be told from “{address}”.",
                "Name it in the account, as “speech_url”.",
            )
        return own or address.replace(_HEARS, _SPEAKS)

    @classmethod
    def limits(cls, account: Account, voice: str) -> SpeechLimits:
        return SpeechLimits()

    def check(self) -> Traffic[str]:
        """There is nothing to ask for but jobs, so it is asked for one that cannot be."""
        with suppress(JobLost):  # so it knows jobs, and did not refuse the key
            params = {"service_provider": next(iter(PROVIDERS))}
            yield from self.line.send("GET", "jobs/0/", params=params, base=self.base)
        return "SlashML answers."

    def submit(self, order: TextOrder, data: Data) -> Traffic[Data | bytes]:
        self.fits(order)
        if order.voice not in PROVIDERS:
            raise InvalidRequest(f"SlashML has no voice “{order.voice}”.", f"Choose one of {', '.join(PROVIDERS)}.")
        body = Form({"text": order.text, "service_provider": order.voice})
        response = yield from self.line.send("POST", "jobs/", body, order=True, base=self.base)
        self.pause()
        return {"job": self.named(response), "provider": order.voice}

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        found = yield from self.polled(data)
        if isinstance(found, Working):
            return found
        address = text(reply_object(self.info.title, found).get("audio_url"))
        if not address:
            raise bad_response(self.info.title, "a finished job without sound", found.content)
        return (yield from fetch(self.line, self.info.title, address))
