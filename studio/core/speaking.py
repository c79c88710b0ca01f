"""Speaking: voices, and how they speak. Values and pure functions; sound itself is made elsewhere."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .errors import UsageError

PITCHES = (-12.0, 12.0)  # semitones
TEMPOS = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Voice:
    """`id` is "ENGINE/NAME" for a voice on this computer and "@ACCOUNT/NAME" for one at a vendor."""

    id: str
    title: str  # "Heart"
    languages: tuple[str, ...]  # ISO 639-1; empty: any
    engine: str  # what speaks, as the user reads it: "Kokoro", "espeak-ng", "Prosa.ai"
    gender: str = ""  # "female", "male" or ""
    model: str = ""  # what must be fetched first (models.catalogue), "" for nothing

    def speaks(self, language: str | None) -> bool:
        return not language or not self.languages or language in self.languages


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it is said. Both mean the same for every voice, because the studio itself applies them to the sound."""

    pitch: float = 0.0  # semitones; 0: as it is
    tempo: float = 1.0  # 2: twice as fast; 1: as it is

    def __post_init__(self) -> None:
        for name, value, (least, most) in (("pitch", self.pitch, PITCHES), ("tempo", self.tempo, TEMPOS)):
            if not (math.isfinite(value) and least <= value <= most):
                raise UsageError(f"The {name} cannot be {value:g}.", f"Give a number from {least:g} to {most:g}.")


class SpokenWord(NamedTuple):
    """A word and when it is heard: characters first..last of the text, milliseconds start..end of its sound."""

    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Manner:
    """Who says something, and how."""

    voice: str = ""  # Voice.id; "": the usual one
    delivery: Delivery = Delivery()


@dataclass(frozen=True, slots=True)
class Casting:
    """Who speaks for whom in one recording, and what was decided for its voice-over."""

    manners: Mapping[str, Manner] = field(default_factory=dict)  # by speaker id; "" for passages of no speaker
    hurried: frozenset[int] = frozenset()  # cues that are said faster, so that they fit
    limit: float = 1.25  # how much faster at most
    ducked: float = 12.0  # decibels by which the recording is softer while somebody speaks over it
    left: frozenset[int] = frozenset()  # cues that may overrun: they are said as their voice says them

    def manner(self, speaker: str | None, usual: Manner) -> Manner:
        """Of a speaker, or of nobody; what was not chosen is as usual."""
        own = self.manners.get(speaker or "", usual)
        return own if own.voice else replace(own, voice=usual.voice)

    @property
    def decided(self) -> frozenset[int]:
        """Cues about which the user has said what shall be done if they overrun."""
        return self.hurried | self.left

    def hurry(self, ids: Collection[int]) -> Casting:
        """Have these said so much faster that they fit."""
        return replace(self, hurried=self.hurried.union(ids), left=self.left.difference(ids))

    def leave(self, ids: Collection[int]) -> Casting:
        """Let them overrun."""
        return replace(self, hurried=self.hurried.difference(ids), left=self.left.union(ids))

    def only(self, ids: Collection[int]) -> Casting:
        """Without what was decided for cues that are not there any more."""
        return replace(self, hurried=self.hurried.intersection(ids), left=self.left.intersection(ids))

    def with_manner(self, speaker: str | None, manner: Manner) -> Casting:
        return replace(self, manners={**self.manners, speaker or "": manner})
