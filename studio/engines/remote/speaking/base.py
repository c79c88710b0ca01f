"""Vendors that speak: a text goes there, sound comes back. What they share with those that hear is in service.py.

To add one: a class that derives from SpeakingVendor and a line in `speaking/__init__.py` (or an entry point of the
group `transcription_studio.voices`). Sound is always asked for as the voice speaks by itself: pitch and tempo are
the studio's own work.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from studio.core.accounts import Account, RemoteVoice, SpeechLimits
from studio.core.errors import InvalidRequest, TooLarge
from studio.core.speaking import SpokenWord
from studio.engines.remote.errors import bad_response
from studio.engines.remote.service import Data, Service, Sound, Traffic

from .sound import cut_short, suffix_of

_PATIENCE = 120.0  # seconds for an answer that is the sound
_LARGEST = 200_000_000  # bytes of sound


@dataclass(frozen=True, slots=True)
class TextOrder:
    """What shall be said. Nothing in it is looked up again later."""

    text: str  # without white space around it
    uid: str  # our own id of this order; goes where the vendor lets us put a label
    voice: str  # the vendor's own name for it
    language: str | None = None  # ISO 639-1; None: the voice's own
    reference: Sound | None = None  # how a cloned voice sounds


@dataclass(frozen=True, slots=True)
class Speech:
    """What a reply says."""

    sound: bytes  # an encoded file
    suffix: str  # of such a file, by what it holds: ".ogg"
    words: tuple[SpokenWord, ...] = ()  # where the vendor tells them
    facts: Mapping[str, str] = field(default_factory=dict)


class SpeakingVendor(Service[TextOrder]):
    known: ClassVar[tuple[RemoteVoice, ...]] = ()  # voices by the documentation
    shaping: ClassVar[tuple[str, ...]] = ()  # options of the account that change how it sounds
    clones: ClassVar[bool] = False  # speaks as somebody in a recording does

    # What a vendor must tell, besides what every service does

    @classmethod
    @abstractmethod
    def limits(cls, account: Account, voice: str) -> SpeechLimits: ...

    @classmethod
    def read(cls, reply: bytes, order: TextOrder) -> Speech:
        """What the reply says. No network. Raises BadResponse, JobFailed."""
        return cls.heard(reply)

    # What a vendor may be able to do

    def voices(self) -> Traffic[tuple[RemoteVoice, ...]]:
        """What the vendor offers now; where it does not tell, what is known without asking."""
        return self.known
        yield

    @classmethod
    def shape(cls, account: Account) -> dict[str, str]:
        """What of the account changes how it sounds."""
        return {name: account.options[name] for name in cls.shaping if account.options.get(name)}

    @property
    def patience(self) -> float:
        """Seconds that an answer which is the sound may take."""
        return self.patient(_PATIENCE)

    def fits(self, order: TextOrder) -> None:
        """Nothing is sent that is over a limit. Raises TooLarge, InvalidRequest."""
        most = self.limits(self.account, order.voice).characters
        if not order.text:
            raise InvalidRequest("There is nothing to say.", "Give a text with words in it.")
        if most is not None and len(order.text) > most:
            raise TooLarge(
                f"{self.info.title} speaks {most:,} characters at most, and this has {len(order.text):,}.",
                "Have it spoken in parts.",
            )

    @classmethod
    def heard(cls, sound: bytes) -> Speech:
        """Sound by itself. Raises BadResponse where it is none."""
        title = cls.info.title
        if not sound:
            raise bad_response(title, "an answer without sound", sound)
        if len(sound) > _LARGEST:
            raise bad_response(title, "more than 200 MB of sound", "")
        suffix = suffix_of(sound)
        if not suffix:
            raise bad_response(title, "something that is no sound", sound)
        if cut_short(sound):
            raise bad_response(title, "sound that is cut short", "")
        return Speech(sound, suffix)


__all__ = ["Data", "Sound", "SpeakingVendor", "Speech", "TextOrder", "Traffic"]
