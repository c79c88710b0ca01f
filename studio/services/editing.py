"""Changes to a stored transcript: each edit is stored before it is shown."""

from __future__ import annotations

from studio.core import edits
from studio.core.errors import UsageError
from studio.core.transcript import Transcript

from .studio import Studio


class EditSession:
    """One open transcript. Every method stores first and returns the transcript as it is then."""

    def __init__(self, studio: Studio, transcript_id: int) -> None:
        self._store = studio.library.transcripts
        self.id = transcript_id

    def read(self) -> Transcript:
        found = self._store.get(self.id)
        if found is None:
            raise UsageError("This transcript is not in the library any more.", "Transcribe the recording again.")
        return found

    def rename_speaker(self, speaker: str, name: str) -> Transcript:
        return self._do(edits.rename_speaker(self.read(), speaker, name))

    def relabel(self, segment: int, speaker: str) -> Transcript:
        return self._do(edits.relabel(self.read(), segment, speaker))

    def undo(self) -> Transcript:
        self._store.undo(self.id)
        return self.read()

    def redo(self) -> Transcript:
        self._store.redo(self.id)
        return self.read()

    def history(self) -> tuple[str | None, str | None]:
        """Names of what undo would take back and redo would bring back."""
        return self._store.history(self.id)

    def _do(self, edit: edits.Edit) -> Transcript:
        if edit.before != edit.after or edit.speakers_before != edit.speakers_after:
            self._store.edit(self.id, edit)
        return self.read()
