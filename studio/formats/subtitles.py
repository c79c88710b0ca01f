"""What the subtitle formats share: which cues are written, and how pieces of a cue become segments and words.

Any thread.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby
from typing import NamedTuple

from studio.core.breaks import HAS_CJK, line_text, segment_tokens, text_width, wrap_lines
from studio.core.cues import Cue, CueRules, SpeakerNames, make_cues
from studio.core.edits import apply
from studio.core.errors import FormatError
from studio.core.reflow import reflow
from studio.core.transcript import Segment, Transcript, Word, join_words

from .base import Read, WriteOptions, printable, quoted, require_times, split_name

_MARKED = re.compile(r">>\s*")  # before who speaks, in American captions
_LAST = 4000  # milliseconds that the last subtitle is shown where the file does not say how long


class Piece(NamedTuple):
    """A stretch of text in a cue, said by one voice. Times in milliseconds where the file gives this stretch some."""

    text: str
    voice: str | None = None
    start: int | None = None
    end: int | None = None  # None: until the next piece with a time


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Those in a row that differ in nothing but their text as one."""
    return [Piece("".join(p.text for p in same), *rest) for rest, same in groupby(pieces, key=lambda p: p[1:])]


NOTHING = "Line 1: the file holds no subtitles."


def stamp(ms: int, point: str = ".") -> str:
    """A time as most subtitle files write it: "01:02:03.045"."""
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"


def checked_end(line: int, start: int, end: int, warnings: list[str]) -> int:
    """When a subtitle ends: no earlier than it starts, and what was mended is told."""
    if end < start:
        warnings.append(f"Line {line}: the subtitle ends before it starts; its end was set to its start.")
    return max(start, end)


def places_lost(lines: Sequence[int]) -> Iterator[str]:
    """What is to be told of the cues that stand at a place of their own; `lines`: where they are in the file."""
    if lines:
        yield f"Line {lines[0]}: positions on the screen are not kept ({len(lines)} in all)."


def looks_lost(lines: Sequence[int]) -> Iterator[str]:
    """Likewise of the cues of which a part looks different."""
    if lines:
        yield f"Line {lines[0]}: italics, colours and the like are not kept ({len(lines)} in all)."


def no_times_before(line: int, text: str) -> FormatError:
    """The first line that is neither times nor something that may stand before them."""
    return FormatError(f"Line {line}: {quoted(text)} has no times before it.", "Is it a subtitle file?")


def printable_lines(text: str) -> str:
    """The text without control characters, its lines kept, blank ones left out."""
    return "\n".join(line for part in text.split("\n") if (line := printable(part)))


def cues_for(transcript: Transcript, options: WriteOptions, names: SpeakerNames = "never") -> list[Cue]:
    """The cues to write: the segments as they stand if they are cut already (see WriteOptions.recut), else cut anew.

    Segments without text make no cue. `names` as in `make_cues`. Raises FormatError for a transcript without times.
    """
    require_times(transcript)
    transcript, rules = _printable(transcript), options.rules
    if options.recut:
        return make_cues(transcript, rules, names)
    cues = _as_they_are(transcript, rules, names)
    if options.recut is False:
        return cues
    are_subtitles = _are_subtitles(transcript, rules)
    # Where somebody has set the lines, a name that makes one too long is no reason to cut it anew.
    plain = _as_they_are(transcript, rules, "never") if are_subtitles else cues
    unfit = {cue.segments[0] for cue in plain if not _fits(cue, rules)}
    if not unfit:
        return cues
    return _mended(transcript, unfit, rules, names) if are_subtitles else make_cues(transcript, rules, names)


def _are_subtitles(transcript: Transcript, rules: CueRules) -> bool:
    """Whether segments are cues that somebody has cut: of recognised speech lines are long, and words have times."""
    wide = [s.text for s in transcript.segments if text_width(s.text.replace("\n", " ")) > rules.max_line]
    return not any(s.words for s in transcript.segments) or 2 * sum("\n" in text for text in wide) >= len(wide)


def _mended(transcript: Transcript, unfit: Collection[int], rules: CueRules, names: SpeakerNames) -> list[Cue]:
    """Only these segments, by position, are cut anew; the others stay as and where they are."""
    numbered = transcript.with_segments(s._replace(id=n) for n, s in enumerate(transcript.segments, 1))
    mended = apply(numbered, reflow(numbered, rules, {n + 1 for n in unfit}))
    origins = list(accumulate((max(0, s.id - 1) for s in mended.segments), max))  # where a piece has no number
    cues = _as_they_are(mended, rules, names)
    return [replace(cue, segments=(origins[cue.segments[0]],)) for cue in cues]


def _as_they_are(transcript: Transcript, rules: CueRules, names: SpeakerNames) -> list[Cue]:
    named = names == "always" or (names == "change" and len({s.speaker for s in transcript.segments}) > 1)
    cues: list[Cue] = []
    for n, segment in enumerate(transcript.segments):
        if not segment.text:
            continue
        changed = not cues or cues[-1].speaker != segment.speaker
        unclear = split_name(segment.text)[0] is not None  # the text would be read as somebody's name
        name = transcript.name_of(segment.speaker) if named and (changed or unclear or names == "always") else ""
        lines = _lines(segment.text, f"{name}: " if name else "", rules)
        cues.append(Cue(segment.start, segment.end, tuple(lines), segment.speaker, (n,)))
    return cues


def _printable(transcript: Transcript) -> Transcript:
    """The transcript with control characters gone from words, text and names, which no text format can hold."""
    segments = (
        s._replace(text=printable_lines(s.text), words=tuple(w._replace(text=printable(w.text)) for w in s.words))
        for s in transcript.segments
    )
    speakers = tuple(replace(s, name=printable(s.name)) for s in transcript.speakers)
    return replace(transcript, segments=tuple(segments), speakers=speakers)


def _lines(text: str, label: str, rules: CueRules) -> list[str]:
    """The text with a label before it, in its own lines unless it has one only or the label makes the first too long.

    For the sake of a label rather more columns than the rules allow than more lines.
    """
    first, *others = text.split("\n")
    if text_width(label + first) <= rules.max_line or (others and not label):
        return [label + first, *others]
    glued = label.replace(" ", "\u00a0")  # a name is not broken, and stands before at least one word
    tokens = segment_tokens(Segment(0, 0, glued + text), 0, rules.max_line)
    most = max(rules.max_lines, 1 + len(others))
    wrapped = (wrap_lines(tokens, rules.max_line + more, most) for more in range(text_width(label) + 1))
    lines = next((lines for lines in wrapped if len(lines) <= most), None) or wrap_lines(tokens, rules.max_line, most)
    first, *others = (line_text(line) for line in lines)
    return [label + first[len(label) :] if first.startswith(glued) else first, *others]


def _fits(cue: Cue, rules: CueRules) -> bool:
    return (
        cue.end - cue.start <= rules.max_duration
        and len(cue.lines) <= rules.max_lines
        and all(text_width(line) <= rules.max_line for line in cue.lines)
    )


def segments_of(pieces: Iterable[Piece], start: int, end: int) -> list[Read]:
    """One segment for each voice in a cue, all with the times of the cue; words where each one is timed."""
    found: list[Read] = []
    for voice, group in groupby(pieces, key=lambda p: p.voice):
        said = list(group)
        text = printable_lines("".join(p.text for p in said))
        if text:
            words = _timed_words(said, start, end)
            words = words if join_words(words) == text else ()
            found.append((printable(voice or "") or None, Segment(start, end, text, words)))
    return found or [(None, Segment(start, end, ""))]


def _timed_words(pieces: Sequence[Piece], start: int, end: int) -> tuple[Word, ...]:
    """Words, if no piece holds more than one: times within a piece are not invented. Syllables make one word."""
    if not any(p.start is not None for p in pieces) or any(len(p.text.split()) > 1 for p in pieces):
        return ()
    words: list[Word] = []
    before = " "  # the whitespace between the last word and the next
    for piece, following in zip(pieces, _next_starts(pieces, end), strict=True):
        word = printable(piece.text)
        before += piece.text[: len(piece.text) - len(piece.text.lstrip())]
        if not word:
            continue
        begin = start if piece.start is None else min(max(piece.start, start), end)
        stop = min(max(begin, following if piece.end is None else piece.end), end)
        if words and not before and not (HAS_CJK.match(word) or HAS_CJK.match(words[-1].text[-1])):
            words[-1] = words[-1]._replace(text=words[-1].text + word, end=stop)
        else:
            words.append(Word(word, begin, stop, space=bool(before), line=bool(words) and "\n" in before))
        before = piece.text[len(piece.text.rstrip()) :]
    return tuple(words)


def _next_starts(pieces: Sequence[Piece], end: int) -> list[int]:
    """For each piece, the start of the next one that has one."""
    starts = [end]
    for piece in reversed(pieces[1:]):
        starts.append(starts[-1] if piece.start is None else piece.start)
    return starts[::-1]


def named(segments: Sequence[Segment]) -> list[Read]:
    """Who speaks, from "Name: " before the text, where the first segment has one and two names occur."""
    split = [_split(s.text) for s in segments]
    names = {name for name, _ in split if name}
    if len(names) < 2 or split[0][0] is None:
        return [(None, s) for s in segments]
    read: list[Read] = []
    speaker: str | None = None
    for segment, (name, said) in zip(segments, split, strict=True):
        speaker = name or speaker
        words = segment.words
        while words and join_words(words) != said:
            words = words[1:]
        read.append((speaker, segment._replace(text=said, words=words)))
    return read


def _split(text: str) -> tuple[str | None, str]:
    name, said = split_name(_MARKED.sub("", text, count=1) if _MARKED.match(text) else text)
    return (name, said) if name else (None, text)


def end_after(start: int, times: Sequence[int]) -> int:
    """When a subtitle ends whose file does not say it: at the next of these ordered times, or some seconds later."""
    at = bisect_right(times, start)
    return times[at] if at < len(times) else start + _LAST
