"""The open transcript: between the views that show it, the player, and the services that store edits and export.

Runs on the window's thread. The one TranscriptModel is shared by editor, waveform and speakers panel.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core.errors import Problem, StudioError, UsageError
from studio.core.jobs import Job, JobState, PeaksReady, Progress, SegmentsStored, SpeakersApplied, TranscriptStarted
from studio.core.transcript import Transcript
from studio.services import waveform
from studio.services.editing import EditSession
from studio.services.runner import JobChanged
from studio.services.studio import Studio

from .models.transcript_model import TranscriptModel


class TranscriptDesk(QObject):
    """Knows which job is open and keeps the model true to the library."""

    notice = Signal(str, str)  # kind, sentence
    opened = Signal(object)  # Job or None
    job_changed = Signal(object)  # the open Job in its new state
    progress = Signal(object)  # Progress of the open job
    peaks = Signal(object)  # media.Peaks or None
    history_changed = Signal(object, object)  # names of the steps that undo and redo would make, or None

    def __init__(self, studio: Studio, model: TranscriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.model = model
        self.job: Job | None = None
        self._session: EditSession | None = None

    @property
    def transcript(self) -> Transcript:
        return self.model.transcript

    def open(self, job: Job | None) -> None:
        """Show a job's recording and what is written of it, which may be nothing yet."""
        self.job = job
        self._session = None
        self.opened.emit(job)
        self._take_up(job.transcript_id if job else None)
        self.peaks.emit(waveform.load_peaks(self._studio, job) if job else None)

    def on_job_event(self, id: int, event: object) -> None:
        """Something happened to a job; what concerns the open one is shown."""
        if self.job is None or id != self.job.id:
            return
        match event:
            case TranscriptStarted(transcript_id):
                self._take_up(transcript_id)
            case PeaksReady():
                self.peaks.emit(waveform.load_peaks(self._studio, self.job))
            case SegmentsStored(segments):
                self.model.append_segments(segments)
            case SpeakersApplied(transcript_id):
                self._take_up(transcript_id)
            case Progress():
                self.progress.emit(event)
            case JobChanged(job):
                self.job = job
                if job.state not in (JobState.RUNNING, JobState.WAITING):
                    self._take_up(job.transcript_id)
                self.job_changed.emit(job)

    def rename_speaker(self, speaker: str, name: str) -> None:
        self._edit(lambda session: session.rename_speaker(speaker, name))

    def relabel(self, segment: int, speaker: str) -> None:
        self._edit(lambda session: session.relabel(segment, speaker))

    def undo(self) -> None:
        self._edit(lambda session: session.undo())

    def redo(self) -> None:
        self._edit(lambda session: session.redo())

    def recording(self) -> Path:
        """Where the open job's recording lies. Raises UsageError when it is gone."""
        path = Path(self.job.path) if self.job else Path()
        if self.job is None or not path.is_file():
            name = self.job.name if self.job else ""
            raise UsageError(f"“{name}” is not where it was: {path.parent}.", "Add it again from its new place.")
        return path

    def _take_up(self, transcript_id: int | None) -> None:
        """Read the transcript afresh from the library."""
        try:
            self._session = EditSession(self._studio, transcript_id) if transcript_id else None
            self.model.set_transcript(self._session.read() if self._session else Transcript())
        except StudioError as e:
            self._session = None
            self._tell(e.problem)
        self._tell_history()

    def _edit(self, do: Callable[[EditSession], Transcript]) -> None:
        if self._session is None:
            return
        try:
            self.model.set_transcript(do(self._session))
        except StudioError as e:
            self._tell(e.problem)
        self._tell_history()

    def _tell_history(self) -> None:
        undo, redo = self._session.history() if self._session else (None, None)
        self.history_changed.emit(undo, redo)

    def _tell(self, problem: Problem) -> None:
        self.notice.emit("error", problem.sentence)
