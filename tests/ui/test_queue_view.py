"""The queue panel: the model keeps the list true with small changes, the view turns gestures into wishes."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPersistentModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from talks import failed, job

from studio.core.jobs import Job, JobState, Progress
from studio.ui.models.queue_model import SECTION_OF, QueueModel, QueueRole, Section
from studio.ui.queue.mime import paths_from_mime
from studio.ui.queue.queue_view import QueueView

ALL = [
    job(1, JobState.RUNNING, progress=0.5, stage="Writing the text"),
    failed(2),
    job(3),
    job(4),
    job(5, JobState.PAUSED, progress=0.4),
    job(6, JobState.DONE),
    job(7, JobState.DONE),
]


def titles(model: QueueModel) -> list[str]:
    return [model.data(model.index(row)) for row in range(model.rowCount())]


@pytest.fixture
def model(qtmodeltester) -> QueueModel:
    model = QueueModel()
    qtmodeltester.check(model)  # goes on watching every later change
    return model


@pytest.fixture
def view(qtbot, model) -> QueueView:
    model.set_jobs(ALL)
    view = QueueView(model)
    qtbot.addWidget(view)
    view.resize(276, 800)
    view.show()
    return view


def click(qtbot, view: QueueView, job_id: int) -> None:
    place = view.list.visualRect(view.model().index_of(job_id)).center()
    qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


class TestModel:
    def test_groups_stand_in_order_and_the_newest_finished_job_comes_first(self, model):
        model.set_jobs(reversed(ALL))
        assert titles(model) == [
            *("Working now", "Gespräch 1.wav"),
            *("Needs you", "Gespräch 2.wav"),
            *("Waiting", "Gespräch 3.wav", "Gespräch 4.wav", "Gespräch 5.wav"),
            *("Done", "Gespräch 7.wav", "Gespräch 6.wav"),
        ]
        assert model.index(4).data(QueueRole.COUNT) == 3

    def test_a_row_reads_as_a_sentence(self, model):
        model.set_jobs(ALL)
        model.set_progress(1, Progress("Writing the text", 0.64, 240))
        words = model.index_of(1).data(Qt.ItemDataRole.AccessibleTextRole)
        assert words == "Gespräch 1.wav, 01:00, Writing the text, 64 %, 4 min left"

    def test_progress_touches_its_row_alone(self, model, qtbot):
        model.set_jobs(ALL)
        with qtbot.waitSignal(model.dataChanged) as changed:
            model.set_progress(1, Progress("Writing the text", 0.7))
        assert [index.row() for index in changed.args[:2]] == [1, 1]

    def test_a_job_that_has_ended_forgets_its_progress(self, model):
        model.set_jobs(ALL)
        model.set_progress(1, Progress("Writing the text", 0.7))
        model.update_job(replace(ALL[0], state=JobState.WAITING))
        assert model.progress_of(1) is None

    def test_folding_hides_the_jobs_and_keeps_the_count(self, model):
        model.set_jobs(ALL)
        model.toggle_section(Section.DONE)
        assert titles(model)[-1] == "Done"
        assert model.index(model.rowCount() - 1).data(QueueRole.COUNT) == 2
        model.toggle_section(Section.DONE)
        assert titles(model)[-1] == "Gespräch 6.wav"

    def test_filter_finds_names_in_any_case(self, model):
        model.set_jobs([*ALL, job(8, name="STRASSE.mp3")])
        model.set_filter("straße")
        assert titles(model) == ["Waiting", "STRASSE.mp3"]

    @pytest.mark.parametrize(("name", "typed"), [("Gespra\u0308ch.wav", "gespräch"), ("Gespräch.wav", "GESPRA\u0308")])
    def test_filter_finds_letters_in_either_form(self, model, name, typed):
        """Names of files that come from a Mac have the marks behind their letters."""
        model.set_jobs([*ALL[:2], job(8, name=name)])
        model.set_filter(typed)
        assert name in titles(model)

    def test_any_sequence_of_changes_ends_in_the_right_list(self, model):
        """Small signals must lead where a fresh start would."""
        chance = random.Random(4)
        jobs: dict[int, Job] = {}
        watched = []
        for step in range(100):
            for _ in range(chance.choice([1, 1, 1, 40])):
                id = chance.randrange(1, 120)
                if chance.random() < 0.3:
                    jobs.pop(id, None)
                else:
                    jobs[id] = replace(job(id, chance.choice(list(JobState))), position=chance.randrange(200))
            if step % 3 or not jobs:
                model.set_jobs(jobs.values())
            else:
                chosen = chance.choice(list(jobs.values()))
                model.set_jobs(jobs.values())
                jobs[chosen.id] = replace(chosen, state=chance.choice(list(JobState)), name="neu.wav")
                model.update_job(jobs[chosen.id])
            fresh = QueueModel()
            fresh.set_jobs(jobs.values())
            assert titles(model) == titles(fresh), f"step {step}"
            assert all(model.job_at(model.index_of(id)) == jobs[id] for id in jobs)
            watched.append(model.rowCount())
        assert max(watched) > 90, "the sequence never grew large enough to try mass changes"

    def test_persistent_indexes_follow_their_job(self, model):
        model.set_jobs(ALL)
        mark = QPersistentModelIndex(model.index_of(4))
        model.set_jobs([replace(ALL[3], state=JobState.RUNNING), ALL[0], ALL[2], *ALL[4:]])
        assert model.job_at(mark).id == 4
        assert mark.row() == 2

    def test_rows_on_their_way_out_still_answer(self, model):
        model.set_jobs(ALL)
        heard = []
        model.rowsAboutToBeRemoved.connect(lambda _, first, last: heard.append(model.index(first).data()))
        model.set_jobs(ALL[1:])
        assert heard == ["Working now"]

    @pytest.mark.parametrize(
        ("row_of", "expected"),
        [(3, (5, 3)), (4, (5, 4)), (6, None), (2, (5, 3))],
        ids=["first", "second", "behind itself", "above the group"],
    )
    def test_a_drop_says_where_a_waiting_job_shall_go(self, model, qtbot, row_of, expected):
        model.set_jobs(ALL)
        data = model.mimeData([model.index_of(5)])
        row = model.index_of(row_of).row()
        with qtbot.waitSignal(model.move_requested) as moved:
            assert model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, model.index(-1))
        assert tuple(moved.args) == (expected or (5, None))

    def test_only_waiting_jobs_can_be_dragged(self, model):
        model.set_jobs(ALL)
        draggable = [j.id for j in ALL if model.flags(model.index_of(j.id)) & Qt.ItemFlag.ItemIsDragEnabled]
        assert draggable == [j.id for j in ALL if SECTION_OF[j.state] is Section.WAITING]


class TestView:
    def test_selection_survives_when_a_job_changes_group(self, view, model):
        view.select_job(4)
        model.set_jobs([*ALL[:3], replace(ALL[3], state=JobState.RUNNING), *ALL[4:]])
        assert view.selected_ids() == [4]

    def test_a_click_opens(self, view, qtbot):
        with qtbot.waitSignal(view.open_requested) as opened:
            click(qtbot, view, 7)
        assert opened.args == [7]

    def test_the_retry_button_in_a_failed_row(self, view, qtbot, model):
        index = model.index_of(2)
        button = view.list.itemDelegate().buttons(view.list.visualRect(index), index)[0][1]
        with qtbot.waitSignal(view.retry_requested) as retried, qtbot.assertNotEmitted(view.open_requested):
            qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
        assert retried.args == [2]

    @pytest.mark.parametrize(
        ("id", "key", "signal", "value"),
        [
            (3, Qt.Key.Key_Return, "open_requested", 3),
            (2, Qt.Key.Key_R, "retry_requested", 2),
            (1, Qt.Key.Key_P, "pause_requested", 1),
            (5, Qt.Key.Key_P, "resume_requested", 5),
            (1, Qt.Key.Key_C, "cancel_requested", 1),
            (6, Qt.Key.Key_Delete, "remove_requested", [6]),
        ],
    )
    def test_keys(self, view, qtbot, id, key, signal, value):
        view.select_job(id)
        with qtbot.waitSignal(getattr(view, signal)) as wished:
            qtbot.keyClick(view.list, key)
        assert wished.args == [value]

    def test_remove_takes_all_selected(self, view, qtbot):
        view.select_job(3)
        qtbot.keyClick(view.list, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        with qtbot.waitSignal(view.remove_requested) as removed:
            qtbot.keyClick(view.list, Qt.Key.Key_Delete)
        assert removed.args == [[3, 4]]

    def test_home_and_end_go_to_the_first_and_last_recording(self, view, qtbot, model):
        view.select_job(4)
        qtbot.keyClick(view.list, Qt.Key.Key_End)
        assert view.selected_ids() == [6]
        qtbot.keyClick(view.list, Qt.Key.Key_Home)
        assert view.selected_ids() == [1]
        for section in (Section.WORKING, Section.DONE):  # headers without recordings are at the ends now
            model.toggle_section(section)
        qtbot.keyClick(view.list, Qt.Key.Key_End)
        assert view.selected_ids() == [5]
        qtbot.keyClick(view.list, Qt.Key.Key_Home)
        assert view.selected_ids() == [2]

    def test_home_brings_the_first_header_into_view(self, view, qtbot, model):
        view.resize(276, 320)
        qtbot.keyClick(view.list, Qt.Key.Key_End)
        assert view.list.verticalScrollBar().value() > 0
        qtbot.keyClick(view.list, Qt.Key.Key_Home)
        assert view.list.verticalScrollBar().value() == 0

    def test_enter_on_a_header_folds_it(self, view, qtbot, model):
        view.list.setCurrentIndex(model.index(0))
        qtbot.keyClick(view.list, Qt.Key.Key_Return)
        assert model.index(0).data(QueueRole.FOLDED)

    def test_the_menu_offers_what_the_state_allows(self, view, qtbot):
        view.select_job(4)
        centre = view.list.visualRect(view.list.currentIndex()).center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, centre, view.list.viewport().mapToGlobal(centre))
        QApplication.sendEvent(view.list.viewport(), event)
        menu = view.findChild(QMenu, "queueMenu")
        words = {action.text().split("\t")[0]: action for action in menu.actions() if action.text()}
        assert list(words) == ["Open", "Pause", "Cancel", "Move up", "Move down", "Do next", "Remove"]
        with qtbot.waitSignal(view.model().move_requested) as moved:
            words["Move up"].trigger()
        assert moved.args == [4, 3]
        menu.close()

    def test_an_empty_list_says_what_to_do(self, view, model):
        model.set_jobs([])
        assert not view.list.isVisible()
        assert "No recordings yet" in view._nothing.text()
        model.set_jobs(ALL)
        assert view.list.isVisible()

    def test_failed_rows_are_tall_enough_for_their_sentence(self, view, model):
        row = model.index_of(2).row()
        assert view.list.rowHeight(row) > view.list.rowHeight(model.index_of(3).row())
        before = view.list.rowHeight(row)
        view.resize(200, 800)
        assert view.list.rowHeight(row) > before

    def test_every_row_has_its_height_after_any_change(self, view, model):
        chance = random.Random(5)
        states = list(JobState)
        for _ in range(40):
            model.set_jobs([replace(failed(n), state=chance.choice(states)) for n in range(chance.randrange(60))])
            heights = [view.list.itemDelegate().row_height(model.index(r), 276) for r in range(model.rowCount())]
            assert [view.list.rowHeight(r) for r in range(model.rowCount())] == heights

    def test_ten_thousand_jobs_measure_one_row_for_one_job(self, view, model, monkeypatch):
        model.set_jobs([job(n, JobState.RUNNING if n == 1 else JobState.DONE) for n in range(1, 10_001)])
        delegate, measured = view.list.itemDelegate(), []
        real = delegate.row_height
        monkeypatch.setattr(delegate, "row_height", lambda index, width: measured.append(1) or real(index, width))
        model.set_progress(1, Progress("Writing the text", 0.6, 60))
        view.list.repaint()
        assert len(measured) == 1

    def test_every_part_has_a_name(self, view):
        for part in (view, view.list, view.search):
            assert part.objectName()
            assert part.accessibleName()


class TestDrops:
    def urls(self, *paths: Path) -> QMimeData:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        return data

    @pytest.mark.parametrize("onto", ["panel", "list"])
    def test_files_and_folders_dropped_anywhere_on_the_panel(self, view, qtbot, tmp_path, onto):
        sound = tmp_path / "Gespräch 三.wav"
        sound.touch()
        data = self.urls(sound, tmp_path)
        target = view if onto == "panel" else view.list.viewport()
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        args = (actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        enter = QDragEnterEvent(QPoint(40, 80), *args)
        QApplication.sendEvent(target, enter)
        assert enter.isAccepted()
        drop = QDropEvent(QPointF(40, 80), *args)
        drop.setDropAction(Qt.DropAction.MoveAction)
        with qtbot.waitSignal(view.files_dropped) as dropped:
            QApplication.sendEvent(target, drop)
        assert dropped.args == [[sound, tmp_path]]
        assert drop.isAccepted()
        assert drop.dropAction() == Qt.DropAction.CopyAction, "a sender that moves would delete the recording"

    def test_text_and_pictures_are_refused(self, view):
        data = QMimeData()
        data.setText("just words")
        args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        event = QDragEnterEvent(QPoint(40, 80), *args)
        event.ignore()
        QApplication.sendEvent(view, event)
        assert not event.isAccepted()

    def test_paths_from_urls_come_once_and_only_local_ones(self, tmp_path):
        data = self.urls(tmp_path, tmp_path / "not there.wav", tmp_path)
        data.setUrls([*data.urls(), QUrl("https://example.org/a.wav")])
        assert paths_from_mime(data) == [tmp_path, tmp_path / "not there.wav"]

    def test_paths_from_text_must_exist_and_be_absolute(self, tmp_path):
        sound = tmp_path / "ä b.wav"
        sound.touch()
        data = QMimeData()
        lines = [str(sound), f'"{sound}"', QUrl.fromLocalFile(str(sound)).toEncoded().data().decode()]
        data.setText("\n".join([*lines, str(tmp_path / "nothing"), "ä b.wav", "x" * 5000]))
        assert paths_from_mime(data) == [sound]
