"""The popup at an unsure word, and the comment popup: in the real window, by keys and clicks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from talks import label_text, open_talk, talk

from studio.core.decisions import doubtful
from studio.core.edits import apply
from studio.core.transcript import Segment
from studio.services.opinion import Decisions
from studio.ui.desks.unsure_desk import keep_word
from studio.ui.dialogs.comment_dialog import CommentDialog
from studio.ui.editor.transcript_view import TranscriptView
from studio.ui.editor.unsure_popup import UnsurePopup
from studio.ui.window.main_window import MainWindow

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def text(window: MainWindow) -> TranscriptView:
    """Of all words, only “Nordfriesland” in the second row is unsure."""
    open_talk(window)
    window._studio.library.settings.set("glossary", "Nordfriesland: North Friesland\nNordfriesisch: Nordfriesland\n")
    window.page.transcript.setFocus()
    return window.page.transcript


def go_on(window: MainWindow, qtbot: QtBot) -> None:
    action = window.commands["nextProblemAction"]
    qtbot.waitUntil(action.isEnabled, timeout=5000)
    action.trigger()


@pytest.fixture
def popup(window: MainWindow, text: TranscriptView, qtbot: QtBot) -> UnsurePopup:
    go_on(window, qtbot)
    assert window.desks.unsure.popup.word == "Nordfriesland"
    return window.desks.unsure.popup


def word(window: MainWindow) -> tuple[str, float | None]:
    found = window.desk.model.segment(1).words[2]
    return found.text, found.confidence


class TestPopup:
    def test_it_says_how_sure_and_what_else_it_may_be(self, popup: UnsurePopup, text: TranscriptView):
        assert popup.accessibleName() == "Nordfriesland, 20 % sure"
        assert popup.choices == ["Nordfriesland", "Nordfriesisch"]
        assert text.hasFocus()
        assert text.textCursor().selectedText() == "Nordfriesland"

    def test_enter_keeps_it(self, window: MainWindow, popup: UnsurePopup, text: TranscriptView, qtbot: QtBot):
        before = window.desk.model.segment(1)
        qtbot.keyClick(text, Key.Key_Return)
        assert not popup.isVisible()
        assert word(window) == ("Nordfriesland", None)
        assert window.desk.model.segment(1).text == before.text
        assert text.unsure_count() == 0
        assert window.commands["undoAction"].text() == "&Undo keep word"
        window.commands["undoAction"].trigger()
        assert window.desk.model.segment(1) == before

    def test_right_and_enter_take_another(
        self, window: MainWindow, popup: UnsurePopup, text: TranscriptView, qtbot: QtBot
    ):
        qtbot.keyClick(text, Key.Key_Right)
        qtbot.keyClick(text, Key.Key_Return)
        assert word(window) == ("Nordfriesisch", None)
        assert window.desk.model.segment(1).text.startswith("Honestly? In Nordfriesisch a storm")

    def test_a_click_takes_another(self, window: MainWindow, popup: UnsurePopup, text: TranscriptView, qtbot: QtBot):
        choice = popup.findChild(QPushButton, "unsureChoice1")
        qtbot.mouseClick(choice, Left)
        assert word(window)[0] == "Nordfriesisch"
        assert text.hasFocus()

    def test_typing_replaces_it(self, window: MainWindow, popup: UnsurePopup, text: TranscriptView, qtbot: QtBot):
        height = popup.height()
        qtbot.keyClicks(text, "Holstein")
        assert popup.height() < height, "as high as what is in it"
        assert word(window) == ("Holstein", None)
        assert label_text(popup, "unsureHint") == "Enter keeps what you typed, Alt P plays it again."
        assert not any(choice.isVisible() for choice in popup.findChildren(QPushButton))
        qtbot.keyClick(text, Key.Key_Return)
        assert not popup.isVisible()
        assert window.desk.model.rowCount() == 5
        qtbot.keyClick(text, Key.Key_Return)  # it is the text's again
        assert window.desk.model.rowCount() == 6

    def test_typing_on_somewhere_else_closes_it(
        self, window: MainWindow, popup: UnsurePopup, text: TranscriptView, qtbot: QtBot
    ):
        qtbot.keyClicks(text, "Holstx")
        qtbot.keyClick(text, Key.Key_Backspace)
        qtbot.keyClick(text, Key.Key_Left)
        assert popup.isVisible(), "what was typed may be corrected"
        qtbot.keyClick(text, Key.Key_End)
        assert not popup.isVisible()
        assert word(window)[0] == "Holst"

    def test_what_was_typed_may_be_taken_back(
        self, window: MainWindow, popup: UnsurePopup, text: TranscriptView, qtbot: QtBot
    ):
        qtbot.keyClicks(text, "Holstein")
        window.commands["undoAction"].trigger()
        assert word(window) == ("Nordfriesland", 0.2)
        qtbot.keyClick(text, Key.Key_Escape)
        assert not popup.isVisible()

    def test_escape_and_going_away_close_it(
        self, window: MainWindow, popup: UnsurePopup, text: TranscriptView, qtbot: QtBot
    ):
        qtbot.keyClick(text, Key.Key_Escape)
        assert not popup.isVisible()
        assert word(window) == ("Nordfriesland", 0.2)
        for go in (
            lambda: qtbot.keyClick(text, Key.Key_Down),
            lambda: window.queue_view.list.setFocus(),
            lambda: window.desk.undo() or window.desk.type_text(window.desk.model.segment(1).id, "Other."),
        ):
            go_on(window, qtbot)
            assert popup.isVisible()
            go()
            assert not popup.isVisible()

    def test_alt_p_plays_it_again_and_it_stays(
        self, window: MainWindow, popup: UnsurePopup, text: TranscriptView, qtbot: QtBot
    ):
        heard = window.desk.model.segment(1).words[2]
        with qtbot.waitSignal(window.desks.unsure.play_requested) as asked:
            qtbot.keyClick(text, Key.Key_P, Mod.AltModifier)
        assert asked.args == [heard.start - 200, heard.end + 200]
        assert popup.isVisible()

    def test_a_click_on_the_word_opens_it_and_the_caret_is_there(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot
    ):
        rect = text.word_rect(1, 2)
        assert rect is not None
        qtbot.mouseClick(text.viewport(), Left, Mod.NoModifier, rect.center().toPoint())
        popup = window.desks.unsure.popup
        assert popup.word == "Nordfriesland"
        assert not text.textCursor().hasSelection()
        qtbot.keyClicks(text, "x")
        assert not popup.isVisible()
        assert len(word(window)[0]) == len("Nordfriesland") + 1
        other = text.word_rect(1, 1)
        assert other is not None
        qtbot.mouseClick(text.viewport(), Left, Mod.NoModifier, other.center().toPoint())
        assert not popup.isVisible()

    def test_a_word_that_only_the_other_transcript_doubts(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        id = window.desk.model.segment(2).id
        text.set_doubtful({id: {1}})
        window.desks.checks.count_again()
        window.desks.unsure.other = lambda segment, word: "Samarang" if (segment, word) == (id, 1) else None
        text.put_caret(2, 0)
        go_on(window, qtbot)
        assert window.desks.unsure.popup.word == "Semarang"
        assert window.desks.unsure.popup.choices == ["Semarang", "Samarang"]
        assert window.desks.unsure.popup.accessibleName() == "Semarang, the other text differs"

    def test_a_kept_word_is_decided_for_good(self):
        left = talk()
        changed = left.segments[2].words[1]._replace(text="Samarang")
        words = (left.segments[2].words[0], changed, *left.segments[2].words[2:])
        right = left.with_segments((*left.segments[:2], Segment.from_words(words, "S2", 3), *left.segments[3:]))
        decisions = Decisions(left, right)
        assert doubtful(decisions.comparison, decisions.choices) == {3: {1}}
        decisions.follow(apply(left, keep_word(left.segments[2], 1)))
        assert doubtful(decisions.comparison, decisions.choices) == {}

    def test_it_stays_inside_the_view(self, popup: UnsurePopup, text: TranscriptView):
        assert text.viewport().rect().contains(popup.geometry())
        text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
        assert not popup.isVisible() or text.viewport().rect().contains(popup.pos() + QPoint(5, 5))

    def test_without_unsure_words_it_is_said(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        for row in range(window.desk.model.rowCount()):
            window.desk.type_text(window.desk.model.segment(row).id, "Sure.")
        with qtbot.waitSignal(window.desks.unsure.notice) as told:
            window.desks.unsure.go(1)
        assert told.args == ["info", "No word is marked as unsure."]


class TestComment:
    def open(self, window: MainWindow) -> tuple[CommentDialog, QPlainTextEdit]:
        window.commands["commentAction"].trigger()
        dialog = window.findChild(CommentDialog)
        assert dialog is not None
        field = dialog.findChild(QPlainTextEdit, "commentField")
        assert field is not None
        return dialog, field

    def test_control_enter_saves(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(1, 0)
        _, field = self.open(window)
        qtbot.keyClicks(field, "Ask him")
        qtbot.keyClick(field, Key.Key_Return)
        qtbot.keyClicks(field, "again ")
        qtbot.keyClick(field, Key.Key_Return, Mod.ControlModifier)
        assert window.desk.model.segment(1).comment == "Ask him\nagain"
        assert window.desk.model.rowCount() == 5
        qtbot.waitUntil(lambda: window.findChild(CommentDialog) is None)

    def test_escape_changes_nothing_and_delete_takes_it_off(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot
    ):
        text.put_caret(2, 0)
        dialog, field = self.open(window)
        assert dialog.findChild(QPushButton, "commentDeleteButton").isHidden()
        qtbot.keyClicks(field, "Listen")
        qtbot.mouseClick(dialog.findChild(QPushButton, "commentSaveButton"), Left)
        qtbot.waitUntil(lambda: window.findChild(CommentDialog) is None)
        dialog, field = self.open(window)
        assert field.toPlainText() == "Listen"
        qtbot.keyClicks(field, " again")
        qtbot.keyClick(field, Key.Key_Escape)
        assert window.desk.model.segment(2).comment == "Listen"
        qtbot.waitUntil(lambda: window.findChild(CommentDialog) is None)
        dialog, _ = self.open(window)
        qtbot.mouseClick(dialog.findChild(QPushButton, "commentDeleteButton"), Left)
        assert window.desk.model.segment(2).comment == ""
