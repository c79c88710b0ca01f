"""The payloads of AI/ML API: those of the makers behind it, in the variants that its documents show."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import deepgram_reply
from .captions import text_of
from .heard import Heard, Word, confidence_of, turns
from .openai_reply import usage

Json = dict[str, Any]


def is_on(options: Json, name: str) -> bool:
    return options.get(name) in (True, "true")


def deepgram(heard: Heard, options: Json, settings: Json, new_id: Callable[[], str], model: str) -> Json:
    """Shape A."""
    asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in options.items()}
    asked["multichannel"] = "true" if is_on(options, "multichannel") or is_on(options, "multi_channel") else "false"
    heard = replace(heard, channels=settings["channels"] or heard.channels)
    metadata = {
        "transaction_key": "deprecated",
        "request_id": new_id(),
        "created": "2025-06-04T12:00:00.000Z",
        "duration": heard.seconds,
        "channels": heard.channels,
        "models": [model],
        "model_info": {model: {"name": model, "version": "2024-12-18.0", "arch": model}},
    }
    if settings["null_results"]:
        return {"metadata": metadata, "results": None}
    results = deepgram_reply.results(heard, asked, new_id)
    if settings["paragraphs"] == "array":
        for channel in results["channels"]:
            for alternative in channel["alternatives"]:
                if "paragraphs" in alternative:
                    alternative["paragraphs"] = [alternative["paragraphs"]]
    if settings["channels_object"] and len(results["channels"]) == 1:
        results["channels"] = results["channels"][0]
    return {"metadata": metadata, "results": results}


def assembly(heard: Heard, options: Json, settings: Json, id: str) -> Json:
    """Shape B: milliseconds. `status` and `error` in it are AssemblyAI's own."""
    labels = is_on(options, "speaker_labels")

    def word(said: Word) -> Json:
        return {
            "text": said.text,
            "start": said.start,
            "end": said.end,
            "confidence": said.confidence,
            "speaker": "AB"[said.turn % 2] if labels else None,
        }

    def utterance(turn: list[Word]) -> Json:
        return {
            "confidence": confidence_of(turn),
            "start": turn[0].start,
            "end": turn[-1].end,
            "speaker": "AB"[turn[0].turn % 2],
            "text": text_of(turn),
            "words": [word(said) for said in turn],
        }

    done = settings["inner_status"] == "completed"
    reply: Json = {
        "id": id,
        "language_model": "assemblyai_default",
        "acoustic_model": "assemblyai_default",
        "language_code": options.get("language_code", "en_us"),
        "status": settings["inner_status"],
        "audio_url": "https://cdn.example.org/upload",
        "text": text_of(heard.words) if done else None,
        "words": [word(said) for said in heard.words] if done else None,
        "utterances": [utterance(turn) for turn in turns(heard.words)] if labels and done else None,
        "confidence": confidence_of(heard.words) if done else None,
        "audio_duration": round(heard.seconds),
    }
    if settings["inner_status"] == "error":
        reply["error"] = settings["inner_error"]
    if is_on(options, "auto_highlights"):
        reply["auto_highlights_result"] = {"status": "unavailable"}  # of the feature, not of the job
    return reply


def text_only(heard: Heard, model: str) -> Json:
    """Shape C, which differs in how the use is counted."""
    if model.startswith("openai/"):
        return {"text": text_of(heard.words), "usage": usage(heard, tokens=True)}
    seconds = math.ceil(heard.seconds)
    return {"text": text_of(heard.words), "usage": {"seconds": seconds, "cost": round(seconds * 0.0001, 6)}}
