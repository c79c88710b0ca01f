"""What was typed survives a full disk, another window, a removed recording and the closing of the window."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot
from talks import open_talk

from studio.core import edits
from studio.core.edits import Edit
from studio.core.jobs import SegmentsStored, SpeakersApplied
from studio.core.transcript import EngineInfo, Segment, Transcript, Turn, Word
from studio.library import leave_thread
from studio.library.pending import PART
from studio.services.editing import EditSession, settle
from studio.services.transcribe import labelled
from studio.ui.window.main_window import MainWindow

NO_ROOM = "CREATE TRIGGER no_room BEFORE INSERT ON step BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"

TURNS = (Turn(0, 60_750, "A"), Turn(60_750, 70_000, "B"))


@pytest.fixture
def told(window: MainWindow) -> list[str]:
    """What the window says."""
    open_talk(window)
    sentences: list[str] = []
    window.desk.notice.connect(lambda kind, sentence: sentences.append(sentence))
    return sentences


def stored(window: MainWindow, id: int = 1) -> Transcript:
    transcript = window._studio.library.transcripts.get(id)
    assert transcript
    return transcript


def shown(window: MainWindow) -> tuple[Segment, ...]:
    return tuple(window.desk.model.segments())


def fill_disk(window: MainWindow) -> None:
    with window._studio.library.database.write() as db:
        db.execute(NO_ROOM)


def make_room(window: MainWindow) -> None:
    with window._studio.library.database.write() as db:
        db.execute("DROP TRIGGER no_room")


def type_in(window: MainWindow, qtbot: QtBot, row: int, text: str) -> None:
    window.page.transcript.put_caret(row, 0)
    qtbot.keyClicks(window.page.transcript, text)


def hear_later_on(window: MainWindow) -> None:
    """A sixth segment is recognised; TURNS cut it in two."""
    said = Segment.from_words([Word("later", 60_000, 60_500), Word("on", 61_000, 61_500)])
    arrived = window._studio.library.transcripts.append(1, [said], 62_000)
    assert window.desk.job
    window.desk.on_job_event(window.desk.job.id, SegmentsStored(arrived))


def test_undo_and_redo_go_on_while_the_disk_is_full(window: MainWindow, told: list[str], qtbot: QtBot) -> None:
    before = shown(window)
    fill_disk(window)
    with qtbot.waitSignal(window.desk._saver.failed):
        type_in(window, qtbot, 0, "So ")
    type_in(window, qtbot, 2, "And ")
    for name in ("undoAction", "undoAction", "redoAction"):
        window.commands[name].trigger()
    assert [s.text[:4] for s in shown(window)] == ["So Y", *(s.text[:4] for s in before[1:])]
    assert stored(window).segments == before
    assert any("the disk is full" in sentence for sentence in told)
    make_room(window)
    qtbot.waitUntil(lambda: stored(window).segments == shown(window))
    while window.commands["undoAction"].isEnabled():
        window.commands["undoAction"].trigger()
    qtbot.waitUntil(lambda: stored(window).segments == before)


def test_the_window_asks_before_it_closes_with_changes_that_cannot_be_stored(
    window: MainWindow, told: list[str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def say_no(parent: object, title: str, question: str) -> QMessageBox.StandardButton:
        asked.append(question)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", say_no)
    fill_disk(window)
    type_in(window, qtbot, 0, "So ")
    assert not window.close()
    assert window.isVisible()
    assert "the disk is full" in asked[0]
    make_room(window)
    type_in(window, qtbot, 1, "And ")
    assert window.close()
    assert len(asked) == 1
    assert [s.text[:4] for s in stored(window).segments[:2]] == ["So Y", "And "]


def test_what_another_window_does_is_kept_and_so_is_what_is_typed(
    window: MainWindow, told: list[str], qtbot: QtBot
) -> None:
    theirs = EditSession(window._studio, 1)
    theirs.do(edits.flag([shown(window)[0], shown(window)[4]]))
    theirs.save()
    type_in(window, qtbot, 0, "So ")
    window.close()  # before the saver has met the conflict
    now = stored(window).segments
    assert now[0].text.startswith("So You")
    assert [s.flagged for s in now] == [True, False, False, False, True]


def test_a_recording_that_was_removed_elsewhere_is_closed_and_another_one_opens(
    window: MainWindow, told: list[str], qtbot: QtBot
) -> None:
    jobs = window._studio.library.jobs
    (first,) = jobs.all()
    open_talk(window)
    other = jobs.all()[-1].id
    window._open_id(first.id)
    jobs.remove(first.id)
    type_in(window, qtbot, 0, "So ")
    window._open_id(other)
    assert window.desk.job
    assert window.desk.job.id == other
    assert any("not in the library any more" in sentence for sentence in told)
    type_in(window, qtbot, 0, "So ")
    qtbot.waitUntil(lambda: stored(window, 2).segments == shown(window))


def test_the_page_is_closed_where_its_recording_was_removed(window: MainWindow, told: list[str], qtbot: QtBot) -> None:
    (job,) = window._studio.library.jobs.all()
    window._studio.library.jobs.remove(job.id)
    type_in(window, qtbot, 0, "So ")
    qtbot.waitUntil(lambda: window.desk.job is None)
    assert not shown(window)
    assert "not in the library any more" in told[-1]


def test_changes_that_can_never_be_stored_stop_no_others(window: MainWindow, told: list[str], qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.desk._saver.failed):
        window.desk.do(edits.comment(shown(window)[0], "\ud83d"))  # half a letter
    assert "not stored" in told[-1]
    open_talk(window)
    type_in(window, qtbot, 0, "So ")
    qtbot.waitUntil(lambda: stored(window, 2).segments == shown(window))
    window.desk._saver._sessions.clear()


def test_speakers_found_while_text_is_typed_and_split(window: MainWindow, told: list[str], qtbot: QtBot) -> None:
    """The user is a moment ahead of the speakers, and stores a moment after them."""
    assert window.desk.job
    id, store = window.desk.job.id, window._studio.library.transcripts
    hear_later_on(window)
    type_in(window, qtbot, 0, "So ")
    qtbot.waitUntil(lambda: stored(window).segments == shown(window))

    def found(now: Transcript) -> Edit:
        """While this runs nobody else can store anything."""
        type_in(window, qtbot, 5, "much ")
        qtbot.keyClick(window.page.transcript, Qt.Key.Key_Return)
        return labelled(now, TURNS)

    store.relabel(1, found, EngineInfo(speakers="x"))
    window.desk.on_job_event(id, SpeakersApplied(1))
    QApplication.processEvents()
    qtbot.waitUntil(lambda: stored(window).segments == shown(window))
    assert [s.text for s in shown(window)[5:]] == ["much", "later on"]
    assert shown(window)[0].text.startswith("So You")


def test_speakers_found_after_typed_and_split_text_was_stored(
    window: MainWindow, told: list[str], qtbot: QtBot
) -> None:
    assert window.desk.job
    hear_later_on(window)
    type_in(window, qtbot, 5, "much ")
    qtbot.keyClick(window.page.transcript, Qt.Key.Key_Return)
    settle(1)
    store = window._studio.library.transcripts
    store.relabel(1, lambda now: labelled(now, TURNS), EngineInfo(speakers="x"))
    window.desk.on_job_event(window.desk.job.id, SpeakersApplied(1))
    qtbot.waitUntil(lambda: stored(window).segments == shown(window))
    assert [s.text for s in shown(window)[5:]] == ["much", "later", "on"]


def test_text_that_arrives_leaves_no_spaces_of_typing_behind(window: MainWindow, told: list[str], qtbot: QtBot) -> None:
    assert window.desk.job
    view = window.page.transcript
    type_in(window, qtbot, 0, " ")
    assert view.document().findBlockByNumber(0).text().startswith(" You")
    arrived = window._studio.library.transcripts.append(1, [Segment(60_000, 61_000, "later")], 62_000)
    window.desk.on_job_event(window.desk.job.id, SegmentsStored(arrived))
    view.put_caret(2, 0)
    assert view.document().findBlockByNumber(0).text().startswith("You")


def test_large_changes_come_into_the_rows_once_there_is_room_again(
    window: MainWindow, told: list[str], qtbot: QtBot
) -> None:
    """Told once, and tried again without anything else being stored."""
    library = window._studio.library
    with library.database.write() as db:
        db.execute(NO_ROOM.replace("ON step", "ON segment"))
    many = tuple(Segment(60_000 + n, 60_001 + n, f"many{n}", id=-n) for n in range(1, PART + 2))
    with qtbot.waitSignal(window.desk._tidier.failed):
        window.desk.do(Edit("many", (), many))
    assert stored(window).segments == shown(window)
    assert library.pending.waits()
    with library.database.write() as db:
        db.execute("DROP TRIGGER no_room")
    qtbot.waitUntil(lambda: not library.pending.waits())
    assert library.search.holding("many7") == [1]
    assert len([sentence for sentence in told if "the disk is full" in sentence]) == 1


def test_the_window_asks_where_the_storing_that_runs_while_it_closes_fails(
    window: MainWindow, told: list[str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def say_no(parent: object, title: str, question: str) -> QMessageBox.StandardButton:
        asked.append(question)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", say_no)
    locked, closing = threading.Event(), threading.Event()

    def fill_disk_while_it_closes() -> None:
        with window._studio.library.database.write() as db:
            locked.set()
            closing.wait()
            db.execute(NO_ROOM)
        leave_thread()

    other = threading.Thread(target=fill_disk_while_it_closes)
    other.start()
    locked.wait()
    type_in(window, qtbot, 0, "So ")
    session = window.desk._session
    assert session
    qtbot.waitUntil(lambda: not session._waiting)
    assert session.unsaved, "the saver stores it, and waits for the library"
    closing.set()
    assert not window.close()
    other.join()
    assert "the disk is full" in asked[0]
    make_room(window)
    qtbot.waitUntil(lambda: stored(window).segments == shown(window))
    qtbot.waitUntil(lambda: not session.unsaved)


def test_what_is_known_already_is_not_shown_again_as_it_was_recognised(
    window: MainWindow, told: list[str], qtbot: QtBot
) -> None:
    """A job's word of what it has recognised may come late: after another look at the library, and after typing."""
    assert window.desk.job
    arrived = window._studio.library.transcripts.append(1, [Segment(60_000, 61_000, "later")], 62_000)
    qtbot.waitUntil(lambda: len(shown(window)) == 6)
    type_in(window, qtbot, 5, "much ")
    window.desk.on_job_event(window.desk.job.id, SegmentsStored(arrived))
    assert [s.text for s in shown(window)[5:]] == ["much later"]
    qtbot.waitUntil(lambda: stored(window).segments == shown(window))
