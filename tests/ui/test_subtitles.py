"""Subtitle mode in the real window: the table, the editor below it, and that all of it is one transcript."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QTextCursor
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from talks import LINES, failed, model_is_stored, open_talk, said, segments, talk

from studio.core.edits import apply
from studio.core.reflow import reflow
from studio.core.transcript import Segment
from studio.ui import theme
from studio.ui.commands import COMMANDS
from studio.ui.models.cue_model import Column, CueModel
from studio.ui.models.findings import Findings
from studio.ui.models.transcript_model import TranscriptModel
from studio.ui.subtitles.cue_delegate import SIGNED
from studio.ui.subtitles.page import SubtitlesPage
from studio.ui.subtitles.row_delegate import PAD
from studio.ui.waveform.scene import START_SPAN
from studio.ui.window.main_window import MainWindow

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def page(window: MainWindow) -> SubtitlesPage:
    open_talk(window)
    window.commands["subtitlesModeAction"].trigger()
    return window.desks.modes.subtitles


def with_a_long_talk(window: MainWindow) -> SubtitlesPage:
    """Twelve cues over two minutes, of which the waveform shows the first 24 seconds."""
    open_talk(window, segments(12))
    window.page.waveform.set_duration(120_000)
    window.commands["subtitlesModeAction"].trigger()
    QApplication.processEvents()
    return window.desks.modes.subtitles


def agree(window: MainWindow, qtbot: QtBot) -> None:
    """What is seen, what the model holds and what is stored are the same."""
    page, model = window.desks.modes.subtitles, window.desk.model
    model_is_stored(window, qtbot)
    page.leave_cue()
    segment = page.editor.segment()
    assert page.editor.text.text() == (segment.text if segment else "")
    table = page.table.model()
    shown = [table.index(row, Column.TEXT).data() for row in range(table.rowCount())]
    assert shown == [s.text for s in model.segments()]


def choose(window: MainWindow, row: int) -> None:
    window.desk.selection.set([window.desk.model.segment(row).id])
    window.desks.modes.subtitles.editor.text.setFocus()


def put_caret(page: SubtitlesPage, offset: int) -> None:
    cursor = page.editor.text.textCursor()
    cursor.setPosition(offset)
    page.editor.text.setTextCursor(cursor)


class TestModes:
    def test_the_mode_is_remembered_and_the_caret_is_in_its_editor(self, window: MainWindow, page: SubtitlesPage):
        assert page.isVisible()
        assert page.editor.text.hasFocus()
        assert window.commands["subtitlesModeAction"].isChecked()
        assert window._studio.library.settings.get("mode") == "subtitles"
        window.commands["transcriptModeAction"].trigger()
        assert window.page.transcript.hasFocus()
        assert window._studio.library.settings.get("mode") == "transcript"

    def test_the_comparison_is_a_mode_but_not_one_to_begin_with(self, window: MainWindow, page: SubtitlesPage):
        window.commands["compareModeAction"].trigger()
        assert window.page.mode == "compare"
        assert window._studio.library.settings.get("mode") == "subtitles"

    def test_a_file_of_subtitles_is_shown_as_such(self, window: MainWindow, tmp_path: Path, qtbot: QtBot):
        cues = "1\n00:00:01,000 --> 00:00:02,000\nOne.\n"
        open_talk(window)
        recording, settings = window.desk.job.id, window._studio.library.settings

        def open_file(name: str) -> str:
            (tmp_path / name).write_text(cues if name.endswith("srt") else "One.")
            with qtbot.waitSignal(window.desk.opened):
                window.desks.opening.open_files([tmp_path / name])
            qtbot.waitUntil(lambda: window.desk.model.rowCount() == 1)
            return window.page.mode

        window.page.transcript.setFocus()
        assert open_file("talk.srt") == "subtitles"
        qtbot.waitUntil(window.desks.modes.subtitles.editor.text.hasFocus)
        assert settings.get("mode", "transcript") == "transcript", "nobody chose it"
        assert open_file("talk.txt") == "transcript"
        assert window.page.transcript.hasFocus()
        assert open_file("other.srt") == "subtitles"
        window._open_id(recording)
        assert window.page.mode == "transcript"
        window._open_id(recording + 1)
        assert window.page.mode == "subtitles"
        qtbot.keyClick(window.desks.modes.subtitles.editor.text, Key.Key_1, Mod.ControlModifier)
        window._open_id(recording + 1)
        assert window.page.mode == "transcript", "the user wants this one so"
        window.commands["subtitlesModeAction"].trigger()
        window._open_id(recording)
        assert window.page.mode == settings.get("mode") == "subtitles", "that was chosen"

    def test_keys_switch(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        qtbot.keyClick(page.editor.text, Key.Key_1, Mod.ControlModifier)
        assert window.page.mode == "transcript"
        qtbot.keyClick(window.page.transcript, Key.Key_2, Mod.ControlModifier)
        assert window.page.mode == "subtitles"

    def test_another_recording_begins_at_its_first_cue(self, window: MainWindow, page: SubtitlesPage):
        choose(window, 3)
        job = window.desk.job
        window.desk.open(None)
        assert page.editor.shown is None
        assert not page.editor.text.isEnabled()
        window.desk.open(job)
        assert window.desk.selection.current == page.editor.shown == 1
        assert page.editor.text.text() == LINES[0][1]


class TestTable:
    def test_a_row_says_everything_of_its_cue(self, window: MainWindow, page: SubtitlesPage):
        table = page.table.model()
        row = [table.index(1, column).data() for column in Column]
        assert row[:6] == ["2", "00:10.000", "00:12.350", "2.35", "Jörg Müller", LINES[1][1]]
        assert row[6:] == ["24.7", "58"]
        spoken = table.index(1, Column.TEXT).data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken.startswith(f"2, 00:10.000, Jörg Müller, {LINES[1][1]}, line length: 58 characters")
        assert "24.7 characters a second" in table.index(1, Column.SPEED).data(Qt.ItemDataRole.ToolTipRole)
        assert table.index(0, Column.START).data(Qt.ItemDataRole.ToolTipRole) is None

    def test_it_follows_every_change_as_qt_wants_it(self, qtbot: QtBot):
        model = TranscriptModel()
        cues = CueModel(model, Findings(model))
        QAbstractItemModelTester(cues, QAbstractItemModelTester.FailureReportingMode.Fatal)
        made = talk(40)
        model.set_transcript(made)
        edit = reflow(made, Findings(model).rules)
        model.apply(edit)
        assert cues.rowCount() == len(apply(made, edit).segments)
        model.apply(edit.inverse())
        assert cues.rowCount() == 40
        model.clear()
        assert cues.rowCount() == 0

    def test_a_click_chooses_everywhere(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        table = page.table
        place = table.visualRect(table.model().index(2, Column.TEXT)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert window.desk.selection.ids == (3,)
        assert page.editor.text.text() == LINES[2][1]
        place = table.visualRect(table.model().index(4, Column.TEXT)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Mod.ShiftModifier, place)
        assert window.desk.selection.ids == (3, 4, 5)
        assert window.desk.selection.current == 5

    def test_after_every_step_the_screen_shows_what_a_fresh_painting_would(
        self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot
    ):
        """Only the rows that look different are painted anew."""
        table = page.table

        def on_screen() -> QImage:
            for _ in range(3):  # new rows are laid out, then painted
                QApplication.processEvents()
            place = QRect(table.viewport().mapTo(window, QPoint(0, 0)), table.viewport().size())
            return window.screen().grabWindow(window.winId()).copy(place).toImage()

        def click(row: int, keys: Qt.KeyboardModifier = Mod.NoModifier) -> None:
            place = table.visualRect(table.model().index(row, Column.TEXT)).center()
            qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, place)

        seen = [on_screen()]
        for step in (
            lambda: click(1),
            lambda: click(3, Mod.ShiftModifier),
            lambda: qtbot.keyClick(table, Key.Key_Up, Mod.ControlModifier),  # the current row, and nothing else
            lambda: qtbot.keyClick(table, Key.Key_Down, Mod.AltModifier),
            lambda: window.playback.seek(20_400),
            lambda: window.commands["mergeNextAction"].trigger(),
            lambda: window.commands["undoAction"].trigger(),
        ):
            step()
            seen.append(on_screen())
            table.viewport().update()
            assert on_screen() == seen[-1], f"step {len(seen) - 1}"
        assert all(before != after for before, after in pairwise(seen))

    def test_what_is_chosen_elsewhere_is_chosen_here(self, window: MainWindow, page: SubtitlesPage):
        window.page.waveform.cue_clicked.emit(2, False, False)
        window.page.waveform.cue_clicked.emit(4, False, True)
        assert page.table.selected_rows() == [1, 3]
        assert page.editor.shown == 4

    def test_keys_of_the_table(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        page.table.setFocus()
        qtbot.keyClick(page.table, Key.Key_Down)
        assert window.desk.selection.ids == (2,)
        with qtbot.waitSignal(page.table.play_requested):
            qtbot.keyClick(page.table, Key.Key_Space)
        qtbot.keyClick(page.table, Key.Key_Return)
        assert page.editor.text.hasFocus()

    @pytest.mark.parametrize("mode", ["light", "dark"])
    def test_a_sign_stands_before_its_value_with_a_space_between(
        self, window: MainWindow, qtbot: QtBot, mode: theme.Mode
    ):
        theme.current().set_mode(mode)
        hour = 3_600_000
        times = ((0, 660), (10_000, 22_470), (30_000, 158_470), (hour, hour + 2_000), (hour + 1_000, hour + 3_000))
        open_talk(window, [Segment(*t, LINES[0][1], speaker="S1", id=n) for n, t in enumerate(times, 1)])
        window.commands["subtitlesModeAction"].trigger()
        table = window.desks.modes.subtitles.table
        qtbot.waitUntil(lambda: not table.viewport().visibleRegion().isEmpty())
        image = table.viewport().grab().toImage()
        font = QFontMetricsF(theme.font(theme.BODY, theme.SEMIBOLD))
        for row, column in (*((row, Column.SECONDS) for row in range(3)), (4, Column.START)):
            index = table.model().index(row, column)
            place = table.visualRect(index).adjusted(0, 1, 0, -2)
            ground = image.pixelColor(place.left() + 1, place.top() + 1)
            inked = [
                any(image.pixelColor(x, y) != ground for y in range(place.top(), place.bottom() + 1))
                for x in range(place.left(), place.right() + 1)
            ]
            value = len(inked) - PAD - round(font.horizontalAdvance(index.data()))
            assert any(inked[value:]), "the value"
            assert not any(inked[value - 2 : value]), f"{index.data()}: a space before it"
            assert any(inked[value - SIGNED : value - 3]), "the sign"
            assert not any(inked[: value - SIGNED]), "nothing before that"

    @pytest.mark.parametrize("by", ["mouse", "keys"])
    def test_a_chosen_cue_comes_into_view_in_the_waveform(self, window: MainWindow, qtbot: QtBot, by: str):
        page, table, waveform = with_a_long_talk(window), window.desks.modes.subtitles.table, window.page.waveform
        page.table.setFocus()
        assert waveform.visible == (0, START_SPAN)

        def choose_row(row: int) -> None:
            if by == "mouse":
                place = table.visualRect(table.model().index(row, Column.TEXT)).center()
                qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
            while table.currentIndex().row() != row:
                qtbot.keyClick(table, Key.Key_Down if table.currentIndex().row() < row else Key.Key_Up)

        choose_row(1)
        assert waveform.visible == (0, START_SPAN), "it is in view, so nothing moves"
        for row in (6, 8, 2):
            choose_row(row)
            cue, (start, end) = window.desk.model.segment(row), waveform.visible
            assert start <= cue.start < cue.end <= end
        assert window.playback.player.position() == 0

    def test_so_does_one_that_is_chosen_among_the_spoken(self, window: MainWindow, qtbot: QtBot):
        with_a_long_talk(window)
        window.commands["voiceoverModeAction"].trigger()
        table, waveform = window.desks.voiceover.page.table, window.page.waveform
        table.setFocus()
        for _ in range(8):
            qtbot.keyClick(table, Key.Key_Down)
        cue, (start, end) = window.desk.segments([window.desk.selection.current])[0], waveform.visible
        assert cue.start > START_SPAN
        assert start <= cue.start < cue.end <= end

    def test_while_the_playhead_is_followed_the_waveform_stays_with_it(self, window: MainWindow, qtbot: QtBot):
        page, waveform = with_a_long_talk(window), window.page.waveform
        waveform.set_playing(True)
        page.table.setFocus()
        for _ in range(6):
            qtbot.keyClick(page.table, Key.Key_Down)
        assert window.desk.selection.current == 7
        assert waveform.visible == (0, START_SPAN)
        waveform.set_following(False)
        qtbot.keyClick(page.table, Key.Key_Down)
        assert waveform.visible[0] <= window.desk.model.segment(7).start <= waveform.visible[1]

    def test_a_double_click_plays_from_there(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        place = page.table.visualRect(page.table.model().index(1, Column.TEXT)).center()
        qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseRelease(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)  # else it counts as held
        assert window.playback.player.position() == 10_000

    def test_what_is_heard_is_marked_and_not_chosen(self, window: MainWindow, page: SubtitlesPage):
        choose(window, 0)
        window.playback.seek(20_400)
        assert page.table.delegate.playing == 2
        assert window.desk.selection.ids == (1,)
        assert page.editor.shown == 1

    def test_what_is_heard_stays_marked_when_the_cues_before_it_change(self, window: MainWindow, page: SubtitlesPage):
        window.playback.seek(20_400)
        choose(window, 0)
        put_caret(page, len("Welcome"))
        page.split()
        assert page.table.delegate.playing == 3
        assert window.page.transcript.current_row == 3
        window.commands["undoAction"].trigger()
        assert page.table.delegate.playing == 2
        assert window.page.transcript.current_row == 2

    def test_scrolling_ends_following_everywhere(self, window: MainWindow, page: SubtitlesPage):
        page.table.set_following(False)
        assert not window.commands["followAction"].isChecked()
        assert not window.page.transcript.following
        window.commands["followAction"].trigger()
        assert page.table.following

    def test_four_cues_are_seen_in_the_smallest_window(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        window.resize(1024, 640)
        window.notices.hide()  # that the recording is gone
        qtbot.waitUntil(lambda: page.table.viewport().height() >= 4 * page.table.rowHeight(0))
        assert page.table.rowHeight(0) >= 2 * page.table.fontMetrics().height()

    def test_without_cues_it_says_why(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        window.desk.model.clear()
        window.page.set_job(failed(7), None)
        said = page.nothing.findChild(QLabel, "transcriptStateLabel")
        assert said.isVisible()
        assert said.text() == "“Gespräch 7.wav” is empty. Copy it again from the recorder."
        assert not any(part.isVisible() for part in (page.table, page.editor))
        with qtbot.waitSignal(window.page.transcript.retry_requested) as wished:
            qtbot.mouseClick(page.nothing.findChild(QPushButton, "transcriptRetryButton"), Qt.MouseButton.LeftButton)
        assert wished.args == [7]


class TestTyping:
    def test_the_ring_of_the_focus_is_whole(self, window: MainWindow, page: SubtitlesPage):
        text = page.editor.text
        text.setFocus()
        QApplication.processEvents()
        image, ring = text.grab().toImage(), theme.current().color("accent")
        middle, bottom = image.width() // 2, image.height() - 1
        assert [image.pixelColor(middle, y) for y in (0, 1, bottom - 1, bottom)] == [ring] * 4

    def test_letters_change_one_word_and_its_time_stays(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 0)
        before = window.desk.model.segment(0)
        put_caret(page, 8)
        qtbot.keyClicks(page.editor.text, "ing")
        after = window.desk.model.segment(0)
        assert after.words[1][:3] == ("grewing", *before.words[1][1:3])
        qtbot.waitUntil(lambda: page.editor.characters.text() == f"{len(after.text)} of 84")
        agree(window, qtbot)
        window.commands["undoAction"].trigger()
        assert window.desk.model.segment(0) == before
        agree(window, qtbot)

    def test_enter_breaks_the_line_and_control_enter_the_cue(
        self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot
    ):
        choose(window, 0)
        put_caret(page, len("You grew up in Husum, "))
        qtbot.keyClick(page.editor.text, Key.Key_Return)
        assert said(window)[0] == "You grew up in Husum,\nright behind the dyke."
        qtbot.waitUntil(lambda: page.editor.lines.text() == "2 of 2")
        agree(window, qtbot)
        qtbot.keyClick(page.editor.text, Key.Key_Return, Mod.ControlModifier)
        assert said(window)[:2] == ["You grew up in Husum,", "right behind the dyke."]
        assert page.editor.text.text() == "right behind the dyke."
        assert page.editor.text.hasFocus()
        agree(window, qtbot)
        window.commands["undoAction"].trigger()
        window.commands["undoAction"].trigger()
        assert said(window)[0] == LINES[0][1]

    def test_next_and_previous_keep_the_caret_in_the_editor(
        self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot
    ):
        choose(window, 0)
        qtbot.keyClicks(page.editor.text, "a ")
        qtbot.keyClick(page.editor.text, Key.Key_Down, Mod.AltModifier)
        assert page.editor.text.text() == LINES[1][1]
        assert page.editor.text.hasFocus()
        qtbot.keyClicks(page.editor.text, "b ")
        qtbot.keyClick(page.editor.text, Key.Key_Up, Mod.AltModifier)
        assert said(window)[:2] == [f"a {LINES[0][1]}", f"b {LINES[1][1]}"]
        window.commands["undoAction"].trigger()  # each cue's typing is a step
        assert said(window)[:2] == [f"a {LINES[0][1]}", LINES[1][1]]
        agree(window, qtbot)

    def test_without_a_chosen_cue_nothing_happens_to_the_one_at_the_playhead(
        self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot
    ):
        acting = [c.name for c in COMMANDS if c.menu in ("Cue", "Cue/Speaker") and window.commands[c.name].isEnabled()]
        before = list(window.desk.model.segments())
        window.playback.seek(before[2].start + 500)
        window.desk.selection.set(())
        still = [name for name in acting if window.commands[name].isEnabled()]
        assert {"splitPlayheadAction", "newCueAction", "nextCueAction", "previousCueAction"} <= set(still)
        assert not {"setStartAction", "deleteCueAction", "mergeNextAction", "flagAction", "speaker1Action"} & set(still)
        assert window.commands.why_not("setStartAction") == "Choose a cue first."
        assert page.editor.speaker.currentText() == ""
        qtbot.keyClick(window, Key.Key_F11)
        assert window.desk.model.segments() == before
        window.commands["nextCueAction"].trigger()
        assert window.desk.selection.current == before[2].id
        assert page.editor.speaker.currentData() == before[2].speaker
        assert [name for name in acting if window.commands[name].isEnabled()] == acting

    def test_keys_of_the_player(self, page: SubtitlesPage, qtbot: QtBot):
        text = page.editor.text
        for signal, key, modifier in (
            (text.play_requested, Key.Key_Tab, Mod.NoModifier),
            (text.back_requested, Key.Key_Backtab, Mod.ShiftModifier),
            (text.stop_requested, Key.Key_Escape, Mod.NoModifier),
        ):
            with qtbot.waitSignal(signal, timeout=1000):
                qtbot.keyClick(text, key, modifier)
        assert text.hasFocus()

    def test_escape_from_anywhere_goes_back_to_the_text(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        for part in (page.table, window.page.waveform, page.editor.end):
            part.setFocus()
            qtbot.keyClick(QApplication.focusWidget(), Key.Key_Escape)
            assert page.editor.text.hasFocus()

    def test_tab_goes_on_where_the_user_wants_that(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        window.commands["tabPlaysAction"].setChecked(False)
        assert not page.tab_plays

    def test_pasted_lines_stay_lines(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 4)
        page.editor.text.selectAll()
        data = QMimeData()
        data.setText("One  line \r\n\n  another")
        page.editor.text.insertFromMimeData(data)
        assert said(window)[4] == "One line\nanother"
        agree(window, qtbot)

    def test_no_break_spaces_stay(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 4)
        page.editor.text.selectAll()
        page.editor.text.textCursor().insertText("50\u00a0€ sind")
        put_caret(page, 9)
        qtbot.keyClicks(page.editor.text, " es")
        assert said(window)[4] == "50\u00a0€ sind es"

    def test_a_change_from_elsewhere_comes_in_and_the_caret_stays(self, window: MainWindow, page: SubtitlesPage):
        choose(window, 0)
        put_caret(page, 3)
        window.desk.type_text(1, f"{LINES[0][1]} Yes.")
        assert page.editor.text.text() == f"{LINES[0][1]} Yes."
        assert page.editor.text.textCursor().position() == 3

    def test_too_fast_is_said_in_a_word(self, window: MainWindow, page: SubtitlesPage):
        choose(window, 1)
        assert page.editor.speed.text() == "24.7 of 20, too fast"
        choose(window, 4)
        assert page.editor.speed.text().endswith("fine") == (page.editor.speed.property("role") == "ok")


class TestTimes:
    def test_a_time_typed_counts_with_enter(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 1)
        field = page.editor.start
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, "0:09.5")
        assert window.desk.model.segment(1).start == 10_000
        qtbot.keyClick(field, Key.Key_Return)
        assert window.desk.model.segment(1).start == 9_500
        assert field.text() == "00:09.500"
        assert page.editor.text.hasFocus()
        assert window.commands["undoAction"].text() == "&Undo change times"
        agree(window, qtbot)

    def test_wrong_times_are_said_and_change_nothing(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 1)
        field, editor = page.editor.start, page.editor
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, "12:99.000")
        assert editor.problem.text() == "Seconds go from 0 to 59."
        assert field.property("wrong")
        assert editor.problem.isVisible()
        editor.text.setFocus()
        assert window.desk.model.segment(1).start == 10_000
        field.setFocus()
        qtbot.keyClick(field, Key.Key_Escape)
        assert (field.text(), editor.problem.isVisible()) == ("00:10.000", False)

    def test_a_start_behind_the_end_is_refused_in_words(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 1)
        page.editor.start.selectAll()
        qtbot.keyClicks(page.editor.start, "0:15")
        qtbot.keyClick(page.editor.start, Key.Key_Return)
        assert page.editor.problem.text() == "The start comes before the end"
        assert window.desk.model.segment(1).start == 10_000

    def test_a_neighbour_stops_it_and_that_is_said(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 1)
        page.editor.end.selectAll()
        qtbot.keyClicks(page.editor.end, "0:25")
        qtbot.keyClick(page.editor.end, Key.Key_Return)
        assert window.desk.model.segment(1).end == 20_000
        assert "00:20.000" in page.editor.problem.text()

    def test_what_is_typed_counts_when_one_goes_to_another_cue(
        self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot
    ):
        choose(window, 1)
        page.editor.start.setFocus()
        page.editor.start.selectAll()
        qtbot.keyClicks(page.editor.start, "0:09")
        qtbot.keyClick(page.editor.start, Key.Key_Down, Mod.AltModifier)
        assert window.desk.model.segment(1).start == 9_000
        assert page.editor.shown == 3
        assert page.editor.start.text() == "00:20.000"
        assert not page.editor.problem.isVisible()

    def test_arrow_keys_go_by_frames(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 1)
        before = window.desk.model.segment(1)
        qtbot.keyClick(page.editor.start, Key.Key_Up)
        qtbot.keyClick(page.editor.end, Key.Key_Down)
        after = window.desk.model.segment(1)
        assert (after.start, after.end) == (before.start + 40, before.end - 40)
        qtbot.keyClick(page.editor.length, Key.Key_Up)
        assert window.desk.model.segment(1).end == before.end
        agree(window, qtbot)

    def test_another_speaker_is_chosen(self, window: MainWindow, page: SubtitlesPage, qtbot: QtBot):
        choose(window, 1)
        assert page.editor.speaker.currentText() == "Jörg Müller"
        qtbot.keyClick(page.editor.speaker, Key.Key_Down)
        assert window.desk.model.segment(1).speaker == "S3"
        window.desk.selection.set([1, 2, 3], 2)
        qtbot.keyClick(page.editor.speaker, Key.Key_Up)
        assert [s.speaker for s in window.desk.model.segments()[:3]] == ["S2", "S2", "S2"]
        agree(window, qtbot)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_typed_view_model_and_library_agree(
    window: MainWindow, page: SubtitlesPage, qtbot: QtBot, seed: int
) -> None:
    pick = random.Random(seed)
    model, text = window.desk.model, page.editor.text
    first = list(model.segments())

    def mark() -> None:
        cursor = text.textCursor()
        length = text.document().characterCount() - 1
        cursor.setPosition(pick.randint(0, length))
        cursor.setPosition(pick.randint(0, length), QTextCursor.MoveMode.KeepAnchor)
        text.setTextCursor(cursor)

    def extend() -> None:
        row = pick.randrange(model.rowCount())
        index = page.table.model().index(row, 0)
        page.table.selectionModel().select(
            index, QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        )

    keys: list[Callable[[], object]] = [
        lambda: choose(window, pick.randrange(model.rowCount())),
        lambda: put_caret(page, pick.randint(0, text.document().characterCount() - 1)),
        mark,
        extend,
        lambda: qtbot.keyClicks(text, pick.choice(["a", "bc ", " ", "d. ", "e f"])),
        lambda: qtbot.keyClicks(text, pick.choice(["a", "bc ", " ", "d. ", "e f"])),
        lambda: qtbot.keyClick(text, pick.choice([Key.Key_Backspace, Key.Key_Delete])),
        lambda: qtbot.keyClick(text, Key.Key_Return, pick.choice([Mod.NoModifier, Mod.ShiftModifier])),
        lambda: qtbot.keyClick(text, Key.Key_Return, Mod.ControlModifier),
        lambda: qtbot.keyClick(text, pick.choice([Key.Key_Down, Key.Key_Up]), Mod.AltModifier),
        lambda: qtbot.keyClick(page.editor.start, pick.choice([Key.Key_Down, Key.Key_Up])),
        window.commands["mergeNextAction"].trigger,
        window.commands["repairAction"].trigger,
        window.commands["undoAction"].trigger,
        window.commands["redoAction"].trigger,
    ]
    for _ in range(120):
        if model.rowCount():
            pick.choice(keys)()
    agree(window, qtbot)
    while window.commands["undoAction"].isEnabled():
        window.commands["undoAction"].trigger()
    assert list(model.segments()) == first
    agree(window, qtbot)


def test_twenty_thousand_rows_are_equally_high(window: MainWindow, page: SubtitlesPage) -> None:
    """Nothing is measured row by row, else opening a day's recording would take seconds."""
    window.desk.model.set_transcript(talk(20_000))
    table = page.table
    assert table.verticalHeader().count() == 20_000
    assert table.verticalHeader().length() == 20_000 * table.rowHeight(0)
    page.table.scrollToBottom()
    assert table.rowAt(table.viewport().height() - 1) == 19_999
