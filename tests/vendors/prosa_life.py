"""The life of Prosa's jobs, the same for both directions: errors, polls, list, count, archive.

A vendor's class says where its jobs are (`shelf_of`) and what a finished one has to show (`result`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from . import prosa_errors
from .prosa_errors import Refused
from .prosa_jobs import Job, chosen, listed, stamp
from .stub import Reply, Request, Route, Stub


class ProsaJobs(Stub):
    """Jobs that are waited for or polled."""

    key_header = "x-api-key"
    key_scheme = ""
    statuses: ClassVar[dict[str, int]] = {**Stub.statuses, "broke": 403, "syntax": 422}
    common: ClassVar[dict[str, Any]] = {
        **Stub.common,
        "error_dialect": "classic",  # {"status", "message"}; "new": {"code", "message", "request_id", "recovery", …}
        "quota_error": "quota_empty",  # or "quota_insufficient": what stub-broke hears
        "bare_result": False,  # a finished job is only its {"data": […]}
        "pending": ["queued", "in_progress"],  # statuses of an unfinished job, the last one stays
        "done_status": "complete",  # how success is spelt
        "outcome": "complete",  # or "failed", "cancelled", "archived", or any other word: how jobs end
        "failure": {"code": "engine_error", "message": "The recogniser gave up."},  # in the result of a failed job
        "failure_recovery": {"retryable": True, "retry_after_seconds": 5},
        "progress": None,  # shown in unfinished jobs
        "extra": {},  # further members of every job
        "uuid_ids": False,  # hyphenated job ids
        "delete_reply": "job",  # "empty": 200 without a body; "none": 204
        "cancel_running": True,  # else DELETE of an unfinished job is a job_cancellation_failure
        "time_box_s": 30.0,
        "work_s": 0.0,  # how long a waited job is supposed to take
    }

    def shelf_of(self, request: Request) -> dict[str, Job]:
        """The jobs, by id, that a request may see."""
        raise NotImplementedError

    def result(self, job: Job, request: Request) -> dict[str, Any]:
        """What a job that went well has to show."""
        raise NotImplementedError

    # --- errors

    def error(self, status: int, why: str = "", detail: str = "") -> Reply:
        return self.fault(prosa_errors.id_for(status, why, self["quota_error"]), status, detail)

    def error_body(self, id: str, message: str = "", context: dict[str, Any] | None = None) -> dict[str, Any]:
        """An error body in the dialect that is set, for script(body=…)."""
        return prosa_errors.body(self["error_dialect"], id, message, context, self.count())

    def fault(self, id: str, status: int | None = None, message: str = "", **context: Any) -> Reply:
        if id == "quota_insufficient":
            context = {"current": 10, "required": 60} | context
        body = self.error_body(id, message, context or None)
        headers = {"X-Request-ID": body["request_id"]} if "request_id" in body else {}
        return Reply(body, status or prosa_errors.STATUS[id], headers)

    # --- jobs

    def new_id(self) -> str:
        id = uuid.UUID(int=self.count())
        return str(id) if self["uuid_ids"] else id.hex

    def begin(self, job: Job, request: Request) -> dict[str, Any]:
        """Keep a new job; a waited one is over at once where the time box allows. What the submit is answered with."""
        with self.lock:
            self.shelf_of(request)[job.id] = job
            if job.config["wait"] and self["work_s"] <= self["time_box_s"]:
                job.done, job.modified = True, self.now()
            return self.shown(job, request)

    def get(self, request: Request) -> Reply:
        job = self._polled(request)
        return Reply(self.shown(job, request)) if job else self._missing(request)

    def status(self, request: Request) -> Reply:
        job = self._polled(request)
        if job is None:
            return self._missing(request)
        light = ("job_id", "status", "created_at", "modified_at", "progress")
        return Reply({name: value for name, value in self._head(job).items() if name in light})

    def overview(self, request: Request) -> Reply:
        try:
            return Reply(listed(self._live(request), request.query, self._head))
        except Refused as refused:
            return self.fault(refused.id, message=refused.message)

    def total(self, request: Request) -> Reply:
        try:
            return Reply(len(chosen(self._live(request), request.query)))
        except Refused as refused:
            return self.fault(refused.id, message=refused.message)

    def delete(self, request: Request) -> Reply:
        job = self._job(request)
        if job is None or job.archived:
            return self._missing(request)
        if not job.done and not self["cancel_running"]:
            return self.fault("job_cancellation_failure", job_id=job.id)
        job.archived, job.modified = True, self.now()
        if self["delete_reply"] == "none":
            return Reply(status=204)
        return Reply(self._head(job) if self["delete_reply"] == "job" else None)

    def _missing(self, request: Request) -> Reply:
        return self.fault("job_not_found", job_id=request.params["id"])

    def _job(self, request: Request) -> Job | None:
        job = self.shelf_of(request).get(request.params["id"])
        return None if job is None or self.expired(job.created) else job

    def _live(self, request: Request) -> list[Job]:
        with self.lock:
            jobs = self.shelf_of(request).values()
            return [job for job in jobs if not job.archived and not self.expired(job.created)]

    def _polled(self, request: Request) -> Job | None:
        with self.lock:
            job = self._job(request)
            if job and not job.done:
                job.polls += 1
                needed = self["polls_until_done"]
                if needed is not None and job.polls > needed:
                    job.done, job.modified = True, self.now()
            return job

    def _word(self, job: Job) -> str:
        """The job's status as the vendor spells it."""
        if job.archived:
            return "archived"
        if not job.done:
            pending: list[str] = self["pending"]
            return pending[min(max(job.polls - 1, 0), len(pending) - 1)]
        return str(self["done_status"] if self["outcome"] == "complete" else self["outcome"])

    def _head(self, job: Job) -> dict[str, Any]:
        """The job without its result."""
        shown = {
            "job_id": job.id,
            "status": self._word(job),
            "created_at": stamp(job.created),
            "modified_at": stamp(job.modified),
            "request": job.request,
            "job_config": {**job.config, "wait": False},  # as the vendor's samples have it
            "model": job.model,
            **self["extra"],
        }
        if self["progress"] is not None and not job.done:
            shown["progress"] = self["progress"]
        return shown

    def shown(self, job: Job, request: Request) -> dict[str, Any]:
        """The job as far as it has come."""
        shown = self._head(job)
        if not job.done or job.archived:
            return shown
        if self["outcome"] == "failed":
            failure = {"version": 1, "recovery": self["failure_recovery"], **self["failure"]}
            return {**shown, "result": {"error": failure["code"], **failure}}
        if self["outcome"] != "complete":
            return shown
        result = self.result(job, request)
        return result if self["bare_result"] else {**shown, "result": result}

    @classmethod
    def routes_below(cls, path: str, get: Callable[[Any, Request], Reply] | None = None) -> tuple[Route, ...]:
        return (
            Route("GET", path, cls.overview),
            Route("GET", f"{path}/count", cls.total),
            Route("GET", f"{path}/{{id}}/status", cls.status),
            Route("GET", f"{path}/{{id}}", get or cls.get),
            Route("DELETE", f"{path}/{{id}}", cls.delete),
        )
