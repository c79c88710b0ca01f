"""Prosa.ai's jobs, which are alike for recognition and for speech: found by their label, polled, deleted."""

from __future__ import annotations

import logging
from abc import abstractmethod
from typing import ClassVar
from urllib.parse import quote

import httpx

from studio.core.errors import InvalidRequest, JobLost, RemoteError

from . import prosa_shape as shape
from .errors import bad_response, failed, lost, of_status
from .line import reply_object
from .reading import Object, object_, objects, real, text
from .service import Data, Service, Traffic, W, Working, said

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
    "tts_request_too_large": 413,
    "job_queue_unavailable": 503,
}
_NO_WAITING = ("asr_request_waiting_not_allowed", "tts_request_not_waitable")

log = logging.getLogger(__name__)


class WaitingNotAllowed(InvalidRequest):
    """Nothing was begun: this order must be polled for."""


class _Running(InvalidRequest):
    """The job is at work and cannot be stopped."""


class ProsaJobs(Service[W]):
    product: ClassVar[str]  # "stt" or "tts": where its jobs are, and what the key is for
    finds = True

    @abstractmethod
    def label(self, order: W) -> str:
        """Our own id of the order."""

    def headers(self) -> dict[str, str]:
        return {"x-api-key": self.key}

    def check(self) -> Traffic[str]:
        yield from self.line.send("GET", self.product, params={"page": "1", "per_page": "1"})
        return "Prosa.ai takes the key."

    def listed(self) -> Traffic[list[Object]]:
        """The models or voices of the product, each as the vendor tells it."""
        response = yield from self.line.send("GET", f"{self.product}/models")
        try:
            entries = objects(response.json())
        except ValueError as error:
            raise bad_response(self.info.title, "something that is not JSON", response.content) from error
        return [entry for entry in entries if text(entry.get("name"))]

    def polled(self, data: Data) -> Traffic[httpx.Response | Working]:
        """The answer with the finished job."""
        response = yield from self.line.send("GET", f"{self.product}/{quote(data['job'], safe='')}")
        job = reply_object(self.info.title, response)
        status = shape.status(job)
        if shape.finished(job):
            return response
        if status in ("failed", "cancelled"):
            raise failed(self.info.title, shape.why(object_(job.get("result"))) or status)
        if status == "archived":
            raise lost(self.info.title)
        if status not in shape.RUNNING:
            return self.unknown(status)
        done = real(object_(job.get("progress")).get("total"))
        return Working(None if done is None else min(max(0.0, done if done <= 1 else done / 100), 1.0))

    def find(self, order: W) -> Traffic[Data | None]:
        """Looks twice, since a list may lag behind."""
        job = yield from self._labelled(self.label(order))
        if job is None:
            self.line.rest(_LAG * self.line.pace.unit)
            job = yield from self._labelled(self.label(order))
        return job

    def _labelled(self, label: str) -> Traffic[Data | None]:
        page = pages = 1
        seen = labels = 0
        while page <= pages:
            where = {"page": str(page), "per_page": str(_PAGE)}
            response = yield from self.line.send("GET", self.product, params=where)
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
            yield from self.line.send("DELETE", f"{self.product}/{quote(data['job'], safe='')}")
        except (_Running, JobLost) as error:
            log.info("a job was not deleted: %s", error)

    def error(self, response: httpx.Response) -> RemoteError:
        code, message = shape.code(response), said(response)
        if code in _NO_WAITING:
            return WaitingNotAllowed("Prosa.ai does not wait for so much.", detail=message)
        if code == "job_cancellation_failure":
            return _Running("Prosa.ai works on the job already and cannot stop.", detail=message)
        job = response.request.method == "GET" and f"/{self.product}/" in response.request.url.path
        if code == "job_not_found" or (job and response.status_code in (404, 410)):
            return lost(self.info.title)
        status = _MEANS.get(code, response.status_code)
        return of_status(self.info.title, status, message, self.line.host)


def not_taken(response: httpx.Response) -> bool:
    """Such an answer to an order means that nothing was begun."""
    return shape.code(response) == "job_queue_unavailable"
