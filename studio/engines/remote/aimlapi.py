"""AI/ML API: one key for the models of many vendors. An order with the sound in it, then polls; results last an hour.

Replies have the shape of whoever made the model, one level down; which, their structure tells.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import quote

import httpx

from studio.core.accounts import Limits, RemoteModel, VendorInfo
from studio.core.errors import BadResponse, InvalidRequest, RemoteError

from . import assemblyai_shape, deepgram_shape, openai_shape
from .aimlapi_models import MODELS, Value, family, listed, wishes
from .base import Data, Order, Result, Traffic, Vendor, Working, said
from .bodies import Body, Json, Multipart
from .errors import bad_response, failed, lost, of_status
from .line import reply_object
from .reading import Object, name, object_, real, text
from .service import Service, W

_RUNNING = ("waiting", "active", "queued", "generating", "processing")
_DONE = ("completed", "complete", "succeeded")
_FAILED = ("error", "failed", "cancelled")
_NO_CREDIT = ("credit", "balance", "top up", "billing")
_ASSEMBLYAI = {"words", "utterances", "audio_duration", "acoustic_model"}

log = logging.getLogger(__name__)


class AimlApiAccount(Service[W]):
    """What holds for the account, whatever is ordered."""

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def check(self) -> Traffic[str]:
        response = yield from self.line.send("GET", "billing/balance")
        account = reply_object(self.info.title, response)
        balance = real(account.get("balance"))
        told = "" if balance is None else f"; the balance is {balance:.15g}"
        return f"AI/ML API takes the key{told}{' and low' if account.get('lowBalance') is True else ''}."

    def error(self, response: httpx.Response) -> RemoteError:
        status, message = response.status_code, said(response)
        fetched = response.request.method == "GET" and "/stt/" in response.request.url.path
        if fetched and status in (404, 410):
            return lost(self.info.title)
        if status == 403 and any(word in message.lower() for word in _NO_CREDIT):
            status = 402
        return of_status(self.info.title, status, message, self.line.host)


class AimlApi(AimlApiAccount[Order], Vendor):
    info = VendorInfo(
        kind="aimlapi",
        title="AI/ML API",
        host="api.aimlapi.com",
        url="https://api.aimlapi.com/v1/",
        website="https://aimlapi.com",
        retention="AI/ML API keeps the result for one hour only; what the model's own vendor keeps is theirs to say.",
        models=MODELS,
        switches={"channels": "“yes”: hear the channels of a recording apart"},
        note="Its limits are not documented: files above 100 MB may be refused.",
    )
    poll_every = 10.0
    keeps = 3600.0
    latest = 58 * 60.0

    def limits(self, model: str) -> Limits:
        return Limits(formats=("opus", "mp3", "flac", "wav"))

    def models(self) -> Traffic[tuple[RemoteModel, ...]]:
        """Those of the catalogue that turn speech into text; where it shows none, those of the documentation."""
        try:
            response = yield from self.line.send("GET", "models", with_key=False)
            return listed(response.json()) or MODELS
        except (BadResponse, InvalidRequest, ValueError) as error:
            log.info("the catalogue of AI/ML API cannot be read: %s", error)
            return MODELS

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        """By the sound itself, or by `data["url"]` where the sound lies in public already."""
        values = wishes(order, apart=self.account.options.get("channels", "").lower() == "yes")
        body: Body
        if "url" in data:
            body = Json({**values, "url": data["url"]})
        else:
            self.fits(order)
            sound, part = order.sound, "file" if family(order.model) == "openai" else "audio"
            body = Multipart(part, sound.path, sound.name, sound.mime, {k: _field(v) for k, v in values.items()})
        response = yield from self.line.send("POST", "stt/create", body, order=True)
        job = name(reply_object(self.info.title, response).get("generation_id"))
        if not job:
            raise bad_response(self.info.title, "a job without an id", response.content)
        charge = response.headers.get("x-inference-id")
        return {"job": job, "facts": {"charge": charge} if charge else {}}

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        response = yield from self.line.send("GET", f"stt/{quote(data['job'], safe='')}")
        job = reply_object(self.info.title, response)
        status, payload = text(job.get("status")).lower(), _payload(job)
        inner = "" if "results" in payload else text(payload.get("status")).lower()
        if status in _FAILED or inner == "error":
            raise failed(self.info.title, _why(job) or _why(payload) or status)
        if status in _RUNNING or (payload and inner in ("queued", "processing")):
            return Working()
        return response.content if status in _DONE or payload else self.unknown(status)

    def read(self, reply: bytes, order: Order) -> Result:
        job = reply_object(self.info.title, reply)
        payload, duration = _payload(job), order.sound.duration
        if "results" in payload:
            result = deepgram_shape.read(payload, duration)
        elif _ASSEMBLYAI & payload.keys() and "segments" not in payload:
            result = assemblyai_shape.read(self.info.title, payload, duration)
        else:
            result = openai_shape.read(self.info.title, payload, duration)
        id_ = name(job.get("id"))
        return replace(result, facts={**result.facts, "job": id_}) if id_ else result


def _payload(job: Object) -> Object:
    return object_(job.get("result")) or object_(job.get("output"))


def _why(job: Object) -> str:
    error = job.get("error")
    return text(object_(error).get("message")) or text(object_(error).get("name")) or text(error)


def _field(value: Value) -> str | list[str]:
    """A value as a form has it: everything is text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, list) else str(value)
