"""A recording that was moved is found again by its content; another one of the same name is not taken for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from studio import media
from studio.core.errors import MediaError
from studio.core.jobs import Job, JobOptions, JobState, Stopped, StopReason, StopToken
from studio.core.transcript import EngineInfo, Segment, Source
from studio.services import finding
from studio.services.finding import Matter
from studio.services.studio import Studio

Tone = Callable[[str], Path]


def add(studio: Studio, path: Path, end: int = 500) -> Job:
    content, jobs = media.fingerprint(path), studio.library.jobs
    job = jobs.add(str(path), path.name, content, 500, "cpu", JobOptions(), JobState.DONE)
    id = studio.library.transcripts.create(Source(str(path), path.name, content, 500), EngineInfo(), job.id)
    studio.library.transcripts.replace(id, [Segment(0, end, "text")], (), EngineInfo())
    found = jobs.get(job.id)
    assert found
    return found


def test_nothing_is_the_matter_with_a_recording_in_its_place(studio: Studio, tone: Tone) -> None:
    assert finding.examine(studio, add(studio, tone("talk.wav"))).matter is Matter.NOTHING


def test_what_can_be_the_matter(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    job = add(studio, tone("talk.wav"), end=9_000)
    state = finding.examine(studio, job)
    assert (state.matter, state.duration, state.written) == (Matter.SHORTER, 500, 9_000)
    shutil.copy(tone("other.wav"), job.path)
    assert finding.examine(studio, job).matter is Matter.OTHER
    Path(job.path).write_text("no sound at all")
    assert finding.examine(studio, job).matter is Matter.OTHER
    Path(job.path).unlink()
    assert finding.examine(studio, job).matter is Matter.MISSING
    alone = studio.library.jobs.add(str(tmp_path / "sub"), "sub.srt", "", 0, "cpu", JobOptions(), JobState.DONE)
    assert finding.examine(studio, alone).matter is Matter.NEVER


@pytest.mark.parametrize("place", ["renamed.wav", "below/talk.wav", "../talk.wav", "../beside/talk.wav"])
def test_a_moved_recording_is_found_nearby(studio: Studio, tone: Tone, tmp_path: Path, place: str) -> None:
    tone("work/decoy.wav")
    job = add(studio, tone("work/talk.wav"))
    target = (tmp_path / "work" / place).resolve()
    target.parent.mkdir(exist_ok=True)
    shutil.move(job.path, target)
    found = finding.look_around(studio, job, StopToken())
    assert found
    assert found.resolve() == target


def test_it_is_found_where_other_recordings_lie(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    job = add(studio, tone("a/b/c/talk.wav"))
    other = add(studio, tone("x/y/z/other.wav"))
    target = Path(other.path).with_name("talk.wav")
    shutil.move(job.path, target)
    assert finding.look_around(studio, job, StopToken()) == target


def test_a_search_ends_when_it_is_told_to_or_takes_too_long(studio: Studio, tone: Tone) -> None:
    job = add(studio, tone("work/talk.wav"))
    tone("work/decoy.wav")
    Path(job.path).rename(Path(job.path).with_name("moved.wav"))
    assert finding.look_around(studio, job, StopToken(), seconds=-1.0) is None
    stop = StopToken()
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        finding.look_around(studio, job, stop)


def test_a_folder_is_searched_at_any_depth(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    job = add(studio, tone("talk.wav"))
    target = tmp_path / "archive" / "2026" / "may" / "x.wav"
    target.parent.mkdir(parents=True)
    shutil.move(job.path, target)
    assert finding.look_in(job, tmp_path / "archive", StopToken()) == target
    assert finding.look_in(job, target, StopToken()) == target
    tone("elsewhere/talk.wav")
    assert finding.look_in(job, tmp_path / "elsewhere", StopToken()) is None


def test_the_job_and_its_transcript_go_with_the_moved_file(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    job = add(studio, tone("talk.wav"))
    target = tmp_path / "moved.wav"
    shutil.move(job.path, target)
    now = finding.use(studio, job, target)
    assert (now.path, now.name, now.content_id) == (str(target), "moved.wav", job.content_id)
    transcript = studio.library.transcripts.get(job.transcript_id or 0)
    assert transcript
    assert transcript.source.path == str(target)
    assert finding.examine(studio, now).matter is Matter.NOTHING


def test_another_recording_is_used_only_with_a_note(studio: Studio, tone: Tone) -> None:
    job = add(studio, tone("talk.wav"))
    other = tone("other.wav")
    now = finding.use(studio, job, other)
    assert finding.examine(studio, now).matter is Matter.NOTHING
    transcript = studio.library.transcripts.get(job.transcript_id or 0)
    assert transcript
    assert transcript.source.content_id == job.content_id != now.content_id  # what the text was made from
    assert [s.text for s in transcript.segments] == ["text"]


def test_what_is_no_recording_is_refused(studio: Studio, tone: Tone, tmp_path: Path) -> None:
    job = add(studio, tone("talk.wav"))
    text = tmp_path / "notes.txt"
    text.write_text("not sound")
    with pytest.raises(MediaError):
        finding.use(studio, job, text)
    assert studio.library.jobs.get(job.id) == job
