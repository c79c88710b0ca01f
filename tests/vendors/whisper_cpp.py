"""whisper.cpp's server: no key, no models, WAV only; mistakes are told with status 200.

`python -m tests.vendors.whisper_cpp` serves it. Field names, quirks and replies follow its examples/server.
"""

from __future__ import annotations

import math
import re
from typing import Any, ClassVar

from .body import Blob
from .captions import cues_of, srt, text_of, vtt
from .heard import Heard, Word, hear, turns
from .openai_reply import NAMES
from .stub import Reply, Request, Route, Stub, main


class WhisperCpp(Stub):
    """The server of whisper.cpp."""

    defaults: ClassVar[dict[str, Any]] = {
        "inference_path": "/inference",  # or /v1/audio/transcriptions, as many start it
        "converts": False,  # started with --convert: takes any format
        "error_status": 200,  # newer ones may say 400
        "spoken": "en",
        "extra": {},  # further fields of every JSON transcription
        "max_body": None,
    }

    def inference(self, request: Request) -> Reply:
        if request.path != self["inference_path"]:
            return self.refuse("unknown", request.path)
        fields = request.fields
        sound = fields.get("file")
        if not isinstance(sound, Blob) or sound.text:
            return self._mistake("no 'file' field in the request")
        if not self["converts"] and not _is_wav(sound):
            return self._mistake("failed to read WAV file")
        if not re.fullmatch(r"\d+(\.\d*)?", fields.get("temperature", "0")):
            return self.error(500)  # it does not catch what the conversion throws
        heard = hear(sound, self["transcript"])
        cues = [(start, end, f" {text}") for start, end, text in cues_of(heard.words)]
        text = "".join(f"{text}\n" for _, _, text in cues)
        match fields.get("response_format", "json"):
            case "text":
                return Reply(text, type="text/html; charset=utf-8")
            case "srt":
                return Reply(srt(cues), type="application/x-subrip")
            case "vtt":
                return Reply(vtt(cues), type="text/vtt")
            case "verbose_json":
                return Reply(self._verbose(heard, fields, text) | self["extra"])
        return Reply({"text": text} | self["extra"])  # also for formats that it does not know

    def _mistake(self, message: str) -> Reply:
        return Reply({"error": message}, self["error_status"])

    def _verbose(self, heard: Heard, fields: dict[str, Any], text: str) -> dict[str, Any]:
        code = fields.get("language", "auto")
        code = self["spoken"] if code == "auto" else code
        return {
            "task": "translate" if fields.get("translate") == "true" else "transcribe",
            "language": NAMES.get(code, code),
            "duration": heard.seconds,
            "text": text,
            "segments": [_segment(number, turn, fields) for number, turn in enumerate(turns(heard.words))],
        }

    def index(self, request: Request) -> Reply:
        return Reply("<html><body>whisper.cpp server</body></html>", type="text/html")

    routes = (
        Route("GET", "/", index, auth="none"),
        Route("POST", "/inference", inference, ("multipart/form-data",), auth="none", limit="max_body"),
        Route("POST", "/v1/audio/transcriptions", inference, ("multipart/form-data",), auth="none", limit="max_body"),
    )


def _is_wav(sound: Blob) -> bool:
    sound.file.seek(0)
    head = sound.file.read(12)
    return bool(head[:4] == b"RIFF" and head[8:] == b"WAVE")


def _segment(number: int, turn: list[Word], fields: dict[str, Any]) -> dict[str, Any]:
    timed = fields.get("no_timestamps") != "true"
    pieces = [piece for word in turn for piece in _tokens(word, timed)]
    segment: dict[str, Any] = {"id": number, "text": " " + text_of(turn)}
    if timed:
        segment |= {"start": turn[0].start / 1000, "end": turn[-1].end / 1000}
    return segment | {
        "tokens": [1000 + len(piece["word"]) for piece in pieces],
        "words": pieces,
        "temperature": float(fields.get("temperature", 0)),
        "avg_logprob": sum(math.log(piece["probability"]) for piece in pieces) / len(pieces),
        "no_speech_prob": 0.01,
    }


def _tokens(word: Word, timed: bool) -> list[dict[str, Any]]:
    """What it calls words are tokens: the first has a blank in front, punctuation stands alone."""
    bare = word.text.rstrip(".,?!")
    parts = [" " + bare, *word.text[len(bare) :]] if bare else [" " + word.text]
    found = []
    for at, part in enumerate(parts):
        piece: dict[str, Any] = {"word": part}
        if timed:
            start = word.end if at else word.start
            piece |= {"start": start / 1000, "end": word.end / 1000, "t_dtw": -1}
        found.append(piece | {"probability": word.confidence})
    return found


if __name__ == "__main__":
    main(WhisperCpp)
