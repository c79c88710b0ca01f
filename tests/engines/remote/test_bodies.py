"""What is sent: whole, counted, and opened anew for each try."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import Ambiguous, InvalidRequest, RemoteError
from studio.engines.remote.bodies import PLACE, Arguments, Body, Counted, Form, JsonWithFile, Multipart, Raw
from studio.engines.remote.line import Line, Sent
from tests.engines.remote.echo import Echo, finish


@pytest.fixture
def sound(tmp_path: Path) -> Callable[[int], Path]:
    def make(size: int) -> Path:
        path = tmp_path / "sound"
        path.write_bytes(bytes(at * 7 % 251 for at in range(size)))
        return path

    return make


@pytest.mark.parametrize("size", [0, 1, 2, 3, 196_607, 196_608, 196_609])
def test_a_file_in_base64(line: Line, stub: Echo, sound: Callable[[int], Path], size: int) -> None:
    path = sound(size)
    body = JsonWithFile({"ü": PLACE, "then": 1}, path)
    assert finish(line.send("POST", "jobs", body)).json()["got"] == body.size()
    (seen,) = stub.requests()
    assert seen.fields == {"ü": base64.b64encode(path.read_bytes()).decode(), "then": 1}


def bodies(path: Path) -> list[tuple[str, Body]]:
    return [
        ("raw", Raw(path, "audio/wav")),
        ("jobs", Multipart("file", path, "s.wav", "audio/wav", {"a": "1", "b": ["2", "3"]})),
        ("jobs", JsonWithFile({"data": PLACE}, path)),
        ("jobs", Form({"a": "1", "b": ["2", "3"]})),
    ]


@pytest.mark.parametrize("which", range(4))
def test_a_body_is_opened_anew_for_each_try(line: Line, stub: Echo, sound: Callable[[int], Path], which: int) -> None:
    path, body = bodies(sound(300_000))[which]
    stub.script("POST", "*", status=503)
    stub.script("POST", "*", drop="before_response")
    finish(line.send("POST", path, body))
    first, second, third = stub.requests()
    assert all(seen.complete for seen in (first, second, third))
    assert first.length == second.length == third.length
    assert first.fields == second.fields == third.fields
    assert "raw" not in path or first.sha256 == third.sha256


@pytest.mark.parametrize("which", range(3))
def test_what_is_sent_is_counted(line: Line, sound: Callable[[int], Path], which: int) -> None:
    path, body = bodies(sound(5_000_000))[which]
    events: list[Any] = []
    finish(line.send("POST", path, body), events)
    done = [event.done for event in events if isinstance(event, Sent)]
    assert done == sorted(done)
    assert done[-1] == events[-1].total == body.size()


@dataclass
class Breaks:
    """A body of four bytes that breaks after some of them."""

    after: int

    @contextmanager
    def opened(self, count: Counted) -> Iterator[Arguments]:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"1234"[: self.after]
            count(self.after)
            raise OSError("broken")

        yield {"content": pieces(), "headers": {"Content-Length": "4"}}

    def size(self) -> int:
        return 4


@pytest.mark.parametrize(("after", "error"), [(2, InvalidRequest), (4, Ambiguous)])
def test_what_breaks_after_all_was_sent_may_have_arrived(line: Line, after: int, error: type[RemoteError]) -> None:
    with pytest.raises(error):
        finish(line.send("POST", "raw", Breaks(after), order=True))
    assert line.delivered is (after == 4)


@pytest.mark.parametrize("which", range(3))
def test_sound_that_is_gone(line: Line, stub: Echo, sound: Callable[[int], Path], which: int) -> None:
    at = sound(10)
    path, body = bodies(at)[which]
    at.unlink()
    with pytest.raises(InvalidRequest, match="cannot be read"):
        finish(line.send("POST", path, body, order=True))
    assert not line.delivered
    assert not stub.requests()
