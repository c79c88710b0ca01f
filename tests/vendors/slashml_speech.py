"""SlashML's text to speech: a job that may be over at once, and an MP3 at a public address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import shelf, spoken
from .messages import Reply, Request, Route

if TYPE_CHECKING:
    from .slashml import SlashML

BASE = "/text-to-speech/v1"
PROVIDERS = ("google", "aws")
SUBMIT = ("application/x-www-form-urlencoded", "multipart/form-data", "application/json")

SETTINGS: dict[str, Any] = {
    **shelf.SETTINGS,
    **spoken.SETTINGS,
    "speech_at_once": True,  # the submit's reply is final; else after `polls_until_done` polls
    "speech_running": ["IN_PROGRESS"],  # here the documentation spells it right
    "speech_limit": None,  # characters; no limit is documented
}


@dataclass
class Speech:
    id: str
    created: float
    provider: str
    text: str
    failure: str | None
    done: bool
    polls: int = 0
    url: str | None = None


def submit(stub: SlashML, request: Request) -> Reply:
    text, provider = request.fields.get("text"), request.fields.get("service_provider")
    if not isinstance(text, str) or not text.strip():
        return stub.error(400, detail="text is required")
    if provider not in PROVIDERS:
        return stub.error(400, detail="service_provider is required: one of " + ", ".join(PROVIDERS))
    count = spoken.characters(text)
    if stub["speech_limit"] is not None and count > stub["speech_limit"]:
        return stub.error(400, detail=f"text is too long: {count} characters")
    number = stub.count()
    id = f"dbe42f9c-{number:04x}-4b54-9b71-{number:012x}"
    job = Speech(id, stub.now(), provider, text, stub["failure"], stub["speech_at_once"])
    with stub.lock:
        stub.speeches[id] = job
        return Reply(_shown(stub, job), charged={"characters": count})


def poll(stub: SlashML, request: Request) -> Reply:
    with stub.lock:
        job = stub.speeches.get(request.params["id"])
        provider = request.query.get("service_provider")
        if job is None or stub.expired(job.created) or (stub["strict_provider"] and provider != job.provider):
            return stub.refuse("unknown")
        job.polls += 1
        needed = stub["polls_until_done"]
        job.done = job.done or (needed is not None and job.polls > needed)
        return Reply(_shown(stub, job))


def _shown(stub: SlashML, job: Speech) -> dict[str, Any]:
    if not job.done:
        names = stub["speech_running"]
        return {"id": job.id, "status": names[min(job.polls, len(names) - 1)]}
    if job.failure:
        return {"id": job.id, "status": stub["error_status"]} | stub.reason(job.failure)
    if job.url is None:
        kind = spoken.FORMATS["mp3"]
        job.url = stub.shelf.put(spoken.say(stub, job.text, "mp3"), kind.type, kind.suffix)
    return {"id": job.id, "status": stub["done_status"], "audio_url": job.url, **stub["extra"]}


ROUTES = (
    Route("POST", f"{BASE}/jobs/", submit, SUBMIT, "optional", True),
    Route("POST", f"{BASE}/jobs", submit, SUBMIT, "optional", True),
    Route("GET", f"{BASE}/jobs/{{id}}/", poll, auth="optional"),
    Route("GET", f"{BASE}/jobs/{{id}}", poll, auth="optional"),
)
