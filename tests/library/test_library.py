"""The library keeps jobs, transcripts and edits, across processes and crashes."""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import os
import random
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.edits import (
    Edit,
    apply,
    comment,
    flag,
    fresh_ids,
    merge,
    relabel,
    rename_speaker,
    set_text,
    split,
)
from studio.core.errors import ConflictError, Problem, StorageError
from studio.core.jobs import UNFINISHED, DecodeOptions, Job, JobOptions, JobState
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript, Word, default_speakers
from studio.library import Home, Library, leave_thread
from studio.library.database import MIGRATIONS


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "Haus für Töne").prepared()


@pytest.fixture
def library(home: Home) -> Iterator[Library]:
    library = Library(home)
    yield library
    library.close()


def add(library: Library, name: str = "a.wav", options: JobOptions | None = None) -> Job:
    return library.jobs.add(f"/there/{name}", name, f"id of {name}", 1000, "local", options or JobOptions())


def words(text: str, start: int = 0) -> tuple[Word, ...]:
    return tuple(Word(w, start + 300 * n, start + 300 * n + 250, 0.5) for n, w in enumerate(text.split()))


def segments(*texts: str) -> list[Segment]:
    return [Segment.from_words(words(t, 2000 * n), speaker=f"S{n % 2 + 1}") for n, t in enumerate(texts)]


def stored(library: Library, *texts: str) -> int:
    id = library.transcripts.create(Source(duration=9000), EngineInfo("faster-whisper", "whisper-base", "cpu"))
    cut = segments(*texts)
    library.transcripts.replace(id, cut, default_speakers(s.speaker or "" for s in cut), EngineInfo("faster-whisper"))
    return id


def get(library: Library, id: int) -> Transcript:
    transcript = library.transcripts.get(id)
    assert transcript
    return transcript


class TestJobs:
    def test_options_are_frozen_into_the_job(self, library: Library) -> None:
        options = JobOptions("whisper-tiny.en", "en", speakers="3", decode=DecodeOptions(beam_size=2, prompt="Jörg"))
        job = add(library, options=options)
        assert library.jobs.get(job.id) == job
        assert job.options == options

    def test_options_stored_by_another_version_are_read(self, library: Library) -> None:
        job = add(library)
        with library.database.write() as db:
            db.execute("UPDATE job SET options = ?", ('{"model":"m","gone":1,"decode":{"beam_size":3,"new":true}}',))
        found = library.jobs.get(job.id)
        assert found
        assert found.options == JobOptions("m", decode=DecodeOptions(beam_size=3))

    def test_jobs_are_claimed_in_order_and_only_once(self, library: Library) -> None:
        first, second = add(library, "1.wav"), add(library, "2.wav")
        library.jobs.move(second.id, before=first.id)
        claimed = [library.jobs.claim(["local"]), library.jobs.claim(["local"]), library.jobs.claim(["local"])]
        assert [j.id if j else None for j in claimed] == [second.id, first.id, None]
        assert library.jobs.claim(["a vendor"]) is None

    def test_claim_can_be_limited_to_own_jobs(self, library: Library) -> None:
        add(library, "1.wav")
        mine = add(library, "2.wav")
        job = library.jobs.claim(["local"], only=[mine.id])
        assert job
        assert job.id == mine.id

    def test_moving_to_the_end(self, library: Library) -> None:
        ids = [add(library, f"{n}.wav").id for n in range(3)]
        library.jobs.move(ids[0], before=None)
        assert [j.id for j in library.jobs.all()] == [ids[1], ids[2], ids[0]]

    @settings(max_examples=30, deadline=None)
    @given(moves=st.lists(st.tuples(st.integers(1, 5), st.one_of(st.none(), st.integers(1, 5))), max_size=8))
    def test_any_moves(self, tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, int | None]]) -> None:
        library = Library(Home(tmp_path_factory.mktemp("h")).prepared())
        order = [add(library, f"{n}.wav").id for n in range(5)]
        for id, before in moves:
            library.jobs.move(id, before)
            if id != before:
                order.remove(id)
                order.insert(order.index(before) if before else len(order), id)
        assert [j.id for j in library.jobs.all()] == order
        library.close()

    def test_progress_never_falls(self, library: Library) -> None:
        job = add(library)
        library.jobs.set_progress(job.id, "Writing the text", 0.6)
        library.jobs.set_progress(job.id, "Writing the text", 0.4)
        found = library.jobs.get(job.id)
        assert found
        assert found.progress == 0.6

    def test_how_it_ended_is_kept_over_a_restart(self, home: Home) -> None:
        first = Library(home)
        job = add(first)
        problem = Problem("“a.wav” is empty.", "Copy it again.", "detail", "MediaError")
        first.jobs.set_state(job.id, JobState.FAILED, problem=problem, took=2.5)
        first.close()
        second = Library(home)
        found = second.jobs.get(job.id)
        second.close()
        assert found
        assert (found.state, found.problem, found.took) == (JobState.FAILED, problem, 2.5)

    def test_the_same_recording_with_the_same_options_is_found(self, library: Library) -> None:
        job = add(library)
        assert library.jobs.same(job.content_id, job.options, [JobState.WAITING]) == job
        assert library.jobs.same(job.content_id, JobOptions(language="de"), [JobState.WAITING]) is None
        assert library.jobs.same(job.content_id, job.options, [JobState.DONE]) is None

    def test_options_that_a_newer_version_knows_more_of_are_still_the_same(self, library: Library) -> None:
        job = add(library)
        with library.database.write() as db:
            db.execute("UPDATE job SET options = ?", ('{"model":"whisper-base","decode":{}}',))
        assert library.jobs.same(job.content_id, JobOptions(), [JobState.WAITING]) == job

    def test_removing_takes_the_transcript_along(self, library: Library) -> None:
        job = add(library)
        id = library.transcripts.create(Source(duration=9000), EngineInfo(), job.id)
        library.transcripts.append(id, segments("Guten Tag."), 2000)
        assert library.jobs.remove(job.id)
        assert library.transcripts.get(id) is None
        with library.database.read() as db:
            assert db.execute("SELECT COUNT(*) FROM segment").fetchone()[0] == 0


def _claim_and_hang(root: Path, ready: object) -> None:
    library = Library(Home(root))
    library.jobs.claim(["local"])
    ready.send("claimed")  # type: ignore[attr-defined]
    signal.pause()


def test_a_job_whose_process_was_killed_goes_back_to_the_queue(home: Home, library: Library) -> None:
    job = add(library)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_claim_and_hang, args=(home.root, theirs))
    process.start()
    assert ours.poll(30)
    assert library.jobs.recover() == 0, "its owner lives"
    assert library.jobs.claim(["local"]) is None
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    again = library.jobs.claim(["local"])
    assert again
    assert again.id == job.id


def test_what_another_process_runs_is_left_alone(home: Home, library: Library) -> None:
    job = add(library)
    other = Library(home)
    assert other.jobs.claim(["local"])
    assert library.jobs.set_state(job.id, JobState.CANCELLED) is None
    assert library.jobs.remove(job.id) is False
    found = library.jobs.get(job.id)
    assert found
    assert found.state == JobState.RUNNING
    assert other.jobs.set_state(job.id, JobState.DONE)
    other.close()


def test_a_state_is_only_changed_from_those_that_allow_it(library: Library) -> None:
    job = add(library)
    library.jobs.set_state(job.id, JobState.DONE)
    assert library.jobs.set_state(job.id, JobState.CANCELLED, since=UNFINISHED) is None
    found = library.jobs.get(job.id)
    assert found
    assert found.state == JobState.DONE


def test_many_runners_never_get_the_same_job(home: Home, library: Library) -> None:
    ids = [add(library, f"{n}.wav").id for n in range(40)]
    got: list[int] = []
    runners = [Library(home) for _ in range(4)]

    def work(own: Library) -> None:
        while job := own.jobs.claim(["local"]):
            got.append(job.id)

    threads = [threading.Thread(target=work, args=[own]) for own in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own in runners:
        own.close()
    assert sorted(got) == ids


def test_connections_go_with_their_threads(home: Home, library: Library) -> None:
    def held() -> int:
        return sum(f.path.startswith(str(home.database)) for f in psutil.Process().open_files())

    def look() -> None:
        thread = threading.Thread(target=lambda: (library.jobs.all(), leave_thread()))
        thread.start()
        thread.join()

    look()  # SQLite keeps a spare file
    before = held()
    for _ in range(5):
        look()
    assert held() == before


class TestWhatKilledProcessesLeft:
    def test_sound_and_peaks_that_no_job_needs_go_when_a_library_is_opened(self, home: Home, library: Library) -> None:
        waiting, running, done = (add(library, name) for name in ("w.wav", "r.wav", "d.wav"))
        library.jobs.set_state(waiting.id, JobState.PAUSED)
        assert library.jobs.claim(["local"], only=[running.id])
        library.jobs.set_state(done.id, JobState.DONE)
        kept = [
            home.audio_file(waiting.id),
            home.audio_file(running.id),
            home.audio / f"{running.id}.wav.1234.part",  # of a live process
            home.peaks_file(done.content_id, 0),
        ]
        gone = [
            home.audio_file(done.id),
            home.audio_file(999),
            home.audio / f"{waiting.id}.wav.1234.part",
            home.peaks_file("another content", 0),
        ]
        for file in kept + gone:
            file.touch()
        Library(home).close()
        assert [f.name for f in kept if not f.exists()] == []
        assert [f.name for f in gone if f.exists()] == []

    def test_locks_of_the_dead_go_and_those_of_the_living_stay(self, home: Home, library: Library) -> None:
        ours = set(home.run.iterdir())
        dead, fresh = home.run / "dead.lock", home.run / "fresh.lock"
        dead.touch()
        fresh.touch()
        for lock in (dead, *ours):
            os.utime(lock, (1, 1))
        Library(home).close()
        assert set(home.run.iterdir()) == ours | {fresh}


class TestTranscripts:
    def test_a_job_has_its_transcript_from_the_beginning(self, library: Library) -> None:
        job = add(library)
        id = library.transcripts.create(Source(duration=1234), EngineInfo(), job.id)
        found = library.jobs.get(job.id)
        assert found
        assert (found.transcript_id, found.duration) == (id, 1234)

    def test_segments_are_kept_as_they_arrive(self, library: Library) -> None:
        id = library.transcripts.create(Source("/p/ü.wav", "ü.wav", "c", 9000), EngineInfo("faster-whisper"))
        one, two, three = segments("Eins.", "Zwei.", "Drei.")
        library.transcripts.append(id, [one], 2000)
        assert library.transcripts.heard(id) == 2000
        both = library.transcripts.append(id, [two, three], 6000)
        assert [s.id for s in both] == [2, 3]
        assert [s.text for s in get(library, id).segments] == ["Eins.", "Zwei.", "Drei."]
        assert library.transcripts.heard(id) == 6000

    def test_everything_comes_back_as_it_went_in(self, library: Library) -> None:
        id = library.transcripts.create(Source("/p/日本.wav", "日本.wav", "c", 9000, 1), EngineInfo("e", "m", "cpu"))
        word = Word("語", 10, 20, None, space=False)
        segment = Segment(10, 20, "語", (word,), "S1", None, 1)
        plain = Segment(30, 40, "no words", (), None, 0.25, 2)
        library.transcripts.replace(id, [segment, plain], (Speaker("S1", "Frau Ü"),), EngineInfo("e2"))
        library.transcripts.describe(id, language="ja")
        assert get(library, id) == Transcript(
            (segment, plain),
            (Speaker("S1", "Frau Ü"),),
            "ja",
            9000,
            Source("/p/日本.wav", "日本.wav", "c", 9000, 1),
            EngineInfo("e2"),
        )

    def test_rename_undo_redo(self, library: Library) -> None:
        id = stored(library, "Guten Tag.", "Hallo.")
        make(library, id, rename_speaker(get(library, id), "S1", " Jörg  Müller "))
        assert get(library, id).speakers[0].name == "Jörg Müller"
        assert library.transcripts.history(id) == ("rename Speaker 1 to Jörg Müller", None)
        library.transcripts.undo(id)
        assert get(library, id).speakers[0].name == "Speaker 1"
        assert library.transcripts.history(id) == (None, "rename Speaker 1 to Jörg Müller")
        library.transcripts.redo(id)
        assert get(library, id).speakers[0].name == "Jörg Müller"
        assert library.transcripts.redo(id) is None

    def test_a_new_edit_drops_what_was_undone(self, library: Library) -> None:
        id = stored(library, "Guten Tag.", "Hallo.")
        make(library, id, rename_speaker(get(library, id), "S1", "A"))
        library.transcripts.undo(id)
        make(library, id, rename_speaker(get(library, id), "S2", "B"))
        assert library.transcripts.redo(id) is None
        assert [s.name for s in get(library, id).speakers] == ["Speaker 1", "B"]

    def test_notes_and_colours_are_kept(self, library: Library) -> None:
        id = stored(library, "Guten Tag.", "Hallo.")
        first = get(library, id)
        make(library, id, comment(first.segments[0], "Name prüfen"))
        make(library, id, flag(get(library, id).segments[:1]))
        colored = tuple(dataclasses.replace(s, color=5) for s in first.speakers)
        make(library, id, Edit("colour", speakers_before=first.speakers, speakers_after=colored))
        now = get(library, id)
        assert (now.segments[0].comment, now.segments[0].flagged) == ("Name prüfen", True)
        assert now.speakers == colored
        for _ in range(3):
            library.transcripts.undo(id)
        assert get(library, id) == first

    def test_a_step_may_grow_until_the_next_one(self, library: Library) -> None:
        id = stored(library, "Guten Tag.")
        before = get(library, id)
        store = library.transcripts
        revision = store.revision(id)
        for text in ("Guten Tag!", "Guten Tag!!", "Guten Abend!!"):
            revision = store.record(id, revision, {1: set_text(before.segments[0], text)})
        assert get(library, id).segments[0].text == "Guten Abend!!"
        assert store.undo(id) == 1
        assert get(library, id) == before

    def test_who_comes_second_stores_nothing(self, library: Library) -> None:
        id = stored(library, "Guten Tag.", "Hallo.")
        store, revision = library.transcripts, library.transcripts.revision(id)
        make(library, id, rename_speaker(get(library, id), "S1", "A"))
        after = get(library, id)
        with pytest.raises(ConflictError):
            store.record(id, revision, {1: rename_speaker(after, "S2", "B")})
        assert get(library, id) == after

    def test_steps_of_an_older_version_can_still_be_undone(self, home: Home) -> None:
        with contextlib.closing(sqlite3.connect(home.database)) as db:
            for statement in MIGRATIONS[0].split(";"):
                db.execute(statement)
            db.execute("PRAGMA user_version=1")
            db.execute("INSERT INTO transcript (id, source, engine) VALUES (1, '{}', '{}')")
            db.execute("INSERT INTO speaker VALUES (1, 0, 'S1', 'Anna')")
            words = '[["Hallo",0,500,0.5,1]]'
            db.execute("INSERT INTO segment VALUES (1, 1, 0, 500, 'S1', 'Hallo', 0.5, ?)", (words,))
            old = '{"id":1,"start":0,"end":500,"speaker":null,"text":"Hallo","confidence":0.5,"words":' + words + "}"
            new = old.replace("null", '"S1"')
            both = '[["S1","Speaker 1"]]', '[["S1","Anna"]]'
            speakers = f'"speakers_before":{both[0]},"speakers_after":{both[1]}'
            edit = f'{{"name":"x","before":[{old}],"after":[{new}],{speakers}}}'
            db.execute("INSERT INTO edit (transcript_id, step, edit) VALUES (1, 1, ?)", (edit,))
            db.commit()
        library = Library(home)
        assert library.transcripts.undo(1) == 1
        word = Word("Hallo", 0, 500, 0.5)
        assert get(library, 1).segments == (Segment(0, 500, "Hallo", (word,), None, 0.5, 1),)
        assert get(library, 1).speakers == (Speaker("S1", "Speaker 1"),)
        assert library.transcripts.redo(1) == 1
        assert get(library, 1).speakers == (Speaker("S1", "Anna"),)
        library.close()

    @settings(max_examples=30, deadline=None)
    @given(
        steps=st.lists(st.sampled_from(["rename", "relabel", "split", "merge", "type", "undo", "redo"]), max_size=12),
        pick=st.randoms(use_true_random=False),
    )
    def test_any_sequence_of_edits_and_undos_is_exact(
        self, tmp_path_factory: pytest.TempPathFactory, steps: list[str], pick: random.Random
    ) -> None:
        library = Library(Home(tmp_path_factory.mktemp("h")).prepared())
        id = stored(library, "a b c.", "d e.", "f.")
        states, at = [get(library, id)], 0
        for n, step in enumerate(steps):
            now = states[at]
            if step == "undo":
                assert (library.transcripts.undo(id) is None) == (at == 0)
                at = max(0, at - 1)
            elif step == "redo":
                assert (library.transcripts.redo(id) is None) == (at == len(states) - 1)
                at = min(len(states) - 1, at + 1)
            else:
                edit = some_edit(step, now, n, pick)
                make(library, id, edit)
                states[at + 1 :] = [apply(now, edit)]
                at += 1
            assert get(library, id) == states[at]
        library.close()


def make(library: Library, id: int, edit: Edit) -> None:
    store = library.transcripts
    store.record(id, store.revision(id), {store.last_step(id) + 1: edit})


def some_edit(kind: str, now: Transcript, n: int, pick: random.Random) -> Edit:
    speaker, segment = pick.choice(["S1", "S2"]), pick.choice(now.segments)
    if kind == "rename":
        return rename_speaker(now, speaker, f"N{n}")
    if kind == "relabel":
        return relabel(now, [segment], speaker)
    if kind == "split" and " " in segment.text and segment.end > segment.start:
        return split(segment, segment.text.index(" "), next(fresh_ids(now.segments)))
    if kind == "merge" and len(now.segments) > 1:
        row = pick.randrange(len(now.segments) - 1)
        return merge(now.segments[row : row + 2])
    return set_text(segment, f"{segment.text} und {n}")


class TestTrouble:
    def test_a_damaged_file_is_named(self, home: Home) -> None:
        home.database.write_bytes(b"this is not a database at all" * 100)
        with pytest.raises(StorageError, match="damaged"):
            Library(home)

    def test_a_library_of_a_newer_version_is_left_alone(self, home: Home) -> None:
        Library(home).close()
        db = sqlite3.connect(home.database)
        db.execute("PRAGMA user_version=99")
        db.close()
        with pytest.raises(StorageError, match="newer version"):
            Library(home)

    def test_a_full_disk_loses_nothing(self, library: Library) -> None:
        id = stored(library, "Guten Tag.")
        with library.database.read() as db:
            db.execute(f"PRAGMA max_page_count={db.execute('PRAGMA page_count').fetchone()[0]}")
        many = segments(*["Das ist ein langer Satz mit vielen Wörtern." * 20] * 200)
        with pytest.raises(StorageError, match="the disk is full"):
            library.transcripts.append(id, many, 5000)
        assert [s.text for s in get(library, id).segments] == ["Guten Tag."]

    def test_a_home_that_cannot_be_written_to_is_named(self, home: Home) -> None:
        home.run.rmdir()
        home.run.touch()
        with pytest.raises(StorageError, match="STUDIO_HOME"):
            Library(home)

    def test_a_home_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(StorageError, match="STUDIO_HOME"):
            Home(tmp_path / "file" / "home").prepared()


def test_settings_are_kept(home: Home) -> None:
    library = Library(home)
    library.settings.set("theme", "dark")
    library.settings.set("options", {"model": "whisper-base"})
    library.close()
    again = Library(home)
    assert again.settings.get("theme") == "dark"
    assert again.settings.get("options") == {"model": "whisper-base"}
    assert again.settings.get("nothing", 7) == 7
    again.close()


def test_a_setting_that_stands_there_already_is_not_written_again(home: Home, library: Library) -> None:
    library.settings.set("theme", "dark")
    with contextlib.closing(sqlite3.connect(home.database)) as witness:

        def version() -> int:
            """Another one after each write of somebody else."""
            return int(witness.execute("PRAGMA data_version").fetchone()[0])

        before = version()
        library.settings.set("theme", "dark")
        assert version() == before
        library.settings.set("theme", "light")
        assert version() != before
