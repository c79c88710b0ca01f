"""OpenAI's transcription, translation and speech, and by its settings the servers that are almost the same.

`python -m tests.vendors.openai_like` serves it; the base address for clients ends in /v1.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Any, ClassVar

from . import openai_speech, spoken
from .body import Blob
from .captions import cues_of, srt, text_of, vtt
from .heard import Heard, hear, hear_url
from .openai_reply import NAMES, diarized, events, logprobs, plain, usage, verbose
from .openai_speech import Refused
from .stub import Reply, Request, Route, Stub, main

WHISPER, PLAIN, DIARIZING = "whisper-1", ("gpt-4o-transcribe", "gpt-4o-mini-transcribe"), "gpt-4o-transcribe-diarize"
OF_WHISPER = ("json", "text", "srt", "verbose_json", "vtt")
FORMATS: dict[str, tuple[str, ...]] = {
    WHISPER: OF_WHISPER,
    **dict.fromkeys(PLAIN, ("json",)),
    DIARIZING: ("json", "text", "diarized_json"),
}
TYPES = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm")
LISTS = ("timestamp_granularities[]", "include[]", "known_speaker_names[]", "known_speaker_references[]")
TRANSLATING = {"file", "model", "prompt", "response_format", "temperature"}
TRANSCRIBING = {*TRANSLATING, *LISTS, "language", "chunking_strategy", "stream"}


class OpenAILike(Stub):
    """OpenAI's audio endpoints, or a server that is almost like them."""

    defaults: ClassVar[dict[str, Any]] = {
        **spoken.SETTINGS,
        **openai_speech.SETTINGS,
        "keyless": False,  # as self-hosted servers are: any key or none will do
        "models": [*FORMATS],
        "models_404": False,  # no catalogue
        "formats": None,  # None: what OpenAI offers for each model; a list: all this server knows
        "duration": "number",  # or "string"
        "language": "name",  # or "code": how the reply tells it
        "spoken": "en",  # what is heard when the request does not say
        "words": True,  # False: left out even when asked for
        "segments": "list",  # or "null", or "missing"
        "usage": True,
        "json_as_text": False,  # the content type of JSON replies is text/plain
        "accepts_url": False,  # `url` instead of `file`, as with Groq
        "any_field": False,  # fields that OpenAI does not know are let through
        "out_of_credit": 402,  # or 429, with the code insufficient_quota
        "extra": {},  # further fields of every JSON transcription
        "max_body": 25_000_000,
    }

    def admit(self, route: Route, key: str | None) -> Reply | None:
        if self["keyless"] and key != "stub-slow":
            return None
        return super().admit(route, key)

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        if why == "broke":
            status = self["out_of_credit"]
        kind, code, message = {
            "no_key": ("invalid_request_error", None, "You didn't provide an API key."),
            "bad_key": ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
            "broke": ("insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
            "slow": ("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
            "unknown": ("invalid_request_error", "unknown_url", f"Unknown request URL: {detail}"),
            "large": ("server_error", None, f"Maximum content size limit exceeded ({detail} bytes read)"),
        }.get(why, ("server_error" if status >= 500 else "invalid_request_error", None, detail or f"Error {status}"))
        return self.failure(status, message, kind, None, code)

    @staticmethod
    def failure(status: int, message: str, kind: str, param: str | None, code: str | None) -> Reply:
        return Reply({"error": {"message": message, "type": kind, "param": param, "code": code}}, status)

    def list_models(self, request: Request) -> Reply:
        if self["models_404"]:
            return self.refuse("unknown", request.path)
        owner = {"object": "model", "created": 1677532384, "owned_by": "openai-internal"}
        names = [*self["models"], *self["speech_models"]]
        return Reply({"object": "list", "data": [{"id": name} | owner for name in names]})

    def transcribe(self, request: Request) -> Reply:
        return self._answer(request, "transcribe")

    def translate(self, request: Request) -> Reply:
        return self._answer(request, "translate")

    def _answer(self, request: Request, task: str) -> Reply:
        fields = request.fields
        try:
            self._check(fields, task)
            heard = self._hear(fields)
            if task == "transcribe":
                check_diarizing(fields, heard.seconds)
        except Refused as refused:
            return self.failure(refused.status, str(refused), "invalid_request_error", refused.param, refused.code)
        return self._reply(heard, fields, task)

    def _check(self, fields: dict[str, Any], task: str) -> None:
        known = (TRANSCRIBING if task == "transcribe" else TRANSLATING) | ({"url"} if self["accepts_url"] else set())
        if (unknown := sorted(fields.keys() - known)) and not self["any_field"]:
            raise Refused(f"Unrecognized request argument supplied: {unknown[0]}", unknown[0], "unknown_parameter")
        for name in fields.keys() - {*LISTS, "file"}:
            if not isinstance(fields[name], str):
                raise Refused(f"Invalid type for '{name}': expected one value.", name)
        model = fields.get("model")
        if not model:
            raise Refused("you must provide a model parameter", "model")
        if model not in self["models"]:
            raise Refused(f"The model `{model}` does not exist.", "model", "model_not_found", 404)
        if task == "translate" and model in (*PLAIN, DIARIZING):
            raise Refused(f"The model `{model}` cannot translate.", "model")
        wanted = fields.get("response_format", "json")
        formats = self["formats"] or FORMATS.get(model, OF_WHISPER)
        if wanted not in formats:
            raise Refused(
                f"response_format '{wanted}' is not compatible with model '{model}'.",
                "response_format",
                "unsupported_value",
            )
        check_values(fields, model, wanted)

    def _hear(self, fields: dict[str, Any]) -> Heard:
        sound = fields.get("file")
        if sound is None and self["accepts_url"] and re.match(r"https?://[^/]", fields.get("url", "")):
            return hear_url(fields["url"], self["transcript"])
        if not isinstance(sound, Blob) or sound.text:
            raise Refused("you must provide a file parameter", "file")
        if PurePath(sound.name or "").suffix.lower()[1:] not in TYPES:
            raise Refused(f"Unrecognized file format. Supported formats: {list(TYPES)}", "file")
        if not sound.size:
            raise Refused("Audio file is too short. Minimum audio length is 0.1 seconds.", "file", "audio_too_short")
        return hear(sound, self["transcript"])

    def _reply(self, heard: Heard, fields: dict[str, Any], task: str) -> Reply:
        model, wanted = fields["model"], fields.get("response_format", "json")
        cues = cues_of(heard.words)
        if wanted == "text":
            return Reply(text_of(heard.words) + "\n")
        if wanted in ("srt", "vtt"):
            return Reply((srt if wanted == "srt" else vtt)(cues))
        if wanted == "verbose_json":
            body = self._verbose(heard, fields, task)
        elif wanted == "diarized_json":
            body = diarized(heard, many(fields, "known_speaker_names[]"))
        else:
            body = plain(heard)
            if many(fields, "include[]"):
                body["logprobs"] = logprobs(heard)
        if self["usage"] and task == "transcribe":
            body["usage"] = usage(heard, tokens=model in PLAIN)
        body |= self["extra"]
        if fields.get("stream") == "true" and model != WHISPER:
            return Reply(events(body), type="text/event-stream; charset=utf-8")
        if self["json_as_text"]:
            return Reply(json.dumps(body, ensure_ascii=False))
        return Reply(body)

    def _verbose(self, heard: Heard, fields: dict[str, Any], task: str) -> dict[str, Any]:
        code = "en" if task == "translate" else fields.get("language", self["spoken"])
        granularities = many(fields, "timestamp_granularities[]") or ["segment"]
        body = verbose(heard, task, float(fields.get("temperature", 0)))
        body["language"] = NAMES.get(code, code) if self["language"] == "name" else code
        if self["duration"] == "string":
            body["duration"] = str(body["duration"])
        if "segment" not in granularities or self["segments"] == "missing":
            del body["segments"]
        elif self["segments"] == "null":
            body["segments"] = None
        if "word" not in granularities or not self["words"]:
            del body["words"]
        return body

    _TAKES = ("multipart/form-data",)
    routes = (
        Route("GET", "/v1/models", list_models),
        Route("POST", "/v1/audio/transcriptions", transcribe, _TAKES, paid=True, limit="max_body"),
        Route("POST", "/v1/audio/translations", translate, _TAKES, paid=True, limit="max_body"),
        *openai_speech.ROUTES,
    )


def many(fields: dict[str, Any], name: str) -> list[str]:
    """The values of a repeated field."""
    value = fields.get(name, [])
    return value if isinstance(value, list) else [value]


def check_values(fields: dict[str, Any], model: str, wanted: str) -> None:
    if "language" in fields and not re.fullmatch("[a-z]{2}", fields["language"]):
        raise Refused(f"Invalid language '{fields['language']}': ISO-639-1 is needed.", "language", "invalid_language")
    try:
        temperature = float(fields.get("temperature", 0))
    except ValueError:
        temperature = -1
    if not 0 <= temperature <= 1:
        raise Refused("Invalid 'temperature': a number from 0 to 1 is needed.", "temperature")
    granularities = many(fields, "timestamp_granularities[]")
    if granularities and wanted != "verbose_json":
        raise Refused("timestamp_granularities needs verbose_json", "timestamp_granularities")
    if set(granularities) - {"word", "segment"}:
        raise Refused("timestamp_granularities can be word and segment", "timestamp_granularities")
    include = many(fields, "include[]")
    if include and (include != ["logprobs"] or model not in PLAIN or wanted != "json"):
        raise Refused("include is not supported here", "include")
    if fields.get("stream", "false") not in ("true", "false"):
        raise Refused("Invalid type for 'stream': expected a boolean.", "stream")


def check_diarizing(fields: dict[str, Any], seconds: float) -> None:
    strategy = fields.get("chunking_strategy")
    if strategy not in (None, "auto"):
        try:
            good = json.loads(strategy).get("type") == "server_vad"
        except (ValueError, AttributeError):
            good = False
        if not good:
            raise Refused("chunking_strategy can be 'auto' or a server_vad object", "chunking_strategy")
    names, references = many(fields, "known_speaker_names[]"), many(fields, "known_speaker_references[]")
    if fields["model"] != DIARIZING:
        if names or references:
            raise Refused("known speakers need the diarizing model", "known_speaker_names")
        return
    if len(names) != len(references) or len(names) > 4:
        raise Refused("each of at most four known speakers needs a name and a reference", "known_speaker_names")
    if not all(isinstance(reference, str) and reference.startswith("data:audio/") for reference in references):
        raise Refused("references are data URLs", "known_speaker_references")
    if "prompt" in fields:
        raise Refused("Prompt is not supported for diarization models", "prompt")
    if strategy is None and seconds > 30:
        raise Refused("chunking_strategy is required for diarization models", "chunking_strategy")


if __name__ == "__main__":
    main(OpenAILike)
