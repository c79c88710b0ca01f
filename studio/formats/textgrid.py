"""Praat's TextGrid: for each speaker a tier of segments and a tier of words. Any thread.

Written in the long form; both forms are read, as Praat reads them: only free-standing numbers, quoted texts and flags
count, all else is decoration. Tiers of phones and points are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from studio.core.align import Cutter
from studio.core.errors import FormatError
from studio.core.fitting import fitted
from studio.core.transcript import Segment, Transcript, Word, join_words

from .base import Parsed, Read, WriteOptions, printable, quoted, require_times, with_speakers

Interval = tuple[int, int, str]  # start and end in milliseconds, text

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")|(?P<comment>(?<!\S)![^\n]*)|(?P<flag><\w+>)'
    r"|(?<!\S)(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?!\S)"
)
_KIND = re.compile(r"(?:(?P<name>.*?)\s*[-–/_:]\s*)?(?P<kind>words?|phones?|phonemes?)", re.IGNORECASE | re.DOTALL)
_NAMELESS = {"text", "transcript", "transcription", "utterance", "utterances", "sentence", "sentences", "segments"}
_SILENCE = {"", "sil", "sp", "<sil>", "<p:>", "<eps>", "#", "{sl}"}


def write(transcript: Transcript, options: WriteOptions) -> str:
    require_times(transcript)
    tiers: list[tuple[str, list[Interval]]] = []
    for speaker in dict.fromkeys(s.speaker for s in transcript.segments):
        own = [s for s in transcript.segments if s.speaker == speaker]
        name = printable(transcript.name_of(speaker)) or "text"
        tiers.append((name, [(s.start, s.end, printable(s.text)) for s in own]))
        words = [(w.start, w.end, printable(w.text)) for s in own for w in s.words]
        if words:
            tiers.append((f"{name} - words" if speaker else "words", words))
    filled = [(name, list(_without_overlap(intervals))) for name, intervals in tiers]
    end = max([transcript.duration, *(i[-1][1] for _, i in filled if i)])
    out = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {_seconds(end)}"]
    out += ["tiers? <exists>", f"size = {len(filled)}", "item []:"] if filled else ["tiers? <absent>"]
    for number, (name, intervals) in enumerate(filled, 1):
        out += _tier(number, name, list(_without_gaps(intervals, end)), end)
    return "\n".join(out) + "\n"


def _tier(number: int, name: str, intervals: list[Interval], end: int) -> list[str]:
    lines = [f"    item [{number}]:", '        class = "IntervalTier"', f"        name = {_quote(name)}"]
    lines += ["        xmin = 0", f"        xmax = {_seconds(end)}", f"        intervals: size = {len(intervals)}"]
    for nth, (start, stop, text) in enumerate(intervals, 1):
        lines += [f"        intervals [{nth}]:", f"            xmin = {_seconds(start)}"]
        lines += [f"            xmax = {_seconds(stop)}", f"            text = {_quote(text)}"]
    return lines


def _without_overlap(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """A tier holds one thing at a time: what overlaps starts later, and everything lasts a millisecond at least."""
    at = 0
    for start, end, text in intervals:
        start = max(start, at)
        at = max(end, start + 1)
        if text:
            yield start, at, text


def _without_gaps(intervals: Iterable[Interval], end: int) -> Iterator[Interval]:
    at = 0
    for start, stop, text in intervals:
        if start > at:
            yield at, start, ""
        yield start, stop, text
        at = stop
    if end > at:
        yield at, end, ""


def _seconds(time: int) -> str:
    return f"{time // 1000}.{time % 1000:03}".rstrip("0").rstrip(".")


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


# Reading


@dataclass(slots=True)
class _Tier:
    name: str | None  # who speaks
    intervals: list[Interval] = field(default_factory=list)


def read(text: str) -> Parsed:
    """Raises FormatError with the line."""
    tokens = _Tokens(text)
    if tokens.text("ooTextFile").split()[:1] != ["ooTextFile"] or tokens.text("TextGrid") != "TextGrid":
        raise FormatError("Line 1: this is no TextGrid in text form.", "Save it in Praat as a text file.")
    tokens.time()
    duration = tokens.time()
    spoken: list[_Tier] = []
    words: list[_Tier] = []
    warnings: list[str] = []
    for _ in range(tokens.count() if tokens.flag() == "<exists>" else 0):
        kind, name = tokens.text("IntervalTier"), printable(tokens.text("a name"))
        intervals = list(_intervals(tokens, kind == "TextTier"))
        match = _KIND.fullmatch(name)
        if kind == "TextTier" or (match and match["kind"].lower().startswith("phon")):
            warnings.append(f"The tier {quoted(name)} holds no words and was left out.")
        elif match:
            words.append(_Tier(match["name"] or None, [i for i in intervals if i[2].lower() not in _SILENCE]))
        else:
            nameless = name.lower() in _NAMELESS or not name
            spoken.append(_Tier(None if nameless else name, [i for i in intervals if i[2]]))
    segments = [pair for tier in spoken for pair in _segments(tier, _taken(words, tier), warnings)]
    for tier in words:
        cutter = Cutter()
        timed = (Word(said, start, end) for start, end, said in tier.intervals)
        segments += [(tier.name, segment) for segment in [*cutter.feed(timed), *cutter.flush()]]
    transcript = with_speakers(segments)
    return Parsed(replace(transcript, duration=max(duration, transcript.duration)), tuple(warnings))


def _intervals(tokens: _Tokens, points: bool) -> Iterator[Interval]:
    tokens.time()
    tokens.time()
    for _ in range(tokens.count()):
        start = tokens.time()
        end = start if points else max(start, tokens.time())
        yield start, end, printable(tokens.text("a text"))


def _taken(words: list[_Tier], tier: _Tier) -> list[Interval]:
    """The first tier of words that belongs to a speaker, taken out of the list."""
    found = next((w for w in words if w.name == tier.name), None)
    if found is None:
        return []
    words.remove(found)
    return found.intervals


def _segments(tier: _Tier, words: list[Interval], warnings: list[str]) -> Iterator[Read]:
    """The segments of a tier, with those words whose middle lies in them, if they make up the text."""
    at = 0
    for start, end, text in tier.intervals:
        inside: list[Word] = []
        while at < len(words) and words[at][0] + words[at][1] < 2 * end:
            inside.append(Word(words[at][2], words[at][0], words[at][1]))
            at += 1
        fits = fitted(tuple(inside), text)
        if inside and not fits:
            said = quoted(join_words(inside))
            warnings.append(f"The words {said} are not those of the text at {start / 1000:g} s, so they were left out.")
        yield tier.name, Segment(start, end, join_words(fits) if fits else text, fits)
    if at < len(words):
        warnings.append(f"{len(words) - at} words lie behind the last text of their speaker and were left out.")


class _Tokens:
    """What counts in the file, one after the other."""

    def __init__(self, text: str) -> None:
        self._source = text.removeprefix("\ufeff")
        self._matches = (m for m in _TOKEN.finditer(self._source) if m.lastgroup != "comment")
        self._at = 0

    def text(self, wanted: str) -> str:
        return self._next("text", wanted)[1:-1].replace('""', '"')

    def time(self) -> int:
        """Milliseconds, from 0 on."""
        return round(min(max(0.0, float(self._next("number", "a time"))), 1e9) * 1000)

    def count(self) -> int:
        return int(min(float(self._next("number", "a number")), 1e9))

    def flag(self) -> str:
        return self._next("flag", "<exists>")

    def _next(self, kind: str, wanted: str) -> str:
        match = next(self._matches, None)
        if match is None:
            raise FormatError(f"Line {self._line(len(self._source))}: the file ends too early.", "It may be cut off.")
        self._at = match.start()
        if match.lastgroup != kind:
            raise FormatError(
                f"Line {self._line(self._at)}: there must be {wanted}, not {quoted(match[0])}.",
                "The file may be damaged.",
            )
        return match[0]

    def _line(self, at: int) -> int:
        return self._source.count("\n", 0, at) + 1
