"""Engines are kept by the device they work on."""

from __future__ import annotations

from pathlib import Path

from studio.engines.local.device import Device
from studio.services.engine_pool import EnginePool


def test_the_engine_of_one_device_stays_when_that_of_the_other_rests() -> None:
    pool, model = EnginePool(), Path("whisper")  # processes start when something is to be heard
    cpu, card = Device("cpu", "a processor"), Device("cuda", "a graphics card")
    on_cpu, on_card = pool.speech(model, cpu), pool.speech(model, card)
    pool.rest("cpu")
    assert pool.speech(model, card) is on_card
    assert pool.speech(model, cpu) is not on_cpu
    pool.close()
    assert pool.speech(model, card) is not on_card
