"""Uploads and jobs of the vendors that are polled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .body import Blob
from .heard import Heard, hear, hear_url
from .stub import Stub


@dataclass
class Upload:
    audio: Blob
    key: str | None
    created: float


@dataclass
class Job:
    """`failure` is what its end will tell; `polls` counts how often somebody asked."""

    id: str
    created: float
    heard: Heard
    url: str
    asked: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    failure: str | None = None
    polls: int = 0
    deleted: bool = False


class PolledStub(Stub):
    """A stub with uploads and jobs, whose jobs end after `polls_until_done` polls."""

    def clear(self) -> None:
        self.uploads: dict[str, Upload] = {}
        self.jobs: dict[str, Job] = {}

    def hear(self, url: str) -> Heard:
        """What is at an address: an upload's sound, or whatever lies elsewhere."""
        upload = self.uploads.get(url)
        return hear(upload.audio, self["transcript"]) if upload else hear_url(url, self["transcript"])

    def is_fresh(self, upload: Upload) -> bool:
        return self.now() - upload.created <= float(self["upload_retention_s"])

    def job(self, id: str) -> Job | None:
        """The job, if it exists and is not too old."""
        job = self.jobs.get(id)
        return None if job is None or self.expired(job.created) else job

    def is_over(self, job: Job) -> bool:
        return self["polls_until_done"] is not None and job.polls > self["polls_until_done"]

    def running_status(self, job: Job) -> str:
        """The n-th of `running_statuses` after n polls; the last one from then on."""
        return str(self["running_statuses"][min(job.polls, len(self["running_statuses"]) - 1)])
