"""The voices that are kept: look, rename, delete, switch off. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.library import KnownVoice
from studio.ui import theme
from studio.ui.dialogs.buttons import button
from studio.ui.models.wording import clock, counted

NONE = "No voices are known yet. A voice is learnt when you give a speaker a name."
_NAME = Qt.ItemDataRole.UserRole


class VoicesDialog(QDialog):
    """Tells of wishes by signals; `show_voices` afterwards. Frees itself when it is closed."""

    allowed_changed = Signal(bool)
    renamed = Signal(str, str)  # old name, new name
    forgotten = Signal(str)
    all_forgotten = Signal()

    def __init__(self, voices: Sequence[KnownVoice], allowed: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("voicesDialog")
        self.setAccessibleName("Known voices")
        self.setWindowTitle("Known voices")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._allowed = QCheckBox("Recognise these voices in later recordings")
        self._allowed.setObjectName("voicesAllowedBox")
        self._allowed.setAccessibleName(self._allowed.text())
        self._allowed.setChecked(allowed)
        self._allowed.toggled.connect(self.allowed_changed)
        note = QLabel("Voices are kept on this computer only, as numbers that cannot be played.")
        note.setProperty("role", "note")
        note.setWordWrap(True)
        self._list = QTreeWidget()
        self._list.setObjectName("voicesList")
        self._list.setAccessibleName("Known voices")
        self._list.setHeaderLabels(["Name", "Learnt from"])
        self._list.setRootIsDecorated(False)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._list.setItemDelegateForColumn(1, _ReadOnly(self._list))
        self._list.itemChanged.connect(self._on_renamed)
        self._list.currentItemChanged.connect(lambda *_: self._offer())
        self._none = QLabel(NONE)
        self._none.setObjectName("voicesNone")
        self._none.setProperty("role", "muted")
        self._none.setWordWrap(True)
        self._rename = button("renameVoiceButton", "Rename", self._begin_rename, "pencil")
        self._forget = button("forgetVoiceButton", "Delete", self._forget_one, "trash")
        self._all = button("forgetAllButton", "Delete all", self._forget_everyone, kind="danger")
        close = button("closeVoicesButton", "Close", self.accept, kind="primary")
        close.setDefault(True)
        row = QHBoxLayout()
        for one in (self._rename, self._forget, self._all):
            row.addWidget(one)
        row.addStretch()
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        for part in (self._allowed, note, self._list, self._none):
            column.addWidget(part)
        column.addStretch()
        column.addLayout(row)
        self.resize(480, 360)
        self.show_voices(voices)

    def show_voices(self, voices: Sequence[KnownVoice]) -> None:
        now = self._list.currentItem()
        at = self._list.indexOfTopLevelItem(now) if now else 0
        self._list.blockSignals(True)
        self._list.clear()
        for voice in voices:
            told = counted(voice.recordings, "recording", "recordings")
            item = QTreeWidgetItem([voice.name, f"{told}, {clock(round(voice.seconds * 1000))} of speech"])
            item.setData(0, _NAME, voice.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setSizeHint(0, QSize(0, theme.CONTROL))
            self._list.addTopLevelItem(item)
        self._list.blockSignals(False)
        if chosen := self._list.topLevelItem(min(at, len(voices) - 1)):
            self._list.setCurrentItem(chosen)
        self._list.setVisible(bool(voices))
        self._none.setVisible(not voices)
        self._offer()

    def _offer(self) -> None:
        self._all.setText("Delete all")
        for part in (self._rename, self._forget):
            part.setEnabled(self._list.currentItem() is not None)
        self._all.setEnabled(self._list.topLevelItemCount() > 0)

    def _begin_rename(self) -> None:
        if item := self._list.currentItem():
            self._list.setFocus()
            self._list.editItem(item, 0)

    def _on_renamed(self, item: QTreeWidgetItem) -> None:
        old, new = item.data(0, _NAME), " ".join(item.text(0).split())
        if new and new != old:
            self.renamed.emit(old, new)
        else:
            item.setText(0, old)

    def _forget_one(self) -> None:
        if item := self._list.currentItem():
            self.forgotten.emit(item.data(0, _NAME))

    def _forget_everyone(self) -> None:
        """The second press does it: there is no undo for this."""
        if self._all.text() == "Delete all":
            self._all.setText(f"Really delete {counted(self._list.topLevelItemCount(), 'voice', 'voices')}")
        else:
            self.all_forgotten.emit()


class _ReadOnly(QStyledItemDelegate):
    def createEditor(  # type: ignore[override]
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget | None:
        return None
