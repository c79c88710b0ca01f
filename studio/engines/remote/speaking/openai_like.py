"""OpenAI's speech, and the many servers that answer alike. One request with the text, answered by the sound."""

from __future__ import annotations

from dataclasses import replace

from studio.core.accounts import Account, RemoteVoice, SpeechLimits
from studio.core.errors import UsageError
from studio.engines.remote.bodies import Json
from studio.engines.remote.line import Line
from studio.engines.remote.openai_like import OpenAIAccount, OpenAILike

from .base import Data, SpeakingVendor, TextOrder, Traffic

VOICES = ("alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse")
LONGEST = 4096  # characters
_MODEL = "tts-1"
_FORMATS = ("mp3", "opus", "aac", "flac", "wav")


def names(voices: str) -> tuple[str, ...]:
    """Of a list that the user has typed."""
    return tuple(name.strip() for name in voices.split(",") if name.strip())


class OpenAIVoices(OpenAIAccount[TextOrder], SpeakingVendor):
    info = replace(
        OpenAILike.info,
        switches={
            "speech_model": f"the model that speaks; without it {_MODEL}",
            "speech_format": f"how speech is sent: {', '.join(_FORMATS)}; without it the first",
            "voices": "the names of the server's own voices, separated by commas",
        },
    )
    known = tuple(RemoteVoice(name, name.title()) for name in VOICES)
    shaping = ("speech_model", "speech_format")

    def __init__(self, account: Account, key: str, line: Line) -> None:
        super().__init__(account, key, line)
        self.format = account.options.get("speech_format") or _FORMATS[0]
        if self.format not in _FORMATS:
            raise UsageError(f"There is no format “{self.format}”.", f"Choose one of {', '.join(_FORMATS)}.")

    @classmethod
    def limits(cls, account: Account, voice: str) -> SpeechLimits:
        return SpeechLimits(LONGEST)

    def voices(self) -> Traffic[tuple[RemoteVoice, ...]]:
        """No server of this kind must list them: those that the user has named, else those of OpenAI."""
        own = names(self.account.options.get("voices", ""))
        return tuple(map(RemoteVoice, own, own)) or self.known
        yield

    def submit(self, order: TextOrder, data: Data) -> Traffic[Data | bytes]:
        self.fits(order)
        body = Json(
            {
                "model": self.account.options.get("speech_model") or _MODEL,
                "input": order.text,
                "voice": order.voice,
                "response_format": self.format,
            }
        )
        response = yield from self.line.send("POST", "audio/speech", body, order=True, read_timeout=self.patience)
        return response.content
