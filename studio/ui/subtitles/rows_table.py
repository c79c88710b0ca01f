"""What tables of cues have in common: the shared selection, following, keys. Runs on the window's thread.

All rows are equally high, so that twenty thousand open as quickly as twenty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import IntEnum

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from studio.ui import theme
from studio.ui.models.cue_rows import CueRows

from .row_delegate import RowDelegate, line_height

_SCROLL_KEYS = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class RowsTable(QTableView):
    rows_selected = Signal(list, int)  # segment ids, the current one
    seek_requested = Signal(int)  # milliseconds
    typing_wanted = Signal()
    play_requested = Signal()
    stop_requested = Signal()
    following_changed = Signal(bool)

    def __init__(
        self, model: CueRows, delegate: Callable[[QTableView], RowDelegate], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._cues = model
        self._showing = False  # what others selected is being shown
        self.following = True
        self.setProperty("ring", True)
        self.setModel(model)
        self.delegate = delegate(self)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # the window behind need not be painted
        self._dress_header()
        self.set_lines(2)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.verticalScrollBar().actionTriggered.connect(lambda _: self.set_following(False))
        theme.current().changed.connect(self.viewport().update)

    def _dress_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setAccessibleName("Columns of the cues")
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def set_widths(self, widths: Mapping[IntEnum, int], stretched: int) -> None:
        """Of the columns in pixels; one takes the rest."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        for column, width in widths.items():
            header.resizeSection(column, width)

    def set_lines(self, most: int, tight: bool = False) -> None:
        """How many lines of text a row has room for."""
        self.delegate.lines = max(most, 1)
        self.delegate.height = line_height(tight)
        height = self.delegate.lines * self.delegate.height + (2 if tight else 9)
        self.horizontalHeader().setFixedHeight(24 if tight else 27)
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalScrollBar().setSingleStep(height)

    # Selection

    def selected_rows(self) -> list[int]:
        chosen = self.selectionModel().selection()  # ranges of whole rows; selectedRows() asks for every cell
        ranges = map(chosen.at, range(chosen.count()))
        return sorted({row for some in ranges for row in range(some.top(), some.bottom() + 1)})

    def select_ids(self, ids: Collection[int], current: int | None) -> None:
        """Show what others selected, and bring the current one into view."""
        row_of, model = self._cues.transcript.row_of, self.selectionModel()
        rows = sorted(row for row in map(row_of, ids) if row >= 0)
        row = row_of(current) if current is not None else -1
        if rows == self.selected_rows() and row == self.currentIndex().row():
            return
        self._showing = True
        try:
            if row >= 0:
                model.setCurrentIndex(self._cues.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
            model.select(self._ranges(rows), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        finally:
            self._showing = False
        if row >= 0:
            self.scrollTo(self._cues.index(row, 0))

    def _ranges(self, rows: Sequence[int]) -> QItemSelection:
        made, last = QItemSelection(), self._cues.columnCount() - 1
        first = 0
        for place in range(1, len(rows) + 1):
            if place == len(rows) or rows[place] != rows[place - 1] + 1:
                top, bottom = self._cues.index(rows[first], 0), self._cues.index(rows[place - 1], last)
                made.select(top, bottom)
                first = place
        return made

    def _on_current(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Qt paints two cells anew, and the mark of the current row is in another."""
        for row in (current.row(), previous.row()):
            self.viewport().update(self._row_rect(row))
        self._tell_selection()

    def _tell_selection(self, *_: object) -> None:
        rows = self.selected_rows()
        if self._showing or not rows:
            return
        segments, current = self._cues.transcript.segments(), self.currentIndex().row()
        current = current if current in rows else rows[-1]
        self.rows_selected.emit([segments[row].id for row in rows], segments[current].id)

    # Following

    def set_playing_row(self, row: int) -> None:
        """The cue that is heard; it is marked, and never selected by that."""
        if row == self.delegate.playing:
            return
        for changed in (self.delegate.playing, row):
            if 0 <= changed < self._cues.rowCount():
                self.viewport().update(self._row_rect(changed))
        self.delegate.playing = row
        self.keep_up()

    def set_following(self, on: bool) -> None:
        if on != self.following:
            self.following = on
            self.following_changed.emit(on)
        self.keep_up()

    def keep_up(self) -> None:
        """Bring the row that is heard into view, a third from the top, unless it is."""
        row = self.delegate.playing
        if not self.following or not 0 <= row < self._cues.rowCount() or not self.isVisible():
            return
        place, room = self._row_rect(row), self.viewport().height()
        if place.top() < 0 or place.bottom() > room:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + place.top() - room // 3)

    def _row_rect(self, row: int) -> QRect:
        place = self.visualRect(self._cues.index(row, 0))
        place.setLeft(0)
        place.setRight(self.viewport().width())
        return place

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What takes room from the table does not hide the current row."""
        super().resizeEvent(event)
        place = self._row_rect(self.currentIndex().row())
        if place.isValid() and self.viewport().height() < place.bottom() + 1 <= event.oldSize().height():
            self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), theme.current().color("surface"))
        super().paintEvent(event)

    # Mouse and keys

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.seek_requested.emit(self._cues.transcript.segment(index.row()).start)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_following(False)
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers():
                self.typing_wanted.emit()
            case Qt.Key.Key_Space:
                self.play_requested.emit()
            case Qt.Key.Key_Escape:
                self.stop_requested.emit()
                self.typing_wanted.emit()
            case _:
                if event.key() in _SCROLL_KEYS:
                    self.set_following(False)
                super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that are commands of the window are not the table's."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.ignore()
            return False
        return super().event(event)
