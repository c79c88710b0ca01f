"""Prosa's jobs: what the stub keeps of them, their list with filters and pages, and made-up transcripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from .prosa_errors import Refused

WORDS = ("hasil", "akhir", "pekerjaan", "cukup", "memuaskan", "rapat", "dimulai", "pagi", "terima", "kasih", "banyak")
SORTS = ("created_at", "modified_at")


@dataclass
class Job:
    id: str
    created: float
    modified: float
    request: dict[str, Any]  # as it is shown: without the audio
    config: dict[str, Any]
    model: dict[str, Any]
    digest: str  # hexadecimal, of the audio or its address
    duration: float | None
    polls: int = 0
    done: bool = False
    archived: bool = False

    @property
    def searched(self) -> str:
        """Where query_text is looked for."""
        return self.request.get("label") or ""


def stamp(seconds: float) -> str:
    """2019-08-24T14:15:22Z"""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def chosen(jobs: list[Job], query: dict[str, Any]) -> list[Job]:
    """The jobs that pass from_date, until_date (both inclusive) and query_text. Raises Refused."""
    first, last = _day(query, "from_date"), _day(query, "until_date")
    text = str(query.get("query_text", "")).lower()

    def passes(job: Job) -> bool:
        day = datetime.fromtimestamp(job.created, UTC).date()
        known = (first is None or first <= day) and (last is None or day <= last)
        return known and text in job.searched.lower()

    return [job for job in jobs if passes(job)]


def listed(jobs: list[Job], query: dict[str, Any], shown: Callable[[Job], dict[str, Any]]) -> dict[str, Any]:
    """One page of the list, newest first unless asked otherwise. Raises Refused."""
    page, per_page = _number(query, "page", 1), _number(query, "per_page", 10)
    by, ascend = query.get("sort_by", "created_at"), str(query.get("sort_ascend", "false")).lower()
    if by not in SORTS or ascend not in ("true", "false"):
        raise Refused("request_validation_error", "sort_by or sort_ascend is not known")
    found = chosen(jobs, query)
    found.sort(key=lambda job: (job.created if by == "created_at" else job.modified, job.id), reverse=ascend == "false")
    data = [shown(job) for job in found[(page - 1) * per_page : page * per_page]]
    pages = {"page": page, "per_page": per_page, "page_count": -(-len(found) // per_page)}
    return {"pagination": pages, "length": len(data), "data": data}


def sentences(digest: str, seconds: float) -> list[dict[str, Any]]:
    """Result items of about four seconds that fill a recording; the words depend on its hash alone."""
    count = max(1, round(seconds / 4))
    step = seconds / count
    seed = int(digest[:16], 16)
    return [
        {
            "transcript": " ".join(WORDS[(seed // 7**word + 3 * item + word) % len(WORDS)] for word in range(6)),
            "final": True,
            "time_start": round(item * step, 2),
            "time_end": round((item + 1) * step, 2),
        }
        for item in range(count)
    ]


def _number(query: dict[str, Any], name: str, usual: int) -> int:
    value = query.get(name, str(usual))
    if not isinstance(value, str) or not value.isdecimal() or not 1 <= int(value) <= 1000:
        raise Refused("request_validation_error", f"{name} must be a whole number from 1")
    return int(value)


def _day(query: dict[str, Any], name: str) -> date | None:
    try:
        return datetime.strptime(query[name], "%Y-%m-%d").date() if name in query else None
    except (TypeError, ValueError) as error:
        raise Refused("request_validation_error", f"{name} must be a day, YYYY-MM-DD") from error
