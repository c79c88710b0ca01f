"""Edits are stored before they are shown, and what others change is seen."""

from __future__ import annotations

import pytest

from studio.core.errors import UsageError
from studio.core.jobs import JobOptions
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Word, default_speakers
from studio.library import Home
from studio.services.editing import EditSession
from studio.services.studio import Studio


@pytest.fixture
def talk(studio: Studio) -> int:
    job = studio.library.jobs.add("/a.wav", "a.wav", "content", 9000, "cpu", JobOptions())
    id = studio.library.transcripts.create(Source(duration=9000), EngineInfo(), job.id)
    cut = [Segment.from_words([Word(t, n * 1000, n * 1000 + 500)], f"S{n % 2 + 1}") for n, t in enumerate("abcd")]
    studio.library.transcripts.replace(id, cut, default_speakers(["S1", "S2"]), EngineInfo())
    return id


def stored(studio: Studio, id: int) -> Transcript | None:
    return studio.library.transcripts.get(id)


def test_every_step_shows_what_is_stored(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    first = session.read()
    steps = (
        lambda: session.rename_speaker("S1", "Jörg"),
        lambda: session.relabel(2, "S1"),
        session.undo,
        session.undo,
        session.undo,
        session.redo,
    )
    for step in steps:
        assert step() == stored(studio, talk)
    assert session.undo() == first


def test_changes_of_another_window_and_of_the_worker_are_seen(studio: Studio, talk: int, home: Home) -> None:
    session = EditSession(studio, talk)
    session.read()
    other = Studio.open(home)
    EditSession(other, talk).rename_speaker("S2", "Anna")
    other.library.transcripts.append(talk, [Segment(9000, 9500, "e")], 9500)
    other.close()
    after = session.rename_speaker("S1", "Jörg")
    assert [s.name for s in after.speakers] == ["Jörg", "Anna"]
    assert after.segments[-1].text == "e"
    assert after == stored(studio, talk)


def test_a_transcript_that_was_removed_is_named(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    session.read()
    (job,) = studio.library.jobs.all()
    studio.library.jobs.remove(job.id)
    with pytest.raises(UsageError, match="not in the library any more"):
        session.rename_speaker("S1", "Jörg")
