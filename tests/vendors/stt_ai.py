"""STT.ai: the host that transcribes while the client waits or speaks, and the account API below /api/.

It speaks and cleans sound, too: stt_ai_speech.py.

`python -m tests.vendors.stt_ai` serves both. The address itself is the inference base, with /api/ the account base.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, ClassVar

from . import spoken, stt_ai_speech
from . import stt_ai_account as account
from .body import Blob
from .captions import cues_of, srt, text_of, vtt
from .heard import Heard, Word, confidence_of, hear, turns
from .messages import SOCKET
from .stt_ai_speech import Refused
from .stt_ai_stream import dictate
from .stub import Reply, Request, Route, Stub, main

TYPES = [
    "mp3",
    "wav",
    "flac",
    "ogg",
    "m4a",
    "aac",
    "opus",
    "wma",
    "mp4",
    "webm",
    "mkv",
    "avi",
    "mov",
    "wmv",
    "mpg",
    "mpeg",
]
MODELS: tuple[tuple[str, str, str], ...] = (
    ("large-v3-turbo", "Whisper Large V3 Turbo", "fast"),
    ("large-v3", "Whisper Large V3", "standard"),
    ("medium", "Whisper Medium", "fast"),
    ("small", "Whisper Small", "very_fast"),
)
LANGUAGES = {"en": "english", "es": "spanish", "fr": "french", "de": "german", "id": "indonesian", "jw": "javanese"}
FIELDS = {"file", "model", "language", "diarize", "speakers", "response_format"}
NEEDLESS = ".,?!—"  # words come without punctuation


class SttAi(Stub):
    """STT.ai: inference host and account API in one."""

    refusal = Refused

    defaults: ClassVar[dict[str, Any]] = {
        **spoken.SETTINGS,
        **stt_ai_speech.SETTINGS,
        "error_key": "error",  # or "detail"
        "auth_status": 401,  # or 403
        "anonymous": True,  # transcribes without a key
        "tier": "free",  # or "paid": that of every valid key
        "max_file": {"anonymous": 100_000_000, "free": 500_000_000, "paid": 2_000_000_000},
        "too_large": 413,  # the status; None of them is documented
        "concurrent": {"anonymous": 1, "free": 2, "paid": 5},
        "daily": 3,  # transcriptions without a key
        "monthly_minutes": 600,  # of the free tier
        "credits": 1000,  # of the paid tier, one a minute begun
        "models": [name for name, _, _ in MODELS],
        "paid_models": [],  # such as stt-ai-enhanced: 402 in other tiers
        "described_models": False,  # the catalogue has `description`
        "formats": ["json", "txt", "srt", "vtt"],  # the SDK says text and verbose_json instead of txt
        "any_field": False,  # unknown fields are let through
        "spoken": "en",  # what is heard when the language is auto
        "words": True,
        "undiarized": "missing",  # or "empty": `speakers` with diarize=false
        "some_speakerless": False,  # every third segment has no speaker
        "work_s": 0.0,  # silence before each transcription's reply; 0 ends it at once
        "hold": False,  # transcriptions wait until this is False again
        "gpu": True,
        "transcripts": 45,  # in the account from the start
        "keeps_inference": False,  # transcriptions made with a key appear in the account
        "stream_dialect": "doc",  # or "sdk": key and settings in the query, an empty message at the end, `final`
        "extra": {},  # further fields of every transcription
        "max_body": None,
    }

    def clear(self) -> None:
        self._busy: Counter[str] = Counter()
        self._today: Counter[str] = Counter()
        self._minutes = 0
        self._closing = False
        self.preferences = {"newsletter": True, "transcript_ready": True}
        self.stored = account.stored(self["transcripts"])

    def configure(self, **settings: Any) -> None:
        with self._changed:
            super().configure(**settings)
            self._changed.notify_all()

    def __exit__(self, *args: Any) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        super().__exit__(*args)

    def wait_busy(self, count: int, timeout: float = 5) -> None:
        """Wait until so many transcriptions are under way. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._busy.total() == count, timeout):
                raise TimeoutError(f"{self._busy.total()} of {count} transcriptions are under way")

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        if why in ("no_key", "bad_key"):
            status = self["auth_status"]
        message = {
            "no_key": "Authentication credentials were not provided.",
            "bad_key": "Invalid API key.",
            "broke": "No credits remaining. Upgrade your plan.",
            "slow": "Rate limit exceeded.",
            "unknown": "Not found.",
            "method": f'Method "{detail}" not allowed.',
            "large": "File too large.",
        }.get(why) or detail
        if not message:
            message = "GPU temporarily unavailable." if status == 503 else f"Error {status}"
        return Reply({self["error_key"]: message}, status)

    # --- information

    def list_models(self, request: Request) -> Reply:
        known = {name: (title, speed) for name, title, speed in MODELS}
        found = []
        for name in self["models"]:
            title, speed = known.get(name, (name, "standard"))
            found.append({"id": name, "name": title, "languages": 99, "speed": speed})
            if self["described_models"]:
                found[-1]["description"] = f"{title} for any language"
        return Reply({"models": found})

    def list_languages(self, request: Request) -> Reply:
        return Reply({"languages": [{"code": code, "name": name} for code, name in LANGUAGES.items()]})

    def health(self, request: Request) -> Reply:
        if not self["gpu"]:
            return Reply({"status": "degraded", "gpu_available": False, "gpu_name": None, "gpu_memory_mb": 0})
        return Reply({"status": "ok", "gpu_available": True, "gpu_name": "NVIDIA A100", "gpu_memory_mb": 8188})

    # --- transcription

    def transcribe(self, request: Request) -> Reply:
        tier = self["tier"] if request.key else "anonymous"
        try:
            with self.working(request.key or "", tier):
                options, sound = self._options(request, tier)
                if not self["gpu"]:
                    return self.error(503)
                heard = hear(sound, self["transcript"])
                self.charge(tier, math.ceil(heard.seconds / 60))
                self.work()
        except Refused as refused:
            return self.error(refused.status, detail=str(refused))
        result = self._result(heard, options)
        if request.key and self["keeps_inference"]:
            account.keep(self.stored, result, options["model"], self.now())
        return self._formatted(result, heard, options["response_format"])

    def work(self) -> None:
        """Take as long as `work_s` and `hold` say."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or not self["work_s"], self["work_s"])
            self._changed.wait_for(lambda: self._closing or not self["hold"], 60)

    @contextmanager
    def working(self, key: str, tier: str) -> Iterator[None]:
        with self._changed:
            if self._busy[key] >= self["concurrent"][tier]:
                raise Refused(429, f"Too many concurrent requests for the {tier} tier.")
            busy = self._busy  # a reset forgets those under way
            busy[key] += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                busy[key] -= 1
                self._changed.notify_all()

    def upload(self, sound: Any, tier: str) -> Blob:
        """A file that may be sent in; raises Refused."""
        if not isinstance(sound, Blob) or sound.text or not sound.name:
            raise Refused(400, "No file provided.")
        if PurePath(sound.name).suffix.lower()[1:] not in TYPES or not sound.size:
            raise Refused(400, f"Unsupported file format: {sound.name}")
        if sound.size > self["max_file"][tier]:
            raise Refused(self["too_large"], f"File too large for the {tier} tier.")
        return sound

    def only(self, fields: dict[str, Any], known: set[str]) -> None:
        """Raises Refused for other fields."""
        if (unknown := sorted(fields.keys() - known)) and not self["any_field"]:
            raise Refused(400, f"Unknown field: {unknown[0]}")

    def _options(self, request: Request, tier: str) -> tuple[dict[str, str], Blob]:
        """The text fields with their defaults, and the file; raises Refused."""
        fields = request.fields
        sound = self.upload(fields.get("file"), tier)
        self.only(fields, FIELDS)
        options = {
            "model": "large-v3-turbo",
            "language": "auto",
            "diarize": "true",
            "speakers": "0",
            "response_format": "json",
        } | {name: value for name, value in fields.items() if name != "file"}
        patterns = {
            "model": "|".join(map(re.escape, [*self["models"], *self["paid_models"]])),
            "language": "auto|[a-z]{2}",
            "diarize": "true|false",
            "speakers": "[0-9]{1,2}",
            "response_format": "|".join(self["formats"]),
        }
        for name, pattern in patterns.items():
            if not isinstance(options[name], str) or not re.fullmatch(pattern, options[name]):
                raise Refused(400, f"Invalid {name}: {options[name]}")
        if options["model"] in self["paid_models"] and tier != "paid":
            raise Refused(402, "This model needs a paid plan.")
        return options, sound

    def charge(self, tier: str, minutes: int) -> None:
        with self.lock:
            day = datetime.fromtimestamp(self.now(), UTC).date().isoformat()
            if tier == "anonymous":
                if self._today[day] >= self["daily"]:
                    raise Refused(429, "Daily limit reached. Sign up for more.")
                self._today[day] += 1
            elif tier == "free" and self._minutes + minutes > self["monthly_minutes"]:
                raise Refused(429, "Monthly limit reached.")
            elif tier == "paid" and self._minutes + minutes > self["credits"]:
                raise Refused(402, "No credits remaining. Upgrade your plan.")
            else:
                self._minutes += minutes

    @property
    def minutes_used(self) -> int:
        return self._minutes

    def _result(self, heard: Heard, options: dict[str, str]) -> dict[str, Any]:
        speakers = (int(options["speakers"]) or 2) if options["diarize"] == "true" else 0
        segments = [self._segment(turn, speakers) for turn in turns(heard.words)]
        language = self["spoken"] if options["language"] == "auto" else options["language"]
        result = {"text": text_of(heard.words), "language": language, "duration": heard.seconds, "segments": segments}
        if speakers:
            result["speakers"] = list(dict.fromkeys(each["speaker"] for each in segments if "speaker" in each))
        elif self["undiarized"] == "empty":
            result["speakers"] = []
        return result

    def _segment(self, turn: list[Word], speakers: int) -> dict[str, Any]:
        segment: dict[str, Any] = {
            "start": turn[0].start / 1000,
            "end": turn[-1].end / 1000,
            "text": text_of(turn),
            "confidence": round(confidence_of(turn), 2),
        }
        if speakers and not (self["some_speakerless"] and turn[0].turn % 3 == 2):
            segment["speaker"] = f"Speaker {turn[0].turn % speakers + 1}"
        if self["words"]:
            segment["words"] = [
                {"word": word.text.strip(NEEDLESS), "start": word.start / 1000, "end": word.end / 1000}
                for word in turn
                if word.text.strip(NEEDLESS)
            ]
        return segment

    def _formatted(self, result: dict[str, Any], heard: Heard, format: str) -> Reply:
        cues = cues_of(heard.words)
        match format:
            case "srt":
                return Reply(srt(cues), type="application/x-subrip; charset=utf-8")
            case "vtt":
                return Reply(vtt(cues), type="text/vtt; charset=utf-8")
            case "txt" | "text":
                return Reply(text_of(heard.words))
        return Reply(result | self["extra"])

    routes = (
        Route("GET", "/v1/models", list_models, auth="none"),
        Route("GET", "/v1/languages", list_languages, auth="none"),
        Route("GET", "/health", health, auth="none"),
        Route(
            "POST",
            "/v1/transcribe",
            transcribe,
            ("multipart/form-data",),
            auth="optional",
            paid=True,
            limit="max_body",
        ),
        *stt_ai_speech.ROUTES,
        Route("WS", "/v1/stream", dictate, auth="optional", paid=True),
        *account.ROUTES,
    )

    def key(self, request: Request) -> str | None:
        if request.method == SOCKET and self["stream_dialect"] == "sdk":
            token = request.query.get("token")
            return token if isinstance(token, str) else None
        return super().key(request)

    def admit(self, route: Route, key: str | None) -> Reply | None:
        if key is None and route.auth == "optional" and not self["anonymous"]:
            return self.refuse("no_key")
        return super().admit(route, key)


if __name__ == "__main__":
    main(SttAi)
