"""SlashML: a broker that passes the sound on to one of several vendors. Upload, order, poll.

Its description is old and contradicts itself, so both spellings of everything are understood. A job is known only
together with its provider. Without a key it works, but counts calls.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

import httpx

from studio.core.accounts import Account, Limits, RemoteModel, VendorInfo
from studio.core.errors import JobLost, RemoteError, UsageError

from . import assemblyai_shape as shape
from .base import Data, Order, Result, Traffic, Vendor, Working, said
from .bodies import Form, Multipart
from .errors import bad_response, failed, lost, of_status
from .line import Line, reply_object
from .reading import Object, object_, text
from .service import Service, W

PROVIDERS = ("assembly", "aws", "whisper", "deepgram", "google", "rev")
_RUNNING = ("queued", "pending", "processing")
_ANONYMOUS_POLL = 10.0  # seconds
_ANONYMOUS_GAP = 60.0 / 8  # seconds between calls; above 10 in a minute new jobs are refused


class SlashMLJobs(Service[W]):
    """Its jobs and calls, which are alike whatever is ordered."""

    def __init__(self, account: Account, key: str, line: Line) -> None:
        super().__init__(account, key, line)
        if not self.key:
            self.poll_every = _ANONYMOUS_POLL

    @property
    def base(self) -> str:
        """Where the jobs are; "": at the account's address."""
        return ""

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Token {self.key}"} if self.key else {}

    def named(self, response: httpx.Response) -> str:
        """The job's id in an answer."""
        job = reply_object(self.info.title, response).get("id")
        if not isinstance(job, str | int) or job == "":
            raise bad_response(self.info.title, "a job without an id", response.content)
        return str(job)

    def polled(self, data: Data) -> Traffic[httpx.Response | Working]:
        """The answer with the finished job."""
        path = f"jobs/{quote(data['job'], safe='')}/"
        response = yield from self.line.send("GET", path, params={"service_provider": data["provider"]}, base=self.base)
        self.pause()
        job = reply_object(self.info.title, response)
        status = text(job.get("status")).lower()
        if status == "completed":
            return response
        if status == "error":
            raise failed(self.info.title, _why(job))
        return Working() if status.startswith("in_prog") or status in _RUNNING else self.unknown(status)

    def error(self, response: httpx.Response) -> RemoteError:
        if response.status_code in (404, 410) and "/jobs/" in response.request.url.path.removesuffix("/jobs/"):
            return lost(self.info.title)
        return of_status(self.info.title, response.status_code, said(response), self.line.host)

    def pause(self) -> None:
        """Without a key, calls are counted."""
        if not self.key:
            self.line.cool_down(_ANONYMOUS_GAP * self.line.pace.unit)


class SlashML(SlashMLJobs[Order], Vendor):
    info = VendorInfo(
        kind="slashml",
        title="SlashML",
        host="api.slashml.com",
        url="https://api.slashml.com/speech-to-text/v1/",
        website="https://www.slashml.com",
        retention="SlashML deletes uploads after 24 hours; how long its providers keep them is theirs to say.",
        models=(RemoteModel("default", "The provider's own", speakers=False),),
        key_needed=False,
        switches={"provider": f"who does the work: {', '.join(PROVIDERS)}; without it the first"},
        note="The sound goes to public storage and from there to the provider; SlashML may not be in service any more.",
    )
    upload_keeps = 24 * 3600.0
    uploads = True

    def __init__(self, account: Account, key: str, line: Line) -> None:
        super().__init__(account, key, line)
        self.provider = account.options.get("provider") or PROVIDERS[0]
        if self.provider not in PROVIDERS:
            raise UsageError(f"SlashML has no provider “{self.provider}”.", f"Choose one of {', '.join(PROVIDERS)}.")

    def limits(self, model: str) -> Limits:
        return Limits(formats=("opus", "flac", "wav"))

    def check(self) -> Traffic[str]:
        """There is nothing to ask for but jobs, so it is asked for one that cannot be."""
        with suppress(JobLost):  # so it knows jobs, and did not refuse the key
            yield from self.line.send("GET", "jobs/0/", params={"service_provider": self.provider})
        return "SlashML answers."

    def upload(self, order: Order) -> Traffic[Data]:
        self.fits(order)
        sound = order.sound
        body = Multipart("audio", sound.path, sound.name, sound.mime, {"service_provider": self.provider})
        response = yield from self.line.send("POST", "upload/", body, resends=1)
        self.pause()
        reply = reply_object(self.info.title, response)
        url = text(reply.get("uploaded_url")) or text(reply.get("upload_url"))
        if not url:
            raise bad_response(self.info.title, "an upload without an address", response.content)
        return {"url": url, "provider": self.provider}

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        body = Form({"uploaded_audio_url": data["url"], "service_provider": data["provider"]})
        response = yield from self.line.send("POST", "jobs/", body, order=True)
        self.pause()
        return {"job": self.named(response)}

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        found = yield from self.polled(data)
        return found if isinstance(found, Working) else found.content

    def read(self, reply: bytes, order: Order) -> Result:
        job = reply_object(self.info.title, reply)
        other = text(object_(job.get("transcription_data")).get("transcription"))
        if other:
            job = job | {"text": text(job.get("text")) or other}
        return shape.read(self.info.title, job, order.sound.duration)


def _why(job: Object) -> str:
    error = job.get("error")
    return text(job.get("ERROR")) or text(object_(error).get("message")) or text(error) or text(job.get("reason"))
