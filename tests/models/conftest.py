"""The tests of this room bring their own hub: nothing here may reach a real one."""

from __future__ import annotations

import pytest
from hub_server import closed_port


@pytest.fixture(autouse=True)
def no_outside(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "weights" in request.fixturenames:
        return  # the one test with real weights fetches them in the user's own way
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setenv("HF_ENDPOINT", closed_port())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
