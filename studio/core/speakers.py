"""Changes to who speaks: merge, split off, give passages to somebody, add, remove, colour. Pure functions, any thread.

Each makes one `Edit` (an empty one where nothing would change) and raises UsageError for speakers that are not there.
Renaming is in edits.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from .edits import Edit, relabel
from .errors import UsageError
from .transcript import Segment, Speaker, Transcript


def merge_speakers(transcript: Transcript, from_ids: Collection[str], into: str) -> Edit:
    """Everything that `from_ids` said was said by `into`; they leave the list."""
    gone = set(from_ids) - {into}
    _check(transcript, {*gone, into})
    if not gone:
        return Edit("merge speakers")
    names = " and ".join(s.name for s in transcript.speakers if s.id in gone)
    name = f"merge {names} into {transcript.name_of(into)}"
    moved = [s for s in transcript.segments if s.speaker in gone]
    return _moved(name, transcript, moved, into, _without(transcript.speakers, gone))


def add_speaker(transcript: Transcript, name: str = "") -> Edit:
    """One more in the list, called "Speaker n" if no name is given."""
    speaker = new_speaker(transcript, name)
    return _listed(f"add {speaker.name}", transcript, (*transcript.speakers, speaker))


def recolor(transcript: Transcript, id: str, color: int) -> Edit:
    """`color`: place in the palette, counted from 0."""
    _check(transcript, {id})
    listed = tuple(replace(s, color=color) if s.id == id else s for s in transcript.speakers)
    return _listed(f"colour of {transcript.name_of(id)}", transcript, listed)


def reassign(transcript: Transcript, segment_ids: Collection[int], speaker: str) -> Edit:
    """Say who really spoke these segments; those that are theirs already, or unknown, are passed over."""
    _check(transcript, {speaker})
    moved = [s for s in _of(transcript, segment_ids) if s.speaker != speaker]
    return relabel(transcript, moved, speaker) if moved else Edit(f"give passages to {transcript.name_of(speaker)}")


def split_off(transcript: Transcript, segment_ids: Collection[int], name: str = "") -> Edit:
    """A new speaker spoke these segments."""
    moved = _of(transcript, segment_ids)
    if not moved:
        raise UsageError("No passage is selected.", "Select the passages that somebody else speaks.")
    speaker = new_speaker(transcript, name)
    name = f"give {_passages(len(moved))} to {speaker.name}"
    return _moved(name, transcript, moved, speaker.id, (*transcript.speakers, speaker))


def swap(transcript: Transcript, one: str, other: str, segment_ids: Collection[int] | None = None) -> Edit:
    """What one said the other said and the reverse, in these segments or everywhere."""
    _check(transcript, {one, other})
    among = transcript.segments if segment_ids is None else _of(transcript, segment_ids)
    to = {one: other, other: one}
    moved = tuple(s for s in among if s.speaker in to and one != other)
    return Edit(
        f"swap {transcript.name_of(one)} and {transcript.name_of(other)}",
        before=moved,
        after=tuple(s._replace(speaker=to[s.speaker or ""]) for s in moved),
    )


def remove_unused(transcript: Transcript, ids: Collection[str] | None = None) -> Edit:
    """Take those who say nothing out of the list: among `ids`, or all of them."""
    talking = {s.speaker for s in transcript.segments}
    gone = {s.id for s in transcript.speakers if s.id not in talking and (ids is None or s.id in ids)}
    names = " and ".join(s.name for s in transcript.speakers if s.id in gone)
    return _listed(f"remove {names}" if gone else "remove speakers", transcript, _without(transcript.speakers, gone))


def new_speaker(transcript: Transcript, name: str = "") -> Speaker:
    """Nobody's id ("S<n>", the first free one), nobody's colour, and "Speaker n" if no name is given."""
    used = {s.id for s in transcript.speakers} | {s.speaker for s in transcript.segments}
    used |= {f"S{s.name.removeprefix('Speaker ')}" for s in transcript.speakers}  # no two called "Speaker 3"
    number = next(n for n in range(1, len(used) + 2) if f"S{n}" not in used)
    taken = {color_of(s, place) for place, s in enumerate(transcript.speakers)}
    color = next(n for n in range(len(taken) + 1) if n not in taken)
    name = " ".join(name.split()) or f"Speaker {number}"
    return Speaker(f"S{number}", name, None if color == len(transcript.speakers) else color)


def color_of(speaker: Speaker, place: int) -> int:
    """The palette place, counted from 0, of the speaker at this place of the list."""
    return place if speaker.color is None else speaker.color


def namesake(transcript: Transcript, speaker: str, name: str) -> Speaker | None:
    """Somebody else than `speaker` who is called so already, whatever the capitals."""
    wanted = " ".join(name.split()).casefold()
    return next((s for s in transcript.speakers if s.id != speaker and s.name.casefold() == wanted), None)


def is_unnamed(speaker: Speaker) -> bool:
    """Still called "Speaker 3"."""
    return re.fullmatch(r"Speaker \d+", speaker.name) is not None


def _check(transcript: Transcript, ids: Collection[str]) -> None:
    if not set(ids) <= {s.id for s in transcript.speakers}:
        raise UsageError("That speaker is not in this transcript.")


def _of(transcript: Transcript, ids: Collection[int]) -> tuple[Segment, ...]:
    wanted = set(ids)
    return tuple(s for s in transcript.segments if s.id in wanted)


def _passages(count: int) -> str:
    return "the passage" if count == 1 else f"{count} passages"


def _without(speakers: tuple[Speaker, ...], gone: set[str]) -> tuple[Speaker, ...]:
    """The others; those behind a gap keep the colour that their place gave them."""
    if not gone:
        return speakers
    kept = [replace(s, color=color_of(s, place)) for place, s in enumerate(speakers) if s.id not in gone]
    return tuple(replace(s, color=None) if s.color == place else s for place, s in enumerate(kept))


def _moved(name: str, transcript: Transcript, moved: Sequence[Segment], to: str, listed: tuple[Speaker, ...]) -> Edit:
    """The segments belong to `to`, and the list of speakers is another one."""
    return Edit(name, tuple(moved), tuple(s._replace(speaker=to) for s in moved), transcript.speakers, listed)


def _listed(name: str, transcript: Transcript, listed: tuple[Speaker, ...]) -> Edit:
    if listed == transcript.speakers:
        return Edit(name)
    return Edit(name, speakers_before=transcript.speakers, speakers_after=listed)
