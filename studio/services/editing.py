"""Changes to a stored transcript: made in memory at once, stored a moment later, undone from the library.

The window's thread calls `do`, `type_text`, `undo` and `redo`; its saver thread calls `save`, `look` and
`read_ahead`. Nothing waits for the disk but the undoing of steps that are not in memory any more.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import Literal

from studio.core import edits
from studio.core.edits import Edit
from studio.core.errors import ConflictError, StorageError, StudioError, UsageError
from studio.core.rebase import rebased
from studio.core.transcript import Segment, Transcript

from .studio import Studio

_KEPT = 30  # steps whose changes are kept in memory, so that undo need not read them

_NOTHING = (-1, -1), None

_Kind = Literal["do", "undo", "redo"]
_Waiting = tuple[_Kind, int, Edit]  # what is to be stored: what was done with which step

_open = weakref.WeakValueDictionary[int, "EditSession"]()  # by transcript; one process edits one only once


class EditSession:
    """The steps of one open transcript."""

    def __init__(self, studio: Studio, transcript_id: int) -> None:
        self._store = studio.library.transcripts
        self.id = transcript_id
        self._guard = threading.Lock()  # of what follows
        self._saving = threading.Lock()  # one save at a time
        self._reading = threading.Lock()  # no step is read twice
        self._revision, self._heard = self._store.state(transcript_id)  # what is shown, or is about to be
        self._last = self._store.last_step(transcript_id)
        self._top = self._store.top_step(transcript_id)  # the last one that could be made again
        self._waiting: list[_Waiting] = []  # in order
        self._storing = False  # what was waiting is being stored
        self._grows: tuple[int, Edit] | None = None  # the last step as it was stored, which may have grown since
        self._made: dict[int, Edit] = {}  # steps by number: all that are not stored, and the last ones
        self._typing: Edit | None = None  # the last step, while it may grow
        self._seen: tuple[tuple[int, int], Transcript | None] = _NOTHING  # what `look` has read, and its state
        _open[transcript_id] = self

    def read(self) -> Transcript:
        """The transcript as it is stored, after storing what was waiting."""
        self.save()
        transcript = self._store.get(self.id)
        assert transcript is not None  # save() has found its revision
        self.take(transcript.segments)
        return transcript

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost if the program ended now."""
        with self._guard:
            return self._storing or bool(self._waiting)

    @property
    def typing(self) -> bool:
        """Whether the last step may grow."""
        return self._typing is not None

    @property
    def stored_before(self) -> int | None:
        """The stored revision that is the text before the last change; None where more than that waits."""
        with self._guard:
            alone = len(self._waiting) == 1 and not self._storing
            return self._revision if alone else None

    @property
    def last(self) -> int:
        """Number of the last step."""
        return self._last

    def do(self, edit: Edit) -> None:
        """Take a change as the next step; the caller has applied it, or applies it now."""
        self._typing = None
        self._last = self._top = self._last + 1
        self._keep("do", self._last, edit)

    def type_text(self, segment: Segment, text: str) -> Edit:
        """What typing changes: the segment with another text. Keys typed in a row make one step that grows."""
        typing = self._typing
        if typing is not None and typing.after == (segment,):
            self._typing = grown = edits.set_text(typing.before[0], text)
            self._keep("do", self._last, grown)
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
        self._typing = None
        if not self._last:
            return None
        edit = self._edit(self._last)
        self._keep("undo", self._last, edit)
        self._last -= 1
        return edit.inverse()

    def redo(self) -> Edit | None:
        """Make the step again that was undone last; returns the change to show, None if there is none."""
        self._typing = None
        if self._last == self._top:
            return None
        edit = self._edit(self._last + 1)
        self._last += 1
        self._keep("redo", self._last, edit)
        return edit

    def read_ahead(self) -> None:
        """Have at hand what `undo` would take back; for another thread, since reading a large step takes a while.

        Raises StorageError.
        """
        with suppress(ConflictError):  # it was taken back meanwhile
            if self._last:
                self._edit(self._last)

    def look(self) -> Sequence[Segment]:
        """Segments that were recognised and are perhaps not shown yet: give them to `take`.

        For another thread. Raises StorageError, and ConflictError when someone else has changed the transcript: then
        `make_again`, which need not read it any more. UsageError for a transcript that was removed.
        """
        with self._saving:
            try:
                return self._store.arrived(self.id, self._revision, self._heard)
            except ConflictError:
                self._seen = self._store.state(self.id), self._store.get(self.id)
                raise

    def take(self, segments: Sequence[Segment]) -> list[Segment]:
        """Of recognised segments those that are not shown yet; the caller shows them."""
        fresh = [s for s in segments if s.id > self._heard]
        self._heard = max((s.id for s in fresh), default=self._heard)
        return fresh

    def history(self) -> tuple[str | None, str | None]:
        """Names of what undo would take back and redo would bring back."""
        return self._name(self._last), self._name(self._last + 1)

    def save(self) -> None:
        """Store what is waiting; what cannot be stored goes on waiting. Raises StorageError.

        Raises ConflictError when someone else has changed the transcript: then `make_again`, and save.
        """
        with self._saving:
            with self._guard:
                batch, self._waiting = self._waiting, []
                self._storing = bool(batch)
            stored = 0
            try:
                for _, group in groupby(batch, key=lambda entry: entry[:1] if entry[0] == "do" else entry[:2]):
                    entries = list(group)
                    self._store_together(entries)
                    stored += len(entries)
            except BaseException as e:
                with self._guard:
                    left = batch[stored:]
                    if left and self._waiting and left[-1][0] == "do" and left[-1][:2] == self._waiting[0][:2]:
                        left.pop()  # more was typed meanwhile, and its step holds what this one did
                    self._waiting, self._storing = left + self._waiting, False
                if isinstance(e, StudioError) or not isinstance(e, Exception):
                    raise
                raise StorageError(  # whatever it was, who saves must know, and go on
                    f"The last changes are not stored: the program met an error of its own ({e}).",
                    "Copy your text to another program, and report this.",
                    repr(e),
                ) from e
            with self._guard:
                self._storing = False
                kept = {step for _, step, _ in self._waiting}
                for step in [n for n in self._made if abs(n - self._last) > _KEPT and n not in kept]:
                    del self._made[step]

    def _store_together(self, entries: Sequence[_Waiting]) -> None:
        """In one transaction: steps in a row, or one step undone or redone."""
        kind = entries[0][0]
        if kind == "do":
            self._revision = self._store.record(self.id, self._revision, {step: edit for _, step, edit in entries})
            self._grows = entries[-1][1:]
            return
        self._grows = None
        turn = self._store.undo if kind == "undo" else self._store.redo
        if turn(self.id, self._revision) is not None:
            self._revision += 1

    def make_again(self) -> tuple[Transcript, list[str]]:
        """After a conflict: make what is waiting again on top of what is stored now, to be stored as new steps.

        Returns the transcript with it, and the names of steps that have no place any more. Raises StorageError, and
        everything goes on waiting; UsageError for a transcript that was removed, and nothing waits any more.
        """
        with self._saving:
            try:
                state = self._store.state(self.id)
            except UsageError:
                self._waiting = []
                raise
            last, top = self._store.last_step(self.id), self._store.top_step(self.id)
            (seen, transcript), self._seen = self._seen, _NOTHING
            if seen != state:
                transcript = self._store.get(self.id)
            assert transcript is not None  # its revision was found
            with self._guard:
                changes = [edit.inverse() if kind == "undo" else edit for kind, _, edit in self._waiting]
                if self._waiting and self._grows and self._waiting[0][:2] == ("do", self._grows[0]):
                    changes[0] = Edit(changes[0].name, self._grows[1].after, changes[0].after)
                self._grows = None
                fitted, lost = rebased(changes, transcript)
                self._revision, self._typing = state[0], None
                self._last = last + len(fitted)
                self._top = self._last if fitted else top
                self._made = dict(enumerate(fitted, last + 1))
                self._waiting = [("do", step, edit) for step, edit in self._made.items()]
            self.take(transcript.segments)
        for edit in fitted:
            transcript = edits.apply(transcript, edit)
        return transcript, lost

    def _keep(self, kind: _Kind, step: int, edit: Edit) -> None:
        """Something was done with a step; typing that grows takes the place of what it was."""
        with self._guard:
            if kind == "do" and self._waiting and self._waiting[-1][:2] == ("do", step):
                self._waiting.pop()
            self._waiting.append((kind, step, edit))
            self._made[step] = edit

    def _edit(self, step: int) -> Edit:
        with self._reading:
            made = self._made
            edit = made.get(step)
            if edit is None:
                edit = self._store.step(self.id, step)
                with self._guard:
                    edit = made.setdefault(
                        step, edit
                    )  # where numbers mean other steps by now, `made` is not used any more
            return edit

    def _name(self, step: int) -> str | None:
        if not 1 <= step <= self._top:
            return None
        made = self._made.get(step)
        return made.name if made else self._store.step_name(self.id, step)


def settle(transcript_id: int) -> None:
    """For a worker about to change a whole transcript: store what the window has changed so far.

    What the window changes from here on meets a conflict, and is made again on top of the worker's change.
    """
    session = _open.get(transcript_id)
    if session is not None:
        with suppress(ConflictError):
            session.save()
