"""Changes to a stored transcript: made in memory at once, stored a moment later, undone from the library.

The window's thread calls `do`, `type_text`, `undo` and `redo`; its saver thread calls `save`. Nothing waits for the
disk but undo and redo, which first store what is not stored yet.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import replace

from studio.core import edits
from studio.core.edits import Edit
from studio.core.transcript import Segment, Transcript

from .studio import Studio

_KEPT = 30  # steps whose changes are kept in memory, so that undo need not read them

_open = weakref.WeakValueDictionary[int, "EditSession"]()  # by transcript; one process edits one only once


class EditSession:
    """The steps of one open transcript."""

    def __init__(self, studio: Studio, transcript_id: int) -> None:
        self._store = studio.library.transcripts
        self.id = transcript_id
        self._guard = threading.Lock()  # of what follows
        self._saving = threading.Lock()  # one save at a time
        self._revision = self._store.revision(transcript_id)
        self._last = self._store.last_step(transcript_id)
        self._waiting: dict[int, Edit] = {}  # steps that are not stored yet, by number
        self._made: dict[int, Edit] = {}
        self._typing: Edit | None = None  # the last step, while it may grow
        self._names = self._store.history(transcript_id)
        _open[transcript_id] = self

    def read(self) -> Transcript:
        """The transcript as it is stored, after storing what was waiting."""
        self.save()
        transcript = self._store.get(self.id)
        assert transcript is not None  # save() has found its revision
        return transcript

    @property
    def unsaved(self) -> bool:
        return bool(self._waiting)

    @property
    def last(self) -> int:
        """Number of the last step."""
        return self._last

    def do(self, edit: Edit) -> None:
        """Take a change as the next step; the caller has applied it, or applies it now."""
        with self._guard:
            self._last += 1
            self._keep(edit)
            self._typing = None

    def type_text(self, segment: Segment, text: str) -> Edit:
        """What typing changes: the segment with another text. Keys typed in a row make one step that grows."""
        typing = self._typing
        if typing is not None and typing.after == (segment,):
            grown = edits.set_text(typing.before[0], text)
            with self._guard:
                self._typing = grown
                self._keep(grown)
            return Edit(grown.name, (segment,), grown.after)
        edit = edits.set_text(segment, text)
        self.do(edit)
        self._typing = edit
        return edit

    def end_typing(self) -> None:
        """What is typed from now on is another step."""
        self._typing = None

    def undo(self) -> Edit | None:
        """Take the last step back; returns the change to show, None if there is none."""
        step = self._turn(self._store.undo)
        if step is None:
            return None
        self._last = self._store.last_step(self.id)
        return self._edit(step).inverse()

    def redo(self) -> Edit | None:
        step = self._turn(self._store.redo)
        if step is None:
            return None
        self._last = step
        return self._edit(step)

    def history(self) -> tuple[str | None, str | None]:
        """Names of what undo would take back and redo would bring back."""
        return self._names

    def save(self) -> None:
        """Store what is waiting, in one transaction; it goes on waiting if that fails. Raises StorageError.

        Raises ConflictError when someone else has changed the transcript; the caller reads it afresh and takes what
        `abandon` gives up to it.
        """
        with self._saving:
            with self._guard:
                batch, self._waiting = self._waiting, {}
            if not batch:
                return
            try:
                self._revision = self._store.record(self.id, self._revision, batch)
            except BaseException:
                with self._guard:
                    self._waiting = batch | self._waiting
                raise

    def abandon(self) -> list[Edit]:
        """Forget the steps that could not be stored, and return them in order."""
        with self._guard:
            batch, self._waiting = self._waiting, {}
            self._typing = None
        return [edit for _, edit in sorted(batch.items())]

    def _turn(self, turn: Callable[[int], int | None]) -> int | None:
        self.save()
        self._typing = None
        with self._saving:
            step = turn(self.id)
            self._revision = self._store.revision(self.id)
            self._names = self._store.history(self.id)
        return step

    def _keep(self, edit: Edit) -> None:
        """Under the guard: the last step is this change."""
        self._waiting[self._last] = edit
        self._made[self._last] = edit
        self._made.pop(self._last - _KEPT, None)
        self._names = edit.name, None

    def _edit(self, step: int) -> Edit:
        return self._made.get(step) or self._store.step(self.id, step)


def settle(transcript_id: int) -> None:
    """For a worker about to change a whole transcript: store what the window has changed so far.

    What the window changes from here on meets a conflict, and is made again on top of the worker's change.
    """
    session = _open.get(transcript_id)
    if session is not None:
        session.save()


def make_again(studio: Studio, session: EditSession) -> list[str]:
    """After a conflict: make a session's waiting changes on top of what is stored now, in a session of their own.

    Returns the names of those that have no place any more.
    """
    again = EditSession(studio, session.id)
    transcript = again.read()
    lost = []
    for edit in session.abandon():
        fitted = rebased(edit, transcript)
        if fitted is None:
            lost.append(edit.name)
        else:
            transcript = edits.apply(transcript, fitted)
            again.do(fitted)
    again.save()
    return lost


def rebased(edit: Edit, transcript: Transcript) -> Edit | None:
    """A change made to an older state of a transcript, for the state it is in now; None where it has no place.

    The segments that were changed may have been cut, joined or given to speakers meanwhile; the user's text wins.
    """
    ids = {s.id for s in edit.before}
    now = {s.id: s for s in transcript.segments}
    if edit.changes_speakers or not edit.before or not ids & now.keys():
        return None
    start, end = min(s.start for s in edit.before), max(s.end for s in edit.before)
    parts = [s for s in transcript.segments if s.id in ids or start <= (s.start + s.end) // 2 < end]
    speaker = {s.id: s.speaker for s in parts}
    fresh = edits.fresh_ids(transcript.segments)
    after = tuple(
        replace(s, id=s.id if s.id in ids else next(fresh), speaker=s.speaker or speaker.get(s.id)) for s in edit.after
    )
    return Edit(edit.name, tuple(parts), after)
