"""Another process changes what is open here: it is shown within a moment, and nothing of one's own goes."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from elsewhere import begin_elsewhere, change_elsewhere, recognise_elsewhere
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from talks import open_talk

from studio.core.jobs import JobOptions
from studio.core.transcript import Segment, Transcript
from studio.ui.window.main_window import MainWindow


def elsewhere(home: Path, kind: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=change_elsewhere, args=(home, kind))
    process.start()
    process.join()
    assert process.exitcode == 0


def shown(window: MainWindow) -> list[Segment]:
    return list(window.desk.model.segments())


def stored(window: MainWindow) -> Transcript:
    transcript = window._studio.library.transcripts.get(1)
    assert transcript
    return transcript


@pytest.mark.parametrize("kind", ["insert", "write", "merge"])
def test_it_is_shown_and_caret_and_selection_stay(window: MainWindow, home: Path, qtbot: QtBot, kind: str) -> None:
    open_talk(window)
    view = window.page.transcript
    view.put_caret(3, 5)
    window.desk.selection.set([4])
    elsewhere(home, kind)
    qtbot.waitUntil(lambda: shown(window) == list(stored(window).segments))
    cursor = view.textCursor()
    assert shown(window)[cursor.blockNumber()].id == 4
    assert cursor.positionInBlock() == 5
    assert list(window.desk.selection.ids) == [4]
    assert view.toPlainText().split("\n")[cursor.blockNumber()] == shown(window)[cursor.blockNumber()].text


def test_names_and_undo_are_shown_too(window: MainWindow, home: Path, qtbot: QtBot) -> None:
    open_talk(window)
    names = window.transcript_model.speakers
    elsewhere(home, "rename")
    qtbot.waitUntil(lambda: window.transcript_model.speakers[0].name == "Renamed")
    elsewhere(home, "undo")
    qtbot.waitUntil(lambda: window.transcript_model.speakers == names)


@pytest.mark.parametrize("kind", ["insert", "write", "merge"])
def test_what_is_being_typed_is_kept(window: MainWindow, home: Path, qtbot: QtBot, kind: str) -> None:
    open_talk(window)
    view = window.page.transcript
    view.put_caret(1, 0)
    process = multiprocessing.get_context("spawn").Process(target=change_elsewhere, args=(home, kind))
    process.start()
    typed = ""
    while process.is_alive():
        qtbot.keyClick(view, Qt.Key.Key_X)
        typed += "x"
        assert typed in view.toPlainText()
    process.join()
    assert process.exitcode == 0
    qtbot.waitUntil(lambda: not window.desk._session.unsaved and shown(window) == list(stored(window).segments))
    assert typed in stored(window).text
    expected = {"insert": "Before all", "write": "Their words.", "merge": shown(window)[0].text}[kind]
    assert expected in stored(window).text
    assert "storm surge" in stored(window).text


def test_the_page_is_closed_when_its_recording_is_removed(window: MainWindow, home: Path, qtbot: QtBot) -> None:
    open_talk(window)
    elsewhere(home, "remove")
    qtbot.waitUntil(lambda: window.desk.job is None)
    assert not shown(window)


def test_what_another_process_recognises_is_shown_as_it_comes(window: MainWindow, home: Path, qtbot: QtBot) -> None:
    open_talk(window)
    view = window.page.transcript
    view.put_caret(3, 5)
    process = multiprocessing.get_context("spawn").Process(target=recognise_elsewhere, args=(home,))
    process.start()
    process.join()
    assert process.exitcode == 0
    qtbot.waitUntil(lambda: shown(window) == list(stored(window).segments))
    assert view.toPlainText().split("\n")[5:] == ["Recognised later.", "By another voice."]
    assert window.transcript_model.speakers[-1].name == "Somebody new"
    assert (view.textCursor().blockNumber(), view.textCursor().positionInBlock()) == (3, 5)


def test_a_job_that_another_process_begins_is_shown_from_the_first_sentence_on(
    window: MainWindow, home: Path, qtbot: QtBot
) -> None:
    window.queue.set_paused(True)
    job = window._studio.library.jobs.add("/talks/talk.wav", "talk.wav", "c1", 60_000, "cpu", JobOptions())
    window._open_id(job.id)
    process = multiprocessing.get_context("spawn").Process(target=begin_elsewhere, args=(home,))
    process.start()
    process.join()
    assert process.exitcode == 0
    qtbot.waitUntil(lambda: [s.text for s in shown(window)] == ["The first sentence."])
    assert window.desk.job
    assert window.desk.job.transcript_id == 1
