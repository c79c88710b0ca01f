"""Find, replace and the tools with a preview, in the real window, with real keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from talks import open_talk, segments

from studio.core import edits
from studio.core.jobs import JobState
from studio.ui.find.changes import Column, differences
from studio.ui.find.find_bar import FindBar
from studio.ui.find.glossary_dialog import GlossaryDialog
from studio.ui.find.preview_dialog import PreviewDialog
from studio.ui.subtitles.page import SubtitlesPage
from studio.ui.widgets.sign import Sign
from studio.ui.window.main_window import MainWindow

ALT, SHIFT, CONTROL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def bar(window: MainWindow, qtbot: QtBot) -> FindBar:
    """The find bar over an open talk, opened by its key."""
    open_talk(window)
    window.page.transcript.setFocus()
    qtbot.keyClick(window.page.transcript, Qt.Key.Key_F, CONTROL)
    return window.desks.find.bar


def told(bar: FindBar) -> str:
    return bar.findChild(QLabel, "searchMatches").text()


def texts(window: MainWindow) -> list[str]:
    return [s.text for s in window.desk.transcript.segments]


def selected(window: MainWindow) -> tuple[int, str]:
    cursor = window.page.transcript.textCursor()
    return cursor.blockNumber(), cursor.selectedText()


def click(parent: QWidget, name: str) -> None:
    (parent.findChild(QPushButton, name) or parent.findChild(QToolButton, name)).click()


def alt(qtbot: QtBot, widget: QWidget, key: Qt.Key, button: str) -> None:
    """Press Alt with a key and wait for the button that it presses, which Qt shows being pressed first."""
    wanted = widget.window().findChild(QAbstractButton, button)
    with qtbot.waitSignal(wanted.clicked):
        qtbot.keyClick(widget, key, ALT)


def dialog(window: MainWindow, kind: type[QDialog]) -> QDialog:
    QApplication.processEvents()
    return next(d for d in window.findChildren(kind) if d.isVisible())


class TestFind:
    def test_the_bar_opens_with_the_focus_and_walks_through_the_places(
        self, window: MainWindow, bar: FindBar, qtbot: QtBot
    ) -> None:
        assert bar.isVisible()
        assert QApplication.focusWidget() is bar.field
        qtbot.keyClicks(bar.field, "semarang")
        assert told(bar) == "1 found"
        bar.field.clear()
        qtbot.keyClicks(bar.field, "in")
        assert told(bar) == "5 found"
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
        assert (told(bar), selected(window)) == ("1 of 5", (0, "in"))
        qtbot.keyClick(bar.field, Qt.Key.Key_F3)
        assert (told(bar), selected(window)) == ("2 of 5", (0, "in"))
        qtbot.keyClick(bar.field, Qt.Key.Key_F3, SHIFT)
        qtbot.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
        assert told(bar) == "5 of 5", "before the first comes the last"

    def test_options_by_keys_from_the_field_and_from_the_text(
        self, window: MainWindow, bar: FindBar, qtbot: QtBot
    ) -> None:
        qtbot.keyClicks(bar.field, "in")
        alt(qtbot, bar.field, Qt.Key.Key_S, "findCaseButton")
        assert told(bar) == "3 found"
        window.page.transcript.setFocus()
        alt(qtbot, window.page.transcript, Qt.Key.Key_S, "findCaseButton")
        assert told(bar) == "5 found"
        alt(qtbot, bar.field, Qt.Key.Key_W, "findWordButton")
        assert told(bar) == "3 found"
        alt(qtbot, bar.field, Qt.Key.Key_X, "findRegexButton")
        bar.field.setText("i.|u.")
        assert told(bar) == "5 found"

    def test_a_wrong_expression_is_said_in_the_bar(self, window: MainWindow, bar: FindBar, qtbot: QtBot) -> None:
        alt(qtbot, bar.field, Qt.Key.Key_X, "findRegexButton")
        qtbot.keyClicks(bar.field, "(in")
        problem = bar.findChild(QLabel, "searchProblem")
        assert problem.isVisible()
        assert problem.parentWidget().findChild(Sign).isVisible(), "a sign beside what is red"
        assert problem.text() == "“(in” cannot be searched: a “(” has no “)”."
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
        qtbot.keyClicks(bar.field, ")")
        assert (problem.isVisible(), told(bar)) == (False, "5 found")

    def test_only_in_the_selection_that_was_there(self, window: MainWindow, bar: FindBar, qtbot: QtBot) -> None:
        window.desk.selection.set([2, 3])
        alt(qtbot, bar.field, Qt.Key.Key_L, "findSelectionButton")
        qtbot.keyClicks(bar.field, "in")
        assert told(bar) == "3 found"
        for _ in range(3):
            qtbot.keyClick(bar.field, Qt.Key.Key_Return)
            assert selected(window)[0] in (1, 2)
        assert told(bar) == "1 of 3", "the caret stood in the last one, so it has come round"

    def test_esc_closes_and_f3_goes_on(self, window: MainWindow, bar: FindBar, qtbot: QtBot) -> None:
        qtbot.keyClicks(bar.field, "semarang")
        qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
        text = window.page.transcript
        assert (bar.isVisible(), text.hasFocus(), text.match_count) == (False, True, 0)
        qtbot.keyClick(text, Qt.Key.Key_F3)
        assert selected(window) == (2, "Semarang")

    def test_what_is_selected_is_looked_for(self, window: MainWindow, bar: FindBar, qtbot: QtBot) -> None:
        qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
        view = window.page.transcript
        view.setTextCursor(view._cursor(1, (13, 15)))
        qtbot.keyClick(view, Qt.Key.Key_F, CONTROL)
        assert bar.field.text() == texts(window)[1][13:15]


class TestFindInSubtitles:
    @pytest.fixture
    def cues(self, window: MainWindow, bar: FindBar, qtbot: QtBot) -> SubtitlesPage:
        """The bar over subtitles."""
        qtbot.keyClick(bar.field, Qt.Key.Key_2, CONTROL)
        page = window.desks.modes.subtitles
        qtbot.keyClick(page.editor.text, Qt.Key.Key_F, CONTROL)
        return page

    @staticmethod
    def marked(page: SubtitlesPage) -> tuple[int, int, str]:
        """Number of the cue, offset of what is selected in its text, and that."""
        cursor = page.editor.text.textCursor()
        return page.editor.shown or 0, cursor.selectionStart(), cursor.selectedText()

    def test_the_place_is_selected_in_the_text_of_the_cue(
        self, window: MainWindow, bar: FindBar, cues: SubtitlesPage, qtbot: QtBot
    ) -> None:
        window.page.waveform.set_duration(60_000)
        qtbot.keyClicks(bar.field, "the")
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
        assert (told(bar), self.marked(cues)) == ("1 of 3", (1, 35, "the"))
        for place, number in (((3, 12, "the"), 2), ((3, 38, "the"), 3)):
            qtbot.keyClick(bar.field, Qt.Key.Key_Return)
            assert (told(bar), self.marked(cues)) == (f"{number} of 3", place)
        start, end = window.page.waveform.visible
        assert start <= 20_000 < 22_500 <= end
        qtbot.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
        assert self.marked(cues) == (3, 12, "the")
        qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
        assert cues.editor.text.hasFocus()
        assert self.marked(cues) == (3, 12, "the"), "it can be typed over"

    def test_all_places_of_the_cue_are_marked(
        self, window: MainWindow, bar: FindBar, cues: SubtitlesPage, qtbot: QtBot
    ) -> None:
        field = cues.editor.text

        def ink(offset: int) -> QColor:
            """The ground at the upper edge of a letter, in the text of the cue."""
            cursor = QTextCursor(field.document())
            cursor.setPosition(offset)
            left = field.cursorRect(cursor)
            return field.viewport().grab().toImage().pixelColor(left.x() + 4, left.top() + 3)

        window.desk.selection.set([3])
        plain = ink(12)
        qtbot.keyClicks(bar.field, "the")
        assert ink(12) == ink(38) != plain
        assert ink(0) == plain
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
        assert self.marked(cues) == (3, 12, "the")
        assert ink(12) not in (plain, ink(38)), "the one that one is at looks different"
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Home)
        qtbot.keyClicks(field, "xy ")
        qtbot.waitUntil(lambda: ink(15) == ink(41) != plain)
        qtbot.keyClick(field, Qt.Key.Key_F, CONTROL)
        qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
        assert ink(41) == plain

    def test_it_goes_on_from_the_caret_in_the_cue(
        self, window: MainWindow, bar: FindBar, cues: SubtitlesPage, qtbot: QtBot
    ) -> None:
        qtbot.keyClicks(bar.field, "the")
        window.desk.selection.set([3])
        field = cues.editor.text
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_End)
        qtbot.keyClick(field, Qt.Key.Key_F3, SHIFT)
        assert self.marked(cues) == (3, 38, "the")
        qtbot.keyClick(field, Qt.Key.Key_F3)
        assert self.marked(cues) == (1, 35, "the")

    def test_one_is_replaced_where_it_is_shown(
        self, window: MainWindow, bar: FindBar, cues: SubtitlesPage, qtbot: QtBot
    ) -> None:
        qtbot.keyClick(bar.field, Qt.Key.Key_H, CONTROL)
        qtbot.keyClicks(bar.field, "the")
        qtbot.keyClicks(bar.replacement, "the the")
        before = texts(window)
        window.desk.selection.set([3])
        cues.editor.text.setFocus()
        qtbot.keyClick(cues.editor.text, Qt.Key.Key_F3)
        assert self.marked(cues) == (3, 12, "the")
        qtbot.keyClick(cues.editor.text, Qt.Key.Key_End)
        alt(qtbot, cues.editor.text, Qt.Key.Key_R, "replaceOneButton")
        assert (texts(window), self.marked(cues)) == (before, (1, 35, "the")), "no place was selected: it goes to one"
        bar.replacement.setFocus()
        qtbot.keyClick(bar.replacement, Qt.Key.Key_Return)
        assert texts(window)[0].endswith("behind the the dyke.")
        assert texts(window)[1:] == before[1:]
        assert self.marked(cues) == (3, 12, "the"), "what was put in is not found again"

    def test_the_found_row_stays_in_view_when_the_bar_grows(
        self, window: MainWindow, bar: FindBar, cues: SubtitlesPage, qtbot: QtBot
    ) -> None:
        window.desk.model.append_segments(segments(40, first=6))
        table = cues.table
        qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
        window.resize(1440, 1100)  # so that rows stay as high as they are
        qtbot.waitUntil(lambda: table.viewport().height() > 400)
        row = table.rowAt(table.viewport().height() - table.rowHeight(0) - 1)  # the last that is seen whole
        window.desk.selection.set([row + 1])

        def whole(row: int) -> bool:
            place = table.visualRect(table.model().index(row, 0))
            return place.top() >= 0 and place.bottom() < table.viewport().height()

        assert whole(row)
        room = table.viewport().height()
        qtbot.keyClick(cues.editor.text, Qt.Key.Key_H, CONTROL)
        qtbot.waitUntil(lambda: table.viewport().height() < room)
        assert whole(row)
        window.desk.selection.set([31])
        qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: table.viewport().height() >= room)
        assert whole(30), "and when it closes, though another cue is heard"


class TestReplace:
    @pytest.fixture
    def replacing(self, window: MainWindow, bar: FindBar, qtbot: QtBot) -> FindBar:
        qtbot.keyClick(bar.field, Qt.Key.Key_H, CONTROL)
        bar.field.setText("the")
        return bar

    def test_one_after_the_other(self, window: MainWindow, replacing: FindBar, qtbot: QtBot) -> None:
        before = texts(window)
        assert before[0] == "You grew up in Husum, right behind the dyke."
        field = replacing.replacement
        field.setFocus()
        qtbot.keyClicks(field, "the the")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert (selected(window), texts(window)) == ((0, "the"), before), "first it goes to the place"
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert texts(window)[0] == "You grew up in Husum, right behind the the dyke."
        assert selected(window)[0] == 2, "what was put in is not found again"
        assert window.commands["undoAction"].text() == "&Undo replace “the” by “the the”"

    def test_all_at_once_and_one_undo(self, window: MainWindow, replacing: FindBar, qtbot: QtBot) -> None:
        before = window.desk.transcript
        replacing.replacement.setText("THE")
        alt(qtbot, replacing.field, Qt.Key.Key_A, "replaceAllButton")
        assert texts(window)[0].endswith("behind THE dyke.")
        assert window.commands["undoAction"].text() == "&Undo replace “the” by “THE” in 3 places"
        assert "3 places replaced, undo takes it back." in window.notices.texts()
        shown = window.page.transcript.toPlainText().split("\n")
        assert shown == texts(window)
        assert [w[1:3] for s in window.desk.transcript.segments for w in s.words] == [
            w[1:3] for s in before.segments for w in s.words
        ]
        qtbot.keyClick(replacing.field, Qt.Key.Key_Z, CONTROL)
        window.commands["undoAction"].trigger()
        assert window.desk.transcript == before

    def test_in_the_row_that_is_being_typed_in(self, window: MainWindow, replacing: FindBar, qtbot: QtBot) -> None:
        view = window.page.transcript
        view.setFocus()
        view.put_caret(0, 0)
        qtbot.keyClicks(view, "X  ")
        alt(qtbot, view, Qt.Key.Key_A, "replaceAllButton")
        assert view.toPlainText().split("\n") == texts(window)
        assert texts(window)[0] == "X You grew up in Husum, right behind dyke."

    def test_when_nothing_is_left_the_keys_go_to_the_field(
        self, window: MainWindow, replacing: FindBar, qtbot: QtBot
    ) -> None:
        replacing.replacement.setText("a")
        every = replacing.findChild(QPushButton, "replaceAllButton")
        every.setFocus()
        qtbot.keyClick(every, Qt.Key.Key_Space)
        assert not every.isEnabled()
        assert replacing.field.hasFocus()

    def test_a_group_that_is_not_there_is_said(self, window: MainWindow, replacing: FindBar, qtbot: QtBot) -> None:
        before = texts(window)
        alt(qtbot, replacing.field, Qt.Key.Key_X, "findRegexButton")
        replacing.replacement.setText("$1")
        click(replacing, "replaceAllButton")
        assert texts(window) == before
        assert any("There is no group 1" in t for t in window.notices.texts())


class TestPreviews:
    def test_filler_words_with_a_tick_each(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        for id, text in ((1, "Um, you grew up"), (3, "Uh."), (5, "So, um, wie")):
            window.desk.do(edits.set_text(window.desk.segments([id])[0], text))
        before = window.desk.transcript
        window.commands["fillersAction"].trigger()
        preview = dialog(window, PreviewDialog)
        assert isinstance(preview, PreviewDialog)
        shown = [
            [preview.model.index(r, c).data() for c in Column] for r in range(preview.model.rowCount(QModelIndex()))
        ]
        assert shown == [
            ["00:00", "Um, you grew up", "You grew up"],
            ["00:20", "Uh.", "The passage goes away"],
            ["00:40", "So, um, wie", "So wie"],
        ]
        assert QApplication.focusWidget() is preview.list
        qtbot.keyClick(preview.list, Qt.Key.Key_Down)
        qtbot.keyClick(preview.list, Qt.Key.Key_Space)
        assert preview.findChild(QPushButton, "previewApplyButton").text() == "Apply 2 changes"
        qtbot.keyClick(preview, Qt.Key.Key_Return)
        assert texts(window)[0::2] == ["You grew up", "Uh.", "So wie"]
        window.commands["undoAction"].trigger()
        assert window.desk.transcript == before

    def test_where_nothing_is_to_change_the_keys_go_to_the_settings(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        window.commands["fillersAction"].trigger()
        preview = dialog(window, PreviewDialog)
        ticks = [preview.findChild(QPushButton, f"preview{name}Button") for name in ("All", "None")]
        qtbot.waitUntil(lambda: preview.isActiveWindow())
        assert not any(tick.isEnabled() for tick in ticks)
        field = preview.focusWidget()
        assert isinstance(field, QLineEdit)
        field.selectAll()
        qtbot.keyClicks(field, "dyke")
        assert all(tick.isEnabled() for tick in ticks)

    def test_nothing_is_done_on_cancel_and_settings_show_at_once(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        window.desk.do(edits.set_text(window.desk.segments([1])[0], "so so it's fine"))
        before = window.desk.transcript
        window.commands["tidyTextAction"].trigger()
        preview = dialog(window, PreviewDialog)
        assert isinstance(preview, PreviewDialog)
        after = preview.model.index(0, Column.AFTER)
        assert after.data() == "So so it's fine."
        preview.findChild(QWidget, "tidyRepeatsBox").click()
        preview.findChild(QWidget, "tidyQuotesBox").click()
        assert preview.model.index(0, Column.AFTER).data() == "So it’s fine."
        qtbot.keyClick(preview, Qt.Key.Key_Escape)
        assert window.desk.transcript == before

    def test_only_the_selected_passages_and_none_that_changed_meanwhile(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        for id in (1, 2, 3):
            window.desk.do(edits.set_text(window.desk.segments([id])[0], f"um {id}."))
        window.desk.selection.set([1, 2])
        window.commands["fillersAction"].trigger()
        preview = dialog(window, PreviewDialog)
        assert isinstance(preview, PreviewDialog)
        assert preview.model.rowCount() == 3
        preview.findChild(QWidget, "previewScopeBox").click()
        assert preview.model.rowCount() == 2
        window.desk.do(edits.set_text(window.desk.segments([2])[0], "um, another."))
        click(preview, "previewApplyButton")
        assert texts(window)[:3] == ["1.", "um, another.", "um 3."]

    def test_what_differs_is_marked(self) -> None:
        before, after = differences("Um, das ist gut", "Das ist gut")
        assert [before.text[a:b] for a, b in before.spans] == ["Um, das"]
        assert [after.text[a:b] for a, b in after.spans] == ["Das"]
        far, _ = differences("word " * 40 + "end", "word " * 40 + "END")
        assert far.text.startswith("…")
        assert [far.text[a:b] for a, b in far.spans] == ["end"]


class TestGlossary:
    def test_names_are_kept_and_applied(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        window.commands["glossaryAction"].trigger()
        names = dialog(window, GlossaryDialog)
        assert isinstance(names, GlossaryDialog)
        click(names, "addNameButton")
        editor = names.table.findChild(QLineEdit)
        qtbot.keyClicks(editor, "Nordfriisk")
        qtbot.keyClick(editor, Qt.Key.Key_Tab)
        qtbot.keyClicks(QApplication.focusWidget(), "nordfriesland, husum")
        click(names, "applyGlossaryButton")
        assert window._studio.library.settings.get("glossary") == "Nordfriisk: nordfriesland, husum\n"
        preview = dialog(window, PreviewDialog)
        click(preview, "previewApplyButton")
        assert texts(window)[0] == "You grew up in Nordfriisk, right behind the dyke."
        assert window.commands["undoAction"].text() == "&Undo apply the glossary"

    def test_import_adds_to_what_is_there_and_export_writes_it(
        self, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        window._studio.library.settings.set("glossary", "Müller: Miller\n")
        file = tmp_path / "names.txt"
        file.write_text("\ufeffMüller: Mueller\n~Böhm\n", "utf-8")
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out.txt"), ""))
        window.commands["glossaryAction"].trigger()
        names = dialog(window, GlossaryDialog)
        click(names, "importGlossaryButton")
        click(names, "exportGlossaryButton")
        assert (tmp_path / "out.txt").read_text("utf-8") == "Müller: Miller, Mueller\n~Böhm\n"
        file.write_bytes(b"\xff\xfe\x00")
        click(names, "importGlossaryButton")
        assert any("“names.txt” could not be read: it is no UTF-8 text." in t for t in window.notices.texts())
        click(names, "cancelGlossaryButton")
        assert window._studio.library.settings.get("glossary") == "Müller: Miller\n"

    def test_names_that_differ_are_told_once_after_a_job(self, window: MainWindow) -> None:
        open_talk(window)
        window._studio.library.settings.set("glossary", "HUSUM\n")
        job = window.desk.job
        assert job
        assert job.state == JobState.DONE
        window.desks.find.on_done(job)
        sentence = "Names in 1 passage are not written as in your glossary."
        assert sentence in window.notices.texts()
        next(b for b in window.notices.findChildren(QPushButton) if b.text() == "Look").click()
        preview = dialog(window, PreviewDialog)
        preview.reject()
        QApplication.processEvents()
        window._open_id(job.id)
        assert sentence not in window.notices.texts()
