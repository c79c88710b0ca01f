"""What is exported of a voice-over: which cues, what kind of sound, which files. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from studio import media
from studio.formats import FORMATS
from studio.services.file_names import CUE_PLACEHOLDERS
from studio.services.voiceover_export import TEMPLATE, SpeechOptions
from studio.ui.models.wording import counted

from .export_rules import section

_FORMATS = {"wav": "WAV", "flac": "FLAC", "mp3": "MP3", "opus": "Opus", "m4a": "M4A (AAC)"}
_LOUDNESS = {
    "−16 LUFS, for listening": media.SPEECH_LUFS,
    "−23 LUFS, for broadcast (EBU R 128)": media.BROADCAST_LUFS,
    "As the voices speak": None,
}
_WANTED = (16_000, 22_050, 24_000, 44_100, 48_000)
_INDENT = 24  # pixels


class SpeechForm(QWidget):
    changed = Signal()

    def __init__(self, count: int, selected: Sequence[int], recording: bool, parent: QWidget) -> None:
        """`count`: cues with speech; `selected`: those of them that are selected; `recording`: whether it is there."""
        super().__init__(parent)
        self._selected, self._recording = tuple(selected), recording
        self.whole = _radio("speechWholeBox", f"The whole &voice-over, {counted(count, 'cue', 'cues')}", self)
        some = counted(len(selected), "cue", "cues") if selected else "no cue with speech"
        self.part = _radio("speechSelectionBox", f"The &selection, {some}", self)
        self.part.setEnabled(bool(selected))
        self.one, self.many = (
            _radio("speechOneFileBox", "&One file", self),
            _radio("speechManyFilesBox", "One file for each &cue", self),
        )
        self.format, self.rate = _box("speechFormatBox", "Format", self), _box("speechRateBox", "Sample rate", self)
        self.loudness = _box("speechLoudnessBox", "Loudness", self)
        self.subtitles = _box("speechSubtitlesBox", "Subtitles timed to the speech", self)
        self.under = QCheckBox("With the &recording under it", self)
        self.under.setObjectName("speechUnderBox")
        self.under.setAccessibleName("With the recording under it")
        self.template = QLineEdit(TEMPLATE, self)
        self.template.setObjectName("speechTemplateField")
        self.template.setAccessibleName("Names of the files of cues")
        self.template.setToolTip("\n".join(f"{{{name}}}: {means}" for name, means in CUE_PLACEHOLDERS.items()))
        self._groups = [_together(self, self.whole, self.part), _together(self, self.one, self.many)]
        self._fill()
        self._arrange()
        self.format.currentIndexChanged.connect(lambda _: self._fill_rates())
        for box in (self.format, self.rate, self.loudness, self.subtitles):
            box.currentIndexChanged.connect(self.changed)
        for switch in (self.whole, self.one, self.under):
            switch.toggled.connect(self.changed)
        self.template.textChanged.connect(self.changed)
        self.one.toggled.connect(lambda _: self._offer())
        self._offer()

    def options(self) -> SpeechOptions:
        return SpeechOptions(
            format=self.format.currentData(),
            rate=self.rate.currentData(),
            loudness=self.loudness.currentData(),
            template=self.template.text().strip() if self.many.isChecked() else "",
            subtitles=self.subtitles.currentData(),
            chosen=self._selected if self.part.isChecked() else None,
        )

    def with_recording(self) -> bool:
        return self.under.isChecked() and self.under.isEnabled()

    def set_options(self, options: SpeechOptions, under: bool) -> None:
        """As they were last time; which cues is chosen anew."""
        for box, value in (
            (self.format, options.format),
            (self.rate, options.rate),
            (self.loudness, options.loudness),
            (self.subtitles, options.subtitles),
        ):
            box.setCurrentIndex(max(box.findData(value), 0))
        self.under.setChecked(under)
        self.many.setChecked(bool(options.template))
        self.template.setText(options.template or TEMPLATE)

    def fields(self) -> list[QWidget]:
        """In the order of the tab key."""
        sound = [self.format, self.rate, self.loudness, self.under]
        return [self.whole, self.part, *sound, self.one, self.many, self.template, self.subtitles]

    def _fill(self) -> None:
        for id in media.SOUND_FORMATS:
            self.format.addItem(_FORMATS[id], id)
        for words, loudness in _LOUDNESS.items():
            self.loudness.addItem(words, loudness)
        self.subtitles.addItem("None", "")
        for format in FORMATS.values():
            if format.group == "Subtitles":
                self.subtitles.addItem(f"{format.title} ({format.suffix})", format.id)
        self._fill_rates()

    def _fill_rates(self) -> None:
        """Those that the format has."""
        before = self.rate.currentData() or media.FULL_RATE
        form = media.SOUND_FORMATS[self.format.currentData()]
        self.rate.clear()
        for rate in (rate for rate in _WANTED if rate in form.rates):
            self.rate.addItem(f"{rate / 1000:g} kHz", rate)
        self.rate.setCurrentIndex(max(self.rate.findData(form.rate(before)), 0))

    def _offer(self) -> None:
        many = self.many.isChecked()
        self.template.setEnabled(many)
        self.under.setEnabled(self._recording and not many)
        why = "The recording is not there." if not self._recording else "Only in one file." if many else ""
        self.under.setToolTip(why)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows = (("&Format", self.format), ("Sample ra&te", self.rate), ("&Loudness", self.loudness))
        for at, (words, field) in enumerate(rows):
            label = QLabel(words, self)
            label.setBuddy(field)
            grid.addWidget(label, at, 0)
            grid.addWidget(field, at, 1)
        grid.addWidget(self.under, len(rows), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(6)
        column.addWidget(section("What", self))
        column.addWidget(self.whole)
        column.addWidget(self.part)
        column.addSpacing(8)
        column.addWidget(section("Sound", self))
        column.addLayout(grid)
        column.addSpacing(8)
        column.addWidget(section("Files", self))
        column.addWidget(self.one)
        column.addWidget(self.many)
        names = QVBoxLayout()
        names.setContentsMargins(_INDENT, 0, 0, 0)
        names.addWidget(self.template)
        column.addLayout(names)
        column.addSpacing(8)
        label = QLabel("Subtitles timed to the speech, &beside it", self)
        label.setBuddy(self.subtitles)
        column.addWidget(label)
        column.addWidget(self.subtitles)
        column.addStretch(1)


def _radio(name: str, text: str, parent: QWidget) -> QRadioButton:
    button = QRadioButton(text, parent)
    button.setObjectName(name)
    button.setAccessibleName(text.replace("&", ""))
    return button


def _together(parent: QWidget, *buttons: QRadioButton) -> QButtonGroup:
    """Of these one is on, at first the first."""
    group = QButtonGroup(parent)
    for button in buttons:
        group.addButton(button)
    buttons[0].setChecked(True)
    return group


def _box(name: str, words: str, parent: QWidget) -> QComboBox:
    box = QComboBox(parent)
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.setAccessibleDescription(words)
    return box
