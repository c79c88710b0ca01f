"""The left side of the export dialog: the formats in their groups, to be ticked. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QScrollArea, QWidget

from studio.formats import Format
from studio.ui.widgets.focus_group import FocusGroup

from .export_rules import scroll_plainly, section

_WIDTH = 292


class FormatList(QScrollArea):
    changed = Signal()

    def __init__(self, formats: Sequence[Format], parent: QWidget) -> None:
        super().__init__(parent)
        self._boxes: dict[str, QCheckBox] = {}
        inner = QWidget(self)
        grid = QGridLayout(inner)
        grid.setContentsMargins(16, 14, 16, 14)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        for group, members in groupby(formats, key=lambda f: f.group):
            grid.addWidget(section(group, inner), grid.rowCount(), 0, 1, 2)
            for format in members:
                note = QLabel(format.suffix, inner)
                note.setProperty("role", "note")
                row = grid.rowCount()
                grid.addWidget(self._box(format), row, 0)
                grid.addWidget(note, row, 1, Qt.AlignmentFlag.AlignRight)
            grid.setRowMinimumHeight(grid.rowCount(), 8)
        hint = QLabel("&Tick as many as you need.", inner)
        hint.setProperty("role", "note")
        hint.setBuddy(next(iter(self._boxes.values())))
        self._group = FocusGroup(list(self._boxes.values()), self)
        grid.setRowStretch(grid.rowCount(), 1)
        grid.addWidget(hint, grid.rowCount(), 0, 1, 2)
        self.setObjectName("exportFormats")
        scroll_plainly(self, inner, _WIDTH)

    def chosen(self) -> list[str]:
        """Ids of the formats that are ticked."""
        return [id for id, box in self._boxes.items() if box.isChecked()]

    def set_chosen(self, formats: Sequence[str]) -> None:
        for id, box in self._boxes.items():
            box.setChecked(id in formats)

    def fields(self) -> list[QWidget]:
        """In the order of the tab key."""
        return [*self._boxes.values()]

    def first(self) -> QWidget:
        """Where the tab key comes in."""
        return self._group.stop

    def _box(self, format: Format) -> QCheckBox:
        box = QCheckBox(format.title, self)
        box.setObjectName(f"format_{format.id}")
        box.setAccessibleName(f"Write {format.title}")
        box.setChecked(not self._boxes)
        box.toggled.connect(self.changed)
        self._boxes[format.id] = box
        return box
