"""Texts driven to the vendors that speak."""

from __future__ import annotations

from typing import Any

from studio.core.accounts import Account
from studio.engines.remote.speaking.base import SpeakingVendor, TextOrder
from tests.engines.remote.driving import Drive


def speaks(kind: type[SpeakingVendor], url: str, voice: str, text: str = "Halo dunia.", **how: Any) -> Drive:
    """An order at an account with `options`, which waits to be driven; the rest of `how` is for Drive."""
    account = Account("mine", kind.info.kind, url, options=how.pop("options", {}))
    return Drive(kind, account, TextOrder(text, "order-1", voice), **how)
