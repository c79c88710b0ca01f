"""Segments as one compact value: their fields and those of their words column by column, compressed. Any thread.

150,000 words are packed in a tenth of a second, where JSON takes three and a row for each segment ten times as long.
Where most of the words are as they stand in the library they are packed like that: it takes twice the room, but to take
them apart first would take four times as long.
Of segments that were shifted only by how much is packed, of those with another text only the text. Stored data outlives
the code: another layout needs another first byte.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import accumulate, chain, pairwise
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np

from studio.core.collector import resting
from studio.core.edits import shifted
from studio.core.retext import retext_later
from studio.core.transcript import Segment, Word

from . import rows

_LAYOUT, _SHIFT, _TEXTS, _UNREAD = b"\x01", b"\x02", b"\x03", b"\x04"
_word = partial(tuple.__new__, Word)  # a quarter of the time that Word(...) takes
_text, _start, _end, _confidence, _space, _line = map(itemgetter, range(6))


def pack(segments: Sequence[Segment]) -> bytes:
    count, words_of = len(segments), [s.words for s in segments]
    columns: tuple[bytes, ...]
    if 2 * sum(type(words) is rows.StoredWords for words in words_of) > count:
        columns = (count.to_bytes(8, "little"), *_fields(segments), _strings(list(map(rows.words_to, words_of))))
        return _UNREAD + zlib.compress(b"".join(columns), 1)
    words = list(chain.from_iterable(words_of))
    spoken = len(words)
    columns = (
        count.to_bytes(8, "little"),
        spoken.to_bytes(8, "little"),
        *_fields(segments),
        _integers(map(len, words_of), count),
        _chosen(list(map(_text, words))),
        _integers(map(_start, words), spoken),
        _integers(map(_end, words), spoken),
        _numbers(list(map(_confidence, words))),
        _truths(map(_space, words), spoken),
        _truths(map(_line, words), spoken),
    )
    return _LAYOUT + zlib.compress(b"".join(columns), 1)


def _fields(segments: Sequence[Segment]) -> tuple[bytes, ...]:
    """All but their words."""
    count = len(segments)
    return (
        *(_integers(map(attrgetter(field), segments), count) for field in ("id", "start", "end")),
        _chosen([s.speaker for s in segments]),
        _strings([s.text for s in segments]),
        _numbers([s.confidence for s in segments]),
        _strings([s.comment for s in segments]),
        _truths(map(attrgetter("flagged"), segments), count),
    )


def pack_shift(ms: int) -> bytes:
    """For segments that are others, shifted: `unpack` takes those."""
    return _SHIFT + ms.to_bytes(8, "little", signed=True)


def pack_texts(segments: Sequence[Segment]) -> bytes:
    """Likewise for segments that are others with another text. A later `retext` may time new words differently."""
    count = len(segments)
    columns = (
        count.to_bytes(8, "little"),
        _integers(map(attrgetter("id"), segments), count),
        _strings([s.text for s in segments]),
    )
    return _TEXTS + zlib.compress(b"".join(columns), 1)


def needs_before(data: bytes) -> bool:
    return data[:1] in (_SHIFT, _TEXTS)


def unpack(data: bytes, before: Sequence[Segment] = ()) -> tuple[Segment, ...]:
    """`before`: the segments that were shifted or got another text, where `needs_before`."""
    if data[:1] == _SHIFT:
        ms = int.from_bytes(data[1:], "little", signed=True)
        with resting(len(before)):
            return tuple([shifted(s, ms) for s in before])
    if data[:1] not in (_LAYOUT, _TEXTS, _UNREAD):
        raise ValueError(f"unknown layout {data[:1]!r}")
    read = _Reader(zlib.decompress(data[1:]))
    count = read.size()
    if data[:1] == _TEXTS:
        text_of = dict(zip(read.integers(count), read.strings(count), strict=True))
        with resting(len(before)):
            return tuple([retext_later(s, text_of[s.id]) for s in before])
    spoken = read.size() if data[:1] == _LAYOUT else 0
    with resting(count):
        ids, starts, ends = (read.integers(count) for _ in range(3))
        speakers, texts, confidences = read.chosen(count), read.strings(count), read.numbers(count)
        comments, flags = read.strings(count), read.truths(count)
        words = read.words(count, spoken) if data[:1] == _LAYOUT else map(rows.words_from, read.strings(count))
        return tuple(map(Segment, starts, ends, texts, words, speakers, confidences, ids, comments, flags))


class Packed:
    """The same for SQL, of the columns of rows.SEGMENT: an aggregate that brings older histories into this form."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def step(self, *row: Any) -> None:
        self._rows.append(row)

    def finalize(self) -> bytes:
        return pack(rows.segments_from(self._rows))


def _integers(values: Iterable[int], count: int) -> bytes:
    """Each as its difference to the one before: times that grow evenly take little room."""
    numbers = np.fromiter(values, "<i8", count)
    numbers[1:] -= numbers[:-1].copy()
    return numbers.tobytes()


def _numbers(values: Sequence[float | None]) -> bytes:
    return np.array(values, "<f8").tobytes()  # None becomes NaN


def _truths(values: Iterable[bool], count: int) -> bytes:
    return np.fromiter(values, "?", count).tobytes()


def _string(value: str) -> bytes:
    encoded = value.encode()
    return len(encoded).to_bytes(8, "little") + encoded


def _strings(values: Sequence[str]) -> bytes:
    return _integers(map(len, values), len(values)) + _string("".join(values))


def _chosen(values: Sequence[str | None]) -> bytes:
    """Of few different values: these once, and which of them stands where."""
    numbers = {value: n for n, value in enumerate(dict.fromkeys(values))}
    return _string(json.dumps(list(numbers))) + _integers(map(numbers.__getitem__, values), len(values))


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def size(self) -> int:
        return int.from_bytes(self._take(8), "little")

    def integers(self, count: int) -> list[int]:
        return np.cumsum(self._array("<i8", count)).tolist()  # type: ignore[no-any-return]

    def numbers(self, count: int) -> list[float | None]:
        values = self._array("<f8", count)
        found: list[float | None] = values.tolist()
        for n in np.flatnonzero(np.isnan(values)).tolist():
            found[n] = None
        return found

    def truths(self, count: int) -> list[bool]:
        return self._array("?", count).tolist()  # type: ignore[no-any-return]

    def string(self) -> str:
        return self._take(self.size()).decode()

    def strings(self, count: int) -> list[str]:
        lengths = self.integers(count)
        text = self.string()
        return [text[a:b] for a, b in pairwise(accumulate(lengths, initial=0))]

    def chosen(self, count: int) -> list[Any]:
        values = json.loads(self.string())
        return list(map(values.__getitem__, self.integers(count)))

    def words(self, count: int, spoken: int) -> list[tuple[Word, ...]]:
        """Of so many segments, so many together."""
        lengths = self.integers(count)
        columns = self.chosen(spoken), self.integers(spoken), self.integers(spoken), self.numbers(spoken)
        words = list(map(_word, zip(*columns, self.truths(spoken), self.truths(spoken), strict=True)))
        return [tuple(words[a:b]) for a, b in pairwise(accumulate(lengths, initial=0))]

    def _array(self, kind: str, count: int) -> np.ndarray[Any, Any]:
        kind_of = np.dtype(kind)
        return np.frombuffer(self._take(count * kind_of.itemsize), kind_of)

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken
