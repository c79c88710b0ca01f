"""Replacing words in all transcripts: what would change in which recording. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.core.jobs import Job
from studio.core.replace import Query
from studio.services.library_replace import Replacement
from studio.ui import theme
from studio.ui.models.wording import counted

from .before_after import BeforeAfterList
from .buttons import button

_PAUSE = 300  # milliseconds without a key before it is looked what would change
_FIRST = "Type what to replace. Nothing is changed before you press Replace."


class LibraryReplaceDialog(QDialog):
    """Frees itself when it is closed."""

    look_requested = Signal(object, str)  # Query, replacement
    look_given_up = Signal()  # what is still found is of other words
    replace_requested = Signal(object, object, str)  # list[Job], Query, replacement

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("libraryReplaceDialog")
        self.setAccessibleName("Replace in all transcripts")
        self.setWindowTitle("Replace in all transcripts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._found: list[Replacement] = []
        self._looked: tuple[Query, str] = (Query(""), "")  # that everything in `_found` was found by
        self.words = self._field("libraryReplaceField", "Find", words)
        self.replacement = self._field("libraryReplacementField", "Replace by", "")
        self._case = self._box("libraryCaseBox", "Match case", True)
        self._whole = self._box("libraryWholeWordBox", "Whole words", True)
        self._regex = self._box("libraryRegexBox", "Regular expression", False)
        self._regex.setToolTip("In the replacement $1 is the first group")
        self.list = QTreeWidget()
        self.list.setObjectName("libraryReplaceList")
        self.list.setAccessibleName("Recordings in which something would change")
        self.list.setHeaderLabels(["Recording", "Passages"])
        self.list.setRootIsDecorated(False)
        self.list.setAllColumnsShowFocus(True)
        self.list.header().setStretchLastSection(False)
        self.list.header().resizeSection(1, 90)
        self.list.header().setSectionResizeMode(0, self.list.header().ResizeMode.Stretch)
        self.preview = BeforeAfterList("libraryReplacePreview")
        self.preview.setProperty("role", "card")
        self._note = QLabel(_FIRST)
        self._note.setObjectName("libraryReplaceNote")
        self._note.setProperty("role", "note")
        self._note.setWordWrap(True)
        self._replace = button("libraryReplaceApplyButton", "Replace", self._on_replace, "", "primary")
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE)
        self._soon.timeout.connect(self._look)
        self.list.itemChanged.connect(lambda *_: self._offer())
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self._arrange()
        self.resize(900, 600)
        self._offer()
        if words:
            self._soon.start()
            self.replacement.setFocus()

    def _field(self, name: str, title: str, text: str) -> QLineEdit:
        field = QLineEdit(text)
        field.setObjectName(name)
        field.setAccessibleName(title)
        field.textChanged.connect(lambda _: self._forget())
        return field

    def _box(self, name: str, title: str, on: bool) -> QCheckBox:
        box = QCheckBox(title)
        box.setObjectName(name)
        box.setAccessibleName(title)
        box.setChecked(on)
        box.toggled.connect(lambda _: self._forget())
        return box

    def _arrange(self) -> None:
        form = QFormLayout()
        form.addRow("Find", self.words)
        form.addRow("Replace by", self.replacement)
        boxes = QHBoxLayout()
        for box in (self._case, self._whole, self._regex):
            boxes.addWidget(box)
        boxes.addStretch()
        form.addRow("", boxes)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setObjectName("libraryReplaceSplitter")
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.list)
        parts.addWidget(self.preview)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(button("libraryTickAllButton", "Tick all", lambda: self._tick(Qt.CheckState.Checked)))
        row.addWidget(button("libraryTickNoneButton", "Tick none", lambda: self._tick(Qt.CheckState.Unchecked)))
        row.addStretch()
        row.addWidget(button("libraryReplaceCancelButton", "Cancel", self.reject))
        row.addWidget(self._replace)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(parts, 1)
        column.addWidget(self._note)
        column.addLayout(row)

    # What the desk tells

    def add_found(self, found: Replacement) -> None:
        """One more recording in which something would change."""
        self._found.append(found)
        item = QTreeWidgetItem([found.job.name, str(len(found.edit.before))])
        item.setCheckState(0, Qt.CheckState.Checked)
        item.setSizeHint(0, QSize(0, theme.CONTROL))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.list.addTopLevelItem(item)
        if len(self._found) == 1:
            self.list.setCurrentItem(item)

    def show_all_found(self) -> None:
        self._say(
            "Each transcript gets one step in its own history, which undo takes back there."
            if self._found
            else "No transcript has this in it."
        )
        self._offer()

    def show_problem(self, sentence: str) -> None:
        """It cannot be looked for, so nothing is to be replaced."""
        self._clear()
        self._say(sentence, "err")

    # Inside

    def _look(self) -> None:
        self._clear()
        self._looked = (
            Query(self.words.text(), self._case.isChecked(), self._whole.isChecked(), self._regex.isChecked()),
            self.replacement.text(),
        )
        if self._looked[0].text:
            self._say("Looking …")
            self.look_requested.emit(*self._looked)

    def _forget(self) -> None:
        """What was found is of other words, and so is what is still being found."""
        self.look_given_up.emit()
        self._clear()
        self._say(_FIRST)
        self._soon.start()

    def _clear(self) -> None:
        self._found.clear()
        self.list.clear()
        self._offer()

    def _say(self, text: str, role: str = "note") -> None:
        self._note.setText(text)
        self._note.setProperty("role", role)
        self._note.style().polish(self._note)

    def _tick(self, state: Qt.CheckState) -> None:
        for item in self._items():
            item.setCheckState(0, state)

    def _ticked(self) -> list[Job]:
        both = zip(self._items(), self._found, strict=False)
        return [found.job for item, found in both if item.checkState(0) == Qt.CheckState.Checked]

    def _items(self) -> list[QTreeWidgetItem]:
        items = map(self.list.topLevelItem, range(self.list.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _offer(self) -> None:
        count = len(self._ticked())
        self._replace.setEnabled(count > 0)
        text = f"Replace in {counted(count, 'recording', 'recordings')}" if count else "Replace"
        self._replace.setText(text)
        self._replace.setAccessibleName(text)

    def _show_current(self) -> None:
        row = self.list.currentIndex().row()
        self.preview.set_edit(self._found[row].edit if 0 <= row < len(self._found) else None)

    def _on_replace(self) -> None:
        jobs = self._ticked()
        self.accept()
        self.replace_requested.emit(jobs, *self._looked)
