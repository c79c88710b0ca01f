"""Planning a command: everything that can be known to go wrong is told before an hour of work is done for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import StorageError, UsageError
from studio.core.jobs import JobOptions, JobState
from studio.services.batch import Batch, plan, stems
from studio.services.studio import Studio

Tone = Callable[[str], Path]


@pytest.fixture
def planned(studio: Studio, tmp_path: Path) -> Callable[..., Batch]:
    def make(*inputs: Path, overwrite: bool = False, **changes: Any) -> Batch:
        arguments = {"options": JobOptions(), "folder": tmp_path / "out", "formats": ["txt", "srt"], **changes}
        return plan(studio, inputs, **arguments, overwrite=overwrite)

    return make


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["a/x.mp3", "a/y.mp3"], ["x", "y"]),
        (["a/x.mp3", "a/x.wav"], ["x.mp3", "x.wav"]),
        (["a/x.mp3", "b/x.mp3"], ["a - x.mp3", "b - x.mp3"]),
        (["a/x.mp3", "A/X.mp3"], ["2 - x.mp3", "3 - X.mp3"]),
        (["c/a/x.mp3", "d/a/x.mp3"], ["2 - x.mp3", "3 - x.mp3"]),
        (["a/x.mp3.wav", "a/x.mp3", "a/x.wav"], ["x.mp3", "a - x.mp3", "x.wav"]),
        (["a/é.wav", "a/e\u0301.mp3"], ["é.wav", "e\u0301.mp3"]),
        ([f"a/{'ü' * 123}1.wav", f"a/{'ü' * 123}2.wav"], ["2 - " + "ü" * 123 + "1.wav", "3 - " + "ü" * 123 + "2.wav"]),
    ],
)
def test_no_two_recordings_write_the_same_file(files: list[str], expected: list[str]) -> None:
    assert list(stems([Path(f) for f in files]).values()) == expected


def test_a_copy_of_a_recording_is_one_job_and_two_results(planned: Callable[..., Batch], tone: Tone) -> None:
    first = tone("a.wav")
    second = Path(shutil.copy(first, first.with_name("b.wav")))
    batch = planned(first, second)
    assert [o.stem for o in batch.outputs] == ["a", "b"]
    assert batch.outputs[0].job.id == batch.outputs[1].job.id


def test_what_was_done_before_is_only_written(planned: Callable[..., Batch], studio: Studio, tone: Tone) -> None:
    (output,) = planned(tone("a.wav")).outputs
    studio.library.jobs.set_state(output.job.id, JobState.DONE)
    again = planned(tone("a.wav"))
    assert (again.outputs, [o.stem for o in again.ready]) == ([], ["a"])
    assert [o.stem for o in planned(tone("a.wav"), overwrite=True).outputs] == ["a"]


def test_a_folder_that_cannot_be_written_to_is_found_before_the_work(
    planned: Callable[..., Batch], tone: Tone, tmp_path: Path
) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(StorageError, match="“out” cannot be written"):
        planned(tone("a.wav"))


def test_formats_are_needed_and_each_is_written_once(planned: Callable[..., Batch], tone: Tone) -> None:
    with pytest.raises(UsageError, match="No format is named"):
        planned(tone("a.wav"), formats=[])
    assert planned(tone("a.wav"), formats=["txt", "txt"]).outputs[0].formats == ("txt",)


def test_a_recording_is_never_overwritten(planned: Callable[..., Batch], tone: Tone, tmp_path: Path) -> None:
    odd = tone("talk.wav").rename(tmp_path / "talk.txt")
    batch = planned(odd, folder=tmp_path, overwrite=True)
    assert batch.outputs == []
    assert "“talk.txt” is already in" in batch.problems[0].what


def test_how_far_the_planning_is_can_be_shown(planned: Callable[..., Batch], tone: Tone) -> None:
    seen: list[tuple[int, int]] = []
    planned(tone("a.wav"), tone("b.wav"), told=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 2), (1, 2)]
