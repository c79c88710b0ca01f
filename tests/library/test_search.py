"""Words are found in all transcripts, whatever people type, and only where they stand now."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.edits import Edit, delete, set_text
from studio.core.jobs import Job, JobOptions
from studio.core.transcript import EngineInfo, Segment, Source, default_speakers
from studio.library import Home, Library
from studio.library.database import MIGRATIONS


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(Home(tmp_path / "home").prepared())
    yield library
    library.close()


def add(library: Library, name: str, *texts: str) -> Job:
    job = library.jobs.add(f"/there/{name}", name, f"id of {name}", 1000, "cpu", JobOptions())
    id = library.transcripts.create(Source(), EngineInfo(), job.id)
    segments = [Segment(2000 * n, 2000 * n + 1500, text, speaker="S1") for n, text in enumerate(texts)]
    library.transcripts.replace(id, segments, default_speakers(["S1"]), EngineInfo())
    found = library.jobs.get(job.id)
    assert found
    return found


def texts(library: Library, words: str) -> list[str]:
    return [hit.snippet for hit in library.search.search(words)]


def test_a_hit_says_where_and_who(library: Library) -> None:
    job = add(library, "tide.wav", "Nothing here", "The tide comes up")
    [hit] = library.search.search("TIDE")
    assert (hit.job_id, hit.transcript_id) == (job.id, job.transcript_id)
    assert (hit.segment_id, hit.start, hit.recording, hit.speaker) == (2, 2000, "tide.wav", "Speaker 1")
    assert [hit.snippet[a:b] for a, b in hit.spans] == ["tide"]


def test_all_words_must_be_in_one_passage_and_the_last_may_be_unfinished(library: Library) -> None:
    add(library, "a.wav", "The tide comes up", "The harbour is empty", "Up comes the harbour")
    assert texts(library, "up harb") == ["Up comes the harbour"]
    assert texts(library, "har comes") == []  # only the last word may be unfinished
    assert texts(library, '"comes up"') == ["The tide comes up"]
    assert texts(library, "com ") == []  # a space ends the word


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("jorg", True),
        ("JÖRG", True),
        ("don't", True),
        ("AND", True),
        ("-minus", True),
        ("C++", True),
        ("foo_bar", True),
        ("quo", True),
        ("OR", False),
        ("NOT jorg", False),
        ("text:jorg", False),
        ("NEAR(jorg don)", False),
        ("*", False),
        ('"', False),
        ("^", False),
        ("()", False),
        ("", False),
        ("\x00jorg", True),
        ("{jorg} : don", True),
    ],
)
def test_what_is_typed_is_never_read_as_a_language(library: Library, words: str, found: bool) -> None:
    add(library, "a.wav", 'Jörg says don\'t AND "quote" -minus* foo_bar C++ text')
    assert bool(texts(library, words)) == found


@pytest.mark.parametrize(("words", "found"), [("東京", True), ("京タ", True), ("京", True), ("東タワー", False)])
def test_japanese_is_found_inside_of_its_sentences(library: Library, words: str, found: bool) -> None:
    add(library, "a.wav", "これは東京タワーです。")
    hits = library.search.search(words)
    assert bool(hits) == found
    assert all([hit.snippet[a:b] for a, b in hit.spans] == [words] for hit in hits)


def test_chinese_and_thai_too(library: Library) -> None:
    add(library, "a.wav", "我们在北京见面", "สวัสดีครับ")
    assert texts(library, "北京") == ["我们在北京见面"]
    assert texts(library, "สวัสดี") == ["สวัสดีครับ"]


def test_edits_undo_and_removal_are_seen_at_once(library: Library) -> None:
    job = add(library, "a.wav", "The tide", "The harbour")
    id = job.transcript_id or 0
    transcript = library.transcripts.get(id)
    assert transcript
    revision = library.transcripts.record(
        id, library.transcripts.revision(id), {1: set_text(transcript.segments[0], "The ebb")}
    )
    assert (texts(library, "tide"), texts(library, "ebb")) == ([], ["The ebb"])
    library.transcripts.undo(id)
    assert (texts(library, "tide"), texts(library, "ebb")) == (["The tide"], [])
    revision = library.transcripts.revision(id)
    library.transcripts.record(id, revision, {1: delete(transcript.segments[1:])})
    assert texts(library, "harbour") == []
    new = Segment(9000, 9500, "Counted down", id=-7)
    library.transcripts.record(id, library.transcripts.revision(id), {2: Edit("new", (), (new,))})
    assert [hit.segment_id for hit in library.search.search("counted")] == [-7]
    library.jobs.remove(job.id)
    assert texts(library, "tide") == texts(library, "counted") == []


def test_the_index_is_whole_after_many_changes(library: Library) -> None:
    job = add(library, "a.wav", "one two", "これは東京", "Jörg")
    for n in range(20):
        add(library, f"{n}.wav", f"number {n}", "これは東京")
    library.jobs.remove(job.id)
    with library.database.write() as db:
        db.execute("INSERT INTO segment_words (segment_words) VALUES ('integrity-check')")
    assert len(texts(library, "東京")) == 20


def test_the_latest_recordings_come_first_and_none_takes_all_the_room(library: Library) -> None:
    add(library, "old.wav", "tide 1", "tide 2", "tide 3")
    add(library, "new.wav", "tide 1", "tide 2", "tide 3")
    hits = library.search.search("tide", limit=3, each=2)
    assert [(hit.recording, hit.start) for hit in hits] == [("new.wav", 2000), ("new.wav", 4000), ("old.wav", 2000)]


def test_long_passages_are_shown_around_the_word(library: Library) -> None:
    add(library, "a.wav", "before " * 40 + "needle " + "after " * 40)
    [hit] = library.search.search("needle")
    assert len(hit.snippet) < 130
    assert [hit.snippet[a:b] for a, b in hit.spans] == ["needle"]
    assert hit.snippet.startswith("… before")
    assert hit.snippet.endswith(" …")


def test_which_transcripts_hold_a_phrase(library: Library) -> None:
    first, second = add(library, "a.wav", "the old harbour"), add(library, "b.wav", "an Old Harbour!")
    add(library, "c.wav", "harbour old")
    assert library.search.holding("old harbour") == [second.transcript_id, first.transcript_id]
    assert library.search.holding("#!") is None


def test_an_older_library_is_filled_when_it_is_opened(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").prepared()
    Library(home).close()
    before = next(n for n, script in enumerate(MIGRATIONS) if "segment_words" in script)
    home.database.unlink()
    old = sqlite3.connect(home.database)
    for script in MIGRATIONS[:before]:
        old.executescript(script)
    old.execute("INSERT INTO transcript (id, source, engine) VALUES (5, '{}', '{}')")
    old.execute(
        "INSERT INTO job (position, path, name, content_id, options, resource, state, transcript_id)"
        " VALUES (1, '', 'old.wav', '', '{}', 'cpu', 'done', 5)"
    )
    old.execute(
        "INSERT INTO segment (transcript_id, id, start, end, text, words) VALUES (5, -3, 0, 9, 'Ebbe 東京', '[]')"
    )
    old.execute(f"PRAGMA user_version={before}")
    old.commit()
    old.close()
    library = Library(home)
    assert [(hit.recording, hit.segment_id) for hit in library.search.search("東京")] == [("old.wav", -3)]
    assert texts(library, "ebbe") == ["Ebbe 東京"]
    library.close()


@pytest.mark.parametrize(
    ("one", "several", "begun"),
    [
        ("gr\u00fcne", "gru\u0308ne", "gr\u00fc"),
        ("gr\u00fcne", "gru\u0308ne", "gru"),
        ("\ud55c\uad6d", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "\ud55c\uad6d"),
        ("\u304c", "\u304b\u3099", "\u304c"),
    ],
)
def test_letters_are_found_and_shown_in_either_form(library: Library, one: str, several: str, begun: str) -> None:
    job = add(library, "a.wav", f"x {one} y", f"x {several} y")
    for wanted in (one, several, begun):
        hits = library.search.search(wanted)
        assert [hit.snippet for hit in hits] == [f"x {one} y", f"x {several} y"]
        for hit, written in zip(hits, (one, several), strict=True):
            [(start, end)] = hit.spans
            assert written.startswith(hit.snippet[start:end])
            assert wanted == begun or hit.snippet[start:end] == written
    assert library.search.holding(one) == library.search.holding(several) == [job.transcript_id]


def test_what_stands_there_as_it_is_typed_is_found(library: Library) -> None:
    add(library, "a.wav", "\u0958\u093e")  # which has no usual form of one sign
    assert texts(library, "\u0958\u093e") == ["\u0958\u093e"]


def test_another_korean_letter_is_not_shown_as_found(library: Library) -> None:
    add(library, "a.wav", "하나 한국")
    [hit] = library.search.search("한국")
    assert [hit.snippet[a:b] for a, b in hit.spans] == ["한국"]
