"""What went wrong, below what is concerned: an icon and a sentence. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QWidget

from .sign import Sign


class ErrorLine(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel()
        self._label.setObjectName(name)
        self._label.setProperty("role", "err")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Sign("error", "err", 16), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        self.hide()

    def show_text(self, sentence: str) -> None:
        self._label.setText(sentence)
        self.setVisible(bool(sentence))
        dialog = self.window()
        if self.isVisible() and isinstance(dialog, QDialog) and (layout := dialog.layout()):
            layout.activate()  # nothing else in the dialog is squeezed
            dialog.resize(dialog.width(), max(dialog.height(), layout.totalHeightForWidth(dialog.width())))
