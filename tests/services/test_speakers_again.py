"""Speakers told apart again: the same people keep id and name, and the outcome is one edit."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from studio import media
from studio.core.edits import apply
from studio.core.errors import MediaError
from studio.core.jobs import JobOptions, Progress, StopToken
from studio.core.transcript import EngineInfo, Segment, Source, Speaker, Transcript, Turn, Word
from studio.library import Home
from studio.services.speakers_again import Found, find_speakers, relabelled
from studio.services.studio import Studio


def talk() -> Transcript:
    """Ten seconds of Anna, ten of Ben, ten of Anna; a word a second."""
    rows = []
    for n, speaker in enumerate(("S1", "S2", "S1")):
        words = [Word(f"w{i}", i * 1000, i * 1000 + 800, 0.9) for i in range(n * 10, n * 10 + 10)]
        rows.append(Segment.from_words(words, speaker, n + 1))
    return Transcript(tuple(rows), (Speaker("S1", "Anna"), Speaker("S2", "Ben")), "en", 30_000)


def test_people_keep_their_names_and_a_new_voice_gets_one() -> None:
    turns = (Turn(0, 10_000, "A"), Turn(10_000, 15_000, "B"), Turn(15_000, 20_000, "C"), Turn(20_000, 30_000, "A"))
    edit = relabelled(talk(), turns)
    after = apply(talk(), edit)
    assert [(s.speaker, len(s.words)) for s in after.segments] == [("S1", 10), ("S2", 5), ("S3", 5), ("S1", 10)]
    assert [s.name for s in after.speakers] == ["Anna", "Ben", "Speaker 3"]
    assert apply(after, edit.inverse()) == talk()


def test_a_speaker_nobody_is_any_more_leaves_the_list() -> None:
    edit = relabelled(talk(), (Turn(0, 30_000, "X"),))
    after = apply(talk(), edit)
    assert {s.speaker for s in after.segments} == {"S1"}
    assert [s.name for s in after.speakers] == ["Anna"]


def test_the_same_turns_change_nothing() -> None:
    turns = (Turn(0, 10_000, "q"), Turn(10_000, 20_000, "r"), Turn(20_000, 30_000, "q"))
    assert not relabelled(talk(), turns).changes


def test_a_recording_that_is_gone_is_named(studio: Studio) -> None:
    job = studio.library.jobs.add("/gone/a.wav", "a.wav", "c", 1000, "cpu", JobOptions())
    with pytest.raises(MediaError, match="not where it was"):
        list(find_speakers(studio, job, talk(), None, StopToken()))


@pytest.mark.slow
def test_the_sample_has_its_speakers_again(studio: Studio, tiny: Home, sample: Path, tmp_path: Path) -> None:
    """Its first two, who speak for 23 seconds."""
    sound, rate = soundfile.read(sample, stop=23 * soundfile.info(sample).samplerate)
    two = tmp_path / "two.wav"
    soundfile.write(two, sound, rate)
    content = media.fingerprint(two)
    job = studio.library.jobs.add(str(two), two.name, content, 23_000, "cpu", JobOptions())
    words = [Word(f"w{n}", n * 500, n * 500 + 400, 0.9) for n in range(44)]
    rows = tuple(Segment.from_words(words[n : n + 4], None, n // 4 + 1) for n in range(0, 44, 4))
    transcript = Transcript(rows, (), "en", 23_000, Source(str(two), two.name, content, 23_000), EngineInfo())
    events = list(find_speakers(studio, job, transcript, 2, StopToken()))
    fractions = [e.fraction for e in events if isinstance(e, Progress)]
    assert fractions == sorted(fractions)
    assert isinstance(events[-1], Found)
    after = apply(transcript, events[-1].edit)
    assert len({s.speaker for s in after.segments if s.speaker}) == 2
    assert [w for s in after.segments for w in s.words] == words
