"""Which two speakers are one person. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.ui.models.transcript_model import SpeakerShare
from studio.ui.models.wording import counted


class MergeDialog(QDialog):
    """Begins with the one who says least going into the one who says most. Frees itself when it is closed."""

    chosen = Signal(str, str)  # speaker id, into

    def __init__(self, shares: list[SpeakerShare], parent: QWidget) -> None:
        super().__init__(parent)
        self._shares = {share.speaker.id: share for share in shares}
        self.setObjectName("mergeDialog")
        self.setAccessibleName("Merge two speakers")
        self.setWindowTitle("Merge two speakers")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._from, self._into = self._choice("mergeFromBox", "Merge"), self._choice("mergeIntoBox", "into")
        grid = QGridLayout()
        for row, (text, box) in enumerate((("&Merge", self._from), ("&into", self._into))):
            label = QLabel(text)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        grid.setColumnStretch(1, 1)
        self._says = QLabel()
        self._says.setObjectName("mergeSentence")
        self._says.setProperty("role", "note")
        self._says.setWordWrap(True)
        roles = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(roles.Ok | roles.Cancel)
        self._ok = buttons.button(roles.Ok)
        self._ok.setText("Merge")
        self._ok.setObjectName("mergeOkButton")
        self._ok.setProperty("kind", "primary")
        buttons.button(roles.Cancel).setObjectName("mergeCancelButton")
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addWidget(self._says)
        column.addWidget(buttons)
        self.setMinimumWidth(380)
        least, most = min(shares, key=lambda s: s.talk), max(reversed(shares), key=lambda s: s.talk)
        self._from.setCurrentIndex(self._from.findData(least.speaker.id))
        self._into.setCurrentIndex(self._into.findData(most.speaker.id))
        for box in (self._from, self._into):
            box.currentIndexChanged.connect(self._tell)
        self._tell()

    def _choice(self, name: str, label: str) -> QComboBox:
        box = QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(label)
        for share in self._shares.values():
            box.addItem(share.speaker.name, share.speaker.id)
        return box

    def _tell(self) -> None:
        one, other = self._shares[self._from.currentData()], self._shares[self._into.currentData()]
        self._ok.setEnabled(one is not other)
        if one is other:
            self._says.setText("Choose two different speakers.")
        else:
            turns = counted(one.turns, "turn", "turns")
            self._says.setText(f"{other.speaker.name} gets the {turns} of {one.speaker.name}. Undo brings them back.")

    def _accept(self) -> None:
        self.chosen.emit(self._from.currentData(), self._into.currentData())
        self.accept()
