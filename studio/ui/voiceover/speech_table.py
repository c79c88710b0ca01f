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
_NARROW = 820  # pixels: where the table is narrower, only the chip says who, and the text needs the room
_NARROW_WIDTHS: dict[IntEnum, int] = {Column.NUMBER: 44, Column.WHO: 42, Column.HANDLED: 136}
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
        narrow, tight = self.width() < _NARROW, self.width() < _TIGHT
        for column, width in _NARROW_WIDTHS.items():
            wanted = width if narrow else _WIDTHS[column]
            if tight and column is Column.HANDLED:
                wanted = _TIGHT_HANDLED
            if self.columnWidth(column) != wanted:
                self.setColumnWidth(column, wanted)
        super().resizeEvent(event)
