"""What a re-flow would do, in cues and in words. Pure functions; they take seconds for a long file, so off the
window's thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from studio.core.checks import KINDS, Kind, check_row
from studio.core.edits import Edit, apply
from studio.core.profiles import CueRules
from studio.core.reflow import Change, changes, reflow
from studio.core.transcript import Transcript
from studio.ui.models.wording import counted, percent

_NOT_OF_RULES: tuple[Kind, ...] = ("empty", "odd characters", "unpaired")


@dataclass(frozen=True, slots=True)
class ReflowPlan:
    """`notes` say by segment id which rules a cue breaks nevertheless."""

    edit: Edit
    changes: Sequence[Change]
    notes: Mapping[int, str]
    outcome: str
    kept: bool  # whether every cue obeys every rule


def plan_reflow(transcript: Transcript, rules: CueRules, ids: Collection[int] | None) -> ReflowPlan:
    """Raises UsageError where there is nothing to re-flow."""
    edit = reflow(transcript, rules, ids)
    there = {s.id for s in transcript.segments}
    chosen = there if ids is None else there & set(ids)
    cues = chosen - {s.id for s in edit.before} | {s.id for s in edit.after}
    segments = apply(transcript, edit).segments
    found: dict[int, list[Kind]] = {}
    for row, segment in enumerate(segments):
        kinds = [f.kind for f in check_row(segments, row, rules) if f.kind not in _NOT_OF_RULES]
        if segment.id in cues and kinds:
            found[segment.id] = kinds
    notes = {id: ", ".join(kinds) for id, kinds in found.items()}
    return ReflowPlan(edit, changes(edit), notes, _outcome(len(chosen), len(cues), found), not found)


def _outcome(before: int, after: int, found: Mapping[int, Sequence[Kind]]) -> str:
    """ "612 passages become 934 cues; 100 % within the rules for lines, durations and gaps; 3 too fast, as the
    speech is"."""
    counts = Counter(kind for kinds in found.values() for kind in kinds)
    fast = counts.pop("too fast", 0)
    broken = sum(any(kind != "too fast" for kind in kinds) for kinds in found.values())
    parts = [f"{counted(before, 'passage becomes', 'passages become')} {counted(after, 'cue', 'cues')}"]
    within = f"{percent((after - broken) / after)} within the rules" if after else ""
    parts += [f"{within} for lines, durations and gaps" if fast and not broken else within] if within else []
    parts += [f"{counts[kind]} {kind}" for kind in KINDS if counts[kind]]
    parts += [f"{fast} too fast because the speech is"] if fast else []
    return "; ".join(parts)
