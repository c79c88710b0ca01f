"""Typing in the real window: what keys do to the transcript, and that all of it is stored and can be taken back."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from talks import LINES, model_is_stored, open_talk, said

from studio.core.edits import comment, flag, set_text
from studio.core.jobs import SegmentsStored
from studio.core.transcript import Segment, Word
from studio.ui.editor.name_edit import NameEdit
from studio.ui.editor.spans import block_text, units
from studio.ui.editor.transcript_view import TranscriptView
from studio.ui.models.wording import time_code
from studio.ui.window.main_window import MainWindow

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def text(window: MainWindow) -> TranscriptView:
    open_talk(window)
    window.page.transcript.setFocus()
    return window.page.transcript


def agree(window: MainWindow, qtbot: QtBot) -> None:
    """What is seen, what the model holds and what is stored are the same."""
    view, model = window.page.transcript, window.desk.model
    model_is_stored(window, qtbot)
    qtbot.waitUntil(lambda: not view._behind)  # while another view is typed in, the hidden text follows a moment later
    view._typing.settle(-1)
    blocks = [view.document().findBlockByNumber(n).text() for n in range(view.document().blockCount())]
    assert blocks == [block_text(s) for s in model.segments()]


def select(view: TranscriptView, row: int, start: int, to_row: int, end: int) -> None:
    document = view.document()
    cursor = QTextCursor(document)
    cursor.setPosition(document.findBlockByNumber(row).position() + start)
    cursor.setPosition(document.findBlockByNumber(to_row).position() + end, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)


class TestTyping:
    def test_letters_change_one_word_and_its_time_stays(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        before = window.desk.model.segment(0)
        text.put_caret(0, 8)  # behind "You grew"
        qtbot.keyClicks(text, "ing")
        after = window.desk.model.segment(0)
        assert after.text.startswith("You grewing up")
        assert after.words[1][:3] == ("grewing", *before.words[1][1:3])
        assert after.words[2:] == before.words[2:]
        assert window.commands["undoAction"].text() == "&Undo typing"
        agree(window, qtbot)
        window.commands["undoAction"].trigger()
        assert window.desk.model.segment(0) == before
        agree(window, qtbot)

    def test_a_space_at_the_end_stays_until_the_caret_leaves(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot
    ):
        text.put_caret(4, 99)
        qtbot.keyClicks(text, " and ")
        assert text.document().findBlockByNumber(4).text() == "Wie Frau Österreicher sagt. and "
        qtbot.keyClicks(text, "so")
        assert said(window)[4] == "Wie Frau Österreicher sagt. and so"
        text.put_caret(0, 0)
        agree(window, qtbot)

    def test_shift_enter_makes_a_line(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(0, len("You grew up in Husum,"))
        qtbot.keyClick(text, Key.Key_Delete)
        qtbot.keyClick(text, Key.Key_Return, Mod.ShiftModifier)
        assert said(window)[0] == "You grew up in Husum,\nright behind the dyke."
        agree(window, qtbot)

    def test_an_emoji_moves_nothing_to_the_wrong_place(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(3, len("Iya, betul. Air robnya datang pelan-pelan 😀 ".encode("utf-16-le")) // 2)
        qtbot.keyClick(text, Key.Key_Return)
        assert said(window)[3:5] == ["Iya, betul. Air robnya datang pelan-pelan 😀", "tapi setiap hari."]
        agree(window, qtbot)

    def test_composed_letters_come_in(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(0, 0)
        event = QInputMethodEvent()
        event.setCommitString("日本 ")
        QApplication.sendEvent(text, event)
        assert said(window)[0] == f"日本 {LINES[0][1]}"
        agree(window, qtbot)

    def test_pasted_lines_stay_in_one_row(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(0, 3)
        data = QMimeData()
        data.setText(" really\n\n  did\r\nindeed")
        text.insertFromMimeData(data)
        assert said(window)[0] == "You really did indeed grew up in Husum, right behind the dyke."
        assert len(said(window)) == len(LINES)
        agree(window, qtbot)


class TestRows:
    def test_enter_splits_and_backspace_joins_again(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        before = list(window.desk.model.segments())
        text.put_caret(1, 10)
        qtbot.keyClick(text, Key.Key_Return)
        assert said(window)[1:3] == ["Honestly?", "In Nordfriesland a storm surge announces itself."]
        assert text.caret() == (2, 0, 0)
        qtbot.keyClick(text, Key.Key_Backspace)
        assert text.caret() == (1, 9, 9)
        assert list(window.desk.model.segments()) == before
        agree(window, qtbot)

    @pytest.mark.parametrize("count", [12, 400])  # the second is shown afresh as a whole
    def test_enter_splits_text_without_times_where_it_is(self, window: MainWindow, qtbot: QtBot, count: int):
        open_talk(window, [Segment(0, 0, f"Passage {n} of a plain text.") for n in range(count)])
        text, row = window.page.transcript, count - 4
        text.setFocus()
        text.put_caret(row, len(f"Passage {row} "))
        before, place = list(window.desk.model.segments()), text.verticalScrollBar().value()
        qtbot.keyClick(text, Key.Key_Return)
        assert said(window)[row - 1 : row + 3] == [
            before[row - 1].text,
            f"Passage {row}",
            "of a plain text.",
            before[row + 1].text,
        ]
        assert text.caret() == (row + 1, 0, 0)
        assert abs(text.verticalScrollBar().value() - place) <= 1
        agree(window, qtbot)
        qtbot.keyClick(text, Key.Key_Backspace)
        assert said(window) == [s.text for s in before]
        window.commands["undoAction"].trigger()
        window.commands["undoAction"].trigger()
        assert list(window.desk.model.segments()) == before
        agree(window, qtbot)

    def test_delete_at_the_end_joins_with_the_next(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(3, 999)
        qtbot.keyClick(text, Key.Key_Delete)
        assert said(window)[3].endswith("hari. Wie Frau Österreicher sagt.")
        agree(window, qtbot)

    @pytest.mark.parametrize("key", [Key.Key_Backspace, Key.Key_Delete])
    def test_a_selection_over_rows_is_removed(
        self, window: MainWindow, text: TranscriptView, qtbot: QtBot, key: Qt.Key
    ):
        select(text, 0, 9, 2, 12)
        qtbot.keyClick(text, key)
        assert said(window) == ["You grew the tide comes up through the drains.", LINES[3][1], LINES[4][1]]
        agree(window, qtbot)
        window.commands["undoAction"].trigger()
        assert said(window) == [line for _, line in LINES]
        agree(window, qtbot)

    def test_typing_over_rows_puts_the_letter_there(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        select(text, 2, len("In Semarang the t"), 1, len("Honestly? "))  # backwards
        qtbot.keyClicks(text, "xy")
        assert said(window)[1] == "Honestly? xyide comes up through the drains."
        agree(window, qtbot)

    def test_cut_takes_along_what_goes(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        select(text, 0, 0, 1, 9)
        qtbot.keyClick(text, Key.Key_X, Mod.ControlModifier)
        assert QApplication.clipboard().text() == f"{LINES[0][1]}\nHonestly?"
        assert len(said(window)) == len(LINES) - 1
        QApplication.clipboard().clear()
        agree(window, qtbot)

    def test_an_emptied_row_stays_until_it_is_deleted(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        select(text, 2, 0, 2, len(LINES[2][1]))
        qtbot.keyClick(text, Key.Key_Backspace)
        assert said(window)[2] == ""
        agree(window, qtbot)
        window.commands["deleteCueAction"].trigger()
        assert len(said(window)) == 4
        agree(window, qtbot)


@pytest.mark.parametrize("mode", ["transcript", "subtitles", "voiceover"])
def test_where_all_text_was_deleted_that_is_said(window: MainWindow, text: TranscriptView, qtbot: QtBot, mode: str):
    def says() -> list[str]:
        labels = window.page.findChildren(QLabel, "transcriptStateLabel")
        return [label.text() for label in labels if label.isVisible()]

    window.commands[f"{mode}ModeAction"].trigger()
    window.desk.selection.set([s.id for s in window.desk.model.segments()])
    window.commands["deleteCueAction"].trigger()
    qtbot.waitUntil(lambda: says() == ["All text was deleted. Ctrl+Z brings it back."])
    window.commands.set_keys("undoAction", ["Ctrl+Alt+U"])
    assert says() == ["All text was deleted. Ctrl+Alt+U brings it back."]
    window.commands.set_keys("undoAction", [])
    assert says() == ["All text was deleted. Edit, Undo brings it back."]
    window.commands.reset_keys("undoAction")
    window._open_id(window.desk.job.id)  # as after a restart
    qtbot.waitUntil(lambda: says() == ["All text was deleted. Ctrl+Z brings it back."])
    window.commands["undoAction"].trigger()
    qtbot.waitUntil(lambda: says() == [])
    assert said(window) == [line for _, line in LINES]
    agree(window, qtbot)


class TestCommands:
    def test_keys_of_commands_work_inside_the_text(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        def press(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
            qtbot.keyClick(QApplication.focusWidget(), key, modifiers)

        text.put_caret(2, 5)
        press(Key.Key_3, Mod.AltModifier)
        assert window.desk.model.segment(2).speaker == "S3"
        press(Key.Key_4, Mod.AltModifier)  # one more than there are
        assert [s.name for s in window.desk.model.speakers][3:] == ["Speaker 4"]
        press(Key.Key_D, Mod.ControlModifier)
        assert window.desk.model.segment(2).flagged
        press(Key.Key_M, Mod.ControlModifier)
        assert len(said(window)) == len(LINES) - 1
        for _ in range(4):
            press(Key.Key_Z, Mod.ControlModifier)
        assert said(window) == [line for _, line in LINES]
        assert window.desk.model.segment(2).speaker == "S2"
        assert len(window.desk.model.speakers) == 3
        press(Key.Key_Down, Mod.AltModifier)
        assert window.desk.selection.current == 4
        assert text.caret()[0] == 3
        agree(window, qtbot)

    def test_start_and_end_are_nudged_by_frames(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(1, 0)
        before = window.desk.model.segment(1)
        window.commands["nudgeStartForwardAction"].trigger()
        window.commands["nudgeEndForwardAction"].trigger()
        after = window.desk.model.segment(1)
        assert (after.start, after.end) == (before.start + 40, before.end + 40)
        agree(window, qtbot)

    def test_start_and_end_are_set_to_the_playhead(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(1, 0)
        window.playback.seek(10_300)
        qtbot.keyClick(text, Key.Key_F11)
        window.playback.seek(11_900)
        qtbot.keyClick(text, Key.Key_F12)
        after = window.desk.model.segment(1)
        assert (after.start, after.end) == (10_300, 11_900)
        window.playback.seek(10_000)
        with qtbot.waitSignal(window.desk.notice) as told:
            qtbot.keyClick(text, Key.Key_F12)  # an end before the start
        assert told.args[1].startswith("A passage lasts at least 0.04 s.")
        agree(window, qtbot)

    def test_where_a_neighbour_stops_an_edge_that_is_said(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        before, segment, after = window.desk.model.segments()[:3]
        text.put_caret(1, 0)
        for seek, key, edge, at in (
            (before.start, Key.Key_F11, "start", before.end),
            (after.end, Key.Key_F12, "end", after.start),
        ):
            window.playback.seek(seek)
            with qtbot.waitSignal(window.desk.notice) as told:
                qtbot.keyClick(text, key)
            stopped = f"Another cue is in the way, so the {edge} stops at {time_code(at)}."
            assert told.args == ["info", stopped]
            assert getattr(window.desk.model.segment(1), edge) == at
        for nudge, edge in (("nudgeStartBackAction", "start"), ("nudgeEndForwardAction", "end")):
            with qtbot.waitSignal(window.desk.notice) as told:
                window.commands[nudge].trigger()
            assert f"so the {edge} stops at" in told.args[1]
        told_more: list[str] = []
        window.desk.notice.connect(lambda _, words: told_more.append(words))
        window.commands["nudgeStartForwardAction"].trigger()  # nothing is in the way
        window.page.waveform.retime_requested.emit(segment.id, before.start, after.end, False)  # as one drags it there
        assert told_more == []
        agree(window, qtbot)

    def test_one_selection_in_text_and_waveform(self, window: MainWindow, text: TranscriptView):
        waveform = window.page.waveform
        waveform.cue_clicked.emit(2, False, False)
        assert text.caret()[0] == 1
        waveform.cue_clicked.emit(4, True, False)
        assert window.desk.selection.ids == (2, 3, 4)
        text.put_caret(0, 0)
        assert window.desk.selection.ids == (1,)

    def test_a_drag_in_the_waveform_is_one_step(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        window.page.waveform.retime_requested.emit(2, 9_500, 12_000, False)
        segment = window.desk.model.segment(1)
        assert (segment.start, segment.end) == (9_500, 12_000)
        assert window.commands["undoAction"].text() == "&Undo change times"
        agree(window, qtbot)

    def test_a_cue_drawn_is_empty_and_selected(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        window.page.waveform.cue_drawn.emit(5_000, 7_000)
        assert said(window)[1] == ""
        assert window.desk.selection.current == window.desk.model.segment(1).id
        qtbot.keyClicks(text, "new")
        assert said(window)[1] == "new"
        agree(window, qtbot)

    @pytest.mark.parametrize("mode", ["transcript", "subtitles"])
    def test_a_new_cue_is_typed_in_at_once(self, window: MainWindow, text: TranscriptView, qtbot: QtBot, mode: str):
        window.commands[f"{mode}ModeAction"].trigger()
        detail = window.page.waveform.detail
        window.page.waveform.set_duration(50_000)
        start, end = (QPoint(round(detail.x_of(ms)), detail.height() // 2) for ms in (5_000, 7_000))
        qtbot.mousePress(detail, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(detail, end)
        qtbot.mouseRelease(detail, Qt.MouseButton.LeftButton, pos=end)
        with qtbot.assertNotEmitted(window.page.waveform.play_requested):
            qtbot.keyClicks(QApplication.focusWidget(), "new words")
        assert said(window)[:3] == [LINES[0][1], "new words", LINES[1][1]]
        window.playback.seek(15_000)
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_N, Mod.ControlModifier)
        qtbot.keyClicks(QApplication.focusWidget(), "more words")
        assert said(window)[2:5] == [LINES[1][1], "more words", LINES[2][1]]
        assert (window.desk.model.segment(3).start, window.desk.model.segment(3).end) == (15_000, 17_000)
        agree(window, qtbot)

    def test_a_new_cue_is_made_where_there_is_none(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        text.put_caret(2, 0)
        for taken in (1_000, 9_980):
            window.playback.seek(taken)
            with qtbot.waitSignal(window.desk.notice) as told:
                window.commands["newCueAction"].trigger()
            assert told.args[1].startswith("There is no room for a cue here.")
            assert said(window) == [line for _, line in LINES]
            assert window.desk.selection.ids == (3,)
        window.playback.seek(9_000)
        window.commands["newCueAction"].trigger()
        new = window.desk.model.segment(1)
        assert (new.start, new.end, new.text) == (9_000, 10_000, "")
        assert window.desk.selection.ids == (new.id,)
        agree(window, qtbot)


def test_the_text_can_be_edited_while_it_is_written(window: MainWindow, text: TranscriptView, qtbot: QtBot) -> None:
    assert window.desk.job
    store, id = window._studio.library.transcripts, window.desk.job.transcript_id or 0
    text.put_caret(0, 3)
    for n in range(5):
        qtbot.keyClicks(text, "ab")
        word = Word(f"w{n}", 60_000 + 1000 * n, 60_500 + 1000 * n, 0.9)
        arrived = store.append(id, [Segment.from_words([word])], 61_000 + 1000 * n)
        window.desk.on_job_event(window.desk.job.id, SegmentsStored(arrived))
    assert said(window)[0].startswith("Youababababab grew")
    assert said(window)[-1] == "w4"
    assert text.caret() == (0, 13, 13)
    agree(window, qtbot)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_typed_view_model_and_library_agree(
    window: MainWindow, text: TranscriptView, qtbot: QtBot, seed: int
) -> None:
    pick = random.Random(seed)
    first = list(window.desk.model.segments())
    model = window.desk.model

    def place() -> None:
        row = pick.randrange(model.rowCount())
        text.put_caret(row, pick.randrange(len(model.segment(row).text) + 1))

    def mark() -> None:
        row = pick.randrange(model.rowCount())
        last = min(row + pick.randrange(3), model.rowCount() - 1)
        blocks = [text.document().findBlockByNumber(r).text() for r in (row, last)]
        ends = [units(b, pick.randrange(len(b) + 1)) for b in blocks]
        select(text, row, ends[0], last, max(ends[1], ends[0]) if row == last else ends[1])

    keys: list[Callable[[], object]] = [
        place,
        place,
        mark,
        lambda: qtbot.keyClicks(text, pick.choice(["a", "bc ", " ", "d. ", "e f"])),
        lambda: qtbot.keyClicks(text, pick.choice(["a", "bc ", " ", "d. ", "e f"])),
        lambda: qtbot.keyClick(text, pick.choice([Key.Key_Backspace, Key.Key_Delete])),
        lambda: qtbot.keyClick(text, Key.Key_Return, pick.choice([Mod.NoModifier, Mod.ShiftModifier])),
        lambda: qtbot.keyClick(text, Key.Key_Backspace, Mod.ControlModifier),
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


def test_what_was_found_out_about_an_older_text_is_not_done(
    window: MainWindow, text: TranscriptView, qtbot: QtBot
) -> None:
    late = set_text(window.desk.model.segment(0), "From a worker that took long")
    text.put_caret(0, 0)
    qtbot.keyClicks(text, "Now ")
    with qtbot.waitSignal(window.desk.notice) as told:
        window.desk.do(late)
    assert "changed meanwhile" in told.args[1]
    assert said(window)[0].startswith("Now You grew")
    agree(window, qtbot)


class TestNotesAndNames:
    def test_flags_and_comments_are_gone_to_round_and_round(self, window: MainWindow, text: TranscriptView):
        desk = window.desk
        ids = [s.id for s in desk.model.segments()]
        onward, back = window.commands["nextNoteAction"], window.commands["previousNoteAction"]
        text.put_caret(0, 0)
        onward.trigger()
        assert "No passage has a flag or a comment." in window.notices.texts()
        desk.do(flag([desk.model.segment(1)]))
        desk.do(comment(desk.model.segment(3), "who?"))
        found = []
        for go in (onward, onward, onward, back, back):
            go.trigger()
            found.append(desk.selection.current)
        assert found == [ids[1], ids[3], ids[1], ids[3], ids[1]]
        assert text.caret()[0] == 1

    def test_f2_renames_beside_the_text_and_in_the_panel(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        qtbot.waitUntil(window.isActiveWindow)
        text.put_caret(1, 3)
        QTest.keyClick(text, Key.Key_F2)
        field = text.findChild(NameEdit)
        qtbot.keyClicks(field, "Juergen")
        QTest.keyClick(field, Key.Key_Return)
        assert [s.name for s in window.desk.model.speakers][1] == "Juergen"
        window.commands["subtitlesModeAction"].trigger()
        window.commands["renameSpeakerAction"].trigger()
        field = window.findChild(NameEdit)
        assert field.window() is window
        assert field.text() == "Juergen"
        qtbot.keyClicks(field, "Joern")
        QTest.keyClick(field, Key.Key_Return)
        assert [s.name for s in window.desk.model.speakers][1] == "Joern"

    def test_a_cue_moves_by_a_frame_and_stops_at_its_neighbour(self, window: MainWindow, text: TranscriptView):
        text.put_caret(1, 0)
        before = window.desk.model.segment(1)
        window.commands["moveForwardAction"].trigger()
        window.commands["moveForwardAction"].trigger()
        window.commands["moveBackAction"].trigger()
        after = window.desk.model.segment(1)
        assert (after.start, after.end) == (before.start + 40, before.end + 40)
        assert [w.start for w in after.words] == [w.start + 40 for w in before.words]
        first = window.desk.model.segment(0)
        text.put_caret(0, 0)
        window.commands["moveBackAction"].trigger()
        assert window.desk.model.segment(0) == first, "before the recording there is no room, and no word is pressed"

    def test_a_new_speaker_is_named_at_once(self, window: MainWindow, text: TranscriptView, qtbot: QtBot):
        window.inspector.show_tab("checks")
        window.commands["newSpeakerAction"].trigger()
        field = window.findChild(NameEdit)
        assert window.inspector.shown == "speakers"
        qtbot.waitUntil(field.isVisible)
        qtbot.keyClicks(field, "Frau B")
        QTest.keyClick(field, Key.Key_Return)
        assert window.desk.model.speakers[-1].name == "Frau B"
