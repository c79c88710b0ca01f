"""Changes to a transcript as values: each knows what it replaces by what, so it can be undone, stored and replayed.

Pure functions: they make an `Edit`; `apply` gives the changed transcript. Whoever stores the edit stores it first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .errors import UsageError
from .transcript import Segment, Speaker, Transcript


@dataclass(frozen=True, slots=True)
class Edit:
    """Segments `before` give way to segments `after` (matched by id), and the speaker list likewise."""

    name: str  # in the user's words, shown behind "Undo"
    before: tuple[Segment, ...] = ()
    after: tuple[Segment, ...] = ()
    speakers_before: tuple[Speaker, ...] = ()  # the whole list; both empty: speakers untouched
    speakers_after: tuple[Speaker, ...] = ()

    def inverse(self) -> Edit:
        return Edit(self.name, self.after, self.before, self.speakers_after, self.speakers_before)


def apply(transcript: Transcript, edit: Edit) -> Transcript:
    gone = {s.id for s in edit.before}
    segments = [s for s in transcript.segments if s.id not in gone]
    if edit.after or edit.before:
        segments = sorted([*segments, *edit.after], key=lambda s: (s.start, s.end, s.id))
    speakers = edit.speakers_after if edit.speakers_before or edit.speakers_after else transcript.speakers
    return replace(transcript, segments=tuple(segments), speakers=speakers)


def rename_speaker(transcript: Transcript, speaker: str, name: str) -> Edit:
    """Give a speaker another name, everywhere at once."""
    name = " ".join(name.split())
    if not name:
        raise UsageError("A speaker needs a name.", "Type one, or press Esc to keep the old one.")
    if all(s.id != speaker for s in transcript.speakers):
        raise UsageError("That speaker is not in this transcript.")
    renamed = tuple(replace(s, name=name) if s.id == speaker else s for s in transcript.speakers)
    return Edit(
        f"rename {transcript.name_of(speaker)} to {name}",
        speakers_before=transcript.speakers,
        speakers_after=renamed,
    )


def relabel(transcript: Transcript, segment: int, speaker: str) -> Edit:
    """Say who really spoke a segment."""
    found = next((s for s in transcript.segments if s.id == segment), None)
    if found is None or all(s.id != speaker for s in transcript.speakers):
        raise UsageError("That passage or speaker is not in this transcript.")
    return Edit(
        f"give the passage to {transcript.name_of(speaker)}",
        before=(found,),
        after=(replace(found, speaker=speaker),),
    )
