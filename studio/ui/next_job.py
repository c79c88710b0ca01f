"""What the next job shall be done with: model, language, speakers. In the tool bar, remembered."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

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
        self._choices = (self._model, self._language, self._speakers)
        self._fold = self._fold_button()
        self._card = _Card(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        for part in (self._title, *self._choices, self._fold, self._more):
            self._row.addWidget(part)
        self._model.currentTextChanged.connect(lambda _: self._name_fold())
        self._name_fold()

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
        for choice in self._choices:
            choice.set_label_hidden(narrow and not self._folded)

    def set_folded(self, folded: bool) -> None:
        """One button in place of the selectors, which then stand in a card below it."""
        if folded == self._folded:
            return
        self._card.hide()
        for place, choice in enumerate(self._choices, 1):
            if folded:
                self._card.column.addWidget(choice)
            else:
                self._row.insertWidget(place, choice)
            choice.show()
        self._fold.setVisible(folded)

    @property
    def _folded(self) -> bool:
        return self._model.parent() is self._card

    def _show_card(self) -> None:
        self._card.adjustSize()
        self._card.move(self._fold.mapToGlobal(QPoint(0, self._fold.height() + 4)))
        self._card.show()
        self._model.setFocus(Qt.FocusReason.PopupFocusReason)

    def _name_fold(self) -> None:
        self._fold.setText(f"Next job  {self._model.currentText()}")
        self._fold.setAccessibleName(f"Next job, model {self._model.currentText()}")

    def _fold_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("nextJobButton")
        button.setIcon(icon("chevron-down"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow at the right
        button.setToolTip("Model, language and speakers of the next job")
        button.clicked.connect(self._show_card)
        button.hide()
        return button

    def _choice(self, label: str, name: str, entries: dict[str, str], chosen: str) -> Choice:
        choice = Choice(label, name)
        choice.setAccessibleName(f"{label} of the next job")
        choice.setToolTip(f"{label} of the next job")
        for value, text in entries.items():
            choice.addItem(text, value)
        choice.select(chosen)
        choice.currentIndexChanged.connect(self.changed)
        return choice


class _Card(QFrame):
    """Comes up below the button; a click elsewhere or Esc takes it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("nextJobCard")
        self.setAccessibleName("Next job")
        self.setProperty("role", "popup")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 8, 8, 8)
        self.column.setSpacing(8)
