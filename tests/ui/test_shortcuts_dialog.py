"""Looking up and changing keys, deciding about keys that are taken, and the list to print."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from studio.ui.commands import COMMANDS, Commands
from studio.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from studio.ui.shortcuts import as_html, refusal
from studio.ui.widgets.search_field import SearchField

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def commands(qtbot: QtBot) -> Commands:
    window = QMainWindow()
    qtbot.addWidget(window)
    return Commands(window)


@pytest.fixture
def dialog(qtbot: QtBot, commands: Commands) -> ShortcutsDialog:
    dialog = ShortcutsDialog(commands)
    qtbot.addWidget(dialog)
    dialog.show()
    choose(dialog, "Split at the caret")
    return dialog


def choose(dialog: ShortcutsDialog, text: str) -> None:
    matches = dialog.table.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    dialog.table.setCurrentItem(matches[0])


def shown(dialog: ShortcutsDialog) -> list[str]:
    found = dialog.table.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
    return [i.text(0) for i in found if i.parent() and not i.isHidden()]


def press(qtbot: QtBot, dialog: ShortcutsDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def told(dialog: ShortcutsDialog) -> str:
    label = dialog.findChild(QLabel, "shortcutsTold")
    assert label
    return label.text() if label.isVisible() else ""


class TestLookingUp:
    def test_all_commands_are_there(self, dialog: ShortcutsDialog) -> None:
        assert len(shown(dialog)) == len(COMMANDS)

    def test_words_keys_and_menus_are_searched(self, dialog: ShortcutsDialog, qtbot: QtBot) -> None:
        qtbot.keyClicks(dialog.search, "ctrl m")
        assert "Merge with the next" in shown(dialog)
        dialog.search.clear()
        qtbot.keyClicks(dialog.search, "playback slower")
        assert shown(dialog) == ["Slower"]

    def test_keys_go_to_a_command_that_is_seen(self, dialog: ShortcutsDialog, commands: Commands, qtbot: QtBot) -> None:
        qtbot.keyClicks(dialog.search, "flag")
        qtbot.keyClick(dialog.recorder, Qt.Key.Key_B, CTRL)
        assert (commands.keys("flagAction"), commands.keys("splitAction")) == (("Ctrl+B",), ("Ctrl+Return",))
        qtbot.keyClicks(dialog.search, "zzz")
        assert not dialog.recorder.isEnabled()

    def test_esc_empties_the_search_then_closes(self, dialog: ShortcutsDialog, qtbot: QtBot) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # it is looked at afterwards
        search = dialog.findChild(SearchField)
        qtbot.keyClicks(search, "split")
        qtbot.keyClick(search, Qt.Key.Key_Escape)
        assert (search.text(), dialog.isVisible()) == ("", True)
        qtbot.keyClick(search, Qt.Key.Key_Escape)
        assert not dialog.isVisible()

    def test_tab_and_esc_leave_the_field_for_keys(self, dialog: ShortcutsDialog, qtbot: QtBot) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # it is looked at afterwards
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        dialog.recorder.setFocus()
        qtbot.keyClick(dialog.recorder, Qt.Key.Key_Tab)
        assert dialog.focusWidget() is dialog.findChild(QCheckBox, "shortcutsAlso")
        qtbot.keyClick(dialog.recorder, Qt.Key.Key_Backtab)
        with qtbot.waitSignal(dialog.rejected):
            qtbot.keyClick(dialog.recorder, Qt.Key.Key_Escape)
        assert not told(dialog)


class TestChanging:
    def test_a_free_key_is_in_force_at_once(self, dialog: ShortcutsDialog, commands: Commands, qtbot: QtBot) -> None:
        with qtbot.waitSignal(dialog.changed) as change:
            qtbot.keyClick(dialog.recorder, Qt.Key.Key_B, CTRL)
        assert commands.keys("splitAction") == ("Ctrl+B",)
        assert change.args == [{"splitAction": ["Ctrl+B"]}]
        assert "Ctrl B" in told(dialog)

    def test_the_present_keys_can_stay(self, dialog: ShortcutsDialog, commands: Commands, qtbot: QtBot) -> None:
        also = dialog.findChild(QCheckBox, "shortcutsAlso")
        assert also
        also.setChecked(True)
        qtbot.keyClick(dialog.recorder, Qt.Key.Key_B, CTRL)
        assert commands.keys("splitAction") == ("Ctrl+Return", "Ctrl+B")

    def test_a_taken_key_is_taken_over_when_the_user_says_so(
        self, dialog: ShortcutsDialog, commands: Commands, qtbot: QtBot
    ) -> None:
        qtbot.keyClick(dialog.recorder, Qt.Key.Key_M, CTRL)
        assert "“Merge with the next”" in told(dialog)
        assert commands.changed_keys() == {}
        press(qtbot, dialog, "shortcutsTake")
        assert (commands.keys("splitAction"), commands.keys("mergeNextAction")) == (("Ctrl+M",), ())
        assert commands.conflicts() == {}

    def test_or_kept_where_it_is(self, dialog: ShortcutsDialog, commands: Commands, qtbot: QtBot) -> None:
        qtbot.keyClick(dialog.recorder, Qt.Key.Key_M, CTRL)
        press(qtbot, dialog, "shortcutsKeep")
        assert (commands.changed_keys(), told(dialog)) == ({}, "")

    def test_letters_alone_are_for_typing(self, dialog: ShortcutsDialog, commands: Commands, qtbot: QtBot) -> None:
        qtbot.keyClick(dialog.recorder, Qt.Key.Key_B)
        assert "for typing" in told(dialog)
        assert commands.changed_keys() == {}

    def test_keys_can_be_removed_and_reset(self, dialog: ShortcutsDialog, commands: Commands, qtbot: QtBot) -> None:
        press(qtbot, dialog, "shortcutsRemove")
        assert commands.keys("splitAction") == ()
        press(qtbot, dialog, "shortcutsReset")
        assert commands.keys("splitAction") == ("Ctrl+Return",)
        commands.set_keys("flagAction", ["F2"])
        press(qtbot, dialog, "shortcutsResetAll")
        assert commands.changed_keys() == {}


def test_keys_that_two_commands_want_are_marked(qtbot: QtBot, commands: Commands) -> None:
    commands.take({"splitAction": ["Ctrl+M"]})
    dialog = ShortcutsDialog(commands)
    qtbot.addWidget(dialog)
    rows = dialog.table.findItems("Split at the caret", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    assert "also “Merge with the next”" in rows[0].text(1)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("A", "A alone is for typing. Press it together with Ctrl or Alt."),
        ("Shift+A", "Shift A alone is for typing. Press it together with Ctrl or Alt."),
        ("Ctrl+C", "Ctrl C copies in every text. Press other keys."),
        ("Ctrl+Left", "Ctrl Left goes back by a word in every text. Press other keys."),
        ("Ctrl+Shift+Home", "Ctrl Shift Home selects up to the start in every text. Press other keys."),
        ("Alt+F", "Alt F opens the menu File. Press other keys."),
        ("", "This is no key."),
        ("F2", ""),
        ("Shift+F2", ""),
        ("Media Play", ""),
        ("Ctrl+B", ""),
    ],
)
def test_which_keys_a_command_may_have(key: str, reason: str) -> None:
    assert refusal(key, ["File"]) == reason


class TestList:
    def test_it_has_every_key_by_menu(self, commands: Commands) -> None:
        page = as_html(commands)
        assert "<h2>Cue</h2>" in page
        assert "<td>Split at the caret</td><td>Ctrl Enter</td>" in page
        assert "Keep left" in page

    def test_it_is_saved_or_the_failure_is_said(self, dialog: ShortcutsDialog, tmp_path: Path) -> None:
        dialog.save_list(tmp_path / "keys.html")
        assert "Ctrl Enter" in (tmp_path / "keys.html").read_text("utf-8")
        dialog.save_list(tmp_path / "gone" / "keys.html")
        assert "could not be written" in told(dialog)
