"""What subtitles must obey: the rules as a value, and sets of them that broadcasters publish. Pure; any thread.

Where the figures come from:

* Netflix: Timed Text Style Guide, General Requirements (5/6 s to 7 s, two lines, two frames between) and English
  (42 characters a line, 20 characters a second for adults).
* BBC: Subtitle Guidelines, sections 3 and 4 (37 characters of a teletext line, two lines, 160 to 180 words a minute:
  17 characters a second at 5.7 characters a word with its space; gaps shorter than a second are better closed, so
  none is asked for). The guidelines set no shortest or longest duration; 1 s and 7 s are customary.
* Broadcast: Code of Good Subtitling Practice (Ivarsson and Carroll, 1998: 1 s to 7 s, two lines, four frames between)
  with the teletext line and the 15 characters a second of the six-second rule.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .errors import UsageError


@dataclass(frozen=True, slots=True)
class CueRules:
    """Durations in milliseconds, speed in characters a second, widths in columns (see `breaks.text_width`)."""

    max_lines: int = 2
    max_line: int = 42
    min_duration: int = 1000
    max_duration: int = 7000
    max_cps: float = 20.0
    frame_rate: float = 25.0
    gap_frames: int = 2

    @property
    def frame(self) -> int:
        return math.ceil(1000 / self.frame_rate)

    @property
    def min_gap(self) -> int:
        """Milliseconds between the end of a cue and the start of the next."""
        return math.ceil(self.gap_frames * 1000 / self.frame_rate)


DEFAULT = CueRules()


@dataclass(frozen=True, slots=True)
class Profile:
    id: str
    title: str
    rules: CueRules


OWN = "own"
PROFILES: dict[str, Profile] = {
    p.id: p
    for p in (
        Profile("netflix", "Netflix", CueRules(min_duration=833)),
        Profile("bbc", "BBC", CueRules(max_line=37, max_cps=17.0, gap_frames=0)),
        Profile("broadcast", "Broadcast", CueRules(max_line=37, max_cps=15.0, gap_frames=4)),
    )
}

# field: (what it is called, least, most)
_LIMITS: dict[str, tuple[str, float, float]] = {
    "max_lines": ("the number of lines", 1, 4),
    "max_line": ("the length of a line", 10, 200),
    "min_duration": ("the shortest duration in milliseconds", 200, 10_000),
    "max_duration": ("the longest duration in milliseconds", 1000, 60_000),
    "max_cps": ("the reading speed in characters a second", 5, 100),
    "frame_rate": ("the frame rate", 10, 240),
    "gap_frames": ("the gap in frames", 0, 50),
}


def profile(id: str, own: Mapping[str, Any] | None = None) -> Profile:
    """A profile by its id; `own` holds the user's rules as `rules_to_dict` wrote them. Raises UsageError."""
    if id == OWN:
        return Profile(OWN, "My own rules", rules_from_dict(own or {}))
    if id not in PROFILES:
        raise UsageError(f"There are no subtitle rules “{id}”.", f"Choose from: {', '.join([*PROFILES, OWN])}.")
    return PROFILES[id]


def rules_to_dict(rules: CueRules) -> dict[str, Any]:
    """Plain values for JSON."""
    return asdict(rules)


def rules_from_dict(data: Mapping[str, Any]) -> CueRules:
    """The inverse; what is missing keeps its default, what is unknown is left out.

    Raises UsageError for a value that no subtitle could obey.
    """
    values: dict[str, Any] = {}
    for name, (what, least, most) in _LIMITS.items():
        if name not in data:
            continue
        value = data[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise UsageError(f"In the subtitle rules, {what} cannot be {value!r}.", f"Use {least:g} to {most:g}.")
        values[name] = float(value) if name in ("max_cps", "frame_rate") else round(value)
    rules = CueRules(**values)
    if rules.min_duration + rules.frame > rules.max_duration:
        raise UsageError(
            "In the subtitle rules, the shortest duration is not below the longest.", "Make the longest longer."
        )
    return rules


def rules_in_use(stored: Mapping[str, Any] | None) -> CueRules:
    """The rules that were chosen last; where none were, or what is stored makes no sense, those of the first set."""
    try:
        if stored:
            return rules_from_dict(stored)
    except UsageError:
        pass
    return next(iter(PROFILES.values())).rules
