"""Prosa's dictation by WebSocket: a key, a configuration, sound, and what is heard of it meanwhile.

In this order: the key (in the handshake or as the first message), the configuration, binary messages of an encoded
file, and an empty one at its end. What breaks it ends with one of the vendor's own codes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from . import sound
from .body import Blob
from .live import Dictation, Interim, Spoken
from .messages import Request
from .prosa_errors import RETRYABLE, Refused
from .prosa_jobs import WORDS
from .sockets import Refused as Ended
from .sockets import Talk, spoken

if TYPE_CHECKING:
    from .prosa import Prosa

Json = dict[str, Any]
CODES = {
    "auth_invalid_api_key": 4000,
    "auth_unauthorized": 4000,
    "request_validation_error": 4001,
    "asr_request_unsupported_media_type": 4001,
    "asr_model_not_found": 4002,
    "quota_empty": 4005,
    "quota_insufficient": 4005,
    "rate_limited": 4029,
}
INTERNAL = 1011  # the code for whatever has none of its own
ENGINE = ("error_opening_writer", "engine_stream_closed", "engine_busy", "engine_unavailable", "engine_timeout")
_FIELDS = {"label", "model", "audio", "include_filler", "include_partial"}
_SECOND = 32_000  # bytes: 16 kHz, 16 bits, one channel


def dictate(stub: Prosa, request: Request, talk: Talk) -> None:
    """One conversation, from the open connection to its regular end. Raises sockets.Refused, sockets.Gone."""
    try:
        first = _admitted(stub, request.key, talk)
        config = _configured(stub, first)
        number = stub.count()
        if stub["stream_greeting"] == "created":
            talk.send({"type": "created", "id": f"stream-{number}"})
        else:
            for status in ("created", "queued"):
                talk.send({"type": "status", "status": status})
        _listen(stub, talk, config)
    except Refused as refused:
        raise _end(stub, refused) from refused


def _admitted(stub: Prosa, key: str | None, talk: Talk) -> Any:
    """Check the key; returns the message after it. Raises Refused."""
    first = talk.receive()
    if key is None:
        said = spoken(first)
        if said is None or said.keys() != {"token"} or not isinstance(said["token"], str):
            raise Refused("auth_unauthorized", "the first message must hold the token")
        key, first = said["token"], ""
    if key == "stub-broke":
        raise Refused(stub["quota_error"])
    if key == "stub-slow":
        raise Refused("rate_limited", retry_after=stub["retry_after"] or 5)
    if key not in stub["valid_keys"]:
        raise Refused("auth_invalid_api_key")
    return first or talk.receive()


def _configured(stub: Prosa, message: str | bytes) -> Json:
    """The configuration, if it is one. Raises Refused."""
    config = spoken(message)
    if config is None:
        raise Refused("request_validation_error", "a configuration must come before the sound")
    if unknown := config.keys() - _FIELDS:
        raise Refused("request_validation_error", f"unknown field {min(unknown)}")
    if not isinstance(config.get("model"), str):
        raise Refused("request_validation_error", "model: a string is required")
    if config["model"] not in [each["name"] for each in stub["models"]]:
        raise Refused("asr_model_not_found", model=config["model"])
    audio = config.get("audio")
    if audio is not None and not (isinstance(audio, dict) and isinstance(audio.get("format"), str)):
        raise Refused("request_validation_error", "audio.format: a string is required")
    for switch in ("include_filler", "include_partial"):
        if not isinstance(config.get(switch, False), bool):
            raise Refused("request_validation_error", f"{switch} must be true or false")
    return config


def _listen(stub: Prosa, talk: Talk, config: Json) -> None:
    given, file = stub["transcript"], Blob()
    dictation = Dictation(WORDS, given if isinstance(given, str) else None, _SECOND)
    while piece := talk.receive():
        if isinstance(piece, str):
            raise Refused("request_validation_error", "only sound may follow the configuration")
        begins = file.size == 0
        file.write(piece)
        if begins and stub["sniff"] and sound.container(file.file) is None:
            raise Refused("asr_request_unsupported_media_type")
        file.file.seek(0, 2)
        for heard in dictation.feed(piece):
            _tell(talk, heard, config)
        failure = stub["stream_failure"]
        if failure is not None and file.size >= failure.get("after", 0):
            raise Refused(failure["code"], failure.get("message", ""), **failure.get("context", {}))
    for heard in dictation.finish():
        _tell(talk, heard, config)
    if stub["stream_completes"]:
        duration = sound.duration(file.file) or dictation.seconds
        talk.send({"type": "metadata", "duration": round(duration, 3), "quota_used": math.ceil(duration)})
        talk.send({"type": "status", "status": "complete"})


def _tell(talk: Talk, heard: Interim | Spoken, config: Json) -> None:
    match heard:
        case Interim(text) if config.get("include_partial"):
            talk.send({"type": "partial", "transcript": text})
        case Spoken(text, start, end):
            talk.send({"type": "result", "transcript": text, "time_start": start, "time_end": round(end, 3)})


def _end(stub: Prosa, refused: Refused) -> Ended:
    """The error as a message, if the dialect has it, and as the close code with the id as its reason."""
    message: Json | None = None
    if stub["stream_errors"]:
        retryable = refused.id in (*RETRYABLE, *ENGINE, "engine_error", "internal_error")
        message = {
            "type": "error",
            "code": refused.id,
            "message": refused.message or refused.id.replace("_", " ").capitalize(),
            "context": refused.context,
            "request_id": f"req-{stub.count():08}",
            "recovery": {"retryable": retryable},
        }
    return Ended(CODES.get(refused.id, INTERNAL), refused.id, message)
