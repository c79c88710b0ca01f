"""All repairs at once, as they would be, before they are made. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.core.edits import Edit
from studio.core.transcript import Speaker
from studio.ui.models.wording import counted

from .before_after import BeforeAfterList
from .buttons import button


class RepairDialog(QDialog):
    """`accepted` tells that they shall be made."""

    def __init__(
        self, edit: Edit, wanted: int, left: int, speakers: Sequence[Speaker], parent: QWidget | None = None
    ) -> None:
        """`wanted`: problems that were to be repaired; `left`: of them, what the edit does not repair."""
        super().__init__(parent)
        self.setObjectName("repairDialog")
        self.setWindowTitle("Repair all")
        self.setAccessibleName("Repair all")
        problems = counted(wanted, "problem", "problems")
        outcome = QLabel(f"{wanted - left} of {problems} can be repaired" + (f", {left} left to look at." * (left > 0)))
        outcome.setObjectName("repairOutcome")
        outcome.setProperty("role", "heading")
        outcome.setWordWrap(True)
        self.preview = BeforeAfterList("repairPreview", "As it is", "Repaired")
        self.preview.setProperty("role", "card")
        self.preview.set_edit(edit, speakers)
        note = QLabel("Nothing changes until you press Repair; Undo takes it back in one step.")
        note.setProperty("role", "note")
        repair = button("repairApplyButton", f"Repair {wanted - left}", self.accept, kind="primary")
        repair.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(note, 1)
        buttons.addWidget(button("repairCancelButton", "Cancel", self.reject))
        buttons.addWidget(repair)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(12)
        column.addWidget(outcome)
        column.addWidget(self.preview, 1)
        column.addLayout(buttons)
        self.preview.list.setFocus()
        room = parent.size() - QSize(40, 40) if parent else QSize(900, 640)
        self.resize(room.boundedTo(QSize(900, 640)))
