"""The second opinion: where it comes from, and decisions as steps of the transcript's own history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core.compare import Keep
from studio.core.edits import Edit, apply, set_text
from studio.core.errors import FormatError, UsageError
from studio.core.jobs import JobOptions, JobState
from studio.core.transcript import EngineInfo, Segment, Source, Transcript, Word
from studio.services import opinion
from studio.services.editing import EditSession
from studio.services.hearing import HearOptions
from studio.services.opinion import Decisions
from studio.services.studio import Studio


def line(text: str, start: int, id: int, confidence: float | None = 0.8) -> Segment:
    return Segment.from_words(
        [Word(w, start + 400 * n, start + 400 * n + 300, confidence) for n, w in enumerate(text.split())], "S1", id
    )


LEFT = Transcript((line("the north wind and the sun", 0, 1), line("were disputing in 2019", 5_000, 2)))
RIGHT = Transcript((line("the nord wind and a sun", 0, 1), line("were disputing in about 2019", 5_000, 2)))


def done(studio: Studio, content: str, model: str, transcript: Transcript = LEFT, **options: object) -> int:
    """A finished job with a transcript."""
    values = JobOptions(model=model, **options)  # type: ignore[arg-type]
    job = studio.library.jobs.add("/talks/Öl.wav", "Öl.wav", content, 9000, "cpu", values)
    id = studio.library.transcripts.create(Source(content_id=content, duration=9000), EngineInfo(model=model), job.id)
    studio.library.transcripts.append(id, transcript.segments, 9000)
    studio.library.jobs.set_state(job.id, JobState.DONE)
    return job.id


# Where it comes from


def test_other_jobs_on_the_same_recording_are_candidates_the_finished_ones_first(studio: Studio):
    job = studio.library.jobs.get(done(studio, "c1", "whisper-base"))
    done(studio, "c2", "whisper-small")
    other = done(studio, "c1", "whisper-small", language="de", vocabulary="Husum")
    waiting = studio.library.jobs.add("/talks/Öl.wav", "Öl.wav", "c1", 9000, "cpu", JobOptions(model="whisper-tiny.en"))
    assert job is not None
    found = opinion.candidates(studio, job)
    assert [(c.job.id, c.ready) for c in found] == [(other, True), (waiting.id, False)]
    assert (found[0].title, found[0].about) == ("whisper-small", "German, with names and terms, ready")
    assert opinion.load(studio, found[0].job).segments == LEFT.segments


def test_a_job_without_text_is_no_opinion(studio: Studio):
    job = studio.library.jobs.add("/talks/Öl.wav", "Öl.wav", "c1", 9000, "cpu", JobOptions())
    with pytest.raises(UsageError, match="has no text"):
        opinion.load(studio, job)


def test_a_subtitle_file_is_an_opinion(tmp_path: Path):
    file = tmp_path / "zweite Meinung.srt"
    file.write_text("1\n00:00:00,000 --> 00:00:02,400\nthe nord wind and the sun\n", "utf-8")
    decisions = Decisions(LEFT, opinion.from_file(file))
    assert [d.right[0].text for d in decisions.comparison.differences if d.right] == ["nord"]
    with pytest.raises(FormatError, match=r"leer\.srt"):
        opinion.from_file(write(tmp_path / "leer.srt", ""))


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_an_opinion_is_asked_for_once(studio: Studio, tone: Callable[[str], Path]):
    path = tone("Gespräch.wav")
    job = studio.library.jobs.add(str(path), path.name, "c", 500, "either", JobOptions())
    options = HearOptions("whisper-tiny.en", "en", vocabulary="Husum")
    asked = opinion.ask_for(studio, job, options)
    assert (asked.options.model, asked.options.vocabulary, asked.state) == (
        "whisper-tiny.en",
        "Husum",
        JobState.WAITING,
    )
    assert opinion.ask_for(studio, job, options).id == asked.id
    with pytest.raises(UsageError, match="made this transcript"):
        opinion.ask_for(studio, job, HearOptions(job.options.model))


# Deciding


def test_each_decision_is_a_named_step():
    decisions = Decisions(LEFT, RIGHT)
    assert decisions.open == [0, 1, 2]
    edit = decisions.decide(LEFT, {0: Keep.RIGHT})
    assert edit is not None
    assert edit.name == "take “nord”"
    assert [s.text for s in apply(LEFT, edit).segments] == ["the nord wind and the sun", "were disputing in 2019"]
    assert decisions.open == [1, 2]


def test_a_decision_can_be_changed():
    decisions = Decisions(LEFT, RIGHT)
    now = LEFT
    for keep in (Keep.RIGHT, Keep.LEFT):
        edit = decisions.decide(now, {0: keep, 1: Keep.RIGHT})
        assert edit is not None
        now = apply(now, edit)
    assert now.segments[0].text == "the north wind and a sun"
    assert edit.name == "decide 2 differences"


def test_what_is_undone_is_open_again():
    decisions = Decisions(LEFT, RIGHT)
    first = decisions.decide(LEFT, {0: Keep.LEFT})
    assert first is not None
    now = apply(LEFT, first)
    second = decisions.decide(now, {1: Keep.RIGHT})
    assert second is not None
    now = apply(now, second)
    assert not decisions.follow(now)
    assert decisions.choices == {0: Keep.LEFT, 1: Keep.RIGHT}
    now = apply(now, second.inverse())
    assert not decisions.follow(now)
    assert decisions.choices == {0: Keep.LEFT}
    assert not decisions.follow(apply(now, first.inverse()))
    assert decisions.choices == {}
    assert not decisions.follow(apply(apply(LEFT, first), second))  # redone
    assert decisions.choices == {0: Keep.LEFT, 1: Keep.RIGHT}


def test_another_change_of_the_text_compares_anew():
    decisions = Decisions(LEFT, RIGHT)
    typed = apply(LEFT, set_text(LEFT.segments[1], "were disputing in about 2019"))
    assert decisions.follow(typed)
    assert [d.right[0].text for d in decisions.comparison.differences] == ["nord", "a"]


def test_a_new_comparison_remembers_what_was_kept():
    decisions = Decisions(LEFT, RIGHT)
    edit = decisions.decide(LEFT, {0: Keep.LEFT, 1: Keep.RIGHT})
    assert edit is not None
    again = Decisions(apply(LEFT, edit), RIGHT)
    assert [d.left[0].text for d in again.comparison.differences if d.left] == ["north"]
    assert again.choices == {0: Keep.LEFT}


def test_of_a_text_that_was_never_measured_nothing_counts_as_decided():
    plain = LEFT.with_segments(
        s._replace(words=tuple(w._replace(confidence=None) for w in s.words)) for s in LEFT.segments
    )
    assert Decisions(plain, RIGHT).choices == {}


def test_leaving_an_added_word_out_changes_no_text_but_is_decided():
    decisions = Decisions(LEFT, RIGHT)
    assert decisions.decide(LEFT, {2: Keep.LEFT}) is None
    assert decisions.open == [0, 1]
    assert not decisions.follow(LEFT)
    assert decisions.open == [0, 1]


def test_the_users_own_text_decides_the_whole_passage():
    decisions = Decisions(LEFT, RIGHT)
    edit = decisions.write(LEFT.segments[0], "the strong wind and the sun")
    typed = apply(LEFT, edit)
    assert decisions.open == [2]
    assert not decisions.follow(typed)
    assert decisions.typed == {1: typed.segments[0]}
    assert not decisions.follow(LEFT)
    assert (decisions.open, decisions.typed) == ([0, 1, 2], {})
    again = Decisions(typed, RIGHT)  # on another day
    assert [again.comparison.differences[n].right[0].text for n in again.open] == ["about"]


def test_decisions_are_in_the_history_of_the_transcript(studio: Studio):
    job = studio.library.jobs.get(done(studio, "c1", "whisper-base"))
    assert job is not None
    assert job.transcript_id is not None
    session = EditSession(studio, job.transcript_id)
    left = session.read()
    decisions = Decisions(left, RIGHT)
    edit = decisions.decide(left, dict.fromkeys(decisions.open, Keep.RIGHT))
    assert isinstance(edit, Edit)
    session.do(edit)
    session.save()
    assert session.history() == ("decide 3 differences", None)
    assert [s.text for s in EditSession(studio, job.transcript_id).read().segments] == [s.text for s in RIGHT.segments]
    session.undo()
    assert not decisions.follow(session.read())
    assert decisions.open == [0, 1, 2]
