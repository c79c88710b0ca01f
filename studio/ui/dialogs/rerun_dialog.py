"""Recognising the chosen passages again: how, how far it is, and what would change. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.jobs import JobOptions, Progress
from studio.services.hearing import HearOptions
from studio.services.opinion import Decisions
from studio.ui import theme
from studio.ui.compare.bars import Heads
from studio.ui.compare.passage_list import PassageList
from studio.ui.compare.passages import PassagesModel
from studio.ui.models.wording import counted, percent, time_left

from .rerun_options import RerunFields

_SAFE = "The text stays as it is until you press Replace."


class RerunDialog(QDialog):
    run_requested = Signal(object)  # HearOptions
    cancel_requested = Signal()  # while it is being heard
    replace_requested = Signal()

    def __init__(self, chosen: str, used: JobOptions, ready: frozenset[str], parent: QWidget | None = None) -> None:
        """`chosen`: "3 passages, 12:17.620 to 12:54.000". `used`: how the recording was heard. `ready`: see fields."""
        super().__init__(parent)
        self.setObjectName("rerunDialog")
        self.setWindowTitle("Recognise again")
        self.setAccessibleName("Recognise again")
        self.setMinimumWidth(560)
        self._running = False
        self._fields = RerunFields(used, ready, another=False)
        self._run_options = self._fields.options()
        self._pages = QStackedWidget()
        self._say = QLabel(chosen)
        self._say.setObjectName("rerunChosen")
        self._say.setProperty("role", "heading")
        self._note = QLabel(_SAFE)
        self._note.setObjectName("rerunNote")
        self._note.setProperty("role", "note")
        self._note.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setObjectName("rerunProgress")
        self._bar.setAccessibleName("Progress")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._stage = QLabel("Starting")
        self._stage.setObjectName("rerunStage")
        self._model = PassagesModel(self)
        self.list = PassageList(self._model, decides=False)
        self._heads = Heads("Before", "Now")
        self._heads.only_show()
        self._arrange()

    def _arrange(self) -> None:
        progress, preview = QWidget(), QWidget()
        waiting = QVBoxLayout(progress)
        waiting.setContentsMargins(0, 0, 0, 0)
        waiting.addStretch()
        waiting.addWidget(self._stage)
        waiting.addWidget(self._bar)
        waiting.addStretch()
        shown = QVBoxLayout(preview)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(0)
        shown.addWidget(self._heads)
        shown.addWidget(self.list, 1)
        self.list.width_changed.connect(self._heads.arrange)
        self._parts = (self._fields, progress, preview)
        for part in self._parts:
            self._pages.addWidget(part)
        self._run = _button("rerunStartButton", "Recognise again", "primary")
        self._again = _button("rerunAgainButton", "Another way …")
        self._replace = _button("rerunReplaceButton", "Replace", "primary")
        self._keep = _button("rerunKeepButton", "Cancel")
        self._run.clicked.connect(lambda: self.run_requested.emit(self._fields.options()))
        self._again.clicked.connect(lambda: self._turn_to(0))
        self._replace.clicked.connect(self.replace_requested)
        self._keep.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._again)
        buttons.addStretch()
        for button in (self._keep, self._replace, self._run):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(12)
        column.addWidget(self._say)
        column.addWidget(self._pages, 1)
        column.addWidget(self._note)
        column.addLayout(buttons)
        self._turn_to(0)

    def _turn_to(self, page: int) -> None:
        for number, part in enumerate(self._parts):  # the dialog is as high as what it shows
            policy = QSizePolicy.Policy.Preferred if number == page else QSizePolicy.Policy.Ignored
            part.setSizePolicy(policy, policy)
        self._pages.setCurrentIndex(page)
        self._running = page == 1
        self._run.setVisible(page == 0)
        self._again.setVisible(page == 2)
        self._replace.setVisible(page == 2)
        self._keep.setText("Keep as it is" if page == 2 else "Cancel")
        self._keep.setAccessibleName(self._keep.text())
        if page == 0:
            self._run.setDefault(True)
        self._tell(_SAFE, "note")
        if page < 2:
            self.adjustSize()

    def _tell(self, text: str, role: str) -> None:
        self._note.setText(text)
        self._note.setProperty("role", role)
        self._note.style().polish(self._note)

    def show_running(self, options: HearOptions) -> None:
        self._run_options = options
        self._bar.setValue(0)
        self._stage.setText("Starting")
        self._turn_to(1)

    def show_progress(self, progress: Progress) -> None:
        left = "" if progress.eta is None else f", {time_left(progress.eta)}"
        self._stage.setText(f"{progress.stage}, {percent(progress.fraction)}{left}")
        self._bar.setValue(round(progress.fraction * 1000))

    def show_note(self, text: str) -> None:
        self._tell(text, "note")

    def show_result(self, decisions: Decisions, model_before: str) -> None:
        """What would change, before it is changed."""
        differences = len(decisions.comparison.differences)
        self._turn_to(2)
        self._heads.show_names(model_before, "", self._run_options.model.removeprefix("whisper-"), "")
        self._model.set_decisions(decisions)
        self.list.delegate.forget()
        self.resize(max(self.width(), 900), max(self.height(), 520))
        if not decisions.right.segments:
            self._tell("No words were heard there this time. Replace would remove these passages.", "warn")
        elif differences:
            self._tell(f"{counted(differences, 'difference', 'differences')}. {_SAFE}", "note")
        else:
            self._tell("Every word is the same; only times may differ.", "note")
        self._replace.setDefault(True)
        self._replace.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, sentence: str) -> None:
        """It did not work; other options may."""
        self._turn_to(0)
        self._tell(sentence, "err")

    def show_stopped(self) -> None:
        self._turn_to(0)

    def reject(self) -> None:
        """While it is being heard, the first press stops that."""
        if self._running:
            self._stage.setText("Stopping")
            self.cancel_requested.emit()
        else:
            super().reject()


def _button(name: str, text: str, kind: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setMinimumHeight(theme.CONTROL)
    if kind:
        button.setProperty("kind", kind)
    return button
