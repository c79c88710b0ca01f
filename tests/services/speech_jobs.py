"""Texts spoken by vendors' stubs: a studio that does not wait long, with one account "a" at a stub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from remote_jobs import hasty

from studio.core.accounts import Account
from studio.core.jobs import StopReason, StopToken
from studio.engines.remote.speaking.base import Speech
from studio.library import Home, Ordered
from studio.services import speech_orders
from studio.services.accounts import speaking_kind
from studio.services.single_orders import Told
from studio.services.studio import Studio
from tests.vendors.aimlapi import AimlApi
from tests.vendors.messages import Seen
from tests.vendors.openai_like import OpenAILike
from tests.vendors.prosa import Prosa
from tests.vendors.slashml import SlashML
from tests.vendors.slashml_speech import BASE
from tests.vendors.stt_ai import SttAi
from tests.vendors.stub import Stub


@dataclass(frozen=True)
class Case:
    """A vendor: its stub, where what costs money is sent to, and a voice."""

    stub: type[Stub]
    orders: str
    voice: str
    poll: str = ""
    settings: dict[str, Any] = field(default_factory=dict)  # of the stub, so that a job is polled for


CASES = {
    "prosa-tts": Case(Prosa, "/v2/speech/tts", "tts-dini", "/v2/speech/tts/{id}", {"work_s": 60}),
    "slashml": Case(SlashML, f"{BASE}/jobs/", "aws", f"{BASE}/jobs/{{id}}/", {"speech_at_once": False}),
    "aimlapi": Case(AimlApi, "/v1/tts", "openai/tts-1:nova", "/audio/{name}"),
    "openai": Case(OpenAILike, "/v1/audio/speech", "nova"),
    "stt-ai": Case(SttAi, "/v1/tts", "clone-1"),
}


@dataclass
class Booth:
    """A studio with an account "a" at a running stub."""

    studio: Studio
    stub: Stub
    kind: str
    told: list[Told] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return CASES[self.kind]

    @property
    def url(self) -> str:
        return self.stub.url + httpx.URL(speaking_kind(self.kind).info.url).path

    def account(self, name: str = "a", key: str = "stub-ok", **settings: Any) -> Account:
        self.studio.accounts.put(Account(name, self.kind, url=self.url, **settings), key, "file")
        return self.studio.accounts.agree(name)

    def say(
        self,
        text: str,
        *,
        account: str = "a",
        again: bool = False,
        language: str | None = None,
        stop: StopToken | None = None,
        until: Callable[[Told], StopReason | None] = lambda _: None,
    ) -> Speech:
        """What it comes to; a reason that `until` gives for what is told stops it there."""
        stop = stop or StopToken()
        self.told.clear()
        voice = self.case.voice
        for event in speech_orders.order(self.studio, account, voice, text, language, stop, again=again):
            if isinstance(event, Speech):
                return event
            self.told.append(event)
            if reason := until(event):
                stop.request(reason)
        raise AssertionError("it ended without sound")

    def orders(self) -> list[Seen]:
        """What may have cost money."""
        return [s for s in self.stub.requests("POST", self.case.orders) if s.status in (None, 200, 201)]

    def stored(self, text: str) -> Ordered:
        print_ = speech_orders.fingerprint(self.studio, "a", self.case.voice, text, None)
        found = self.studio.library.orders.find(print_, "a")
        assert found
        return found


def open_booth(home: Home, stub: Stub, kind: str, **account: Any) -> Booth:
    booth = Booth(hasty(home), stub, kind)
    booth.account(**account)
    return booth
