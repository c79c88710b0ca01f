"""Vendors that hear: what a recording becomes there. What they share with those that speak is in service.py.

To add a vendor: a class that derives from Vendor, with `info`, `submit`, `read` and what else it can do, and a line in
`remote/__init__.py` (or an entry point of the group `transcription_studio.engines`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from studio.core.accounts import Limits, RemoteModel
from studio.core.errors import TooLarge
from studio.core.transcript import Segment

from .errors import unreadable
from .service import Data, Mark, Received, Service, Sound, Stage, Traffic, Working, said

__all__ = [
    "Data",
    "Kept",
    "Mark",
    "Order",
    "Received",
    "Result",
    "Service",
    "Sound",
    "Stage",
    "Traffic",
    "Vendor",
    "Working",
    "said",
]

_PATIENCE = 300.0  # seconds
_LONGEST_PATIENCE = 4 * 3600.0
_SHORTEST_DEADLINE = 600.0
_DURATIONS = 3  # a job may take so many times as long as its sound


@dataclass(frozen=True, slots=True)
class Order:
    """What shall be done with a sound (16 kHz mono). Frozen with the job; nothing in it is looked up again later."""

    sound: Sound
    uid: str  # our own id of this order; goes where the vendor lets us put a label
    model: str  # never empty
    language: str | None = None  # ISO 639-1; None: detect
    task: str = "transcribe"  # or "translate": to English
    speakers: str = "auto"  # "auto", "off" or a number as text
    vocabulary: str = ""  # names and terms, separated by commas
    prompt: str = ""

    @property
    def terms(self) -> list[str]:
        return [t.strip() for t in self.vocabulary.split(",") if t.strip()]


@dataclass(frozen=True, slots=True)
class Result:
    """What a reply says, in our terms.

    Segments are ordered by start, times in milliseconds from the start of the sound. `speaker` is the vendor's own id
    as text ("0", "A", "Speaker 1"; "ch1:0" where channels are apart). `marks` say what the vendor did not measure:
    "no_times", "no_word_times", "no_confidence", "derived_confidence".
    """

    segments: tuple[Segment, ...]
    language: str | None = None  # ISO 639-1 where that can be told
    duration: int | None = None  # milliseconds
    marks: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)  # model, request id, cost, raw language: as the vendor says


@dataclass(frozen=True, slots=True)
class Kept:
    """A transcript that a vendor keeps."""

    id: str
    title: str
    status: str  # in the vendor's word
    language: str | None = None  # ISO 639-1
    created: str = ""


class Vendor(Service[Order]):
    # What a vendor must tell, besides what every service does

    @abstractmethod
    def limits(self, model: str) -> Limits: ...

    @abstractmethod
    def read(self, reply: bytes, order: Order) -> Result:
        """What the reply says. No network. Raises BadResponse, JobFailed."""

    # What a vendor may be able to do

    def models(self) -> Traffic[tuple[RemoteModel, ...]]:
        """What the vendor offers now; where it does not tell, what is known without asking."""
        return self.info.models
        yield

    @property
    def at_once(self) -> int | None:
        return self.limits(self.account.model).at_once

    def deadline(self, order: Order) -> float:
        return max(_SHORTEST_DEADLINE, _DURATIONS * order.sound.duration / 1000)

    def fits(self, order: Order) -> None:
        """Nothing is sent that is over a limit. Raises TooLarge, InvalidRequest."""
        limits = self.limits(order.model)
        try:
            size = order.sound.path.stat().st_size
        except OSError as error:
            raise unreadable(error) from error
        if limits.bytes is not None and size > limits.bytes:
            most = f"{limits.bytes / 1_000_000:g} MB"
        elif limits.duration is not None and order.sound.duration > limits.duration:
            most = f"{limits.duration / 3_600_000:g} hours"
        else:
            return
        raise TooLarge(f"{self.info.title} takes {most} at most.", "Send it in parts or in a smaller format.")

    def patience(self, order: Order) -> float:
        """Seconds that an answer which is the whole transcript may take."""
        return self.patient(min(max(_PATIENCE, 2 * order.sound.duration / 1000), _LONGEST_PATIENCE))

    exports: ClassVar[tuple[str, ...]] = ()  # endings of files in which it gives out transcripts that it keeps

    def kept(self) -> Traffic[tuple[Kept, ...]]:
        """The transcripts that it keeps, where it has `exports`."""
        return ()
        yield

    def export(self, id: str, ending: str) -> Traffic[bytes]:
        """The file of one of them."""
        raise NotImplementedError(f"{self.info.kind} keeps nothing")
        yield

    def usage(self) -> Traffic[tuple[Mapping[str, Any], ...]]:
        """What was used day by day, where it has `exports`; each day as the vendor tells it."""
        return ()
        yield
