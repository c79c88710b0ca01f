"""“Find again”: asks how many speakers there are, tells them apart with progress, and makes it one step.

Runs on the window's thread; the listening is done in a worker thread.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QProgressDialog, QWidget

from studio.core.errors import Problem
from studio.core.jobs import UNFINISHED, Progress
from studio.services.speakers_again import Found, find_speakers
from studio.services.studio import Studio

from ..workers import Steps
from .transcript_desk import TranscriptDesk

_FIND_OUT = "Find out how many"


class FindSpeakers(QObject):
    notice = Signal(str, str)  # kind, sentence

    def __init__(self, studio: Studio, desk: TranscriptDesk, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._desk, self._window = studio, desk, window
        self._steps: Steps | None = None

    def ask(self) -> None:
        job = self._desk.job
        if job is None or self._steps is not None:
            return
        if job.state in UNFINISHED:
            self.notice.emit("info", "The job is still running; its speakers are told apart at the end.")
            return
        choices = [_FIND_OUT, *(str(n) for n in range(1, 11))]
        choice, chosen = QInputDialog.getItem(self._window, "Find the speakers again", "Speakers:", choices, 0, False)
        if chosen:
            self.begin(None if choice == _FIND_OUT else int(choice))

    def begin(self, wanted: int | None) -> None:
        """Tell them apart; what is edited meanwhile makes the outcome useless, so the window waits."""
        job, transcript = self._desk.job, self._desk.transcript
        assert job is not None
        dialog = QProgressDialog("Reading the recording …", "Cancel", 0, 1000, self._window)
        dialog.setObjectName("findSpeakersDialog")
        dialog.setWindowTitle("Find the speakers again")
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setMinimumDuration(0)
        steps = Steps(lambda stop: find_speakers(self._studio, job, transcript, wanted, stop), self)
        steps.told.connect(lambda event: _show(dialog, event))
        steps.done.connect(self._on_done)
        steps.failed.connect(self._on_failed)
        for ended in (steps.done, steps.failed, steps.stopped):
            ended.connect(lambda *_: self._end(dialog))
        dialog.canceled.connect(steps.cancel)
        self._steps = steps
        steps.start()

    def shut_down(self) -> None:
        """Stop listening; returns when that has ended."""
        if self._steps is not None:
            self._steps.shut_down()
            self._steps = None

    def _on_done(self, event: object) -> None:
        if isinstance(event, Found):
            if event.edit.changes:
                self._desk.do(event.edit)
            else:
                self.notice.emit("info", "The same speakers were found again; nothing has changed.")

    def _on_failed(self, problem: Problem) -> None:
        self.notice.emit("error", problem.sentence)

    def _end(self, dialog: QProgressDialog) -> None:
        self._steps = None
        dialog.close()
        dialog.deleteLater()


def _show(dialog: QProgressDialog, event: object) -> None:
    if isinstance(event, Progress) and not dialog.wasCanceled():
        dialog.setLabelText(f"{event.stage} …")
        dialog.setValue(min(999, round(event.fraction * 1000)))
