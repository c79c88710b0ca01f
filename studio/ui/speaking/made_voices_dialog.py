"""The voices made from recordings, each with its consent; they can be deleted. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.library import Clone
from studio.ui import theme
from studio.ui.dialogs.buttons import button
from studio.ui.icons import icon
from studio.ui.models.wording import time_code

NONE = "No voices were made yet. Mark 3 to 10 seconds of one person, then choose “Make a voice from this stretch”."
_DELETE = "Delete"


class MadeVoicesDialog(QDialog):
    """`show_voices` after something was deleted. Frees itself when it is closed."""

    removed = Signal(int)  # Clone.id

    def __init__(self, clones: Sequence[Clone], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("madeVoicesDialog")
        self.setWindowTitle("Voices made from recordings")
        self.setAccessibleName(self.windowTitle())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._clones: Sequence[Clone] = ()
        self._list = QListWidget()
        self._list.setObjectName("madeVoicesList")
        self._list.setAccessibleName("Voices made from recordings")
        self._list.setIconSize(QSize(16, 16))
        self._list.currentRowChanged.connect(lambda _: self._show())
        self._facts, self._words = QLabel(), QLabel()
        self._facts.setObjectName("madeVoiceFacts")
        self._words.setObjectName("madeVoiceConsent")
        for label in (self._facts, self._words):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setProperty("role", "muted")
        self._delete = button("deleteMadeVoice", _DELETE, self._ask, "trash", kind="danger")
        close = button("closeMadeVoices", "Close", self.accept, kind="primary")
        close.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(self._delete)
        row.addStretch()
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self._list, 1)
        column.addWidget(self._facts)
        column.addWidget(self._words)
        column.addLayout(row)
        self.resize(520, 420)
        self.show_voices(clones)

    def show_voices(self, clones: Sequence[Clone]) -> None:
        at = max(0, self._list.currentRow())
        self._clones = clones
        self._list.clear()
        for clone in clones:
            item = QListWidgetItem(icon("cloud"), f"{clone.title} · {clone.account}")
            item.setSizeHint(QSize(0, theme.CONTROL))
            self._list.addItem(item)
        self._list.setVisible(bool(clones))
        self._list.setCurrentRow(min(at, len(clones) - 1))
        self._show()

    def _current(self) -> Clone | None:
        row = self._list.currentRow()
        return self._clones[row] if 0 <= row < len(self._clones) else None

    def _show(self) -> None:
        clone = self._current()
        self._delete.setText(_DELETE)
        self._delete.setEnabled(clone is not None)
        if clone is None:
            self._facts.setText(NONE)
            self._words.setText("")
            return
        span = f"{time_code(clone.start)} to {time_code(clone.end)}"
        self._facts.setText(f"{clone.agreed_by} agreed on {clone.agreed} (UTC), for {span} of a recording, to this:")
        self._words.setText(clone.notice)

    def _ask(self) -> None:
        """The second press does it: there is no undo for this."""
        clone = self._current()
        if clone is None:
            return
        if self._delete.text() == _DELETE:
            self._delete.setText("Really delete the voice and its consent")
        else:
            self.removed.emit(clone.id)
