"""Fixtures of this room; the recordings themselves are made in `sounds`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sounds import Decoded


@pytest.fixture
def decoded(tmp_path: Path) -> Callable[..., Decoded]:
    """Decode a recording: decoded(path, track=0)."""

    def run(source: Path, track: int = 0) -> Decoded:
        return Decoded(source, tmp_path / "decoded.wav", track)

    return run
