"""The whole window with its real services: drops, a real job, renaming, export; a picture of each state.

Pictures go to the folder `screenshots` beside the tests, for people to look at.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
from PySide6.QtCore import QEvent, QItemSelectionModel, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from talks import open_talk

from studio.app import build
from studio.core.errors import Problem
from studio.core.jobs import JobOptions, JobState, Progress, SegmentsStored
from studio.resources import resource
from studio.ui import theme
from studio.ui.dialogs.export_dialog import ExportDialog
from studio.ui.inspector.same_name_dialog import SameNameDialog
from studio.ui.window.main_window import MainWindow
from studio.ui.workers import Task

PICTURES = Path(__file__).resolve().parent.parent.parent / "screenshots"
NAMES = ("mainWindow", "queueView", "waveformView", "transcriptView", "searchField", "noticeBar")
ACTIONS = (
    *("addFilesAction", "startQueueAction", "pauseQueueAction", "cancelJobAction", "playAction"),
    *("exportAction", "undoAction", "redoAction", "themeAction"),
)
TINY = "whisper-tiny.en"


@pytest.fixture
def with_models(home: Path, weights: Callable[[str], Path]) -> Path:
    (home / "models").mkdir(exist_ok=True)
    for id in (TINY, "segmentation-3.0", "campplus-zh-en"):
        (home / "models" / id).symlink_to(weights(id))
    return home


def picture(window: QWidget, name: str) -> None:
    """Write what the window shows, light and dark."""
    PICTURES.mkdir(exist_ok=True)
    for mode in ("dark", "light"):
        theme.current().set_mode(mode)  # type: ignore[arg-type]
        QApplication.processEvents()
        assert window.grab().save(str(PICTURES / f"{name}-{mode}.png"))


def drop(target: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
    common = data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    centre, copy = target.rect().center(), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(centre, copy, *common)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted(), "Qt drops only where the drag was welcome"
    QApplication.sendEvent(target, QDropEvent(QPointF(centre), copy, *common))


def nameless(window: QWidget) -> list[str]:
    """What a person can use and a screen reader cannot tell: everything that takes the focus, in dialogs too."""
    found = []

    def look(interface: QAccessibleInterface) -> None:
        state, widget = interface.state(), interface.object()
        # Selectors are named by what is chosen; what is chosen there is said by the description or a label.
        chosen = interface.role() == QAccessible.Role.ComboBox
        words = [interface.text(QAccessible.Text.Name)]
        if chosen and not interface.relations(QAccessible.RelationFlag.Label):
            words.append(interface.text(QAccessible.Text.Description))
        if state.focusable and not state.invisible and not all(words):
            found.append(f"{interface.role().name} {widget.objectName() if widget else ''}")
        for number in range(min(interface.childCount(), 100)):
            if child := interface.child(number):
                look(child)

    for top in [window, *window.findChildren(QDialog)]:
        if top.isVisible():
            look(QAccessible.queryAccessibleInterface(top))
            found += [
                f"{type(w).__name__} without an objectName"
                for w in top.findChildren(QWidget)
                if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus and not w.objectName()
            ]
    return found


def states(window: MainWindow) -> list[JobState]:
    window.queue.refresh()
    return [j.state for j in window._studio.library.jobs.all()]


class TestEmpty:
    def test_the_names_others_rely_on(self, window: MainWindow) -> None:
        found = {w.objectName() for w in [window, *window.findChildren(QWidget)]}
        assert set(NAMES) <= found
        assert set(ACTIONS) <= {a.objectName() for a in window.findChildren(QAction)}
        picture(window, "1-empty")

    def test_everything_a_person_can_use_has_a_name_for_those_who_cannot_see(self, window: MainWindow) -> None:
        assert nameless(window) == []
        for number in range(5):
            window.notices.show_notice("error", f"Number {number}", ("Retry", lambda: None))
        window.next_job._more.click()
        assert nameless(window) == []
        window.findChild(QDialog, "jobOptionsDialog").reject()

    def test_no_two_commands_share_keys(self, window: MainWindow) -> None:
        keys = [k.toString() for a in window.actions() for k in a.shortcuts()]
        assert len(keys) == len(set(keys))

    def test_the_theme_is_switched_and_remembered(self, window: MainWindow) -> None:
        window.commands["themeAction"].trigger()
        assert theme.current().dark
        assert window._studio.library.settings.get("theme") == "dark"

    def test_it_fits_a_small_screen(self, window: MainWindow) -> None:
        window.resize(1024, 640)
        QApplication.processEvents()
        assert (window.width(), window.height()) == (1024, 640)
        picture(window, "2-small")

    def test_nothing_is_stored_that_nobody_chose(self, window: MainWindow) -> None:
        with window._studio.library.database.read() as db:
            assert [key for (key,) in db.execute("SELECT key FROM setting")] == []

    def test_checks_and_export_go_by_the_same_rules_where_none_were_chosen(self, window: MainWindow) -> None:
        open_talk(window)
        window.commands["exportAction"].trigger()
        dialog = window.findChild(ExportDialog)
        assert dialog.request().options.rules == window.desks.checks.rules
        dialog.close()


class TestAdding:
    def test_files_and_folders_are_dropped_anywhere(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path, tone: Callable[[str], Path]
    ) -> None:
        window.commands["pauseQueueAction"].trigger()
        tone("Ordner/Zwei Übungen.wav"), tone("Ordner/drei 日本.wav")
        with qtbot.waitSignal(window.queue.added):
            drop(window, tone("eins.wav"), tmp_path / "Ordner")
        assert states(window) == [JobState.WAITING] * 3
        picture(window, "3-waiting")
        with qtbot.waitSignal(window.queue.added):
            drop(window.findChild(QWidget, "queueView"), tone("eins.wav"))
        assert len(states(window)) == 3
        assert any("in the queue already" in t for t in window.notices.texts())

    def test_what_is_done_already_is_opened_and_done_again_when_asked(
        self, window: MainWindow, qtbot: QtBot, tone: Callable[[str], Path]
    ) -> None:
        window.commands["pauseQueueAction"].trigger()
        with qtbot.waitSignal(window.queue.added):
            drop(window, tone("a.wav"))
        jobs = window._studio.library.jobs
        jobs.set_state(jobs.all()[0].id, JobState.DONE)
        with qtbot.waitSignal(window.queue.done_already):
            drop(window, tone("a.wav"))
        assert states(window) == [JobState.DONE]
        (again,) = [b for b in window.notices.findChildren(QPushButton) if b.text() == "Do it again"]
        again.click()
        assert states(window) == [JobState.DONE, JobState.WAITING]

    def test_bad_files_get_one_sentence_each(self, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
        (tmp_path / "leer.mp3").touch()
        (tmp_path / "Notizen.wav").write_text("not sound")
        with qtbot.waitSignal(window.queue.added):
            drop(window, tmp_path / "leer.mp3", tmp_path / "Notizen.wav")
        assert [any(n in t for t in window.notices.texts()) for n in ("leer.mp3", "Notizen.wav")] == [True, True]
        picture(window, "4-bad-files")

    def test_pasting_and_naming_files_on_the_command_line(
        self, window: MainWindow, qtbot: QtBot, tone: Callable[[str], Path]
    ) -> None:
        window.commands["pauseQueueAction"].trigger()
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tone("a.wav")))])
        QApplication.clipboard().setMimeData(data)
        with qtbot.waitSignal(window.queue.added):
            window.commands["pasteAction"].trigger()
        assert len(states(window)) == 1
        QApplication.clipboard().clear()  # or it frees our data when Python is gone

    def test_files_given_at_the_start_are_queued(self, qtbot: QtBot, home: Path, tone: Callable[[str], Path]) -> None:
        _, window = build([str(tone("a.wav")), str(tone("b.wav"))])
        window.commands["pauseQueueAction"].trigger()
        with qtbot.waitSignal(window.queue.added):
            window.show()
        assert len(states(window)) == 2
        window.close()

    def test_a_recording_that_vanished_fails_with_a_sentence_and_can_be_removed(
        self, window: MainWindow, qtbot: QtBot, tone: Callable[[str], Path]
    ) -> None:
        window.commands["pauseQueueAction"].trigger()
        with qtbot.waitSignal(window.queue.added):
            drop(window, tone("weg.wav"))
        tone("weg.wav").unlink()
        with qtbot.waitSignal(window.queue.job_done, timeout=30_000):
            window.commands["startQueueAction"].trigger()
        assert states(window) == [JobState.FAILED]
        assert any("weg.wav" in t for t in window.notices.texts())
        picture(window, "5-failed")
        window.commands["removeJobAction"].trigger()
        qtbot.waitUntil(lambda: states(window) == [])


class TestKeyboard:
    def test_tab_goes_from_left_to_right_and_F6_from_part_to_part(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        qtbot.waitUntil(lambda: bool(window.notices.texts()))  # that its recording is gone: a part to go to
        visited = [QApplication.focusWidget().objectName()]
        while len(visited) < 90 and (len(visited) < 2 or visited[-1] != visited[0]):
            inside_text = visited[-1] == "transcriptView"  # there Tab plays
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6 if inside_text else Qt.Key.Key_Tab)
            visited.append(QApplication.focusWidget().objectName())
        parts = ["addFilesButton", "queueList", "exportButton", "waveformView", "followButton"]
        parts += ["transcriptView", "speakerNameButton", "playButton", "volumeSlider"]
        assert [name for name in dict.fromkeys(visited) if name in parts] == parts
        jumps = []
        for key in [Qt.Key.Key_F6] * 7:
            qtbot.keyClick(QApplication.focusWidget(), key)
            jumps.append(QApplication.focusWidget().objectName())
        assert jumps[:3] == ["queueList", "waveformView", "transcriptView"]
        assert jumps[4:] == ["volumeSlider", "closeNotice", "addFilesButton"], "each part where it was left"
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert QApplication.focusWidget().objectName() == "closeNotice"

    def test_esc_leaves_the_search_for_the_text(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        window.commands["findAction"].trigger()
        bar = window.desks.find.bar
        qtbot.keyClicks(bar.field, "surge")
        assert bar.findChild(QLabel, "searchMatches").text() == "1 found"
        qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
        assert (bar.isVisible(), window.page.transcript.hasFocus()) == (False, True)

    def test_leaving_the_name_of_a_speaker_keeps_what_was_typed_and_the_new_focus(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        open_talk(window)
        window.page.transcript.rename_at(0)
        edit = window.page.transcript.findChild(QLineEdit, "speakerNameEdit")
        qtbot.keyClicks(edit, "Helen")
        with qtbot.waitSignal(window.page.transcript.rename_requested) as wished:
            window.page.waveform.setFocus()
        assert wished.args == ["S1", "Helen"]
        assert window.page.waveform.hasFocus()

    def test_another_speakers_name_typed_in_the_text_offers_to_merge_the_two(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        open_talk(window)
        first, second = window.transcript_model.speakers[:2]
        window.page.transcript.rename_at(0)
        edit = window.page.transcript.findChild(QLineEdit, "speakerNameEdit")
        edit.setText(second.name)
        qtbot.keyClick(edit, Qt.Key.Key_Return)
        dialog = window.findChild(SameNameDialog)
        qtbot.mouseClick(dialog.findChild(QPushButton, "sameNameMergeButton"), Qt.MouseButton.LeftButton)
        assert first not in window.transcript_model.speakers
        assert window.transcript_model.segment(0).speaker == second.id
        window.commands["undoAction"].trigger()
        assert window.transcript_model.speakers[:2] == (first, second)


def fill_queue(window: MainWindow) -> dict[str, int]:
    """Jobs in every state, none of them worked on; the ids by name."""
    window.commands["pauseQueueAction"].trigger()
    jobs, ids = window._studio.library.jobs, dict[str, int]()
    empty = Problem(
        "“Voicemail_Schröder.amr” holds no sound: the file is empty.",
        "Copy it again from the recorder, then press Retry.",
        "av.error.InvalidDataError: [Errno 1094995529] Invalid data found when processing input",
    )
    gone = Problem("“Hörprobe_Kapitel_07.mp3” was not found.", "Connect the drive it lies on, then press Retry.")
    for name, minutes, state, problem in (
        ("Podcast_Folge_118_Wärmepumpe.wav", 58.05, JobState.RUNNING, None),
        ("Wawancara_Bu_Ratna.mp4", 31.78, JobState.RUNNING, None),
        ("Voicemail_Schröder.amr", 2.18, JobState.FAILED, empty),
        ("Hörprobe_Kapitel_07.mp3", 24.32, JobState.FAILED, gone),
        ("Ortsrat_Sitzung_2026-10-19.m4a", 124.18, JobState.WAITING, None),
        ("Rapat_Warga_Tambaklorok.ogg", 48.43, JobState.WAITING, None),
        ("Trailer_Küste_v5_ohne_Ton.mov", 1.87, JobState.PAUSED, None),
        ("Feldnotizen_Müller_11-18.flac", 16.67, JobState.WAITING, None),
        ("Interview_Küstenschutz_Semarang.wav", 42.3, JobState.DONE, None),
        ("Voice-over_Trailer_v3.wav", 0.8, JobState.DONE, None),
        ("Probe.wav", 3.2, JobState.CANCELLED, None),
    ):
        job = jobs.add(f"/talks/{name}", name, name, round(minutes * 60_000), "cpu", JobOptions())
        if state == JobState.PAUSED:
            jobs.set_progress(job.id, "", 0.4)
        jobs.set_state(job.id, state, problem=problem, took=171 if state == JobState.DONE else 0)
        ids[name] = job.id
    window.queue_model.set_jobs(jobs.all())
    window.queue_model.set_progress(ids["Podcast_Folge_118_Wärmepumpe.wav"], Progress("Writing the text", 0.64, 240))
    window.queue_model.set_progress(ids["Wawancara_Bu_Ratna.mp4"], Progress("Telling the speakers apart", 0.38, 540))
    QApplication.processEvents()
    return ids


class TestQueuePage:
    def test_it_takes_the_whole_width_and_esc_returns(self, window: MainWindow, qtbot: QtBot) -> None:
        open_talk(window)
        ids = fill_queue(window)
        window.commands["queuePageAction"].trigger()
        QApplication.processEvents()
        page = window.queue_page
        assert (page.isVisible(), page.width()) == (True, window.width())
        assert [w.isVisible() for w in (window.queue_view, window.inspector, window.transport)] == [False] * 3
        assert (page.list.hasFocus(), window.windowTitle()) == (True, "Queue, Transcription Studio")
        page.select_job(ids["Voicemail_Schröder.amr"])
        for name in ("Ortsrat_Sitzung_2026-10-19.m4a", "Trailer_Küste_v5_ohne_Ton.mov"):
            index = page.model().index_of(ids[name])
            page.list.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
        picture(window, "10-queue")
        assert nameless(window) == []
        page.list.clearSelection()
        window.resize(1024, 640)
        QApplication.processEvents()
        picture(window, "10-queue-small")
        qtbot.keyClick(page.list, Qt.Key.Key_Escape)
        assert (page.isVisible(), window.page.isVisible(), window.rail.isVisible()) == (False, True, True)
        assert window.windowTitle() == "talk.wav, Transcription Studio"

    def test_opening_a_job_leaves_it(self, window: MainWindow, qtbot: QtBot) -> None:
        ids = fill_queue(window)
        window.findChild(QToolButton, "queuePageButton").click()
        window.findChild(QPushButton, "queueFilterDone").click()
        window.queue_page.select_job(ids["Voice-over_Trailer_v3.wav"])
        qtbot.keyClick(window.queue_page.list, Qt.Key.Key_Return)
        assert (window.desk.job.id, window.page.isVisible()) == (ids["Voice-over_Trailer_v3.wav"], True)
        assert not window.commands["queuePageAction"].isChecked()
        assert window.queue_view.selected_ids() == [window.desk.job.id]
        assert len(ids) == sum(window.queue_model.job_at(window.queue_model.index(r)) is not None for r in range(20))

    def test_dropped_files_and_commands_mean_what_is_shown(
        self, window: MainWindow, qtbot: QtBot, tone: Callable[[str], Path]
    ) -> None:
        open_talk(window)
        window.commands["pauseQueueAction"].trigger()
        window.commands["queuePageAction"].trigger()
        with qtbot.waitSignal(window.queue.added):
            drop(window.queue_page, tone("neu.wav"))
        assert window.queue_page.isVisible(), "what is added is no reason to leave"
        window.commands["findAction"].trigger()
        assert window.queue_page.search.hasFocus()
        window.commands["pauseJobAction"].trigger()
        assert states(window) == [JobState.DONE, JobState.WAITING], "nothing is selected"
        window.queue_page.list.selectAll()
        window.commands["pauseJobAction"].trigger()
        assert states(window) == [JobState.DONE, JobState.PAUSED]
        qtbot.keyClick(window.queue_page.list, Qt.Key.Key_P)
        assert states(window) == [JobState.DONE, JobState.WAITING]


class TestFollowing:
    def test_scrolling_ends_it_for_waveform_and_text_and_one_button_resumes(self, window: MainWindow) -> None:
        open_talk(window)
        button, page = window.findChild(QToolButton, "followButton"), window.page
        assert button.isChecked()
        page.waveform.set_following(False)  # as scrolling does
        assert (button.isChecked(), page.transcript.following) == (False, False)
        button.click()
        assert (page.waveform.following, page.transcript.following) == (True, True)
        page.transcript.set_following(False)
        assert (button.isChecked(), page.waveform.following) == (False, False)


class TestMany:
    def test_the_window_can_be_closed_while_files_are_looked_at(
        self, window: MainWindow, tone: Callable[[str], Path], tmp_path: Path
    ) -> None:
        window.commands["pauseQueueAction"].trigger()
        for number in range(60):
            tone(f"viele/{number}.wav")
        window.add([tmp_path / "viele"])
        assert window.close()
        assert not window.findChildren(Task) or all(t.isFinished() for t in window.findChildren(Task))

    def test_all_are_removed_together(self, window: MainWindow, qtbot: QtBot, tone: Callable[[str], Path]) -> None:
        window.commands["pauseQueueAction"].trigger()
        with qtbot.waitSignal(window.queue.added):
            window.add([tone(f"{name}.wav") for name in "abcde"])
        window.queue_view.list.selectAll()
        window.commands["removeJobAction"].trigger()
        qtbot.waitUntil(lambda: window.queue_model.total == 0)
        assert states(window) == []


@pytest.mark.slow
class TestRealJob:
    def test_a_dropped_recording_appears_piece_by_piece_is_named_and_exported(
        self, window: MainWindow, with_models: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The sample's first 36 seconds, in which all three speak."""
        sound, rate = soundfile.read(resource("sample.ogg"), stop=36 * 24_000)
        soundfile.write(recording := tmp_path / "sample.wav", sound, rate)
        seen: list[int] = []
        window.next_job._model.select(TINY)
        window.queue.job_event.connect(
            lambda _, e: seen.append(window.transcript_model.rowCount()) if isinstance(e, SegmentsStored) else None
        )
        window.queue.job_event.connect(
            lambda _, e: picture(window, "6-working") if isinstance(e, SegmentsStored) and len(seen) == 1 else None
        )
        with qtbot.waitSignal(window.queue.job_done, timeout=240_000) as done:
            drop(window, recording)
        assert done.args[0].state == JobState.DONE
        assert len(seen) > 1, "segments appear while the text is still being made"
        assert seen == sorted(seen)
        text = window.findChild(QPlainTextEdit, "transcriptView").toPlainText()
        assert "Saturday" in text
        assert len(window.transcript_model.speakers) == 3
        picture(window, "7-done")
        assert nameless(window) == []

        window.desk.rename_speaker("S1", "Helen Ünsal")
        assert window.transcript_model.speaker_name("S1") == "Helen Ünsal"
        assert window.commands["undoAction"].isEnabled()
        window.commands["undoAction"].trigger()
        assert window.transcript_model.speaker_name("S1") == "Speaker 1"
        window.commands["redoAction"].trigger()
        assert window.transcript_model.speaker_name("S1") == "Helen Ünsal"

        window.commands["findAction"].trigger()
        search = window.findChild(QLineEdit, "searchField")
        qtbot.keyClicks(search, "kettle")
        assert window.findChild(QLabel, "searchMatches").text() == "1 found"
        picture(window, "8-search")
        qtbot.keyClick(search, Qt.Key.Key_Escape)

        window.commands["exportAction"].trigger()
        dialog = window.findChild(ExportDialog)
        dialog.set_folder(tmp_path)
        dialog.set_chosen(["txt", "srt"])
        QApplication.processEvents()
        picture(dialog, "9-export")
        assert nameless(window) == []
        with qtbot.waitSignal(window.export.notice, timeout=10_000):
            dialog.export_requested.emit(dialog.request())
        assert (tmp_path / "sample.txt").read_text("utf-8").startswith("Helen Ünsal: ")

        monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
        window.commands["removeJobAction"].trigger()
        qtbot.waitUntil(lambda: states(window) == [])

    def test_closing_in_mid_job_keeps_it_and_the_next_window_goes_on(
        self, qtbot: QtBot, with_models: Path, home: Path
    ) -> None:
        _, first = build([])
        first.show()
        with qtbot.waitSignal(
            first.queue.job_event, timeout=120_000, check_params_cb=lambda _, e: isinstance(e, SegmentsStored)
        ):
            first.queue.add([resource("sample.ogg")], JobOptions(model=TINY, speakers="off"))
        first.close()
        _, second = build([])
        kept = second._studio.library.jobs.all()[0]
        assert kept.state == JobState.WAITING
        assert second.transcript_model.rowCount() > 0, "what was written is there at once"
        with qtbot.waitSignal(second.queue.job_done, timeout=120_000) as done:
            second.show()
        assert done.args[0].state == JobState.DONE
        second.close()


def test_the_window_loads_no_engine(home: Path) -> None:
    script = (
        "import sys; from studio.app import build; app, window = build([]); window.show(); app.processEvents();"
        "heavy = ('torch', 'faster_whisper', 'ctranslate2', 'onnxruntime', 'pyannote', 'PySide6.QtMultimedia');"
        "print([m for m in heavy if m in sys.modules]); window.close()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_painting_keeps_none_alive(window: MainWindow) -> None:
    """A PySide6 release drops one reference to None per call of a function without a result, and aborts in the end."""
    label = QLabel(window)
    before = sys.getrefcount(None)
    for n in range(1000):
        label.setText(str(n))
    assert sys.getrefcount(None) > before - 500


@pytest.mark.parametrize("mode", ["transcript", "subtitles"])
def test_with_a_recording_open_it_starts_with_the_caret_in_the_text(
    qtbot: QtBot, window: MainWindow, mode: str
) -> None:
    open_talk(window)
    window.commands[f"{mode}ModeAction"].trigger()
    window.close()
    _, again = build([])
    try:
        again.show()
        again.activateWindow()
        text = again.page.transcript if mode == "transcript" else again.desks.modes.subtitles.editor.text
        qtbot.waitUntil(lambda: QApplication.focusWidget() is text)
        before = again.desk.model.segment(0).text
        qtbot.keyClicks(text, "So ")
        assert again.desk.model.segment(0).text == f"So {before}"
    finally:
        again.close()
        again.deleteLater()
        QApplication.sendPostedEvents(again, QEvent.Type.DeferredDelete)


def test_with_nothing_open_it_starts_where_recordings_are_added(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.tools.findChild(QWidget, "addFilesButton"))
