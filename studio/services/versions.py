"""Versions of a transcript: keeping them, what they differ in, and the edit that goes back to one. Any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.edits import Edit
from studio.core.errors import UsageError
from studio.core.reflow import Change, changes
from studio.core.transcript import Transcript
from studio.library import Version

from .studio import Studio

LARGE = 20  # passages that an edit changes; before such a step a version is kept
EVERY = 600.0  # seconds of editing from one automatic version to the next


def save_version(studio: Studio, transcript_id: int, name: str) -> Version:
    """Keep the transcript as it is stored under a name of the user's, for ever. Raises UsageError without a name."""
    return keep_named(studio, transcript_id, _stored(studio, transcript_id), name)


def keep_named(studio: Studio, transcript_id: int, transcript: Transcript, name: str) -> Version:
    """The same for a state that is not stored yet."""
    version = studio.library.versions.add(transcript_id, transcript, _name(name), automatic=False)
    assert version is not None  # only automatic ones are passed over
    return version


def keep(
    studio: Studio, transcript_id: int, transcript: Transcript, name: str, stored: int | None = None
) -> Version | None:
    """Keep an automatic version; None where the newest version is the same. Of these the newest 20 stay.

    `stored`: the revision of the stored transcript that is the same, if one is.
    """
    return studio.library.versions.add(transcript_id, transcript, name, automatic=True, stored=stored)


def versions(studio: Studio, transcript_id: int) -> list[Version]:
    """All versions of a transcript, the newest first."""
    return studio.library.versions.all(transcript_id)


@dataclass(frozen=True, slots=True)
class WayBack:
    """The step from a transcript to a version of it, and the passages in which they differ."""

    edit: Edit
    passages: Sequence[Change]


def way_back(studio: Studio, current: Transcript, version: Version) -> WayBack:
    """From the transcript as it is now to a version. Raises UsageError for a version that was deleted."""
    edit = restore_edit(current, studio.library.versions.content(version, current), version.name)
    return WayBack(edit, changes(edit))


def rename(studio: Studio, version: Version, name: str) -> None:
    """The version is kept for ever now. Raises UsageError without a name."""
    studio.library.versions.rename(version.id, _name(name))


def delete(studio: Studio, version: Version) -> None:
    studio.library.versions.delete(version.id)


def restore_edit(current: Transcript, version: Transcript, name: str) -> Edit:
    """The step that makes the transcript what it was in a version; it changes nothing where they are the same."""
    now, then = set(current.segments), set(version.segments)
    same = current.speakers == version.speakers
    return Edit(
        f"go back to “{name}”",
        tuple(s for s in current.segments if s not in then),
        tuple(s for s in version.segments if s not in now),
        () if same else current.speakers,
        () if same else version.speakers,
    )


def is_large(edit: Edit) -> bool:
    """Whether a version is worth keeping before it: it changes many passages, or tells anew who says some of them."""
    return max(len(edit.before), len(edit.after)) >= LARGE or (edit.changes_speakers and bool(edit.before))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise UsageError("A version needs a name.", "Type one, such as “before the review”.")
    return name


def _stored(studio: Studio, transcript_id: int) -> Transcript:
    transcript = studio.library.transcripts.get(transcript_id)
    if transcript is None:
        raise UsageError("This transcript is not in the library any more.", "Transcribe the recording again.")
    return transcript
