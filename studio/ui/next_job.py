"""What the next job shall be done with: model, language, speakers. In the tool bar, remembered."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from studio.core.jobs import JobOptions
from studio.core.languages import LANGUAGES
from studio.models import catalogue

from .choice import Choice
from .dialogs.job_options_dialog import JobOptionsDialog
from .icons import icon

_LANGUAGES = {"auto": "Detect", **dict(sorted(LANGUAGES.items(), key=lambda entry: entry[1]))}
_SPEAKERS = {"auto": "Detect", "off": "Off", **{str(n): str(n) for n in range(1, 9)}}


class NextJob(QWidget):
    """Selectors whose choice is copied into each job when it is queued."""

    changed = Signal()

    def __init__(self, options: JobOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nextJob")
        self._rest = options  # what has no selector here
        self._title = QLabel("Next job")
        self._title.setProperty("role", "note")
        models = {id: id.removeprefix("whisper-") for id, m in catalogue().items() if m.kind == "speech"}
        self._model = self._choice("Model", "nextModel", models, options.model)
        self._language = self._choice("Language", "nextLanguage", _LANGUAGES, options.language)
        self._speakers = self._choice("Speakers", "nextSpeakers", _SPEAKERS, options.speakers)
        self._more = QToolButton()
        self._more.setObjectName("nextOptionsButton")
        self._more.setIcon(icon("settings"))
        self._more.setProperty("kind", "flat")
        self._more.setToolTip("More options of the next job")
        self._more.setAccessibleName("More options of the next job")
        self._more.clicked.connect(self._ask_for_more)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self._title, self._model, self._language, self._speakers, self._more):
            row.addWidget(part)

    def options(self) -> JobOptions:
        return replace(
            self._rest,
            model=self._model.currentData(),
            language=self._language.currentData(),
            speakers=self._speakers.currentData(),
        )

    def _ask_for_more(self) -> None:
        dialog = JobOptionsDialog(self.options(), self)
        dialog.accepted.connect(lambda: self._take(dialog.options()))
        dialog.open()

    def _take(self, options: JobOptions) -> None:
        self._rest = options
        self.changed.emit()

    def set_narrow(self, narrow: bool) -> None:
        """Hide the labels where the window is narrow."""
        self._title.setHidden(narrow)
        for choice in (self._model, self._language, self._speakers):
            choice.set_label_hidden(narrow)

    def _choice(self, label: str, name: str, entries: dict[str, str], chosen: str) -> Choice:
        choice = Choice(label, name)
        choice.setAccessibleName(f"{label} of the next job")
        choice.setToolTip(f"{label} of the next job")
        for value, text in entries.items():
            choice.addItem(text, value)
        choice.select(chosen)
        choice.currentIndexChanged.connect(self.changed)
        return choice
