"""What can be done with the selected jobs of the queue page. Runs on the window's thread.

It keeps its place while nothing is selected, so that no row moves away under the mouse.
"""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from studio.core.jobs import Job, JobState
from studio.ui.icons import icon
from studio.ui.models.wording import clock, may_be_charged

from .queue_panel import PAUSABLE, RETRYABLE

_WAITING = (JobState.WAITING, JobState.PAUSED)


class SelectionBar(QFrame):
    """The page connects the buttons; which of them make sense is decided here."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("queueSelectionBar")
        self.setAccessibleName("Selected files")
        self.setFixedHeight(40)
        self.all = QCheckBox(self)
        self.all.setObjectName("queueSelectAll")
        self.all.setAccessibleName("Select all files")
        self.all.setToolTip("Select all, or none (Ctrl+A)")
        self._words = QLabel(self)
        self._words.setObjectName("queueSelectionLabel")
        self.start = self._button("Start", "play")
        self.pause = self._button("Pause", "pause")
        self.retry = self._button("Retry", "retry")
        self.to_top = self._button("Move to top", "to-start")
        self.remove = self._button("Remove from queue", "trash", "err")
        self.remove.setProperty("kind", "danger")
        self.remove.setToolTip("Forget them and their transcripts, never the recordings (Del)")
        self.clear = self._button("Clear selection")
        self.clear.setProperty("kind", "link")
        self._buttons = (self.start, self.pause, self.retry, self.to_top, self.remove, self.clear)
        self.controls = (self.all, *self._buttons)  # from left to right
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self.all)
        row.addWidget(self._words)
        row.addSpacing(8)
        for button in (self.start, self.pause, self.retry, self.to_top):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.remove)
        row.addWidget(self.clear)
        self.show_jobs([], 0)

    def _button(self, words: str, sign: str = "", role: str = "text2") -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(f"queue{words.title().replace(' ', '')}Button")
        button.setAccessibleName(words)
        button.setProperty("small", True)
        if sign:
            button.setIcon(icon(sign, role))
        return button

    def show_jobs(self, jobs: Collection[Job], shown: int) -> None:
        """These of the `shown` jobs are selected."""
        self.all.setEnabled(shown > 0)
        tick = Qt.CheckState.Checked if len(jobs) == shown else Qt.CheckState.PartiallyChecked
        self.all.setCheckState(tick if jobs else Qt.CheckState.Unchecked)
        states = {job.state for job in jobs if not may_be_charged(job)}  # those have an answer of their own
        none = "None of the selected files "
        self._allow(
            self.start, states & {JobState.PAUSED, *RETRYABLE}, "Go on where they stopped", none + "stands still"
        )
        self._allow(self.pause, states & set(PAUSABLE), "Go on later (P)", none + "is worked on or waits")
        self._allow(self.retry, states & set(RETRYABLE), "Try again (R)", none + "has failed or was cancelled")
        self._allow(self.to_top, states & set(_WAITING), "Do these next", none + "waits")
        for button in self._buttons:
            button.setVisible(bool(jobs))
        words = f"{len(jobs)} selected, {clock(sum(job.duration for job in jobs))}"
        self._words.setText(words if jobs else "Select files to start, pause or remove them together")
        for part, name, value in ((self._words, "role", "heading" if jobs else "muted"), (self, "active", bool(jobs))):
            if part.property(name) != value:
                part.setProperty(name, value)
                part.style().polish(part)

    def _allow(self, button: QPushButton, wanted: Collection[JobState], tip: str, why_not: str) -> None:
        button.setEnabled(bool(wanted))
        button.setToolTip(tip if wanted else why_not)
