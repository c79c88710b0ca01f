"""Changes to a stored transcript: each edit is stored before it is shown."""

from __future__ import annotations

from studio.core import edits
from studio.core.errors import UsageError
from studio.core.transcript import Transcript

from .studio import Studio


class EditSession:
    """One open transcript, used by one thread. Every method stores first and returns the transcript as it is then."""

    def __init__(self, studio: Studio, transcript_id: int) -> None:
        self._store, self._database = studio.library.transcripts, studio.library.database
        self.id = transcript_id
        self._known: Transcript | None = None  # as it is in the library; a long one takes half a second to read
        self._version = 0  # of the library when that was read

    def read(self) -> Transcript:
        version = self._database.version()
        if self._known is None or version != self._version:
            self._known, self._version = self._store.get(self.id), version
        if self._known is None or not self._store.exists(self.id):
            raise UsageError("This transcript is not in the library any more.", "Transcribe the recording again.")
        return self._known

    def rename_speaker(self, speaker: str, name: str) -> Transcript:
        before = self.read()
        return self._do(before, edits.rename_speaker(before, speaker, name))

    def relabel(self, segment: int, speaker: str) -> Transcript:
        before = self.read()
        return self._do(before, edits.relabel(before, segment, speaker))

    def undo(self) -> Transcript:
        return self._changed(self.read(), self._store.undo(self.id))

    def redo(self) -> Transcript:
        return self._changed(self.read(), self._store.redo(self.id))

    def history(self) -> tuple[str | None, str | None]:
        """Names of what undo would take back and redo would bring back."""
        return self._store.history(self.id)

    def _do(self, before: Transcript, edit: edits.Edit) -> Transcript:
        if edit.before != edit.after or edit.speakers_before != edit.speakers_after:
            self._store.edit(self.id, edit)
        return self._changed(before, edit)

    def _changed(self, before: Transcript, edit: edits.Edit | None) -> Transcript:
        """The transcript after a stored edit, without reading it all again, unless others changed the library too."""
        if edit:
            self._known = edits.apply(before, edit)
        return self.read()
