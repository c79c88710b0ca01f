"""A speaker was given the name of another one: whether the two are one person. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui.dialogs.buttons import button
from studio.ui.models.transcript_model import SpeakerShare
from studio.ui.models.wording import counted


class SameNameDialog(QDialog):
    """Frees itself when it is closed."""

    merge_requested = Signal()
    keep_requested = Signal()  # both, with one name

    def __init__(self, one: SpeakerShare, other: SpeakerShare, parent: QWidget) -> None:
        """`one` was to be called like `other`."""
        super().__init__(parent)
        self.setObjectName("sameNameDialog")
        self.setAccessibleName("The same name twice")
        self.setWindowTitle("The same name twice")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = other.speaker.name
        what = QLabel(f"There is a speaker called “{name}” already.")
        what.setProperty("role", "heading")
        turns = counted(one.turns, "turn", "turns")
        note = QLabel(
            f"If they are one person, merge them: {name} gets the {turns} of {one.speaker.name}. Undo brings them back."
        )
        note.setObjectName("sameNameSentence")
        for label in (what, note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        merge = button("sameNameMergeButton", "Merge", self._merge, kind="primary")
        merge.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        row.addWidget(button("sameNameCancelButton", "Cancel", self.reject))
        row.addWidget(button("sameNameKeepButton", "Keep both", self._keep))
        row.addWidget(merge)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(what)
        column.addWidget(note)
        column.addLayout(row)
        self.setMinimumWidth(420)
        merge.setFocus()

    def _merge(self) -> None:
        self.accept()
        self.merge_requested.emit()

    def _keep(self) -> None:
        self.accept()
        self.keep_requested.emit()
