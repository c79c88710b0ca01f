"""What is shown while a library that an older version has left is brought to the form of this one."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QProgressDialog

from studio.core.errors import Problem, StorageError
from studio.library import Home
from studio.services.studio import Studio
from studio.ui import theme
from studio.ui.workers import Task

_UNSHOWN = 500  # milliseconds that it may take without a word


def bring_up_to_date(home: Home) -> None:
    """Open the library once on another thread, and tell what takes so long. Raises StorageError."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.current().apply(app)
    wait = QProgressDialog(
        "Your library is brought to the form of this version.\nThis happens once, and may take a minute.", "", 0, 0
    )
    wait.setObjectName("updatingDialog")
    wait.setWindowTitle("Transcription Studio")
    wait.setWindowFlag(Qt.WindowType.WindowCloseButtonHint, False)
    wait.setCancelButton(None)
    soon = QTimer(wait, singleShot=True, interval=_UNSHOWN)
    soon.timeout.connect(wait.show)
    soon.start()
    problems: list[Problem] = []
    loop = QEventLoop()
    task = Task(lambda: Studio.open(home).close())
    task.failed.connect(problems.append)
    task.finished.connect(loop.quit)
    task.start()
    loop.exec()
    wait.close()
    for problem in problems:
        raise StorageError(problem.what, problem.hint, problem.detail)
