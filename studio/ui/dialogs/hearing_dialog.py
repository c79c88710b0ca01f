"""What dialogs share that have a recording heard once more: a form, how far it is, and what would change.

Runs on the window's thread; the desk does the work and lets the dialog follow it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.jobs import Note, Progress
from studio.ui.models.wording import percent, time_left
from studio.ui.widgets.sign import Sign
from studio.ui.workers import Steps

FORM, PROGRESS, PREVIEW = range(3)


class HearingDialog(QDialog):
    """Three pages; the sentence below them says what is safe, what is going on, or what went wrong."""

    cancel_requested = Signal()  # while it is being heard

    def __init__(self, name: str, title: str, safe: str, parent: QWidget | None) -> None:
        """`name` begins the objectName of every part. `safe`: what stays as it is until the user says so."""
        super().__init__(parent)
        self.setObjectName(f"{name}Dialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(560)
        self._safe = safe
        self._stage = QLabel("Starting")
        self._stage.setObjectName(f"{name}Stage")
        self._bar = QProgressBar()
        self._bar.setObjectName(f"{name}Progress")
        self._bar.setAccessibleName("Progress")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._note = QLabel()
        self._note.setObjectName(f"{name}Note")
        self._note.setWordWrap(True)
        self._sign = Sign("error", "err", 16)
        self._pages = QStackedWidget()

    def arrange(
        self, head: QLabel, form: QWidget, preview: QWidget, left: Sequence[QWidget], right: Sequence[QWidget]
    ) -> None:
        """Put the parts in their places; `left` and `right`: the buttons below."""
        progress = QWidget()
        waiting = QVBoxLayout(progress)
        waiting.setContentsMargins(0, 0, 0, 0)
        waiting.addStretch()
        waiting.addWidget(self._stage)
        waiting.addWidget(self._bar)
        waiting.addStretch()
        self._parts = (form, progress, preview)
        for part in self._parts:
            self._pages.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for part in left:
            buttons.addWidget(part)
        buttons.addStretch()
        for part in right:
            buttons.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(12)
        column.addWidget(head)
        column.addWidget(self._pages, 1)
        said = QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._note, 1)
        column.addLayout(said)
        column.addLayout(buttons)
        self.turn_to(FORM)

    def show_buttons(self, page: int) -> None:
        """Those that fit the page."""
        raise NotImplementedError

    def turn_to(self, page: int) -> None:
        for number, part in enumerate(self._parts):  # the dialog is as high as what it shows
            policy = QSizePolicy.Policy.Preferred if number == page else QSizePolicy.Policy.Ignored
            part.setSizePolicy(policy, policy)
        self._pages.setCurrentIndex(page)
        self.show_buttons(page)
        self.tell(self._safe)
        if page == PREVIEW:
            self.resize(max(self.width(), 900), max(self.height(), 520))
        else:
            self.adjustSize()

    def tell(self, text: str, role: str = "note") -> None:
        self._sign.setVisible(role == "err")
        self._note.setText(text)
        self._note.setProperty("role", role)
        self._note.style().polish(self._note)

    # What the desk tells

    def begin(self) -> None:
        self._bar.setValue(0)
        self._stage.setText("Starting")
        self.turn_to(PROGRESS)

    def follow(self, steps: Steps) -> None:
        """Show how far they are; what comes of them is shown by the desk."""
        steps.told.connect(self._on_event)
        steps.failed.connect(lambda problem: self.show_problem(problem.sentence))
        steps.stopped.connect(self.show_stopped)

    def _on_event(self, event: object) -> None:
        match event:
            case Progress():
                self.show_progress(event)
            case Note(text):
                self.tell(text)

    def show_progress(self, progress: Progress) -> None:
        left = "" if progress.eta is None else f", {time_left(progress.eta)}"
        self._stage.setText(f"{progress.stage}, {percent(progress.fraction)}{left}")
        self._bar.setValue(round(progress.fraction * 1000))

    def show_problem(self, sentence: str) -> None:
        """It did not work; other options may."""
        self.turn_to(FORM)
        self.tell(sentence, "err")

    def show_stopped(self) -> None:
        self.turn_to(FORM)

    def reject(self) -> None:
        """While it is being heard, the first press stops that."""
        if self._pages.currentIndex() == PROGRESS:
            self._stage.setText("Stopping")
            self.cancel_requested.emit()
        else:
            super().reject()
