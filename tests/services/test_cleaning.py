"""Cleaning a recording: made once, at the times of the recording, left whole or not at all; and heard by a job."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil
import pytest
import soundfile

from studio import media
from studio.core.jobs import Finished, JobOptions, JobState, Progress, Stopped, StopReason, StopToken
from studio.library import Home, Library
from studio.services import queue
from studio.services.cleaning import MODEL, Care, clean, stored
from studio.services.runner import JobChanged, run_next
from studio.services.studio import Studio

pytestmark = pytest.mark.slow

TINY = "whisper-tiny.en"
Result = TypeVar("Result")


@pytest.fixture
def cleaner(studio: Studio, tiny: Home, weights: Callable[[str], Path]) -> Studio:
    """The studio, with the weights of the noise removal and of the main job in its home."""
    (tiny.models / MODEL).symlink_to(weights(MODEL))
    return studio


@pytest.fixture
def noisy(sample: Path, tmp_path: Path) -> Path:
    """20 seconds of the sample in noise, 10 dB below, in stereo."""
    sound, rate = media.read_sound(sample)
    speech = sound[: 20 * rate]
    noise = np.random.default_rng(1).normal(0, np.sqrt(np.mean(speech**2) / 10), len(speech))
    path = tmp_path / "Gespräch im Wind.wav"
    soundfile.write(path, np.stack([speech + noise] * 2, 1), rate)
    return path


def ended(steps: Generator[object, None, Result]) -> tuple[list[object], Result]:
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as end:
            return told, end.value


def spread(sound: np.ndarray) -> float:
    """How far the speech stands out: decibels between loud and quiet moments."""
    level = np.sqrt(np.mean(sound[: len(sound) // 960 * 960].reshape(-1, 960) ** 2, axis=1) + 1e-12)
    return float(20 * np.log10(np.percentile(level, 90) / np.percentile(level, 10)))


def test_the_noise_is_gone_and_the_times_are_those_of_the_recording(cleaner: Studio, noisy: Path) -> None:
    id = media.fingerprint(noisy)
    assert stored(cleaner, id, 0, Care()) is None
    told, file = ended(clean(cleaner, noisy, id, 0, StopToken()))
    fractions = [step.fraction for step in told if isinstance(step, Progress)]
    assert fractions == sorted(fractions)
    assert stored(cleaner, id, 0, Care()) == file
    before, after = media.read_sound(noisy)[0], media.read_sound(file)[0]
    assert len(after) == len(before)
    assert spread(after) > spread(before) + 15
    alike = np.fft.irfft(np.fft.rfft(after, 1 << 21) * np.conj(np.fft.rfft(before, 1 << 21)))
    assert int(np.argmax(alike)) == 0
    written = file.stat().st_mtime_ns, file.stat().st_ino
    _, again = ended(clean(cleaner, noisy, id, 0, StopToken()))
    assert (again, again.stat().st_ino) == (file, written[1]), "made once"


@pytest.mark.parametrize("noise", [True, False])
def test_loudness_is_brought_to_the_target(noise: bool, cleaner: Studio, noisy: Path) -> None:
    care = Care(noise=noise, loudness=media.SPEECH_LUFS)
    _, file = ended(clean(cleaner, noisy, media.fingerprint(noisy), 0, StopToken(), care))
    _, loudness = ended(media.measure(media.recorded(file), StopToken()))
    assert loudness.integrated == pytest.approx(-16, abs=0.7)
    assert loudness.peak <= -1
    assert media.recorded(file).channels == (1 if noise else 2)


def test_a_stop_leaves_nothing_and_it_can_be_done_again(cleaner: Studio, noisy: Path) -> None:
    id, stop = media.fingerprint(noisy), StopToken()
    steps = clean(cleaner, noisy, id, 0, stop)
    next(steps)
    stop.request(StopReason.CANCEL)
    with pytest.raises(Stopped):
        next(steps)
    assert not list(cleaner.home.cleaned.iterdir())
    alive = [p for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE]
    assert not [p for p in alive if "spawn_main" in " ".join(p.cmdline())]
    ended(clean(cleaner, noisy, id, 0, StopToken()))
    assert stored(cleaner, id, 0, Care())


def test_cleaned_recordings_go_with_their_job(cleaner: Studio, noisy: Path) -> None:
    id = media.fingerprint(noisy)
    _, file = ended(clean(cleaner, noisy, id, 0, StopToken()))
    job, _ = queue.add_one(cleaner, noisy, JobOptions(model=TINY, speakers="off"))
    Library(cleaner.home).close()
    assert file.exists(), "a job has the recording"
    queue.remove(cleaner, queue.Running(), [job])
    Library(cleaner.home).close()
    assert not file.exists()


def test_a_job_hears_the_cleaned_sound(cleaner: Studio, noisy: Path) -> None:
    options = JobOptions(model=TINY, speakers="off", clean=True)
    job, _ = queue.add_one(cleaner, noisy, options)
    heard: list[np.ndarray] = []
    stages = list[str]()
    done = None
    for _, event in run_next(cleaner, queue.Running(), queue.LOCAL):
        if isinstance(event, Progress):
            stages.append(event.stage)
            if event.stage == "Writing the text" and not heard:
                heard.append(soundfile.read(cleaner.home.audio_file(job.id), dtype="float32")[0])
        if isinstance(event, Finished):
            done = event
        if isinstance(event, JobChanged):
            job = event.job
    assert job.state is JobState.DONE
    assert done is not None
    assert "Taking the noise out" in stages
    before = media.read_stretch(noisy, 0, 0, 20_000) / 32768
    assert spread(heard[0]) > spread(before) + 15
    assert abs(len(heard[0]) - len(before)) <= 16
    transcript = cleaner.library.transcripts.get(done.transcript_id)
    assert transcript is not None
    assert sum(len(segment.words) for segment in transcript.segments) > 20
    stored_peaks = media.Peaks.load(cleaner.home.peaks_file(job.content_id, 0))
    assert stored_peaks is not None


def test_a_killed_job_is_cleaned_again(cleaner: Studio, noisy: Path) -> None:
    job, _ = queue.add_one(cleaner, noisy, JobOptions(model=TINY, speakers="off", clean=True))
    running = queue.Running()
    for _, event in run_next(cleaner, running, queue.LOCAL):
        if isinstance(event, Progress) and event.stage == "Taking the noise out":
            running.stop_all(StopReason.PAUSE)
    again = cleaner.library.jobs.get(job.id)
    assert again is not None
    assert again.state is JobState.PAUSED
    queue.retry(cleaner, again)
    states = [e.job.state for _, e in run_next(cleaner, queue.Running(), queue.LOCAL) if isinstance(e, JobChanged)]
    assert states[-1] is JobState.DONE


def test_the_option_is_kept_with_the_job() -> None:
    options = JobOptions(clean=True)
    assert JobOptions.from_dict(options.as_dict()) == options
    assert not JobOptions.from_dict({"model": "whisper-base"}).clean, "jobs of earlier versions"
