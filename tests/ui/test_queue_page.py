"""The queue page: the same jobs as in the left panel, with more about each, and wishes for many at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPlainTextEdit, QPushButton, QToolTip
from pytestqt.qtbot import QtBot
from talks import button, failed, job

from studio.core.errors import Problem
from studio.core.jobs import Job, JobState, Progress
from studio.ui.dialogs.problem_dialog import ProblemDialog
from studio.ui.models.queue_model import QueueModel, QueueRole, Section
from studio.ui.models.wording import took
from studio.ui.queue.page_delegate import columns, state_words, time_words
from studio.ui.queue.queue_page import QueuePage

PROBLEM = Problem("“Gespräch 2.wav” is empty.", "Copy it again from the recorder.", "av.error.EOFError: End of file")
ALL = [
    job(1, JobState.RUNNING, progress=0.5, stage="Writing the text"),
    replace(failed(2), problem=PROBLEM),
    job(3),
    job(4),
    job(5, JobState.PAUSED, progress=0.4),
    job(6, JobState.DONE, took=171.4),
    job(7, JobState.CANCELLED),
]


@pytest.fixture
def model() -> QueueModel:
    model = QueueModel()
    model.set_jobs(ALL)
    return model


@pytest.fixture
def page(qtbot: QtBot, model: QueueModel) -> QueuePage:
    page = QueuePage(model)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    with qtbot.waitExposed(page):
        page.show()
    return page


def shown(model: QueueModel) -> list[int]:
    return [found.id for row in range(model.rowCount()) if (found := model.job_at(model.index(row)))]


def select(page: QueuePage, *ids: int) -> None:
    page.list.clearSelection()
    for id in ids:
        page.list.selectionModel().select(page.model().index_of(id), QItemSelectionModel.SelectionFlag.Select)


def spot(page: QueuePage, id: int, name: str) -> QPoint:
    """Where a button of a job's row is."""
    index = page.model().index_of(id)
    places = dict(page.list.itemDelegate().buttons(page.list.visualRect(index), index))
    return places[name].center()


def press(qtbot: QtBot, page: QueuePage, id: int, name: str) -> None:
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=spot(page, id, name))


def texts(page: QueuePage) -> list[str]:
    return [button(page, f"queueFilter{n}").text() for n in ("All", "Working", "NeedsYou", "Waiting", "Done")]


class TestFilter:
    def test_the_segments_count_and_show_one_section(self, page: QueuePage, model: QueueModel) -> None:
        assert texts(page) == ["All 7", "Working 1", "Needs you 1", "Waiting 3", "Done 2"]
        button(page, "queueFilterWaiting").click()
        assert shown(model) == [3, 4, 5]
        assert texts(page) == ["All 7", "Working 1", "Needs you 1", "Waiting 3", "Done 2"]
        button(page, "queueFilterAll").click()
        assert len(shown(model)) == 7

    def test_a_job_that_leaves_the_section_leaves_the_table(self, page: QueuePage, model: QueueModel) -> None:
        button(page, "queueFilterWorking").click()
        model.set_jobs([replace(ALL[0], state=JobState.DONE), *ALL[1:]])
        assert shown(model) == []
        assert page.findChild(QLabel, "queuePageEmptyLabel").text() == "Nothing is being worked on."
        assert not page.list.isVisible()

    def test_finding_narrows_the_counts_and_both_search_fields_agree(self, page: QueuePage, qtbot: QtBot) -> None:
        qtbot.keyClicks(page.search, "CH 4.")
        assert texts(page) == ["All 1", "Working 0", "Needs you 0", "Waiting 1", "Done 0"]
        page.model().set_filter("")
        assert (page.search.text(), texts(page)[0]) == ("", "All 7")

    def test_ten_thousand_jobs(self, page: QueuePage, model: QueueModel) -> None:
        states = list(JobState)
        model.set_jobs([job(n, states[n % 6]) for n in range(12_000)])
        assert texts(page) == ["All 12000", "Working 2000", "Needs you 2000", "Waiting 4000", "Done 4000"]
        button(page, "queueFilterDone").click()
        assert len(shown(model)) == 4000
        page.bar.all.click()
        assert page.findChild(QLabel, "queueSelectionLabel").text() == "4000 selected, 66:40:00"


class TestSelection:
    def test_the_bar_appears_with_the_selection_and_no_row_moves(self, page: QueuePage) -> None:
        assert not any(b.isVisible() for b in page.bar.findChildren(QPushButton))
        place = page.list.mapToGlobal(QPoint())
        select(page, 3, 6)
        assert all(b.isVisible() for b in page.bar.findChildren(QPushButton))
        assert page.findChild(QLabel, "queueSelectionLabel").text() == "2 selected, 02:00"
        assert page.list.mapToGlobal(QPoint()) == place
        button(page, "queueClearSelectionButton").click()
        assert page.selected_ids() == []
        assert not button(page, "queueStartButton").isVisible()

    @pytest.mark.parametrize(
        ("name", "signal", "expected"),
        [
            ("Start", "resume_requested", [5]),
            ("Start", "retry_requested", [2, 7]),
            ("Pause", "pause_requested", [1, 3, 4]),
            ("Retry", "retry_requested", [2, 7]),
            ("RemoveFromQueue", "remove_requested", [[1, 2, 3, 4, 5, 7, 6]]),
        ],
    )
    def test_its_buttons_mean_those_they_fit(
        self, page: QueuePage, name: str, signal: str, expected: list[object]
    ) -> None:
        wished: list[object] = []
        getattr(page, signal).connect(wished.append)
        page.bar.all.click()
        button(page, f"queue{name}Button").click()
        assert wished == expected

    def test_to_the_top_keeps_their_order_and_looks_past_the_filter(self, page: QueuePage, model: QueueModel) -> None:
        moves: list[tuple[int, int | None]] = []
        model.move_requested.connect(lambda id, before: moves.append((id, before)))
        select(page, 4, 5, 6)
        button(page, "queueMoveToTopButton").click()
        assert moves == [(4, 3), (5, 3)]
        moves.clear()
        model.set_filter("Gespräch 5")
        select(page, 5)
        button(page, "queueMoveToTopButton").click()
        assert moves == [(5, 3)]

    def test_a_button_that_fits_none_says_why(self, page: QueuePage) -> None:
        select(page, 6)
        pause = button(page, "queuePauseButton")
        assert (pause.isEnabled(), pause.toolTip()) == (False, "None of the selected files is worked on or waits")

    def test_it_follows_what_happens_to_the_jobs(self, page: QueuePage, model: QueueModel) -> None:
        select(page, 4)
        assert not button(page, "queueRetryButton").isEnabled()
        model.update_job(replace(ALL[3], state=JobState.PAUSED))
        assert button(page, "queueStartButton").isEnabled()
        assert not button(page, "queuePauseButton").isEnabled()

    def test_boxes_select_one_more_and_one_less(self, page: QueuePage, qtbot: QtBot) -> None:
        press(qtbot, page, 3, "check")
        press(qtbot, page, 6, "check")
        assert page.selected_ids() == [3, 6]
        assert page.bar.all.checkState() == Qt.CheckState.PartiallyChecked
        press(qtbot, page, 3, "check")
        assert page.selected_ids() == [6]


class TestRows:
    @pytest.mark.parametrize(
        ("id", "name", "signal"),
        [
            (1, "pause", "pause_requested"),
            (3, "pause", "pause_requested"),
            (5, "resume", "resume_requested"),
            (2, "retry", "retry_requested"),
            (7, "retry", "retry_requested"),
            (6, "open", "open_requested"),
        ],
    )
    def test_the_one_fitting_action(self, page: QueuePage, qtbot: QtBot, id: int, name: str, signal: str) -> None:
        select(page, 4)
        with qtbot.waitSignal(getattr(page, signal)) as wished:
            press(qtbot, page, id, name)
        assert wished.args == [id]
        assert page.selected_ids() == [4], "a button in a row leaves the selection alone"

    def test_a_hand_that_trembles_on_a_button_selects_nothing(self, page: QueuePage, qtbot: QtBot) -> None:
        viewport, left = page.list.viewport(), Qt.MouseButton.LeftButton
        select(page, 6)
        place = spot(page, 3, "pause")
        qtbot.mousePress(viewport, left, pos=place)
        for step in range(8):
            to = QPointF(place + QPoint(-40 * step, 10 * step))
            kind, keys = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(viewport, QMouseEvent(kind, to, viewport.mapToGlobal(to), left, left, keys))
        with qtbot.assertNotEmitted(page.pause_requested):
            qtbot.mouseRelease(viewport, left, pos=to.toPoint())
        assert page.selected_ids() == [6]

    def test_only_a_button_that_was_pressed_and_let_go_counts(self, page: QueuePage, qtbot: QtBot) -> None:
        viewport, left = page.list.viewport(), Qt.MouseButton.LeftButton
        for end in ("check", "menu"):
            with qtbot.assertNotEmitted(page.pause_requested):
                qtbot.mousePress(viewport, left, pos=spot(page, 3, "pause"))
                qtbot.mouseRelease(viewport, left, pos=spot(page, 3, end))
        assert (page.selected_ids(), page.findChildren(QMenu)) == ([], [])
        qtbot.mouseClick(viewport, Qt.MouseButton.RightButton, pos=spot(page, 3, "pause"))
        assert page.selected_ids() == [3], "the menu is about this row"

    def test_a_click_selects_and_a_double_click_or_enter_opens(self, page: QueuePage, qtbot: QtBot) -> None:
        viewport, left = page.list.viewport(), Qt.MouseButton.LeftButton
        place = page.list.visualRect(page.model().index_of(6)).center()
        with qtbot.assertNotEmitted(page.open_requested):
            qtbot.mouseClick(viewport, left, pos=place)
        assert page.selected_ids() == [6]
        with qtbot.waitSignal(page.open_requested) as opened:
            qtbot.mouseDClick(viewport, left, pos=place)
        assert opened.args == [6]
        page.select_job(3)
        with qtbot.waitSignal(page.open_requested) as opened:
            qtbot.keyClick(page.list, Qt.Key.Key_Return)
        assert opened.args == [3]

    def test_the_dots_open_the_menu_of_the_row_or_of_all_selected(self, page: QueuePage, qtbot: QtBot) -> None:
        select(page, 3, 4)
        press(qtbot, page, 4, "menu")
        (menu,) = page.findChildren(QMenu, "queuePageMenu")
        assert "Remove 2 files" in [a.text().split("\t")[0] for a in menu.actions()]
        menu.close()
        press(qtbot, page, 2, "menu")
        assert page.selected_ids() == [2]
        menu = next(m for m in page.findChildren(QMenu, "queuePageMenu") if m.isVisible())
        assert [a.text().split("\t")[0] for a in menu.actions() if a.text()] == [
            *("Open", "Retry", "Show details", "Remove")
        ]
        menu.close()

    def test_buttons_in_rows_explain_themselves(self, page: QueuePage) -> None:
        point = spot(page, 1, "pause")
        viewport = page.list.viewport()
        QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, point, viewport.mapToGlobal(point)))
        assert QToolTip.text() == "Pause (P)"

    def test_a_click_on_a_header_folds_it(self, page: QueuePage, qtbot: QtBot, model: QueueModel) -> None:
        place = page.list.visualRect(model.index(0)).center()
        qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert model.index(0).data(QueueRole.FOLDED)
        assert 1 not in shown(model)

    @pytest.mark.parametrize(
        ("made", "place", "words", "rest"),
        [
            (ALL[1], 0, "Stopped", "This file is empty. Copy it again from the recorder."),
            (ALL[2], 1, "Next in line", ""),
            (ALL[3], 2, "Waiting", "Place 2"),
            (ALL[4], 0, "Paused by you at 40 %", "What is done is kept"),
            (ALL[5], 0, "Ready", ""),
            (ALL[6], 0, "Cancelled", "Retry takes it up again"),
        ],
        ids=lambda value: value.state if isinstance(value, Job) else "",
    )
    def test_the_words_of_each_state(self, made: Job, place: int, words: str, rest: str) -> None:
        assert state_words(made, place)[2:] == (words, rest)

    def test_who_is_next_follows_the_order_and_skips_the_paused(self, model: QueueModel) -> None:
        places = {j.id: model.index_of(j.id).data(QueueRole.PLACE) for j in ALL}
        assert {id: n for id, n in places.items() if n} == {3: 1, 4: 2}
        model.update_job(replace(ALL[2], state=JobState.PAUSED))
        assert model.index_of(4).data(QueueRole.PLACE) == 1

    def test_time_left_and_time_taken(self) -> None:
        assert time_words(ALL[0], Progress("Writing the text", 0.5, 240)) == "4 min left"
        assert time_words(ALL[0], Progress("Writing the text", 0.5)) == ""
        assert time_words(ALL[5], None) == "took 2:51"
        assert [took(6), took(3 * 3600 + 62)] == ["0:06", "3:01:02"]

    @pytest.mark.parametrize("width", [1012, 1440, 2560])
    def test_columns_stand_side_by_side(self, width: int) -> None:
        places = list(columns(width).values())
        assert all(x + wide < following for (x, wide), (following, _) in pairwise(places))
        assert places[-1][0] + places[-1][1] < width


class TestWhyItStopped:
    def test_the_current_failed_row_tells_why_and_no_other(self, page: QueuePage, model: QueueModel) -> None:
        row, calm = model.index_of(2).row(), page.list.rowHeight(model.index_of(2).row())
        page.select_job(2)
        assert page.list.rowHeight(row) > calm + 60
        page.select_job(3)
        assert page.list.rowHeight(row) == calm
        page.select_job(2)
        model.update_job(replace(ALL[1], state=JobState.WAITING, problem=None))
        heights = {page.list.rowHeight(model.index_of(j.id).row()) for j in ALL}
        assert heights == {calm}, "retried, it is a row like the others"

    def test_its_retry_and_its_details(self, page: QueuePage, qtbot: QtBot) -> None:
        page.select_job(2)
        with qtbot.waitSignal(page.retry_requested) as retried:
            press(qtbot, page, 2, "retry")
        assert retried.args == [2]
        press(qtbot, page, 2, "details")
        dialog = page.findChild(ProblemDialog)
        assert dialog.isVisible()
        assert dialog.findChild(QLabel, "problemSentence").text() == PROBLEM.sentence
        assert dialog.findChild(QPlainTextEdit, "problemDetail").toPlainText() == PROBLEM.detail
        button(dialog, "problemCopyButton").click()
        assert QGuiApplication.clipboard().text() == f"{PROBLEM.sentence}\n\n{PROBLEM.detail}"
        assert dialog.findChild(QPlainTextEdit, "problemDetail").isVisible()
        button(dialog, "problemCloseButton").click()
        assert not dialog.isVisible()

    def test_without_technical_text_there_is_nothing_to_show(self, page: QueuePage, model: QueueModel) -> None:
        model.update_job(failed(2))
        page.select_job(2)
        index = model.index_of(2)
        names = [name for name, _ in page.list.itemDelegate().buttons(page.list.visualRect(index), index)]
        assert names == ["check", "retry", "menu", "retry"]


class TestWays:
    def test_esc_and_the_button_lead_back_but_first_out_of_the_search(self, page: QueuePage, qtbot: QtBot) -> None:
        page.activateWindow()
        with qtbot.waitSignal(page.back_requested):
            button(page, "queueBackButton").click()
        page.search.setFocus()
        qtbot.keyClicks(page.search, "4")
        with qtbot.assertNotEmitted(page.back_requested):
            qtbot.keyClick(page.search, Qt.Key.Key_Escape)
        assert (page.search.text(), page.list.hasFocus()) == ("", True)
        with qtbot.waitSignal(page.back_requested):
            qtbot.keyClick(page.list, Qt.Key.Key_Escape)

    @pytest.mark.parametrize("onto", ["page", "table"])
    def test_dropped_files_are_taken(self, page: QueuePage, qtbot: QtBot, tmp_path: Path, onto: str) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / "Gespräch 三.wav"))])
        target = page if onto == "page" else page.list.viewport()
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        args = (actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        enter, about = QDragEnterEvent(QPoint(400, 300), *args), page.findChild(QLabel, "queuePageAbout")
        QApplication.sendEvent(target, enter)
        assert enter.isAccepted()
        assert about.text() == "Drop to add to the queue"
        drop = QDropEvent(QPointF(400, 300), *args)
        with qtbot.waitSignal(page.files_dropped) as dropped:
            QApplication.sendEvent(target, drop)
        assert dropped.args == [[tmp_path / "Gespräch 三.wav"]]
        assert drop.dropAction() == Qt.DropAction.CopyAction
        assert about.text() == "7 jobs"

    def test_tab_goes_from_left_to_right_and_down(self, page: QueuePage, qtbot: QtBot) -> None:
        page.activateWindow()
        page.select_job(5)
        button(page, "queueBackButton").setFocus()
        visited = [QApplication.focusWidget().objectName()]
        while visited[-1] != "queuePageList" and len(visited) < 30:
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
            visited.append(QApplication.focusWidget().objectName())
        segments = [n for n in visited if n.startswith("queueFilter")]
        assert visited[1] in segments
        assert [n for n in visited if n not in segments] == [
            *("queueBackButton", "queuePageSearchField", "queueSelectAll", "queueStartButton"),
            *("queueMoveToTopButton", "queueRemoveFromQueueButton", "queueClearSelectionButton", "queuePageList"),
        ]

    def test_every_part_has_a_name(self, page: QueuePage) -> None:
        parts = [page, page.list, page.search, page.bar.all, *page.findChildren(QPushButton)]
        assert [p for p in parts if not p.objectName() or not (p.accessibleName() or p.text())] == []
        assert {s: page.model().count(s) for s in Section} == dict(zip(Section, (1, 1, 3, 2), strict=True))
