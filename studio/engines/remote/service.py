"""What every vendor promises, whatever is ordered there: the steps of an order, as generators that tell how it goes
and return what came of it.

A vendor knows nothing of jobs, settings or disks: account, key and connection arrive as arguments; what must outlive a
crash is handed to whoever drives the generators (see flow.py). One thread per object. What is ordered (`W`) is a
recording to be written down (base.py), a text to be spoken (speaking/), or sound to be cleaned (cleaning.py).
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import httpx

from studio.core.accounts import Account, VendorInfo
from studio.core.errors import RemoteError

from .errors import of_status
from .line import Line, Sent, Waiting

# What must be kept to go on later; JSON values, never a key. "facts" in it are those that no reply repeats: they join
# the facts of the result.
Data = dict[str, Any]

_DEADLINE = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class Sound:
    """An encoded file, to be sent."""

    path: Path
    name: str  # as the vendor gets to see it, with a fitting ending
    mime: str
    duration: int  # milliseconds


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


T = TypeVar("T")
W = TypeVar("W")  # what is ordered
Traffic = Generator[Sent | Waiting, None, T]  # a conversation that returns T

log = logging.getLogger(__name__)


class Service(ABC, Generic[W]):
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
    def check(self) -> Traffic[str]:
        """Try the account without ordering anything; returns a sentence about it. Raises RemoteError."""

    @abstractmethod
    def submit(self, order: W, data: Data) -> Traffic[Data | bytes]:
        """Place the order: the vendor's job to keep, or the reply itself where the vendor answers at once.

        Raises Ambiguous when nobody can tell whether it arrived, other RemoteErrors when it surely was not taken.
        """

    # What a vendor may be able to do

    uploads: ClassVar[bool] = False  # has `upload`
    finds: ClassVar[bool] = False  # has `find`

    @property
    def at_once(self) -> int | None:
        """How many orders it takes at the same time; None: not known."""
        return None

    def fits(self, order: W) -> None:
        """Nothing is sent that is over a limit. Raises TooLarge, InvalidRequest."""
        return

    def deadline(self, order: W) -> float:
        """Seconds that a job may take until nobody waits for it any more."""
        return _DEADLINE

    def upload(self, order: W) -> Traffic[Data]:
        """Bring the sound there first, where ordering is another step. Costs nothing, so it may be done again."""
        return {}
        yield

    def poll(self, data: Data) -> Traffic[bytes | Working]:
        """The reply if the job is done. Raises JobFailed, JobLost."""
        raise NotImplementedError(f"{self.info.kind} answers at once")
        yield

    def find(self, order: W) -> Traffic[Data | None]:
        """The job that an order has become whose answer was lost; None if there is none."""
        return None
        yield

    def forget(self, data: Data) -> Traffic[None]:
        """Tell the vendor to stop or to delete a job, where `info.cancels`."""
        return None
        yield

    def patient(self, seconds: float) -> float:
        """How long to wait for an answer that is itself the work, in the line's own measure."""
        return max(self.line.pace.read, seconds * self.line.pace.unit)

    def unknown(self, status: str) -> Working:
        """What a job's status means that is in no table: it goes on. The log names it once."""
        if status not in self._unknown:
            self._unknown.add(status)
            log.warning("%s: unknown status “%s”", self.info.kind, status[:50])
        return Working()

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
