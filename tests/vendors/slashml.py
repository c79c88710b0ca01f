"""SlashML: upload, submit, poll; a broker, so the provider belongs to every call.

`python -m tests.vendors.slashml [--port N]` serves it by hand; the base address of a client ends in
/speech-to-text/v1/ or, for the other direction (slashml_speech.py), in /text-to-speech/v1/. Its documentation
contradicts itself, so most settings are dialects.
"""

from __future__ import annotations

from typing import Any, ClassVar

from . import shelf, slashml_speech
from .body import Blob
from .heard import Word, confidence_of
from .jobs import Job, PolledStub, Upload
from .stub import Reply, Request, Route, main

BASE = "/speech-to-text/v1"
PROVIDERS = ("assembly", "aws", "whisper", "deepgram", "google", "rev")
MINUTE = 60
UPLOAD = ("multipart/form-data",)
SUBMIT = ("application/x-www-form-urlencoded", "multipart/form-data", "application/json")


class SlashML(PolledStub):
    """SlashML's speech-to-text and text-to-speech."""

    key_scheme: ClassVar[str] = "Token "
    defaults: ClassVar[dict[str, Any]] = {
        **slashml_speech.SETTINGS,
        "running_statuses": ["IN_PROGESS"],  # the documented misspelling; the first is also the answer to a submit
        "done_status": "COMPLETED",
        "error_status": "ERROR",
        "failure": None,  # what new jobs fail with
        "failure_key": "ERROR",  # or "error", "error.message", "reason"
        "upload_key": "uploaded_url",  # or "upload_url"
        "upload_retention_s": 24 * 3600.0,
        "strict_provider": True,  # a poll must name the provider of the job
        "result": "flat",  # or "transcription_data"
        "words": "assembly",  # for which provider there are words; "all"; "null" and "missing" for none at all
        "max_bytes": None,
        "anonymous_per_minute": 10,
        "extra": {},  # further fields of a finished job
    }

    def clear(self) -> None:
        super().clear()
        self._anonymous: list[float] = []  # when calls without a key came
        self.speeches: dict[str, slashml_speech.Speech] = {}
        self.shelf = shelf.Shelf(self)

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        """400 in the documented shape, 5xx as plain text, the rest as Django writes it."""
        if status >= 500:
            return Reply("Server Error (500)" if status == 500 else f"Server Error ({status})", status)
        if status == 400:
            return Reply({"error": {"message": detail or "something bad happened"}}, status)
        details = {
            "unknown": "Not found.",
            "method": f'Method "{detail}" not allowed.',
            "no_key": "Authentication credentials were not provided.",
            "bad_key": "Invalid token.",
            "broke": "Your account has no credit left.",
            "slow": "Request was throttled.",
            "large": "Request entity too large.",
            "type": f'Unsupported media type "{detail}" in request.',
        }
        scripted = {401: "bad_key", 402: "broke", 404: "unknown", 413: "large", 429: "slow"}
        return Reply({"detail": details.get(why or scripted.get(status, ""), f"Status {status}.")}, status)

    def key(self, request: Request) -> str | None:
        """Another scheme is not the same as no key at all."""
        return super().key(request) or ("" if "authorization" in request.headers else None)

    def admit(self, route: Route, key: str | None) -> Reply | None:
        if (refusal := super().admit(route, key)) or key is not None or route.auth == "none":
            return refusal
        with self.lock:
            now = self.now()
            self._anonymous = [at for at in self._anonymous if 0 <= now - at < MINUTE]
            if len(self._anonymous) >= self["anonymous_per_minute"]:
                wait = max(1, round(MINUTE - (now - self._anonymous[0])))
                return Reply({"detail": f"Request was throttled. Expected available in {wait} seconds."}, 429)
            self._anonymous.append(now)
        return None

    def _upload(self, request: Request) -> Reply:
        audio = request.fields.get("audio")
        if not isinstance(audio, Blob) or audio.text:
            return self.error(400, detail="no file was submitted under the name audio")
        if not audio.size:
            return self.error(400, detail="the submitted file is empty")
        if request.fields.get("service_provider", "assembly") not in PROVIDERS:
            return self.error(400, detail="unknown service_provider")
        number = self.count()
        url = f"https://cdn.slashml.com/upload/{number:08x}-f319-4455-9556-{number:012x}"
        self.uploads[url] = Upload(audio, request.key, self.now())
        return Reply({self["upload_key"]: url})

    def _submit(self, request: Request) -> Reply:
        url = request.fields.get("uploaded_audio_url", request.fields.get("audio_url"))
        provider = request.fields.get("service_provider")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            return self.error(400, detail="uploaded_audio_url is required")
        if provider not in PROVIDERS:
            return self.error(400, detail="service_provider is required: one of " + ", ".join(PROVIDERS))
        upload = self.uploads.get(url)
        if url.startswith("https://cdn.slashml.com/") and (upload is None or not self.is_fresh(upload)):
            return self.error(400, detail="the uploaded file does not exist or has expired")
        number = self.count()
        job = Job(
            f"ozfv3zim7-{number:04x}-4b54-9b71-{number:012x}",
            self.now(),
            self.hear(url),
            url,
            asked={"provider": provider},
            failure=self["failure"],
        )
        self.jobs[job.id] = job
        status = self.running_status(job)
        return Reply({"id": job.id, "status": status, "audio_duration": None, "audio_url": url, "text": None})

    def _poll(self, request: Request) -> Reply:
        with self.lock:
            job = self.job(request.params["id"])
            provider = request.query.get("service_provider")
            if job is None or (self["strict_provider"] and provider != job.asked["provider"]):
                return self.refuse("unknown")
            job.polls += 1
            if not self.is_over(job):
                return Reply(self._shape(job, self.running_status(job)))
            if job.failure:
                return Reply(self._failed(job))
            return Reply(self._done(job) | self["extra"])

    def _shape(self, job: Job, status: str) -> dict[str, Any]:
        return {
            "id": job.id,
            "status": status,
            "acoustic_model": "assemblyai_default",
            "language_model": "assemblyai_default",
            "audio_duration": None,
            "audio_url": job.url,
            "confidence": None,
            "dual_channel": None,
            "text": None,
            "words": None,
        }

    def _failed(self, job: Job) -> dict[str, Any]:
        return self._shape(job, self["error_status"]) | self.reason(job.failure)

    def reason(self, failure: str | None) -> dict[str, Any]:
        """Why a job failed, under the key that is set."""
        key, _, inner = self["failure_key"].partition(".")
        return {key: {inner: failure} if inner else failure}

    def _done(self, job: Job) -> dict[str, Any]:
        heard, status = job.heard, self["done_status"]
        text = " ".join(word.text for word in heard.words)
        if self["result"] == "transcription_data":
            return {"id": job.id, "status": status, "transcription_data": {"transcription": text}}
        reply = self._shape(job, status) | {
            "audio_duration": heard.seconds,
            "confidence": round(confidence_of(heard.words), 3),
            "text": text,
        }
        if self["words"] in ("all", job.asked["provider"]):
            reply["words"] = [_word(word) for word in heard.words]
        elif self["words"] == "missing":
            del reply["words"]
        return reply

    # with and without the slash at the end: a redirect would make a GET of a POST
    routes: ClassVar[tuple[Route, ...]] = (
        Route("POST", f"{BASE}/upload/", _upload, UPLOAD, "optional", True, "max_bytes"),
        Route("POST", f"{BASE}/upload", _upload, UPLOAD, "optional", True, "max_bytes"),
        Route("POST", f"{BASE}/jobs/", _submit, SUBMIT, "optional", True),
        Route("POST", f"{BASE}/jobs", _submit, SUBMIT, "optional", True),
        Route("GET", f"{BASE}/jobs/{{id}}/", _poll, auth="optional"),
        Route("GET", f"{BASE}/jobs/{{id}}", _poll, auth="optional"),
        *slashml_speech.ROUTES,
        *shelf.ROUTES,
    )


def _word(word: Word) -> dict[str, Any]:
    return {"confidence": word.confidence, "end": word.end, "start": word.start, "text": word.text}


if __name__ == "__main__":
    main(SlashML)
