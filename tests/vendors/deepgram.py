"""Deepgram: one synchronous POST with the recording as its raw body and all options in the query.

`python -m tests.vendors.deepgram [--port N]` serves it by hand. Error texts are those of the public error reference;
bodies it does not show (413 for sound, 500, 502, 504) are this project's guess in the same shape.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from . import deepgram_reply as reply_of
from .body import BodyError, fields_of
from .heard import Heard, hear, hear_url
from .stub import Reply, Request, Route, Stub, main

BOOLEANS = frozenset(
    [
        "detect_entities",
        "detect_topics",
        "diarize",
        "dictation",
        "filler_words",
        "intents",
        "measurements",
        "mip_opt_out",
        "multichannel",
        "numerals",
        "paragraphs",
        "profanity_filter",
        "punctuate",
        "sentiment",
        "smart_format",
        "topics",
        "utterances",
    ]
)
SINGLE = frozenset(
    [
        "callback",
        "callback_method",
        "custom_intent_mode",
        "custom_topic_mode",
        "diarize_model",
        "diarize_version",
        "encoding",
        "language",
        "model",
        "sample_rate",
        "summarize",
        "tier",
        "utt_split",
        "version",
    ]
)
REPEATABLE = frozenset(
    [
        "custom_intent",
        "custom_topic",
        "detect_language",
        "extra",
        "keyterm",
        "keywords",
        "redact",
        "replace",
        "search",
        "tag",
    ]
)
LANGUAGE = re.compile(r"multi|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MODELS = [
    "nova-3",
    "nova-3-general",
    "nova-3-medical",
    "nova-2",
    "nova-2-general",
    "nova-2-meeting",
    "nova-2-phonecall",
    "nova-2-voicemail",
    "nova-2-finance",
    "nova-2-conversationalai",
    "nova-2-video",
    "nova-2-medical",
    "nova-2-drivethru",
    "nova-2-automotive",
    "nova",
    "enhanced",
    "base",
    "base-general",
    "whisper",
    "whisper-tiny",
    "whisper-base",
    "whisper-small",
    "whisper-medium",
    "whisper-large",
]
ERRORS = {
    401: ("INVALID_AUTH", "Invalid credentials."),
    402: (
        "ASR_PAYMENT_REQUIRED",
        "Project does not have enough credits for an ASR request and does not have an overage agreement.",
    ),
    403: ("INSUFFICIENT_PERMISSIONS", "Project does not have access to the requested model."),
    404: ("NOT_FOUND", "No such endpoint."),
    405: ("METHOD_NOT_ALLOWED", "Method not allowed."),
    413: ("PAYLOAD_TOO_LARGE", "Payload size exceeds limit of 2 GB."),
    422: ("ASR_UNPROCESSABLE_ENTITY", "Unable to read the entire client request."),
    429: ("TOO_MANY_REQUESTS", "Too many requests. Please try again later"),
    500: ("INTERNAL_SERVER_ERROR", "Internal server error."),
    502: ("BAD_GATEWAY", "Bad gateway."),
    503: ("Service Unavailable", "Please try again later"),
    504: ("GATEWAY_TIMEOUT", "The request took too long to process."),
}
NO_MODEL = "Bad Request: No such model/language/tier combination found."
NO_AUDIO = "Bad Request: failed to process audio: corrupt or unsupported data"
NO_URL = "Content-type was application/json, but we could not process the JSON payload."


class Refused(Exception):
    """A 400: err_code and err_msg."""


class Deepgram(Stub):
    """Deepgram's pre-recorded speech-to-text."""

    key_scheme: ClassVar[str] = "Token "
    defaults: ClassVar[dict[str, Any]] = {
        "max_bytes": 2_000_000_000,
        "longest_s": None,  # a longer recording takes too long: 504
        "channels": None,  # of every recording; None: its own
        "only_sound": False,  # refuse bytes that are no WAV, FLAC, Ogg or MP3
        "models": MODELS,  # what the account may use; another known model is a 403
        "extra": {},  # further fields of the reply
    }

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        code, message = ERRORS.get(status, ("Bad Request", f"Bad Request: {detail or status}"))
        return self._failed(status, code, message)

    def admit(self, route: Route, key: str | None) -> Reply | None:
        """The management calls have a second kind of error body."""
        refusal = super().admit(route, key)
        if refusal and refusal.status == 401 and route.path == "/v1/projects":
            refusal.body = {
                "category": "UNAUTHORIZED",
                "message": "Authentication failed.",
                "details": "Check that you are using the correct credentials.",
                "request_id": refusal.body["request_id"],
            }
        return refusal

    def _failed(self, status: int, code: str, message: str) -> Reply:
        request_id = self.new_id()
        name = "error_code" if status == 503 else "err_code"  # so printed in the error reference
        return Reply({name: code, "err_msg": message, "request_id": request_id}, status, {"dg-request-id": request_id})

    def new_id(self) -> str:
        number = self.count()
        return f"{number:08x}-0000-4000-8000-{number:012x}"

    def _listen(self, request: Request) -> Reply:
        try:
            options = self._options(request.query)
            heard = self._heard(request)
        except Refused as refused:
            return self._failed(400, *refused.args)
        model = options.get("model", "base-general")
        if model not in self["models"]:
            return self.error(403)
        if self["longest_s"] is not None and heard.seconds > self["longest_s"]:
            return self.error(504)
        request_id, model_id = self.new_id(), str(uuid.uuid5(uuid.NAMESPACE_DNS, model))
        architecture = "-".join(model.split("-")[:2]) if model.startswith("nova-") else model.split("-")[0]
        metadata = {
            "transaction_key": "deprecated",
            "request_id": request_id,
            "sha256": request.sha256,
            "created": datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "duration": heard.seconds,
            "channels": heard.channels if reply_of.is_on(options, "multichannel") else 1,
            "models": [model_id],
            "model_info": {
                model_id: {"name": f"general-{architecture}", "version": "2025-07-31.0", "arch": architecture}
            },
        }
        results = reply_of.results(heard, options, self.new_id)
        return Reply({"metadata": metadata, "results": results} | self["extra"], headers={"dg-request-id": request_id})

    def _options(self, query: dict[str, Any]) -> dict[str, Any]:
        """The query, every option of it checked. Raises Refused."""

        def wrong(why: str) -> Refused:
            return Refused("INVALID_QUERY_PARAMETER", f"Failed to deserialize query parameters: {why}")

        for name, value in query.items():
            if name not in BOOLEANS | SINGLE | REPEATABLE:
                raise wrong(f"unknown field `{name}`")
            if isinstance(value, list) and name not in REPEATABLE:
                raise wrong(f"duplicate field `{name}`")
            if name in BOOLEANS and value not in ("true", "false"):
                raise wrong(f"{name}: provided string was not `true` or `false`")
            if value == "":
                raise wrong(f"{name}: empty")
        if "language" in query and query.get("detect_language", "false") != "false":
            raise wrong("language and detect_language exclude each other")
        model = query.get("model", "base-general")
        if model not in MODELS or not LANGUAGE.fullmatch(query.get("language", "en")):
            raise Refused("Bad Request", NO_MODEL)
        if "keyterm" in query and not model.startswith("nova-3"):
            raise Refused("Bad Request", "Bad Request: Keyterms are only supported for Nova-3 models.")
        if "keywords" in query and model.startswith("nova-3"):
            raise Refused("Bad Request", "Bad Request: Keywords are not supported for Nova-3 models.")
        return query

    def _heard(self, request: Request) -> Heard:
        """The recording in the body, or at the address in it. Raises Refused."""
        assert request.body
        kind = request.body.type or ""
        if kind == "application/json":
            request.body.file.seek(0)
            try:
                fields = fields_of(request.body.file, kind)
            except BodyError as error:
                raise Refused("Bad Request", NO_URL) from error
            url = fields.get("url")
            if fields.keys() != {"url"} or not isinstance(url, str):
                raise Refused("Bad Request", NO_URL)
            if not url.startswith(("http://", "https://")):
                raise Refused("REMOTE_CONTENT_ERROR", "Could not parse URL as a URI.")
            return hear_url(url, self["transcript"])
        sound = kind.startswith(("audio/", "video/")) or kind in ("", "application/octet-stream", "application/ogg")
        if not sound or not request.body.size:
            raise Refused("Bad Request", NO_AUDIO)
        heard = hear(request.body, self["transcript"])
        if self["only_sound"] and not heard.decoded:
            raise Refused("Bad Request", NO_AUDIO)
        return replace(heard, channels=self["channels"] or heard.channels)

    def _projects(self, request: Request) -> Reply:
        return Reply({"projects": [{"project_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "stub")), "name": "Stub"}]})

    def _models(self, request: Request) -> Reply:
        def entry(name: str) -> dict[str, Any]:
            return {
                "name": name.split("-")[-1],
                "canonical_name": name,
                "architecture": "-".join(name.split("-")[:2]),
                "languages": ["en", "en-US"],
                "version": "2025-07-31.0",
                "uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
            }

        stt = [entry(name) | {"batch": True, "streaming": True, "formatted_output": True} for name in self["models"]]
        return Reply({"stt": stt, "tts": [entry("aura-2-zeus-en") | {"metadata": {"accent": "American"}}]})

    routes: ClassVar[tuple[Route, ...]] = (
        Route("POST", "/v1/listen", _listen, ("*",), paid=True, limit="max_bytes"),
        Route("GET", "/v1/projects", _projects),
        Route("GET", "/v1/models", _models),
    )


if __name__ == "__main__":
    main(Deepgram)
