"""Prosa.ai, Indonesian before all: one request holds sound and order; short sound is waited for, other is polled.

Our own id of the order is its label, so that an order whose answer was lost is found again in the list of jobs.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

import httpx

from studio.core.accounts import Limits, RemoteModel, VendorInfo
from studio.core.errors import InvalidRequest, JobLost, RemoteError, TooLarge

from . import prosa_shape as shape
from .base import Data, Order, Result, Traffic, Vendor, Working, said
from .bodies import PLACE, JsonWithFile
from .errors import bad_response, failed, lost, of_status, unreadable
from .line import reply_object
from .reading import Object, language, object_, objects, real, text

_LARGEST = 10_000_000  # bytes of a request, its sound in base64
_ENVELOPE = 2_048  # of them for what is not sound
_LONGEST = 4 * 3_600_000  # milliseconds
_WAITED = 55_000  # milliseconds of sound; a minute is allowed
_WAIT = 120.0  # seconds for the answer then
_PAGE = 100  # jobs
_LAG = 2.0  # seconds

_MEANS = {  # error id -> the HTTP status that most vendors have for it
    "auth_invalid_api_key": 401,
    "auth_unauthorized": 401,
    "auth_token_expired": 401,
    "forbidden": 403,
    "quota_empty": 402,
    "quota_insufficient": 402,
    "asr_request_file_too_large": 413,
    "job_queue_unavailable": 503,
}

log = logging.getLogger(__name__)


class _WaitingNotAllowed(InvalidRequest):
    """Nothing was begun: this sound must be polled for."""


class _Running(InvalidRequest):
    """The job is at work and cannot be stopped."""


class Prosa(Vendor):
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
    finds = True

    def headers(self) -> dict[str, str]:
        return {"x-api-key": self.key}

    def limits(self, model: str) -> Limits:
        return Limits((_LARGEST - _ENVELOPE) // 4 * 3, _LONGEST, formats=("opus", "flac", "wav"))

    def check(self) -> Traffic[str]:
        yield from self.line.send("GET", "stt", params={"page": "1", "per_page": "1"})
        return "Prosa.ai takes the key."

    def models(self) -> Traffic[tuple[RemoteModel, ...]]:
        response = yield from self.line.send("GET", "stt/models")
        try:
            entries = objects(response.json())
        except ValueError as error:
            raise bad_response(self.info.title, "something that is not JSON", response.content) from error
        return tuple(
            RemoteModel(text(e["name"]), text(e.get("label")), _languages(e), word_times=False)
            for e in entries
            if text(e.get("name"))
        )

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        wait = order.sound.duration <= _WAITED
        try:
            response = yield from self._submit(order, wait)
        except _WaitingNotAllowed:
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
                "POST", "stt", body, order=True, not_taken=_not_taken, read_timeout=_WAIT if wait else None
            )
        )

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        response = yield from self.line.send("GET", f"stt/{quote(data['job'], safe='')}")
        job = reply_object(self.info.title, response)
        status = shape.status(job)
        if shape.finished(job):
            return response.content
        if status in ("failed", "cancelled"):
            raise failed(self.info.title, shape.why(object_(job.get("result"))) or status)
        if status == "archived":
            raise lost(self.info.title)
        if status not in shape.RUNNING:
            return self.unknown(status)
        done = real(object_(job.get("progress")).get("total"))
        return Working(None if done is None else min(max(0.0, done if done <= 1 else done / 100), 1.0))

    def find(self, order: Order) -> Traffic[Data | None]:
        """Looks twice, since a list may lag behind."""
        job = yield from self._labelled(order.uid)
        if job is None:
            self.line.rest(_LAG * self.line.pace.unit)
            job = yield from self._labelled(order.uid)
        return job

    def _labelled(self, label: str) -> Traffic[Data | None]:
        page = pages = 1
        seen = labels = 0
        while page <= pages:
            response = yield from self.line.send("GET", "stt", params={"page": str(page), "per_page": str(_PAGE)})
            listed = reply_object(self.info.title, response)
            if not isinstance(listed.get("data"), list):
                raise bad_response(self.info.title, "a list without jobs", response.content)
            for job in objects(listed["data"]):
                request = object_(job.get("request"))
                if text(request.get("label")) == label and text(job.get("job_id")):
                    return {"job": text(job["job_id"])}
                seen, labels = seen + 1, labels + ("label" in request)
            pages = int(real(object_(listed.get("pagination")).get("page_count")) or 1) if listed["data"] else 0
            page += 1
        if seen and not labels:  # then nothing follows from finding nothing
            raise bad_response(self.info.title, "a list of jobs without labels", "")
        return None

    def forget(self, data: Data) -> Traffic[None]:
        try:
            yield from self.line.send("DELETE", f"stt/{quote(data['job'], safe='')}")
        except (_Running, JobLost) as error:
            log.info("a job was not deleted: %s", error)

    def read(self, reply: bytes, order: Order) -> Result:
        return shape.read(self.info.title, reply, order)

    def error(self, response: httpx.Response) -> RemoteError:
        code, message = shape.code(response), said(response)
        if code == "asr_request_waiting_not_allowed":
            return _WaitingNotAllowed("Prosa.ai does not wait for so long a sound.", detail=message)
        if code == "job_cancellation_failure":
            return _Running("Prosa.ai works on the job already and cannot stop.", detail=message)
        job = response.request.method == "GET" and "/stt/" in response.request.url.path
        if code == "job_not_found" or (job and response.status_code in (404, 410)):
            return lost(self.info.title)
        status = _MEANS.get(code, response.status_code)
        return of_status(self.info.title, status, message, self.line.host)


def _not_taken(response: httpx.Response) -> bool:
    return shape.code(response) == "job_queue_unavailable"


def _languages(entry: Object) -> tuple[str, ...] | None:
    code = language(entry.get("language"))
    return (code,) if code else None
