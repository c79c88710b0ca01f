"""Passages that sound like somebody else, one after the other: listen, pick who it is. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.core.speakers import color_of
from studio.services.voices import Doubt
from studio.ui.dialogs.buttons import button
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.models.wording import time_code

from .swatches import swatch_icon

_MANY = 9  # speakers that get a button


class DoubtsDialog(QDialog):
    """Not modal: the text stays in reach. Passages that are gone or in other hands by now are passed over."""

    play_requested = Signal(int)  # segment id
    chosen = Signal(int, str)  # segment id, speaker id; also where it stays as it is

    def __init__(self, model: TranscriptModel, doubts: Sequence[Doubt], parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._doubts, self._at = model, doubts, -1
        self.setObjectName("doubtsDialog")
        self.setAccessibleName("Who speaks here?")
        self.setWindowTitle("Who speaks here?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        self._where, self._text = QLabel(), QLabel()
        self._where.setObjectName("doubtPlace")
        self._where.setProperty("role", "note")
        self._text.setObjectName("doubtText")
        self._text.setWordWrap(True)
        self._play = button("doubtPlayButton", "Play", self._on_play, "play")
        self._skip = button("doubtSkipButton", "Not sure, go on", self._next)
        self._people = QVBoxLayout()
        self._answers: list[QPushButton] = []
        row = QHBoxLayout()
        row.addWidget(self._play)
        row.addStretch()
        row.addWidget(self._skip)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._where)
        column.addWidget(self._text)
        column.addLayout(self._people)
        column.addLayout(row)
        self._next()

    def _on_play(self) -> None:
        self.play_requested.emit(self._doubts[self._at].segment_id)

    def _next(self) -> None:
        """The next passage that is still as it was heard; the dialog ends behind the last."""
        for at in range(self._at + 1, len(self._doubts)):
            row = self._model.row_of(self._doubts[at].segment_id)
            if row >= 0 and self._model.segment(row).speaker == self._doubts[at].speaker_id:
                self._at = at
                self._show(row)
                return
        self.accept()

    def _show(self, row: int) -> None:
        doubt, segment = self._doubts[self._at], self._model.segment(row)
        self._where.setText(f"{self._at + 1} of {len(self._doubts)}, at {time_code(segment.start)}")
        self._text.setText(f"“{segment.text}”")
        for old in self._answers:
            old.deleteLater()
        self._answers = []
        listed = list(enumerate(self._model.speakers))
        listed.sort(key=lambda entry: (entry[1].id != doubt.other, entry[1].id != doubt.speaker_id))
        for number, (place, speaker) in enumerate(listed[:_MANY], 1):
            note = {doubt.other: ", sounds like it", doubt.speaker_id: ", as it is now"}.get(speaker.id, "")
            text = f"{speaker.name}{note}"
            choose = partial(self._choose, speaker.id)
            answer = button(f"doubt{speaker.id}Button", text.replace("&", "&&"), choose)
            answer.setIcon(swatch_icon(color_of(speaker, place), self.devicePixelRatioF()))
            answer.setShortcut(str(number))
            answer.setToolTip(f"{text} ({number})")
            answer.setStyleSheet("text-align: left;")
            self._people.addWidget(answer)
            self._answers.append(answer)
        before: QWidget = self._play
        for answer in (*self._answers, self._skip):
            QWidget.setTabOrder(before, answer)
            before = answer
        self._play.setFocus()

    def _choose(self, speaker: str) -> None:
        self.chosen.emit(self._doubts[self._at].segment_id, speaker)
        self._next()
