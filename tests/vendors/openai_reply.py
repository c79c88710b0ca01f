"""The shapes of OpenAI's replies. Times are seconds in single precision, as the real ones are."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

from .captions import text_of
from .heard import Heard, Word, turns

Json = dict[str, Any]
NAMES = {
    "ar": "arabic",
    "cs": "czech",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "he": "hebrew",
    "hi": "hindi",
    "id": "indonesian",
    "it": "italian",
    "ja": "japanese",
    "jw": "javanese",
    "ko": "korean",
    "ms": "malay",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "uk": "ukrainian",
    "vi": "vietnamese",
    "zh": "chinese",
}


def single(seconds: float) -> float:
    """The nearest number of single precision."""
    return float(struct.unpack("f", struct.pack("f", seconds))[0])


def plain(heard: Heard) -> Json:
    return {"text": text_of(heard.words)}


def verbose(heard: Heard, task: str, temperature: float = 0.0) -> Json:
    """With everything in it; the caller takes out what was not asked for."""
    return {
        "task": task,
        "language": "english",
        "duration": single(heard.seconds),
        "text": text_of(heard.words),
        "segments": [_segment(number, turn, temperature) for number, turn in enumerate(turns(heard.words))],
        "words": [
            {"word": word.text.strip(".,?!—"), "start": single(word.start / 1000), "end": single(word.end / 1000)}
            for word in heard.words
            if word.text.strip(".,?!—")
        ],
    }


def _segment(number: int, turn: list[Word], temperature: float) -> Json:
    start, end = turn[0].start / 1000, turn[-1].end / 1000
    return {
        "id": number,
        "seek": int(start // 30) * 3000,
        "start": single(start),
        "end": single(end),
        "text": " " + text_of(turn),
        "tokens": [50364, *(1000 + len(word.text) for word in turn), 50364 + round((end - start) * 50)],
        "temperature": temperature,
        "avg_logprob": sum(math.log(word.confidence) for word in turn) / len(turn),
        "compression_ratio": 1.2363636493682861,
        "no_speech_prob": 0.00985979475080967,
    }


def diarized(heard: Heard, names: list[str]) -> Json:
    """Two speakers take turns: the known names first, then A, B."""
    speakers = [*names, "A", "B"][:2]
    return {
        "task": "transcribe",
        "duration": heard.seconds,
        "text": text_of(heard.words),
        "segments": [
            {
                "type": "transcript.text.segment",
                "id": f"seg_{number:03}",
                "start": single(turn[0].start / 1000),
                "end": single(turn[-1].end / 1000),
                "text": " " + text_of(turn),
                "speaker": speakers[turn[0].turn % 2],
            }
            for number, turn in enumerate(turns(heard.words), 1)
        ],
    }


def usage(heard: Heard, tokens: bool) -> Json:
    if not tokens:
        return {"type": "duration", "seconds": math.ceil(heard.seconds)}
    given, made = math.ceil(heard.seconds * 10), len(heard.words)
    return {
        "type": "tokens",
        "input_tokens": given,
        "input_token_details": {"text_tokens": 0, "audio_tokens": given},
        "output_tokens": made,
        "total_tokens": given + made,
    }


def logprobs(heard: Heard) -> list[Json]:
    return [
        {"token": token, "logprob": math.log(word.confidence), "bytes": list(token.encode())}
        for number, word in enumerate(heard.words)
        for token in [f" {word.text}" if number else word.text]
    ]


def events(body: Json) -> str:
    """A reply as server-sent events: what is known so far piece by piece, and all of it at the end."""
    words = body["text"].split()
    found: list[Json] = [
        {"type": "transcript.text.delta", "delta": f" {word}" if number else word} for number, word in enumerate(words)
    ]
    found += body.get("segments") or []
    done = {"type": "transcript.text.done", "text": body["text"]}
    found.append(done | {name: body[name] for name in ("logprobs", "usage") if name in body})
    return "".join(f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in found)
