"""What every vendor promises: the steps of an order, as generators that tell how it goes and return what came of it.

To add a vendor: a class that derives from Vendor, with `info`, `submit`, `read` and what else it can do, and a line in
`remote/__init__.py` (or an entry point of the group `transcription_studio.engines`). A vendor knows nothing of jobs,
settings or disks: account, key and connection arrive as arguments; what must outlive a crash is handed to whoever
drives the generators (see flow.py). One thread per vendor object.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import httpx

from studio.core.accounts import Account, Limits, RemoteModel, VendorInfo
from studio.core.errors import RemoteError, TooLarge
from studio.core.transcript import Segment

from .errors import of_status, unreadable
from .line import Line, Sent, Waiting

# What must be kept to go on later; JSON values, never a key. "facts" in it are those that no reply repeats: they join
# Result.facts.
Data = dict[str, Any]

_PATIENCE = 300.0  # seconds
_LONGEST_PATIENCE = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class Sound:
    """An encoded file: 16 kHz mono, in one of the formats of Limits."""

    path: Path
    name: str  # as the vendor gets to see it, with a fitting ending
    mime: str
    duration: int  # milliseconds


@dataclass(frozen=True, slots=True)
class Order:
    """What shall be done with a sound. Frozen with the job; nothing in it is looked up again later."""

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


class Stage(StrEnum):
    """How far an order is. Stored before the step it names begins."""

    NEW = "new"
    UPLOADING = "uploading"
    UPLOADED = "uploaded"  # the vendor holds the sound; nothing is ordered yet
    SUBMITTING = "submitting"  # the order may have arrived; only the answer tells
    SUBMITTED = "submitted"  # the vendor has named its job
    RECEIVED = "received"  # the whole reply is stored


@dataclass(frozen=True, slots=True)
class Mark:
    """Store this before going on: where the order stands and what is needed to take it up again."""

    stage: Stage
    data: Data


@dataclass(frozen=True, slots=True)
class Working:
    """The vendor works on it; how much is done, 0..1, if it tells."""

    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """The reply, as it came: store it before reading it."""

    reply: bytes


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A transcript that a vendor keeps."""

    id: str
    title: str
    status: str  # in the vendor's word
    language: str | None = None  # ISO 639-1
    created: str = ""


T = TypeVar("T")
Traffic = Generator[Sent | Waiting, None, T]  # a conversation that returns T


class Vendor(ABC):
    info: ClassVar[VendorInfo]
    poll_every: float = 5.0  # seconds
    keeps: ClassVar[float | None] = None  # seconds that a result can be fetched, None: not known
    upload_keeps: ClassVar[float | None] = None  # seconds that an upload may wait for its order
    latest: ClassVar[float | None] = None  # seconds after which no answer will come any more

    def __init__(self, account: Account, key: str, line: Line) -> None:
        self.account, self.key, self.line = account, key.strip(), line
        self._unknown: set[str] = set()
        line.use(self.headers(), self.error)

    # What a vendor must tell

    @abstractmethod
    def headers(self) -> dict[str, str]:
        """Those that carry the key."""

    @abstractmethod
    def limits(self, model: str) -> Limits: ...

    @abstractmethod
    def check(self) -> Traffic[str]:
        """Try the account without sending any sound; returns a sentence about it. Raises RemoteError."""

    @abstractmethod
    def submit(self, order: Order, data: Data) -> Traffic[Data | bytes]:
        """Place the order: the vendor's job to keep, or the reply itself where the vendor answers at once.

        Raises Ambiguous when nobody can tell whether it arrived, other RemoteErrors when it surely was not taken.
        """

    @abstractmethod
    def read(self, reply: bytes, order: Order) -> Result:
        """What the reply says. No network. Raises BadResponse, JobFailed."""

    # What a vendor may be able to do

    def models(self) -> Traffic[tuple[RemoteModel, ...]]:
        """What the vendor offers now; where it does not tell, what is known without asking."""
        return self.info.models
        yield

    def upload(self, order: Order) -> Traffic[Data]:
        """Bring the sound there first, where ordering is another step. Costs nothing, so it may be done again."""
        return {}
        yield

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        """The reply if the job is done. Raises JobFailed, JobLost."""
        raise NotImplementedError(f"{self.info.kind} answers at once")
        yield

    uploads: ClassVar[bool] = False  # has `upload`
    finds: ClassVar[bool] = False  # has `find`

    def find(self, order: Order) -> Traffic[Data | None]:
        """The job that an order has become whose answer was lost; None if there is none."""
        return None
        yield

    def forget(self, data: Data) -> Traffic[None]:
        """Tell the vendor to stop or to delete a job, where `info.cancels`."""
        return None
        yield

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
        seconds = min(max(_PATIENCE, 2 * order.sound.duration / 1000), _LONGEST_PATIENCE)
        return max(self.line.pace.read, seconds * self.line.pace.unit)

    def unknown(self, status: str) -> Working:
        """What a job's status means that is in no table: it goes on. The log names it once."""
        if status not in self._unknown:
            self._unknown.add(status)
            log.warning("%s: unknown status “%s”", self.info.kind, status[:50])
        return Working()

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

    def error(self, response: httpx.Response) -> RemoteError:
        """What an answer with a status of 300 or more means."""
        return of_status(self.info.title, response.status_code, self.message(response), self.line.host)

    def message(self, response: httpx.Response) -> str:
        """The vendor's own words in such an answer, "" if there are none."""
        return said(response)


def said(response: httpx.Response) -> str:
    """The message of an error in any of the shapes that vendors use."""
    if "html" in response.headers.get("content-type", ""):
        return ""
    try:
        body = response.json()
    except ValueError:
        plain = response.text.strip()
        return "" if plain.startswith("<") else plain[:300]
    for key in ("error", "message", "detail", "err_msg", "ERROR"):
        value = body.get(key) if isinstance(body, dict) else None
        if isinstance(value, dict):
            value = value.get("message")
        if isinstance(value, list):
            value = "; ".join(str(v) for v in value)
        if value:
            return str(value)[:300]
    return ""
