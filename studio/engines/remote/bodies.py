"""What is sent, opened anew for each try: never a stream that was used up, never a whole file in memory. Any thread."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

PLACE = "<file>"  # stands in a JSON value where the file goes
_PIECE = 3 * 2**16  # a multiple of 3, so that pieces of base64 can be put in a row

Counted = Callable[[int], None]  # how many bytes of the file, or of the body, were handed to the network
Fields = Mapping[str, str | list[str]]
Arguments = dict[str, Any]  # of httpx's `build_request`


class Body(Protocol):
    def opened(self, count: Counted) -> AbstractContextManager[Arguments]: ...

    def size(self) -> int:
        """What `count` comes to at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Json:
    value: object

    @contextmanager
    def opened(self, count: Counted) -> Iterator[Arguments]:
        yield {"json": self.value}

    def size(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Form:
    """application/x-www-form-urlencoded."""

    fields: Fields

    @contextmanager
    def opened(self, count: Counted) -> Iterator[Arguments]:
        yield {"data": dict(self.fields)}

    def size(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Multipart:
    """multipart/form-data with one file."""

    part: str
    path: Path
    name: str
    mime: str
    fields: Fields = field(default_factory=dict)

    @contextmanager
    def opened(self, count: Counted) -> Iterator[Arguments]:
        with _CountedFile(self.path, count) as file:
            yield {"data": dict(self.fields), "files": {self.part: (self.name, file, self.mime)}}

    def size(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Raw:
    """The file itself."""

    path: Path
    mime: str

    @contextmanager
    def opened(self, count: Counted) -> Iterator[Arguments]:
        headers = {"Content-Type": self.mime, "Content-Length": str(self.size())}
        yield {"content": _counted(_read(self.path), count), "headers": headers}

    def size(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class JsonWithFile:
    """A JSON value in which one text is a file in base64: where `value` holds PLACE."""

    value: object
    path: Path

    @contextmanager
    def opened(self, count: Counted) -> Iterator[Arguments]:
        before, after = self._around()
        headers = {"Content-Type": "application/json; charset=UTF-8", "Content-Length": str(self.size())}
        pieces = chain([before], map(base64.b64encode, _read(self.path)), [after])
        yield {"content": _counted(pieces, count), "headers": headers}

    def size(self) -> int:
        return sum(map(len, self._around())) + 4 * -(-self.path.stat().st_size // 3)

    def _around(self) -> tuple[bytes, bytes]:
        before, _, after = json.dumps(self.value, ensure_ascii=False).partition(PLACE)
        return before.encode(), after.encode()


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


async def _counted(pieces: Iterable[bytes], count: Counted) -> AsyncIterator[bytes]:
    sent = 0
    for piece in pieces:
        yield piece
        sent += len(piece)
        count(sent)


class _CountedFile(io.FileIO):
    """Asked for more, it tells how much of it is gone already."""

    def __init__(self, path: Path, count: Counted) -> None:
        super().__init__(path)
        self._count = count

    def read(self, size: int | None = -1, /) -> bytes:
        self._count(self.tell())
        return super().read(-1 if size is None else size)
