"""The table of cues as subtitles. Runs on the window's thread."""

from __future__ import annotations

from enum import IntEnum
from functools import partial
from math import ceil

from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.ui import theme
from studio.ui.models.cue_model import Column, CueModel
from studio.ui.models.wording import time_code

from .cue_delegate import SIGNED, CueDelegate
from .row_delegate import PAD
from .rows_table import RowsTable

_WIDTHS: dict[IntEnum, int] = {
    Column.NUMBER: 60,
    Column.SECONDS: 78,
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
        self._digits = 0  # of the longest time
        self._fit_times()
        for changed in (model.modelReset, model.rowsInserted, model.dataChanged):
            changed.connect(self._fit_times)
        model.findings.swept.connect(self.viewport().update)

    def _fit_times(self) -> None:
        """Times of more than an hour need more room."""
        segments = self._cues.transcript.segments()
        longest = time_code(segments[-1].end if segments else 0)
        if len(longest) != self._digits:
            self._digits = len(longest)
            width = ceil(QFontMetricsF(theme.font(theme.BODY, theme.SEMIBOLD)).horizontalAdvance(longest)) + 2 * PAD
            self.setColumnWidth(Column.START, width + SIGNED)
            self.setColumnWidth(Column.END, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        who = _WIDTHS[Column.WHO] if self.width() >= _NARROW else _WHO_NARROW
        if self.columnWidth(Column.WHO) != who:
            self.setColumnWidth(Column.WHO, who)
        super().resizeEvent(event)
