"""The models behind AI/ML API, as documented: which family each belongs to, and how a wish is spelled there. Pure."""

from __future__ import annotations

from studio.core.accounts import RemoteModel

from .base import Order
from .reading import object_, objects, text

Value = bool | int | str | list[str]

_WHISPER = ("large", "medium", "small", "base", "tiny")
_NOVA_2 = (
    *("general", "meeting", "phonecall", "voicemail", "finance", "conversationalai", "video", "medical"),
    *("drivethru", "automotive"),
)
_PLAIN = ("openai/gpt-4o-transcribe", "openai/gpt-4o-mini-transcribe", "microsoft/mai-transcribe-1.5")


def _text_only(id: str) -> RemoteModel:
    return RemoteModel(id, speakers=False, word_times=False, times=False)


MODELS: tuple[RemoteModel, ...] = (
    *(RemoteModel(f"#g1_whisper-{size}", f"Whisper {size}") for size in _WHISPER),
    *(RemoteModel(f"#g1_nova-2-{use}", f"Nova-2 {use}") for use in _NOVA_2),
    *(RemoteModel(f"nova-3{use}", f"Nova-3{use.replace('-', ' ')}") for use in ("", "-general", "-medical")),
    RemoteModel("aai/universal", "AssemblyAI Universal"),
    RemoteModel("aai/slam-1", "AssemblyAI Slam-1"),
    *map(_text_only, _PLAIN),
)
_BY_ID = {model.id: model for model in MODELS}
_ALIASES = {model.id.removeprefix("#g1_"): model for model in MODELS} | {"slam-1": _BY_ID["aai/slam-1"]}
_TYPES = ("stt", "speech-to-text")


def family(model: str) -> str:
    """ "assemblyai", "openai", "microsoft", "nova-3" or "deepgram": whose options a model knows."""
    for start, name in (("aai/", "assemblyai"), ("slam", "assemblyai"), ("openai/", "openai"), ("nova-3", "nova-3")):
        if model.startswith(start):
            return name
    return "microsoft" if model.startswith("microsoft/") else "deepgram"


def listed(catalogue: object) -> tuple[RemoteModel, ...]:
    """The models of a catalogue that write down speech: those that are known, and those it says it of."""
    entries = objects(object_(catalogue).get("data") if isinstance(catalogue, dict) else catalogue)
    found: dict[str, RemoteModel] = {}
    for entry in entries:
        id_ = text(entry.get("id"))
        known = _BY_ID.get(id_) or _ALIASES.get(id_)
        if known:
            found[known.id] = known
        elif id_ and text(entry.get("type")).lower() in _TYPES:
            found[id_] = RemoteModel(id_, text(object_(entry.get("info")).get("name")))
    return tuple(found.values())


def wishes(order: Order, apart: bool) -> dict[str, Value]:
    """What to ask of the order's model; `apart`: hear the channels apart."""
    match family(order.model):
        case "assemblyai":
            asked = _assemblyai(order) | ({"multichannel": True} if apart else {})
        case "openai":
            prompt = " ".join(filter(None, (order.prompt.strip(), ", ".join(order.terms))))
            asked = {name: value for name, value in (("language", order.language), ("prompt", prompt)) if value}
        case "microsoft":
            asked = {}
        case of_deepgram:
            channels = "multichannel" if of_deepgram == "nova-3" else "multi_channel"
            asked = _deepgram(order, of_deepgram) | ({channels: True} if apart else {})
    return {"model": order.model, **asked}


def _deepgram(order: Order, of_deepgram: str) -> dict[str, Value]:
    asked: dict[str, Value] = {"punctuate": True, "smart_format": True, "utterances": True}
    if order.speakers != "off":
        asked["diarize"] = True
    if order.language:
        asked["language"] = order.language
    else:
        asked["detect_language"] = True
    if order.terms and of_deepgram == "nova-3":
        asked["keyterm"] = order.terms
    elif order.terms and "nova" in order.model:
        asked["keywords"] = ",".join(order.terms)
    return asked


def _assemblyai(order: Order) -> dict[str, Value]:
    asked: dict[str, Value] = {"punctuate": True, "format_text": True}
    if order.speakers != "off":
        asked["speaker_labels"] = True
    if order.speakers.isdigit():
        asked["speakers_expected"] = int(order.speakers)
    if order.language:
        asked["language_code"] = order.language
    else:
        asked["language_detection"] = True
    if order.terms:
        asked["word_boost"] = order.terms
    return asked
