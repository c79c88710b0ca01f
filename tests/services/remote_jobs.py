"""Whole jobs at vendors' stubs: a studio that does not wait long, accounts at stubs, recordings made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import soundfile

from studio.core.accounts import Account
from studio.core.jobs import Job, JobOptions, Progress, StopReason
from studio.core.transcript import Transcript
from studio.engines.remote.line import Pace
from studio.library import Home
from studio.services import queue
from studio.services.accounts import Accounts, kind
from studio.services.runner import RunnerEvent, run_next
from studio.services.studio import Studio
from tests.vendors.aimlapi import AimlApi
from tests.vendors.assemblyai import AssemblyAI
from tests.vendors.deepgram import Deepgram
from tests.vendors.messages import Seen
from tests.vendors.openai_like import OpenAILike
from tests.vendors.prosa import Prosa
from tests.vendors.slashml import BASE, SlashML
from tests.vendors.stt_ai import SttAi
from tests.vendors.stub import Stub

HASTY = Pace(connect=2.0, write=5.0, read=5.0, unit=0.01)
SHORT_VENDORS = Path(__file__).parent / "short_vendors"  # a folder for sys.path


@dataclass(frozen=True)
class Case:
    """A vendor: its kind of account, its stub, and where what costs money is sent to."""

    kind: str
    stub: type[Stub]
    orders: str
    model: str = ""
    has_speakers: bool = True
    settings: dict[str, Any] = field(default_factory=dict)  # of the stub


CASES = (
    Case("prosa", Prosa, "/v2/speech/stt", settings={"extended": True}),
    Case("slashml", SlashML, f"{BASE}/jobs/", has_speakers=False),
    Case("assemblyai", AssemblyAI, "/v2/transcript"),
    Case("deepgram", Deepgram, "/v1/listen"),
    Case("stt-ai", SttAi, "/v1/transcribe"),
    Case("aimlapi", AimlApi, "/v1/stt/create", has_speakers=False),
    Case("openai", OpenAILike, "/v1/audio/transcriptions", "whisper-1", has_speakers=False),
)
BY_KIND = {case.kind: case for case in CASES}
SHORT = {
    "short-prosa": Case("short-prosa", Prosa, "/v2/speech/stt"),
    "short-assemblyai": Case("short-assemblyai", AssemblyAI, "/v2/transcript"),
    "short-deepgram": Case("short-deepgram", Deepgram, "/v1/listen"),
}


def hasty(home: Home) -> Studio:
    studio = Studio.open(home)
    return replace(studio, accounts=Accounts(studio.library, HASTY))


def account_at(case: Case, stub: Stub, name: str = "a", **settings: Any) -> Account:
    path = httpx.URL(kind(case.kind).info.url).path
    return Account(name, case.kind, url=stub.url + path, model=case.model, agreed=True, **settings)


def talk(path: Path, seconds: float = 6.0, seed: int = 1) -> Path:
    """Noise for 0.4 seconds, a pause for as long, and so on."""
    noise = np.random.default_rng(seed).normal(0, 0.1, round(seconds * 16000))
    loud = (np.arange(len(noise)) // 1600) % 8 < 4
    soundfile.write(path, noise * loud, 16000)
    return path


@dataclass
class Bench:
    """A studio with one account "a" at a running stub."""

    studio: Studio
    stub: Stub
    case: Case
    events: list[RunnerEvent] = field(default_factory=list)
    running: queue.Running = field(default_factory=queue.Running)

    def account(self, key: str = "stub-ok", **settings: Any) -> Account:
        self.studio.accounts.put(account_at(self.case, self.stub, **settings), key, "file")
        return self.studio.accounts.agree("a")

    def add(self, recording: Path, **options: Any) -> Job:
        wished = JobOptions(model=self.case.model, account="a", **{"speakers": "off", **options})
        added = queue.add(self.studio, [recording], wished)
        assert not added.problems
        return (added.jobs or added.known)[0]

    def work(self, until: Callable[[RunnerEvent], StopReason | None] = lambda _: None) -> Job:
        """Do the next job; a reason that `until` gives for an event stops it there. Returns the job as it ended."""
        self.events.clear()
        id = 0
        for id, event in run_next(self.studio, self.running, (queue.of_account("a"),)):
            self.events.append(event)
            if reason := until(event):
                self.running.stop(id, reason)
        assert id, "no job waits"
        return self.job(id)

    def job(self, id: int) -> Job:
        found = self.studio.library.jobs.get(id)
        assert found
        return found

    def again(self, job: Job) -> Job:
        queue.retry(self.studio, self.job(job.id))
        return self.work()

    def transcript(self, job: Job) -> Transcript:
        found = self.studio.library.transcripts.get(self.job(job.id).transcript_id or 0)
        assert found
        return found

    def orders(self) -> list[Seen]:
        """What may have cost money."""
        return [s for s in self.stub.requests("POST", self.case.orders) if s.status in (None, 200, 201)]


def at(stage: str, reason: StopReason) -> Callable[[RunnerEvent], StopReason | None]:
    """For `Bench.work`: stop it at the first stage that begins so."""
    return lambda e: reason if isinstance(e, Progress) and e.stage.startswith(stage) else None


Opened = Callable[..., Bench]
