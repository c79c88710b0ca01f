"""What could not be kept of a file that was read, line by line. Runs on the window's thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from .buttons import button
from .problem_dialog import lay_out, read_only


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
        lines = read_only("warningLines", "What could not be kept", text)
        copy = button("warningsCopyButton", "Copy", lambda: QGuiApplication.clipboard().setText(text), "copy")
        lay_out(self, sentence, lines, copy, button("warningsCloseButton", "Close", self.accept, kind="primary"))
        self.resize(620, 360)
