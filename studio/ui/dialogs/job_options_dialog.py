"""Everything about the next job beyond model, language and speakers. Runs on the window's thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.core.accounts import RemoteModel
from studio.core.jobs import JobOptions
from studio.services.accounts import Offer
from studio.ui.widgets.spin import pad

_Field = TypeVar("_Field", bound=QWidget)

_TASKS = {"transcribe": "Text in the language spoken", "translate": "Translate to English"}
_DEVICES = {"auto": "Graphics card if it works, else processor", "cpu": "Processor", "cuda": "Graphics card"}


class JobOptionsDialog(QDialog):
    """Starts with `options`; `options()` gives them back as chosen. Model, language and speakers pass through."""

    def __init__(
        self, options: JobOptions, parent: QWidget | None = None, at: tuple[Offer, RemoteModel] | None = None
    ) -> None:
        """`at`: the account and its model; None for this computer."""
        super().__init__(parent)
        self.setObjectName("jobOptionsDialog")
        self.setWindowTitle("Options of the next job")
        self.setAccessibleName("Options of the next job")
        self.setMinimumWidth(520)
        self._options = options
        self._form = QFormLayout()
        self._task = self._choice("What to write", "taskBox", _TASKS)
        self._device = self._choice("Runs on", "deviceBox", _DEVICES)
        self._vocabulary = self._line("Names and terms", "vocabularyField", "Annika Böhm, Semarang, Nordfriesland")
        self._prompt = self._line("Text before the recording", "promptField", "Sets style and spelling")
        self._track = self._whole("Audio track, from 0", "trackSpin", 0, 99)
        self._clean = self._check("Clean the recording first", "cleanBox")
        self._explain(
            self._clean, "Noise is taken out on this computer. It can cost words: try it where noise is loud."
        )
        self._complete = self._check("Find times of words on this computer", "completeWordsBox")
        self._own = self._form.rowCount()  # from here on what only this computer's engine knows
        self._section("Recognition")
        self._beam = self._whole("Beam size", "beamSpin", 1, 20)
        self._no_speech = self._part("No-speech threshold", "noSpeechSpin", 0, 1)
        self._log_prob = self._part("Log-probability threshold", "logProbSpin", -10, 0)
        self._compression = self._part("Compression threshold", "compressionSpin", 1, 10)
        self._repetition = self._part("Repetition penalty", "repetitionSpin", 1, 3)
        self._ngram = self._whole("Never repeat word groups of", "ngramSpin", 0, 20)
        self._vad_level = self._part("Speech threshold", "vadSpin", 0.05, 0.95)
        self._vad = self._check("Leave out stretches without speech", "vadBox")
        self._condition = self._check("Go by the text before", "conditionBox")
        self._fill(options)
        self._fit(at)
        self._arrange()

    def options(self) -> JobOptions:
        decode = replace(
            self._options.decode,
            beam_size=self._beam.value(),
            no_speech_threshold=self._no_speech.value(),
            log_prob_threshold=self._log_prob.value(),
            compression_ratio_threshold=self._compression.value(),
            repetition_penalty=self._repetition.value(),
            no_repeat_ngram_size=self._ngram.value(),
            vad=self._vad.isChecked(),
            vad_threshold=self._vad_level.value(),
            condition_on_previous_text=self._condition.isChecked(),
            prompt=self._prompt.text().strip(),
        )
        return replace(
            self._options,
            task=self._task.currentData(),
            device=self._device.currentData(),
            vocabulary=self._vocabulary.text().strip(),
            track=self._track.value(),
            complete_words=self._complete.isChecked(),
            clean=self._clean.isChecked(),
            decode=decode,
        )

    def _fill(self, options: JobOptions) -> None:
        decode = options.decode
        self._task.setCurrentIndex(self._task.findData(options.task))
        self._device.setCurrentIndex(self._device.findData(options.device))
        self._vocabulary.setText(options.vocabulary)
        self._prompt.setText(decode.prompt)
        self._track.setValue(options.track)
        self._complete.setChecked(options.complete_words)
        self._clean.setChecked(options.clean)
        self._beam.setValue(decode.beam_size)
        self._no_speech.setValue(decode.no_speech_threshold)
        self._log_prob.setValue(decode.log_prob_threshold)
        self._compression.setValue(decode.compression_ratio_threshold)
        self._repetition.setValue(decode.repetition_penalty)
        self._ngram.setValue(decode.no_repeat_ngram_size)
        self._vad_level.setValue(decode.vad_threshold)
        self._vad.setChecked(decode.vad)
        self._condition.setChecked(decode.condition_on_previous_text)

    def _fit(self, at: tuple[Offer, RemoteModel] | None) -> None:
        """Show what makes a difference where the job is done, and say what the vendor cannot do."""
        self._form.setRowVisible(self._complete, at is not None and not (at[1].word_times and at[1].times))
        for row in range(self._own, self._form.rowCount()):
            self._form.setRowVisible(row, at is None)
        if at is None:
            return
        offer, model = at
        title = offer.info.title
        self._complete.setToolTip(f"{title} gives no times of words; the text stays as it wrote it.")
        self._complete.setAccessibleDescription(self._complete.toolTip())
        translate = self._task.findData("translate")
        if not offer.info.translates:
            self._task.setItemData(translate, 0, Qt.ItemDataRole.UserRole - 1)
            self._task.setItemText(translate, f"Translate to English: {title} cannot")
            self._task.setCurrentIndex(0)
        said = [f"Done by {title}. {offer.info.note}".strip()]
        if not model.speakers:
            said.append("Speakers are told apart on this computer.")
        note = QLabel(" ".join(said))
        note.setObjectName("jobOptionsNote")
        note.setProperty("role", "note")
        note.setWordWrap(True)
        self._form.insertRow(0, note)

    def _arrange(self) -> None:
        roles = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(roles.Ok | roles.Cancel | roles.RestoreDefaults)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for role in (roles.Ok, roles.Cancel, roles.RestoreDefaults):
            buttons.button(role).setObjectName(f"options{role.name}Button")
        buttons.button(roles.Ok).setProperty("kind", "primary")
        buttons.button(roles.RestoreDefaults).setText("Restore defaults")
        buttons.button(roles.RestoreDefaults).clicked.connect(lambda: self._fill(JobOptions()))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(14)
        column.addLayout(self._form)
        column.addWidget(buttons)

    def _section(self, title: str) -> None:
        label = QLabel(title)
        label.setProperty("role", "section")
        self._form.addRow(label)

    def _choice(self, title: str, name: str, entries: dict[str, str]) -> QComboBox:
        box = QComboBox()
        for value, text in entries.items():
            box.addItem(text, value)
        return self._row(title, name, box)

    def _line(self, title: str, name: str, example: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(example)
        return self._row(title, name, field)

    def _whole(self, title: str, name: str, least: int, most: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, most)
        pad(box)
        return self._row(title, name, box)

    def _part(self, title: str, name: str, least: float, most: float) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(least, most)
        box.setSingleStep(0.05)
        pad(box)
        return self._row(title, name, box)

    def _check(self, title: str, name: str) -> QCheckBox:
        box = QCheckBox(title)
        box.setObjectName(name)
        box.setAccessibleName(title)
        self._form.addRow("", box)
        return box

    def _explain(self, box: QCheckBox, words: str) -> None:
        """Below the box, which was added last."""
        box.setAccessibleDescription(words)
        note = QLabel(words)
        note.setProperty("role", "note")
        note.setWordWrap(True)
        self._form.addRow("", note)

    def _row(self, title: str, name: str, widget: _Field) -> _Field:
        widget.setObjectName(name)
        widget.setAccessibleName(title)
        self._form.addRow(title, widget)
        return widget
