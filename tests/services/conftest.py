"""A studio in a home of its own with real weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from remote_jobs import BY_KIND, SHORT, SHORT_VENDORS, Bench, Case, Opened, hasty, talk

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


@pytest.fixture(scope="session")
def equipped(weights: Callable[[str], Path]) -> Callable[[Home], Home]:
    """equipped(home): that home, with the weights of the main job in it."""

    def equip(home: Home) -> Home:
        home.models.mkdir()
        for id in (TINY, "segmentation-3.0", "campplus-zh-en"):
            (home.models / id).symlink_to(weights(id))
        return home

    return equip


@pytest.fixture
def tiny(home: Home, equipped: Callable[[Home], Home]) -> Home:
    return equipped(home)


@pytest.fixture(scope="session")
def sample() -> Path:
    """The conversation that comes with the program, 52 s, three voices."""
    return resource("sample.ogg")


@pytest.fixture(scope="session")
def long_talk(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample twice: several windows of recognition."""
    sound, rate = soundfile.read(sample, dtype="float32")
    path = tmp_path_factory.mktemp("long") / "Gespräch über Öl.wav"
    soundfile.write(path, np.concatenate([sound] * 2), rate)
    return path


@pytest.fixture(scope="session")
def beginning(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first ten seconds of the sample, what its first speaker says."""
    sound, rate = soundfile.read(sample, dtype="float32", stop=round(10.6 * soundfile.info(sample).samplerate))
    path = tmp_path_factory.mktemp("beginning") / "beginning.wav"
    soundfile.write(path, sound, rate)
    return path


# Jobs at vendors


@pytest.fixture
def bench(home: Home) -> Iterator[Opened]:
    """bench("prosa", polls_until_done=3): a stub of that vendor, and an account there."""
    studio = hasty(home)
    with ExitStack() as stack:
        stack.callback(studio.close)

        def open_(
            kind: str | Case, *, key: str = "stub-ok", account: dict[str, Any] | None = None, **config: Any
        ) -> Bench:
            case = BY_KIND[kind] if isinstance(kind, str) else kind
            found = Bench(studio, stack.enter_context(case.stub(**(case.settings | config))), case)
            found.account(key, **(account or {}))
            return found

        yield open_


@pytest.fixture
def short(bench: Opened, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """short("deepgram"): the same, but it takes six seconds at most; a vendor of another package."""
    monkeypatch.syspath_prepend(str(SHORT_VENDORS))
    return lambda kind, **config: bench(SHORT[f"short-{kind}"], **config)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return talk(tmp_path / "Gespräch über Öl.wav")
