"""The lower part of the export dialog: what the files are called and where they go. Runs on the window's thread."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from studio.core.errors import UsageError
from studio.services.export import IfExists
from studio.services.file_names import PLACEHOLDERS
from studio.ui import icons
from studio.ui.widgets.error_line import ErrorLine

_IF_EXISTS = {"ask first": IfExists.REFUSE, "keep both": IfExists.KEEP_BOTH, "replace it": IfExists.REPLACE}
_FORBIDDEN = set('/\\:*?"<>|')

StemOf = Callable[[str, Path], str]  # (template, folder) -> file name without ending; raises UsageError


class ExportTarget(QWidget):
    """A file name with placeholders, a folder, and what happens to files that are there already."""

    changed = Signal()

    def __init__(self, folder: Path, beside: Path | None, template: str, stem_of: StemOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._folder, self._beside = folder, beside
        self._stem_of = stem_of
        self._grid = QGridLayout(self)
        self._name = QLineEdit(template, self)
        self._insert = QToolButton(self)
        self._folder_button = QPushButton(icons.icon("folder"), "", self)
        self._if_exists = QComboBox(self)
        self._wrong = ErrorLine("exportNameWrong", self)
        self._files = QLabel(self)
        self._dress()
        self._arrange()
        self._name.textChanged.connect(self.changed)
        self._if_exists.currentIndexChanged.connect(self.changed)
        self._folder_button.clicked.connect(self._choose_folder)

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def template(self) -> str:
        return self._name.text().strip()

    @property
    def if_exists(self) -> IfExists:
        return _IF_EXISTS[self._if_exists.currentText()]

    def set_folder(self, folder: Path) -> None:
        self._folder = folder
        self.changed.emit()

    def add_below(self, widget: QWidget) -> None:
        self._grid.addWidget(widget, 3, 0, 1, 4)

    def stem(self) -> tuple[str, str]:
        """The name of the files without ending, and what is wrong with it: one of both is empty."""
        bad = "".join(sorted(_FORBIDDEN & set(re.sub(r"\{[^{}]*\}", "", self.template))))
        if bad:
            return "", f"A file name cannot hold {' '.join(bad)}"
        try:
            return self._stem_of(self.template, self._folder), ""
        except UsageError as e:
            return "", str(e)

    def refresh(self, suffixes: list[str]) -> None:
        """Show what the files will be called."""
        stem, wrong = self.stem()
        self._name.setProperty("wrong", bool(wrong))
        self._name.style().polish(self._name)
        names = f"{stem}{', '.join(suffixes)}" if suffixes else "Tick at least one format."
        text = "" if wrong else names
        self._files.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 560))
        self._files.setToolTip(text)
        self._wrong.show_text(wrong)
        near = self._folder == self._beside
        place = "Next to the recording" if near else str(self._folder)
        self._folder_button.setText(self.fontMetrics().elidedText(place, Qt.TextElideMode.ElideMiddle, 300))
        self._folder_button.setToolTip(f"{self._folder}: click to choose another folder")
        self._folder_button.setAccessibleName(f"Folder {self._folder}")

    def fields(self) -> list[QWidget]:
        """In the order of the tab key."""
        return [self._name, self._insert, self._folder_button, self._if_exists]

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Export to this folder", str(self._folder))
        if folder:
            self.set_folder(Path(folder))

    def _put(self, placeholder: str) -> None:
        self._name.insert(f"{{{placeholder}}}")
        self._name.setFocus()

    def _dress(self) -> None:
        self._name.setObjectName("exportNameField")
        self._name.setAccessibleName("File name without ending")
        self._name.setMaxLength(240)
        menu = QMenu(self)
        for placeholder, meaning in PLACEHOLDERS.items():
            menu.addAction(f"{{{placeholder}}}   {meaning}", partial(self._put, placeholder))
        self._insert.setMenu(menu)
        self._insert.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._insert.setIcon(icons.icon("add"))
        self._insert.setObjectName("placeholderButton")
        self._insert.setAccessibleName("Insert a placeholder")
        self._insert.setToolTip("Insert what differs from file to file, like the name of the recording")
        self._folder_button.setObjectName("exportFolderButton")
        self._folder_button.setStyleSheet("QPushButton { text-align: left; }")
        self._files.setObjectName("exportFiles")
        self._files.setProperty("role", "note")
        self._if_exists.setObjectName("ifThereBox")
        self._if_exists.setAccessibleName("If a file exists")
        self._if_exists.addItems(list(_IF_EXISTS))

    def _arrange(self) -> None:
        grid = self._grid
        grid.setContentsMargins(18, 12, 18, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        name, folder = QLabel("File &name", self), QLabel("F&older", self)
        name.setBuddy(self._name)
        folder.setBuddy(self._folder_button)
        exists = QLabel("If a &file exists:", self)
        exists.setProperty("role", "note")
        exists.setBuddy(self._if_exists)
        field = QHBoxLayout()
        field.setSpacing(4)
        field.addWidget(self._name, 1)
        field.addWidget(self._insert)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._files, 1)
        below.addWidget(exists)
        below.addWidget(self._if_exists)
        grid.addWidget(name, 0, 0)
        grid.addLayout(field, 0, 1)
        grid.addWidget(folder, 0, 2)
        grid.addWidget(self._folder_button, 0, 3)
        grid.addWidget(self._wrong, 1, 1, 1, 3)
        grid.addLayout(below, 2, 1, 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
