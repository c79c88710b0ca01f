"""Vendors that take the noise out of sound: STT.ai's /v1/enhance-audio. One request with the sound, answered by it."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.errors import TooLarge

from .bodies import Multipart
from .errors import bad_response, unreadable
from .service import Data, Sound, Traffic
from .speaking.sound import cut_short, suffix_of
from .stt_ai import SttAi
from .stt_ai_account import SttAiTier, not_taken

_PATIENCE = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class SoundOrder:
    sound: Sound
    uid: str  # our own id of this order


class SttAiCleaning(SttAiTier[SoundOrder]):
    info = SttAi.info

    def fits(self, order: SoundOrder) -> None:
        try:
            size = order.sound.path.stat().st_size
        except OSError as error:
            raise unreadable(error) from error
        if size > self.largest:
            raise TooLarge(f"STT.ai takes {self.largest / 1_000_000:g} MB at most.", "Have a shorter part cleaned.")

    def submit(self, order: SoundOrder, data: Data) -> Traffic[Data | bytes]:
        self.fits(order)
        sound = order.sound
        response = yield from self.line.send(
            "POST",
            "v1/enhance-audio",
            Multipart("file", sound.path, sound.name, sound.mime),
            order=True,
            not_taken=not_taken,
            read_timeout=self.patient(max(_PATIENCE, 2 * sound.duration / 1000)),
            tries=self.tries,
        )
        return response.content

    @classmethod
    def read(cls, reply: bytes) -> bytes:
        """The cleaned sound, a WAV file that is whole. Raises BadResponse."""
        if suffix_of(reply) != ".wav":
            raise bad_response(cls.info.title, "something that is no sound", reply[:200])
        if cut_short(reply):
            raise bad_response(cls.info.title, "sound that is cut short", "")
        return reply


def cleaning_vendors() -> dict[str, type[SttAiCleaning]]:
    return {SttAiCleaning.info.kind: SttAiCleaning}
