"""Timing ready-made text by the speech: how, how far it is, and what would change. Runs on the window's thread."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from studio.core.reflow import Change
from studio.services.hearing import HearOptions
from studio.services.retime import Retimed
from studio.ui.models.wording import counted, percent

from .before_after import BeforeAfterList
from .buttons import button
from .hearing_dialog import FORM, PREVIEW, HearingDialog
from .rerun_options import choice_row, language_titles, model_titles

_SAFE = "The words stay as they are; nothing is changed before you press Re-time."


class RetimeDialog(HearingDialog):
    start_requested = Signal(object)  # HearOptions
    accepted_edit = Signal(object)  # Edit

    def __init__(self, name: str, options: HearOptions, ready: frozenset[str], parent: QWidget) -> None:
        """`options`: what is proposed. `ready`: models that need not be fetched."""
        super().__init__("retime", "Re-time to the speech", _SAFE, parent)
        self._options = options
        self._result: Retimed | None = None
        self._promise = f"Each passage gets the time at which its words are said in “{name}”."
        self._say = QLabel()
        self._say.setObjectName("retimeSentence")
        self._say.setWordWrap(True)
        form = QWidget()
        rows = QFormLayout(form)
        rows.setContentsMargins(0, 0, 0, 0)
        self._model = choice_row(rows, "Model", "retimeModelBox", model_titles(ready))
        self._language = choice_row(rows, "Language", "retimeLanguageBox", language_titles())
        for box, value in ((self._model, options.model), (self._language, options.language)):
            box.setCurrentIndex(max(box.findData(value), 0))
        self.preview = BeforeAfterList("retimePreview")
        self.preview.setProperty("role", "card")
        self._start = button("retimeStartButton", "Listen", self._on_start, "", "primary")
        self._apply = button("retimeApplyButton", "Re-time", self._on_apply, "", "primary")
        self._cancel = button("retimeCancelButton", "Cancel", self.reject)
        self.arrange(self._say, form, self.preview, [], [self._cancel, self._start, self._apply])

    def show_buttons(self, page: int) -> None:
        self._start.setVisible(page == FORM)
        self._apply.setVisible(page == PREVIEW)
        self._start.setDefault(page == FORM)
        self._apply.setDefault(page == PREVIEW)
        if page != PREVIEW:
            self._say.setText(self._promise)

    def show_result(self, result: Retimed) -> None:
        self._result = result
        pairs = zip(result.edit.before, result.edit.after, strict=True)
        self.preview.set_changes([Change((old,), (new,)) for old, new in pairs])
        count = len(result.edit.before)
        heard = f"{percent(result.share)} of the text was heard."
        changes = f"{counted(count, 'passage gets another time', 'passages get other times')}." if count else ""
        self._say.setText(f"{heard} {changes or 'Every passage has its time already.'}")
        self.turn_to(PREVIEW)
        self._apply.setEnabled(count > 0)
        (self._apply if count else self._cancel).setFocus()

    def _on_start(self) -> None:
        self.begin()
        self.start_requested.emit(
            replace(self._options, model=self._model.currentData(), language=self._language.currentData())
        )

    def _on_apply(self) -> None:
        self.accept()
        if self._result:
            self.accepted_edit.emit(self._result.edit)
