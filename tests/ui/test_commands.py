"""The table of commands and what is made of it: keys, menus, reasons; and that the real window serves all of it."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGroupBox, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from studio.ui import icons
from studio.ui.commands import COMMANDS, Commands, key_text, plain
from studio.ui.window.main_window import MainWindow
from studio.ui.window.panels import next_panel


@pytest.fixture
def part(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


class TestTable:
    def test_each_name_stands_once_and_each_icon_exists(self) -> None:
        assert [name for name, count in Counter(c.name for c in COMMANDS).items() if count > 1] == []
        assert {c.icon for c in COMMANDS if c.icon} <= set(icons.names())

    def test_no_key_is_given_twice(self, part: QWidget) -> None:
        assert Commands(part).conflicts() == {}

    def test_keys_can_be_typed_on_a_german_keyboard(self) -> None:
        awkward = [c.name for c in COMMANDS for key in c.keys if set(key.removesuffix("++")) & set("[]{}/\\|@~")]
        assert awkward == []

    def test_the_menus_stand_in_order(self, part: QWidget) -> None:
        assert Commands(part).menus == ["File", "Edit", "View", "Playback", "Voice", "Cue", "Jobs", "Tools", "Help"]

    def test_the_letters_of_a_menu_are_each_taken_once(self, part: QWidget) -> None:
        commands = Commands(part)
        for title in commands.menus:
            letters = [str(QKeySequence.mnemonic(a.text()).toString()) for a in commands.menu(title)]
            doubled = [letter for letter, count in Counter(filter(None, letters)).items() if count > 1]
            assert (title, doubled) == (title, [])


class TestActions:
    def test_a_command_nobody_works_for_looks_disabled_and_says_why(self, part: QWidget) -> None:
        commands = Commands(part)
        assert not commands["splitAction"].isEnabled()
        assert commands.why_not("splitAction") == "Choose a cue first."
        assert commands["splitAction"].toolTip().endswith("Choose a cue first.")
        assert "splitAction" in commands.unconnected()

    def test_connecting_enables_it_and_runs_it(self, part: QWidget) -> None:
        commands = Commands(part)
        done: list[object] = []
        commands.connect("splitAction", lambda: done.append("split"))
        commands.connect_switch("followAction", done.append)
        commands["splitAction"].trigger()
        commands["followAction"].setChecked(True)
        assert done == ["split", True]
        assert commands.why_not("splitAction") == ""
        assert {"splitAction", "followAction"} & set(commands.unconnected()) == set()

    def test_one_of_the_modes_is_on(self, part: QWidget) -> None:
        commands = Commands(part)
        for name in ("transcriptModeAction", "subtitlesModeAction", "compareModeAction"):
            commands[name].setChecked(True)
        assert [n for n in ("transcriptModeAction", "compareModeAction") if commands[n].isChecked()] == [
            "compareModeAction"
        ]

    def test_menus_have_lines_and_a_menu_of_the_speakers(self, part: QWidget) -> None:
        entries = Commands(part).menu("Cue")
        inner = [menu for a in entries if isinstance(menu := a.menu(), QMenu)]
        assert any(a.isSeparator() for a in entries)
        assert [plain(a.text()) for menu in inner for a in menu.actions()] == [
            *(f"Speaker {n}" for n in range(1, 9)),
            "Rename the speaker",
            "Add a speaker",
        ]

    @pytest.mark.parametrize(
        ("key", "shown"), [("Ctrl+Shift+Return", "Ctrl Shift Enter"), ("Ctrl++", "Ctrl +"), ("F4", "F4")]
    )
    def test_keys_are_written_for_people(self, key: str, shown: str) -> None:
        assert key_text(key) == shown


class TestKeys:
    def test_what_was_changed_comes_back_from_the_settings(self, part: QWidget, qtbot: QtBot) -> None:
        first = Commands(part)
        first.set_keys("splitAction", ["Ctrl+B", "F2"])
        first.set_keys("mergeNextAction", [])
        other = QWidget()
        qtbot.addWidget(other)
        second = Commands(other, first.changed_keys())
        assert (second.keys("splitAction"), second.keys("mergeNextAction")) == (("Ctrl+B", "F2"), ())
        assert second["splitAction"].toolTip().startswith("Split at the caret (Ctrl B)")
        second.take(None)
        assert (second.keys("splitAction"), second.changed_keys()) == (("Ctrl+Return",), {})

    @pytest.mark.parametrize(
        "rubbish", [None, 3, [], {"splitAction": "Ctrl+B"}, {"gone": ["F2"]}, {"splitAction": [7]}]
    )
    def test_settings_that_make_no_sense_do_no_harm(self, part: QWidget, rubbish: object) -> None:
        commands = Commands(part, rubbish)
        assert commands.conflicts() == {}
        assert commands.keys("mergeNextAction") == ("Ctrl+M",)

    def test_two_commands_with_one_key_are_found(self, part: QWidget) -> None:
        commands = Commands(part, {"splitAction": ["ctrl+m"]})
        assert commands.conflicts() == {"Ctrl+M": ["splitAction", "mergeNextAction"]}


class TestWindow:
    def test_somebody_works_for_every_command(self, window: MainWindow) -> None:
        assert window.commands.unconnected() == []

    def test_no_key_does_two_things(self, window: MainWindow) -> None:
        used = Counter(
            key.toString()
            for action in window.findChildren(QAction)
            for key in action.shortcuts()
            if action.shortcutContext() != Qt.ShortcutContext.WidgetShortcut
        )
        assert [key for key, count in used.items() if count > 1] == []

    def test_everything_that_takes_the_focus_has_a_name(self, window: MainWindow) -> None:
        window.finder.open()
        nameless = []

        def look(interface: QAccessibleInterface) -> None:
            state, widget = interface.state(), interface.object()
            named = interface.text(QAccessible.Text.Name) or interface.text(QAccessible.Text.Description)
            if state.focusable and not state.invisible and not named:
                nameless.append(f"{interface.role().name} {widget.objectName() if widget else ''}")
            for number in range(min(interface.childCount(), 200)):
                if child := interface.child(number):
                    look(child)

        look(QAccessible.queryAccessibleInterface(window))
        window.commands["shortcutsAction"].trigger()
        for dialog in window.findChildren(QDialog):
            look(QAccessible.queryAccessibleInterface(dialog))
            dialog.close()
        assert nameless == []


class TestPanels:
    def test_f6_goes_round_the_parts_that_can_be_reached(self, window: MainWindow, qtbot: QtBot) -> None:
        window.activateWindow()
        window.setFocus()
        places = []
        for _ in range(12):
            window.commands["nextPanelAction"].trigger()
            focus = window.focusWidget()
            assert focus
            places.append(focus.objectName())
        assert len(set(places)) >= 2
        assert places[0] in places[1:]  # round again
        window.commands["previousPanelAction"].trigger()
        assert window.focusWidget()
        assert window.focusWidget().objectName() == places[-2]

    def test_a_part_is_entered_where_it_was_left(self, qtbot: QtBot) -> None:
        window = QWidget()
        qtbot.addWidget(window)
        left, right = QGroupBox(window), QGroupBox(window)
        QLineEdit(left)
        field, other = QLineEdit(left), QLineEdit(right)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        field.setFocus()
        next_panel([left, right], 1)
        assert window.focusWidget() is other
        next_panel([left, right], 1)
        assert window.focusWidget() is field

    def test_without_parts_nothing_happens(self, part: QWidget) -> None:
        next_panel([part], 1)
        assert not part.hasFocus()
