"""AssemblyAI: the sound is uploaded, then ordered by its address, then polled for."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

import httpx

from studio.core.accounts import Limits, RemoteModel, VendorInfo
from studio.core.errors import InvalidRequest, JobLost, RemoteError

from . import assemblyai_shape as shape
from .base import Data, Order, Result, Traffic, Vendor, Working, said
from .bodies import Json, Raw
from .errors import bad_response, failed, lost, of_status
from .line import reply_object
from .reading import text

_LARGEST = 2_200_000_000  # bytes of an upload
_LONGEST = 10 * 3_600_000  # milliseconds
_JOBS = "v2/transcript"
_BROADEST = "universal-2"  # does the languages that others cannot
_SILENT = "no spoken audio"  # where a language was to be detected, silence is an error there

log = logging.getLogger(__name__)


class AssemblyAI(Vendor):
    info = VendorInfo(
        kind="assemblyai",
        title="AssemblyAI",
        host="api.assemblyai.com",
        url="https://api.assemblyai.com/",
        website="https://www.assemblyai.com",
        retention="AssemblyAI keeps the text until it is deleted there.",
        models=(
            RemoteModel("universal-3-5-pro", "Universal-3.5 Pro"),
            RemoteModel("universal-3-pro", "Universal-3 Pro"),
            RemoteModel(_BROADEST, "Universal-2"),
        ),
        cancels=True,
    )
    poll_every = 5.0
    upload_keeps = 24 * 3600.0  # not documented
    uploads = True

    def headers(self) -> dict[str, str]:
        return {"authorization": self.key}

    def limits(self, model: str) -> Limits:
        return Limits(_LARGEST, _LONGEST, formats=("opus", "flac", "wav"))

    def check(self) -> Traffic[str]:
        yield from self.line.send("GET", _JOBS, params={"limit": "1"})
        return "AssemblyAI takes the key."

    def upload(self, order: Order) -> Traffic[Data]:
        self.fits(order)
        body = Raw(order.sound.path, "application/octet-stream")
        response = yield from self.line.send("POST", "v2/upload", body, resends=1)
        url = text(reply_object(self.info.title, response).get("upload_url"))
        if not url:
            raise bad_response(self.info.title, "an upload without an address", response.content)
        return {"url": url}

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        response = yield from self.line.send(
            "POST", _JOBS, Json(_wishes(order) | {"audio_url": data["url"]}), order=True
        )
        job = text(reply_object(self.info.title, response).get("id"))
        if not job:
            raise bad_response(self.info.title, "a job without an id", response.content)
        return {"job": job}

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        response = yield from self.line.send("GET", _path(data))
        job = reply_object(self.info.title, response)
        match text(job.get("status")).lower():
            case "completed":
                return response.content
            case "error" if _SILENT in text(job.get("error")):
                return response.content
            case "error":
                raise failed(self.info.title, text(job.get("error")))
            case "queued" | "processing":
                return Working()
            case status:
                return self.unknown(status)

    def forget(self, data: Data) -> Traffic[None]:
        """Deletes the text; a job at work may not be stopped by it."""
        try:
            yield from self.line.send("DELETE", _path(data))
        except (InvalidRequest, JobLost) as error:
            log.info("a job was not deleted: %s", error)

    def read(self, reply: bytes, order: Order) -> Result:
        job = reply_object(self.info.title, reply)
        if _SILENT in text(job.get("error")):
            return Result((), duration=order.sound.duration)
        return shape.read(self.info.title, job, order.sound.duration)

    def error(self, response: httpx.Response) -> RemoteError:
        status, message = response.status_code, said(response)
        about_job = f"/{_JOBS}/" in response.request.url.path
        if about_job and (status in (404, 410) or (status == 400 and "not found" in message.lower())):
            return lost(self.info.title)
        if status in (400, 403) and "balance" in message.lower():
            status = 402
        return of_status(self.info.title, status, message, self.line.host)


def _path(data: Data) -> str:
    return f"{_JOBS}/{quote(data['job'], safe='')}"


def _wishes(order: Order) -> Data:
    models = list(dict.fromkeys((order.model, _BROADEST)))  # by preference
    wishes: dict[str, Any] = {"speech_models": models, "punctuate": True, "format_text": True}
    if order.speakers != "off":
        wishes["speaker_labels"] = True
    if order.speakers.isdigit():
        wishes["speakers_expected"] = int(order.speakers)
    if order.language:
        wishes["language_code"] = order.language
    else:
        wishes["language_detection"] = True
    if order.terms:
        wishes["keyterms_prompt"] = order.terms
    return wishes
