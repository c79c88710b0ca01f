"""Times of many segments moved at once: shifted, stretched, set by two points, from one frame rate to another.

Pure functions: each maps start, end and word times of the chosen segments by one straight line and gives an edit. All
times are milliseconds. They raise UsageError where the order of the segments would change, and BeforeStart where some
would begin before the recording does, unless these are to `clamp`: to begin with it. What ends behind the recording
is nothing to refuse; `behind` counts it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from .edits import SHORTEST, Edit, apply, shifted
from .errors import UsageError
from .transcript import Segment, Transcript

Ids = Collection[int] | None  # which segments; None: all

FRAME_RATES: dict[str, Fraction] = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}
_SLOWEST, _FASTEST = 0.1, 10.0  # by how much times may be stretched


class BeforeStart(UsageError):
    """Nothing is changed, as so many `cues` would begin before the recording."""

    def __init__(self, cues: int, what: str, hint: str) -> None:
        super().__init__(what, hint)
        self.cues = cues


def behind(edit: Edit, duration: int) -> int:
    """How many segments would end behind a recording of this length."""
    return sum(s.end > duration for s in edit.after)


def shift(transcript: Transcript, ids: Ids, ms: int, clamp: bool = False) -> Edit:
    """All times later by `ms`, or earlier where it is below 0."""
    try:
        before = _chosen(transcript, ids)
        name, after = f"shift by {ms / 1000:+g} s", [shifted(s, ms) for s in before]
        edit = _edit(transcript, name, before, after, clamp)
        clamped = clamp and any(s.start < 0 for s in after)
        return edit if clamped else replace(edit, shift=ms)
    except BeforeStart as e:
        first = min(s.start for s in _chosen(transcript, ids))
        raise BeforeStart(
            e.cues,
            f"Shifted by {-ms / 1000:g} s, the first subtitle would begin before the recording.",
            f"Shift by {first / 1000:g} s at most." if first else "It begins at 0:00 already.",
        ) from None


def stretch(transcript: Transcript, ids: Ids, factor: float | Fraction, around: int = 0, clamp: bool = False) -> Edit:
    """All times `factor` times as far from the time `around`, which stays."""
    return _moved(transcript, ids, _line(around, around, factor), f"stretch to {float(factor) * 100:.5g} %", clamp)


def anchor(
    transcript: Transcript, ids: Ids, first: tuple[int, int], second: tuple[int, int], clamp: bool = False
) -> Edit:
    """Shift and stretch so that what is at the old time of each (old, new) pair comes to its new time."""
    (old1, new1), (old2, new2) = sorted((first, second))
    if old1 == old2:
        raise UsageError("Both points are at the same time of the subtitles.", "Choose two subtitles far apart.")
    if new1 >= new2:
        raise UsageError(
            "The later of the two subtitles would come first.", "Set the point of the later subtitle at a later time."
        )
    line = _line(old1, new1, Fraction(new2 - new1, old2 - old1))
    return _moved(transcript, ids, line, "re-time by two points", clamp)


def change_frame_rate(transcript: Transcript, ids: Ids, made_for: str, played_at: str) -> Edit:
    """Times made for a film of one frame rate, for the same film played at another (names of FRAME_RATES)."""
    for name in (made_for, played_at):
        if name not in FRAME_RATES:
            raise UsageError(f"“{name}” is not a known frame rate.", f"Choose from: {', '.join(FRAME_RATES)}.")
    factor = FRAME_RATES[made_for] / FRAME_RATES[played_at]
    return _moved(transcript, ids, _line(0, 0, factor), f"frame rate {made_for} to {played_at}", clamp=False)


def _chosen(transcript: Transcript, ids: Ids) -> tuple[Segment, ...]:
    chosen = tuple(s for s in transcript.segments if ids is None or s.id in ids)
    if not chosen:
        raise UsageError("There are no subtitles to move.", "Select some first.")
    return chosen


def _line(old: int, new: int, factor: float | Fraction) -> Callable[[int], int]:
    if not (math.isfinite(factor) and _SLOWEST <= factor <= _FASTEST):
        raise UsageError(
            f"Times cannot be stretched to {float(factor) * 100:g} %.",
            f"Use {_SLOWEST * 100:g} to {_FASTEST * 100:g} %; are the right subtitles chosen?",
        )
    return lambda t: round(new + (t - old) * factor)


def _moved(transcript: Transcript, ids: Ids, move: Callable[[int], int], name: str, clamp: bool) -> Edit:
    before = _chosen(transcript, ids)
    after = [
        s._replace(
            start=move(s.start),
            end=move(s.end),
            words=tuple(w._replace(start=max(0, move(w.start)), end=max(0, move(w.end))) for w in s.words),
        )
        for s in before
    ]
    return _edit(transcript, name, before, after, clamp)


def _edit(transcript: Transcript, name: str, before: Sequence[Segment], after: Sequence[Segment], clamp: bool) -> Edit:
    early = sum(s.start < 0 for s in after)
    if early and not clamp:
        raise BeforeStart(early, "The first subtitle would begin before the recording.", "Move less, or select fewer.")
    if early:
        after = _clamped(after)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    edit = Edit(name, tuple(old for old, _ in changed), tuple(new for _, new in changed))
    if [s.id for s in apply(transcript, edit).segments] != [s.id for s in transcript.segments]:
        raise UsageError(
            "Subtitles would change places with others that are not selected.", "Select all of them, or move less."
        )
    return edit


def _clamped(segments: Sequence[Segment]) -> list[Segment]:
    """What would begin before the recording begins with it; each lasts a little longer than the one before it, so
    that they stay in order."""
    clamped: list[Segment] = []
    reached = SHORTEST - 1
    for segment in segments:
        if segment.start <= 0:
            reached = max(segment.end, reached + 1)
            segment = segment._replace(start=0, end=reached)
        clamped.append(segment)
    return clamped
