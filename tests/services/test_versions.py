"""Versions: a transcript goes back to any of them, as one step that can be undone."""

from __future__ import annotations

import pytest

from studio.core import edits
from studio.core.edits import Edit, apply, delete, merge, rename_speaker, set_text
from studio.core.errors import UsageError
from studio.core.jobs import JobOptions
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Word, default_speakers
from studio.library.versions import KEPT
from studio.services import versions
from studio.services.editing import EditSession
from studio.services.studio import Studio


@pytest.fixture
def talk(studio: Studio) -> int:
    job = studio.library.jobs.add("/a.wav", "a.wav", "content", 9000, "cpu", JobOptions())
    id = studio.library.transcripts.create(Source(duration=9000), EngineInfo(), job.id)
    cut = [Segment.from_words([Word(f"Wört{n}\n", n * 1000, n * 1000 + 500, 0.5)], "S1") for n in range(6)]
    studio.library.transcripts.replace(id, cut, default_speakers(["S1", "S2"]), EngineInfo())
    return id


def stored(studio: Studio, id: int) -> Transcript:
    transcript = studio.library.transcripts.get(id)
    assert transcript
    return transcript


CHANGED = [(0, 1), (1, 2), (3, 5)]  # 0 has other words, 1 was gone, 3 and 4 were one


def test_going_back_is_one_step_that_undo_takes_back(studio: Studio, talk: int) -> None:
    first = stored(studio, talk)
    version = versions.save_version(studio, talk, "  before the   review ")
    assert (version.name, version.automatic) == ("before the review", False)
    session = EditSession(studio, talk)
    for edit in (
        set_text(first.segments[0], "Other words"),
        delete(first.segments[1:2]),
        merge(first.segments[3:5]),
        rename_speaker(first, "S2", "Jörg"),
    ):
        session.do(edit)
    changed = session.read()
    way = versions.way_back(studio, changed, version)
    edit = way.edit
    assert edit.name == "go back to “before the review”"
    assert [[s.id for s in p.after] for p in way.passages] == [[s.id for s in first.segments[a:b]] for a, b in CHANGED]
    session.do(edit)
    back = session.read()
    assert (back.segments, back.speakers) == (first.segments, first.speakers)
    session.undo()
    assert session.read() == changed


def test_an_unchanged_transcript_needs_no_step(studio: Studio, talk: int) -> None:
    version = versions.save_version(studio, talk, "now")
    way = versions.way_back(studio, stored(studio, talk), version)
    assert not way.edit.changes
    assert way.passages == []


def test_every_field_of_a_segment_comes_back(studio: Studio, talk: int) -> None:
    first = stored(studio, talk)
    marked = first.segments[0]._replace(comment="ask\nher", flagged=True, speaker=None, confidence=0.25)
    now = apply(first, Edit("mark", first.segments[:1], (marked,)))
    version = studio.library.versions.add(talk, now, "marked", automatic=False)
    assert version
    assert studio.library.versions.content(version, Transcript()).segments == now.segments


def test_what_is_stored_is_kept_byte_for_byte_as_a_transcript_at_hand_is(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    first = session.read().segments
    session.do(Edit("mark", first[:1], (first[0]._replace(comment="ask\nher", flagged=True, speaker=None),)))
    session.do(set_text(first[1], '“Ä” \\ "b" \x1f\t/ 😀\u2028c'))
    session.do(edits.split(first[2], 2, -5))
    now, revision = session.read(), studio.library.transcripts.revision(talk)
    assert versions.keep(studio, talk, Transcript(), "what is stored", revision)
    assert versions.keep(studio, talk, now, "at hand") is None  # it is the same


def test_what_was_changed_meanwhile_is_not_kept_for_what_was(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    first = session.read()
    assert session.stored_before is None  # nothing waits
    session.do(set_text(first.segments[0], "Other words"))
    before = session.stored_before
    assert before == studio.library.transcripts.revision(talk)
    session.do(set_text(first.segments[1], "And others"))
    assert session.stored_before is None  # what is stored is older than the last change
    session.save()
    version = versions.keep(studio, talk, first, "As it was opened", before)
    assert version
    assert studio.library.versions.content(version, first) == first


def test_automatic_versions_are_kept_once_and_the_newest_only(studio: Studio, talk: int) -> None:
    transcript = stored(studio, talk)
    named = versions.save_version(studio, talk, "for ever")
    assert versions.keep(studio, talk, transcript, "the same again") is None
    for n in range(KEPT + 5):
        transcript = apply(transcript, set_text(transcript.segments[0], f"Text {n}"))
        assert versions.keep(studio, talk, transcript, f"automatic {n}")
    found = versions.versions(studio, talk)
    assert len(found) == KEPT + 1
    assert found[0].name == f"automatic {KEPT + 4}"
    assert found[-1] == named


def test_a_renamed_version_is_kept_for_ever_and_a_deleted_one_is_gone(studio: Studio, talk: int) -> None:
    version = versions.keep(studio, talk, stored(studio, talk), "While editing")
    assert version
    versions.rename(studio, version, "mine")
    [mine] = versions.versions(studio, talk)
    assert (mine.name, mine.automatic) == ("mine", False)
    versions.delete(studio, mine)
    assert versions.versions(studio, talk) == []
    with pytest.raises(UsageError, match="was deleted"):
        versions.way_back(studio, stored(studio, talk), mine)


def test_a_version_needs_a_name(studio: Studio, talk: int) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        versions.save_version(studio, talk, " \n ")
    assert versions.versions(studio, talk) == []


def test_versions_go_with_their_transcript(studio: Studio, talk: int) -> None:
    versions.save_version(studio, talk, "one")
    for job in studio.library.jobs.all():
        studio.library.jobs.remove(job.id)
    assert versions.versions(studio, talk) == []
    with pytest.raises(UsageError):
        versions.save_version(studio, talk, "two")
