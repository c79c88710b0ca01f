"""What to do with a recording: options frozen when it is queued, states, and the events of the work.

A service yields events; a worker thread or the command line passes them on. Events are values: they can be logged,
compared and sent between threads.
"""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .errors import Problem
from .transcript import Segment


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (JobState.WAITING, JobState.RUNNING, JobState.PAUSED)


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """The decoding options a professional changes; the defaults are faster-whisper's own."""

    beam_size: int = 5
    temperature: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    condition_on_previous_text: bool = True
    no_speech_threshold: float = 0.6
    log_prob_threshold: float = -1.0
    compression_ratio_threshold: float = 2.4
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    vad: bool = True  # leave stretches without speech out
    vad_threshold: float = 0.5
    prompt: str = ""  # text said to come before the recording: sets style and spelling


@dataclass(frozen=True, slots=True)
class Again:
    """Passages of another job's transcript, heard once more. Times in milliseconds of the recording."""

    job: int
    start: int  # the passages
    end: int
    first: int  # what is heard: they and some sound before and after
    last: int


@dataclass(frozen=True, slots=True)
class JobOptions:
    """Copied into the job when it is queued; later changes of the settings do not touch it."""

    model: str = "whisper-base"
    language: str = "auto"  # or ISO 639-1
    task: str = "transcribe"  # or "translate": to English
    speakers: str = "auto"  # "auto", "off" or a number as text
    device: str = "auto"  # "auto", "cpu", "cuda"
    vocabulary: str = ""  # names and terms to expect, separated by commas
    track: int = 0  # which audio track, counted from 0
    account: str = ""  # at which vendor; "": on this computer. `model` is then the vendor's, "" its default
    complete_words: bool = False  # find the times of words on this computer where the vendor gives none
    clean: bool = False  # take noise out first; off by default, because it can cost words
    again: Again | None = None  # only a stretch is heard, to be put in the place of passages that are there
    file: str = ""  # where the text was read from, if it was not heard: the path of a transcript file
    file_id: str = ""  # names the content of that file
    decode: DecodeOptions = field(default_factory=DecodeOptions)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_dict(data: dict[str, Any]) -> JobOptions:
        """The inverse; entries of older and newer versions are left out."""
        decode = _known(DecodeOptions, data.get("decode", {}))
        if "temperature" in decode:
            decode["temperature"] = tuple(decode["temperature"])
        again = Again(**_known(Again, data["again"])) if data.get("again") else None
        return JobOptions(**{**_known(JobOptions, data), "decode": DecodeOptions(**decode), "again": again})


def _known(cls: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    names = {f.name for f in dataclasses.fields(cls)}
    return {k: v for k, v in data.items() if k in names}


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    path: str
    name: str
    content_id: str
    options: JobOptions
    state: JobState
    position: int  # order in the queue
    duration: int = 0  # milliseconds; 0 while unknown
    stage: str = ""  # what it is doing, in the user's words
    progress: float = 0.0  # 0..1
    problem: Problem | None = None
    transcript_id: int | None = None
    took: float = 0.0  # seconds of work so far


class StopReason(StrEnum):
    CANCEL = "cancel"  # give up
    PAUSE = "pause"  # go on later
    REMOVE = "remove"  # give up and forget
    QUIT = "quit"  # the program ends; the job goes back to waiting


class Stopped(Exception):
    """Raised inside the work after its token was set; not an error."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason = reason


class StopToken:
    """Set from any thread, looked at by the work between steps."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.reason: StopReason | None = None

    def request(self, reason: StopReason) -> None:
        self.reason = self.reason or reason
        self._event.set()

    @property
    def requested(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        if self._event.is_set():
            raise Stopped(self.reason or StopReason.CANCEL)

    def wait(self, seconds: float) -> bool:
        """Sleep, but wake at once when a stop is requested; True if it was."""
        return self._event.wait(seconds)


# Events of one job, in the order they may appear.


@dataclass(frozen=True, slots=True)
class Progress:
    """`fraction` never falls and `eta` (seconds left, None while unknown) never rises within one run."""

    stage: str
    fraction: float
    eta: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know that stops nothing, e.g. that the CPU is used and why."""

    text: str


@dataclass(frozen=True, slots=True)
class TranscriptStarted:
    """The transcript exists in the library; segments of an earlier run are in it already."""

    transcript_id: int


@dataclass(frozen=True, slots=True)
class PeaksReady:
    """Peaks of the whole recording are on disk."""

    content_id: str


@dataclass(frozen=True, slots=True)
class LanguageFound:
    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SegmentsStored:
    """These segments are in the library now."""

    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class SpeakersApplied:
    """Segments were cut again at speaker turns: read the transcript afresh from the library."""

    transcript_id: int


@dataclass(frozen=True, slots=True)
class Finished:
    transcript_id: int


JobEvent = (
    Progress | Note | TranscriptStarted | PeaksReady | LanguageFound | SegmentsStored | SpeakersApplied | Finished
)
