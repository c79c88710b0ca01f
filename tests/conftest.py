"""Fixtures shared by all rooms' tests."""

from __future__ import annotations

import gc
import io
import logging
import multiprocessing
import os
from collections.abc import Callable, Iterator
from multiprocessing.context import BaseContext
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
import soundfile

from studio import cli
from studio.core.errors import StudioError
from studio.core.jobs import StopToken
from studio.models import ModelStore

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_ROOT = Path(__file__).resolve().parent.parent


# Thousands of tests are half a million objects that stay. Python would look through them for rubbish again and again,
# which is a quarter of the time it takes to collect them, and half a second each time later.
def pytest_collection() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """A folder of real recordings and subtitles that may lie beside the project; skips where it does not."""
    folder = Path(os.environ.get("STUDIO_TEST_DATA", _ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the folder of test recordings is not here")
    return folder


@pytest.fixture(scope="session")
def model_store(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    """Real weights, kept from one test run to the next. `weights` fetches into it what a test needs."""
    if folder := os.environ.get("STUDIO_TEST_MODELS"):
        return ModelStore(Path(folder))
    cache = getattr(pytestconfig, "cache", None)
    return ModelStore(Path(cache.mkdir("models")) if cache else tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def weights(model_store: ModelStore) -> Callable[[str], Path]:
    """weights("whisper-tiny.en"): the folder of a real model, fetched on first use; skips where it cannot be had."""

    def fetch(id: str) -> Path:
        try:
            for _ in model_store.pull(id, StopToken()):
                pass
        except StudioError as error:
            pytest.skip(str(error))
        return model_store.path(id)

    return fetch


@pytest.fixture(scope="session")
def copies() -> BaseContext:
    """For tests that kill dozens of processes: each starts as a copy of one that has loaded the program, in no time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["pytest", "studio.core.reflow", "studio.services.editing", "studio.services.studio"]
    )
    return context


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


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., CompletedProcess[str]]]:
    """The command in this process, which takes a tenth of the time of one of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    log = logging.getLogger("studio")
    handlers, propagate = log.handlers, log.propagate
    log.handlers = []  # whatever this process has logged to before, this home has a log of its own

    def run(*arguments: str, stdin: str = "", **env: str) -> CompletedProcess[str]:
        capsys.readouterr()
        with monkeypatch.context() as for_now:
            for name, value in env.items():
                for_now.setenv(name, value)
            for_now.setattr("sys.stdin", io.StringIO(stdin))
            try:
                code = cli.run(list(arguments))
            except SystemExit as wrong_usage:
                code = int(wrong_usage.code or 0)
        return CompletedProcess(arguments, code, *capsys.readouterr())

    yield run
    for handler in log.handlers:
        handler.close()
    log.handlers, log.propagate = handlers, propagate
