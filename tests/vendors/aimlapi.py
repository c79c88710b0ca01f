"""AI/ML API: speech to text that is created and then polled for, text to speech that answers at once.

`python -m tests.vendors.aimlapi` serves it; the base address for clients ends in /v1.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from . import aimlapi_voices, shelf, spoken
from .aimlapi_models import LISTED, MODELS, faults
from .aimlapi_reply import assembly, deepgram, text_only
from .body import media_type
from .heard import Heard, hear, hear_url
from .stub import Reply, Request, Route, Stub, main

RUNNING = {"guide": ("waiting", "active"), "schema": ("queued", "generating")}
OTHERS = {"gpt-4o": "chat-completion"} | dict.fromkeys(aimlapi_voices.LISTED, "tts")


@dataclass
class Job:
    model: str
    options: dict[str, Any]
    heard: Heard
    created: float
    polls: int = 0


class AimlApi(Stub):
    """AI/ML API: transcription, speech, catalogue of models, balance."""

    statuses: ClassVar[dict[str, int]] = Stub.statuses | {"broke": 403, "type": 400}
    defaults: ClassVar[dict[str, Any]] = {
        **shelf.SETTINGS,
        **spoken.SETTINGS,
        "retention_s": 3600,
        "speech_reply": "by_model",  # bytes of streaming models, JSON of others; or "bytes", or "json"
        "speech_json": "object",  # {"audio": {"url"}}; or "string": {"audio"}
        "speech_meta": True,  # the JSON tells what was charged
        "speech_type": None,  # the content type of bytes; None: that of the sound
        "speech_framing": "chunked",  # of bytes; or "length", or "close": nothing tells where they end
        "usd_per_character": 0.000015,
        "dialect": "guide",  # or "schema": names of statuses, payload key, ids, status of create
        "create_status": None,  # None: 201 in the guide dialect, 200 in the schema dialect
        "lag_polls": 0,  # so many first polls find nothing yet
        "running": None,  # a list: other names of the unfinished statuses, first and later ones
        "done_status": "completed",
        "failed_status": "error",
        "fail_at": None,  # this poll (1, 2…) tells of a failure
        "failure": {"name": "TranscriptionError", "message": "The audio could not be decoded."},
        "channels": None,  # None: those of the recording
        "channels_object": False,  # one channel is an object instead of a list
        "paragraphs": "object",  # or "array"
        "null_results": False,
        "inner_status": "completed",  # of AssemblyAI's part
        "inner_error": "Download error, unable to transcribe",  # with inner_status "error"
        "forbidden": False,  # 403 for another reason than credit
        "status_code": "string",  # or "int": in error bodies
        "message": "text",  # or "list": in error bodies
        "typed_models": True,  # False: the catalogue tells ids only
        "balance": 10_000_000,
        "extra": {},  # further fields of every reply to create and poll
        "max_body": None,
    }

    def __init__(self, port: int = 0, **config: Any) -> None:
        self._here = threading.local()  # the path of this thread's request, for error bodies
        super().__init__(port, **config)

    def clear(self) -> None:
        self._jobs: dict[str, Job] = {}
        self.shelf = shelf.Shelf(self)

    def route(self, request: Request) -> Route | Reply:
        self._here.path = request.path
        return super().route(request)

    def admit(self, route: Route, key: str | None) -> Reply | None:
        refusal = super().admit(route, key)
        if refusal is None and self["forbidden"] and route.auth != "none":
            return self.error(403, detail="Forbidden: this key may not use the model.")
        return refusal

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        message = {
            "no_key": "Unauthorized: no API key provided.",
            "bad_key": "Unauthorized: invalid API key.",
            "broke": "You've run out of credits. Please top up your balance to continue.",
            "slow": "Free-tier limit: You've reached your free limit for the hour.",
            "unknown": f"Cannot find {detail}",
            "large": "Payload Too Large",
            "syntax": f"Body validation error\n{detail}",
            "type": f"Body validation error\nunsupported content type: {detail}",
        }.get(why) or detail
        if not message:
            message = {503: "Service unavailable", 504: "Generation timeout"}.get(status, f"Error {status}")
        return Reply(
            {
                "message": message.splitlines() if self["message"] == "list" else message,
                "path": self._here.path,
                "requestId": self._uuid("error"),
                "statusCode": str(status) if self["status_code"] == "string" else status,
                "timestamp": datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="milliseconds"),
            },
            status,
        )

    def _uuid(self, what: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{what} {self.count()}"))

    def create(self, request: Request) -> Reply:
        fields = request.fields
        in_form = media_type(request.headers.get("content-type"))[0] != "application/json"
        if wrong := faults(fields, in_form):
            return self.refuse("syntax", "\n".join(wrong))
        model = fields["model"]
        if in_form:
            heard = hear(fields[MODELS[model].part], self["transcript"])
        else:
            heard = hear_url(fields["url"], self["transcript"])
        new = self._uuid("generation")
        reply = {"generation_id": new}
        if self["dialect"] == "schema":
            new = hashlib.sha256(new.encode()).hexdigest()[:21]
            reply = {"generation_id": new, "status": "queued"}
        with self.lock:
            self._jobs[new] = Job(model, fields, heard, self.now())
        status = self["create_status"] or (201 if self["dialect"] == "guide" else 200)
        return Reply(reply | self["extra"], status, {"x-inference-id": self._uuid("inference")})

    def fetch(self, request: Request) -> Reply:
        id = request.params["id"]
        with self.lock:
            job = self._jobs.get(id)
            if job is None or self.expired(job.created):
                return self.error(404, detail="Generation not found")
            job.polls += 1
            polls = job.polls
        if polls <= self["lag_polls"]:
            return self.error(404, detail="Generation not found")
        if self["fail_at"] is not None and polls >= self["fail_at"]:
            return self._state(id, self["failed_status"], None, self["failure"])
        unfinished = self["polls_until_done"]
        if unfinished is None or polls <= unfinished + self["lag_polls"]:
            names = self["running"] or RUNNING[self["dialect"]]
            return self._state(id, names[min(polls - self["lag_polls"], len(names)) - 1])
        return self._state(id, self["done_status"], self._payload(job))

    def _state(
        self, id: str, status: str, payload: dict[str, Any] | None = None, error: dict[str, Any] | None = None
    ) -> Reply:
        if self["dialect"] == "schema":
            return Reply({"id": id, "status": status, "output": payload, "error": error} | self["extra"])
        reply: dict[str, Any] = {"status": status}
        if payload is not None:
            reply["result"] = payload
        if error is not None:
            reply["error"] = error
        return Reply(reply | self["extra"])

    def _payload(self, job: Job) -> dict[str, Any]:
        match MODELS[job.model].shape:
            case "A":
                return deepgram(job.heard, job.options, self._config, lambda: self._uuid("part"), job.model)
            case "B":
                return assembly(job.heard, job.options, self._config, self._uuid("transcript"))
        return text_only(job.heard, job.model)

    def speak(self, request: Request) -> Reply:
        fields = request.fields
        if wrong := aimlapi_voices.faults(fields):
            return self.refuse("syntax", "\n".join(wrong))
        talker = aimlapi_voices.talker_of(fields["model"])
        assert talker
        text = spoken.text_in(fields[talker.text])
        format, rate = talker.format(fields)
        file, kind = spoken.say(self, text, format, rate, fields.get("speed", 1)), spoken.FORMATS[format]
        cost = round(spoken.characters(text) * self["usd_per_character"], 9)
        charged = {"characters": spoken.characters(text), "usd": cost}
        headers = {"x-inference-id": self._uuid("inference")}
        streams = talker.streams and fields.get("stream", True)
        if self["speech_reply"] == "bytes" or (self["speech_reply"] == "by_model" and streams):
            type = self["speech_type"] or kind.type
            return Reply(file, 200, headers, type, charged, self["speech_framing"])
        url = self.shelf.put(file, kind.type, kind.suffix)
        body: dict[str, Any] = {"audio": {"url": url} if self["speech_json"] == "object" else url}
        if self["speech_meta"]:
            body["meta"] = {"usage": {"credits_used": round(cost * 2_000_000), "usd_spent": cost}}
        return Reply(body | self["extra"], 200, headers, charged=charged)

    def list_models(self, request: Request) -> Reply:
        types = dict.fromkeys(LISTED, "stt") | OTHERS
        if not self["typed_models"]:
            return Reply({"object": "list", "data": [{"id": name} for name in types]})
        found = [
            {"id": name, "type": type, "info": {"name": name, "developer": "", "description": ""}, "features": []}
            for name, type in types.items()
        ]
        return Reply({"object": "list", "data": found})

    def get_balance(self, request: Request) -> Reply:
        return Reply(
            {
                "balance": 0 if request.key == "stub-broke" else self["balance"],
                "lowBalance": request.key == "stub-broke",
                "lowBalanceThreshold": 10_000,
                "lastUpdated": datetime.fromtimestamp(self.now(), UTC).isoformat(),
                "autoDebitStatus": "disabled",
                "status": "current",
            }
        )

    _TAKES = ("application/json", "multipart/form-data")
    routes = (
        Route("POST", "/v1/stt/create", create, _TAKES, paid=True, limit="max_body"),
        Route("GET", "/v1/stt/{id}", fetch),
        Route("POST", "/v1/tts", speak, ("application/json",), paid=True),
        *shelf.ROUTES,
        Route("GET", "/v1/models", list_models, auth="none"),
        Route("GET", "/v1/billing/balance", get_balance),
    )


if __name__ == "__main__":
    main(AimlApi)
