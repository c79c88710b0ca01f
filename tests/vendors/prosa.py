"""Prosa.ai's speech to text as a stub: jobs that are waited for or polled, and dictation by WebSocket.

By hand: `python -m tests.vendors.prosa`.

Nothing takes time: a job is done after `polls_until_done` polls, a waited one at once unless `work_s` is beyond the
server's time box; hours pass by `clock_offset_s`.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, ClassVar

from . import prosa_errors, sound
from .body import Blob, decoded
from .prosa_errors import Refused
from .prosa_jobs import Job, chosen, listed, sentences, stamp
from .prosa_stream import dictate
from .stub import Reply, Request, Route, Stub, main

PATH = "/v2/speech/stt"
SOURCES = ("data", "audio", "uri")
SWITCHES = (
    "wait",
    "include_filler",
    "include_partial_results",
    "auto_punctuation",
    "enable_spoken_numerals",
    "enable_speech_insights",
    "enable_voice_insights",
    "enable_conversation_analytics",
)


def model(name: str, label: str) -> dict[str, Any]:
    voice = {"language": "Bahasa Indonesia", "domain": "general", "acoustic": "recording"}
    return {"name": name, "label": label, **voice, "channels": 1, "samplerate": 16000}


class Prosa(Stub):
    """Prosa.ai speech to text."""

    key_header = "x-api-key"
    key_scheme = ""
    statuses: ClassVar[dict[str, int]] = {**Stub.statuses, "broke": 403, "syntax": 422}
    defaults: ClassVar[dict[str, Any]] = {
        "error_dialect": "classic",  # {"status", "message"}; "new": {"code", "message", "request_id", "recovery", …}
        "quota_error": "quota_empty",  # or "quota_insufficient": what stub-broke hears
        "intro_sample": False,  # request.audio is taken as well
        "bare_result": False,  # a finished job is only its {"data": […]}
        "legacy_engine": False,  # config.engine is needed
        "pending": ["queued", "in_progress"],  # statuses of an unfinished job, the last one stays
        "done_status": "complete",  # how success is spelt
        "outcome": "complete",  # or "failed", "cancelled", "archived", or any other word: how jobs end
        "failure": {"code": "engine_error", "message": "The recogniser gave up."},  # in the result of a failed job
        "failure_recovery": {"retryable": True, "retry_after_seconds": 5},
        "progress": None,  # shown in unfinished jobs
        "extra": {},  # further members of every job
        "extended": False,  # result items tell channel and speaker
        "speaker_field": "speaker_tag",  # or "speaker"
        "uuid_ids": False,  # hyphenated job ids
        "delete_reply": "job",  # "empty": 200 without a body; "none": 204
        "cancel_running": True,  # else DELETE of an unfinished job is a job_cancellation_failure
        "max_body": 10_000_000,
        "wait_limit_s": 60.0,
        "max_duration_s": 4 * 3600.0,
        "time_box_s": 30.0,
        "work_s": 0.0,  # how long a waited job is supposed to take
        "sniff": True,  # the audio must look like a known container
        "uri_failure": None,  # context of an asr_request_uri_download_error, e.g. {"reason": "forbidden"}
        "uri_duration_s": None,  # what lies behind a uri
        "stream_greeting": "created",  # or "status": how a dictation is told to begin
        "stream_errors": True,  # an error is a message before it is a close code
        "stream_failure": None,  # {"code", "message", "context", "after": bytes of sound}: a dictation that fails
        "stream_completes": True,  # else it ends without a word, cut short
        "models": [model("stt-general", "ASR General"), model("stt-general-online", "ASR General Online")],
    }

    @property
    def base_url(self) -> str:
        return self.url + "/v2/speech/"

    def clear(self) -> None:
        self.jobs: dict[str, Job] = {}

    # --- errors

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        return self.fault(prosa_errors.id_for(status, why, self["quota_error"]), status, detail)

    def error_body(self, id: str, message: str = "", context: dict[str, Any] | None = None) -> dict[str, Any]:
        """An error body in the dialect that is set, for script(body=…)."""
        return prosa_errors.body(self["error_dialect"], id, message, context, self.count())

    def fault(self, id: str, status: int | None = None, message: str = "", **context: Any) -> Reply:
        if id == "quota_insufficient":
            context |= {"current": 10, "required": 60}
        body = self.error_body(id, message, context or None)
        headers = {"X-Request-ID": body["request_id"]} if "request_id" in body else {}
        return Reply(body, status or prosa_errors.STATUS[id], headers)

    # --- submit

    def submit(self, request: Request) -> Reply:
        try:
            job = self._accepted(request.fields)
        except Refused as refused:
            return self.fault(refused.id, message=refused.message, **refused.context)
        with self.lock:
            self.jobs[job.id] = job
            if job.config["wait"] and self["work_s"] <= self["time_box_s"]:
                job.done, job.modified = True, self.now()
            return Reply(self._shown(job))

    def _accepted(self, fields: dict[str, Any]) -> Job:
        """The job of a submitted request. Raises Refused."""
        config, request = fields.get("config"), fields.get("request")
        if not isinstance(config, dict) or not isinstance(request, dict):
            raise Refused("request_validation_error", "config and request must be objects")
        options = self._options(config)
        if not isinstance(request.get("label", ""), str | None):
            raise Refused("request_validation_error", "request.label must be a string")
        known = {each["name"]: each for each in self["models"]}
        if options["model"] not in known:
            raise Refused("asr_model_not_found", model=options["model"])
        digest, duration = self._audio(request)
        if duration is not None and duration > self["max_duration_s"]:
            limits = {"duration": str(duration), "max_duration": str(self["max_duration_s"])}
            raise Refused("asr_request_file_too_large", **limits)
        if options["wait"] and duration is not None and duration > self["wait_limit_s"]:
            raise Refused("asr_request_waiting_not_allowed")
        id = uuid.UUID(int=self.count())
        now = self.now()
        shown = {name: value for name, value in request.items() if name not in SOURCES or name == "uri"}
        name = str(id) if self["uuid_ids"] else id.hex
        return Job(name, now, now, shown, options, known[options["model"]], digest, duration)

    def _options(self, config: dict[str, Any]) -> dict[str, Any]:
        """The job's settings with their defaults. Raises Refused."""
        if self["legacy_engine"] and "engine" not in config:
            raise Refused("request_validation_error", "config.engine: field required")
        name = config.get("model", config.get("engine"))
        if not isinstance(name, str):
            raise Refused("request_validation_error", "config.model: a string is required")
        found: dict[str, Any] = {"model": name}
        for switch in SWITCHES:
            found[switch] = config.get(switch, False)
            if not isinstance(found[switch], bool):
                raise Refused("request_validation_error", f"config.{switch} must be true or false")
        count = found["speaker_count"] = config.get("speaker_count", 1)
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise Refused("request_validation_error", "config.speaker_count must be a whole number")
        return found

    def _audio(self, request: dict[str, Any]) -> tuple[str, float | None]:
        """Hash and duration of the one source of audio. Raises Refused."""
        names = SOURCES if self["intro_sample"] else ("data", "uri")
        given = {name: request[name] for name in names if request.get(name)}
        if not given:
            raise Refused("asr_request_no_audio_data")
        if len(given) > 1:
            raise Refused("request_validation_error", "only one source of audio may be given")
        ((name, value),) = given.items()
        if not isinstance(value, str | Blob):
            raise Refused("request_validation_error", f"request.{name} must be a string")
        hint = request.get("duration")
        if name == "uri":
            return self._behind(value), hint if self["uri_duration_s"] is None else self["uri_duration_s"]
        audio = decoded(value)
        if audio is None:
            raise Refused("asr_request_invalid_data")
        if self["sniff"] and sound.container(audio.file) is None:
            raise Refused("asr_request_unsupported_media_type")
        measured = sound.duration(audio.file)
        return audio.sha256, hint if measured is None else measured

    def _behind(self, uri: str | Blob) -> str:
        """The hash of what lies behind an address; it is never fetched. Raises Refused."""
        if not isinstance(uri, str) or not uri.startswith(("https://", "googledrive://")):
            raise Refused("asr_request_invalid_uri")
        if self["uri_failure"] is not None:
            raise Refused("asr_request_uri_download_error", **self["uri_failure"])
        return hashlib.sha256(uri.encode()).hexdigest()

    # --- looking at jobs

    def get(self, request: Request) -> Reply:
        job = self._polled(request)
        return Reply(self._shown(job)) if job else self._missing(request)

    def status(self, request: Request) -> Reply:
        job = self._polled(request)
        if job is None:
            return self._missing(request)
        light = ("job_id", "status", "created_at", "modified_at", "progress")
        return Reply({name: value for name, value in self._head(job).items() if name in light})

    def overview(self, request: Request) -> Reply:
        try:
            return Reply(listed(self._live(), request.query, self._head))
        except Refused as refused:
            return self.fault(refused.id, message=refused.message)

    def total(self, request: Request) -> Reply:
        try:
            return Reply(len(chosen(self._live(), request.query)))
        except Refused as refused:
            return self.fault(refused.id, message=refused.message)

    def delete(self, request: Request) -> Reply:
        job = self._job(request)
        if job is None or job.archived:
            return self._missing(request)
        if not job.done and not self["cancel_running"]:
            return self.fault("job_cancellation_failure", job_id=job.id)
        job.archived, job.modified = True, self.now()
        if self["delete_reply"] == "none":
            return Reply(status=204)
        return Reply(self._head(job) if self["delete_reply"] == "job" else None)

    def all_models(self, request: Request) -> Reply:
        return Reply(self["models"])

    def _missing(self, request: Request) -> Reply:
        return self.fault("job_not_found", job_id=request.params["id"])

    def _job(self, request: Request) -> Job | None:
        job = self.jobs.get(request.params["id"])
        return None if job is None or self.expired(job.created) else job

    def _live(self) -> list[Job]:
        with self.lock:
            return [job for job in self.jobs.values() if not job.archived and not self.expired(job.created)]

    def _polled(self, request: Request) -> Job | None:
        with self.lock:
            job = self._job(request)
            if job and not job.done:
                job.polls += 1
                needed = self["polls_until_done"]
                if needed is not None and job.polls > needed:
                    job.done, job.modified = True, self.now()
            return job

    def _word(self, job: Job) -> str:
        """The job's status as the vendor spells it."""
        if job.archived:
            return "archived"
        if not job.done:
            pending: list[str] = self["pending"]
            return pending[min(max(job.polls - 1, 0), len(pending) - 1)]
        return str(self["done_status"] if self["outcome"] == "complete" else self["outcome"])

    def _head(self, job: Job) -> dict[str, Any]:
        """The job without its result."""
        shown = {
            "job_id": job.id,
            "status": self._word(job),
            "created_at": stamp(job.created),
            "modified_at": stamp(job.modified),
            "request": job.request,
            "job_config": {**job.config, "wait": False},  # as the vendor's samples have it
            "model": job.model,
            **self["extra"],
        }
        if self["progress"] is not None and not job.done:
            shown["progress"] = self["progress"]
        return shown

    def _shown(self, job: Job) -> dict[str, Any]:
        shown = self._head(job)
        if not job.done or job.archived:
            return shown
        if self["outcome"] == "failed":
            failure = {"version": 1, "recovery": self["failure_recovery"], **self["failure"]}
            return {**shown, "result": {"error": failure["code"], **failure}}
        if self["outcome"] != "complete":
            return shown
        result = {"data": self._items(job)}
        return result if self["bare_result"] else {**shown, "result": result}

    def _items(self, job: Job) -> list[dict[str, Any]]:
        """The transcript that was set, or sentences that depend on the audio alone."""
        length = job.duration or 6.0
        given = self["transcript"]
        if isinstance(given, list):
            return given
        if given is not None:
            items = [{"transcript": given, "final": True, "time_start": 0.0, "time_end": length}]
        else:
            items = sentences(job.digest, length)
        for at, item in enumerate(items if self["extended"] else []):
            item |= {"channel": 0, self["speaker_field"]: 1 + at % job.config["speaker_count"]}
        if job.config["include_partial_results"]:
            items[-1]["final"] = False
        return items

    routes = (
        Route("POST", PATH, submit, ("application/json",), paid=True, limit="max_body"),
        Route("GET", PATH, overview),
        Route("WS", PATH, dictate, auth="own"),
        Route("GET", f"{PATH}/count", total),
        Route("GET", f"{PATH}/models", all_models),
        Route("GET", f"{PATH}/{{id}}/status", status),
        Route("GET", f"{PATH}/{{id}}", get),
        Route("DELETE", f"{PATH}/{{id}}", delete),
    )


if __name__ == "__main__":
    main(Prosa)
