"""The transcript: words with times, cut into segments, spoken by speakers.

All times are integer milliseconds from the start of the recording. A speaker is an id; its name is data, so a
rename touches one value. If a segment has words, its text is exactly `join_words(words)`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, overload


class Word(NamedTuple):
    """One spoken word as shown, punctuation included, without surrounding spaces.

    A named tuple, because a long recording has 150,000 of them and these are made ten times as fast.
    """

    text: str
    start: int
    end: int
    confidence: float | None = None  # 0..1, None where it was not measured or the user has changed it
    space: bool = True  # a space stands before it (not so in Chinese or Japanese)
    line: bool = False  # a line break stands before it: a subtitle whose lines were set by hand or by rules


class LaterWords(Sequence[Word]):
    """Words that are made when somebody first looks at them; else like a tuple of them, never empty. Any thread.

    A long transcript has 150,000, and whoever opens it or changes all of it looks at few.
    """

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: tuple[Word, ...] | None = None

    @abstractmethod
    def make(self) -> tuple[Word, ...]:
        """May be called more than once, and gives the same each time."""

    @property
    def made(self) -> tuple[Word, ...]:
        if self._made is None:
            self._made = self.make()
        return self._made

    @overload
    def __getitem__(self, at: int) -> Word: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Word, ...]: ...
    def __getitem__(self, at: int | slice) -> Word | tuple[Word, ...]:
        return self.made[at]

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return len(self.made)

    def __iter__(self) -> Iterator[Word]:
        return iter(self.made)

    def __eq__(self, other: object) -> bool:
        return self is other or self.made == (other.made if isinstance(other, LaterWords) else other)

    def __hash__(self) -> int:
        return hash(self.made)

    def __repr__(self) -> str:
        return repr(self.made)


class Segment(NamedTuple):
    """A stretch of speech by one speaker: usually one sentence, after a re-flow one subtitle cue.

    A named tuple like its words: whoever opens or changes a long transcript makes 20,000.

    `id` is unique within its transcript and stays with the segment through edits; 0 means not stored yet. Recognition
    counts ids up from 1, edits count them down from -1, so that both may go on at once.
    """

    start: int
    end: int
    text: str
    words: Sequence[Word] = ()  # a tuple, or LaterWords; empty where no word times are known, never invented silently
    speaker: str | None = None  # a Speaker.id
    confidence: float | None = None  # 0..1
    id: int = 0
    comment: str = ""  # a note of the user's, never part of the text
    flagged: bool = False  # marked by the user, to come back to

    @staticmethod
    def from_words(words: Iterable[Word], speaker: str | None = None, id: int = 0) -> Segment:
        """The segment that these words make: their text, outer times and mean confidence."""
        words = tuple(words)
        return Segment(
            start=words[0].start,
            end=max(words[-1].end, words[0].start),
            text=join_words(words),
            words=words,
            speaker=speaker,
            confidence=mean_confidence(words),
            id=id,
        )


class DerivedWords(LaterWords):
    """Words of a segment after a change, reckoned from those before it, which may have to be reckoned themselves."""

    __slots__ = ("_from",)

    def __init__(self, before: Segment, change: Any) -> None:
        self._made = None
        self._from: tuple[Segment, Any] | None = before, change

    @staticmethod
    @abstractmethod
    def reckon(before: Segment, change: Any) -> Sequence[Word]: ...

    def make(self) -> tuple[Word, ...]:
        """From the last words that are known on, change by change: a day of changes is deeper than Python may call."""
        words: Sequence[Word] = self
        changes = []
        while isinstance(words, DerivedWords) and (origin := words._from) is not None:
            changes.append((words.reckon, *origin))
            words = origin[0].words
        for reckon, before, change in reversed(changes):
            words = reckon(before._replace(words=words), change)
        self._made = tuple(words)
        self._from = None  # what was before is not kept for it; another thread finds what was made
        return self._made


@dataclass(frozen=True, slots=True)
class Speaker:
    id: str  # "S1", "S2", ... in order of first appearance
    name: str  # "Speaker 1" until the user knows better
    color: int | None = None  # place in the palette, counted from 0; None: by the place in the list


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker talks from start to end (milliseconds). Turns of different speakers may overlap."""

    start: int
    end: int
    speaker: str


@dataclass(frozen=True, slots=True)
class Source:
    """The recording a transcript was made from."""

    path: str = ""
    name: str = ""
    content_id: str = ""  # see media.fingerprint; finds a moved file again
    duration: int = 0  # milliseconds
    track: int = 0  # which audio track


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What made the transcript."""

    name: str = ""  # "faster-whisper"
    model: str = ""  # "whisper-base"
    device: str = ""  # "cpu" or "cuda"
    task: str = "transcribe"  # or "translate"
    speakers: str = ""  # what told the speakers apart, "" if nothing did
    account: str = ""  # the account of the vendor that did it, "" for this computer
    marks: str = ""  # what was not measured by the engine, with spaces between: see core/marks.py
    orders: tuple[Mapping[str, str], ...] = ()  # what the vendor said of each: its id there, what it charged


@dataclass(frozen=True, slots=True)
class Transcript:
    segments: tuple[Segment, ...] = ()  # ordered by start
    speakers: tuple[Speaker, ...] = ()
    language: str | None = None  # ISO 639-1, as the engine names it
    duration: int = 0  # milliseconds
    source: Source = field(default_factory=Source)
    engine: EngineInfo = field(default_factory=EngineInfo)

    @property
    def text(self) -> str:
        return " ".join(s.text for s in self.segments)

    def name_of(self, speaker: str | None) -> str:
        """The name to show for a speaker id, "" for none."""
        return next((s.name for s in self.speakers if s.id == speaker), speaker or "")

    def with_segments(self, segments: Iterable[Segment]) -> Transcript:
        return replace(self, segments=tuple(segments))


def join_words(words: Iterable[Word]) -> str:
    """The text that the words make; a word's own line break or space stands before it."""
    return "".join(("\n" if w.line else " " if w.space else "") + w.text for w in words).strip()


def mean_confidence(words: Iterable[Word]) -> float | None:
    known = [w.confidence for w in words if w.confidence is not None]
    return round(sum(known) / len(known), 4) if known else None


def default_speakers(ids: Iterable[str]) -> tuple[Speaker, ...]:
    """Speakers named "Speaker 1", "Speaker 2", ... in the order their ids first appear."""
    return tuple(Speaker(id, f"Speaker {n}") for n, id in enumerate(dict.fromkeys(ids), 1))
