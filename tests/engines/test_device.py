"""The choice of the device: a graphics card counts only when it really computes."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from studio.core.errors import DeviceError, UsageError
from studio.engines.local.child import Child
from studio.engines.local.device import (
    DRIVER_FILES,
    PROBE_SECONDS,
    Probe,
    ask,
    choose,
    describe,
    physical_cores,
    probe_gpu,
)

DRIVER = any(Path(file).exists() for file in DRIVER_FILES)
without_driver = pytest.mark.skipif(DRIVER, reason="there is an NVIDIA driver here")


class Deaf:
    """A driver that never answers."""

    def test(self) -> Iterator[str]:
        yield from ()
        ctypes.CDLL(None).sleep(1000)


class Deadly:
    """A driver that takes the process with it."""

    def test(self) -> Iterator[str]:
        yield from ()
        ctypes.string_at(0)


class Honest:
    def test(self) -> Iterator[str]:
        yield "NVIDIA Test Card"


def child(name: str) -> Child:
    return Child(f"{__name__}:{name}", subject="The test of the graphics card", death=DeviceError)


def test_the_processor_is_always_there() -> None:
    device = choose("cpu")
    assert (device.kind, device.why) == ("cpu", "")
    assert device.name


@without_driver
def test_without_a_driver_no_process_is_started() -> None:
    probe_gpu.cache_clear()
    before = psutil.Process().children()
    device = choose("auto")
    assert device.kind == "cpu"
    assert device.why == "There is no NVIDIA graphics card with a driver here. The processor is used."
    assert psutil.Process().children() == before


@without_driver
def test_a_card_asked_for_in_vain_is_an_error() -> None:
    with pytest.raises(DeviceError, match="no NVIDIA graphics card"):
        choose("cuda")


@pytest.mark.skipif(not DRIVER, reason="there is no NVIDIA driver here")
def test_with_a_driver_there_is_a_card_or_a_reason() -> None:
    device = choose("auto")
    assert (device.kind == "cuda") == (device.why == "")


def test_any_other_word_is_refused() -> None:
    with pytest.raises(UsageError, match="“tpu”"):
        choose("tpu")


def test_a_crash_of_the_driver_is_an_answer() -> None:
    answer = ask(child("Deadly"), PROBE_SECONDS)
    assert isinstance(answer, DeviceError)
    assert answer.problem.what == "The test of the graphics card crashed."


def test_a_silent_driver_is_an_answer() -> None:
    answer = ask(child("Deaf"), 0.5)
    assert isinstance(answer, DeviceError)
    assert answer.problem.what == "The graphics card does not answer."


def test_a_working_card_says_its_name() -> None:
    assert ask(child("Honest"), PROBE_SECONDS) == "NVIDIA Test Card"


@without_driver
def test_the_real_probe_says_why_not() -> None:
    with pytest.raises(DeviceError, match="The driver of the graphics card does not work"):
        next(Probe().test())


def test_the_machine_is_described() -> None:
    machine = describe()
    assert machine.cpu
    assert 1 <= machine.cores <= machine.threads == os.cpu_count()
    assert machine.cores == physical_cores()
    assert machine.memory == psutil.virtual_memory().total or sys.platform == "win32"
    assert bool(machine.gpu) != bool(machine.gpu_problem)
