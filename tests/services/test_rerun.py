"""Recognising a stretch again: real sound, real models, one step that replaces exactly the chosen segments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from studio.core.edits import apply
from studio.core.errors import MediaError, UsageError
from studio.core.jobs import Job, JobOptions, JobState, Progress, Stopped, StopReason, StopToken
from studio.core.transcript import Segment, Speaker, Transcript, Word
from studio.library import Home
from studio.services import queue, rerun
from studio.services.hearing import HearOptions
from studio.services.queue import LOCAL, Running
from studio.services.rerun import Reheard, RerunEvent
from studio.services.runner import run_next
from studio.services.studio import Studio

TINY, BASE = "whisper-tiny.en", "whisper-base"


def line(text: str, start: int, id: int, speaker: str | None = None) -> Segment:
    made = [Word(w, start + 400 * n, start + 400 * n + 300, 0.8) for n, w in enumerate(text.split())]
    return Segment.from_words(made, speaker, id)


def words(text: str, start: int) -> list[Word]:
    return list(line(text, start, 0).words)


TALK = Transcript(
    (
        line("you grew up in Husum", 0, 1, "S1"),
        line("yes behind the dyke", 2_400, 2, "S2"),
        line("so they say", 5_000, 3, "S1"),
    ),
    (Speaker("S1", "Annika"), Speaker("S2", "Jörg")),
)


def test_a_stretch_is_widened_to_whole_segments():
    assert [s.id for s in rerun.chosen(TALK, 1_000, 2_500)] == [1, 2]
    assert rerun.chosen(TALK, 6_500, 7_000) == ()


def test_words_of_the_neighbours_are_left_to_them():
    """Heard with what stands before and after; the neighbours' words came out shifted into the stretch."""
    heard = [*words("up in Husum", 1_300), *words("guess behind the dike so they", 2_600)]
    result = rerun.reheard(TALK, TALK.segments[1:2], heard)
    assert [s.text for s in result.edit.after] == ["guess behind the dike"]
    assert [s.speaker for s in result.edit.after] == ["S2"]
    assert [(d.left[0].text, d.right[0].text) for d in result.comparison.differences] == [
        ("yes", "guess"),
        ("dyke", "dike"),
    ]


def test_speakers_change_where_they_changed_before():
    heard = words("you grew up in Husum. Yes behind the dyke.", 0)
    result = rerun.reheard(TALK, TALK.segments[:2], heard)
    assert [(s.text, s.speaker) for s in result.edit.after] == [
        ("you grew up in Husum.", "S1"),
        ("Yes behind the dyke.", "S2"),
    ]


def test_comments_and_flags_stay():
    old = TALK.segments[1]._replace(comment="check the name", flagged=True)
    talk = TALK.with_segments([TALK.segments[0], old, TALK.segments[2]])
    (new,) = rerun.reheard(talk, [old], words("yes behind the dike", 2_400)).edit.after
    assert (new.comment, new.flagged) == ("check the name", True)


def test_no_word_reaches_into_a_neighbour():
    late = [w._replace(end=w.end + 3_000) for w in words("yes behind the dike", 2_400)]
    after = apply(TALK, rerun.reheard(TALK, TALK.segments[1:2], late).edit).segments
    assert all(one.end <= other.start for one, other in pairwise(after))


def test_nothing_chosen_and_no_recording_are_said_plainly(studio: Studio, tone: Callable[[str], Path]):
    job = studio.library.jobs.add("/nowhere/Öl.wav", "Öl.wav", "c", 9_000, "cpu", JobOptions())
    with pytest.raises(UsageError, match="No passage is chosen"):
        next(rerun.rerun(studio, job, TALK, 8_000, 9_000, HearOptions(TINY), StopToken()))
    with pytest.raises(MediaError, match=r"“Öl\.wav” is not where it was"):
        next(rerun.rerun(studio, job, TALK, 0, 1_000, HearOptions(TINY), StopToken()))


def test_a_model_that_cannot_do_it_is_refused_at_once(studio: Studio, sample: Path):
    job = studio.library.jobs.add(str(sample), sample.name, "c", 9_000, "cpu", JobOptions())
    with pytest.raises(UsageError, match="only writes English"):
        next(rerun.rerun(studio, job, TALK, 0, 1_000, HearOptions(TINY, "de"), StopToken()))


# With real models


@pytest.fixture(scope="module")
def recognised(
    sample: Path, weights: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Studio, Job]]:
    """The sample, recognised by the small model; none of the tests below changes it."""
    home = Home(tmp_path_factory.mktemp("recognised") / "home").prepared()
    home.models.mkdir()
    for id in (TINY, BASE):
        (home.models / id).symlink_to(weights(id))
    studio = Studio.open(home)
    queue.add(studio, [sample], JobOptions(model=TINY, language="en", speakers="off"))
    for _ in run_next(studio, Running(), LOCAL):
        pass
    (job,) = studio.library.jobs.all()
    assert job.state is JobState.DONE
    yield studio, job
    studio.close()


def stored(studio: Studio, job: Job) -> Transcript:
    transcript = studio.library.transcripts.get(job.transcript_id or 0)
    assert transcript is not None
    return transcript


@pytest.mark.slow
def test_a_range_with_another_model(recognised: tuple[Studio, Job]):
    studio, job = recognised
    before = stored(studio, job)
    middle = before.segments[3:6]
    events = list(
        rerun.rerun(
            studio, job, before, middle[0].start + 10, middle[-1].end - 10, HearOptions(BASE, "en"), StopToken()
        )
    )
    *told, result = events
    assert isinstance(result, Reheard)
    fractions = [e.fraction for e in told if isinstance(e, Progress)]
    assert fractions == sorted(fractions)
    assert stored(studio, job) == before  # a preview, no more
    assert result.edit.before == middle
    after = apply(before, result.edit)
    assert after.segments[:3] == before.segments[:3]
    assert after.segments[-len(before.segments[6:]) :] == before.segments[6:]
    assert result.comparison.likeness.words > 0.8
    assert result.comparison.likeness.apart is not None
    assert result.comparison.likeness.apart < 300
    assert apply(after, result.edit.inverse()) == before


@pytest.mark.slow
def test_every_single_segment_again_loses_and_doubles_nothing(recognised: tuple[Studio, Job]):
    studio, job = recognised
    before = stored(studio, job)
    for segment in before.segments[::4]:
        *_, result = rerun.rerun(studio, job, before, segment.start, segment.end, HearOptions(TINY, "en"), StopToken())
        assert isinstance(result, Reheard)
        told = segment.text, [s.text for s in result.edit.after]
        assert abs(sum(len(s.words) for s in result.edit.after) - len(segment.words)) <= 1, told
        assert result.comparison.likeness.words > 0.7, told


@pytest.mark.slow
def test_stopping_leaves_everything_as_it_was(recognised: tuple[Studio, Job]):
    studio, job = recognised
    before, stop = stored(studio, job), StopToken()

    def stopping(events: Iterator[RerunEvent]) -> None:
        for event in events:
            if isinstance(event, Progress) and event.stage == "Listening to the recording":
                stop.request(StopReason.CANCEL)

    with pytest.raises(Stopped):
        stopping(rerun.rerun(studio, job, before, 0, 60_000, HearOptions(BASE, "en"), stop))
    assert stored(studio, job) == before
