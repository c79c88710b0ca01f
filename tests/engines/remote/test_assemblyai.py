"""AssemblyAI: its own ways beyond the common contract, and its shape with real replies."""

from __future__ import annotations

from pathlib import Path

from studio.engines.remote.assemblyai import AssemblyAI
from studio.engines.remote.base import Order
from tests.engines.remote.contract import Case, Limit, Polled, Uploading, order
from tests.vendors.assemblyai import AssemblyAI as Stub
from tests.vendors.made_up import wav


def sized(folder: Path, over: int) -> Order:
    path = folder / "large.wav"
    path.write_bytes(wav(1))
    with path.open("r+b") as file:
        file.truncate(2_200_000_000 + over)
    return order(AssemblyAI, path, 90_000)


def long(folder: Path, over: int) -> Order:
    path = folder / "long.wav"
    path.write_bytes(wav(1))
    return order(AssemblyAI, path, 36_000_000 + over)


class TestContract(Polled, Uploading):
    case = Case(
        kind=AssemblyAI,
        stub=Stub,
        base="/",
        submit="/v2/transcript",
        poll="/v2/transcript/{id}",
        upload="/v2/upload",
        failing={"failure": "Audio file could not be decoded."},
        reason="could not be decoded",
        strange={"running_statuses": ["warming_up"]},
        limits=(Limit("bytes of an upload", sized), Limit("duration", long)),
    )
