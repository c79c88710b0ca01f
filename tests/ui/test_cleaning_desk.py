"""The recording as it is or cleaned: made once, exchanged at the same place, kept; by this computer or by a vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from remote import dialog, press, recording

from studio import media
from studio.core.accounts import Account
from studio.core.jobs import JobOptions, JobState
from studio.core.transcript import EngineInfo, Source
from studio.library import Home
from studio.models import ModelStore
from studio.services import queue
from studio.services.sending import ASK
from studio.services.studio import Studio
from studio.ui.window.main_window import MainWindow
from tests.vendors.stt_ai import SttAi

ORDERS = ("POST", "/v1/enhance-audio")
VENDOR = "@STT.ai"


@pytest.fixture
def stub() -> Iterator[SttAi]:
    with SttAi() as made:
        yield made


@pytest.fixture
def window(
    remote_window: MainWindow, home: Path, tmp_path: Path, weights: Callable[[str], Path], stub: SttAi
) -> MainWindow:
    """Two recordings in the library, the first is open; the weights are here."""
    studio = remote_window._studio
    studio.library.settings.set(ASK, False)
    folder = weights("deepfilternet-3")
    target = ModelStore(Home(home).models).path("deepfilternet-3")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(folder)
    studio.accounts.put(Account("STT.ai", "stt-ai", url=stub.url), "stub-ok")
    for name in ("Interview.wav", "Voicemail.wav"):
        add(studio, recording(tmp_path, name))
    open_file(remote_window, "Interview.wav")
    return remote_window


def add(studio: Studio, path: Path) -> None:
    job, info = queue.add_one(studio, path, JobOptions())
    source = Source(str(path), path.name, job.content_id, info.duration)
    studio.library.transcripts.create(source, EngineInfo(), job.id)
    studio.library.jobs.set_state(job.id, JobState.DONE)


def open_file(window: MainWindow, name: str) -> None:
    window._open_id(next(job.id for job in window._studio.library.jobs.all() if job.name == name))


def switch(window: MainWindow) -> None:
    window.commands["cleanListenAction"].trigger()


def heard(window: MainWindow) -> str:
    return window.transport.clean.text()


def cleaned(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.playback.player.other.wanted, timeout=60_000)


def test_it_is_cleaned_once_and_exchanged_at_the_same_place(qtbot: QtBot, window: MainWindow, home: Path) -> None:
    window.playback.seek(1_200)
    assert heard(window) == "As recorded"
    switch(window)
    assert heard(window).startswith("Cleaning")
    assert not window.commands["cleanListenAction"].isChecked(), "it is heard as it is until the other one is made"
    cleaned(qtbot, window)
    assert (heard(window), window.playback.player.position()) == ("Cleaned", 1_200)
    (made,) = Home(home).cleaned.glob("*.flac")
    assert media.probe(made).duration == 3_000
    before = made.stat().st_ino
    switch(window)
    assert (heard(window), window.playback.player.other.wanted) == ("As recorded", False)
    switch(window)
    assert (heard(window), window.playback.player.position()) == ("Cleaned", 1_200)
    assert made.stat().st_ino == before


def test_each_recording_is_heard_as_it_was_last_also_after_a_restart(
    qtbot: QtBot, window: MainWindow, home: Path
) -> None:
    switch(window)
    cleaned(qtbot, window)
    open_file(window, "Voicemail.wav")
    assert heard(window) == "As recorded"
    open_file(window, "Interview.wav")
    assert heard(window) == "Cleaned"
    window.close()
    later = MainWindow(Studio.open(Home(home).prepared()))
    try:
        assert later.desk.job
        assert later.desk.job.name == "Interview.wav"
        assert heard(later) == "Cleaned"
        assert later.playback.player.other.wanted
    finally:
        later.close()


def test_it_may_be_as_loud_as_speech_should_be(qtbot: QtBot, window: MainWindow, home: Path) -> None:
    window.desks.cleaning.hear("loud")
    cleaned(qtbot, window)
    assert len(list(Home(home).cleaned.glob("*-quiet-16lufs.flac"))) == 1


def test_without_weights_and_network_it_says_so_with_a_way_out(
    qtbot: QtBot, window: MainWindow, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = ModelStore(Home(home).models).path("deepfilternet-3")
    folder = link.resolve()
    link.unlink()
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    switch(window)
    again = notice_with(qtbot, window, "Try again")
    assert heard(window) == "As recorded"
    link.symlink_to(folder)
    again.click()
    cleaned(qtbot, window)


def test_a_vendor_is_asked_only_after_the_user_agreed(
    qtbot: QtBot, window: MainWindow, stub: SttAi, home: Path
) -> None:
    desk = window.desks.cleaning
    assert VENDOR in [name for name, _ in desk._ways()]
    desk.hear(VENDOR)
    press(dialog(qtbot, window, "agreeDialog"), "agreeDialogNo")
    assert not stub.requests()
    assert heard(window) == "As recorded"
    desk.hear(VENDOR)
    press(dialog(qtbot, window, "agreeDialog"), "agreeDialogYes")
    cleaned(qtbot, window)
    assert len(stub.requests(*ORDERS)) == 1
    assert heard(window) == "Cleaned"
    switch(window)
    switch(window)
    assert heard(window) == "Cleaned"
    assert len(stub.requests(*ORDERS)) == 1, "what was made once is kept"


def test_the_cost_is_asked_for(qtbot: QtBot, window: MainWindow, stub: SttAi) -> None:
    accounts = window._studio.accounts
    accounts.agree("STT.ai")
    accounts.put(replace(accounts.get("STT.ai"), price=100.0, ask_above=1.0))
    window.desks.cleaning.hear(VENDOR)
    press(dialog(qtbot, window, "sendDialog"), "sendDialogNo")
    assert not stub.requests()
    window.desks.cleaning.hear(VENDOR)
    press(dialog(qtbot, window, "sendDialog"), "sendDialogYes")
    cleaned(qtbot, window)


def test_what_may_have_arrived_is_sent_again_only_on_request(qtbot: QtBot, window: MainWindow, stub: SttAi) -> None:
    window._studio.accounts.agree("STT.ai")
    stub.script(*ORDERS, drop="before_response")
    window.desks.cleaning.hear(VENDOR)
    again = notice_with(qtbot, window, "Send again")
    assert heard(window) == "As recorded"
    assert len(stub.requests(*ORDERS)) == 1
    again.click()
    cleaned(qtbot, window)
    assert len(stub.requests(*ORDERS)) == 2


def notice_with(qtbot: QtBot, window: MainWindow, action: str) -> QPushButton:
    def shown() -> QPushButton | None:
        buttons = window.notices.findChildren(QPushButton, "noticeAction")
        return next((b for b in buttons if b.text() == action and b.isVisible()), None)

    qtbot.waitUntil(lambda: shown() is not None, timeout=30_000)
    found = shown()
    assert found
    return found
