"""The transcript: one model for all views, and the text view that follows playback and wishes for changes."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from talks import SPEAKERS, failed, job, segment, segments, talk

from studio.core import edits
from studio.core.jobs import JobState, Progress
from studio.core.replace import Query
from studio.core.transcript import Segment, Speaker, Transcript
from studio.ui import theme
from studio.ui.editor.name_edit import NameEdit
from studio.ui.editor.spans import block_text, word_spans
from studio.ui.editor.transcript_view import TranscriptView
from studio.ui.models.transcript_model import TranscriptModel


@pytest.fixture
def model(qtmodeltester) -> TranscriptModel:
    model = TranscriptModel()
    qtmodeltester.check(model)  # goes on watching every later change
    return model


@pytest.fixture
def view(qtbot, model) -> TranscriptView:
    view = TranscriptView(model)
    qtbot.addWidget(view)
    view.resize(760, 420)
    view.show()
    model.set_transcript(talk(100))
    return view


def texts(view: TranscriptView) -> list[str]:
    block, found = view.document().firstBlock(), []
    while block.isValid():
        found.append(block.text())
        block = block.next()
    return found


def word_centre(view: TranscriptView, row: int, word: int) -> QPoint:
    """The middle of a word on the screen, as Qt itself places it."""
    start, end = word_spans(view.model.segment(row))[word]
    block = view.document().findBlockByNumber(row)
    rects = []
    for offset in (start, end):
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + offset)
        rects.append(view.cursorRect(cursor))
    return QPoint((rects[0].center().x() + rects[1].center().x()) // 2, rects[0].center().y())


def click_word(qtbot, view: TranscriptView, row: int, word: int, how: str = "") -> None:
    place, left = word_centre(view, row, word), Qt.MouseButton.LeftButton
    modifiers = Qt.KeyboardModifier.ControlModifier if how == "ctrl" else Qt.KeyboardModifier.NoModifier
    (qtbot.mouseDClick if how == "double" else qtbot.mouseClick)(view.viewport(), left, modifiers, place)


def top_text(view: TranscriptView) -> str:
    return view.firstVisibleBlock().text()


def spoken_word(view: TranscriptView) -> str:
    return view._cursor(max(view.current_row, 0), view.word_span()).selectedText()


class TestModel:
    def test_finds_segment_and_word_by_time(self, model):
        model.set_transcript(talk())
        assert model.segment_at(-1) == -1
        assert model.segment_at(0) == 0
        assert model.segment_at(9_999) == -1, "a pause belongs to nobody"
        assert model.last_begun(9_999) == 0
        assert model.segment_at(10_000) == 1
        assert [model.word_at(1, ms) for ms in (9_999, 10_000, 10_299, 10_300, 19_000)] == [-1, 0, 0, 1, 7]

    def test_a_long_segment_is_found_under_a_short_one(self, model):
        both = (Segment(0, 9000, "long", id=1), Segment(2000, 3000, "short", id=2), Segment(4000, 5000, "next", id=3))
        model.set_transcript(Transcript(both))
        assert [model.segment_at(ms) for ms in (1999, 2500, 3500, 4500, 8000, 9000)] == [0, 1, 0, 2, 0, -1]

    def test_roles(self, model):
        model.set_transcript(talk())
        index = model.index(1)
        assert index.data() == "Honestly? In Nordfriesland a storm surge announces itself."
        assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("00:10.000, Jörg Müller, Honestly?")

    def test_the_same_recording_changes_only_the_rows_that_differ(self, model, qtbot):
        transcript = talk()
        model.set_transcript(transcript)
        changed = [s._replace(speaker="S3") if s.id == 2 else s for s in transcript.segments]
        with qtbot.waitSignal(model.dataChanged) as told, qtbot.assertNotEmitted(model.modelReset):
            model.set_transcript(transcript.with_segments(changed))
        assert [index.row() for index in told.args[:2]] == [1, 1]

    def test_another_recording_with_the_same_numbers_is_a_new_list(self, model, qtbot):
        model.set_transcript(talk())
        other = talk()
        with qtbot.waitSignal(model.modelReset):
            model.set_transcript(replace(other, source=replace(other.source, content_id="c2")))

    def test_segments_arriving_in_any_order_end_up_by_time(self, model):
        chance = random.Random(2)
        waiting = segments(60)
        chance.shuffle(waiting)
        while waiting:
            batch = [waiting.pop() for _ in range(min(len(waiting), chance.randrange(1, 6)))]
            model.append_segments(batch)
            starts = [s.start for s in model.segments()]
            assert starts == sorted(starts)
            assert all(model.segment_at(s.start) == row for row, s in enumerate(model.segments()))
            assert all(model.row_of(s.id) == row for row, s in enumerate(model.segments()))
        assert list(model.segments()) == segments(60)

    def test_a_segment_that_comes_again_replaces_itself(self, model):
        model.append_segments(segments(3))
        model.append_segments([segment(2, 10_000, "S1", "anders gehört")])
        assert [s.text for s in model.segments()][1] == "anders gehört"
        assert model.rowCount() == 3

    def test_shares_of_the_talk(self, model):
        model.set_transcript(talk())
        shares = model.speaker_shares()
        assert [s.turns for s in shares] == [2, 1, 1]
        assert [s.talk for s in shares] == [2650 + 1150, 2350 + 2650, 2950]
        assert sum(s.share for s in shares) == pytest.approx(1)

    def test_shares_follow_times_and_speakers(self, model):
        model.set_transcript(talk())
        first, second = model.speaker_shares()[0].talk, model.speaker_shares()[1].talk
        model.apply(edits.set_times(model.segments(), 0, 100, model.segment(0).end))
        assert model.speaker_shares()[0].talk == first - 100
        model.apply(edits.relabel(model.transcript, [model.segment(1)], "S3"))
        assert model.speaker_shares()[1].talk < second


class TestSpans:
    def test_offsets_are_utf16_units_behind_an_emoji(self):
        made = segment(1, 0, "S1", "ja 😀😀 gut")
        assert word_spans(made) == [(0, 2), (3, 7), (8, 11)]

    def test_every_segment_stays_one_block(self, qtbot, model, view):
        odd = [
            Segment(i * 10, i * 10 + 5, text, id=i) for i, text in enumerate(["a\nb", "c\r\nd", "e\u2029f", "\ufdd0g"])
        ]
        model.set_transcript(Transcript(tuple(odd)))
        assert view.document().blockCount() == 4
        assert all(len(block_text(s)) == len(s.text) for s in odd)

    def test_a_word_that_the_text_lost_has_an_empty_span(self):
        made = segment(1, 0, "S1", "eins zwei drei")._replace(text="eins drei")
        assert word_spans(made) == [(0, 4), (4, 4), (5, 9)]


class TestText:
    def test_one_block_per_segment(self, view, model):
        assert texts(view) == [s.text for s in model.segments()]

    def test_random_changes_keep_text_and_model_alike(self, view, model):
        chance = random.Random(7)
        source = talk().source
        for _ in range(60):
            now = list(model.segments())
            match chance.randrange(5):
                case 0:
                    last = now[-1].start if now else 0
                    model.append_segments(segments(3, first=last // 10_000 + 2))
                case 1 if now:
                    early = segment(chance.randrange(10_000, 20_000), chance.choice(now).start - 5, "S3", "dazwischen")
                    model.append_segments([early])
                case 2 if now:
                    at = chance.randrange(len(now))
                    now[at] = segment(now[at].id, now[at].start, "S2", "neuer Text 😀")._replace(id=now[at].id)
                    model.set_transcript(replace(model.transcript, segments=tuple(now)))
                case 3:
                    model.set_speakers([*SPEAKERS[:2], Speaker("S3", f"Nr {chance.random()}")])
                case _:
                    model.set_transcript(replace(talk(chance.randrange(8)), source=source))
            assert texts(view) == ([s.text for s in model.segments()] or [""])

    def test_rows_stand_where_they_would_if_all_were_laid_out_anew(self, view, model):
        def places() -> list[tuple[int, float, float]]:
            QApplication.sendPostedEvents()
            return [(row, rect.top(), rect.height()) for row, rect in view.visible_rows()]

        before = places()
        words = " ".join(["many"] * 60)
        for make in (
            lambda: edits.set_text(model.segment(1), words),
            lambda: edits.relabel(model.transcript, [model.segment(2)], "S1"),
            lambda: edits.split(model.segment(1), 50, -1),
            lambda: edits.delete([model.segment(0)]),
            lambda: edits.set_text(model.segment(1), "short"),
        ):
            model.apply(make())
            now = places()
            assert now != before
            view.reload()
            assert places() == now
            before = now
        view.resize(500, 420)
        now = places()
        view.reload()
        assert places() == now

    def test_the_name_stands_where_the_speaker_changes(self, view):
        assert [view.names_speaker(row) for row in range(5)] == [True, True, False, True, True]

    def test_appending_keeps_what_is_on_top_and_selected(self, view, model, qtbot):
        view.verticalScrollBar().setValue(view.document().findBlockByNumber(40).firstLineNumber())
        cursor = view.textCursor()
        cursor.setPosition(view.document().findBlockByNumber(42).position())
        cursor.movePosition(QTextCursor.MoveOperation.NextWord, QTextCursor.MoveMode.KeepAnchor, 2)
        view.setTextCursor(cursor)
        top, selected = top_text(view), view.textCursor().selectedText()
        model.append_segments(segments(20, first=101))
        assert view.document().blockCount() == 120
        assert (top_text(view), view.textCursor().selectedText()) == (top, selected)

    def test_inserting_above_keeps_what_is_on_top(self, view, model):
        view.verticalScrollBar().setValue(view.document().findBlockByNumber(40).firstLineNumber())
        top = view.model.segment(view.firstVisibleBlock().blockNumber()).id
        model.append_segments([segment(900, 5000, "S1", "spät erkannt"), segment(901, 6000, "S1", "auch das")])
        assert view.model.segment(view.firstVisibleBlock().blockNumber()).id == top

    def test_a_caret_at_the_end_stays_where_it_is(self, view, model):
        view.moveCursor(QTextCursor.MoveOperation.End)
        position = view.textCursor().position()
        model.append_segments(segments(2, first=101))
        assert view.textCursor().position() == position

    def test_text_read_anew_for_the_same_recording_keeps_its_place(self, view, model):
        """Speakers found at the end cut the text again while someone reads it."""
        view.verticalScrollBar().setValue(view.document().findBlockByNumber(40).firstLineNumber())
        top = view.firstVisibleBlock().blockNumber()
        cut = [s._replace(id=s.id + 500) for s in model.segments()]
        model.set_transcript(replace(model.transcript, segments=tuple(cut)))
        assert view.firstVisibleBlock().blockNumber() == top

    def test_text_cannot_be_changed_but_copied(self, view, qtbot):
        before = view.toPlainText()
        qtbot.keyClicks(view, "xyz")
        qtbot.keyClick(view, Qt.Key.Key_Backspace)
        assert view.toPlainText() == before
        view.selectAll()
        view.copy()
        assert QApplication.clipboard().text().splitlines() == before.splitlines()


class TestPlayback:
    def test_the_word_being_spoken_is_marked(self, view):
        for ms, word in ((10_000, "Honestly?"), (10_299, "Honestly?"), (10_650, "Nordfriesland"), (19_000, "")):
            view.set_position(ms)
            assert view.current_row == 1
            assert spoken_word(view) == word

    def test_the_word_behind_an_emoji_is_marked(self, view, model):
        words = model.segment(3).words
        view.set_position(words[7].start)
        assert spoken_word(view) == words[7].text == "tapi"

    @pytest.mark.parametrize("how", ["ctrl", "double"])
    def test_ctrl_and_a_click_or_a_double_click_on_a_word_plays_from_it(self, view, qtbot, model, how):
        for row, word in ((0, 3), (1, 2), (3, 7), (4, 0)):
            with qtbot.waitSignal(view.seek_requested) as sought:
                click_word(qtbot, view, row, word, how)
            assert sought.args == [model.segment(row).words[word].start]

    def test_ctrl_and_a_click_is_heard_at_once_and_a_double_click_is_not(self, view, qtbot):
        with qtbot.waitSignal(view.listen_requested):
            click_word(qtbot, view, 1, 2, "ctrl")
        with qtbot.assertNotEmitted(view.listen_requested):
            click_word(qtbot, view, 1, 2, "double")

    def test_a_plain_click_only_places_the_caret(self, view, qtbot):
        with qtbot.assertNotEmitted(view.seek_requested), qtbot.waitSignal(view.rows_selected) as chosen:
            click_word(qtbot, view, 3, 2)
        assert view.caret()[0] == 3
        assert chosen.args == [[4], 4]

    def test_without_word_times_it_plays_from_the_segment(self, view, qtbot, model):
        model.set_transcript(Transcript((Segment(4000, 6000, "Untertitel ohne Wortzeiten", id=1),)))
        with qtbot.waitSignal(view.seek_requested) as sought:
            place = view.cursorRect().center() + QPoint(60, 0)
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
        assert sought.args == [4000]

    def test_dragging_selects_and_does_not_seek(self, view, qtbot):
        start, end = word_centre(view, 0, 1), word_centre(view, 0, 4)
        with qtbot.assertNotEmitted(view.seek_requested):
            qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
            qtbot.mouseMove(view.viewport(), end)
            qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
        assert view.textCursor().hasSelection()

    def test_a_click_with_shift_selects_and_does_not_seek(self, view, qtbot):
        with qtbot.assertNotEmitted(view.seek_requested):
            place = word_centre(view, 1, 3)
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, place)
        assert view.textCursor().selectedText().startswith("You grew up")

    def test_a_click_beside_the_text_does_not_seek(self, view, qtbot):
        with qtbot.assertNotEmitted(view.seek_requested):
            right = QPoint(view.viewport().width() - 4, word_centre(view, 4, 0).y())
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=right)

    def test_the_view_follows_until_the_user_scrolls_and_can_be_told_to_resume(self, view, qtbot):
        view.set_position(600_000)
        assert self.sees(view, 60)
        centre = QPointF(view.viewport().rect().center())
        away = (QPoint(), QPoint(0, 1200), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
        wheel = QWheelEvent(centre, view.viewport().mapToGlobal(centre), *away, Qt.ScrollPhase.NoScrollPhase, False)
        with qtbot.waitSignal(view.following_changed) as yielded:
            QApplication.sendEvent(view.viewport(), wheel)
        assert yielded.args == [False]
        place = view.verticalScrollBar().value()
        view.set_position(900_000)
        assert view.verticalScrollBar().value() == place
        view.set_following(True)
        assert self.sees(view, 90)

    def test_going_to_a_place_found_ends_following_only_while_something_is_played(self, view, qtbot):
        view.set_position(600_000)
        view.set_search(Query("semarang"))
        assert view.next_match()
        assert view.following
        there = view.verticalScrollBar().value()
        view.resize(view.width(), view.height() - 20)  # as an edit moves rows
        view.shown()
        assert view.verticalScrollBar().value() == there
        view.set_playing(True)
        view.set_position(700_000)
        assert self.sees(view, 70)
        with qtbot.waitSignal(view.following_changed) as yielded:
            view.next_match()
        assert yielded.args == [False]

    @pytest.mark.parametrize("key", [Qt.Key.Key_PageDown, Qt.Key.Key_Down])
    def test_moving_by_keys_is_scrolling_too(self, view, qtbot, key):
        view.set_position(0)
        qtbot.keyClick(view, key)
        assert not view.following

    def test_every_row_is_wholly_seen_while_playing(self, view):
        for row in range(100):
            view.set_position(row * 10_000)
            assert self.sees(view, row), row

    def test_in_a_segment_taller_than_the_view_the_word_is_seen(self, view, model):
        model.set_transcript(Transcript((segment(1, 0, "S1", "Wort " * 600),)))
        for word in (0, 300, 599):
            view.set_position(word * 300)
            assert view.viewport().rect().contains(word_centre(view, 0, word))

    def sees(self, view: TranscriptView, row: int) -> bool:
        room = view.viewport().height()
        return any(r == row and rect.top() >= 0 and rect.bottom() <= room for r, rect in view.visible_rows())


class TestSearch:
    def test_counts_and_walks_round(self, view, qtbot):
        with qtbot.waitSignal(view.search_changed) as told:
            assert view.set_search(Query("semarang")) == 20
        assert told.args == [20]
        rows = []
        for _ in range(3):
            assert view.next_match()
            assert view.textCursor().selectedText() == "Semarang"
            rows.append(view.textCursor().blockNumber())
        assert rows == [2, 7, 12]
        assert view.previous_match()
        assert view.textCursor().blockNumber() == 7
        for _ in range(2):
            view.previous_match()
        assert view.textCursor().blockNumber() == 97, "before the first comes the last"

    def test_nothing_found(self, view):
        assert view.set_search(Query("gibt es nicht")) == 0
        assert not view.next_match()

    def test_text_that_arrives_is_searched(self, view, model, qtbot):
        view.set_search(Query("semarang"))
        with qtbot.waitSignal(view.search_changed) as told:
            model.append_segments(segments(5, first=101))
        assert told.args == [21]

    def test_signs_mean_themselves(self, view):
        assert view.set_search(Query(".*")) == 0
        assert view.set_search(Query("Honestly?")) == 20


class TestSpeakers:
    def test_enter_in_the_field_of_a_name_is_not_the_text_s(self, view, qtbot):
        qtbot.waitExposed(view)
        view.activateWindow()
        view.setFocus()
        view.rename_at(0)
        editor = view.findChild(NameEdit)
        qtbot.keyClicks(editor, "Annika Boehm")
        with qtbot.waitSignal(view.rename_requested) as wished, qtbot.assertNotEmitted(view.split_requested):
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert wished.args == ["S1", "Annika Boehm"]

    def test_esc_keeps_the_name(self, view, qtbot):
        view.rename_at(0)
        editor = view.findChild(NameEdit)
        qtbot.keyClicks(editor, "Irrtum")
        with qtbot.assertNotEmitted(view.rename_requested), qtbot.waitSignal(editor.closed):
            qtbot.keyClick(editor, Qt.Key.Key_Escape)

    @pytest.mark.parametrize("typed", ["Annika Böhm", "   ", " Annika   Böhm "])
    def test_the_same_or_no_name_changes_nothing(self, view, qtbot, typed):
        view.rename_at(0)
        editor = view.findChild(NameEdit)
        editor.setText(typed)
        with qtbot.assertNotEmitted(view.rename_requested), qtbot.waitSignal(editor.closed):
            qtbot.keyClick(editor, Qt.Key.Key_Return)

    def test_a_click_on_the_name_opens_the_field(self, view, qtbot):
        rows = dict(view.visible_rows())
        place = view._gutter.name_rect(3, rows[3].top()).center()
        qtbot.mouseClick(view._gutter, Qt.MouseButton.LeftButton, pos=place)
        assert view.findChild(NameEdit).text() == "Sri Wahyuni"

    def test_a_click_on_the_time_seeks(self, view, qtbot, model):
        rows = dict(view.visible_rows())
        with qtbot.waitSignal(view.seek_requested) as sought:
            place = QPoint(60, int(rows[2].center().y()))
            qtbot.mouseClick(view._gutter, Qt.MouseButton.LeftButton, pos=place)
        assert sought.args == [20_000]

    def test_the_menu_names_the_other_speakers(self, view, qtbot):
        place = word_centre(view, 1, 2)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place))
        QApplication.sendEvent(view.viewport(), event)
        menu = view.findChild(QMenu, "transcriptMenu")
        others = menu.findChild(QMenu, "relabelMenu").actions()
        assert [a.text().split("\t")[0] for a in others] == ["Annika Böhm", "Sri Wahyuni"]
        with qtbot.waitSignal(view.relabel_requested) as wished:
            others[1].trigger()
        assert wished.args == [2, "S3"]
        with qtbot.waitSignal(view.seek_requested) as sought:
            menu.actions()[0].trigger()
        assert sought.args == [view.model.segment(1).words[2].start]
        menu.close()


class TestPlaceholder:
    @pytest.mark.parametrize(
        ("job", "progress", "words", "button"),
        [
            (None, None, "Choose a recording on the left, or drop one here.", ""),
            (job(1), None, "Waiting in the queue", ""),
            (
                job(1, JobState.RUNNING),
                Progress("Writing the text", 0.64, 240),
                "Writing the text, 64 %, 4 min left",
                "",
            ),
            (failed(1), None, "“Gespräch 1.wav” is empty. Copy it again from the recorder.", "Retry"),
            (job(1, JobState.CANCELLED), None, "Cancelled", "Start again"),
            (job(1, JobState.DONE), None, "No speech was heard in this recording.", ""),
        ],
    )
    def test_says_why_there_is_no_text(self, view, model, job, progress, words, button):
        model.clear()
        view.set_job(job, progress)
        cover = view._placeholder
        assert cover.isVisible()
        assert cover._text.text() == words
        retry = cover.findChild(QPushButton, "transcriptRetryButton")
        assert (retry.text() if retry.isVisible() else "") == button

    def test_retry(self, view, model, qtbot):
        model.clear()
        view.set_job(failed(7))
        with qtbot.waitSignal(view.retry_requested) as wished:
            qtbot.mouseClick(view.findChild(QPushButton, "transcriptRetryButton"), Qt.MouseButton.LeftButton)
        assert wished.args == [7]

    def test_gives_way_to_the_first_segment(self, view, model):
        model.clear()
        view.set_job(job(1, JobState.RUNNING))
        model.append_segments(segments(1))
        assert not view._placeholder.isVisible()
        assert texts(view) == ["You grew up in Husum, right behind the dyke."]


@pytest.mark.parametrize("said", ["spoken", "played"])
@pytest.mark.parametrize("chosen", [False, True])
def test_the_word_that_is_said_is_seen_in_a_selection_too(view, said, chosen) -> None:
    """Its box is there, and its letters are written over it."""
    start, end = word_spans(view.model.segment(1))[1]
    if chosen:
        cursor = QTextCursor(view.document().findBlockByNumber(2))
        cursor.movePosition(QTextCursor.MoveOperation.Start, QTextCursor.MoveMode.KeepAnchor)
        view.setTextCursor(cursor)
    if said == "spoken":
        view.set_spoken(view.model.segment(1).id, start, end)
    else:
        view.set_position(view.model.segment(1).words[1].start)
    rect = view.word_rect(1, 1).toAlignedRect()
    look = theme.current()
    picture = view.viewport().grab(rect).toImage()
    inside = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(2, picture.height() - 2)]
    assert inside.count(look.color("word")) > len(inside) / 2
    assert any(color.lightness() < look.color("word").lightness() - 100 for color in inside)
