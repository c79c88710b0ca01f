"""The voices that are kept: look, rename, delete, switch off. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.library import KnownVoice
from studio.ui.icons import icon
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
        self._list = QListWidget()
        self._list.setObjectName("voicesList")
        self._list.setAccessibleName("Known voices")
        self._list.itemChanged.connect(self._on_renamed)
        self._list.currentItemChanged.connect(lambda *_: self._offer())
        self._none = QLabel(NONE)
        self._none.setObjectName("voicesNone")
        self._none.setProperty("role", "muted")
        self._none.setWordWrap(True)
        self._rename = self._button("renameVoiceButton", "Rename", "pencil", self._begin_rename)
        self._forget = self._button("forgetVoiceButton", "Delete", "trash", self._forget_one)
        self._all = self._button("forgetAllButton", "Delete all", "", self._forget_everyone)
        self._all.setProperty("kind", "danger")
        close = self._button("closeVoicesButton", "Close", "", self.accept)
        close.setProperty("kind", "primary")
        close.setDefault(True)
        row = QHBoxLayout()
        for button in (self._rename, self._forget, self._all):
            row.addWidget(button)
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

    def _button(self, name: str, text: str, picture: str, do: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setAutoDefault(False)
        if picture:
            button.setIcon(icon(picture))
        button.clicked.connect(do)
        return button

    def show_voices(self, voices: Sequence[KnownVoice]) -> None:
        at = self._list.currentRow()
        self._list.blockSignals(True)
        self._list.clear()
        for voice in voices:
            item = QListWidgetItem(voice.name)
            item.setData(_NAME, voice.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            told = counted(voice.recordings, "recording", "recordings")
            told += f", {clock(round(voice.seconds * 1000))} of speech"
            item.setToolTip(told)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, told)
            self._list.addItem(item)
        self._list.blockSignals(False)
        self._list.setCurrentRow(min(max(at, 0), len(voices) - 1))
        self._list.setVisible(bool(voices))
        self._none.setVisible(not voices)
        self._offer()

    def _offer(self) -> None:
        self._all.setText("Delete all")
        for button in (self._rename, self._forget):
            button.setEnabled(self._list.currentItem() is not None)
        self._all.setEnabled(self._list.count() > 0)

    def _begin_rename(self) -> None:
        self._list.setFocus()
        self._list.editItem(self._list.currentItem())

    def _on_renamed(self, item: QListWidgetItem) -> None:
        old, new = item.data(_NAME), " ".join(item.text().split())
        if new and new != old:
            self.renamed.emit(old, new)
        else:
            item.setText(old)

    def _forget_one(self) -> None:
        self.forgotten.emit(self._list.currentItem().data(_NAME))

    def _forget_everyone(self) -> None:
        """The second press does it: there is no undo for this."""
        if self._all.text() == "Delete all":
            self._all.setText(f"Really delete {counted(self._list.count(), 'voice', 'voices')}")
        else:
            self.all_forgotten.emit()
