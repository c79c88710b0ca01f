"""Prosa.ai: its own ways beyond the common contract."""

from __future__ import annotations

from pathlib import Path

from studio.core.accounts import Account
from studio.engines.remote.base import Order
from studio.engines.remote.prosa import Prosa
from tests.engines.remote.contract import Case, Limit, Polled, order
from tests.engines.remote.driving import Drive
from tests.vendors.made_up import wav
from tests.vendors.prosa import PATH
from tests.vendors.prosa import Prosa as Stub

HOURS = 3_600_000


def sized(folder: Path, over: int) -> Order:
    """A request of 10,000,000 bytes, measured against one that was sent."""
    path = folder / "large.wav"
    path.write_bytes(wav(1))
    with Stub() as stub:
        Drive(Prosa, Account("mine", "prosa", stub.base_url), order(Prosa, path, 90_000, uid="")).go()
        (seen,) = stub.requests("POST", PATH)
    base64 = 4 * -(-path.stat().st_size // 3)
    label = (10_000_000 - (seen.length - base64)) % 4
    with path.open("r+b") as file:
        file.truncate((10_000_000 - (seen.length - base64) - label) // 4 * 3)
    return order(Prosa, path, 90_000, uid="u" * (label + over))


def long(folder: Path, over: int) -> Order:
    path = folder / "long.wav"
    path.write_bytes(wav(1))
    return order(Prosa, path, 4 * HOURS + over)


class TestContract(Polled):
    case = Case(
        kind=Prosa,
        stub=Stub,
        base="/v2/speech/",
        submit=PATH,
        poll=f"{PATH}/{{id}}",
        seconds=(3, 90),
        failing={"outcome": "failed"},
        reason="The recogniser gave up.",
        strange={"pending": ["warming_up"]},
        limits=(Limit("bytes of a request", sized), Limit("duration", long)),
    )
