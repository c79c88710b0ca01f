"""A field to find words or files. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ..icons import icon


class SearchField(QLineEdit):
    """With a magnifying glass and a cross; Esc empties it, and leaves it where it is empty."""

    left = Signal()  # by Esc: the focus belongs to what was searched

    def __init__(self, name: str, words: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setPlaceholderText(placeholder)
        self.setClearButtonEnabled(True)
        self.addAction(icon("search", "text3"), QLineEdit.ActionPosition.LeadingPosition).setText(words)
        for action in self.findChildren(QAction):
            action.setText(action.text() or "Clear")

    def event(self, event: QEvent) -> bool:
        asked = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if asked and event.type() == QEvent.Type.ShortcutOverride and self.text():
            event.accept()  # what was searched is left first, the page afterwards
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            event.setAccepted(bool(self.text()))  # of an empty field it closes the dialog around
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)
