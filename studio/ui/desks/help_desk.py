"""What the Help menu tells: what works on this computer, and what this program is. Runs on the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox, QWidget

from studio import __version__

from ..workers import Task

if TYPE_CHECKING:
    from studio.services.doctor import Finding


def examine(window: QWidget) -> None:
    """Look at the computer without holding the window up, then tell."""
    from studio.services import doctor  # here, because every start of the window would wait for what it loads

    task = Task(doctor.examine, window)
    task.done.connect(lambda findings: _show(window, findings))
    task.start()


def _show(window: QWidget, findings: list[Finding]) -> None:
    lines = [f"{'✓' if f.ok else '–'} {f.title}: {f.text} {f.hint}".strip() for f in findings]
    QMessageBox.information(window, "What works here", "\n\n".join(lines))


def about(window: QWidget) -> None:
    text = f"Transcription Studio {__version__}\nMIT licence. Nothing leaves this computer unasked."
    QMessageBox.about(window, "About", text)
