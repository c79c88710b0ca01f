"""Foot pedals: keys that are seen before anybody else, and the dialog in which they are set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.dialogs.playback_options import PlaybackOptionsDialog
from studio.ui.player import DEFAULT_KEYS, Pedal, Pedals, PedalSetup

ON = PedalSetup(enabled=True)


class Heard:
    """What pedals told: ("down", Pedal.LEFT), …"""

    def __init__(self, pedals: Pedals) -> None:
        self.told: list[tuple[str, Pedal]] = []
        pedals.pressed.connect(lambda pedal: self.told.append(("down", pedal)))
        pedals.released.connect(lambda pedal: self.told.append(("up", pedal)))


@pytest.fixture
def pedals(qapp: QApplication) -> Iterator[Pedals]:
    pedals = Pedals()
    yield pedals
    pedals.set_setup(PedalSetup())
    pedals.watch(False)


@pytest.fixture
def heard(pedals: Pedals) -> Heard:
    return Heard(pedals)


@pytest.fixture
def text(qtbot: QtBot) -> QPlainTextEdit:
    """A text with the focus, in a window with a command on F4."""
    text = QPlainTextEdit()
    qtbot.addWidget(text)
    action = QAction("Play", text)
    action.setShortcut("F4")
    action.triggered.connect(lambda: text.appendPlainText("command"))
    text.addAction(action)
    text.show()
    text.activateWindow()
    text.setFocus()
    qtbot.waitUntil(text.hasFocus)
    return text


def hold(widget: QWidget, key: Qt.Key) -> None:
    """What a held key sends after its press."""
    for _ in range(3):
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", True))


def test_a_pedal_goes_down_and_up_in_the_middle_of_writing(pedals: Pedals, heard: Heard, text: QPlainTextEdit) -> None:
    pedals.set_setup(ON)
    QTest.keyClicks(text, "ab")
    QTest.keyPress(text, Qt.Key.Key_F4)
    hold(text, Qt.Key.Key_F4)
    assert heard.told == [("down", Pedal.MIDDLE)], "a held key is no new press"
    QTest.keyClicks(text, "c")
    QTest.keyRelease(text, Qt.Key.Key_F4)
    assert heard.told == [("down", Pedal.MIDDLE), ("up", Pedal.MIDDLE)]
    assert text.toPlainText() == "abc", "the command with the same key rests"


def test_media_keys_are_pedals(pedals: Pedals, heard: Heard, text: QPlainTextEdit) -> None:
    pedals.set_setup(ON)
    for key in (Qt.Key.Key_MediaPrevious, Qt.Key.Key_MediaPlay, Qt.Key.Key_MediaTogglePlayPause, Qt.Key.Key_MediaNext):
        QTest.keyClick(text, key)
    downs = [pedal for what, pedal in heard.told if what == "down"]
    assert downs == [Pedal.LEFT, Pedal.MIDDLE, Pedal.MIDDLE, Pedal.RIGHT]


def test_without_a_pedal_the_keys_are_the_windows_commands(pedals: Pedals, heard: Heard, text: QPlainTextEdit) -> None:
    QTest.keyClick(text, Qt.Key.Key_F4)
    assert heard.told == []
    assert text.toPlainText().strip() == "command"


def test_a_pedal_that_sends_several_keys_comes_up_whichever_is_first(
    pedals: Pedals, heard: Heard, text: QPlainTextEdit
) -> None:
    pedals.set_setup(ON.with_key(Pedal.LEFT, "Ctrl+Shift+F9"))
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyPress(text, Qt.Key.Key_F9, both)
    QTest.keyRelease(text, Qt.Key.Key_F9)
    assert heard.told == [("down", Pedal.LEFT), ("up", Pedal.LEFT)]


def test_no_pedal_stays_down_when_another_program_comes_to_the_front(
    pedals: Pedals, heard: Heard, text: QPlainTextEdit, qapp: QApplication
) -> None:
    pedals.set_setup(ON)
    QTest.keyPress(text, Qt.Key.Key_F4)
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert heard.told == [("down", Pedal.MIDDLE), ("up", Pedal.MIDDLE)]


def test_a_setup_is_stored_and_comes_back() -> None:
    setup = PedalSetup(True, True).with_key(Pedal.RIGHT, "F4")
    assert setup.keys[Pedal.MIDDLE] == ("Media Play", "Toggle Media Play/Pause"), "a key is one pedal's"
    assert PedalSetup.from_dict(setup.as_dict()) == setup
    assert PedalSetup.from_dict({}) == PedalSetup(False, False, DEFAULT_KEYS)


# The dialog


@pytest.fixture
def dialog(pedals: Pedals, qtbot: QtBot) -> PlaybackOptionsDialog:
    dialog = PlaybackOptionsDialog(pedals, 1_500)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def click(dialog: PlaybackOptionsDialog, name: str) -> None:
    QTest.mouseClick(dialog.findChild(QWidget, name), Qt.MouseButton.LeftButton)


def said(dialog: PlaybackOptionsDialog) -> str:
    return dialog.findChild(QWidget, "pedalSaid").text()


def test_each_press_is_shown_live_even_while_the_pedal_is_off(dialog: PlaybackOptionsDialog) -> None:
    light = dialog.findChild(QWidget, "rightLight")
    QTest.keyPress(dialog, Qt.Key.Key_F8)
    assert (light.lit, light.accessibleName()) == (True, "Right pedal down")
    assert said(dialog) == "That is the right pedal. It works."
    QTest.keyRelease(dialog, Qt.Key.Key_F8)
    assert not light.lit


def test_a_pedal_learns_another_key(dialog: PlaybackOptionsDialog, pedals: Pedals, heard: Heard) -> None:
    click(dialog, "leftLearnButton")
    assert said(dialog).startswith("Press the left pedal now")
    QTest.keyClick(dialog, Qt.Key.Key_A)
    assert said(dialog).startswith("“A” is needed for writing")
    QTest.keyClick(dialog, Qt.Key.Key_F13)
    assert pedals.setup.keys[Pedal.LEFT] == ("F13",)
    QTest.keyClick(dialog, Qt.Key.Key_F13)
    assert heard.told == [("down", Pedal.LEFT), ("up", Pedal.LEFT)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Left])
def test_keys_that_writing_needs_are_refused(dialog: PlaybackOptionsDialog, pedals: Pedals, key: Qt.Key) -> None:
    click(dialog, "leftLearnButton")
    QTest.keyClick(dialog, key)
    assert pedals.setup.keys == DEFAULT_KEYS
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert pedals.learning is None
    assert dialog.isVisible()


def test_choices_count_at_once(dialog: PlaybackOptionsDialog, pedals: Pedals, qtbot: QtBot) -> None:
    dialog.findChild(QWidget, "pedalOnBox").setChecked(True)
    dialog.findChild(QWidget, "pedalHoldButton").setChecked(True)
    assert pedals.setup == PedalSetup(True, True)
    spin = dialog.findChild(QWidget, "resumeAfterSpin")
    assert (spin.value(), spin.minimum(), spin.maximum()) == (1.5, 0.5, 3.0)
    with qtbot.waitSignal(dialog.resume_after_changed) as told:
        spin.setValue(2.5)
    assert told.args == [2_500]
    click(dialog, "pedalRestoreDefaultsButton")
    assert pedals.setup == PedalSetup(True, False)


def test_closed_it_listens_no_more(dialog: PlaybackOptionsDialog, heard: Heard, text: QPlainTextEdit) -> None:
    dialog.reject()
    QTest.keyClick(text, Qt.Key.Key_F8)
    assert heard.told == []


def test_every_control_has_a_name(dialog: PlaybackOptionsDialog) -> None:
    controls = [w for w in dialog.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert len(controls) >= 8
    names = [
        w.accessibleName() or getattr(w, "text", str)() for w in controls if w.objectName() != "qt_spinbox_lineedit"
    ]
    assert all(names)
