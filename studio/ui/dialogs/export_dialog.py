"""The export dialog: which formats, what goes in, where to. It writes nothing itself. Runs on the window's thread.

It stays open until its owner calls `accept()`: after `export_requested` the answer is one of `accept()`,
`set_conflicts(names)` or `set_failed(sentence)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.cues import CueRules
from studio.formats import WriteOptions
from studio.services.export import IfExists
from studio.ui import icons
from studio.ui.models.wording import counted

from .export_notice import ExportNotice
from .export_options import ExportRequest
from .export_preview import ExportPreview
from .export_rules import RulesForm

FormatChoice = tuple[str, str, str]  # id, title, suffix
Preview = Callable[[str, WriteOptions], str]

_IF_EXISTS = {"ask first": IfExists.REFUSE, "keep both": IfExists.KEEP_BOTH, "replace it": IfExists.REPLACE}
_FORBIDDEN = set('/\\:*?"<>|')


class ExportDialog(QDialog):
    """`formats`: what can be written; `preview(format_id, options)` gives the text to show, best of a part only."""

    export_requested = Signal(object)  # ExportRequest
    copy_requested = Signal(str, object)  # format id, WriteOptions: put the whole text on the clipboard

    def __init__(
        self,
        formats: Sequence[FormatChoice],
        folder: Path,
        stem: str,
        preview: Preview,
        rules: CueRules | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export transcript")
        self.setAccessibleName("Export transcript")
        self._formats = list(formats)
        self._folder = folder
        self._boxes = {id: self._format_box(id, title) for id, title, _ in self._formats}
        self._rules = RulesForm(rules or CueRules(), self)
        self._preview = ExportPreview(
            [(id, suffix) for id, _, suffix in self._formats], lambda id: preview(id, self._rules.options()), self
        )
        self._name = self._name_field(stem)
        self._wrong = QLabel(self)
        self._folder_button = self._make_folder_button()
        self._if_exists = QComboBox(self)
        self._files = QLabel(self)
        self._notice = ExportNotice(self)
        self._copy = QPushButton(icons.icon("copy"), "Copy to clipboard", self)
        self._cancel = QPushButton("Cancel", self)
        self._export = QPushButton(self)
        self._arrange()
        self._connect()
        self._set_tab_order()
        self._refresh()
        self._name.setFocus()

    # What the owner says

    def request(self, if_exists: IfExists | None = None) -> ExportRequest:
        """What is chosen now."""
        return ExportRequest(
            formats=tuple(self.chosen()),
            folder=self._folder,
            stem=self._name.text().strip(),
            options=self._rules.options(),
            if_exists=if_exists or _IF_EXISTS[self._if_exists.currentText()],
        )

    def chosen(self) -> list[str]:
        """Ids of the formats that are ticked."""
        return [id for id, box in self._boxes.items() if box.isChecked()]

    def set_chosen(self, formats: Sequence[str]) -> None:
        for id, box in self._boxes.items():
            box.setChecked(id in formats)

    def set_conflicts(self, names: list[str]) -> None:
        """These files are there already: ask what to do."""
        self._notice.ask(names)
        self._refresh(keep_notice=True)

    def set_failed(self, sentence: str) -> None:
        """Nothing was written, and why."""
        self._notice.fail(sentence)
        self._refresh(keep_notice=True)

    # Building

    def _format_box(self, id: str, title: str) -> QCheckBox:
        box = QCheckBox(title, self)
        box.setObjectName(f"format_{id}")
        box.setAccessibleName(f"Write {title}")
        box.setChecked(id == self._formats[0][0])
        return box

    def _name_field(self, stem: str) -> QLineEdit:
        field = QLineEdit(stem, self)
        field.setObjectName("exportNameField")
        field.setAccessibleName("File name without ending")
        field.setMaxLength(240)
        return field

    def _make_folder_button(self) -> QPushButton:
        button = QPushButton(icons.icon("folder"), "", self)
        button.setObjectName("exportFolderButton")
        button.setStyleSheet("QPushButton { text-align: left; }")
        return button

    def _arrange(self) -> None:
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self._format_list())
        upper.addWidget(_panel(self._rules))
        upper.addWidget(self._preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(_line(self))
        column.addWidget(_panel(self._target()))
        column.addWidget(_line(self))
        column.addLayout(self._buttons())
        self.resize(1040, 640)

    def _format_list(self) -> QWidget:
        side = QWidget(self)
        side.setFixedWidth(272)
        grid = QGridLayout(side)
        grid.setContentsMargins(16, 14, 16, 14)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        heading = QLabel("Formats", side)
        heading.setProperty("role", "section")
        grid.addWidget(heading, 0, 0)
        for row, (id, _, suffix) in enumerate(self._formats, 1):
            note = QLabel(suffix, side)
            note.setProperty("role", "note")
            grid.addWidget(self._boxes[id], row, 0)
            grid.addWidget(note, row, 1, Qt.AlignmentFlag.AlignRight)
        hint = QLabel("Tick as many as you need.", side)
        hint.setProperty("role", "note")
        grid.setRowStretch(len(self._formats) + 1, 1)
        grid.addWidget(hint, len(self._formats) + 2, 0, 1, 2)
        return side

    def _target(self) -> QWidget:
        target = QWidget(self)
        grid = QGridLayout(target)
        grid.setContentsMargins(18, 12, 18, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        name, folder = QLabel("File &name", target), QLabel("F&older", target)
        name.setBuddy(self._name)
        folder.setBuddy(self._folder_button)
        self._wrong.setObjectName("exportNameWrong")
        self._wrong.setProperty("role", "err")
        self._files.setObjectName("exportFiles")
        self._files.setProperty("role", "note")
        self._if_exists.setObjectName("ifThereBox")
        self._if_exists.setAccessibleName("If a file exists")
        self._if_exists.addItems(list(_IF_EXISTS))
        exists = QLabel("If a file exists:", target)
        exists.setProperty("role", "note")
        exists.setBuddy(self._if_exists)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._files, 1)
        below.addWidget(exists)
        below.addWidget(self._if_exists)
        grid.addWidget(name, 0, 0)
        grid.addWidget(self._name, 0, 1)
        grid.addWidget(folder, 0, 2)
        grid.addWidget(self._folder_button, 0, 3)
        grid.addWidget(self._wrong, 1, 1, 1, 3)
        grid.addLayout(below, 2, 1, 1, 3)
        grid.addWidget(self._notice, 3, 0, 1, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return target

    def _buttons(self) -> QHBoxLayout:
        for button, name in (
            (self._copy, "exportCopyButton"),
            (self._cancel, "exportCancelButton"),
            (self._export, "exportRunButton"),
        ):
            button.setObjectName(name)
            button.setAutoDefault(False)
        self._copy.setAccessibleName("Copy to clipboard")
        self._cancel.setAccessibleName("Cancel")
        self._cancel.setToolTip("Close without writing (Esc)")
        self._export.setProperty("kind", "primary")
        self._export.setDefault(True)
        row = QHBoxLayout()
        row.setContentsMargins(18, 12, 18, 12)
        row.setSpacing(8)
        row.addWidget(self._copy)
        row.addStretch()
        row.addWidget(self._cancel)
        row.addWidget(self._export)
        return row

    def _connect(self) -> None:
        for box in self._boxes.values():
            box.toggled.connect(lambda _: self._refresh())
        self._name.textChanged.connect(lambda _: self._refresh())
        self._if_exists.currentIndexChanged.connect(lambda _: self._refresh())
        self._rules.changed.connect(self._preview.refresh)
        self._folder_button.clicked.connect(self._choose_folder)
        self._notice.answered.connect(lambda answer: self.export_requested.emit(self.request(answer)))
        self._copy.clicked.connect(lambda: self.copy_requested.emit(self._preview.format_id, self._rules.options()))
        self._cancel.clicked.connect(self.reject)
        self._export.clicked.connect(lambda: self.export_requested.emit(self.request()))

    def _set_tab_order(self) -> None:
        """From left to right, then down; one by one, because a panel has no place in the order."""
        choices = [*self._boxes.values(), *self._rules.fields(), *self._preview.fields()]
        target = [self._name, self._folder_button, self._if_exists, *self._notice.findChildren(QPushButton)]
        for first, second in pairwise([*choices, *target, self._copy, self._cancel, self._export]):
            self.setTabOrder(first, second)

    # Changes

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Export to this folder", str(self._folder))
        if folder:
            self.set_folder(Path(folder))

    def set_folder(self, folder: Path) -> None:
        self._folder = folder
        self._refresh()

    def _refresh(self, keep_notice: bool = False) -> None:
        """Bring everything that follows from the choices up to date."""
        if not keep_notice:
            self._notice.hide()
        chosen, name = self.chosen(), self._name.text().strip()
        suffixes = [suffix for id, _, suffix in self._formats if id in chosen]
        wrong = _name_problem(name)
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        self._name.setProperty("wrong", bool(wrong))
        self._name.style().polish(self._name)
        self._files.setText(f"{name}{', '.join(suffixes)}" if suffixes else "Tick at least one format.")
        place = str(self._folder)
        self._folder_button.setText(self.fontMetrics().elidedText(place, Qt.TextElideMode.ElideMiddle, 300))
        self._folder_button.setToolTip(f"{place}: click to choose another folder")
        self._folder_button.setAccessibleName(f"Folder {place}")
        self._export.setText(f"Export {counted(len(chosen), 'file', 'files')}")
        self._export.setAccessibleName(self._export.text())
        self._export.setEnabled(bool(chosen) and not wrong)
        self._export.setToolTip(wrong or ("Write the files (Enter)" if chosen else "Tick at least one format first"))
        self._copy.setEnabled(bool(chosen))
        self._copy.setToolTip("Copy the text of the format that is previewed" if chosen else "Tick a format first")
        self._preview.set_formats(chosen)


def _name_problem(name: str) -> str:
    """Why a file cannot be called so; "" if it can."""
    if not name:
        return "A file needs a name."
    bad = "".join(sorted(_FORBIDDEN & set(name)))
    return f"A file name cannot hold {' '.join(bad)}" if bad else ""


def _panel(widget: QWidget) -> QFrame:
    """The widget on a ground of the bar's colour."""
    panel = QFrame()
    panel.setProperty("role", "bar")
    inner = QVBoxLayout(panel)
    inner.setContentsMargins(0, 0, 0, 0)
    inner.addWidget(widget)
    return panel


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("role", "line")
    return line
