"""STT.ai's cloned voices: a few seconds of somebody's speech and a text go there, the text in that voice comes back."""

from __future__ import annotations

import wave
from dataclasses import replace

from studio.core.accounts import Account, SpeechLimits
from studio.core.errors import InvalidRequest
from studio.engines.remote.bodies import Multipart
from studio.engines.remote.errors import unreadable
from studio.engines.remote.stt_ai import SttAi
from studio.engines.remote.stt_ai_account import SttAiTier, not_taken

from .base import Data, Sound, SpeakingVendor, TextOrder, Traffic

REFERENCE = (3.0, 10.0)  # seconds of the voice to be cloned


class SttAiVoices(SttAiTier[TextOrder], SpeakingVendor):
    info = replace(SttAi.info, switches={})
    clones = True

    @classmethod
    def limits(cls, account: Account, voice: str) -> SpeechLimits:
        return SpeechLimits()

    def fits(self, order: TextOrder) -> None:
        super().fits(order)
        if order.reference is None:
            raise InvalidRequest("STT.ai speaks in cloned voices only.", "Choose a voice made from a recording.")
        least, most = REFERENCE
        if not least <= _seconds(order.reference) <= most:
            raise InvalidRequest(
                f"A voice is cloned from {least:g} to {most:g} seconds of speech, and this has "
                f"{_seconds(order.reference):.1f}.",
                "Choose another stretch of the recording.",
            )

    def submit(self, order: TextOrder, data: Data) -> Traffic[Data | bytes]:
        self.fits(order)
        assert order.reference  # else it would not fit
        sound = order.reference
        body = Multipart("reference", sound.path, sound.name, sound.mime, {"text": order.text})
        response = yield from self.line.send(
            "POST",
            "v1/tts",
            body,
            order=True,
            not_taken=not_taken,
            read_timeout=self.patience,
            tries=self.tries,
        )
        return response.content


def _seconds(reference: Sound) -> float:
    try:
        with wave.open(str(reference.path), "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except OSError as error:
        raise unreadable(error) from error
    except (wave.Error, EOFError) as error:
        raise InvalidRequest("The recording of the voice is damaged.", "Make the voice anew.", str(error)) from error
