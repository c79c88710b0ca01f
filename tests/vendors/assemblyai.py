"""AssemblyAI itself: upload as a raw body, submit JSON, poll; milliseconds for words, seconds for the whole.

`python -m tests.vendors.assemblyai [--port N]` serves it by hand. Error texts and statuses are those of the public
guides: an unknown or forgotten id is a 400, and so is an account without credit.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from .assemblyai_reply import FIELDS, transcript
from .heard import Heard
from .jobs import Job, PolledStub, Upload
from .stub import Reply, Request, Route, main

MODELS = ("universal-3-5-pro", "universal-3-pro", "universal-2")
OLD_MODELS = ("best", "nano", "slam-1", "universal")
NO_MODELS = '"speech_models" must be a non-empty list containing one or more of: ' + ", ".join(f'"{m}"' for m in MODELS)
BAD_SCHEMA = "Invalid endpoint schema, please refer to documentation for examples."
NOT_FOUND = "Transcript lookup error, transcript id not found"
TEXTS = {
    "no_key": "Authentication error, API token missing/invalid",
    "bad_key": "Authentication error, API token missing/invalid",
    "broke": "Your current account balance is negative. Please top up to continue using the API.",
    "slow": "Too many requests, please try again later.",
    "unknown": "Not found",
    "method": "Method not allowed",
    "large": "File is too large.",
    "type": "Unsupported content type.",
    "syntax": BAD_SCHEMA,
}

SCRIPTED = {401: "bad_key", 404: "unknown", 405: "method", 413: "large", 415: "type", 429: "slow"}


class AssemblyAI(PolledStub):
    """AssemblyAI's pre-recorded speech-to-text."""

    key_scheme: ClassVar[str] = ""  # the raw key
    statuses: ClassVar[dict[str, int]] = PolledStub.statuses | {"broke": 400}
    defaults: ClassVar[dict[str, Any]] = {
        "running_statuses": ["queued", "processing"],  # the first is also the answer to a submit
        "done_status": "completed",
        "error_status": "error",
        "failure": None,  # what new jobs fail with
        "unknown_id_status": 400,  # 404 in the reference, 400 in the guides
        "models_required": False,  # refuse requests without `speech_models`, and the older `speech_model`
        "word_speakers": True,  # False: letters only in the utterances, as in the reference's example
        "detected_language": "en",
        "max_bytes": 2_200_000_000,
        "longest_s": 36_000.0,  # a longer recording fails
        "upload_retention_s": 24 * 3600.0,
        "retention_s": 90 * 24 * 3600.0,
        "extra": {},  # further fields of a finished transcript
    }

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        usual = "Server error, developers have been alerted." if status >= 500 else detail or "Bad request"
        return Reply({"error": TEXTS.get(why or SCRIPTED.get(status, ""), usual)}, status)

    def _upload(self, request: Request) -> Reply:
        assert request.body
        if request.body.type != "application/octet-stream":
            return self.refuse("type")
        if not request.body.size:
            return self.error(422, detail="Upload failed, please try again.")
        number = self.count()
        url = f"https://cdn.assemblyai.com/upload/{number:08x}-47e2-4ca3-96ce-{number:012x}"
        self.uploads[url] = Upload(request.body, request.key, self.now())
        return Reply({"upload_url": url})

    def _submit(self, request: Request) -> Reply:
        asked = request.fields
        if wrong := self._wrong(asked):
            return self.error(400, detail=wrong)
        url = asked["audio_url"]
        upload = self.uploads.get(url)
        if upload and upload.key != request.key:
            return self.error(403, detail="Cannot access uploaded file")
        heard = self.hear(url)
        number = self.count()
        job = Job(f"{number:08x}-f953-42c1-9742-{number:012x}", self.now(), heard, url, asked, request.key)
        lost = url.startswith("https://cdn.assemblyai.com/") and (upload is None or not self.is_fresh(upload))
        job.failure = self["failure"] or (_unreachable(url) if lost else self._trouble(heard, asked))
        self.jobs[job.id] = job
        return Reply(self._shown(job))

    def _wrong(self, asked: dict[str, Any]) -> str:
        """What is wrong with a submitted transcript; empty if nothing is."""
        if not isinstance(asked.get("audio_url"), str) or not asked["audio_url"].startswith(("http://", "https://")):
            return "audio_url is required and must be a URL"
        if any(name not in FIELDS or not _has_type(value, FIELDS[name]) for name, value in asked.items()):
            return BAD_SCHEMA
        models, old = asked.get("speech_models"), asked.get("speech_model")
        if models is not None and (not models or any(model not in MODELS for model in models)):
            return NO_MODELS
        if (self["models_required"] and not models) or (old is not None and old not in MODELS + OLD_MODELS):
            return NO_MODELS
        if asked.get("language_detection") and asked.get("language_code"):
            return "language_code and language_detection cannot be used together."
        if asked.get("speaker_labels") and asked.get("punctuate") is False:
            return "speaker_labels requires punctuate to be true."
        if asked.get("speakers_expected") is not None and not asked.get("speaker_labels"):
            return "speakers_expected requires speaker_labels to be true."
        return ""

    def _trouble(self, heard: Heard, asked: dict[str, Any]) -> str | None:
        """Why a recording cannot be transcribed."""
        if heard.seconds < 0.16:
            return "Audio duration is too short."
        if heard.seconds > self["longest_s"]:
            return "Audio duration is too long."
        if asked.get("language_detection") and not heard.words:
            return "language_detection cannot be performed on files with no spoken audio."
        return None

    def _mine(self, request: Request) -> Job | None:
        job = self.job(request.params["id"])
        return job if job and job.key == request.key else None

    def _status(self, job: Job) -> str:
        if not self.is_over(job):
            return self.running_status(job)
        return str(self["error_status"] if job.failure else self["done_status"])

    def _shown(self, job: Job) -> dict[str, Any]:
        done = self.is_over(job) and not job.failure
        reply = transcript(job, self._status(job), done, self["word_speakers"], self["detected_language"])
        if self.is_over(job) and job.failure:
            reply["error"] = job.failure
        return reply | (self["extra"] if done else {})

    def _poll(self, request: Request) -> Reply:
        with self.lock:
            job = self._mine(request)
            if job is None:
                return Reply({"error": NOT_FOUND}, self["unknown_id_status"])
            job.polls += 1
            return Reply(self._shown(job))

    def _delete(self, request: Request) -> Reply:
        with self.lock:
            job = self._mine(request)
            if job is None:
                return Reply({"error": NOT_FOUND}, self["unknown_id_status"])
            job.deleted = True
            self.uploads.pop(job.url, None)
            job.url = "http://deleted_by_user"
            return Reply(self._shown(job))

    def _list(self, request: Request) -> Reply:
        """Newest first; before_id and after_id page through it."""
        limit = request.query.get("limit", "10")
        if not limit.isdecimal() or not 1 <= int(limit) <= 200:
            return self.error(400, detail=BAD_SCHEMA)
        with self.lock:
            every = [job for job in self.jobs.values() if job.key == request.key and not self.expired(job.created)]
            jobs = [job for job in reversed(every) if request.query.get("status") in (None, self._status(job))]
            ids = [job.id for job in jobs]
            if (before := request.query.get("before_id")) in ids:
                jobs = jobs[ids.index(before) + 1 :]
            if (after := request.query.get("after_id")) in ids:
                jobs = jobs[: ids.index(after)][-int(limit) :]
            page = jobs[: int(limit)]
            rows = [self._row(job) for job in page]
        details = {
            "limit": int(limit),
            "result_count": len(page),
            "current_url": _address(request.query),
            "prev_url": _address({"limit": limit, "before_id": page[-1].id}) if page else None,
            "next_url": _address({"limit": limit, "after_id": page[0].id}) if page else None,
        }
        return Reply({"page_details": details, "transcripts": rows})

    def _row(self, job: Job) -> dict[str, Any]:
        created = datetime.fromtimestamp(job.created, UTC).replace(tzinfo=None).isoformat()
        return {
            "id": job.id,
            "resource_url": f"https://api.assemblyai.com/v2/transcript/{job.id}",
            "status": self._status(job),
            "created": created,
            "completed": created if self.is_over(job) else None,
            "audio_url": job.url,
            "error": job.failure if self.is_over(job) else None,
        }

    routes: ClassVar[tuple[Route, ...]] = (
        Route("POST", "/v2/upload", _upload, ("*",), paid=True, limit="max_bytes"),
        Route("POST", "/v2/transcript", _submit, ("application/json",), paid=True),
        Route("GET", "/v2/transcript", _list),
        Route("GET", "/v2/transcript/{id}", _poll),
        Route("DELETE", "/v2/transcript/{id}", _delete),
    )


def _has_type(value: Any, kind: type | tuple[type, ...]) -> bool:
    """As JSON has it: true is no number."""
    if isinstance(value, bool):
        return kind is bool
    return value is None or isinstance(value, kind)


def _unreachable(url: str) -> str:
    return (
        f"Download error, unable to download {url}. "
        "Please make sure the file exists and is accessible from the internet."
    )


def _address(query: dict[str, Any]) -> str:
    return "https://api.assemblyai.com/v2/transcript" + (f"?{urlencode(query)}" if query else "")


if __name__ == "__main__":
    main(AssemblyAI)
