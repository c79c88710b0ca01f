"""What the next job shall be done with: where and by which model, language, speakers. In the tool bar, remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.core.accounts import RemoteModel
from studio.core.jobs import JobOptions
from studio.core.languages import LANGUAGES
from studio.models import catalogue
from studio.services.accounts import Offer

from ..dialogs.job_options_dialog import JobOptionsDialog
from ..dialogs.rerun_options import key, parted, remote_models
from ..icons import icon
from ..widgets.choice import Choice

_HERE = "On this computer"
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
        self._offers: dict[str, Offer] = {}
        self._wanted = key(options.account, options.model) if options.account else ""  # until offers are known
        self._model = self._choice("Model", "nextModel", _local_models(), key(options.account, options.model))
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
        self._model.currentIndexChanged.connect(lambda _: self._on_model())
        self._on_model()

    def set_offers(self, offers: Sequence[Offer]) -> None:
        """What can be done elsewhere. What was chosen stays so; where it is gone, work is done on this computer."""
        chosen = self._wanted or self._model.currentData()
        self._wanted = ""
        self._offers = {offer.account.name: offer for offer in offers}
        before = self.options()
        self._model.blockSignals(True)
        self._model.clear()
        if offers:
            self._model.add_group(_HERE)
        for id, words in _local_models().items():
            self._model.addItem(words, id)
        for name, offer in self._offers.items():
            self._model.add_group(name if name == offer.info.title else f"{name}, {offer.info.title}")
            for value, title in remote_models(offer).items():
                self._model.addItem(title, value)
        gone = self._model.findData(chosen) < 0
        self._model.select(_local_default() if gone else chosen)
        self._model.blockSignals(False)
        self._model.updateGeometry()
        self._on_model()
        if self.options() != before:
            self.changed.emit()

    def at(self) -> tuple[Offer, RemoteModel] | None:
        """The account and its model, None for this computer."""
        account, model = parted(self._model.currentData())
        offer = self._offers.get(account)
        return (offer, offer.model(model)) if offer else None

    def options(self) -> JobOptions:
        account, model = parted(self._model.currentData())
        return replace(
            self._rest,
            account=account,
            model=model,
            language=self._language.currentData(),
            speakers=self._speakers.currentData(),
        )

    def _ask_for_more(self) -> None:
        dialog = JobOptionsDialog(self.options(), self, self.at())
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

    def _on_model(self) -> None:
        """Languages and speakers as far as the model goes."""
        at = self.at()
        account, id = parted(self._model.currentData())
        local = catalogue().get(id) if not account else None
        known = at[1].languages if at else (local.languages or None if local else None)
        codes = None if known is None else {"auto", *known}
        wanted = {code: words for code, words in _LANGUAGES.items() if codes is None or code in codes}
        shown = {self._language.itemData(n) for n in range(self._language.count())}
        if shown != set(wanted):
            chosen = self._language.currentData()
            self._language.blockSignals(True)
            self._language.clear()
            for code, words in wanted.items():
                self._language.addItem(words, code)
            self._language.select(chosen)
            self._language.blockSignals(False)
            self._language.updateGeometry()
            if self._language.currentData() != chosen:
                self.changed.emit()
        tip = "Speakers of the next job"
        if at and not at[1].speakers:
            tip += f"\n{at[0].info.title} does not tell speakers apart: that is done on this computer."
        self._speakers.setToolTip(tip)
        self._speakers.setAccessibleDescription(tip)
        self._name_fold()

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


def _local_models() -> dict[str, str]:
    return {id: id.removeprefix("whisper-") for id, m in catalogue().items() if m.kind == "speech"}


def _local_default() -> str:
    return JobOptions().model


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
