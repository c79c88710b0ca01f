"""The palette by keyboard: finds commands and other things, says what cannot be done, gives the focus back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from talks import talk

from studio.core.transcript import Segment, Transcript
from studio.ui import theme
from studio.ui.commands import Commands
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.palette.hit_list import Hit
from studio.ui.palette.hits import in_transcript
from studio.ui.palette.palette import Palette


class Desk(QMainWindow):
    """A window with a text field, commands and a palette; `done` says what was run."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[object] = []
        self.commands = Commands(self)
        for name in ("splitAction", "splitPlayheadAction", "mergeNextAction"):
            self.commands.connect(name, lambda name=name: self.done.append((name, QApplication.focusWidget())))
        body = QWidget()
        self.text, self.other = QLineEdit("text"), QLineEdit("other")
        column = QVBoxLayout(body)
        column.addWidget(self.text)
        column.addWidget(self.other)
        column.addStretch()
        self.setCentralWidget(body)
        self.finder = Palette(self.commands, [self.look_up], self)

    def look_up(self, query: str) -> list[Hit]:
        return [Hit(f"“{query} it”", "In this transcript", "18:22", "transcript", lambda: self.done.append(query))]


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.current().apply(application)
    desk = Desk()
    qtbot.addWidget(desk)
    desk.resize(1000, 700)
    desk.show()
    desk.activateWindow()
    qtbot.waitUntil(desk.isActiveWindow)
    desk.text.setFocus()
    desk.finder.open()
    yield desk
    desk.close()


def titles(desk: Desk) -> list[str]:
    return [str(desk.finder.hits.index(row).data()) for row in range(desk.finder.hits.rowCount())]


def chosen(desk: Desk) -> str:
    return str(desk.finder.list.currentIndex().data())


class TestFinding:
    def test_a_few_letters_find_the_commands(self, desk: Desk, qtbot: QtBot) -> None:
        qtbot.keyClicks(desk.finder.field, "spl")
        assert titles(desk)[:3] == ["Commands", "Split at the caret", "Split at the playhead"]
        assert chosen(desk) == "Split at the caret"

    def test_other_things_follow_in_groups_of_their_own(self, desk: Desk, qtbot: QtBot) -> None:
        qtbot.keyClicks(desk.finder.field, "split")
        qtbot.waitUntil(lambda: "In this transcript" in titles(desk))
        assert titles(desk)[-2:] == ["In this transcript", "“split it”"]
        assert chosen(desk) == "Split at the caret"

    def test_nothing_found_is_said(self, qtbot: QtBot, desk: Desk) -> None:
        finder = Palette(desk.commands, [], desk)
        finder.open()
        qtbot.keyClicks(finder.field, "qqqq")
        assert finder._nothing.isVisible()
        assert not finder.list.isVisible()

    def test_rows_are_said_with_key_and_reason(self, desk: Desk, qtbot: QtBot) -> None:
        qtbot.keyClicks(desk.finder.field, "merge")
        spoken = [desk.finder.hits.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in (1, 2)]
        assert spoken[0] == "Merge with the next, Cue, Ctrl M"
        assert spoken[1] == "Merge with the previous, Cue, Ctrl Shift M, not available: Choose a cue first."


class TestKeyboard:
    def test_enter_runs_with_the_focus_back_where_it_was(self, desk: Desk, qtbot: QtBot) -> None:
        qtbot.keyClicks(desk.finder.field, "split")
        qtbot.keyClick(desk.finder.field, Qt.Key.Key_Down)
        qtbot.keyClick(desk.finder.field, Qt.Key.Key_Return)
        assert desk.done == [("splitPlayheadAction", desk.text)]
        assert not desk.finder.isVisible()

    def test_arrows_go_round_and_skip_the_titles(self, desk: Desk, qtbot: QtBot) -> None:
        qtbot.keyClicks(desk.finder.field, "split")
        qtbot.waitUntil(lambda: "In this transcript" in titles(desk))
        qtbot.keyClick(desk.finder.field, Qt.Key.Key_Up)
        assert chosen(desk) == "“split it”"
        qtbot.keyClick(desk.finder.field, Qt.Key.Key_Tab)
        assert chosen(desk) == "Split at the caret"

    def test_esc_gives_the_focus_back(self, desk: Desk, qtbot: QtBot) -> None:
        qtbot.keyClick(desk.finder.field, Qt.Key.Key_Escape)
        assert desk.text.hasFocus()
        assert (desk.finder.isVisible(), desk.done) == (False, [])

    def test_a_command_that_cannot_run_stays_and_says_why(self, desk: Desk, qtbot: QtBot) -> None:
        qtbot.keyClicks(desk.finder.field, "merge previous")
        qtbot.keyClick(desk.finder.field, Qt.Key.Key_Return)
        assert (desk.finder.isVisible(), desk.done) == (True, [])

    def test_the_windows_shortcuts_sleep_meanwhile(self, desk: Desk, qtbot: QtBot) -> None:
        heard: list[bool] = []
        QShortcut(QKeySequence("Ctrl+B"), desk).activated.connect(lambda: heard.append(True))
        qtbot.keyClick(desk.finder.field, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
        assert heard == []
        qtbot.keyClick(desk.finder.field, Qt.Key.Key_Escape)
        qtbot.keyClick(desk.text, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
        assert heard == [True]

    def test_it_goes_when_the_focus_goes_elsewhere(self, desk: Desk) -> None:
        desk.other.setFocus()
        assert not desk.finder.isVisible()
        assert desk.other.hasFocus()


class TestRecent:
    def test_what_was_used_last_stands_first(self, desk: Desk, qtbot: QtBot) -> None:
        with qtbot.waitSignal(desk.finder.recent_changed) as told:
            qtbot.keyClicks(desk.finder.field, "merge next")
            qtbot.keyClick(desk.finder.field, Qt.Key.Key_Return)
        assert told.args == [["mergeNextAction"]]
        desk.finder.open()
        assert titles(desk)[:2] == ["Used last", "Merge with the next"]

    @pytest.mark.parametrize("stored", [None, "x", ["gone", "splitAction"]])
    def test_settings_that_make_no_sense_do_no_harm(self, desk: Desk, stored: object) -> None:
        finder = Palette(desk.commands, [], desk, stored)
        finder.open()
        assert str(finder.hits.index(0).data()) == ("Used last" if isinstance(stored, list) else "Commands")


def test_words_of_the_transcript_are_shown_with_what_stands_around_them(qtbot: QtBot) -> None:
    model = TranscriptModel()
    model.set_transcript(talk())
    segment = model.segment(1)
    word = segment.text.split()[-1]
    gone: list[object] = []
    hits = in_transcript(model, gone.append)(word.upper())
    assert 0 < len(hits) <= 6
    assert all(word.casefold() in hit.title.casefold() for hit in hits)
    hits[0].run()
    assert word.casefold() in gone[0].text.casefold()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("text", "typed"), [("Zu\u0308rich", "zür"), ("Zürich", "zu\u0308r"), ("ẞẞẞß Zürich", "zür")])
def test_words_of_the_transcript_are_found_in_either_form_of_their_letters(qtbot: QtBot, text: str, typed: str) -> None:
    model = TranscriptModel()
    said = f"{' '.join(['so'] * 40)} {text}"
    model.set_transcript(Transcript((Segment(0, 1000, said, id=1),)))
    (hit,) = in_transcript(model, lambda segment: None)(typed)
    assert text in hit.title
