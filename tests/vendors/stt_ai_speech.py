"""STT.ai's speech with a borrowed voice, and its cleaning of sound: multipart in, a WAV file out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from . import spoken
from .body import Blob
from .messages import Reply, Request, Route

if TYPE_CHECKING:
    from .stt_ai import SttAi

SETTINGS: dict[str, Any] = {
    "reference_s": [3.0, 10.0],  # how long a voice's recording may be
    "speech_headers": True,  # X-Duration and X-Generation-Time
    "speech_limit": None,  # characters; no limit is documented
}


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def speak(stub: SttAi, request: Request) -> Reply:
    tier = stub["tier"]
    try:
        with stub.working(request.key or "", tier):
            text = _text(stub, request, tier)
            if not stub["gpu"]:
                return stub.error(503)
            stub.work()
    except Refused as refused:
        return stub.error(refused.status, detail=str(refused))
    seconds = spoken.seconds_of(text)
    headers = {"X-Duration": f"{seconds:.2f}", "X-Generation-Time": f"{seconds / 8:.2f}"}
    charged = {"characters": spoken.characters(text), "seconds": seconds}
    file = spoken.say(stub, text, "wav")
    return Reply(file, 200, headers if stub["speech_headers"] else {}, "audio/wav", charged)


def _text(stub: SttAi, request: Request, tier: str) -> str:
    """What to say, once the request is known to be good; raises Refused."""
    fields = request.fields
    voice, text = fields.get("reference"), fields.get("text")
    if not isinstance(voice, Blob) or voice.text:
        raise Refused(400, "No reference provided.")
    stub.upload(voice, tier)
    stub.only(fields, {"reference", "text"})
    if not isinstance(text, str) or not text.strip():
        raise Refused(400, "No text provided.")
    if stub["speech_limit"] is not None and spoken.characters(text) > stub["speech_limit"]:
        raise Refused(400, "Text too long.")
    sound, rate = _decoded(voice)
    shortest, longest = stub["reference_s"]
    if not shortest <= sound.shape[1] / rate <= longest:
        raise Refused(400, f"The reference must be {shortest:g} to {longest:g} seconds long.")
    return text


def enhance(stub: SttAi, request: Request) -> Reply:
    tier = stub["tier"]
    try:
        with stub.working(request.key or "", tier):
            upload = stub.upload(request.fields.get("file"), tier)
            stub.only(request.fields, {"file"})
            sound, rate = _decoded(upload)
            if not stub["gpu"]:
                return stub.error(503)
            stub.work()
    except Refused as refused:
        return stub.error(refused.status, detail=str(refused))
    loud = sound.astype(float) * (0.9 * 32767 / max(1, int(np.abs(sound.astype(int)).max())))
    file = spoken.encoded(loud.astype(np.int16), rate, "wav")
    charged = {"minutes": math.ceil(sound.shape[1] / rate / 60)}
    return Reply(spoken.damaged(stub, file), 200, {}, "audio/wav", charged)


def _decoded(sound: Blob) -> tuple[spoken.Samples, int]:
    """Raises Refused."""
    sound.file.seek(0)
    try:
        return spoken.listen(sound.file)
    except ValueError as error:
        raise Refused(400, f"Unsupported file format: {sound.name}") from error


_TAKES = ("multipart/form-data",)
ROUTES = (
    Route("POST", "/v1/tts", speak, _TAKES, paid=True, limit="max_body"),
    Route("POST", "/v1/enhance-audio", enhance, _TAKES, paid=True, limit="max_body"),
)
