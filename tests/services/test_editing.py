"""Edits are shown at once, stored a moment later, and survive whatever happens in between."""

from __future__ import annotations

import multiprocessing
import os
import signal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core import edits
from studio.core.edits import Edit, apply
from studio.core.errors import ConflictError, StorageError, UsageError
from studio.core.jobs import JobOptions
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Turn, Word, default_speakers
from studio.library import Home
from studio.services.editing import EditSession
from studio.services.studio import Studio
from studio.services.transcribe import labelled


@pytest.fixture
def talk(studio: Studio) -> int:
    job = studio.library.jobs.add("/a.wav", "a.wav", "content", 9000, "cpu", JobOptions())
    id = studio.library.transcripts.create(Source(duration=9000), EngineInfo(), job.id)
    cut = [Segment.from_words([Word(t, n * 1000, n * 1000 + 500)], f"S{n % 2 + 1}") for n, t in enumerate("abcd")]
    studio.library.transcripts.replace(id, cut, default_speakers(["S1", "S2"]), EngineInfo())
    return id


def stored(studio: Studio, id: int) -> Transcript:
    transcript = studio.library.transcripts.get(id)
    assert transcript
    return transcript


def test_every_step_is_stored_as_it_is_shown(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    shown = first = session.read()
    for make in (
        lambda t: edits.rename_speaker(t, "S1", "Jörg"),
        lambda t: edits.relabel(t, t.segments[1:3], "S1"),
        lambda t: edits.merge(t.segments[:2]),
    ):
        edit = make(shown)
        shown = apply(shown, edit)
        session.do(edit)
        session.save()
        assert stored(studio, talk) == shown
    for turn in (session.undo, session.undo, session.redo, session.undo, session.undo):
        edit = turn()
        assert edit
        shown = apply(shown, edit)
        session.save()
        assert stored(studio, talk) == shown
    assert shown == first
    assert session.undo() is None


@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_undone_and_typed_is_stored_in_the_end(studio: Studio, talk: int, data: st.DataObject) -> None:
    """Undo waits for no disk, so steps may be undone and made anew before any of them is stored."""
    session = EditSession(studio, talk)
    shown = session.read()
    for action in data.draw(st.lists(st.sampled_from(("do", "type", "undo", "redo", "save")), max_size=12)):
        match action:
            case "do":
                edit: Edit | None = edits.flag(shown.segments[1:2])
                session.do(edit)
            case "type":
                edit = session.type_text(shown.segments[0], shown.segments[0].text + "x")
            case "undo":
                edit = session.undo()
            case "redo":
                edit = session.redo()
            case _:
                session.save()
                edit = None
        shown = apply(shown, edit) if edit else shown
    names = session.history()
    assert session.read() == shown
    later = EditSession(studio, talk)
    assert later.history() == names
    for there, again in ((session.undo(), later.undo()), (session.redo(), later.redo())):
        assert there == again


def test_keys_typed_in_a_row_are_one_step_even_if_they_were_stored_between(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    shown = first = session.read()
    for text in ("ab", "abc", "abcd", "abcde"):
        shown = apply(shown, session.type_text(shown.segments[0], text))
        session.save()
    assert stored(studio, talk) == shown
    assert session.history() == ("typing", None)
    session.end_typing()
    shown = apply(shown, session.type_text(shown.segments[0], "x"))
    edit = session.undo()
    assert edit
    shown = apply(shown, edit)
    assert shown.segments[0].text == "abcde"
    edit = session.undo()
    assert edit
    assert apply(shown, edit) == first == session.read()


def test_undo_reaches_back_before_the_start_of_the_program(studio: Studio, talk: int, home: Home) -> None:
    session = EditSession(studio, talk)
    first = session.read()
    edit = edits.set_text(first.segments[2], "etwas anderes")
    session.do(edit)
    session.save()
    again = Studio.open(home)
    later = EditSession(again, talk)
    now = later.read()
    back = later.undo()
    assert back
    assert apply(now, back) == first
    assert later.redo() == edit
    again.close()


def test_a_change_of_another_window_is_kept_and_so_is_ours(studio: Studio, talk: int, home: Home) -> None:
    session = EditSession(studio, talk)
    before = session.read()
    other = Studio.open(home)
    theirs = EditSession(other, talk)
    theirs.do(edits.rename_speaker(before, "S2", "Anna"))
    theirs.save()
    other.close()
    session.do(edits.set_text(before.segments[0], "von hier"))
    with pytest.raises(ConflictError):
        session.save()
    assert session.make_again()[1] == []
    session.save()
    now = stored(studio, talk)
    assert now.segments[0].text == "von hier"
    assert now.name_of("S2") == "Anna"


def test_what_is_typed_while_speakers_are_told_apart_is_kept(studio: Studio, talk: int) -> None:
    store = studio.library.transcripts
    plain = [Segment.from_words([Word(t, n * 1000, n * 1000 + 800) for n, t in enumerate("abcd")])]
    store.replace(talk, plain, (), EngineInfo())
    session = EditSession(studio, talk)
    before = session.read()
    session.do(edits.comment(before.segments[0], "prüfen"))
    session.save()
    typed = session.type_text(session.read().segments[0], "a b c d und e")  # not stored yet
    turns = (Turn(0, 2000, "A"), Turn(2000, 4000, "B"))
    store.relabel(talk, lambda now: labelled(now, turns), EngineInfo(speakers="x"))
    assert [s.text for s in stored(studio, talk).segments] == ["a b", "c d"]
    with pytest.raises(ConflictError):
        session.save()
    assert session.make_again()[1] == []
    session.save()
    now = stored(studio, talk)
    assert [s.text for s in now.segments] == [typed.after[0].text]
    assert now.segments[0].comment == "prüfen"
    later = EditSession(studio, talk)
    assert later.undo()
    later.save()
    assert [(s.text, s.speaker, s.comment) for s in stored(studio, talk).segments] == [
        ("a b", "S1", "prüfen"),
        ("c d", "S2", ""),
    ]


def test_speakers_the_user_has_set_stay(studio: Studio, talk: int) -> None:
    now = stored(studio, talk)
    free = tuple(Segment.from_words(s.words, None, s.id) if s.id != 2 else s for s in now.segments)
    edit = labelled(Transcript(free, now.speakers), (Turn(0, 9000, "X"),))
    after = apply(Transcript(free, now.speakers), edit)
    assert [s.speaker for s in after.segments] == ["S3", "S2", "S3", "S3"]
    assert [s.name for s in after.speakers] == ["Speaker 1", "Speaker 2", "Speaker 3"]


def test_a_full_disk_loses_nothing(studio: Studio, talk: int) -> None:
    session = EditSession(studio, talk)
    before = session.read()
    edit = edits.set_text(before.segments[0], "viel Text " * 5000)
    session.do(edit)
    with studio.library.database.read() as db:
        db.execute(f"PRAGMA max_page_count={db.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(StorageError, match="the disk is full"):
        session.save()
    assert session.unsaved
    with studio.library.database.read() as db:
        db.execute("PRAGMA max_page_count=1000000")
    session.save()
    assert stored(studio, talk) == apply(before, edit)


def test_a_transcript_that_was_removed_is_named(studio: Studio, talk: int) -> None:
    (job,) = studio.library.jobs.all()
    studio.library.jobs.remove(job.id)
    with pytest.raises(UsageError, match="not in the library any more"):
        EditSession(studio, talk)


def _type_until_killed(home: Home, talk: int, typed: object) -> None:
    session = EditSession(Studio.open(home), talk)
    segment = session.read().segments[0]
    for n in range(1_000_000):
        edit: Edit = session.type_text(segment, f"{n}")
        segment = edit.after[0]
        session.save()
        typed.value = n  # type: ignore[attr-defined]


def test_a_killed_process_loses_at_most_the_keystroke_in_flight(studio: Studio, talk: int, home: Home) -> None:
    context = multiprocessing.get_context("spawn")
    typed = context.Value("i", -1)
    process = context.Process(target=_type_until_killed, args=(home, talk, typed))
    process.start()
    while typed.value < 20:
        assert process.is_alive()
        process.join(0.01)
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    last = typed.value
    assert stored(studio, talk).segments[0].text in (f"{last}", f"{last + 1}")
    later = EditSession(studio, talk)
    assert later.undo()
    assert later.read().segments[0].text == "a"
