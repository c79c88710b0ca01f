"""What could not be kept of a file that was read, line by line. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from .buttons import button


class WarningsDialog(QDialog):
    """Frees itself when it is closed."""

    def __init__(self, name: str, warnings: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("warningsDialog")
        self.setAccessibleName("What could not be kept")
        self.setWindowTitle(f"What could not be kept of “{name}”")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = "\n".join(warnings)
        sentence = QLabel("This could not be taken over as the file has it. All else was, and the file is as it was.")
        sentence.setWordWrap(True)
        lines = QPlainTextEdit(text)
        lines.setObjectName("warningLines")
        lines.setAccessibleName("What could not be kept")
        lines.setProperty("role", "field")
        lines.setReadOnly(True)
        lines.setTabChangesFocus(True)
        close = button("warningsCloseButton", "Close", self.accept, kind="primary")
        close.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(button("warningsCopyButton", "Copy", lambda: QGuiApplication.clipboard().setText(text), "copy"))
        row.addStretch()
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(sentence)
        column.addWidget(lines, 1)
        column.addLayout(row)
        self.resize(620, 360)
        close.setFocus()
