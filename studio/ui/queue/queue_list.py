"""The list inside the queue panel and the queue page. Runs on the window's thread.

A one-column table rather than a list view: a table keeps row heights by itself, also when rows change places, so that
one job's progress does not measure 10,000 rows again.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from studio.core.jobs import Job
from studio.ui import theme
from studio.ui.models.queue_model import JOB_MIME, Index, QueueModel, QueueRole

from .row_delegate import RowDelegate


class QueueList(QTableView):
    """Tells what the user points at and presses; the panel around gives it a meaning."""

    activated_job = Signal(int)  # clicked (or double clicked, where a click only selects), or Enter
    action_pressed = Signal(str, int)  # a button in the row of a job, by the delegate's name for it
    key_pressed = Signal(int)  # a Qt.Key that is a shortcut of the panel
    menu_wanted = Signal(QPoint)  # global

    SHORTCUTS = (Qt.Key.Key_Delete, Qt.Key.Key_R, Qt.Key.Key_P, Qt.Key.Key_C, Qt.Key.Key_D)

    def __init__(
        self, model: QueueModel, look: type[RowDelegate], name: str, opens_on_click: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._delegate = look(self)
        self._opens_on_click = opens_on_click
        self._pressed = QPoint()
        self._on_button = False  # pressed on one in a row, which leaves the selection alone
        self.setObjectName(name)
        self.setAccessibleName("Queue and library")
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._dress()
        model.modelReset.connect(self._size_all)
        model.rowsInserted.connect(lambda _, first, last: self._size(first, last))
        model.dataChanged.connect(lambda first, last: self._size(first.row(), last.row()))
        theme.current().changed.connect(self.viewport().update)
        self._size_all()

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        # The panel shows through, and the delegate alone paints what is selected.
        self.setStyleSheet("QTableView { background: transparent; selection-background-color: transparent; }")
        columns, rows = self.horizontalHeader(), self.verticalHeader()
        columns.hide()
        columns.setStretchLastSection(True)
        rows.hide()
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self._delegate.plain_height)

    def selected_jobs(self) -> list[Job]:
        """In the order shown."""
        indexes = sorted(self.selectionModel().selectedRows(), key=lambda i: i.row())
        return [job for index in indexes if (job := self._model.job_at(index))]

    # Heights

    def _size_all(self) -> None:
        self._size(0, self._model.rowCount() - 1)

    def _size(self, first: int, last: int) -> None:
        width = self.viewport().width()
        for row in range(first, last + 1):
            height = self._delegate.row_height(self._model.index(row), width)
            if height != self.rowHeight(row):
                self.setRowHeight(row, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._size(0, self._model.last_sentence())  # nothing else wraps

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        for row in {current.row(), previous.row()}:
            if 0 <= row < self._model.rowCount():  # some looks show more of the current job
                self._size(row, row)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        self._on_button = event.button() == Qt.MouseButton.LeftButton and bool(self._action_at(self._pressed))
        if not self._on_button:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        self._on_button = event.button() == Qt.MouseButton.LeftButton and bool(self._action_at(self._pressed))
        job = self._model.job_at(self.indexAt(self._pressed))
        if job and not self._opens_on_click and not self._on_button:
            self.activated_job.emit(job.id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._on_button:
            super().mouseReleaseEvent(event)
        by_button, self._on_button = self._on_button, False
        point = event.position().toPoint()
        index = self.indexAt(point)
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if not (plain and index.isValid() and index == self.indexAt(self._pressed)):
            return
        job, action = self._model.job_at(index), self._action_at(point)
        if job and by_button:
            if action == self._action_at(self._pressed):
                self._press(action, index, job, point)
        elif job is None or self._opens_on_click:
            self._choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._on_button:
            super().mouseMoveEvent(event)
        self._point_at(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def _point_at(self, point: QPoint | None) -> None:
        for place in (self._delegate.mouse, point):
            if place is not None:
                self.viewport().update(self.visualRect(self.indexAt(place)))
        self._delegate.mouse = point

    def _action_at(self, point: QPoint) -> str:
        index = self.indexAt(point)
        return self._delegate.action_at(self.visualRect(index), index, point) if self._model.job_at(index) else ""

    def _press(self, action: str, index: QModelIndex, job: Job, point: QPoint) -> None:
        selection, flag = self.selectionModel(), QItemSelectionModel.SelectionFlag
        match action:
            case "check":
                selection.select(index, flag.Toggle)
            case "menu":
                if not selection.isSelected(index):
                    selection.setCurrentIndex(index, flag.ClearAndSelect)
                self.menu_wanted.emit(self.viewport().mapToGlobal(point))
            case _:
                self.action_pressed.emit(action, job.id)

    def _choose(self, index: QModelIndex) -> None:
        job = self._model.job_at(index)
        if job is not None:
            self.activated_job.emit(job.id)
        elif index.isValid():
            self._model.toggle_section(index.data(QueueRole.SECTION))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._choose(self.currentIndex())
        elif key in self.SHORTCUTS and plain:
            self.key_pressed.emit(key)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and plain:
            self._go_to_end(last=key == Qt.Key.Key_End)
        else:
            super().keyPressEvent(event)

    def _go_to_end(self, last: bool) -> None:
        """To the first or last recording; a table would stay in the row, and a header cannot be selected."""
        rows = range(self._model.rowCount())
        indexes = map(self._model.index, reversed(rows) if last else rows)
        found = next(filter(self._model.job_at, indexes), None)
        if found is not None:
            self.setCurrentIndex(found)
            (self.scrollToBottom if last else self.scrollToTop)()  # headers at the ends are seen, too

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        where = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            where = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        self.menu_wanted.emit(where)

    # Dragging: jobs stay inside, files belong to the panel around

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(JOB_MIME):
            super().dragEnterEvent(event)
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(JOB_MIME):
            super().dragMoveEvent(event)
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        if event.mimeData().hasFormat(JOB_MIME):
            super().dropEvent(event)
        else:
            event.ignore()

    def scroll_to(self, index: Index) -> None:
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
