"""A library that an older version has left: the user is told what takes so long, and then the window opens."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QProgressDialog
from pytestqt.qtbot import QtBot

from studio.app import build
from studio.core.errors import StorageError
from studio.library import Home, outdated
from studio.library.database import MIGRATIONS
from studio.ui.dialogs.updating import bring_up_to_date


@pytest.fixture
def old(home: Path) -> Home:
    """The home, with a library of the first version in it."""
    old = Home(home)
    with closing(sqlite3.connect(old.database)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(MIGRATIONS[0])
        db.execute("PRAGMA user_version=1")
    assert outdated(old.database)
    return old


def test_it_is_shown_as_long_as_it_takes(qtbot: QtBot, old: Home) -> None:
    """What takes long here is another program that holds the library; it lets go when the sentence is there."""
    seen: list[str] = []
    with closing(sqlite3.connect(old.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def look() -> None:
            for dialog in QApplication.topLevelWidgets():
                if isinstance(dialog, QProgressDialog) and dialog.isVisible() and not seen:
                    seen.append(dialog.findChild(QLabel).text())
                    other.execute("ROLLBACK")

        timer = QTimer(interval=20)
        timer.timeout.connect(look)
        timer.start()
        _, window = build([])
    timer.stop()
    assert "brought to the form of this version" in seen[0]
    assert not any(isinstance(w, QProgressDialog) and w.isVisible() for w in QApplication.topLevelWidgets())
    assert not outdated(old.database)
    qtbot.addWidget(window)
    window.close()


def test_a_library_that_cannot_be_brought_up_to_date_is_said_so(qtbot: QtBot, old: Home) -> None:
    with closing(sqlite3.connect(old.database)) as db:
        db.execute("DROP TABLE segment")
        db.execute("CREATE VIEW segment AS SELECT 1")
    with pytest.raises(StorageError, match="an error of its own"):
        bring_up_to_date(old)
    assert outdated(old.database)
