"""Prosa.ai's voices, Indonesian before all: short texts are waited for, longer ones polled. The key is another one than
that for recognition, so the account is of a kind of its own.

Our own id of the order is its label, so that an order whose answer was lost is found again in the list of jobs.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import httpx

from studio.core.accounts import Account, RemoteVoice, SpeechLimits, VendorInfo
from studio.core.errors import UsageError
from studio.core.speaking import SpokenWord
from studio.engines.remote import prosa_shape as shape
from studio.engines.remote.bodies import Json
from studio.engines.remote.errors import bad_response
from studio.engines.remote.line import Line, reply_object
from studio.engines.remote.prosa_jobs import ProsaJobs, WaitingNotAllowed, not_taken
from studio.engines.remote.reading import Object, language, object_, objects, real, seconds, text
from studio.engines.remote.service import Working

from .base import Data, SpeakingVendor, Speech, TextOrder, Traffic
from .fetching import fetch
from .sound import cut_short, suffix_of

_WAITED, _LONGEST = 280, 5000  # characters
_WAIT = 120.0  # seconds for the answer then
_FORMATS = ("opus", "mp3", "wav")
_PITCHES, _TEMPOS = (-1.0, 1.0), (0.5, 2.0)  # as the vendor means them; that of pitches is disputed


def _voice(name: str, *languages: str, gender: str = "") -> RemoteVoice:
    return RemoteVoice(f"tts-{name}", name.replace("-", " ").title(), languages, gender)


class ProsaVoices(ProsaJobs[TextOrder], SpeakingVendor):
    info = VendorInfo(
        kind="prosa-tts",
        title="Prosa.ai voices",
        host="api.prosa.ai",
        url="https://api.prosa.ai/v2/speech/",
        website="https://prosa.ai",
        retention="Prosa.ai does not say how long it keeps text and sound.",
        models=(),
        cancels=True,
        switches={
            "audio_format": f"how the sound is sent: {', '.join(_FORMATS)}; without it opus",
            "pitch": "Prosa's own pitch, from -1 to 1; without it the voice's",
            "tempo": "Prosa's own tempo, from 0.5 to 2; without it the voice's",
        },
        note="Its key is another one than that for Prosa.ai's recognition.",
    )
    product = "tts"
    shaping = ("audio_format", "pitch", "tempo")
    known = (
        _voice("dimas-formal", "id", gender="male"),
        _voice("dimas-expressive", "id", gender="male"),
        *(_voice(name, "id") for name in ("ocha-friendly", "sinta-casual", "dini", "kinanti", "darah", "abimana")),
        *(_voice(name, "en") for name in ("roger", "jennifer")),
    )

    def __init__(self, account: Account, key: str, line: Line) -> None:
        super().__init__(account, key, line)
        self.format = account.options.get("audio_format") or _FORMATS[0]
        if self.format not in _FORMATS:
            raise UsageError(f"Prosa.ai has no format “{self.format}”.", f"Choose one of {', '.join(_FORMATS)}.")
        self.manner = {
            name: value
            for name, range in (("pitch", _PITCHES), ("tempo", _TEMPOS))
            if (value := _number(account, name, *range)) is not None
        }

    @classmethod
    def limits(cls, account: Account, voice: str) -> SpeechLimits:
        return SpeechLimits(_LONGEST)

    def label(self, order: TextOrder) -> str:
        return order.uid

    def voices(self) -> Traffic[tuple[RemoteVoice, ...]]:
        entries = yield from self.listed()
        return tuple(_listed(entry) for entry in entries)

    def submit(self, order: TextOrder, data: Data) -> Traffic[Data | bytes]:
        self.fits(order)
        wait = len(order.text) <= _WAITED
        try:
            response = yield from self._submit(order, wait)
        except WaitingNotAllowed:
            if not wait:
                raise
            response = yield from self._submit(order, False)
        job = reply_object(self.info.title, response)
        if shape.finished(job) and _sound(job):
            return response.content
        if not text(job.get("job_id")):
            raise bad_response(self.info.title, "a job without an id", response.content)
        return {"job": text(job["job_id"])}

    def _submit(self, order: TextOrder, wait: bool) -> Traffic[httpx.Response]:
        config: dict[str, Any] = {"model": order.voice, "wait": wait, "audio_format": self.format, **self.manner}
        body = Json({"config": config, "request": {"label": order.uid, "text": order.text}})
        wait_for = _WAIT if wait else None
        return (
            yield from self.line.send(
                "POST", "tts", body, order=True, not_taken=not_taken, read_timeout=wait_for and self.patient(wait_for)
            )
        )

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        """What comes damaged is asked for again: the job is done, and asking costs nothing."""
        found = yield from self.polled(data)
        if isinstance(found, Working):
            return found
        job = reply_object(self.info.title, found)
        address = text(object_(job.get("result")).get("path"))
        if _sound(job):
            return found.content
        if address:
            return (yield from fetch(self.line, self.info.title, address))
        raise bad_response(self.info.title, "a finished job without sound, or with damaged sound", "")

    @classmethod
    def read(cls, reply: bytes, order: TextOrder) -> Speech:
        if not reply.lstrip().startswith(b"{"):  # it was fetched from elsewhere
            return cls.heard(reply)
        job = reply_object(cls.info.title, reply)
        result = object_(job.get("result"))
        speech = cls.heard(_sound(job))
        facts = {"job": text(job.get("job_id")), "model": text(object_(job.get("model")).get("name"))}
        words = _words(order.text, objects(result.get("texts")))
        return Speech(speech.sound, speech.suffix, words, {name: fact for name, fact in facts.items() if fact})


def _sound(job: Object) -> bytes:
    """The sound of a finished job; b"" if it has none, or none that is whole and in base64."""
    data = object_(job.get("result", job)).get("data")
    try:
        sound = base64.b64decode(data, validate=True) if isinstance(data, str) else b""
    except (binascii.Error, ValueError):
        return b""
    return sound if suffix_of(sound) and not cut_short(sound) else b""


def _number(account: Account, name: str, least: float, most: float) -> float | None:
    said = account.options.get(name)
    if not said:
        return None
    value = real(said)
    if value is None or not least <= value <= most:
        raise UsageError(f"Prosa.ai has no {name} “{said}”.", f"Give a number from {least:g} to {most:g}.")
    return value


def _listed(entry: Object) -> RemoteVoice:
    code = language(entry.get("language"))
    gender = text(entry.get("gender")).lower()
    title = text(entry.get("label")) or text(entry.get("voice"))
    return RemoteVoice(text(entry["name"]), title, (code,) if code else (), gender)


def _words(whole: str, entries: Sequence[Object]) -> tuple[SpokenWord, ...]:
    """Where in the text the entries are, and when; nothing if some cannot be found."""
    found: list[SpokenWord] = []
    at = 0
    for entry in entries:
        said, start, end = text(entry.get("text")), seconds(entry.get("start")), seconds(entry.get("end"))
        first = whole.find(said, at)
        if not said or start is None or end is None or first < 0:
            return ()
        at = first + len(said)
        found.append(SpokenWord(first, at, start, max(start, end)))
    return tuple(found)
