"""The list of passages side by side. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from studio.ui import theme

from .passage_delegate import PassageDelegate
from .passages import PassagesModel


class PassageList(QListView):
    keep_wanted = Signal(object, object)  # Keep, indexes of the differences meant
    play_wanted = Signal()
    typing_wanted = Signal()
    current_moved = Signal()
    width_changed = Signal(int)  # of the rows

    def __init__(self, model: PassagesModel, decides: bool = True, parent: QWidget | None = None) -> None:
        """`decides`: words and buttons can be pressed; else the list only shows."""
        super().__init__(parent)
        self._passages = model
        self._hovered = -1, ""  # the row and button under the mouse
        self._placed = True  # what is current has been scrolled to
        self.setObjectName("passageList")
        self.setAccessibleName("Passages of both transcripts")
        if decides:
            self.setAccessibleDescription("Click a word to keep just that word")
        self.setModel(model)
        self.delegate = PassageDelegate(model, decides, self)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else showing it changes every height
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.verticalScrollBar().setSingleStep(24)
        self.selectionModel().currentChanged.connect(lambda *_: self.current_moved.emit())
        theme.current().changed.connect(self.viewport().update)

    @property
    def current_row(self) -> int:
        return self.currentIndex().row()

    def go_to(self, row: int) -> None:
        """Make a row the current one, and show it with something before it."""
        index = self._passages.index(row)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        place, shown = self.visualRect(index), self.viewport().rect()
        if place.top() < shown.top() or place.bottom() > shown.bottom():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + place.top() - self.viewport().height() // 4)

    def begin_at(self, row: int) -> None:
        """Start with this row, in a list that was filled anew."""
        self.verticalScrollBar().setValue(0)
        self._placed = self.isVisible()
        self.go_to(row)

    def showEvent(self, event: QShowEvent) -> None:
        """Only now it is known how much there is room for."""
        super().showEvent(event)
        if not self._placed and self.current_row >= 0:
            self.doItemsLayout()
            self.begin_at(self.current_row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid() or index.row() != self.current_row:
            return
        row = self._passages.row(index.row())
        if row.same:
            self._passages.toggle_fold(index.row())
            return
        keep, difference = self.delegate.hit(self.visualRect(index), row, event.position().toPoint())
        if keep is not None:
            all_of_it = [d.index for d in self._passages.passages[row.first].differences]
            self.keep_wanted.emit(keep, [difference] if difference >= 0 else all_of_it)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, point: QPoint | None) -> None:
        row, over, pressable = -1, False, ""
        index = self.indexAt(point) if point is not None else QModelIndex()
        if point is not None and index.isValid():
            row = index.row()
            what = self._passages.row(row)
            keep, difference = self.delegate.hit(self.visualRect(index), what, point)
            over = bool(what.same) or keep is not None
            pressable = keep.value if keep is not None and difference < 0 else ""
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        if (row, pressable) != self._hovered:
            self._hovered = row, pressable
            self.delegate.mouse = point
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._passages.row(self.current_row) if self.current_row >= 0 else None
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if row and row.same and (enter or event.key() == Qt.Key.Key_Space):
            self._passages.toggle_fold(self.current_row)
        elif enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.typing_wanted.emit()
        elif event.key() == Qt.Key.Key_Space:
            self.play_wanted.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Tab plays here, as in the editors; F6 leaves.
        tab = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab and not event.modifiers()
        if tab and event.type() == QEvent.Type.KeyPress:
            self.play_wanted.emit()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.width_changed.emit(self.viewport().width())
