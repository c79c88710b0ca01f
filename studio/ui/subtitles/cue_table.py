"""The table of cues as subtitles. Runs on the window's thread."""

from __future__ import annotations

from enum import IntEnum
from functools import partial

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.ui.models.cue_model import Column, CueModel

from .cue_delegate import CueDelegate
from .rows_table import RowsTable

_WIDTHS: dict[IntEnum, int] = {
    Column.NUMBER: 60,
    Column.START: 92,
    Column.END: 92,
    Column.SECONDS: 62,
    Column.WHO: 116,
    Column.SPEED: 64,
    Column.WIDTH: 56,
}
_WHO_NARROW, _NARROW = 42, 820  # pixels: where the table is narrower, only the chip says who


class CueTable(RowsTable):
    def __init__(self, model: CueModel, parent: QWidget | None = None) -> None:
        super().__init__(model, partial(CueDelegate, model), parent)
        self.setObjectName("cueTable")
        self.setAccessibleName("Cues")
        self.setAccessibleDescription("Enter goes to the text of the cue, Space plays")
        self.set_widths(_WIDTHS, Column.TEXT)
        model.findings.swept.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        who = _WIDTHS[Column.WHO] if self.width() >= _NARROW else _WHO_NARROW
        if self.columnWidth(Column.WHO) != who:
            self.setColumnWidth(Column.WHO, who)
        super().resizeEvent(event)
