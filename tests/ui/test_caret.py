"""Where caret, selection and focus are after passages have gone, come back, or changed elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from talks import LINES, open_talk, said

from studio.core.reflow import reflow
from studio.ui.editor.transcript_view import TranscriptView
from studio.ui.subtitles.page import SubtitlesPage
from studio.ui.window.main_window import MainWindow

Key, Mod = Qt.Key, Qt.KeyboardModifier
CTRL, CTRL_SHIFT = Mod.ControlModifier, Mod.ControlModifier | Mod.ShiftModifier
SEAM = len("Honestly?")


@pytest.fixture
def text(window: MainWindow) -> TranscriptView:
    open_talk(window)
    window.page.transcript.setFocus()
    return window.page.transcript


@pytest.fixture
def page(window: MainWindow) -> SubtitlesPage:
    open_talk(window)
    window.commands["subtitlesModeAction"].trigger()
    return window.desks.modes.subtitles


def chosen(window: MainWindow) -> list[int]:
    """The rows of the selection; the caret of the text is in the current one."""
    selection, model = window.desk.selection, window.desk.model
    if window.page.transcript.isVisible():
        assert selection.current is not None
        assert window.page.transcript.caret()[0] == model.row_of(selection.current)
    return [model.row_of(id) for id in selection.ids]


class TestText:
    def test_where_a_passage_is_deleted_the_next_one_is_chosen(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot
    ):
        text.put_caret(1, 3)
        qtbot.keyClick(text, Key.Key_Delete, CTRL_SHIFT)
        assert chosen(window) == [1]
        qtbot.keyClick(text, Key.Key_Delete, CTRL_SHIFT)  # and not that at the playhead
        assert said(window) == [LINES[row][1] for row in (0, 3, 4)]
        text.put_caret(2, 0)
        qtbot.keyClick(text, Key.Key_Delete, CTRL_SHIFT)
        assert chosen(window) == [1]

    def test_what_comes_back_is_chosen(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(1, 3)
        qtbot.keyClick(text, Key.Key_Delete, CTRL_SHIFT)
        text.put_caret(3, 0)
        qtbot.keyClick(text, Key.Key_Z, CTRL)
        assert chosen(window) == [1]
        text.put_caret(4, 0)
        qtbot.keyClick(text, Key.Key_Y, CTRL)
        assert chosen(window) == [1]

    def test_a_split_taken_back_leaves_the_caret_where_it_was_cut(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot
    ):
        text.put_caret(1, SEAM)
        qtbot.keyClick(text, Key.Key_Return, CTRL)
        assert text.caret() == (2, 0, 0)
        qtbot.keyClick(text, Key.Key_Z, CTRL)
        assert text.caret() == (1, SEAM, SEAM)
        assert chosen(window) == [1]

    def test_what_is_taken_back_elsewhere_is_gone_to(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(3, len("Iya, betul. Air robnya datang pelan-pelan 😀 ".encode("utf-16-le")) // 2)
        qtbot.keyClicks(text, "so ")
        place = text.caret()[1] - 3
        text.put_caret(0, 0)
        qtbot.keyClick(text, Key.Key_Z, CTRL)
        assert text.caret() == (3, place, place)
        text.put_caret(0, 0)
        qtbot.keyClick(text, Key.Key_Y, CTRL)
        assert text.caret() == (3, place, place)

    def test_where_the_caret_is_among_what_is_taken_back_it_stays(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot
    ):
        window.desk.selection.set([2, 3])
        window.commands["flagAction"].trigger()
        text.put_caret(2, 12)
        qtbot.keyClick(text, Key.Key_Z, CTRL)
        assert not any(s.flagged for s in window.desk.model.segments())
        assert text.caret() == (2, 12, 12)

    def test_where_all_is_cut_anew_the_same_moment_stays_chosen(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot
    ):
        short = replace(window.desks.checks.rules, max_line=12)
        window.desk.do(reflow(window.desk.transcript, short))
        rows = window.desk.model.rowCount()
        assert rows > len(LINES)
        text.put_caret(rows - 1, 3)
        qtbot.keyClick(text, Key.Key_Z, CTRL)
        assert chosen(window) == [len(LINES) - 1]

    def test_it_stays_while_a_comparison_follows_what_is_typed(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot, tmp_path: Path
    ):
        comparing, other = window.desks.comparing, tmp_path / "other.srt"
        other.write_text("1\n00:00:00,000 --> 00:00:04,000\nYou grew up in Husum, right behind the dike.\n", "utf-8")
        with qtbot.waitSignal(comparing.ready):
            comparing.compare_with_file(other)
        window.commands["transcriptModeAction"].trigger()
        text.put_caret(3, 3)
        qtbot.keyClicks(text, "d")
        qtbot.waitUntil(lambda: not comparing._soon.isActive())
        assert said(window)[3].startswith("Iyad, betul.")
        assert text.caret() == (3, 4, 4)
        assert chosen(window) == [3]


class TestSubtitles:
    def test_typing_goes_on_when_all_cues_are_back(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        page.table.setFocus()
        qtbot.keyClick(page.table, Key.Key_A, CTRL)
        qtbot.keyClick(page.table, Key.Key_Delete, CTRL_SHIFT)
        assert said(window) == []
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_Z, CTRL)
        assert page.editor.text.hasFocus()
        qtbot.keyClicks(page.editor.text, "X")
        assert said(window)[0] == f"X{LINES[0][1]}"

    def test_after_finding_typing_goes_on(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        window.commands["findAction"].trigger()
        field = window.desks.find.bar.field
        qtbot.keyClicks(field, "semarang")
        qtbot.keyClick(field, Key.Key_Return)
        qtbot.keyClick(field, Key.Key_Escape)
        assert page.editor.text.hasFocus()
        assert page.editor.text.text() == LINES[2][1]

    @pytest.mark.parametrize(
        ("key", "modifiers"),
        [
            (Key.Key_Delete, CTRL_SHIFT),
            (Key.Key_M, CTRL_SHIFT),
            (Key.Key_M, CTRL),
        ],
    )
    def test_typing_goes_on_where_a_cue_is_gone(
        self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot, key: Key, modifiers: Mod
    ):
        window.desk.selection.set([3])
        qtbot.keyClick(page.editor.text, key, modifiers)
        assert len(said(window)) == len(LINES) - 1
        assert page.editor.text.hasFocus()
        assert page.editor.shown == window.desk.selection.current
        qtbot.keyClick(page.editor.text, Key.Key_Z, CTRL)
        assert page.editor.text.hasFocus()
        assert page.editor.shown == window.desk.selection.current
        assert said(window) == [line for _, line in LINES]

    def test_a_split_taken_back_leaves_the_caret_where_it_was_cut(
        self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot
    ):
        text = page.editor.text
        window.desk.selection.set([2])
        cursor = text.textCursor()
        cursor.setPosition(SEAM)
        text.setTextCursor(cursor)
        qtbot.keyClick(text, Key.Key_Return, CTRL)
        assert text.text().startswith("In Nordfriesland")
        qtbot.keyClick(text, Key.Key_Z, CTRL)
        assert text.hasFocus()
        assert (page.editor.shown, text.textCursor().position()) == (2, SEAM)
