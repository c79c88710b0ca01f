"""Large changes are stored at once and come into the rows bit by bit: at no moment is anything else read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.edits import Edit, apply, flag, set_text
from studio.core.replace import Query, replace_all
from studio.core.timing import shift
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Word
from studio.library import Home, Library
from studio.library.database import MIGRATIONS
from studio.library.packing import pack, unpack
from studio.library.pending import PART

COUNT = 2 * PART + 50


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(Home(tmp_path / "home").prepared())
    yield library
    library.close()


@pytest.fixture
def talk(library: Library) -> int:
    id = library.transcripts.create(Source(duration=9), EngineInfo())
    said = (Segment.from_words([Word(f"w{n}", 100 * n, 100 * n + 90)], "S1") for n in range(COUNT))
    library.transcripts.replace(id, said, (), EngineInfo())
    return id


def read(library: Library, id: int) -> Transcript:
    transcript = library.transcripts.get(id)
    assert transcript
    return transcript


def do(library: Library, id: int, edit: Edit) -> None:
    store = library.transcripts
    store.record(id, store.revision(id), {store.last_step(id) + 1: edit})


def anew(now: Transcript) -> Edit:
    """Every segment gives way to another one."""
    return Edit(
        "anew", now.segments, tuple(s._replace(id=-n, text="new", words=()) for n, s in enumerate(now.segments, 1))
    )


def back_and_forth(library: Library, other: Library, id: int, states: list[Transcript]) -> None:
    """Three steps taken back and made again in one program, read and put in the rows by another, which is closed."""
    store = library.transcripts
    for turn, at in ((store.undo, 2), (store.undo, 1), (store.undo, 0), (store.redo, 1), (store.redo, 2)):
        turn(id)
        assert read(other, id) == states[at]
        other.pending.work_off()
    other.pending.finish()
    assert read(other, id) == states[2]
    store.redo(id)
    other.close()
    library.pending.finish()
    assert read(library, id) == states[3]


def rows(library: Library) -> int:
    with library.database.read() as db:
        return int(db.execute("SELECT COUNT(*) FROM segment WHERE text = 'new'").fetchone()[0])


def test_what_is_read_is_the_same_after_every_part(library: Library, talk: int) -> None:
    first = read(library, talk)
    do(library, talk, anew(first))
    changed = apply(first, anew(first))
    seen = set()
    while library.pending.work_off():
        assert read(library, talk) == changed
        assert library.transcripts.step(talk, 1).before == first.segments
        seen.add(rows(library))
    assert len(seen) > 3
    assert rows(library) == COUNT


@pytest.mark.parametrize("parts", range(8))
def test_it_is_taken_back_and_made_again_while_it_comes(library: Library, talk: int, parts: int) -> None:
    """Also by who finds it after a restart, and small changes made meanwhile come behind it."""
    store, first = library.transcripts, read(library, talk)
    do(library, talk, anew(first))
    states = [first, read(library, talk)]
    do(library, talk, flag(states[1].segments[:1]))
    states.append(read(library, talk))
    for _ in range(parts):
        library.pending.work_off()
    other = Library(library.home)
    for turn, at in ((store.undo, 1), (store.undo, 0), (store.redo, 1), (store.redo, 2)):
        turn(talk)
        assert read(other, talk) == states[at]
        other.pending.work_off()
    other.pending.finish()
    other.close()
    assert read(library, talk) == states[2]
    assert store.undo(talk) == 2
    assert store.undo(talk) == 1
    library.pending.finish()
    assert read(library, talk) == first


def test_what_is_taken_back_while_it_waits_only_leaves_the_queue(library: Library, talk: int) -> None:
    store, first = library.transcripts, read(library, talk)
    do(library, talk, anew(first))
    do(library, talk, flag(read(library, talk).segments[:1]))
    last = read(library, talk)
    library.pending.work_off()  # what goes is packed; no part has come
    for _ in range(3):
        assert (store.undo(talk), store.undo(talk)) == (2, 1)
        assert not library.pending.waits()
        assert read(library, talk) == first
        assert (store.redo(talk), store.redo(talk)) == (1, 2)
        assert read(library, talk) == last
    library.pending.work_off()  # the first part has come
    store.undo(talk)
    store.undo(talk)
    assert library.pending.waits()
    assert read(library, talk) == first
    library.pending.finish()
    assert read(library, talk) == first


def test_a_dropped_step_still_comes_and_goes(library: Library, talk: int) -> None:
    first = read(library, talk)
    do(library, talk, anew(first))
    library.transcripts.undo(talk)
    do(library, talk, set_text(first.segments[0], "other"))
    now = read(library, talk)
    assert now.segments[0].text == "other"
    assert now.segments[1:] == first.segments[1:]
    library.pending.finish()
    assert read(library, talk) == now
    with library.database.read() as db:
        assert db.execute("SELECT COUNT(*) FROM content").fetchone()[0] == 1


def test_typing_grows_while_a_large_change_comes(library: Library, talk: int) -> None:
    do(library, talk, shift(read(library, talk), None, 10))
    now = read(library, talk)
    store, revision = library.transcripts, library.transcripts.revision(talk)
    for text in ("a", "ab", "abc"):
        revision = store.record(talk, revision, {2: set_text(now.segments[3], text)})
        library.pending.work_off()
        assert read(library, talk).segments[3].text == text
    assert store.undo(talk) == 2
    assert read(library, talk) == now
    library.pending.finish()
    assert read(library, talk) == now


@pytest.mark.parametrize("parts", [0, 1, 2, 4, 7])
def test_a_shift_is_stored_as_a_number_and_read_from_what_it_moves(library: Library, talk: int, parts: int) -> None:
    """Two of them and another change between, taken back and made again while they come, also after a restart."""
    states = [read(library, talk)]
    for change in (lambda now: shift(now, None, 30), anew, lambda now: shift(now, None, -20)):
        do(library, talk, change(states[-1]))
        states.append(apply(states[-1], change(states[-1])))
        assert read(library, talk) == states[-1]
    with library.database.read() as db:
        assert [len(came) < 20 for (came,) in db.execute("SELECT came FROM content ORDER BY id")] == [True, False, True]
    for _ in range(parts):
        library.pending.work_off()
    other = Library(library.home)
    for step in (1, 2, 3):
        made = other.transcripts.step(talk, step)
        assert (made.before, made.after) == (states[step - 1].segments, states[step].segments)
    back_and_forth(library, other, talk, states)


@pytest.mark.parametrize("parts", [0, 1, 2, 3, 5, 8])
def test_of_other_texts_only_these_are_stored(library: Library, talk: int, parts: int) -> None:
    """Two changes of all texts and another one between, taken back and made again while they come, after a restart."""
    states = [read(library, talk)]
    for old, new in (("w", "word "), ("ord 1", "1 ord"), ("1", "")):
        edit = replace_all(states[-1], Query(old), new)
        assert edit
        do(library, talk, edit)
        states.append(apply(states[-1], edit))
        assert read(library, talk) == states[-1]
    with library.database.read() as db:
        sizes = [len(came) for (came,) in db.execute("SELECT came FROM content ORDER BY id")]
    assert sizes[0] < len(pack(states[1].segments)) / 2
    for _ in range(parts):
        library.pending.work_off()
    other = Library(library.home)
    for step in (1, 2, 3):
        made = other.transcripts.step(talk, step)
        assert apply(states[step - 1], made) == states[step]
        assert apply(states[step], made.inverse()) == states[step - 1]
    back_and_forth(library, other, talk, states)


def test_a_text_that_words_do_not_make_up_is_stored_as_it_became(library: Library, talk: int) -> None:
    first = read(library, talk)
    edit = replace_all(first, Query("w"), "two  words\t")
    assert edit
    assert not edit.retexted
    do(library, talk, edit)
    library.pending.finish()
    assert read(library, talk) == apply(first, edit)


def test_a_shift_that_was_clamped_is_stored_as_it_is(library: Library, talk: int) -> None:
    first = read(library, talk)
    edit = shift(first, None, -5_000, clamp=True)
    do(library, talk, edit)
    library.pending.finish()
    assert read(library, talk) == apply(first, edit)


def test_search_finds_what_was_stored_a_moment_ago(library: Library, talk: int) -> None:
    do(library, talk, anew(read(library, talk)))
    assert library.search.holding("new") == [talk]
    assert library.search.holding("w3") == []
    assert not library.pending.waits()
    with library.database.write() as db:
        db.execute("INSERT INTO segment_words (segment_words) VALUES ('integrity-check')")


def test_recognised_segments_arrive_meanwhile(library: Library, talk: int) -> None:
    first = read(library, talk)
    do(library, talk, anew(first))
    library.pending.work_off()
    (arrived,) = library.transcripts.append(talk, [Segment(10**6, 10**6 + 1, "late")], 10**6)
    assert arrived.id == COUNT + 1
    assert library.transcripts.undo(talk) == 1
    assert read(library, talk).segments == (*first.segments, arrived)
    library.pending.finish()
    assert read(library, talk).segments == (*first.segments, arrived)
    assert library.transcripts.end(talk) == 10**6 + 1


def test_steps_kept_as_rows_are_packed(tmp_path: Path) -> None:
    home = Home(tmp_path / "old").prepared()
    with closing(sqlite3.connect(home.database)) as db:
        db.create_function("spaced", 1, str)
        for script in MIGRATIONS[:5]:
            for statement in _whole(script):
                db.execute(statement)
        db.execute("PRAGMA user_version=5")
        db.execute("INSERT INTO transcript (id, source, engine) VALUES (7, '{}', '{}')")
        db.execute("INSERT INTO segment VALUES (7, 2, 0, 9, NULL, 'new', 0.1, '[]', 'c', 1)")
        for step, undone in ((1, 0), (2, 1)):
            db.execute("INSERT INTO step VALUES (7, ?, ?, '[]', '[]', ?, 'now')", (step, f"step {step}", undone))
        old = (7, 1, 0, -5, 0, 9, "S1", "old ü", 1 / 3, '[["old",0,4,0.1,true,false],["ü",5,9,null,true,true]]', "", 0)
        db.execute("INSERT INTO step_segment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", old)
        db.execute("INSERT INTO step_segment VALUES (7, 1, 1, 2, 0, 9, NULL, 'new', 0.1, '[]', 'c', 1)")
        db.execute("INSERT INTO step_segment VALUES (7, 2, 1, 9, 50, 60, NULL, 'more', NULL, '[]', '', 0)")
        db.commit()
    library = Library(home)
    new = Segment(0, 9, "new", (), None, 0.1, 2, "c", True)
    words = Word("old", 0, 4, 0.1), Word("ü", 5, 9, None, True, True)
    before = Segment(0, 9, "old ü", words, "S1", 1 / 3, -5)
    assert library.transcripts.step(7, 1) == Edit("step 1", (before,), (new,))
    assert library.transcripts.redo(7) == 2
    assert read(library, 7).segments == (new, Segment(50, 60, "more", id=9))
    library.transcripts.undo(7)
    library.transcripts.undo(7)
    assert read(library, 7).segments == (before,)
    assert library.transcripts.append(7, [Segment(1, 2, "x")], 2)[0].id == 10
    library.close()


def _whole(script: str) -> Iterator[str]:
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
chances = st.none() | st.floats(0, 1)
times = st.integers(-(2**40), 2**40)
words = st.builds(Word, texts, times, times, chances, st.booleans(), st.booleans())
flags = st.booleans()
ids = st.integers(-(2**31), 2**31)
said = st.lists(words, max_size=4).map(tuple)
speakers = st.none() | texts


@settings(max_examples=100)
@given(st.lists(st.builds(Segment, times, times, texts, said, speakers, chances, ids, texts, flags), max_size=5))
def test_packing_keeps_every_value(segments: list[Segment]) -> None:
    found = unpack(pack(segments))
    assert found == tuple(segments)
    for segment in found:
        assert type(segment.flagged) is bool
        assert all(type(w) is Word and type(w.space) is bool for w in segment.words)
