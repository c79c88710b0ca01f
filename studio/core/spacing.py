"""When subtitle cues come and go: display times near the speech that keep the rules for durations and gaps.

Pure functions for `cues` and `reflow`, any thread. A cue that is too short to be read lasts on into the silence after
it, then begins earlier in the silence before it. Where others speak at once before and after, it borrows time from
them: all cues of such a crowd move as little as possible, the first ones earlier, the last ones later.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .profiles import CueRules

_LEAD = 500  # milliseconds a cue may begin before its first word, into silence, only to be read at ease
_DRIFT = 1500  # milliseconds a cue may move from its first word to last long enough; BBC guidelines, 5.2


class Spoken(NamedTuple):
    """The speech of a cue: when it begins and ends (milliseconds), and how many columns it takes to read."""

    start: int
    end: int
    columns: int


def space_out(cues: Sequence[Spoken], rules: CueRules, low: int = 0, high: int | None = None) -> list[tuple[int, int]]:
    """(start, end) of each cue on the screen. `cues` are ordered by start; speech may overlap.

    No cue begins before `low` or ends after `high`, unless so many do not fit at all. No cue is longer than allowed,
    none comes closer to the next than allowed; none is too short where that takes a move of 1.5 s at most.
    """
    if not cues:
        return []
    wanted = [reading_time(c.columns, rules) for c in cues]
    least = rules.frame + rules.min_gap
    step = rules.min_duration + rules.min_gap
    if high is not None:
        step = max(least, min(step, (high - low + rules.min_gap) // len(cues)))
        last = max(low, high + rules.min_gap - step * len(cues))
    else:
        last = None
    near = apart(_early(cues, wanted, rules, low, high), step, low, last)
    near = [min(max(at, cue.start - _DRIFT), cue.start + _DRIFT) for at, cue in zip(near, cues, strict=True)]
    if high is not None:
        last = max(low, high + rules.min_gap - least * len(cues))
    starts = apart(near, least, low, last)
    limits: list[float] = [start - rules.min_gap for start in starts[1:]]
    limits.append(math.inf if high is None else max(high, starts[-1] + rules.frame))
    return [
        (start, int(min(max(cue.end, start + time), limit, start + rules.max_duration)))
        for cue, start, time, limit in zip(cues, starts, wanted, limits, strict=True)
    ]


def reading_time(columns: int, rules: CueRules) -> int:
    """Milliseconds that a cue of so many columns should be shown at least."""
    return min(rules.max_duration, max(rules.min_duration, math.ceil(columns * 1000 / rules.max_cps)))


def _early(cues: Sequence[Spoken], wanted: Sequence[int], rules: CueRules, low: int, high: int | None) -> list[int]:
    """When each cue begins if it uses only silence: that after it first, then that before it."""
    starts: list[int] = []
    free = low
    for index, (start, end, _) in enumerate(cues):
        limit: float = math.inf if high is None else high
        if index + 1 < len(cues):
            limit = cues[index + 1].start - rules.min_gap
        stop = int(min(max(end, start + wanted[index]), max(limit, start)))
        begin = start
        if stop - start < wanted[index]:
            begin = min(start, max(free, start - _LEAD, stop - wanted[index]))
        starts.append(begin)
        free = max(free, min(stop, begin + rules.max_duration) + rules.min_gap)
    return starts


def apart(times: Sequence[int], step: int, low: int, last: int | None) -> list[int]:
    """The times moved as little as possible (least squares) so that each is `step` or more after the one before.

    The first is not before `low`; the last not later than `last` plus the steps before it. Pool adjacent violators:
    less the steps, the times must not fall; neighbours that do share their mean.
    """
    pools: list[tuple[int, int]] = []  # sum, count
    for index, time in enumerate(times):
        total, count = time - index * step, 1
        while pools and pools[-1][0] * count > total * pools[-1][1]:
            total, count = total + pools[-1][0], count + pools[-1][1]
            pools.pop()
        pools.append((total, count))
    result: list[int] = []
    for total, count in pools:
        mean = max(total // count, low)
        mean = mean if last is None else min(mean, last)
        result += (mean + n * step for n in range(len(result), len(result) + count))
    return result
