"""The history of a transcript that a job still writes, with things going wrong: nothing is lost and ids stay unique."""

from __future__ import annotations

import threading

import pytest

from studio.core import edits
from studio.core.edits import Edit, apply
from studio.core.errors import ConflictError, StorageError, UsageError
from studio.core.jobs import JobOptions
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Turn, Word
from studio.library import Home
from studio.services.editing import EditSession, settle
from studio.services.studio import Studio
from studio.services.transcribe import labelled


def said(n: int) -> Segment:
    return Segment.from_words(
        [Word(f"{a}{n}", n * 1000 + 500 * m, n * 1000 + 500 * m + 400) for m, a in enumerate("ab")]
    )


@pytest.fixture
def talk(studio: Studio) -> int:
    """Six segments, as they are recognised."""
    job = studio.library.jobs.add("/a.wav", "a.wav", "content", 9000, "cpu", JobOptions())
    id = studio.library.transcripts.create(Source(duration=9000), EngineInfo(), job.id)
    studio.library.transcripts.append(id, map(said, range(6)), 6000)
    return id


def stored(studio: Studio, id: int) -> Transcript:
    transcript = studio.library.transcripts.get(id)
    assert transcript
    return transcript


def full(studio: Studio, is_full: bool) -> None:
    """Fill the disk, as this thread sees it, or make room."""
    with studio.library.database.read() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0] if is_full else 1_000_000
        db.execute(f"PRAGMA max_page_count={pages}")


@pytest.mark.parametrize("make", [lambda t: edits.merge(t.segments[-2:]), lambda t: edits.delete(t.segments[-1:])])
def test_what_is_recognised_never_gets_the_id_of_what_undo_brings_back(studio: Studio, talk: int, make: object) -> None:
    session = EditSession(studio, talk)
    before = session.read()
    session.do(make(before))  # type: ignore[operator]
    session.save()
    (arrived,) = studio.library.transcripts.append(talk, [said(7)], 8000)
    assert arrived.id not in {s.id for s in before.segments}
    assert session.undo()
    assert session.read().segments == (*before.segments, arrived)


def test_recognised_ids_count_up_even_where_only_edited_segments_are_left(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    before = session.read().segments
    session.do(Edit("all anew", before, (Segment(0, 9, "x", id=-1),)))
    session.save()
    (arrived,) = studio.library.transcripts.append(talk, [said(7)], 8000)
    assert arrived.id == before[-1].id + 1


@pytest.mark.parametrize("kept", [0, 1])
def test_telling_the_speakers_apart_leaves_steps_that_were_undone_behind(studio: Studio, talk: int, kept: int) -> None:
    session = EditSession(studio, talk)
    first = session.read()
    for _ in range(kept):
        session.do(edits.flag(first.segments[:1]))
    session.do(edits.set_text(first.segments[3], "something else"))
    session.undo()
    session.save()
    turns = (Turn(0, 3450, "A"), Turn(3450, 9000, "B"))
    studio.library.transcripts.relabel(talk, lambda now: labelled(now, turns), EngineInfo(speakers="x"))
    now = stored(studio, talk)
    assert now.text == first.text
    assert len(now.segments) == 7
    later = EditSession(studio, talk)
    assert later.history() == ("tell the speakers apart" if kept else None, None)
    while later.undo():
        pass
    assert later.read().segments == (first.segments if kept else now.segments)


def test_more_typed_while_the_start_is_being_stored_and_others_were_faster_is_there_once(
    studio: Studio, talk: int
) -> None:
    session = EditSession(studio, talk)
    segment = session.read().segments[3]
    began, met = threading.Event(), []

    def save() -> None:
        began.set()
        try:
            session.save()
        except ConflictError as e:
            met.append(e)

    saver = threading.Thread(target=save)

    def theirs(now: Transcript) -> Edit:
        """While this runs nobody else can store anything: the saver has taken what was typed, and waits."""
        typed = session.type_text(segment, f"mu{segment.text}").after[0]
        saver.start()
        began.wait()
        while session._waiting:
            pass
        session.type_text(typed, f"much {segment.text}")
        return edits.comment(now.segments[3], "look here")

    studio.library.transcripts.relabel(talk, theirs, EngineInfo(speakers="x"))
    saver.join()
    assert met
    now, lost = session.make_again()
    session.save()
    assert stored(studio, talk) == now
    assert (now.segments[3].text, now.segments[3].comment) == (f"much {segment.text}", "look here")
    assert not lost


def test_typing_that_goes_on_after_others_were_faster_is_there_once(studio: Studio, talk: int) -> None:
    session, other = EditSession(studio, talk), EditSession(studio, talk)
    segment = session.read().segments[3]
    typed = session.type_text(segment, f"mu{segment.text}").after[0]
    session.save()
    other.make_again()
    other.do(edits.comment(stored(studio, talk).segments[3], "look here"))
    other.save()
    session.type_text(typed, f"much {segment.text}")
    with pytest.raises(ConflictError):
        session.save()
    now, _ = session.make_again()
    session.save()
    assert stored(studio, talk) == now
    assert (now.segments[3].text, now.segments[3].comment) == (f"much {segment.text}", "look here")


def test_a_worker_goes_on_where_another_window_was_faster(studio: Studio, talk: int) -> None:
    theirs, ours = EditSession(studio, talk), EditSession(studio, talk)
    now = ours.read()
    theirs.do(edits.flag(now.segments[:1]))
    theirs.save()
    ours.do(edits.flag(now.segments[1:2]))
    settle(talk)
    assert ours.unsaved


def test_nothing_is_lost_where_a_conflict_meets_a_full_disk(studio: Studio, talk: int) -> None:
    theirs, ours = EditSession(studio, talk), EditSession(studio, talk)
    now = ours.read()
    theirs.do(edits.flag(now.segments[:1]))
    theirs.save()
    ours.do(edits.set_text(now.segments[3], "much text " * 5000))
    full(studio, True)
    with pytest.raises(ConflictError):
        ours.save()
    shown, lost = ours.make_again()
    assert not lost
    with pytest.raises(StorageError):
        ours.save()
    full(studio, False)
    ours.save()
    assert stored(studio, talk) == shown
    assert shown.segments[0].flagged
    assert shown.segments[3].text.startswith("much text")


def test_undo_that_is_stored_by_half_goes_on_from_there(studio: Studio, talk: int) -> None:
    """The last of four undone steps needs room, those before it do not; what was done before them stays."""
    session = EditSession(studio, talk)
    shown = session.read()

    def do(edit: Edit) -> None:
        nonlocal shown
        shown = apply(shown, edit)
        session.do(edit)

    for n in range(6):
        do(edits.comment(shown.segments[n], f"note {n}"))
    do(edits.set_text(shown.segments[0], "x " * 30_000))
    first = shown
    do(edits.delete(shown.segments[:1]))
    for n in range(3):
        do(edits.flag(shown.segments[n : n + 1]))
    session.save()
    for _ in range(4):
        edit = session.undo()
        assert edit
        shown = apply(shown, edit)
    with studio.library.database.write() as db:
        db.execute(
            "CREATE TEMP TRIGGER refuse BEFORE INSERT ON segment WHEN length(new.text) > 1000"
            " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    with pytest.raises(StorageError):
        session.save()
    with studio.library.database.write() as db:
        db.execute("DROP TRIGGER refuse")
    session.save()
    assert shown == first == stored(studio, talk)


def test_a_removed_transcript_has_nothing_waiting(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    session.do(edits.flag(session.read().segments[:1]))
    (job,) = studio.library.jobs.all()
    studio.library.jobs.remove(job.id)
    with pytest.raises(ConflictError):
        session.save()
    with pytest.raises(UsageError, match="not in the library any more"):
        session.make_again()
    assert not session.unsaved


def test_thousands_of_steps_are_undone_after_a_restart(studio: Studio, talk: int, home: Home) -> None:
    session = EditSession(studio, talk)
    first = shown = session.read()
    for n in range(2000):
        edit = edits.set_text(shown.segments[n % 6], f"step {n}")
        shown = apply(shown, edit)
        session.do(edit)
        if n % 100 == 99:
            session.save()
    again = Studio.open(home)
    later = EditSession(again, talk)
    assert later.read() == shown
    while edit := later.undo():  # type: ignore[assignment]
        shown = apply(shown, edit)
    assert later.read() == shown == first
    while edit := later.redo():  # type: ignore[assignment]
        shown = apply(shown, edit)
    assert [s.text for s in later.read().segments] == [f"step {n}" for n in range(1998, 2000)] + [
        f"step {n}" for n in range(1994, 1998)
    ]
    again.close()
