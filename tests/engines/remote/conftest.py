"""A line and its server, for the tests that are not about one vendor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.engines.remote.line import Line
from tests.engines.remote.echo import KEY, Echo, line_to


@pytest.fixture
def stub() -> Iterator[Echo]:
    with Echo(valid_keys=[KEY]) as stub:
        yield stub


@pytest.fixture
def line(stub: Echo) -> Iterator[Line]:
    with line_to(f"{stub.url}/v1") as line:
        yield line
