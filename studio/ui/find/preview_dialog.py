"""A look at what a tool would do to the text before it does it, with a tick each. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from studio.core.edits import Edit
from studio.core.wording import part
from studio.ui.dialogs.buttons import button
from studio.ui.models.wording import counted

from .changes import ChangeDelegate, ChangesModel, Column

Make = Callable[[bool], Edit | None]  # for the selected passages only, or for all


class PreviewDialog(QDialog):
    """`accepted_edit` gives the ticked part of what `make` made. Frees itself when it is closed.

    `controls` are settings of the tool; call `refresh` when they change.
    """

    accepted_edit = Signal(object)  # Edit

    def __init__(
        self, title: str, note: str, make: Make, selected: int, controls: QWidget | None, parent: QWidget
    ) -> None:
        """`selected`: how many passages are selected; from two on the tool may be kept to them."""
        super().__init__(parent)
        self.setObjectName("previewDialog")
        self.setAccessibleName(title)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make = make
        self._edit: Edit | None = None
        self.model = ChangesModel(self)
        self.list = _ChangeList(self.model)
        self._none = QLabel("Nothing to change: the text is so already.")
        self._none.setObjectName("previewNothing")
        self._none.setProperty("role", "muted")
        self._scope = QCheckBox(f"Only the {selected} selected passages")
        self._scope.setObjectName("previewScopeBox")
        self._scope.setAccessibleName(self._scope.text())
        self._scope.setVisible(selected > 1)
        self._scope.toggled.connect(self.refresh)
        self._ticks = (
            button("previewAllButton", "Tick all", lambda: self._tick_all(True)),
            button("previewNoneButton", "Tick none", lambda: self._tick_all(False)),
        )
        self._apply = button("previewApplyButton", "Apply", self._accept, kind="primary")
        self._apply.setDefault(True)
        self._arrange(note, controls)
        self.model.ticks_changed.connect(self._offer)
        self.resize(880, 560)
        self.refresh()
        (self.list if self._edit or controls is None else controls).setFocus()

    def _arrange(self, note: str, controls: QWidget | None) -> None:
        explained = QLabel(note)
        explained.setProperty("role", "note")
        explained.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(explained)
        if controls:
            column.addWidget(controls)
        column.addWidget(self._scope)
        column.addWidget(self.list, 1)
        column.addWidget(self._none, 1, Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        for tick in self._ticks:
            row.addWidget(tick)
        row.addStretch()
        row.addWidget(button("previewCancelButton", "Cancel", self.reject))
        row.addWidget(self._apply)
        column.addLayout(row)

    def refresh(self) -> None:
        """Ask the tool afresh what it would do."""
        self._edit = self._make(self._scope.isChecked())
        self.model.set_edit(self._edit)
        there = self.model.rowCount() > 0
        self.list.setVisible(there)
        self._none.setVisible(not there)
        for tick in self._ticks:
            tick.setEnabled(there)
        if there:
            self.list.setCurrentIndex(self.model.index(0, 0))

    def _tick_all(self, on: bool) -> None:
        self.model.tick(list(range(self.model.rowCount())), on)

    def _offer(self) -> None:
        count = len(self.model.ticked())
        self._apply.setEnabled(count > 0)
        self._apply.setText(f"Apply {counted(count, 'change', 'changes')}" if count else "Apply")
        self._apply.setAccessibleName(self._apply.text())

    def _accept(self) -> None:
        assert self._edit is not None
        self.accepted_edit.emit(part(self._edit, self.model.ticked()))
        self.accept()


class _ChangeList(QTreeView):
    """Space ticks the selected lines."""

    def __init__(self, model: ChangesModel) -> None:
        super().__init__()
        self._model = model
        self.setObjectName("previewList")
        self.setAccessibleName("Changes")
        self.setModel(model)
        self.setItemDelegate(ChangeDelegate(self))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(Column.TIME, QHeaderView.ResizeMode.Fixed)
        self.header().resizeSection(Column.TIME, 104)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        if event.key() == Qt.Key.Key_Space and rows:
            self._model.tick(rows, not all(map(self._model.is_ticked, rows)))
        else:
            super().keyPressEvent(event)
