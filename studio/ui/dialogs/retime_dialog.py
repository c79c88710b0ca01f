"""Timing ready-made text by the speech: how, how far it is, and what would change. Runs on the window's thread."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.jobs import Progress
from studio.core.languages import LANGUAGES
from studio.core.reflow import Change
from studio.models import catalogue
from studio.services.hearing import HearOptions
from studio.services.retime import Retimed
from studio.ui.models.wording import counted, percent, time_left

from .before_after import BeforeAfterList
from .buttons import button

_FORM, _PROGRESS, _PREVIEW = range(3)
_SAFE = "The words stay as they are; nothing is changed before you press Re-time."


class RetimeDialog(QDialog):
    """The desk does the work and tells how it goes."""

    start_requested = Signal(object)  # HearOptions
    cancel_requested = Signal()  # while it is listening
    accepted_edit = Signal(object)  # Edit

    def __init__(self, name: str, options: HearOptions, ready: frozenset[str], parent: QWidget) -> None:
        """`options`: what is proposed. `ready`: models that need not be fetched."""
        super().__init__(parent)
        self.setObjectName("retimeDialog")
        self.setAccessibleName("Re-time to the speech")
        self.setWindowTitle("Re-time to the speech")
        self._name, self._options = name, options
        self._result: Retimed | None = None
        self._say = QLabel()
        self._say.setObjectName("retimeSentence")
        self._say.setWordWrap(True)
        self._model = self._box("retimeModelBox", "Model")
        for model in catalogue().values():
            if model.kind == "speech":
                title = model.id.removeprefix("whisper-")
                self._model.addItem(title if model.id in ready else f"{title}, is fetched first", model.id)
        self._model.setCurrentIndex(max(self._model.findData(options.model), 0))
        self._language = self._box("retimeLanguageBox", "Language")
        for code, title in {"auto": "Detect", **dict(sorted(LANGUAGES.items(), key=lambda e: e[1]))}.items():
            self._language.addItem(title, code)
        self._language.setCurrentIndex(max(self._language.findData(options.language), 0))
        self._stage = QLabel("Starting")
        self._stage.setObjectName("retimeStage")
        self._bar = QProgressBar()
        self._bar.setObjectName("retimeProgress")
        self._bar.setAccessibleName("Progress")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self.preview = BeforeAfterList("retimePreview")
        self.preview.setProperty("role", "card")
        self._note = QLabel()
        self._note.setObjectName("retimeNote")
        self._note.setWordWrap(True)
        self._start = button("retimeStartButton", "Listen", self._on_start, "", "primary")
        self._apply = button("retimeApplyButton", "Re-time", self._on_apply, "", "primary")
        self._cancel = button("retimeCancelButton", "Cancel", self.reject)
        self._arrange()
        self._turn_to(_FORM)

    def _box(self, name: str, title: str) -> QComboBox:
        box = QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(title)
        return box

    def _arrange(self) -> None:
        form_page, progress = QWidget(), QWidget()
        form = QFormLayout(form_page)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Model", self._model)
        form.addRow("Language", self._language)
        waiting = QVBoxLayout(progress)
        waiting.setContentsMargins(0, 0, 0, 0)
        waiting.addWidget(self._stage)
        waiting.addWidget(self._bar)
        waiting.addStretch()
        self._pages = QStackedWidget()
        for page in (form_page, progress, self.preview):
            self._pages.addWidget(page)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for part in (self._cancel, self._start, self._apply):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._say)
        column.addWidget(self._pages, 1)
        column.addWidget(self._note)
        column.addLayout(row)

    def _turn_to(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self._start.setVisible(page == _FORM)
        self._apply.setVisible(page == _PREVIEW)
        (self._apply if page == _PREVIEW else self._start).setDefault(page != _PROGRESS)
        self._say.setText(
            f"Each passage gets the time at which its words are said in “{self._name}”."
            if page != _PREVIEW
            else self._say.text()
        )
        self._tell(_SAFE)
        if page == _PREVIEW:
            self.resize(900, 560)
        else:
            self.resize(560, 210)

    def _tell(self, text: str, role: str = "note") -> None:
        self._note.setText(text)
        self._note.setProperty("role", role)
        self._note.style().polish(self._note)

    # What the desk tells

    def show_progress(self, progress: Progress) -> None:
        left = "" if progress.eta is None else f", {time_left(progress.eta)}"
        self._stage.setText(f"{progress.stage}, {percent(progress.fraction)}{left}")
        self._bar.setValue(round(progress.fraction * 1000))

    def show_note(self, text: str) -> None:
        self._tell(text)

    def show_result(self, result: Retimed) -> None:
        self._result = result
        pairs = zip(result.edit.before, result.edit.after, strict=True)
        self.preview.set_changes([Change((old,), (new,)) for old, new in pairs])
        count = len(result.edit.before)
        heard = f"{percent(result.share)} of the text was heard."
        changes = f"{counted(count, 'passage gets another time', 'passages get other times')}." if count else ""
        self._say.setText(f"{heard} {changes or 'Every passage has its time already.'}")
        self._turn_to(_PREVIEW)
        self._apply.setEnabled(count > 0)
        (self._apply if count else self._cancel).setFocus()

    def show_problem(self, sentence: str) -> None:
        """It did not work; other options may."""
        self._turn_to(_FORM)
        self._tell(sentence, "err")

    def show_stopped(self) -> None:
        self._turn_to(_FORM)

    # Inside

    def _on_start(self) -> None:
        self._stage.setText("Starting")
        self._bar.setValue(0)
        self._turn_to(_PROGRESS)
        self.start_requested.emit(
            replace(self._options, model=self._model.currentData(), language=self._language.currentData())
        )

    def _on_apply(self) -> None:
        self.accept()
        if self._result:
            self.accepted_edit.emit(self._result.edit)

    def reject(self) -> None:
        """While it is listening, the first press stops that."""
        if self._pages.currentIndex() == _PROGRESS:
            self._stage.setText("Stopping")
            self.cancel_requested.emit()
        else:
            super().reject()
