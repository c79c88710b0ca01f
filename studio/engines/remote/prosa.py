"""Prosa.ai, Indonesian before all: one request holds sound and order; short sound is waited for, other is polled.

Our own id of the order is its label, so that an order whose answer was lost is found again in the list of jobs.
"""

from __future__ import annotations

from typing import Any

import httpx

from studio.core.accounts import Limits, RemoteModel, VendorInfo
from studio.core.errors import TooLarge

from . import prosa_shape as shape
from .base import Data, Order, Result, Traffic, Vendor, Working
from .bodies import PLACE, JsonWithFile
from .errors import bad_response, unreadable
from .line import reply_object
from .prosa_jobs import ProsaJobs, WaitingNotAllowed, not_taken
from .reading import Object, language, text

_LARGEST = 10_000_000  # bytes of a request, its sound in base64
_ENVELOPE = 2_048  # of them for what is not sound
_LONGEST = 4 * 3_600_000  # milliseconds
_WAITED = 55_000  # milliseconds of sound; a minute is allowed
_WAIT = 120.0  # seconds for the answer then


class Prosa(ProsaJobs[Order], Vendor):
    info = VendorInfo(
        kind="prosa",
        title="Prosa.ai",
        host="api.prosa.ai",
        url="https://api.prosa.ai/v2/speech/",
        website="https://prosa.ai",
        retention="Prosa.ai does not say how long it keeps sound and text.",
        models=(RemoteModel("stt-general", "General", ("id", "jw", "su", "en"), word_times=False),),
        cancels=True,
        switches={"legacy_engine": "“yes”: name the model under “engine” as well, for servers that ask for it"},
        note="It times sentences, not words.",
    )
    product = "stt"

    def label(self, order: Order) -> str:
        return order.uid

    def limits(self, model: str) -> Limits:
        return Limits((_LARGEST - _ENVELOPE) // 4 * 3, _LONGEST, formats=("opus", "flac", "wav"))

    def models(self) -> Traffic[tuple[RemoteModel, ...]]:
        entries = yield from self.listed()
        return tuple(
            RemoteModel(text(e["name"]), text(e.get("label")), _languages(e), word_times=False) for e in entries
        )

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        wait = order.sound.duration <= _WAITED
        try:
            response = yield from self._submit(order, wait)
        except WaitingNotAllowed:
            if not wait:
                raise
            response = yield from self._submit(order, False)
        job = reply_object(self.info.title, response)
        if shape.finished(job):
            return response.content
        if not text(job.get("job_id")):
            raise bad_response(self.info.title, "a job without an id", response.content)
        return {"job": text(job["job_id"])}

    def _submit(self, order: Order, wait: bool) -> Traffic[httpx.Response]:
        config: dict[str, Any] = {"model": order.model, "wait": wait, "auto_punctuation": True}
        if self.account.options.get("legacy_engine", "").lower() == "yes":
            config["engine"] = order.model
        if order.speakers.isdigit():
            config["speaker_count"] = int(order.speakers)
        request = {"label": order.uid, "data": PLACE}
        body = JsonWithFile({"config": config, "request": request}, order.sound.path)
        try:
            size = body.size()
        except OSError as error:
            raise unreadable(error) from error
        if order.sound.duration > _LONGEST or size > _LARGEST:
            raise TooLarge("Prosa.ai takes 4 hours and 10 MB at most.", "Send it in parts or in a smaller format.")
        return (
            yield from self.line.send(
                "POST", "stt", body, order=True, not_taken=not_taken, read_timeout=_WAIT if wait else None
            )
        )

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        found = yield from self.polled(data)
        return found if isinstance(found, Working) else found.content

    def read(self, reply: bytes, order: Order) -> Result:
        return shape.read(self.info.title, reply, order)


def _languages(entry: Object) -> tuple[str, ...] | None:
    code = language(entry.get("language"))
    return (code,) if code else None
