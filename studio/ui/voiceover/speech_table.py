"""The table of the voice-over. Runs on the window's thread."""

from __future__ import annotations

from enum import IntEnum
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.ui.models.speech_model import Column, SpeechModel
from studio.ui.subtitles.rows_table import RowsTable

from .speech_delegate import SpeechDelegate

_WIDTHS: dict[IntEnum, int] = {
    Column.NUMBER: 60,
    Column.START: 92,
    Column.WHO: 150,
    Column.LENGTH: 70,
    Column.OVER: 136,
    Column.HANDLED: 156,
}
_WHO_NARROW, _NARROW = 42, 820  # pixels: where the table is narrower, only the chip says who
_TIGHT, _TIGHT_HANDLED = 680, 104


class SpeechTable(RowsTable):
    hear_requested = Signal()  # the selected cues, as far as one
    menu_requested = Signal(QPoint)  # global place

    def __init__(self, model: SpeechModel, parent: QWidget | None = None) -> None:
        super().__init__(model, partial(SpeechDelegate, model), parent)
        self.setObjectName("speechTable")
        self.setAccessibleName("Voice-over")
        self.setAccessibleDescription("Enter plays the cue, Space plays on, the menu key shows what can be done")
        self.set_widths(_WIDTHS, Column.TEXT)
        self.typing_wanted.connect(self.hear_requested)  # what Enter means here

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.stop_requested.emit()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.menu_requested.emit(event.globalPos())
        else:
            place = self.visualRect(self.currentIndex())
            self.menu_requested.emit(self.viewport().mapToGlobal(QPoint(24, place.bottom())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        who = _WIDTHS[Column.WHO] if self.width() >= _NARROW else _WHO_NARROW
        handled = _WIDTHS[Column.HANDLED] if self.width() >= _TIGHT else _TIGHT_HANDLED
        if (self.columnWidth(Column.WHO), self.columnWidth(Column.HANDLED)) != (who, handled):
            self.setColumnWidth(Column.WHO, who)
            self.setColumnWidth(Column.HANDLED, handled)
        super().resizeEvent(event)
