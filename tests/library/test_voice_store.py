"""Voices are kept by recording, known by name, and gone for good when they are forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.library import Home, Library
from studio.library.voices import Vector, VoiceStore


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(Home(tmp_path / "home").prepared())
    yield library
    library.close()


@pytest.fixture
def voices(library: Library) -> VoiceStore:
    return library.voices


def unit(*values: float) -> Vector:
    vector = np.zeros(192, np.float32)
    vector[: len(values)] = values
    return vector / np.linalg.norm(vector)


def keep(
    voices: VoiceStore, name: str, vector: Vector, seconds: float = 10, content: str = "c1", who: str = "S1"
) -> None:
    voices.keep(name, vector, seconds, model="m", content_id=content, speaker=who)


def names(voices: VoiceStore) -> list[str]:
    return [voice.name for voice in voices.known()]


def test_a_voice_is_the_mean_of_its_recordings(voices: VoiceStore) -> None:
    keep(voices, "Jörg", unit(1, 0), 30, "c1")
    keep(voices, "Jörg", unit(0, 1), 10, "c2")
    (jorg,) = voices.known("m")
    assert (jorg.name, jorg.seconds, jorg.recordings) == ("Jörg", 40, 2)
    np.testing.assert_allclose(jorg.vector, unit(3, 1), atol=1e-6)


def test_what_is_learnt_anew_of_a_recording_replaces_the_old(voices: VoiceStore) -> None:
    keep(voices, "Ana", unit(1))
    keep(voices, "Anna", unit(0, 1))  # the same speaker of the same recording, renamed
    (anna,) = voices.known()
    assert anna.name == "Anna"
    np.testing.assert_array_equal(anna.vector, unit(0, 1))


def test_voices_of_another_model_are_not_compared(voices: VoiceStore) -> None:
    keep(voices, "Anna", unit(1))
    assert voices.known("another") == []


def test_two_names_of_one_person_become_one(voices: VoiceStore) -> None:
    keep(voices, "Ana", unit(1), content="c1")
    keep(voices, "Anna", unit(1), content="c2")
    voices.rename("Ana", "Anna")
    (anna,) = voices.known()
    assert (anna.name, anna.recordings) == ("Anna", 2)


def test_forgetting_one_a_speaker_and_all(voices: VoiceStore) -> None:
    for name, content in (("Anna", "c1"), ("Anna", "c2"), ("Ben", "c1"), ("Coy", "c3")):
        keep(voices, name, unit(1), content=content, who=name)
    voices.forget("Anna")
    assert names(voices) == ["Ben", "Coy"]
    voices.drop("c1", "Ben")
    assert names(voices) == ["Coy"]
    voices.forget_all()
    assert names(voices) == []


def test_nothing_of_a_forgotten_voice_is_left_on_the_disk(library: Library, voices: VoiceStore) -> None:
    vector = np.random.default_rng(1).normal(size=192).astype(np.float32)
    keep(voices, "Ottokar", vector)
    assert on_disk(library.home, vector.tobytes())
    voices.forget("Ottokar")
    assert not on_disk(library.home, vector.tobytes())
    assert not on_disk(library.home, b"Ottokar")


def on_disk(home: Home, what: bytes) -> bool:
    return any(what in path.read_bytes() for path in home.root.rglob("*") if path.is_file())
