"""Why a job stopped, with the technical text for those who help. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import Problem
from studio.ui.icons import icon


class ProblemDialog(QDialog):
    """Frees itself when it is closed."""

    def __init__(self, name: str, problem: Problem, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("problemDialog")
        self.setAccessibleName("Why it stopped")
        self.setWindowTitle(f"Why it stopped, {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._text = "\n\n".join(filter(None, (problem.sentence, problem.detail)))
        sentence = QLabel(problem.sentence)
        sentence.setObjectName("problemSentence")
        sentence.setWordWrap(True)
        detail = QPlainTextEdit(problem.detail)
        detail.setObjectName("problemDetail")
        detail.setAccessibleName("Technical text")
        detail.setProperty("role", "field")
        detail.setReadOnly(True)
        detail.setTabChangesFocus(True)
        detail.setVisible(bool(problem.detail))
        copy = QPushButton(icon("copy"), "Copy")
        copy.setObjectName("problemCopyButton")
        copy.setToolTip("Copy the sentence and the technical text")
        copy.clicked.connect(self._copy)
        close = QPushButton("Close")
        close.setObjectName("problemCloseButton")
        close.setProperty("kind", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(sentence)
        column.addWidget(detail, 1)
        column.addLayout(buttons)
        self.resize(560, 320 if problem.detail else 0)
        close.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)


def closes_unsaved(problem: Problem, window: QWidget) -> bool:
    """Ask whether to close although the last changes cannot be stored."""
    question = f"The last changes are not stored yet. {problem.sentence}\n\nClose all the same, and lose them?"
    return QMessageBox.question(window, "Close", question) == QMessageBox.StandardButton.Yes
