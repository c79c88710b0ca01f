"""A real window in a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from remote import MemoryKeyring

from studio.app import build
from studio.library import Home
from studio.services.accounts import Accounts
from studio.services.studio import Studio
from studio.ui import theme
from studio.ui.window.main_window import MainWindow
from tests.engines.remote.driving import HASTY


@pytest.fixture(autouse=True)
def _no_window_left() -> Iterator[None]:
    """What a test leaves behind would be dressed and asked again in every test after it."""
    yield
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow) and not widget.isVisible():
            widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for the window."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("STUDIO_HOME", str(folder))
    return folder


@pytest.fixture
def keyring_in_memory() -> Iterator[MemoryKeyring]:
    """In place of the system's."""
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def remote_window(
    qapp: QApplication, qtbot: QtBot, home: Path, keyring_in_memory: MemoryKeyring
) -> Iterator[MainWindow]:
    """A window whose lines to vendors do not wait between questions."""
    studio = Studio.open(Home(home).prepared())
    theme.current().apply(qapp)
    theme.current().set_mode("light")
    made = MainWindow(replace(studio, accounts=Accounts(studio.library, HASTY)))
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)


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
