"""A voice named in one recording is found in the next; nothing happens before the user agrees."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio import media
from studio.core.errors import MediaError
from studio.core.jobs import Stopped, StopReason, StopToken
from studio.core.transcript import Segment, Source, Speaker, Transcript, default_speakers
from studio.library import Home
from studio.models import catalogue
from studio.services import voices
from studio.services.studio import Studio

RATE = 16_000


@pytest.fixture
def ready(home: Home, weights: Callable[[str], Path]) -> None:
    """The weights in the home, and the user's consent."""
    home.models.mkdir()
    (home.models / voices.MODEL).symlink_to(weights(voices.MODEL))


@pytest.fixture
def readers(shared_data: Path) -> dict[str, list[Path]]:
    """Clips of at least 5 s by reader."""
    found: dict[str, list[Path]] = {}
    with (shared_data / "speech" / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["path"].startswith("en/librispeech/") and float(row["seconds"]) >= 5:
                found.setdefault(row["speaker"], []).append(shared_data / "speech" / row["path"])
    return found


def conversation(path: Path, *parts: tuple[str, Path]) -> Transcript:
    """A recording in which one clip follows the other, and who speaks each."""
    sound, segments, at = list[np.ndarray](), list[Segment](), 0
    for id, (speaker, clip) in enumerate(parts, 1):
        samples, rate = soundfile.read(clip, dtype="float32")
        assert rate == RATE
        length = len(samples) // 16
        segments.append(Segment(at, at + length, f"Passage {id}.", speaker=speaker, id=id))
        sound.append(samples[: length * 16])
        at += length
    soundfile.write(path, np.concatenate(sound), RATE)
    source = Source(str(path), path.name, media.fingerprint(path), at)
    return Transcript(tuple(segments), default_speakers(s for s, _ in parts), "en", at, source)


def named(transcript: Transcript, **names: str) -> Transcript:
    listed = tuple(Speaker(s.id, names.get(s.id, s.name)) for s in transcript.speakers)
    return replace(transcript, speakers=listed)


def known(studio: Studio) -> list[str]:
    return [voice.name for voice in voices.known(studio)]


@pytest.mark.slow
def test_who_was_named_once_is_suggested_and_a_stranger_is_not(
    studio: Studio, ready: None, readers: dict[str, list[Path]], tmp_path: Path
) -> None:
    one, two, stranger = list(readers.values())[:3]
    first = conversation(tmp_path / "first.wav", ("S1", one[0]), ("S2", two[0]), ("S1", one[1]))
    first = named(first, S1="Jörg")
    later = conversation(tmp_path / "later.flac", ("S1", stranger[0]), ("S2", one[2]), ("S3", two[1]))

    assert voices.learn(studio, first, ["S1"], StopToken()) == []  # nobody has agreed
    voices.allow(studio, True)
    assert voices.suggest(studio, later, StopToken()) == []
    assert voices.learn(studio, first, ["S1", "S2"], StopToken()) == ["Jörg"]
    assert known(studio) == ["Jörg"]

    (suggestion,) = voices.suggest(studio, later, StopToken())
    assert (suggestion.speaker_id, suggestion.name) == ("S2", "Jörg")
    assert voices.ALIKE < suggestion.likeness <= 1

    voices.refuse(studio, later, suggestion)
    assert voices.suggest(studio, later, StopToken()) == []
    voices.forget(studio, "Jörg")  # and with it that he was refused
    voices.learn(studio, first, ["S1"], StopToken())
    assert [s.speaker_id for s in voices.suggest(studio, later, StopToken())] == ["S2"]

    assert voices.suggest(studio, named(later, S1="Jörg"), StopToken()) == []  # he is there already
    voices.learn(studio, named(first, S1="Speaker 1"), ["S1"], StopToken())  # the name was taken back
    assert known(studio) == []


@pytest.mark.slow
def test_passages_of_the_wrong_person_are_found(
    studio: Studio, ready: None, readers: dict[str, list[Path]], tmp_path: Path
) -> None:
    one, two, *_ = readers.values()
    parts = [("S1", clip) for clip in one[:3]] + [("S2", clip) for clip in two[:3]] + [("S2", one[3])]
    talk = conversation(tmp_path / "talk.wav", *parts)
    (doubt,) = voices.doubts(studio, talk, StopToken())
    assert (doubt.segment_id, doubt.speaker_id, doubt.other) == (7, "S2", "S1")
    assert known(studio) == []  # looking keeps nothing


@pytest.mark.slow
def test_the_process_that_reads_voices_is_kept_between_uses(
    studio: Studio, ready: None, readers: dict[str, list[Path]], tmp_path: Path
) -> None:
    one, two, *_ = readers.values()
    talk = conversation(tmp_path / "talk.wav", ("S1", one[0]), ("S2", two[0]))
    reader = studio.engines.voices(studio.models.path(voices.MODEL) / catalogue()[voices.MODEL].files[0].name)
    assert reader.pid is None
    used = []
    for _ in range(2):
        voices.doubts(studio, talk, StopToken())
        used.append(reader.pid)
    assert used[0] is not None
    assert used[0] == used[1]
    studio.engines.close()
    assert reader.pid is None


@pytest.mark.slow
def test_stopping_leaves_nothing_behind(
    studio: Studio, ready: None, readers: dict[str, list[Path]], tmp_path: Path
) -> None:
    one, *_ = readers.values()
    talk = named(conversation(tmp_path / "talk.wav", ("S1", one[0])), S1="Anna")
    voices.allow(studio, True)
    stop = StopToken()
    stop.request(StopReason.QUIT)
    with pytest.raises(Stopped):
        voices.learn(studio, talk, ["S1"], stop)
    assert known(studio) == []


def test_off_until_the_user_agrees(studio: Studio) -> None:
    assert not voices.asked(studio)
    assert not voices.allowed(studio)
    voices.allow(studio, False)
    assert voices.asked(studio)
    assert not voices.allowed(studio)


def test_another_recording_under_the_same_name_is_not_learnt(studio: Studio, tone: Callable[[str], Path]) -> None:
    path = tone("talk.wav")
    source = Source(str(path), path.name, "the id of something else")
    talk = Transcript((Segment(0, 9_000, "Hello.", speaker="S1", id=1),), (Speaker("S1", "Anna"),), source=source)
    voices.allow(studio, True)
    with pytest.raises(MediaError, match="not the recording that this text was made from"):
        voices.learn(studio, talk, ["S1"], StopToken())


def test_only_speech_of_one_alone_is_listened_to() -> None:
    segments = [
        Segment(0, 4_000, "a", speaker="S1", id=1),
        Segment(3_000, 6_000, "b", speaker="S2", id=2),
        Segment(10_000, 90_000, "c", speaker="S1", id=3),
        Segment(100_000, 102_000, "d", speaker="S1", id=4),
    ]
    talk = Transcript(tuple(segments), default_speakers(["S1", "S2"]))
    assert voices.speech_of(talk, "S1") == [(10_000, 40_000)]  # half a minute of the longest is plenty
    assert voices.speech_of(talk, "S2") == []


def test_who_says_little_is_neither_learnt_nor_suggested(studio: Studio) -> None:
    segments = (Segment(0, 4_000, "a", speaker="S1", id=1), Segment(5_000, 9_000, "b", speaker="S2", id=2))
    talk = Transcript(segments, (Speaker("S1", "Anna"), Speaker("S2", "Speaker 2")))
    voices.allow(studio, True)
    assert voices.learn(studio, talk, ["S1"], StopToken()) == []
    studio.library.voices.keep("Ben", np.ones(192, np.float32), 9, model=voices.MODEL, content_id="c", speaker="S1")
    assert voices.suggest(studio, talk, StopToken()) == []
