"""Subtitle files are opened with the recording that lies beside them, or without one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from studio import media
from studio.core import edits
from studio.core.errors import FormatError, StorageError, StudioError
from studio.core.jobs import JobState
from studio.services import opening, queue
from studio.services.editing import EditSession
from studio.services.studio import Studio

SRT = "1\n00:00:00,100 --> 00:00:00,300\nHallo Köln\n\n2\n00:00:00,400 --> 00:00:00,450\nTschüss\n"


def write(path: Path, text: str = SRT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["talk.srt", "talk.de.srt", "talk.wav.srt", "TALK.srt"])
def test_the_recording_beside_it_is_taken(
    studio: Studio, tone: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    recording = tone("talk.wav")
    tone("talking.wav")
    opened = opening.open_file(studio, write(tmp_path / name))
    job = studio.library.jobs.get(opened.job.id)
    assert job == opened.job
    assert (job.path, job.name, job.state) == (str(recording), name, JobState.DONE)
    assert job.content_id == media.fingerprint(recording)
    assert opened.has_recording
    assert opened.has_times
    assert opened.warnings == ()
    transcript = studio.library.transcripts.get(job.transcript_id or 0)
    assert transcript
    assert [(s.start, s.end, s.text) for s in transcript.segments] == [(100, 300, "Hallo Köln"), (400, 450, "Tschüss")]
    assert transcript.source.content_id == job.content_id
    assert job.duration == 500


def test_without_a_recording_it_opens_all_the_same(studio: Studio, tmp_path: Path) -> None:
    opened = opening.open_file(studio, write(tmp_path / "alone.srt"))
    assert not opened.has_recording
    assert (opened.job.content_id, opened.job.duration) == ("", 450)
    transcript = studio.library.transcripts.get(opened.job.transcript_id or 0)
    assert transcript
    assert len(transcript.segments) == 2


class TestOpenedAgain:
    def test_it_is_the_job_that_is_there_with_what_was_done_to_it(self, studio: Studio, tmp_path: Path) -> None:
        path = write(tmp_path / "alone.srt")
        first = opening.open_file(studio, path)
        session = EditSession(studio, first.job.transcript_id or 0)
        session.do(edits.set_text(session.read().segments[0], "Mine"))
        session.save()
        second = opening.open_file(studio, path)
        assert (second.job, second.known, second.changed) == (first.job, True, False)
        assert (first.known, first.changed) == (False, False)
        assert [j.id for j in studio.library.jobs.all()] == [first.job.id]
        kept = studio.library.transcripts.get(second.job.transcript_id or 0)
        assert kept
        assert kept.segments[0].text == "Mine"

    def test_a_changed_file_is_told_and_can_be_another_job(self, studio: Studio, tmp_path: Path) -> None:
        path = write(tmp_path / "alone.srt")
        first = opening.open_file(studio, path)
        write(path, SRT.replace("Hallo", "Servus"))
        second = opening.open_file(studio, path)
        assert (second.job, second.known, second.changed) == (first.job, True, True)
        third = opening.open_file(studio, path, again=True)
        assert (third.known, third.job.id > first.job.id) == (False, True)
        assert opening.open_file(studio, path).job.id == third.job.id
        write(path)
        assert opening.open_file(studio, path).job.id == first.job.id, "the one with this content"

    def test_it_is_known_at_another_place_beside_the_same_recording_only(
        self, studio: Studio, tone: Callable[[str], Path], tmp_path: Path
    ) -> None:
        recording = tone("talk.wav")
        first = opening.open_file(studio, write(tmp_path / "talk.srt"))
        other = write(tmp_path / "other" / "talk.srt")
        assert not opening.open_file(studio, other).known
        moved = write(tmp_path / "moved" / "talk.srt")
        shutil.copy(recording, moved.with_suffix(".wav"))
        assert opening.open_file(studio, moved).job.id == first.job.id

    def test_a_recording_that_lies_beside_it_by_now_is_taken(
        self, studio: Studio, tone: Callable[[str], Path], tmp_path: Path
    ) -> None:
        path = write(tmp_path / "talk.srt")
        first = opening.open_file(studio, path)
        recording = tone("talk.wav")
        second = opening.open_file(studio, path)
        assert (first.has_recording, second.has_recording) == (False, True)
        assert (second.job.id, second.job.path) == (first.job.id, str(recording))

    def test_what_was_removed_is_not_known(self, studio: Studio, tmp_path: Path) -> None:
        path = write(tmp_path / "alone.srt")
        studio.library.jobs.remove(opening.open_file(studio, path).job.id)
        assert not opening.open_file(studio, path).known


def test_the_queue_never_runs_it(studio: Studio, tmp_path: Path) -> None:
    opening.open_file(studio, write(tmp_path / "alone.srt"))
    assert studio.library.jobs.claim(queue.LOCAL) is None


def test_plain_text_has_no_times(studio: Studio, tmp_path: Path) -> None:
    opened = opening.open_file(studio, write(tmp_path / "notes.txt", "One sentence.\n\nAnother one.\n"))
    assert not opened.has_times


def test_a_malformed_file_is_refused_with_line_and_reason(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(FormatError) as refused:
        opening.open_file(studio, write(tmp_path / "bad.srt", "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\nnever\nb\n"))
    sentence = refused.value.problem.what
    assert sentence.startswith("“bad.srt” cannot be read. Line ")
    assert sentence.count("bad.srt") == 1
    assert studio.library.jobs.all() == []
    with pytest.raises(StorageError, match=r"gone\.srt"):
        opening.open_file(studio, tmp_path / "gone.srt")


def test_what_could_not_be_kept_is_told(studio: Studio, tmp_path: Path) -> None:
    text = SRT.replace("00:00:00,450", "00:00:00,200")
    [warning] = opening.open_file(studio, write(tmp_path / "backwards.srt", text)).warnings
    assert "ine 6" in warning


def test_which_files_are_transcripts() -> None:
    for name in ("a.srt", "b.VTT", "c.ass", "d.TextGrid", "e.labels.txt", "f.json", "g.smi"):
        assert opening.is_transcript(Path(name)), name
    for name in ("a.wav", "b.mp4", "c.docx", "srt"):
        assert not opening.is_transcript(Path(name)), name


def test_every_file_of_the_collection_opens_or_is_refused_in_a_sentence(studio: Studio, shared_data: Path) -> None:
    files = [f for f in sorted((shared_data / "subtitles").rglob("*")) if f.is_file() and opening.is_transcript(f)]
    opened, refused = 0, list[tuple[str, str]]()
    for file in files[::10]:
        try:
            job = opening.open_file(studio, file).job
        except StudioError as e:
            refused.append((file.name, e.problem.what))
        else:
            opened += 1
            assert studio.library.transcripts.get(job.transcript_id or 0)
    assert opened > len(refused) > 0
    assert all(name in sentence for name, sentence in refused)


def test_subtitles_are_told_from_texts_and_data_by_their_name() -> None:
    subtitles = ["talk.srt", "Talk.en.VTT", "talk.ass", "talk.ttml", "talk.sub", "talk.SAMI"]
    others = ["", "talk.txt", "talk.json", "talk.TextGrid", "talk.labels.txt", "srt", "talk.wav"]
    assert [name for name in (*subtitles, *others) if opening.is_subtitles(name)] == subtitles
