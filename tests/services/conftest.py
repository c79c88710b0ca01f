"""A studio in a home of its own with real weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.library import Home
from studio.resources import resource
from studio.services.studio import Studio

TINY = "whisper-tiny.en"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepared()


@pytest.fixture
def studio(home: Home) -> Iterator[Studio]:
    studio = Studio.open(home)
    yield studio
    studio.close()


@pytest.fixture
def tiny(home: Home, weights: Callable[[str], Path]) -> Home:
    """The home, with the weights of the main job in it."""
    home.models.mkdir()
    for id in (TINY, "segmentation-3.0", "campplus-zh-en"):
        (home.models / id).symlink_to(weights(id))
    return home


@pytest.fixture(scope="session")
def sample() -> Path:
    """The conversation that comes with the program, 52 s, three voices."""
    return resource("sample.ogg")


@pytest.fixture(scope="session")
def long_talk(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample three times over: several windows of recognition."""
    sound, rate = soundfile.read(sample, dtype="float32")
    path = tmp_path_factory.mktemp("long") / "Gespräch über Öl.wav"
    soundfile.write(path, np.concatenate([sound] * 3), rate)
    return path


@pytest.fixture
def tone(tmp_path: Path) -> Callable[[str], Path]:
    """tone("ü.wav"): a recording of half a second; the pitch, so the content, depends on the name."""

    def make(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pitch = 200 + sum(name.encode()) % 400
        soundfile.write(path, 0.1 * np.sin(np.arange(8000) / 16000 * 2 * np.pi * pitch), 16000)
        return path

    return make
