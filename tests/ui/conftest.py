"""A real window in a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app import build
from studio.ui import theme
from studio.ui.main_window import MainWindow


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for the window."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("STUDIO_HOME", str(folder))
    return folder


@pytest.fixture
def window(qtbot: QtBot, home: Path) -> Iterator[MainWindow]:
    _, window = build([])
    theme.current().set_mode("light")
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()
    window.deleteLater()  # else each further window is styled anew together with all that were
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
