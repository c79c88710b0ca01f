"""Prosa.ai as a stub: jobs that are waited for or polled; text to speech is in prosa_speech.py, dictation by
WebSocket in prosa_stream.py.

By hand: `python -m tests.vendors.prosa`.

Nothing takes time: a job is done after `polls_until_done` polls, a waited one at once unless `work_s` is beyond the
server's time box; hours pass by `clock_offset_s`.
"""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from . import prosa_speech, shelf, sound
from .body import Blob, decoded
from .prosa_errors import Refused
from .prosa_jobs import Job, sentences
from .prosa_life import ProsaJobs
from .prosa_stream import dictate
from .stub import Reply, Request, Route, main

PATH = "/v2/speech/stt"
SOURCES = ("data", "audio", "uri")
SWITCHES = (
    "wait",
    "include_filler",
    "include_partial_results",
    "auto_punctuation",
    "enable_spoken_numerals",
    "enable_speech_insights",
    "enable_voice_insights",
    "enable_conversation_analytics",
)


def model(name: str, label: str) -> dict[str, Any]:
    voice = {"language": "Bahasa Indonesia", "domain": "general", "acoustic": "recording"}
    return {"name": name, "label": label, **voice, "channels": 1, "samplerate": 16000}


class Prosa(ProsaJobs):
    """Prosa.ai, both directions of speech."""

    defaults: ClassVar[dict[str, Any]] = {
        **prosa_speech.SETTINGS,
        "intro_sample": False,  # request.audio is taken as well
        "legacy_engine": False,  # config.engine is needed
        "extended": False,  # result items tell channel and speaker
        "speaker_field": "speaker_tag",  # or "speaker"
        "max_body": 10_000_000,
        "wait_limit_s": 60.0,
        "max_duration_s": 4 * 3600.0,
        "sniff": True,  # the audio must look like a known container
        "uri_failure": None,  # context of an asr_request_uri_download_error, e.g. {"reason": "forbidden"}
        "uri_duration_s": None,  # what lies behind a uri
        "stream_greeting": "created",  # or "status": how a dictation is told to begin
        "stream_errors": True,  # an error is a message before it is a close code
        "stream_failure": None,  # {"code", "message", "context", "after": bytes of sound}: a dictation that fails
        "stream_completes": True,  # else it ends without a word, cut short
        "models": [model("stt-general", "ASR General"), model("stt-general-online", "ASR General Online")],
    }

    @property
    def base_url(self) -> str:
        return self.url + "/v2/speech/"

    def clear(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.speeches: dict[str, Job] = {}
        self.characters = 0  # spoken so far
        self.shelf = shelf.Shelf(self)

    def shelf_of(self, request: Request) -> dict[str, Job]:
        return self.speeches if request.path.startswith(prosa_speech.PATH) else self.jobs

    def result(self, job: Job, request: Request) -> dict[str, Any]:
        if isinstance(job, prosa_speech.Speech):
            return prosa_speech.result(self, job, request)
        return {"data": self._items(job)}

    def admit(self, route: Route, key: str | None) -> Reply | None:
        """Keys are issued for one direction, where `speech_keys` are set."""
        keys, speaks = self["speech_keys"], route.path.startswith(prosa_speech.PATH)
        if keys is not None and route.auth == "key" and key in self["valid_keys"] and (key in keys) != speaks:
            return self.refuse("bad_key")
        return super().admit(route, key)

    # --- submit

    def submit(self, request: Request) -> Reply:
        try:
            job = self._accepted(request.fields)
        except Refused as refused:
            return self.fault(refused.id, message=refused.message, **refused.context)
        return Reply(self.begin(job, request))

    def _accepted(self, fields: dict[str, Any]) -> Job:
        """The job of a submitted request. Raises Refused."""
        config, request = fields.get("config"), fields.get("request")
        if not isinstance(config, dict) or not isinstance(request, dict):
            raise Refused("request_validation_error", "config and request must be objects")
        options = self._options(config)
        if not isinstance(request.get("label", ""), str | None):
            raise Refused("request_validation_error", "request.label must be a string")
        known = {each["name"]: each for each in self["models"]}
        if options["model"] not in known:
            raise Refused("asr_model_not_found", model=options["model"])
        digest, duration = self._audio(request)
        if duration is not None and duration > self["max_duration_s"]:
            limits = {"duration": str(duration), "max_duration": str(self["max_duration_s"])}
            raise Refused("asr_request_file_too_large", **limits)
        if options["wait"] and duration is not None and duration > self["wait_limit_s"]:
            raise Refused("asr_request_waiting_not_allowed")
        now = self.now()
        shown = {name: value for name, value in request.items() if name not in SOURCES or name == "uri"}
        return Job(self.new_id(), now, now, shown, options, known[options["model"]], digest, duration)

    def _options(self, config: dict[str, Any]) -> dict[str, Any]:
        """The job's settings with their defaults. Raises Refused."""
        if self["legacy_engine"] and "engine" not in config:
            raise Refused("request_validation_error", "config.engine: field required")
        name = config.get("model", config.get("engine"))
        if not isinstance(name, str):
            raise Refused("request_validation_error", "config.model: a string is required")
        found: dict[str, Any] = {"model": name}
        for switch in SWITCHES:
            found[switch] = config.get(switch, False)
            if not isinstance(found[switch], bool):
                raise Refused("request_validation_error", f"config.{switch} must be true or false")
        count = found["speaker_count"] = config.get("speaker_count", 1)
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise Refused("request_validation_error", "config.speaker_count must be a whole number")
        return found

    def _audio(self, request: dict[str, Any]) -> tuple[str, float | None]:
        """Hash and duration of the one source of audio. Raises Refused."""
        names = SOURCES if self["intro_sample"] else ("data", "uri")
        given = {name: request[name] for name in names if request.get(name)}
        if not given:
            raise Refused("asr_request_no_audio_data")
        if len(given) > 1:
            raise Refused("request_validation_error", "only one source of audio may be given")
        ((name, value),) = given.items()
        if not isinstance(value, str | Blob):
            raise Refused("request_validation_error", f"request.{name} must be a string")
        hint = request.get("duration")
        if name == "uri":
            return self._behind(value), hint if self["uri_duration_s"] is None else self["uri_duration_s"]
        audio = decoded(value)
        if audio is None:
            raise Refused("asr_request_invalid_data")
        if self["sniff"] and sound.container(audio.file) is None:
            raise Refused("asr_request_unsupported_media_type")
        measured = sound.duration(audio.file)
        return audio.sha256, hint if measured is None else measured

    def _behind(self, uri: str | Blob) -> str:
        """The hash of what lies behind an address; it is never fetched. Raises Refused."""
        if not isinstance(uri, str) or not uri.startswith(("https://", "googledrive://")):
            raise Refused("asr_request_invalid_uri")
        if self["uri_failure"] is not None:
            raise Refused("asr_request_uri_download_error", **self["uri_failure"])
        return hashlib.sha256(uri.encode()).hexdigest()

    def all_models(self, request: Request) -> Reply:
        return Reply(self["models"])

    # --- results

    def _items(self, job: Job) -> list[dict[str, Any]]:
        """The transcript that was set, or sentences that depend on the audio alone."""
        length = job.duration or 6.0
        given = self["transcript"]
        if isinstance(given, list):
            return given
        if given is not None:
            items = [{"transcript": given, "final": True, "time_start": 0.0, "time_end": length}]
        else:
            items = sentences(job.digest, length)
        for at, item in enumerate(items if self["extended"] else []):
            item |= {"channel": 0, self["speaker_field"]: 1 + at % job.config["speaker_count"]}
        if job.config["include_partial_results"]:
            items[-1]["final"] = False
        return items

    routes = (
        Route("POST", PATH, submit, ("application/json",), paid=True, limit="max_body"),
        Route("WS", PATH, dictate, auth="own"),
        Route("GET", f"{PATH}/models", all_models),
        *ProsaJobs.routes_below(PATH),
        *prosa_speech.ROUTES,
        *ProsaJobs.routes_below(prosa_speech.PATH, prosa_speech.get),
        *shelf.ROUTES,
    )


if __name__ == "__main__":
    main(Prosa)
