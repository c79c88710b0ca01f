"""The versions of the open transcript: what differs in each, and going back to one. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QEvent, QObject, QSize, Qt, QTimeZone, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.library import Version
from studio.services.versions import WayBack
from studio.ui import theme
from studio.ui.models.wording import counted

from .before_after import BeforeAfterList
from .buttons import button

_NAME, _MADE, _DIFFERS = range(3)
_NONE = "No versions yet. One is kept when you begin to edit, every 10 minutes, and before each large step."
_SAFE = "Going back is a step like any other: Undo takes it back."


class VersionsDialog(QDialog):
    """Frees itself when it is closed. What is wished for is done by the desk, which then shows what came of it."""

    restore_requested = Signal(object)  # Version
    rename_requested = Signal(object, str)  # Version, its new name
    delete_requested = Signal(object)  # Version
    save_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("versionsDialog")
        self.setAccessibleName("Versions")
        self.setWindowTitle("Versions")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._versions: list[Version] = []
        self._ways: dict[int, WayBack] = {}  # by version, as far as they are known
        self.list = QTreeWidget()
        self.list.setObjectName("versionList")
        self.list.setAccessibleName("Versions")
        self.list.setHeaderLabels(["Version", "Kept", "What differs from now"])
        self.list.setRootIsDecorated(False)
        self.list.setAllColumnsShowFocus(True)
        self.list.setEditTriggers(QTreeWidget.EditTrigger.EditKeyPressed)
        self.list.header().setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        for column, width in ((_MADE, 220), (_DIFFERS, 220)):
            self.list.header().resizeSection(column, width)
        self.preview = BeforeAfterList("versionPreview", "Now", "In this version")
        self.preview.setProperty("role", "card")
        self._note = QLabel(_SAFE)
        self._note.setObjectName("versionNote")
        self._note.setProperty("role", "note")
        self._note.setWordWrap(True)
        self._restore = button("versionRestoreButton", "Go back", self._on_restore, "", "primary")
        self._rename = button("versionRenameButton", "Rename", self._on_rename)
        self._delete = button("versionDeleteButton", "Delete", self._on_delete, "", "danger")
        self._arrange()
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self.list.itemChanged.connect(self._on_renamed)
        self.list.installEventFilter(self)
        self.resize(880, 600)
        self._show_current()

    def _arrange(self) -> None:
        save = button("versionSaveButton", "Save a version …", self.save_requested.emit, "bookmark")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.list, 2)
        column.addWidget(self.preview, 3)
        column.addWidget(self._note)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (save, self._rename, self._delete):
            row.addWidget(part)
        row.addStretch()
        row.addWidget(button("versionCloseButton", "Close", self.reject))
        row.addWidget(self._restore)
        column.addLayout(row)
        self._restore.setDefault(True)

    # What the desk tells

    def show_versions(self, versions: Sequence[Version]) -> None:
        """The newest first; the one that was chosen stays chosen, else the newest is."""
        chosen = self.current()
        self._versions = list(versions)
        self.list.blockSignals(True)
        self.list.clear()
        for version in self._versions:
            kept = f"{when(version.made)}, automatic" if version.automatic else when(version.made)
            item = QTreeWidgetItem([version.name, kept, ""])
            item.setSizeHint(_NAME, QSize(0, theme.CONTROL))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addTopLevelItem(item)
            self._tell_difference(version)
        self.list.blockSignals(False)
        ids = [v.id for v in self._versions]
        row = ids.index(chosen.id) if chosen and chosen.id in ids else 0
        self.list.setCurrentIndex(self.list.model().index(row, 0))
        self.list.setFocus()
        self._show_current()

    def show_difference(self, version: Version, way: WayBack) -> None:
        self._ways[version.id] = way
        self._tell_difference(version)
        if self.current() == version:
            self._show_current()

    def show_problem(self, sentence: str) -> None:
        self._note.setText(sentence)
        self._note.setProperty("role", "err")
        self._note.style().polish(self._note)

    def current(self) -> Version | None:
        row = self.list.currentIndex().row()
        return self._versions[row] if 0 <= row < len(self._versions) else None

    def way_to(self, version: Version) -> WayBack | None:
        """The way back to a version, None while it is not known."""
        return self._ways.get(version.id)

    # Inside

    def _tell_difference(self, version: Version) -> None:
        item = self.list.topLevelItem(self._versions.index(version)) if version in self._versions else None
        way = self._ways.get(version.id)
        if item:
            self.list.blockSignals(True)
            item.setText(_DIFFERS, differs(way) if way else "…")
            self.list.blockSignals(False)

    def _show_current(self) -> None:
        version = self.current()
        way = self._ways.get(version.id) if version else None
        self.preview.set_changes(way.passages if way else ())
        self._restore.setEnabled(way is not None and way.edit.changes)
        self._rename.setEnabled(version is not None)
        self._delete.setEnabled(version is not None)
        self._note.setText(_SAFE if self._versions else _NONE)
        self._note.setProperty("role", "note")
        self._note.style().polish(self._note)

    def _on_restore(self) -> None:
        if version := self.current():
            self.restore_requested.emit(version)

    def _on_rename(self) -> None:
        if item := self.list.currentItem():
            self.list.editItem(item, _NAME)

    def _on_renamed(self, item: QTreeWidgetItem, column: int) -> None:
        version = self._versions[self.list.indexOfTopLevelItem(item)]
        if column == _NAME and item.text(_NAME) != version.name:
            self.rename_requested.emit(version, item.text(_NAME))

    def _on_delete(self) -> None:
        if version := self.current():
            self.delete_requested.emit(version)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only the name can be edited; Delete deletes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Delete:
                self._on_delete()
                return True
            if event.key() == Qt.Key.Key_F2:
                self._on_rename()
                return True
        return False


def when(made: str) -> str:
    """ "Today, 14:05" or "31 Mar 2026, 14:05", in the time of this place, for a time of the library."""
    time = QDateTime.fromString(made, "yyyy-MM-dd HH:mm:ss")
    time.setTimeZone(QTimeZone.utc())
    here = time.toLocalTime()
    today = here.date() == QDateTime.currentDateTime().date()
    return here.toString("'Today,' HH:mm" if today else "d MMM yyyy, HH:mm")


def differs(way: WayBack) -> str:
    """What going back would change, in words; as many passages as the preview has rows."""
    if not way.edit.changes:
        return "As it is now"
    count = len(way.passages)
    parts = [counted(count, "passage", "passages")] if count else []
    return " and ".join([*parts, *(["speakers"] if way.edit.changes_speakers else [])])
