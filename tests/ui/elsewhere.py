"""What a second process does with the library that a window shows. Without Qt: each of these processes loads this."""

from __future__ import annotations

from pathlib import Path

from studio.core import edits
from studio.core.errors import ConflictError
from studio.core.jobs import JobState
from studio.core.transcript import EngineInfo, Segment, Source, Speaker
from studio.library import Home
from studio.services.editing import EditSession
from studio.services.studio import Studio


def change_elsewhere(home: Path, kind: str) -> None:
    """What a second process does with the first transcript."""
    studio = Studio.open(Home(home))
    session = EditSession(studio, 1)
    now = session.read()
    match kind:
        case "insert":
            session.do(edits.insert(0, 50, -1, text="Before all"))
        case "write":
            session.do(edits.set_text(now.segments[0], "Their words."))
        case "merge":
            session.do(edits.merge(now.segments[:2]))
        case "rename":
            session.do(edits.rename_speaker(now, "S1", "Renamed"))
        case "undo":
            session.undo()
        case "remove":
            studio.library.jobs.remove(studio.library.jobs.all()[0].id)
    while kind != "remove":
        try:
            session.save()
            break
        except ConflictError:  # the window types at this moment
            session.make_again()
    studio.close()


def recognise_elsewhere(home: Path) -> None:
    """A job of a second process hears two more sentences; the second is spoken by somebody new."""
    studio = Studio.open(Home(home))
    store = studio.library.transcripts
    store.append(1, [Segment(60_000, 61_000, "Recognised later.", speaker="S1")], 61_000)
    new = Segment(62_000, 63_000, "By another voice.", speaker="S9")
    store.append(1, [new], 63_000, speakers=(Speaker("S9", "Somebody new"),))
    studio.close()


def begin_elsewhere(home: Path) -> None:
    """A second process begins the only job, and hears a sentence."""
    studio = Studio.open(Home(home))
    (job,) = studio.library.jobs.all()
    id = studio.library.transcripts.create(Source(duration=job.duration), EngineInfo(), job.id)
    studio.library.jobs.set_state(job.id, JobState.RUNNING)
    studio.library.transcripts.append(id, [Segment(0, 1000, "The first sentence.")], 1000)
    studio.close()
