"""The field that gives a speaker another name, in the gutter and in the speaker list. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class NameEdit(QLineEdit):
    """Enter and leaving the field take the name, Esc keeps the old one. Closes itself either way."""

    renamed = Signal(str, str)  # speaker id, new name; only when it really changed
    closed = Signal()  # by Enter or Esc; else the focus is elsewhere already and stays there

    def __init__(self, speaker: str, name: str, parent: QWidget) -> None:
        super().__init__(name, parent)
        self._speaker, self._old, self._open = speaker, name, True
        self.setObjectName("speakerNameEdit")
        self.setAccessibleName(f"New name for {name}")
        self.setToolTip("Enter renames everywhere, Esc keeps the old name")
        self.setMaxLength(100)
        self.selectAll()

    def commit(self) -> None:
        self._close(self._new_name())
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close("")
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit()
        else:
            super().keyPressEvent(event)
        event.accept()  # else the text behind it takes the key too

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own context menu
            self._close(self._new_name())

    def _new_name(self) -> str:
        """What was typed, tidied; "" where nothing changed."""
        name = " ".join(self.text().split())
        return name if name != self._old else ""

    def _close(self, name: str) -> None:
        if not self._open:
            return
        self._open = False
        self.hide()
        self.deleteLater()
        if name:
            self.renamed.emit(self._speaker, name)
