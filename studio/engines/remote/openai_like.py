"""OpenAI's transcription, and the many servers that answer alike: Groq, speaches, whisper.cpp, vLLM, LocalAI.

One request with the sound, answered by the transcript. How much a server can tell depends on its model, so the richest
form is asked for first; a plainer one only if the server refuses the form itself, before any work.
"""

from __future__ import annotations

import httpx

from studio.core.accounts import Account, Limits, RemoteModel, VendorInfo
from studio.core.errors import InvalidRequest, RemoteError, UsageError

from . import openai_shape as shape
from .base import Data, Order, Result, Traffic, Vendor, said
from .bodies import Multipart
from .errors import of_status
from .line import Line, reply_object
from .reading import Object, language, objects, real, text
from .service import Service, W

_FORMATS = ("opus", "mp3", "flac", "wav")
_MEGABYTES = 25.0
_SPEECH = ("whisper", "transcribe", "parakeet", "canary", "voxtral", "moonshine", "asr", "stt")
_GRANULARITIES = "timestamp_granularities[]"

Form = dict[str, str | list[str]]


class _FormRefused(InvalidRequest):
    """The server does not write its answer that way; nothing was done."""


class OpenAIAccount(Service[W]):
    """What holds for the account, whatever is ordered."""

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def check(self) -> Traffic[str]:
        try:
            yield from self.line.send("GET", "models")
        except InvalidRequest:
            return f"{self.line.host} answers, but does not list its models."
        return f"{self.line.host} answers{' and takes the key' if self.key else ''}."

    def error(self, response: httpx.Response) -> RemoteError:
        status, message = response.status_code, said(response)
        if status == 400 and ("response_format" in response.text or "granularit" in response.text):
            return _FormRefused("The server refuses the form of the answer.", detail=message)
        if status == 429 and "insufficient_quota" in response.text:
            status = 402
        return of_status(self.info.title, status, message, self.line.host)


class OpenAILike(OpenAIAccount[Order], Vendor):
    info = VendorInfo(
        kind="openai",
        title="OpenAI-compatible server",
        host="api.openai.com",
        url="https://api.openai.com/v1/",
        website="https://platform.openai.com",
        retention="OpenAI says that it does not keep sound sent for transcription; for another server ask its owner.",
        models=(
            RemoteModel("whisper-1", "Whisper", speakers=False),
            RemoteModel("gpt-4o-transcribe-diarize", "GPT-4o with speakers", word_times=False),
            RemoteModel("gpt-4o-transcribe", "GPT-4o", speakers=False, word_times=False, times=False),
            RemoteModel("gpt-4o-mini-transcribe", "GPT-4o mini", speakers=False, word_times=False, times=False),
        ),
        key_needed=False,
        translates=True,
        resumes=False,
        switches={
            "path": "where to send the sound, if not audio/transcriptions; a whisper.cpp server wants /inference",
            "format": f"the only format to send: {', '.join(_FORMATS)}",
            "max_mb": "the largest file that the server takes, in MB; without it 25",
        },
        note="If the connection breaks while it works, the result is lost and may be charged.",
    )

    def __init__(self, account: Account, key: str, line: Line) -> None:
        super().__init__(account, key, line)
        options = account.options
        self.path = options.get("path", "")
        if ":" in self.path:
            raise UsageError(f"“{self.path}” is not a path.", "Give one like /inference; the address stands elsewhere.")
        format = options.get("format") or ("wav" if self.path else "")
        if format and format not in _FORMATS:
            raise UsageError(f"There is no format “{format}”.", f"Choose one of {', '.join(_FORMATS)}.")
        self.formats = (format,) if format else _FORMATS
        megabytes = real(options.get("max_mb") or _MEGABYTES)
        if megabytes is None or megabytes <= 0:
            raise UsageError(f"“{options['max_mb']}” is not a size in MB.", "Give a number like 25.")
        self.largest = round(megabytes * 1_000_000)

    def limits(self, model: str) -> Limits:
        return Limits(self.largest, formats=self.formats)

    def models(self) -> Traffic[tuple[RemoteModel, ...]]:
        """Those that sound like speech, if any do: some servers list all that they can do."""
        try:
            response = yield from self.line.send("GET", "models")
        except InvalidRequest:
            return self.info.models
        found = [e for e in objects(reply_object(self.info.title, response).get("data")) if text(e.get("id"))]
        speech = [e for e in found if _hears(e)]
        return tuple(_model(text(e["id"]), e) for e in speech or found) or self.info.models

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        self.fits(order)
        forms = _forms(order)
        while True:
            form = forms.pop(0)
            try:
                response = yield from self._submit(order, form)
            except _FormRefused:
                if not forms:
                    raise
                continue
            if shape.parsed(self.info.title, response.content).keys() == {"error"}:  # whisper.cpp, with a status of 200
                raise of_status(self.info.title, 400, said(response), self.line.host)
            return response.content

    def _submit(self, order: Order, form: Form) -> Traffic[httpx.Response]:
        sound, translate = order.sound, order.task == "translate"
        fields: Form = {"model": order.model, **form}
        prompt = " ".join(filter(None, (order.prompt.strip(), ", ".join(order.terms))))
        if prompt and not _diarises(order.model):
            fields["prompt"] = prompt
        if self.path:  # whisper.cpp: one address for both, and English unless told otherwise
            fields |= {"language": order.language or "auto", "translate": "true" if translate else "false"}
        elif order.language and not translate:
            fields["language"] = order.language
        path = self.path or f"audio/{'translations' if translate else 'transcriptions'}"
        body = Multipart("file", sound.path, sound.name, sound.mime, fields)
        return (yield from self.line.send("POST", path, body, order=True, read_timeout=self.patience(order)))

    def read(self, reply: bytes, order: Order) -> Result:
        return shape.read(self.info.title, shape.parsed(self.info.title, reply), order.sound.duration)


def _forms(order: Order) -> list[Form]:
    """How the answer may be written, the richest first."""
    plain: Form = {"response_format": "json"}
    if _diarises(order.model):
        return [{"response_format": "diarized_json", "chunking_strategy": "auto"}, plain]
    if _writes_only(order.model):
        return [plain]
    timed: Form = {"response_format": "verbose_json"}
    return [timed | {_GRANULARITIES: ["word", "segment"]}, plain] if order.task == "transcribe" else [timed, plain]


def _diarises(model: str) -> bool:
    return "diarize" in model


def _writes_only(model: str) -> bool:
    """Plain text is all that it gives."""
    return "gpt-4o" in model and "transcribe" in model and not _diarises(model)


def _hears(entry: Object) -> bool:
    id_ = text(entry["id"]).lower()
    return text(entry.get("task")) == "automatic-speech-recognition" or any(word in id_ for word in _SPEECH)


def _model(id: str, entry: Object) -> RemoteModel:
    spoken = entry.get("language")
    codes = tuple(filter(None, map(language, spoken))) if isinstance(spoken, list) else ()
    plain, speakers = _writes_only(id), _diarises(id)
    return RemoteModel(id, "", codes or None, speakers, word_times=not (plain or speakers), times=not plain)
