"""What stands where no text is yet: one sentence, and a button where it helps. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.core.jobs import Job, JobState, Progress
from studio.ui import icons, theme
from studio.ui.models.wording import job_sentence, may_be_charged

NO_SPEECH = "No speech was heard in this recording."
NOTHING_OPEN = "Choose a recording on the left, or drop one here."
RETRY_WORDS: dict[JobState | None, str] = {JobState.FAILED: "Retry", JobState.CANCELLED: "Start again"}
_SIGNS: dict[JobState | None, tuple[str, str]] = {  # icon and its colour
    None: ("file-audio", "text3"),
    JobState.RUNNING: ("waveform", "accent"),
    JobState.WAITING: ("clock", "text3"),
    JobState.PAUSED: ("pause-circle", "text3"),
    JobState.FAILED: ("error", "err"),
}


class Placeholder(QWidget):
    """Covers the text while there is none."""

    retry_requested = Signal(int)  # job id

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("transcriptPlaceholder")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._job_id = 0
        self._sign = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self._text.setObjectName("transcriptStateLabel")
        self._text.setFont(theme.font(theme.TRANSCRIPT, theme.MEDIUM))
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bar = QProgressBar(self)
        self._bar.setObjectName("transcriptProgress")
        self._bar.setAccessibleName("Progress of this recording")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(320, 4)
        self._bar.setRange(0, 1000)
        self._retry = QPushButton("Retry", self)
        self._retry.setObjectName("transcriptRetryButton")
        self._retry.setIcon(icons.icon("retry"))
        self._retry.clicked.connect(lambda: self.retry_requested.emit(self._job_id))
        self._arrange()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 24)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._sign)
        column.addWidget(self._text)
        for widget in (self._bar, self._retry):
            row = QHBoxLayout()
            row.addStretch()
            row.addWidget(widget)
            row.addStretch()
            column.addLayout(row)
        column.addStretch(3)

    def show_state(self, job: Job | None, progress: Progress | None, why_empty: str = NO_SPEECH) -> None:
        """`why_empty`: what to say of a recording that is done and has no text."""
        state = job.state if job else None
        self._job_id = job.id if job else 0
        sentence = job_sentence(job, progress) if job else NOTHING_OPEN
        self._text.setText(why_empty if state is JobState.DONE else sentence)
        self._text.setAccessibleName(self._text.text())
        sign, role = _SIGNS.get(state, _SIGNS[None])
        self._sign.setPixmap(icons.pixmap(sign, role, 32, self.devicePixelRatioF()))
        self._bar.setVisible(state is JobState.RUNNING)
        if job and state is JobState.RUNNING:
            self._bar.setValue(round(1000 * (progress.fraction if progress else job.progress)))
        doubtful = job is not None and may_be_charged(job)  # then its card asks whether to send it again
        self._retry.setVisible(state in RETRY_WORDS and not doubtful)
        self._retry.setText(RETRY_WORDS.get(state, ""))
        self._retry.setAccessibleName(f"{self._retry.text()} {job.name}" if job else "")
