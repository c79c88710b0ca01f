"""The open transcript: between the views that show it, the player, and the services that store edits and export.

Runs on the window's thread. The one TranscriptModel is shared by editor, waveform and speakers panel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import collector, edits
from studio.core.edits import Edit
from studio.core.errors import ConflictError, Problem, StudioError, UsageError
from studio.core.jobs import Job, JobState, PeaksReady, Progress, SegmentsStored, SpeakersApplied, TranscriptStarted
from studio.core.transcript import Segment, Transcript
from studio.services import waveform
from studio.services.editing import EditSession
from studio.services.runner import JobChanged
from studio.services.studio import Studio

from ..models.selection import Selection
from ..models.transcript_model import TranscriptModel
from ..workers import Saver, Tidier


class TranscriptDesk(QObject):
    """Knows which job is open and keeps the model true to the library."""

    notice = Signal(str, str)  # kind, sentence
    opened = Signal(object)  # Job or None
    job_changed = Signal(object)  # the open Job in its new state
    progress = Signal(object)  # Progress of the open job
    peaks = Signal(object)  # media.Peaks or None
    changed = Signal(object)  # Edit that was made, undone or redone and is shown
    saved = Signal()  # everything that was changed is stored
    history_changed = Signal(object, object)  # names of the steps that undo and redo would make, or None
    went_to = Signal(int, int)  # segment id, offset in its text: what was undone or redone elsewhere than at the caret

    def __init__(self, studio: Studio, model: TranscriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.model = model
        self.job: Job | None = None
        self.selection = Selection(self)
        self._session: EditSession | None = None
        self._history: tuple[str | None, str | None] = None, None  # as it was told last
        self._tidier = Tidier(studio.library.pending, self)
        self._tidier.failed.connect(self._tell)
        self._tidier.start()
        self._saver = Saver(self)
        self._saver.saved.connect(self._tidier.put_off)
        self._saver.saved.connect(self.saved)
        self._saver.failed.connect(self._tell)
        self._saver.conflict.connect(self._on_conflict)
        self._saver.arrived.connect(self._on_arrived)
        self._saver.start()

    @property
    def transcript(self) -> Transcript:
        return self.model.transcript

    def open(self, job: Job | None) -> None:
        """Show a job's recording and what is written of it, which may be nothing yet."""
        self.job = job
        collector.reopen()
        self.selection.set(())
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
                self._on_arrived(self._session, segments)
            case SpeakersApplied(transcript_id):
                self._take_up(transcript_id)
            case Progress():
                self.progress.emit(event)
            case JobChanged(job):
                self.job = job
                if job.state not in (JobState.RUNNING, JobState.WAITING):
                    self._take_up(job.transcript_id)
                self.job_changed.emit(job)

    def look_at_job(self) -> None:
        """Another process may do the open job: show its state, and its text as soon as there is some."""
        job = self._studio.library.jobs.get(self.job.id) if self.job else None
        if job is None or self.job is None:
            return
        same = (job.state, job.transcript_id) == (self.job.state, self.job.transcript_id)
        self.job = job
        if job.transcript_id and (self._session is None or self._session.id != job.transcript_id):
            self._take_up(job.transcript_id)
        if not same:
            self.job_changed.emit(job)

    # Changes

    def do(self, edit: Edit | None) -> None:
        """Show a change at once and have it stored; one that changes nothing is no step."""
        if self._session is None or edit is None or not edit.changes:
            return
        if not self._fits(edit):
            self.notice.emit("warn", f"The text was changed meanwhile, so “{edit.name}” was not done. Do it again.")
            return
        collector.spare(len(edit.after))
        self.model.apply(edit)
        self._session.do(edit)
        self._select_after(edit)
        self._made(edit)

    def _fits(self, edit: Edit) -> bool:
        """Whether the edit was made for the text as it is: what took minutes to find out may be out of date."""
        before = {s.id for s in edit.before}
        fresh = [s.id for s in edit.after if s.id not in before]
        return self.model.has(edit.before) and all(self.model.row_of(id) < 0 for id in fresh)

    def type_text(self, segment: int, text: str) -> None:
        """The text of a segment as it stands in the editor now."""
        row = self.model.row_of(segment)
        if self._session is None or row < 0 or self.model.segment(row).text == text:
            return
        edit = self._session.type_text(self.model.segment(row), text)
        self.model.apply(edit)
        self._made(edit)

    def end_typing(self) -> None:
        """The caret went elsewhere: what is typed now is another step."""
        if self._session:
            self._session.end_typing()

    def attempt(self, make: Callable[[], Edit | None]) -> None:
        """Do the edit that a pure function makes; if it refuses, say why."""
        self._tidier.put_off()  # to make it may take a while, too
        try:
            self.do(make())
        except StudioError as e:
            self.notice.emit("info", e.problem.sentence)  # nothing is lost: it goes by itself

    def undo(self) -> None:
        self._turn(lambda session: session.undo())

    def redo(self) -> None:
        self._turn(lambda session: session.redo())

    def rename_speaker(self, speaker: str, name: str) -> None:
        self.attempt(lambda: edits.rename_speaker(self.transcript, speaker, name))

    def segments(self, ids: Iterable[int]) -> list[Segment]:
        """The segments with these ids that are there, in order."""
        rows = sorted(row for row in map(self.model.row_of, ids) if row >= 0)
        return [self.model.segment(row) for row in rows]

    def selected(self) -> list[Segment]:
        """The selected segments in order; where none are, the one that the playhead is in is not guessed."""
        return self.segments(self.selection.ids)

    def relabel(self, segments: Iterable[int], speaker: str) -> None:
        self.attempt(lambda: edits.relabel(self.transcript, self.segments(segments), speaker))

    def fresh_id(self) -> int:
        return next(edits.fresh_ids(self.model.segments()))

    @property
    def stored_before(self) -> int | None:
        """The stored revision that is the text before the last change; None where more than that waits."""
        return self._session.stored_before if self._session else None

    @property
    def saving(self) -> bool:
        """Whether something is not stored yet."""
        return bool(self._saver.waiting())

    def flush(self) -> None:
        """Store now what is waiting."""
        if self._session:
            self._saver.soon(self._session)

    def store_all(self) -> Problem | None:
        """Store now all that is waiting, of this recording and of those before it; what is in the way if it fails."""
        sessions = {id(s): s for s in (*self._saver.waiting(), *filter(None, [self._session]))}
        for session in sessions.values():
            try:
                self._store(session)
            except StudioError as e:
                return e.problem
        return None

    def shut_down(self) -> None:
        """Store everything; nothing may be changed any more."""
        self._tidier.shut_down()
        self._saver.shut_down()
        self.store_all()  # what has met a conflict just now

    def recording(self) -> Path:
        """Where the open job's recording lies. Raises UsageError when it is gone."""
        path = Path(self.job.path) if self.job else Path()
        if self.job is None or not path.is_file():
            name = self.job.name if self.job else ""
            never = self.job is not None and not self.job.content_id
            what = "has no recording yet." if never else f"is not where it was: {path.parent}."
            raise UsageError(f"“{name}” {what}", "Find it with Tools, Find the recording.")
        return path

    # Inside

    def _take_up(self, transcript_id: int | None) -> None:
        """Read the transcript afresh from the library."""
        self._leave()
        try:
            self._session = EditSession(self._studio, transcript_id) if transcript_id else None
            self.model.set_transcript(self._session.read() if self._session else Transcript())
            self._saver.watch(self._session)
            self.flush()  # what it could undo is read meanwhile
        except StudioError as e:
            self._session = None
            self._tell(e.problem)
        self._tell_history()

    def _leave(self) -> None:
        """Store what the session so far still waits with; a saver that fails keeps trying."""
        session, self._session = self._session, None
        self._saver.watch(None)
        if session is None:
            return
        try:
            self._store(session)
            self._tidier.put_off()
        except StudioError as e:
            self._saver.soon(session)
            self._tell(e.problem)

    def _store(self, session: EditSession) -> None:
        """Raises StorageError; in a conflict the changes are made again first."""
        try:
            session.save()
        except ConflictError:
            self._on_conflict(session)
            session.save()

    def _turn(self, turn: Callable[[EditSession], Edit | None]) -> None:
        if self._session is None:
            return
        try:
            edit = turn(self._session)
        except ConflictError:
            self._on_conflict(self._session)
            return
        except StudioError as e:
            self._tell(e.problem)
            return
        if edit:
            before = self.selection.current
            self.model.apply(edit)
            self._select_turned(edit)
            self._made(edit)
            current = self.selection.current
            if current is not None and current != before:
                self.went_to.emit(current, edits.changed_at(edit, current))

    def _select_turned(self, edit: Edit) -> None:
        """What was undone or redone is to be seen, wherever one was meanwhile."""
        chosen, changed = set(self.selection.ids), (*edit.before, *edit.after)
        if changed and chosen.isdisjoint(s.id for s in changed):
            self.selection.set([s.id for s in edit.after[:1]] or self._passage_at(edit.before[0].start))
        self._select_after(edit)

    def _select_after(self, edit: Edit) -> None:
        """The selection goes with what was changed, and never names what is gone."""
        there = [id for id in self.selection.ids if self.model.row_of(id) >= 0]
        if self.selection.ids and not there:
            start = next((s.start for s in edit.before if s.id == self.selection.current), None)
            there = [s.id for s in edit.after[:1]] if start is None else self._passage_at(start)
        self.selection.set(there, self.selection.current)
        self.selection.rows_changed.emit()

    def _passage_at(self, ms: int) -> list[int]:
        """What stands now where one began that is gone: what is said there, else the next one, else the last."""
        segments, row = self.model.segments(), self.model.last_begun(ms)
        over = row < 0 or segments[row].end <= ms
        return [s.id for s in segments[row + over :][:1] or segments[-1:]]

    def _made(self, edit: Edit) -> None:
        assert self._session is not None
        self._saver.soon(self._session)
        self._tidier.put_off()
        self.changed.emit(edit)
        self._tell_history()

    def _on_conflict(self, session: EditSession) -> None:
        """Someone else was faster: make the waiting changes again on top of theirs, and show the outcome.

        It is shown as a change of what stands there, so that caret and selection stay where they can.
        """
        try:
            transcript, lost = session.make_again()
        except StudioError as e:  # the transcript was removed, or cannot be read
            self._tell(e.problem)
            if self._session is session and isinstance(e, UsageError):
                self._session = None
                self.open(None)
            return
        if lost:
            names = ", ".join(f"“{name}”" for name in lost)
            self.notice.emit("warn", f"The transcript was changed elsewhere, so {names} had no place. Make it again.")
        self._saver.soon(session)
        if self._session is session:
            theirs = edits.between(self.transcript, transcript)
            self.model.apply(theirs)
            self._select_after(theirs)
            self.changed.emit(theirs)
            self._tell_history()
            if not session.unsaved:
                self.saved.emit()

    def _on_arrived(self, session: EditSession | None, segments: Sequence[Segment]) -> None:
        """Segments were recognised, by a job of this window or by another process; what is known already stays."""
        if session is None or session is not self._session:
            return
        fresh = session.take(segments)
        known = {None, *(s.id for s in self.model.speakers)}
        if all(s.speaker in known for s in fresh):
            self.model.append_segments(fresh)
        else:  # who speaks is read together with the text
            self._on_conflict(session)

    def _tell_history(self) -> None:
        history = self._session.history() if self._session else (None, None)
        if history != self._history:  # keys typed in a row are one step
            self._history = history
            self.history_changed.emit(*history)

    def _tell(self, problem: Problem) -> None:
        self.notice.emit("error", problem.sentence)
