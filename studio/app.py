"""Composition root of the window: builds services and widgets and wires them. The only place that knows everyone."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from studio import __version__
from studio.core.errors import StudioError
from studio.library import Home, outdated
from studio.services.logs import log_to
from studio.services.studio import Studio
from studio.ui import theme
from studio.ui.dialogs.updating import bring_up_to_date
from studio.ui.icons import icon
from studio.ui.window.main_window import MainWindow

log = logging.getLogger("studio")


def build(argv: list[str]) -> tuple[QApplication, MainWindow]:
    """The application and its window, shown by the caller; files named in `argv` are queued or opened.

    Raises StorageError when the program's own folder cannot be used.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.*=false;qt.multimedia.ffmpeg.*=false")
        app = QApplication(["studio", *argv])
    app.setApplicationName("Transcription Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("transcription-studio")
    home = Home.default()
    if outdated(home.database):
        bring_up_to_date(home)
    studio = Studio.open(home)
    log_to(studio.home.log)
    qInstallMessageHandler(_from_qt)  # what Qt and FFmpeg chatter about is not for the terminal
    atexit.register(qInstallMessageHandler, None)  # Qt goes on talking when Python is gone
    # A long transcript is 200,000 tuples; with Python's own thresholds the collector goes through all of them in the
    # middle of a replace-all or of opening, for a tenth of a second and nothing.
    gc.set_threshold(10_000, 20, 50)
    # Jobs at vendors are threads of this process: with Python's own 5 ms each of those that are awake may hold the
    # window up for so long.
    sys.setswitchinterval(0.001)
    look = theme.current()
    look.set_mode(studio.library.settings.get("theme", "system"))
    look.apply(app)
    app.setWindowIcon(icon("app", "accent"))
    window = MainWindow(studio)
    files = [Path(a) for a in argv if not a.startswith("-")]
    if files:
        QTimer.singleShot(0, lambda: window.add(files))
    return app, window


def main(argv: list[str]) -> int:
    """Run the window until it is closed; returns the exit code."""
    if sys.platform.startswith("linux") and not any(
        os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        print(
            "There is no screen here, so the window cannot open. Use `studio transcribe --help` instead.",
            file=sys.stderr,
        )
        return 1
    try:
        app, window = build(argv)
    except StudioError as e:
        QApplication.instance() or QApplication(["studio"])
        QMessageBox.critical(None, "Transcription Studio", e.problem.sentence)
        return 1
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: window.close())
    beat = QTimer()  # lets Python see Ctrl+C while Qt waits
    beat.start(500)
    beat.timeout.connect(lambda: None)
    window.show()
    return app.exec()


def _from_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    log.log(logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING, "Qt: %s", text)
