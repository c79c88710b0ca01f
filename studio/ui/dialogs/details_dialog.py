"""What is known of the open file, to be read and copied. Runs on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from studio.core.jobs import Job
from studio.core.transcript import Transcript
from studio.services.studio import Studio
from studio.ui.models.details import details

from .buttons import button
from .problem_dialog import lay_out, read_only


def show_details(studio: Studio, job: Job | None, transcript: Transcript, window: QWidget) -> None:
    if job is not None:
        orders = studio.library.submissions.of_job(job.id)
        DetailsDialog(job.name, details(job, transcript, orders), window).open()


class DetailsDialog(QDialog):
    """Frees itself when it is closed."""

    def __init__(self, name: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("detailsDialog")
        self.setAccessibleName("Details")
        self.setWindowTitle(f"Details, {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sentence = QLabel("What is known of this file, and of what was sent to vendors for it.")
        sentence.setWordWrap(True)
        field = read_only("detailsText", "Details", text)
        copy = button("detailsCopyButton", "Copy", lambda: QGuiApplication.clipboard().setText(text), "copy")
        close = button("detailsCloseButton", "Close", self.accept, kind="primary")
        lay_out(self, sentence, field, copy, close)
        self.resize(600, 420)
