"""OpenAI's speech: JSON in, the sound out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import spoken
from .body import Blob
from .messages import Reply, Request, Route

if TYPE_CHECKING:
    from .openai_like import OpenAILike

FIELDS = {"model", "input", "voice", "response_format", "speed"}
VOICES = ["alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse"]

SETTINGS: dict[str, Any] = {
    "speech_models": ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"],
    "voices": VOICES,  # None: any name, as some self-hosted servers do
    "speech_formats": ["mp3", "opus", "aac", "flac", "wav", "pcm"],
    "speech_limit": 4096,  # characters; None: no limit
    "speech_type": None,  # the content type of the sound; None: that of the format
    "speech_framing": "chunked",  # or "length", or "close": nothing tells where the sound ends
    "endless_wav": False,  # the header of WAV files says that nobody knows how long they are
}


class Refused(Exception):
    """A 400; `param` is the field at fault."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.param, self.code, self.status = param, code, status


def speak(stub: OpenAILike, request: Request) -> Reply:
    try:
        text, wanted, speed = _asked(stub, request.fields)
    except Refused as refused:
        return stub.failure(refused.status, str(refused), "invalid_request_error", refused.param, refused.code)
    file, type = spoken.say(stub, text, wanted, tempo=speed), stub["speech_type"] or spoken.FORMATS[wanted].type
    if wanted == "wav" and stub["endless_wav"]:
        at = file.find(b"data") + 4
        file = file[:4] + b"\xff" * 4 + file[8:at] + b"\xff" * 4 + file[at + 4 :]
    charged: dict[str, float] = {"characters": spoken.characters(text)}
    return Reply(file, type=type, charged=charged, framing=stub["speech_framing"])


def _asked(stub: OpenAILike, fields: dict[str, Any]) -> tuple[str, str, float]:
    """Text, format and speed of a good request; raises Refused."""
    if (unknown := sorted(fields.keys() - FIELDS)) and not stub["any_field"]:
        raise Refused(f"Unrecognized request argument supplied: {unknown[0]}", unknown[0], "unknown_parameter")
    for name in ("model", "input", "voice"):
        if name not in fields:
            raise Refused(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    text, voice = fields["input"], fields["voice"]
    for name in ("model", "input", "voice", "response_format"):
        if not isinstance(fields.get(name, ""), str | Blob):
            raise Refused(f"Invalid type for '{name}': expected a string.", name, "invalid_type")
    if fields["model"] not in stub["speech_models"]:
        raise Refused(f"The model `{fields['model']}` does not exist.", "model", "model_not_found", 404)
    if stub["voices"] is not None and voice not in stub["voices"]:
        raise Refused(f"Invalid value: '{voice}'. Supported values: {stub['voices']}", "voice", "invalid_value")
    limit = stub["speech_limit"]
    if isinstance(text, Blob) or (limit is not None and spoken.characters(text) > limit):
        message = f"Invalid 'input': string too long. Expected a string with maximum length {limit}."
        raise Refused(message, "input", "string_above_max_length")
    if not text.strip():
        raise Refused("Invalid 'input': string too short.", "input", "string_below_min_length")
    wanted, speed = fields.get("response_format", "mp3"), fields.get("speed", 1)
    if wanted not in stub["speech_formats"]:
        raise Refused(f"Invalid value: '{wanted}'.", "response_format", "invalid_value")
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0.25 <= speed <= 4:
        raise Refused("Invalid 'speed': a number from 0.25 to 4 is needed.", "speed")
    return text, wanted, speed


ROUTES = (Route("POST", "/v1/audio/speech", speak, ("application/json",), paid=True),)
