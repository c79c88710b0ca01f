"""Accounts at stub servers, for tests of the window: a keyring in memory, hasty lines, a short recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.core.accounts import Account
from studio.core.jobs import Job, JobOptions, JobState
from studio.services.studio import Studio
from studio.ui.accounts.window import AccountsWindow
from studio.ui.desks.queue_desk import QueueDesk
from studio.ui.desks.sending_desk import SendingDesk
from studio.ui.models.queue_model import QueueModel
from studio.ui.window.main_window import MainWindow
from tests.vendors.prosa import Prosa
from tests.vendors.slashml import BASE as SLASHML
from tests.vendors.stub import Stub

NAME = "Prosa"
ORDERS = ("POST", "/v2/speech/stt")
POLLED = 60.0  # seconds of sound for which Prosa.ai is asked again and again; for less it answers at once


class MemoryKeyring(KeyringBackend):
    """As good as a system's keyring, and gone with the test."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError(username)
        del self.kept[service, username]


def add_account(window: MainWindow, stub: Stub, key: str = "stub-ok", **fields: object) -> Account:
    """An account at the stub, as if the user had added it and agreed to it."""
    accounts = window._studio.accounts
    kind, url = ("prosa", stub.base_url) if isinstance(stub, Prosa) else ("slashml", stub.url + SLASHML)
    known = {"url": url, "random_names": False, **fields}
    accounts.put(Account(NAME, kind, **known), key)  # type: ignore[arg-type]
    if fields.get("agreed", True):
        accounts.agree(NAME)
    window.accounts.changed.emit()
    return accounts.get(NAME)


def sending_desk(studio: Studio, window: QWidget) -> SendingDesk:
    """One whose queue does no work."""
    return SendingDesk(studio, QueueDesk(studio, QueueModel(), window), window)


def recording(folder: Path, name: str = "Gespräch.wav", seconds: float = 3.0) -> Path:
    path = folder / name
    beat = np.arange(round(seconds * 16000)) / 16000
    pitch = 200 + sum(name.encode()) % 400
    soundfile.write(path, 0.1 * np.sin(beat * 2 * np.pi * pitch), 16000)
    return path


def options(**fields: object) -> JobOptions:
    return JobOptions(**{"account": NAME, "model": "", "speakers": "off", **fields})  # type: ignore[arg-type]


def jobs(window: MainWindow) -> list[Job]:
    return window._studio.library.jobs.all()


def until(qtbot: QtBot, window: MainWindow, *states: JobState) -> list[Job]:
    """Wait until the jobs are in these states."""
    qtbot.waitUntil(lambda: [job.state for job in jobs(window)] == list(states), timeout=20_000)
    return jobs(window)


def dialog(qtbot: QtBot, window: QWidget, name: str) -> QDialog:
    """Wait until this dialog is shown."""

    def shown() -> QDialog | None:
        return next((d for d in window.findChildren(QDialog, name) if d.isVisible()), None)

    qtbot.waitUntil(lambda: shown() is not None, timeout=10_000)
    found = shown()
    assert found is not None
    return found


def notice_with(qtbot: QtBot, window: MainWindow, action: str) -> QPushButton:
    """Wait until a notice with this button is shown."""

    def shown() -> QPushButton | None:
        buttons = window.notices.findChildren(QPushButton, "noticeAction")
        return next((b for b in buttons if b.text() == action and b.isVisible()), None)

    qtbot.waitUntil(lambda: shown() is not None, timeout=10_000)
    found = shown()
    assert found
    return found


def press(parent: QWidget, name: str) -> None:
    found = parent.findChild(QPushButton, name)
    assert found is not None, name
    assert found.isEnabled(), name
    assert found.isVisibleTo(parent), name
    found.click()


def open_accounts(qtbot: QtBot, window: MainWindow) -> AccountsWindow:
    window.commands["accountsAction"].trigger()
    found = dialog(qtbot, window, "accountsWindow")
    assert isinstance(found, AccountsWindow)
    return found
