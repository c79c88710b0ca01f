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

from .buttons import button


class ProblemDialog(QDialog):
    """Frees itself when it is closed."""

    def __init__(self, name: str, problem: Problem, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("problemDialog")
        self.setAccessibleName("Why it stopped")
        self.setWindowTitle(f"Why it stopped, {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = "\n\n".join(filter(None, (problem.sentence, problem.detail)))
        sentence = QLabel(problem.sentence)
        sentence.setObjectName("problemSentence")
        sentence.setWordWrap(True)
        detail = read_only("problemDetail", "Technical text", problem.detail)
        detail.setVisible(bool(problem.detail))
        copy = button("problemCopyButton", "Copy", lambda: QGuiApplication.clipboard().setText(text), "copy")
        copy.setToolTip("Copy the sentence and the technical text")
        close = button("problemCloseButton", "Close", self.accept, kind="primary")
        lay_out(self, sentence, detail, copy, close)
        self.resize(560, 320 if problem.detail else 0)


def read_only(name: str, title: str, text: str) -> QPlainTextEdit:
    """Text that can be read and copied, not changed."""
    field = QPlainTextEdit(text)
    field.setObjectName(name)
    field.setAccessibleName(title)
    field.setProperty("role", "field")
    field.setReadOnly(True)
    field.setTabChangesFocus(True)
    return field


def lay_out(dialog: QDialog, sentence: QLabel, text: QPlainTextEdit, copy: QPushButton, close: QPushButton) -> None:
    """A sentence, what there is to read about it, and below it the two buttons."""
    row = QHBoxLayout()
    row.addWidget(copy)
    row.addStretch()
    row.addWidget(close)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(12)
    column.addWidget(sentence)
    column.addWidget(text, 1)
    column.addLayout(row)
    close.setDefault(True)
    close.setFocus()


def closes_unsaved(problem: Problem, window: QWidget) -> bool:
    """Ask whether to close although the last changes cannot be stored."""
    question = f"The last changes are not stored yet. {problem.sentence}\n\nClose all the same, and lose them?"
    return QMessageBox.question(window, "Close", question) == QMessageBox.StandardButton.Yes
