"""Words are replaced in the transcripts of the whole library, as one step in the history of each."""

from __future__ import annotations

import pytest

from studio.core.errors import UsageError
from studio.core.jobs import Job, JobOptions, JobState, StopToken
from studio.core.replace import Query
from studio.core.transcript import EngineInfo, Segment, Source
from studio.services.library_replace import replace_in_library, replacements
from studio.services.studio import Studio
from studio.services.versions import versions


def add(studio: Studio, name: str, *texts: str, state: JobState = JobState.DONE) -> Job:
    library = studio.library
    job = library.jobs.add(f"/{name}", name, name, 1000, "cpu", JobOptions(), state)
    id = library.transcripts.create(Source(), EngineInfo(), job.id)
    library.transcripts.replace(id, [Segment(0, 900, text) for text in texts], (), EngineInfo())
    found = library.jobs.get(job.id)
    assert found
    return found


def texts(studio: Studio, job: Job) -> list[str]:
    transcript = studio.library.transcripts.get(job.transcript_id or 0)
    assert transcript
    return [s.text for s in transcript.segments]


def test_only_whole_words_where_that_is_asked(studio: Studio) -> None:
    one = add(studio, "one.wav", "Meier and Meier", "Meiers")
    add(studio, "two.wav", "Obermeier")
    query = Query("Meier", case=True, whole_word=True)
    [found] = replacements(studio, query, "Mayer", StopToken())
    assert found.job == one
    assert [s.text for s in found.edit.after] == ["Mayer and Mayer"]
    everywhere = list(replacements(studio, Query("meier"), "Mayer", StopToken()))
    assert [r.job.name for r in everywhere] == ["two.wav", "one.wav"]
    assert len(everywhere[1].edit.before) == 2


def test_signs_without_letters_are_found_too(studio: Studio) -> None:
    job = add(studio, "one.wav", "5 % of it")
    found = list(replacements(studio, Query("%", whole_word=True), "per cent", StopToken()))
    assert [(r.job, r.edit.after[0].text) for r in found] == [(job, "5 per cent of it")]


def test_what_is_still_written_is_passed_over(studio: Studio) -> None:
    add(studio, "one.wav", "Meier", state=JobState.WAITING)
    assert list(replacements(studio, Query("Meier"), "Mayer", StopToken())) == []


def test_each_transcript_gets_one_step_and_a_version(studio: Studio) -> None:
    jobs = [add(studio, f"{n}.wav", "Meier", "Meier too", "no") for n in range(3)]
    query = Query("Meier", case=True, whole_word=True)
    assert list(replace_in_library(studio, jobs[:2], query, "Mayer", StopToken())) == [1, 2]
    assert [texts(studio, job)[1] for job in jobs] == ["Mayer too", "Mayer too", "Meier too"]
    id = jobs[0].transcript_id or 0
    name, _ = studio.library.transcripts.history(id)
    assert name
    assert name.startswith("replace “Meier” by “Mayer”")
    assert [v.automatic for v in versions(studio, id)] == [True]
    studio.library.transcripts.undo(id)
    assert texts(studio, jobs[0]) == ["Meier", "Meier too", "no"]


def test_a_removed_transcript_is_passed_over(studio: Studio) -> None:
    job = add(studio, "one.wav", "Meier")
    studio.library.jobs.remove(job.id)
    assert list(replace_in_library(studio, [job], Query("Meier"), "Mayer", StopToken())) == [0]


def test_an_expression_looks_into_every_transcript_and_puts_its_groups_in(studio: Studio) -> None:
    jobs = [add(studio, f"{n}.wav", f"Meier, {n}", "no") for n in range(2)]
    query = Query(r"(M\w+), (\d)", case=True, whole_word=True, regex=True)
    found = [r.edit.after[0].text for r in replacements(studio, query, "$2 $1", StopToken())]
    assert found == ["1 Meier", "0 Meier"]
    assert list(replace_in_library(studio, jobs, query, r"\2", StopToken())) == [1, 2]
    assert [texts(studio, job) for job in jobs] == [["0", "no"], ["1", "no"]]


@pytest.mark.parametrize(("expression", "replacement"), [("(", ""), ("a", "$1"), ("(a|aa)+$", "b")])
def test_an_expression_that_does_not_work_changes_nothing(studio: Studio, expression: str, replacement: str) -> None:
    job = add(studio, "one.wav", "a" * 200 + "b")
    with pytest.raises(UsageError):
        list(replacements(studio, Query(expression, regex=True), replacement, StopToken()))
    with pytest.raises(UsageError):
        list(replace_in_library(studio, [job], Query(expression, regex=True), replacement, StopToken()))
    assert texts(studio, job) == ["a" * 200 + "b"]
