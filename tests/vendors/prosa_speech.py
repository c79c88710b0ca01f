"""Prosa.ai's text to speech: the same jobs as for speech to text, with text going in and base64 coming out."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import shelf, spoken
from .body import Blob
from .messages import Reply, Request, Route
from .prosa_errors import Refused
from .prosa_jobs import Job

if TYPE_CHECKING:
    from .prosa import Prosa

PATH = "/v2/speech/tts"
RATES = (8000, 16000, 22050, 24000, 44100, 48000)
FORMATS = ("opus", "mp3", "wav")


def voice(name: str, domain: str, gender: str, language: str = "Bahasa Indonesia") -> dict[str, Any]:
    who = name.split("-")[1].title()
    label = name.replace("-", " ").title().replace("Tts", "TTS")
    told = {"name": name, "label": label, "language": language, "domain": domain, "voice": who, "gender": gender}
    return {**told, "channels": 1, "samplerate": 48000}


SETTINGS: dict[str, Any] = {
    **shelf.SETTINGS,
    **spoken.SETTINGS,
    "audio_url_s": 7200.0,
    "speech_keys": None,  # a list: these of the valid keys open only text to speech, the others only speech to text
    "speech_wait_limit": 280,  # characters
    "speech_limit": 5000,
    "speech_quota": None,  # so many characters may be spoken; beyond, quota_insufficient
    "ssml_tags_count": True,  # nobody says whether they do
    "pitch": "float",  # from -1 to 1; "int": whole numbers from -10 to 10
    "opus_container": "webm",  # or "ogg"
    "speech_base64": "whole",  # or "invalid", "url" (the other alphabet), "broken" (with line breaks), "none" (no data)
    "speech_details": False,  # results tell format, duration, rate and the times of …
    "texts": "words",  # or "whole": one time for all of it; "none"
    "rate_field": "samplerate",  # or "sample_rate"
    "voices": [
        voice("tts-dimas-formal", "formal", "male"),
        voice("tts-dimas-expressive", "expressive", "male"),
        voice("tts-ocha-friendly", "friendly", "female"),
        voice("tts-sinta-casual", "casual", "female"),
        voice("tts-dini", "general", "female"),
        voice("tts-abimana", "general", "male"),
        voice("tts-roger", "general", "male", "English"),
        voice("tts-jennifer", "general", "female", "English"),
    ],
}


@dataclass
class Speech(Job):
    text: str = ""  # what is heard: without tags

    @property
    def searched(self) -> str:
        return self.request.get("text") or self.request.get("ssml") or ""


def submit(stub: Prosa, request: Request) -> Reply:
    try:
        _signed(request)
        job, count = _accepted(stub, request.fields)
    except Refused as refused:
        return stub.fault(refused.id, message=refused.message, **refused.context)
    return Reply(stub.begin(job, request), charged={"characters": count})


def _accepted(stub: Prosa, fields: dict[str, Any]) -> tuple[Speech, int]:
    """The job of a submitted request, and how many characters it costs. Raises Refused."""
    config, request = fields.get("config"), fields.get("request")
    if not isinstance(config, dict) or not isinstance(request, dict):
        raise Refused("request_validation_error", "config and request must be objects")
    options = _options(stub, config)
    if not isinstance(request.get("label", ""), str | None):
        raise Refused("request_validation_error", "request.label must be a string")
    known = {each["name"]: each for each in stub["voices"]}
    if options["model"] not in known:
        raise Refused("tts_model_not_found", model=options["model"])
    text, count = _text(stub, request)
    if count > stub["speech_limit"]:
        raise Refused("tts_request_too_large")
    if options["wait"] and count > stub["speech_wait_limit"]:
        raise Refused("tts_request_not_waitable")
    with stub.lock:
        quota = stub["speech_quota"]
        if quota is not None and stub.characters + count > quota:
            raise Refused("quota_insufficient", current=quota - stub.characters, required=count)
        stub.characters += count
    now = stub.now()
    duration = spoken.seconds_of(text, options["tempo"])
    return Speech(stub.new_id(), now, now, request, options, known[options["model"]], "", duration, text=text), count


def _options(stub: Prosa, config: dict[str, Any]) -> dict[str, Any]:
    """The job's settings with their defaults. Raises Refused."""
    found = {"model": None, "wait": False, "pitch": 0, "tempo": 1, "audio_format": "opus"}
    found |= {name: value for name, value in config.items() if name in found or name == "sample_rate"}
    whole = stub["pitch"] == "int"
    good = {
        "model": isinstance(found["model"], str),
        "wait": isinstance(found["wait"], bool),
        "pitch": _number(found["pitch"], *((-10, 10) if whole else (-1, 1)), whole),
        "tempo": _number(found["tempo"], 0.5, 2),
        "audio_format": found["audio_format"] in FORMATS,
        "sample_rate": "sample_rate" not in found
        or (_number(found["sample_rate"], 8000, 48000, True) and found["sample_rate"] in RATES),
    }
    for name, fits in good.items():
        if not fits:
            raise Refused("request_validation_error", f"config.{name} cannot be {found[name]!r:.60}")
    return found


def _number(value: Any, low: float, high: float, whole: bool = False) -> bool:
    kinds = int if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high


def _text(stub: Prosa, request: dict[str, Any]) -> tuple[str, int]:
    """What is to be heard, and how many characters that counts for. Raises Refused."""
    given = {name: request[name] for name in ("text", "ssml") if request.get(name) not in (None, "")}
    if not given:
        raise Refused("tts_request_no_text_data")
    if len(given) > 1:
        raise Refused("request_validation_error", "only one of text and ssml may be given")
    ((name, value),) = given.items()
    if isinstance(value, Blob):
        raise Refused("tts_request_too_large")
    if not isinstance(value, str) or re.search("[\ud800-\udfff]", value):
        raise Refused("request_validation_error", f"request.{name} must be a string")
    text = value
    if name == "ssml":
        try:
            text = "".join(ElementTree.fromstring(value.strip()).itertext())
        except ElementTree.ParseError as error:
            raise Refused("request_validation_error", f"request.ssml: {error}") from error
    if not text.strip():
        raise Refused("tts_request_no_text_data")
    return text, spoken.characters(value if stub["ssml_tags_count"] else text)


def _signed(request: Request) -> bool:
    """Whether an address is wanted instead of the data. Raises Refused."""
    wanted = request.query.get("as_signed_url", "false")
    if wanted not in ("true", "false"):
        raise Refused("request_validation_error", "as_signed_url must be true or false")
    return bool(wanted == "true")


def get(stub: Prosa, request: Request) -> Reply:
    try:
        _signed(request)
    except Refused as refused:
        return stub.fault(refused.id, message=refused.message)
    return stub.get(request)


def result(stub: Prosa, job: Speech, request: Request) -> dict[str, Any]:
    """The sound of a finished job, inline or by an address that is new each time."""
    wanted, tempo = job.config["audio_format"], job.config["tempo"]
    format = stub["opus_container"] if wanted == "opus" else wanted
    format = "opus" if format == "ogg" else format
    rate = job.config.get("sample_rate", job.model["samplerate"])
    file, kind = spoken.say(stub, job.text, format, rate, tempo), spoken.FORMATS[format]
    found: dict[str, Any] = {}
    if _signed(request):
        found["path"] = stub.shelf.put(file, kind.type, kind.suffix)
    elif stub["speech_base64"] != "none":
        found["data"] = _text_of(stub["speech_base64"], file)
    if not stub["speech_details"]:
        return found
    found |= {"format": wanted, "duration": job.duration, stub["rate_field"]: rate, "channels": 1, "latency": 0.4}
    timed = spoken.words_of(job.text, tempo)
    if stub["texts"] == "whole":
        timed = [(job.text.strip(), timed[0][1], timed[-1][2])]
    if stub["texts"] != "none":
        found["texts"] = [{"text": text, "start": start, "end": end} for text, start, end in timed]
    return found


def _text_of(how: str, file: bytes) -> str:
    text = base64.b64encode(file).decode()
    match how:
        case "invalid":
            return text[: len(text) // 2] + "*" + text[len(text) // 2 :]
        case "url":
            return "-_" + text.replace("+", "-").replace("/", "_")[2:]
        case "broken":
            return base64.encodebytes(file).decode()
    return text


def all_voices(stub: Prosa, request: Request) -> Reply:
    return Reply(stub["voices"])


ROUTES = (
    Route("POST", PATH, submit, ("application/json",), paid=True),
    Route("GET", f"{PATH}/models", all_voices),
)
