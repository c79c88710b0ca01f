"""Replacing words in the transcripts of the whole library: first what would change, then as one step in each.

Any thread; both functions are generators that a worker drives. The step is in each transcript's own history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studio.core.edits import Edit
from studio.core.jobs import UNFINISHED, Job, StopToken
from studio.core.replace import Query, replace_all

from . import versions
from .editing import EditSession
from .studio import Studio


@dataclass(frozen=True, slots=True)
class Replacement:
    """What would change in one recording."""

    job: Job
    edit: Edit


def replacements(studio: Studio, query: Query, replacement: str, stop: StopToken) -> Iterator[Replacement]:
    """All recordings that hold the query, the latest first; those that are still being written are passed over.

    Raises UsageError for a wrong expression.
    """
    jobs = {j.transcript_id: j for j in studio.library.jobs.all() if j.transcript_id and j.state not in UNFINISHED}
    words = None if query.regex or not query.whole_word else studio.library.search.holding(query.text)
    for id in sorted(jobs, reverse=True) if words is None else words:
        stop.check()
        transcript = studio.library.transcripts.get(id) if id in jobs else None
        edit = replace_all(transcript, query, replacement) if transcript else None
        if edit and edit.changes:
            yield Replacement(jobs[id], edit)


def replace_in_library(
    studio: Studio, jobs: Iterable[Job], query: Query, replacement: str, stop: StopToken
) -> Iterator[int]:
    """Replace in the transcripts of these jobs as they are by now; yields how many are done.

    None of them may be open in the window: what is open there is changed there.
    """
    done = 0
    for job in jobs:
        stop.check()
        if job.transcript_id and studio.library.transcripts.exists(job.transcript_id):
            session = EditSession(studio, job.transcript_id)
            transcript = session.read()
            edit = replace_all(transcript, query, replacement)
            if edit and edit.changes:
                versions.keep(studio, job.transcript_id, transcript, f"before “{edit.name}”")
                session.do(edit)
                session.save()
                done += 1
        yield done
