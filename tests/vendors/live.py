"""What a stub claims to hear while sound still arrives: a word for each second, by the bytes until then alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SENTENCE = 6  # words


@dataclass(frozen=True)
class Interim:
    """The sentence as far as it is heard."""

    text: str


@dataclass(frozen=True)
class Spoken:
    """A whole sentence, with its times in seconds."""

    text: str
    start: float
    end: float


class Dictation:
    """How the bytes are cut into messages makes no difference. `second`: bytes that pass for one."""

    def __init__(self, words: Sequence[str], given: str | None, second: int) -> None:
        """`given`: what a test wants to be heard, a sentence a line, all of it by the end."""
        self._words, self._second = words, second
        self._lines = None if given is None else given.splitlines()
        self._hash = hashlib.sha256()
        self._open: list[str] = []  # words of the sentence that goes on
        self.size = 0

    @property
    def seconds(self) -> float:
        return self.size / self._second

    def feed(self, piece: bytes) -> Iterator[Interim | Spoken]:
        while piece:
            now, piece = piece[: (room := self._second - self.size % self._second)], piece[room:]
            self._hash.update(now)
            self.size += len(now)
            if self.size % self._second == 0:
                yield from self._word(self.size // self._second)

    def _word(self, second: int) -> Iterator[Interim | Spoken]:
        if self._lines is None:
            self._open.append(self._words[self._hash.digest()[0] % len(self._words)])
            if len(self._open) < SENTENCE:
                yield Interim(" ".join(self._open))
            else:
                yield self._sentence(second)
        elif second % SENTENCE == 0 and self._lines:
            yield Spoken(self._lines.pop(0), float(second - SENTENCE), float(second))

    def _sentence(self, second: float) -> Spoken:
        text, start = " ".join(self._open), self.size // self._second - len(self._open)
        self._open.clear()
        return Spoken(text, float(start), second)

    def finish(self) -> Iterator[Spoken]:
        """What is left at the end of the sound."""
        if self._open:
            yield self._sentence(self.seconds)
        for line in self._lines or ():
            yield Spoken(line, self.seconds, self.seconds)
        self._lines = []
