"""Deepgram: the sound itself is the request, and the answer to it is the transcript."""

from __future__ import annotations

from dataclasses import replace

from studio.core.accounts import Limits, RemoteModel, VendorInfo

from . import deepgram_shape as shape
from .base import Data, Order, Result, Traffic, Vendor
from .bodies import Raw
from .errors import bad_response
from .line import reply_object
from .reading import Object, language, objects, text

_LARGEST = 2_000_000_000  # bytes


class Deepgram(Vendor):
    info = VendorInfo(
        kind="deepgram",
        title="Deepgram",
        host="api.deepgram.com",
        url="https://api.deepgram.com/",
        website="https://deepgram.com",
        retention="Deepgram may keep sound to train its models, unless the contract says otherwise.",
        models=(
            RemoteModel("nova-3", "Nova-3"),
            RemoteModel("nova-2", "Nova-2"),
            RemoteModel("whisper-large", "Whisper Large"),
        ),
        resumes=False,
        note="If the connection breaks while it works, the result is lost and may be charged.",
    )

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Token {self.key}"}

    def limits(self, model: str) -> Limits:
        return Limits(_LARGEST, formats=("opus", "flac", "wav"))

    def check(self) -> Traffic[str]:
        response = yield from self.line.send("GET", "v1/projects")
        names = [text(p.get("name")) for p in objects(reply_object(self.info.title, response).get("projects"))]
        return f"Deepgram takes the key: {', '.join(filter(None, names)) or 'no project'}."

    def models(self) -> Traffic[tuple[RemoteModel, ...]]:
        response = yield from self.line.send("GET", "v1/models")
        found: dict[str, RemoteModel] = {}
        for entry in objects(reply_object(self.info.title, response).get("stt")):
            id_ = text(entry.get("canonical_name")) or text(entry.get("name"))
            if id_ and entry.get("batch") is not False:
                found[id_] = _with_languages(found.get(id_) or RemoteModel(id_), entry)
        return tuple(found.values()) or self.info.models

    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        self.fits(order)
        body = Raw(order.sound.path, order.sound.mime)
        response = yield from self.line.send(
            "POST", "v1/listen", body, params=_wishes(order), order=True, read_timeout=self.patience(order)
        )
        reply_object(self.info.title, response)
        return response.content

    def read(self, reply: bytes, order: Order) -> Result:
        payload = reply_object(self.info.title, reply)
        if not isinstance(payload.get("results", 0), dict | None):
            raise bad_response(self.info.title, "no results", reply)
        return shape.read(payload, order.sound.duration)


def _with_languages(model: RemoteModel, entry: Object) -> RemoteModel:
    """One model may be listed several times, each time for other languages."""
    listed = entry.get("languages")
    codes = [language(c) for c in listed] if isinstance(listed, list) else []
    merged = dict.fromkeys([*(model.languages or ()), *filter(None, codes)])
    return replace(model, languages=tuple(merged) or None)


def _wishes(order: Order) -> dict[str, str | list[str]]:
    wishes: dict[str, str | list[str]] = {"model": order.model, "punctuate": "true", "smart_format": "true"}
    wishes["utterances"] = "true"
    if order.speakers != "off":
        wishes["diarize"] = "true"
    if order.language:
        wishes["language"] = order.language
    else:
        wishes["detect_language"] = "true"
    if order.terms and not order.model.startswith("whisper"):
        wishes["keyterm" if order.model.startswith("nova-3") else "keywords"] = order.terms
    return wishes
