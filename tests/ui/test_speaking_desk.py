"""Speaking in the whole window: what is chosen is what is said, in the voice of its speaker; by keys alone.

No loudspeaker is needed here; what is really heard is listened to in test_speaking_sound.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app import build
from studio.core.speaking import Delivery, Manner
from studio.ui.desks.speaking_desk import SpeakingDesk
from studio.ui.speaking import VoicesPanel
from studio.ui.window.main_window import MainWindow

VTT = """WEBVTT

00:01.000 --> 00:03.000
<v Anna>Good morning 😀, and welcome.

00:03.500 --> 00:05.000
<v Ben>Thank you very much.

00:06.000 --> 00:09.000
<v Anna>…
"""


@pytest.fixture
def open_window(home: Path, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[], MainWindow]]:
    """Opens the window on a subtitle file; a second call opens it again."""
    windows: list[MainWindow] = []
    (tmp_path / "talk.vtt").write_text(VTT, encoding="utf-8")

    def start() -> MainWindow:
        first = not windows
        if windows:
            windows.pop().close()
        _, window = build([])
        windows.append(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        if first:
            window.desks.opening.open_files([tmp_path / "talk.vtt"])
        qtbot.waitUntil(lambda: window.transcript_model.rowCount() == 3)
        return window

    yield start
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


def desk(window: MainWindow) -> SpeakingDesk:
    return window.desks.speaking


def texts(window: MainWindow) -> list[str]:
    return [u.text for u in desk(window).chosen()]


def choose(window: MainWindow, *rows: int) -> None:
    ids = [window.transcript_model.segment(row).id for row in rows]
    window.desk.selection.set(ids, ids[-1] if ids else None)


def test_what_is_chosen_is_what_will_be_said(window: MainWindow) -> None:
    view = window.page.transcript
    choose(window, 0, 1, 2)
    assert texts(window) == ["Good morning 😀, and welcome.", "Thank you very much."]  # “…” has nothing to say
    window.commands["transcriptModeAction"].trigger()
    view.setTextCursor(view._cursor(0, (5, 18)))  # Qt counts the smiling face as two
    (only,) = desk(window).chosen()
    assert (only.text, only.offset) == ("morning 😀, a", 5)
    cursor = view._cursor(0, (21, 21))
    cursor.movePosition(cursor.MoveOperation.NextBlock, cursor.MoveMode.KeepAnchor)
    cursor.movePosition(cursor.MoveOperation.Right, cursor.MoveMode.KeepAnchor, 9)
    view.setTextCursor(cursor)
    assert texts(window) == ["welcome.", "Thank you"]
    window.commands["subtitlesModeAction"].trigger()
    choose(window, 1)
    assert texts(window) == ["Thank you very much."]


def test_each_speaker_is_said_in_their_voice_also_after_a_restart(
    open_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    window = open_window()
    window.commands["speechVoicesAction"].trigger()
    panel: VoicesPanel = window.desks.casting.panel
    assert window.inspector.shown == "voices"
    assert [card.title for card in panel.cards] == ["Usual voice", "Anna", "Ben"]
    ben = panel.cards[2]
    ben.pitch.setFocus()
    with qtbot.waitSignal(panel.changed):
        ben.pitch.setValue(-3)
    ben.voice_button.click()
    picker = panel._picker
    qtbot.waitUntil(picker.isVisible)
    QTest.keyClicks(picker.search, "indonesian")
    if picker.list.count():  # a system with espeak-ng
        QTest.keyClick(picker.search, Qt.Key.Key_Return)
        assert not picker.isVisible()
    else:
        picker.hide()
    window = open_window()
    choose(window, 0, 1)
    anna, ben_said = (u.manner for u in desk(window).chosen())
    assert anna == Manner("hibari/heart")
    assert ben_said.delivery == Delivery(pitch=-3)


def test_keys_begin_pause_and_stop(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, 0)
    bar = desk(window).bar
    assert bar.isHidden()
    assert not window.commands["stopSpeakingAction"].isEnabled()
    press(window, Qt.Key.Key_F5)
    assert bar.isVisible()
    assert desk(window).active
    qtbot.waitUntil(lambda: desk(window).output.length > 500, timeout=60_000)
    choose(window, 1)
    press(window, Qt.Key.Key_F5)  # another selection comes after it
    assert desk(window).active
    qtbot.waitUntil(lambda: len(desk(window)._sounding) == 2, timeout=60_000)
    press(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert bar.isHidden()
    assert not desk(window).active
    assert desk(window).output.length == 0


def test_nothing_to_speak_is_told(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, 2)
    with qtbot.waitSignal(desk(window).notice) as told:
        window.commands["speakAction"].trigger()
    assert "nothing to speak" in told.args[1]
    assert not desk(window).active


def test_a_language_that_no_chosen_voice_speaks_is_told(window: MainWindow, qtbot: QtBot) -> None:
    window.desks.casting._change(None, Manner("hibari/heart"))
    utterance = desk(window)._utterance(window.transcript_model.segment(1).id, 0, 5)
    desk(window).speak([replace(utterance, language="de")])
    qtbot.waitUntil(lambda: any("does not speak German" in text for text in window.notices.texts()), timeout=30_000)
    assert not desk(window).active


def test_the_voice_that_is_heard_shows_its_word(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, 0)
    press(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: bool(desk(window)._sounding), timeout=60_000)
    words = desk(window)._sounding[0][1].words
    id = window.transcript_model.segment(0).id
    with qtbot.waitSignal(desk(window).word_changed) as shown:
        desk(window)._on_position(words[1].start + 1)
    assert shown.args == [id, 5, 12]  # “morning”
    with qtbot.waitSignal(desk(window).word_changed):
        desk(window)._on_position(words[-1].start + 1)
    assert window.page.transcript._spoken == (id, (21, 28))  # behind the face, which Qt counts as two
    desk(window).stop()
    assert window.page.transcript._spoken[0] is None


def test_closing_the_window_while_it_speaks_ends_everything(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    choose(window, 0, 1)
    press(window, Qt.Key.Key_F5)
    window = open_window()
    assert not desk(window).active
