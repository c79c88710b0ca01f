"""Names as they are to be written: a table to fill. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.core.glossary import Entry, parse
from studio.ui.dialogs.buttons import button

_NOTE = (
    "Names and terms as they are to be written, and what recognition makes of them, with commas between. "
    "“Also similar” takes capitalised words that only sound like the name, too; you see each change first."
)
_WRITTEN, _HEARD, _SIMILAR = range(3)


class GlossaryDialog(QDialog):
    """Tells of wishes by signals. Frees itself when it is closed."""

    saved = Signal(object)  # tuple[Entry, ...]
    apply_requested = Signal()  # after `saved`
    import_requested = Signal()
    export_requested = Signal()

    def __init__(self, entries: Sequence[Entry], can_apply: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("glossaryDialog")
        self.setAccessibleName("Glossary")
        self.setWindowTitle("Glossary")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = QTableWidget(0, 3)
        self.table.setObjectName("glossaryTable")
        self.table.setAccessibleName("Names")
        self.table.setHorizontalHeaderLabels(["Written as", "Also heard as", "Also similar"])
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(True)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(_WRITTEN, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_HEARD, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_SIMILAR, QHeaderView.ResizeMode.ResizeToContents)
        self.table.setShowGrid(False)
        self.table.itemSelectionChanged.connect(self._offer)
        self._remove = button("removeNameButton", "Remove", self._remove_rows)
        self._apply = button("applyGlossaryButton", "Save and apply …", self._save_and_apply)
        self._apply.setEnabled(can_apply)
        self._apply.setToolTip("" if can_apply else "Open a recording that has text first.")
        self._save = button("saveGlossaryButton", "Save", self._save_all, kind="primary")
        self._arrange()
        self.resize(640, 420)
        self.show_entries(entries)

    def _arrange(self) -> None:
        note = QLabel(_NOTE)
        note.setProperty("role", "note")
        note.setWordWrap(True)
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(button("addNameButton", "Add a name", self._add))
        above.addWidget(self._remove)
        above.addStretch()
        above.addWidget(button("importGlossaryButton", "Import …", self.import_requested.emit))
        above.addWidget(button("exportGlossaryButton", "Export …", self.export_requested.emit))
        below.addStretch()
        below.addWidget(button("cancelGlossaryButton", "Cancel", self.reject))
        below.addWidget(self._apply)
        below.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(note)
        column.addLayout(above)
        column.addWidget(self.table, 1)
        column.addLayout(below)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        self.table.setRowCount(0)
        for entry in entries:
            self._add_row(entry)
        self._offer()

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Those that were imported; a name that is there already gets the new variants, too."""
        known = {e.written: e for e in self.entries()}
        for entry in entries:
            old = known.get(entry.written, Entry(entry.written))
            heard = tuple(dict.fromkeys(old.heard + entry.heard))
            known[entry.written] = Entry(entry.written, heard, old.similar or entry.similar)
        self.show_entries(tuple(known.values()))

    def entries(self) -> tuple[Entry, ...]:
        """What stands in the table; lines without a name are passed over."""
        found: list[Entry] = []
        for row in range(self.table.rowCount()):
            written, heard, similar = (self.table.item(row, column) for column in (_WRITTEN, _HEARD, _SIMILAR))
            if written and heard and similar:
                mark = "~" if similar.checkState() == Qt.CheckState.Checked else ""
                found += parse(f"{mark}{written.text().replace(':', ' ').lstrip('~# ')}: {heard.text()}")
        return tuple(found)

    def _add_row(self, entry: Entry) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self.table.setItem(row, _WRITTEN, QTableWidgetItem(entry.written))
        self.table.setItem(row, _HEARD, QTableWidgetItem(", ".join(entry.heard)))
        box = QTableWidgetItem()
        box.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        box.setCheckState(Qt.CheckState.Checked if entry.similar else Qt.CheckState.Unchecked)
        box.setData(Qt.ItemDataRole.AccessibleTextRole, "Also similar")
        self.table.setItem(row, _SIMILAR, box)

    def _add(self) -> None:
        self._add_row(Entry(""))
        self.table.setCurrentCell(self.table.rowCount() - 1, _WRITTEN)
        self.table.editItem(self.table.currentItem())

    def _remove_rows(self) -> None:
        for row in sorted({index.row() for index in self.table.selectedIndexes()}, reverse=True):
            self.table.removeRow(row)

    def _offer(self) -> None:
        self._remove.setEnabled(bool(self.table.selectedIndexes()))

    def _save_all(self) -> None:
        self._save.setFocus()  # a cell that is being typed in is done
        self.saved.emit(self.entries())
        self.accept()

    def _save_and_apply(self) -> None:
        self._save_all()
        self.apply_requested.emit()
