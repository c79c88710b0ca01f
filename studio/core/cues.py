"""Reading text into subtitle cues under rules: what is shown, how long, and where lines break.

Pure functions, called from the worker thread that exports and from the window's thread for previews of one cue.

Cues are cut by a dynamic programme over the words of each run of one speaker: every possible cue has a cost (where
it ends, how short or fast it is, which pauses it swallows), and the cheapest sequence wins. Costs are points; the
constants below are the only tuning. Widths count one per code point and two for East Asian wide ones, so a line of
42 holds 21 Chinese characters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from .breaks import CHEAP_END, INSIDE_WORD, Token, break_cost, line_text, reading_columns, segment_tokens, wrap_lines
from .profiles import DEFAULT
from .profiles import CueRules as CueRules
from .spacing import Spoken, space_out
from .transcript import Segment, Transcript

SpeakerNames = Literal["change", "always", "never"]

_CUE = 10.0  # each cue, so that fewer are better
_STUB = 20  # cues narrower than this cost half a point per missing column
_SHORT = 0.05  # per millisecond below the shortest duration
_FAST = 4.0  # per character a second above the highest reading speed
_SENTENCE_INSIDE = 6.0  # a sentence end swallowed by a cue
_PAUSE_INSIDE = 0.02  # per millisecond of a pause swallowed by a cue
_LONG_PAUSE = 1500  # milliseconds; never inside a cue
_KEEP = 100.0  # cutting a ready-made subtitle that is fine as it is
_JOIN_READY = 30.0  # joining two ready-made subtitles
_SEGMENT_END = 5.0  # ending a cue with a segment costs no more
_LINE_BREAK = 7.0  # the best line break of a cue costs what is above this


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle as shown. Times in milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]
    speaker: str | None = None  # a Speaker.id
    segments: tuple[int, ...] = ()  # positions in Transcript.segments that it shows words of


@dataclass(slots=True)
class Run:
    """The words that one speaker says in a row, and the name to set before them."""

    speaker: str | None
    tokens: list[Token]
    label: list[Token]  # the name as tokens; empty for none
    crossed: bool = False  # overlaps another run, so any of its cues may follow another speaker


@dataclass(slots=True)
class Draft:
    """A cue before its times are settled: they still are those of its words."""

    start: int
    end: int
    run: Run
    tokens: list[Token]


def make_cues(transcript: Transcript, rules: CueRules = DEFAULT, names: SpeakerNames = "never") -> list[Cue]:
    """Cut a transcript into subtitle cues, ordered by start.

    All words appear once and in the order of their speaker. Every cue keeps the rules for lines, longest duration
    and gap; the shortest duration and the reading speed are kept where the speech leaves room (see `spacing`).
    Words longer than a line are cut without a hyphen. Segments without words get word times by position in the
    text, for cutting only.

    `names` says when "Name: " stands before the text: at a change of speaker (if there is more than one), always or
    never; it counts into line length and reading speed.
    """
    return list(_settled(draft_cues(transcript, rules, names), after_all(transcript), rules, names))


def draft_cues(transcript: Transcript, rules: CueRules, names: SpeakerNames = "never") -> list[Draft]:
    """What `make_cues` shows together, ordered by start."""
    runs = _runs(transcript, rules, names)
    _mark_crossed(runs)
    starts = [run.tokens[0].start for run in runs] + [after_all(transcript)]
    drafts: list[Draft] = []
    for run, following in zip(runs, starts[1:], strict=True):
        at = 0
        for count in _Cutter(run, following, rules, names == "always" or run.crossed).cut():
            tokens = run.tokens[at : at + count]
            drafts.append(Draft(tokens[0].start, max(t.end for t in tokens), run, tokens))
            at += count
    drafts.sort(key=lambda d: d.start)
    return drafts


def after_all(transcript: Transcript) -> int:
    """A time after which nothing follows: cues may last until the end of the recording, or freely if unknown."""
    last = max((s.end for s in transcript.segments), default=0)
    return max(last, transcript.duration) if transcript.duration else last + 3_600_000


def _runs(transcript: Transcript, rules: CueRules, names: SpeakerNames) -> list[Run]:
    order = sorted(range(len(transcript.segments)), key=lambda i: transcript.segments[i].start)
    named = names == "always" or (names == "change" and len({s.speaker for s in transcript.segments}) > 1)
    labels: dict[str | None, list[Token]] = {None: []}
    spoken: dict[str | None, int] = {}  # when the last word of each speaker began
    runs: list[Run] = []
    for index in order:
        segment = transcript.segments[index]
        tokens = segment_tokens(segment, index, rules.max_line)
        if not tokens:
            continue
        if segment.speaker not in labels:
            name = transcript.name_of(segment.speaker) if named else ""
            labels[segment.speaker] = segment_tokens(Segment(0, 0, f"{name}:"), -1, rules.max_line) if name else []
        floor = spoken.get(segment.speaker, 0)
        for token in tokens:  # where segments of one speaker overlap, one word after the other all the same
            token.start = max(token.start, floor)
            token.end = max(token.end, token.start)
        spoken[segment.speaker] = tokens[-1].start
        if runs and runs[-1].speaker == segment.speaker and runs[-1].tokens[-1].ready == tokens[0].ready:
            runs[-1].tokens += tokens
        else:
            runs.append(Run(segment.speaker, tokens, labels[segment.speaker]))
    return runs


def _mark_crossed(runs: list[Run]) -> None:
    latest: Run | None = None
    for run in runs:
        if latest is not None and latest.tokens[-1].start >= run.tokens[0].start:
            latest.crossed = run.crossed = True
        if latest is None or run.tokens[-1].start > latest.tokens[-1].start:
            latest = run


class _Cutter:
    """The dynamic programme over the tokens of one run. O(tokens x tokens a cue)."""

    def __init__(self, run: Run, following: int, rules: CueRules, label_always: bool) -> None:
        tokens = run.tokens
        self.rules = rules
        self.starts = [t.start for t in tokens]
        self.stops = [t.end for t in tokens]
        self.widths = [t.width for t in tokens]
        self.spaces = [int(t.space) for t in tokens]
        self.columns = [0, *accumulate(t.width + t.space for t in tokens)]
        self.limits = [start - rules.min_gap for start in self.starts[1:]]  # until when a cue may last
        self.limits.append(max(following - rules.min_gap, self.starts[-1]))
        self.breaks: list[float] = []  # of breaking a line after each token
        self.ends: list[float] = []  # of ending a cue there
        self.inside: list[float] = []  # of going on past it within a cue
        for token, after in pairwise(tokens):
            self._price(token, after)
        self.ends.append(0.0)
        self.inside.append(0.0)
        self.label = _label_state(run, rules)
        self.label_always = label_always
        self.best = [0.0] + [math.inf] * len(tokens)  # cost of the cheapest cues for the first n tokens
        self.came = [0] * (len(tokens) + 1)  # where the last of those cues begins

    def _price(self, token: Token, after: Token) -> None:
        pause = max(0, after.start - token.end)
        cost = end = break_cost(token, after)
        inside = pause * _PAUSE_INSIDE if pause < _LONG_PAUSE else math.inf
        if token.segment != after.segment:
            end = min(end, _SEGMENT_END)
            inside += _JOIN_READY if token.ready or after.ready else 0.0
        elif token.ready:
            end += _KEEP
        if end <= CHEAP_END:
            inside += _SENTENCE_INSIDE
        if end < INSIDE_WORD:
            end = max(0.0, end - pause / 50)
        self.breaks.append(cost)
        self.ends.append(end)
        self.inside.append(inside)

    def cut(self) -> list[int]:
        """How many tokens each cue takes."""
        for first in range(len(self.starts)):
            self._extend(first)
        counts = []
        at = len(self.starts)
        while at:
            counts.append(at - self.came[at])
            at = self.came[at]
        return counts[::-1]

    def _extend(self, first: int) -> None:
        """Try all cues that begin with a token."""
        lines, line, columns = 1, 0, 0
        if self.label[2] and (first == 0 or self.label_always):
            lines, line, columns = self.label
            self.spaces[first] = 1
        rules, begin, so_far = self.rules, self.starts[first], self.best[first] + _CUE
        max_line, per_second = rules.max_line, rules.max_cps / 1000
        least: list[float] = []
        low = first
        for last in range(first, len(self.starts)):
            width, space = self.widths[last], self.spaces[last]
            if not line:
                line = width
            elif line + width + space <= max_line:
                line += width + space
            else:
                lines += 1
                line = width
                if lines == 2:  # the cheapest break among those after token `first`, `first` + 1, ...
                    least = [*accumulate(reversed(self.breaks[first:last]), min)][::-1]
            if last > first and (lines > rules.max_lines or self.stops[last] - begin > rules.max_duration):
                break
            columns += width + space
            room = self.limits[last] - begin
            cost = so_far + self.ends[last]
            if lines == 2 and least:
                while self.columns[last + 1] - self.columns[low + 1] - self.spaces[low + 1] > max_line:
                    low += 1
                cost += max(0.0, least[low - first] - _LINE_BREAK)
            if room < rules.min_duration:
                cost += (rules.min_duration - room) * _SHORT
            elif room > rules.max_duration:
                room = rules.max_duration
            if columns > per_second * room:
                cost += (columns * 1000 / max(room, 100) - rules.max_cps) * _FAST
            if columns < _STUB:
                cost += (_STUB - columns) / 2
            if cost < self.best[last + 1]:
                self.best[last + 1] = cost
                self.came[last + 1] = first
            so_far += self.inside[last]
            if so_far == math.inf:
                break


def _label_state(run: Run, rules: CueRules) -> tuple[int, int, int]:
    """(lines begun, width of the last, width of all) after the speaker's name; all of a cue at most."""
    lines, line, total = 1, 0, 0
    for token in run.label:
        if not line or line + token.width + token.space <= rules.max_line:
            line += token.width + (token.space if line else 0)
        else:
            lines, line = lines + 1, token.width
        total += token.width + 1
    return (lines, line, total) if lines <= rules.max_lines else (rules.max_lines, rules.max_line, total)


def _settled(drafts: list[Draft], end: int, rules: CueRules, names: SpeakerNames) -> Iterator[Cue]:
    """Give the cues their names, lines and times."""
    texts: list[tuple[str, ...]] = []
    speaker: str | None = None
    for index, draft in enumerate(drafts):
        label = draft.run.label if names == "always" or index == 0 or draft.run.speaker != speaker else []
        speaker = draft.run.speaker
        if label:
            draft.tokens[0].space = True
        texts.append(tuple(map(line_text, wrap_lines(label + draft.tokens, rules.max_line, rules.max_lines))))
    spoken = [
        Spoken(draft.start, draft.end, reading_columns("\n".join(lines)))
        for draft, lines in zip(drafts, texts, strict=True)
    ]
    for draft, lines, (start, stop) in zip(drafts, texts, space_out(spoken, rules, 0, end), strict=True):
        yield Cue(start, stop, lines, draft.run.speaker, tuple(dict.fromkeys(t.segment for t in draft.tokens)))
